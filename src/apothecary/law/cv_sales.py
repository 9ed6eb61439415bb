"""Selling a C-V over the counter without a prescription."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from apothecary.law.calendar_days import hours_after, in_utc, years_after
from apothecary.law.problem import Problem
from apothecary.law.recorded import missing_problems
from apothecary.law.tables import federal, state


@dataclass(frozen=True, slots=True, kw_only=True)
class CvSale:
    """One sale at an aware instant; ``liquid`` in mL, else in dosage units."""

    at: datetime
    amount: Decimal
    liquid: bool
    opium: bool

    @property
    def limit(self) -> str:
        """The row whose limit this sale counts against."""
        kind = "opium" if self.opium else "other"
        return f"DEA-061/{kind}_{'ml' if self.liquid else 'units'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CvBuyer:
    """Who buys, and what the book shows of it.

    ``earlier``: every sale to this buyer, at whatever register. ``state_confirmed``: a
    pharmacist has found that the state allows such a sale.
    """

    birth_date: date
    known: bool = False
    identification_seen: bool = False
    earlier: Sequence[CvSale] = ()
    shown: frozenset[str] = frozenset()
    state_confirmed: bool = False


def cv_sale_problems(
    sale: CvSale, buyer: CvBuyer, *, state_code: str, role: str, on: date
) -> list[Problem]:
    """Every reason this C-V may not be sold without prescription (21 CFR 1306.26).

    ``role``: who decides the sale; somebody else may ring it up afterwards.
    """
    problems = [] if buyer.state_confirmed else _state_problems(state_code, on=on)
    by = federal("DEA-060/by", on=on)
    if role not in by.names():
        says = "Only a pharmacist sells a C-V without a prescription."
        problems.append(by.problem(says, code="cv-by", field="role"))
    problems.extend(_buyer_problems(buyer, on=on))
    problems.extend(_amount_problems(sale, buyer, on=on))
    record = federal("DEA-060/record", on=on)
    problems.extend(
        missing_problems(record, buyer.shown, what="The record book", code="cv-book")
    )
    return problems


def _state_problems(state_code: str, *, on: date) -> list[Problem]:
    row = state(state_code, "cv_without_prescription", on=on)
    if isinstance(row, Problem):
        return [row]
    if row.yes():
        return []
    says = f"{state_code} does not allow a C-V to be sold without a prescription."
    return [row.problem(says, code="cv-state", field="state")]


def _buyer_problems(buyer: CvBuyer, *, on: date) -> list[Problem]:
    row = federal("DEA-060", on=on)
    problems = []
    if on < years_after(buyer.birth_date, row.number()):
        says = f"The buyer is not {row.number()} years old."
        problems.append(row.problem(says, code="cv-age", field="birth_date"))
    if not (buyer.known or buyer.identification_seen):
        says = "The buyer is not known here and has not shown identification."
        problems.append(
            row.problem(says, code="cv-identification", field="identification_seen")
        )
    return problems


def _amount_problems(sale: CvSale, buyer: CvBuyer, *, on: date) -> list[Problem]:
    hours = federal("DEA-061", on=on)
    now = in_utc(sale.at)
    counted = [
        each.amount
        for each in buyer.earlier
        if each.limit == sale.limit and hours_after(each.at, hours.number()) > now
    ]
    row = federal(sale.limit, on=on)
    total = sum(counted, sale.amount)
    if sale.amount <= 0:
        says = f"The amount to sell is {sale.amount}: it must be above zero."
        return [Problem(says, code="cv-nothing", field="amount")]
    if total <= row.number():
        return []
    says = (
        f"That makes {total} {row.unit} within {hours.number()} hours; "
        f"at most {row.number()} are allowed."
    )
    return [row.problem(says, code="cv-amount", field="amount")]
