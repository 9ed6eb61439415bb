"""Selling pseudoephedrine and its like: how much, to whom, written down where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apothecary.law.calendar_days import days_after, years_after
from apothecary.law.problem import Problem
from apothecary.law.recorded import in_words, missing_problems
from apothecary.law.tables import Row, federal

_GRAM = Decimal(1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class PseSale:
    """One sale to one buyer, at whatever register; grams of the base, not of its salt."""

    sold_on: date
    grams_base: Decimal
    by_mail: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PseCounter:
    """What happens around the sale.

    ``milligrams_in_package``: of a single package, None for more than one. ``place``: where
    the product stands. ``units_a_blister``: None for a liquid.
    """

    shown: frozenset[str] = frozenset()
    photo_identification: bool = False
    milligrams_in_package: int | None = None
    place: str = "behind_counter"
    units_a_blister: int | None = None
    certified_on: date | None = None


def pse_sale_problems(
    sale: PseSale, earlier: Sequence[PseSale], counter: PseCounter, *, on: date
) -> list[Problem]:
    """Every reason this sale may not be made on that day; none means go ahead.

    ``earlier``: every sale to this buyer that is known, of all registers and stores. A state
    may allow less: that is for its own rows and its own exchange to say.
    """
    return [
        *amount_problems(sale, earlier, on=on),
        *_log_problems(counter, on=on),
        *_counter_problems(counter, on=on),
    ]


def amount_problems(sale: PseSale, earlier: Sequence[PseSale], *, on: date) -> list[Problem]:
    """Why so much may not be sold to this buyer (21 CFR 1314.20, 1314.100; 21 USC 844(a))."""
    day, month = federal("DEA-150", on=on), federal("DEA-151", on=on)
    if sale.grams_base <= 0:
        says = f"{sale.grams_base} g cannot be sold: it must be above zero."
        return [Problem(says, code="pse-nothing", field="grams_base")]
    days = federal("DEA-151/days", on=on).number()
    begins_on = days_after(sale.sold_on, 1 - days)
    recent = [each for each in earlier if begins_on <= each.sold_on <= sale.sold_on]
    today = [each for each in recent if each.sold_on == sale.sold_on]
    problems = [
        *_over(day, [*today, sale], "on one day", "pse-day"),
        *_over(month, [*recent, sale], f"in {days} days", "pse-month"),
    ]
    if sale.by_mail:
        sent = [each for each in recent if each.by_mail]
        mail = federal("DEA-152", on=on)
        problems.extend(_over(mail, [*sent, sale], f"by mail in {days} days", "pse-mail"))
    return problems


def _over(row: Row, sales: list[PseSale], when: str, code: str) -> list[Problem]:
    total = sum((sale.grams_base for sale in sales), Decimal(0))
    if total <= row.amount():
        return []
    says = (
        f"That makes {total} g {when}; at most {row.amount()} g may be sold to one buyer: "
        f"{grams_left(row, sales)} g are left."
    )
    return [row.problem(says, code=code, field="grams_base")]


def grams_left(row: Row, sales: Sequence[PseSale]) -> Decimal:
    """Grams of base the limit leaves beside every sale but the last, never below none."""
    had = sum((sale.grams_base for sale in sales[:-1]), Decimal(0))
    return max(Decimal(0), row.amount() - had)


def _log_problems(counter: PseCounter, *, on: date) -> list[Problem]:
    small = federal("DEA-154", on=on)
    held = counter.milligrams_in_package
    if held is not None and held <= small.number():
        return []
    row = federal("DEA-153", on=on)
    problems = missing_problems(row, counter.shown, what="The logbook", code="pse-log")
    asked = federal("DEA-153/identification", on=on)
    if asked.yes() and not counter.photo_identification:
        says = "The buyer has not shown identification with a photograph."
        problems.append(
            asked.problem(says, code="pse-identification", field="photo_identification")
        )
    return problems


def _counter_problems(counter: PseCounter, *, on: date) -> list[Problem]:
    problems = []
    places = federal("DEA-155", on=on)
    if counter.place not in places.names():
        ways = " or ".join(in_words(place) for place in places.names())
        says = f"The product stands {ways}, out of the buyer's reach."
        problems.append(places.problem(says, code="pse-place", field="place"))
    blister = federal("DEA-155/blister", on=on)
    units = counter.units_a_blister
    if units is not None and units > blister.number():
        says = f"The blister holds {units} units; {blister.number()} are the most."
        problems.append(blister.problem(says, code="pse-blister", field="units_a_blister"))
    problems.extend(certification_problems(counter.certified_on, on=on))
    return problems


def certification_problems(certified_on: date | None, *, on: date) -> list[Problem]:
    """Why the store may not sell at all: its yearly self-certification (1314.35-.40)."""
    row = federal("DEA-156", on=on)
    if certified_on is not None:
        last = days_after(years_after(certified_on, row.number()), -1)
        if certified_on <= on <= last:
            return []
    says = "The store has no living certification of itself and of its staff's training."
    return [row.problem(says, code="pse-certification", field="certified_on")]
