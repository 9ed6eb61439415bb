"""What counts as a listed chemical, how much base its salts hold, what a state asks besides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from apothecary.law.calendar_days import days_after, years_after
from apothecary.law.problem import Problem
from apothecary.law.pseudoephedrine import PseSale, grams_left
from apothecary.law.tables import Row, federal, practice

_GRAM = Decimal(1000)
# Millionths of a gram, upwards: what is rounded never makes room for more.
_FINEST = Decimal("0.000001")
# The rows of the salts whose base is known; of no other is anything assumed.
_SALTS = {
    "ephedrine hydrochloride": "DEA-150/ephedrine_hydrochloride",
    "ephedrine sulfate": "DEA-150/ephedrine_sulfate",
    "pseudoephedrine hydrochloride": "DEA-150/pseudoephedrine_hydrochloride",
    "pseudoephedrine sulfate": "DEA-150/pseudoephedrine_sulfate",
}
_ASKED = (
    "listed_chemical_day_grams",
    "listed_chemical_month_grams",
    "listed_chemical_buyer_years",
    "listed_chemical_told",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A listed chemical in a product: the salt it is there as, and milligrams of that salt.

    ``milligrams`` are those of one billing unit: of a tablet, or of a millilitre.
    """

    substance: str
    milligrams: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class StateAsks:
    """What a state asks of such a sale; ``packages`` is None where it counts none."""

    day: Row
    month: Row
    years: Row
    told: Row
    packages: Row | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSale:
    """What a state looks at beside the grams: whole packages, the buyer, its own log."""

    born_on: date
    packages: int
    log_number: str = ""


def is_listed(ingredient: str, *, on: date) -> bool:
    """Whether an ingredient, in small letters and without its salt, is a listed chemical."""
    return ingredient in federal("DEA-150/chemicals", on=on).names()


def grams_of_base(listed: Sequence[Listed], units: Decimal, *, on: date) -> Decimal:
    """Grams of base in so many billing units, rounded up to the millionth; 0 of nothing.

    Ask `salt_problems` first: a salt without a row raises LookupError.
    """
    milligrams = Decimal(0)
    for each in listed:
        row = _factor(each.substance, on=on)
        if row is None:
            raise LookupError(f"no row says how much base {each.substance} holds")
        milligrams += each.milligrams * row.amount()
    return (milligrams * units / _GRAM).quantize(_FINEST, rounding=ROUND_CEILING)


def salt_problems(listed: Sequence[Listed], *, on: date) -> list[Problem]:
    """Why the base in this product cannot be reckoned; none means it can."""
    return [
        federal("DEA-150/chemicals", on=on).problem(
            f"No row says how much base is in {each.substance}: it cannot be counted, "
            "so it cannot be sold.",
            code="pse-salt",
            field="package",
        )
        for each in listed
        if _factor(each.substance, on=on) is None
    ]


def state_asks(code: str, *, on: date) -> StateAsks | list[Problem]:
    """What the state asks, or every row of it that is missing; no row is assumed."""
    found = [practice(code, name, on=on) for name in _ASKED]
    problems = [each for each in found if isinstance(each, Problem)]
    if problems:
        # A state of which nothing is known says so once.
        return list(dict.fromkeys(problems))
    day, month, years, told = (each for each in found if isinstance(each, Row))
    packages = practice(code, "listed_chemical_packages", on=on)
    return StateAsks(
        day=day,
        month=month,
        years=years,
        told=told,
        # Only some states count packages: there no row is no question.
        packages=packages if isinstance(packages, Row) else None,
    )


def state_sale_problems(
    sale: PseSale, earlier: Sequence[PseSale], more: StateSale, asks: StateAsks, *, on: date
) -> list[Problem]:
    """Every reason for which the state forbids this sale; none means go ahead."""
    days = federal("DEA-151/days", on=on).number()
    begins_on = days_after(sale.sold_on, 1 - days)
    recent = [each for each in earlier if begins_on <= each.sold_on <= sale.sold_on]
    today = [each for each in recent if each.sold_on == sale.sold_on]
    return [
        *_over(asks.day, [*today, sale], "on one day", "pse-state-day"),
        *_over(asks.month, [*recent, sale], f"in {days} days", "pse-state-month"),
        *_buyer_problems(more, asks, on=on),
    ]


def _buyer_problems(more: StateSale, asks: StateAsks, *, on: date) -> list[Problem]:
    problems = []
    years = asks.years.number()
    if on < years_after(more.born_on, years):
        says = f"The buyer is not {years} years old."
        problems.append(asks.years.problem(says, code="pse-state-age", field="born_on"))
    if asks.packages is not None and more.packages > asks.packages.number():
        most = asks.packages.number()
        says = f"{more.packages} packages in one sale; at most {most} may be sold."
        problems.append(asks.packages.problem(says, code="pse-state-packages", field="units"))
    if asks.told.yes() and not more.log_number.strip():
        says = "The state's own log has not been asked: enter the number it gave this sale."
        problems.append(asks.told.problem(says, code="pse-state-log", field="log_number"))
    return problems


def _over(row: Row, sales: list[PseSale], when: str, code: str) -> list[Problem]:
    total = sum((sale.grams_base for sale in sales), Decimal(0))
    if total <= row.amount():
        return []
    says = (
        f"That makes {total} g {when}; the state allows {row.amount()} g to one buyer: "
        f"{grams_left(row, sales)} g are left."
    )
    return [row.problem(says, code=code, field="grams_base")]


def _factor(substance: str, *, on: date) -> Row | None:
    """The row of a salt, none where nothing is known of it."""
    row_id = _SALTS.get(substance.strip().lower())
    return None if row_id is None else federal(row_id, on=on)
