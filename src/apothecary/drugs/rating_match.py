"""Which row of the Orange Book a listed product is: the same application, the same strength.

The book writes ``EQ 400MG BASE/5ML`` where the listing has ``400 mg/5 mL``: both become the
same exact amounts here. Nothing is matched by its name, and what fits two rows fits none.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import lru_cache

# Amount, unit, what the amount is of (BASE, TARTRATE), and per how much of what.
PART = re.compile(
    r"(?:EQ\s+)?(?P<amount>\d[\d,]*\.?\d*|\.\d+)\s*(?P<unit>%|[A-Z]+(?:\s+UNITS?)?)"
    r"(?P<of>\s+[A-Z ]+?)?(?:\s*/\s*(?P<per>\d*\.?\d*)\s*(?P<below>[A-Z]+))?"
)
# Amounts of one kind are written in one unit; a unit that is not here stays what it is.
UNITS: dict[str, tuple[str, Fraction]] = {
    "MG": ("MG", Fraction(1)),
    "MCG": ("MG", Fraction(1, 1000)),
    "UGM": ("MG", Fraction(1, 1000)),
    "NG": ("MG", Fraction(1, 1_000_000)),
    "GM": ("MG", Fraction(1000)),
    "G": ("MG", Fraction(1000)),
    "KG": ("MG", Fraction(1_000_000)),
    "UNIT": ("UNIT", Fraction(1)),
    "UNITS": ("UNIT", Fraction(1)),
    "USP UNIT": ("UNIT", Fraction(1)),
    "USP UNITS": ("UNIT", Fraction(1)),
    "IU": ("UNIT", Fraction(1)),
    # One per cent is a gram in 100 g or 100 mL, that is 10 mg in each.
    "%": ("MG", Fraction(10)),
}
# Per gram and per millilitre are one: the book's per cent says neither.
POURED = {"ML": Fraction(1), "GM": Fraction(1), "G": Fraction(1), "L": Fraction(1000)}
HOURS = {"H": 1, "HR": 1, "HOUR": 1, "DAY": 24, "D": 24}

Amount = tuple[Fraction, str, str]


# A release of the directory asks for the same strengths some hundred thousand times.
@lru_cache(maxsize=20_000)
def amounts(strength: str, *, between: str) -> tuple[Amount, ...]:
    """The amounts in a strength, in no order: value, unit, and what it is per.

    ``between`` parts the ingredients: ``;`` in the book, `` / `` in the drug file. Empty where
    any part cannot be read as one amount: ``N/A``, or two phases of a cycle.
    """
    found = [_amount(part.strip().upper()) for part in strength.split(between)]
    return tuple(sorted(each for each in found if each)) if all(found) else ()


def _amount(part: str) -> Amount | None:
    # EQ 100MG/10ML BASE (10MG/ML): what it is of stands behind the amount once, else before.
    said = re.sub(r"\s*\(.*\)$", "", part).removesuffix(" BASE")
    found = PART.fullmatch(said)
    if not found:
        return None
    unit, times = UNITS.get(found["unit"], (found["unit"], Fraction(1)))
    value = Fraction(found["amount"].replace(",", "")) * times
    if found["unit"] == "%":
        return value, unit, "POURED"
    below = found["below"] or ""
    per = Fraction(found["per"]) if found["per"] not in {None, "", "."} else Fraction(1)
    if per == 0:
        return None
    if below in POURED:
        return value / (per * POURED[below]), unit, "POURED"
    if below in HOURS:
        return value / (per * HOURS[below]), unit, "HOUR"
    # A vial, a puff, a tablet: one of what is dispensed, which the listing does not name.
    return value / per, unit, ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the book, as far as a match needs it."""

    id: int
    strength: str
    form_route: str
    te_code: str
    marketed: str


class Fit(Enum):
    """How the search for the row of a product ended."""

    ONE = "one row"
    STRENGTH = "the application has no such strength"
    SEVERAL = "several rows with different codes fit"


def fitting(
    rows: Sequence[Row], *, strength: str, form: str, route: str
) -> tuple[Fit, Row | None]:
    """The row of an application that a product is, or why there is none.

    Of rows with the same strength those on the market go before, then those of the same form
    and route. Rows left over that carry one and the same code are as good as one.
    """
    wanted = amounts(strength, between=" / ")
    same = [row for row in rows if wanted and amounts(row.strength, between=";") == wanted]
    if not same:
        return Fit.STRENGTH, None
    left = [row for row in same if row.marketed != "DISCN"] or same
    left = [row for row in left if _same_form(row.form_route, form, route)] or left
    if len({(row.te_code, row.form_route) for row in left}) > 1:
        return Fit.SEVERAL, None
    return Fit.ONE, left[0]


def _same_form(form_route: str, form: str, route: str) -> bool:
    listed, _, routes = form_route.partition(";")
    # TABLET, EXTENDED RELEASE is written in the same words in both; films and coats are not.
    extended = "EXTENDED" in listed, "DELAYED" in listed
    said = form.upper()
    return (
        said.startswith(listed.partition(",")[0])
        and extended == ("EXTENDED" in said, "DELAYED" in said)
        and bool(set(routes.split(", ")) & set(route.upper().split("; ")))
    )
