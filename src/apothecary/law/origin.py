"""By which way a prescription may reach the pharmacy."""

from datetime import date

from apothecary.law.calendar_days import days_after
from apothecary.law.facts import Origin, RxFacts, schedule_name
from apothecary.law.problem import Problem
from apothecary.law.tables import federal


def origin_problems(rx: RxFacts, *, on: date) -> list[Problem]:
    """Why this prescription may not be filled as it came in; none means go ahead."""
    if rx.schedule == 2:
        return _cii_problems(rx, on=on)
    # A transfer is judged by ``law.transfers``, where both pharmacies are known.
    if rx.schedule not in (3, 4, 5) or rx.origin is Origin.TRANSFER:
        return []
    row = federal("DEA-047", on=on)
    if rx.origin in row.names():
        return []
    says = f"A {schedule_name(rx.schedule)} prescription may not come by {rx.origin}."
    return [row.problem(says, code="origin-controlled", field="origin")]


def emergency_follow_up_due_on(ordered_on: date, *, on: date) -> date:
    """By when the paper or electronic follow-up of an emergency oral C-II order is here."""
    return days_after(ordered_on, federal("DEA-023", on=on).number())


def _cii_problems(rx: RxFacts, *, on: date) -> list[Problem]:
    row = federal("DEA-020", on=on)
    if rx.origin in row.names():
        return []
    if rx.origin is Origin.FAX:
        return _cii_fax_problems(rx, on=on)
    if rx.origin is Origin.TRANSFER:
        return _cii_transfer_problems(rx, on=on)
    if rx.emergency and federal("DEA-022", on=on).yes():
        return []
    return [
        row.problem(
            "A C-II prescription may be taken by telephone in an emergency only.",
            code="origin-cii-phone",
            field="origin",
        )
    ]


def _cii_fax_problems(rx: RxFacts, *, on: date) -> list[Problem]:
    cases = federal("DEA-021", on=on)
    if rx.original_seen or (rx.fax_case is not None and rx.fax_case in cases.names()):
        return []
    return [
        federal("DEA-020", on=on).problem(
            "A faxed C-II prescription needs the signed original before it is dispensed.",
            code="origin-cii-fax",
            field="original_seen",
        )
    ]


def _cii_transfer_problems(rx: RxFacts, *, on: date) -> list[Problem]:
    if rx.transferred_unfilled_electronic and not rx.fills_made:
        return []
    return [
        federal("DEA-054", on=on).problem(
            "Only an unfilled electronic C-II prescription may be transferred, once, for its "
            "first fill.",
            code="origin-cii-transfer",
            field="origin",
        )
    ]
