"""A pharmacy that sends controlled substances to somebody else than a patient."""

from datetime import date
from decimal import Decimal

from apothecary.law.problem import Problem
from apothecary.law.tables import federal

FORM222, INVOICE = "form222", "invoice"


def shipment_paper(schedule: int, *, on: date) -> str:
    """Under which paper it goes: the receiver's Form 222, or an invoice (21 CFR 1305.03)."""
    return FORM222 if str(schedule) in federal("DEA-133", on=on).names() else INVOICE


def shipment_problems(schedule: int, paper: str, *, on: date) -> list[Problem]:
    """Why controlled stock may not leave under that paper."""
    row = federal("DEA-133", on=on)
    if shipment_paper(schedule, on=on) == INVOICE or paper == FORM222:
        return []
    says = "This schedule leaves on the receiver's Form 222 alone."
    return [row.problem(says, code="shipment-paper", field="paper")]


def distribution_problems(
    now: Decimal, distributed: Decimal, dispensed: Decimal, *, on: date
) -> list[Problem]:
    """Why so much more may not be distributed without registering as a distributor.

    All three in dosage units of this calendar year, all controlled substances together
    (21 CFR 1307.11).
    """
    row = federal("DEA-111", on=on)
    total = distributed + now + dispensed
    if (distributed + now) * 100 <= row.number() * total:
        return []
    says = (
        f"That makes {distributed + now} of {total} dosage units this year: "
        f"more than {row.number()} percent."
    )
    return [row.problem(says, code="distribution-share", field="now")]
