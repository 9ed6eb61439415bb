"""What may be a compound here: codes, ingredients, and what needs a sterile room. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType

from apothecary.law.problem import Problem
from apothecary.prescriptions.rules import CENT, MOST_UNITS, MOST_USD

# 450-EF, with the word that stands on the label.
FORMS: Mapping[str, str] = MappingProxyType(
    {
        "01": "capsule",
        "02": "ointment",
        "03": "cream",
        "04": "suppository",
        "05": "powder",
        "06": "emulsion",
        "07": "liquid",
        "10": "tablet",
        "11": "solution",
        "12": "suspension",
        "13": "lotion",
        "14": "shampoo",
        "15": "elixir",
        "16": "syrup",
        "17": "lozenge",
        "18": "enema",
    }
)
# Counted, not measured.
PIECES = frozenset({"01", "04", "10", "17"})
# 490-UE. 09 is what a price of the drug file is: a survey of others' cost is none of the rest.
BASES: Mapping[str, str] = MappingProxyType(
    {
        "01": "average wholesale price",
        "03": "direct price",
        "05": "acquisition",
        "07": "usual and customary",
        "08": "340B",
        "09": "other (reference price)",
        "10": "average sales price",
        "11": "average manufacturer price",
        "12": "wholesale acquisition cost",
        "13": "special patient price",
    }
)
BY_THE_FILE, ACQUIRED, DISCOUNTED = "09", "05", "08"
LEAST_INGREDIENTS, MOST_INGREDIENTS = 2, 25
LONGEST_NAME = 60
# The longest date of any row of the table; which row holds is the pharmacist's to say.
MOST_DAYS_OF_USE = 180
TABLE_795 = "USP <795> (2023), table of beyond-use dates"
SCOPE_797 = "USP <797> (2023), scope"


@dataclass(frozen=True, slots=True)
class Route:
    """A route (995-E2 by its SNOMED CT code, mark K): its words here and in the drug file.

    ``sterile``: what goes there must be.
    """

    says: str
    fda: str
    sterile: bool = False


ROUTES: Mapping[str, Route] = MappingProxyType(
    {
        "26643006": Route("oral", "ORAL"),
        "6064005": Route("topical", "TOPICAL"),
        "37161004": Route("rectal", "RECTAL"),
        "16857009": Route("vaginal", "VAGINAL"),
        "46713006": Route("nasal", "NASAL"),
        "10547007": Route("into the ear", "AURICULAR (OTIC)"),
        "37839007": Route("under the tongue", "SUBLINGUAL"),
        "54471007": Route("in the cheek", "BUCCAL"),
        "372449004": Route("dental", "DENTAL"),
        "54485002": Route("into the eye", "OPHTHALMIC", sterile=True),
        "47625008": Route("into a vein", "INTRAVENOUS", sterile=True),
        "78421000": Route("into a muscle", "INTRAMUSCULAR", sterile=True),
        "34206005": Route("under the skin", "SUBCUTANEOUS", sterile=True),
        "372464004": Route("into the skin", "INTRADERMAL", sterile=True),
        "72607000": Route("into the spinal canal", "INTRATHECAL", sterile=True),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IngredientFacts:
    """One ingredient as typed; ``unit`` as it was said, ``package_unit`` as the file has it.

    ``cost_usd`` is what all of it costs, None where neither a person nor the file said so.
    """

    package_id: int
    says: str
    quantity: Decimal
    unit: str
    package_unit: str
    legend: bool
    basis: str
    cost_usd: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompoundFacts:
    """A compound as typed. ``makes`` is in ``unit``: EA, ML or GM."""

    name: str
    form: str
    route: str
    unit: str
    makes: Decimal
    beyond_use_days: int
    ingredients: Sequence[IngredientFacts]


def compound_problems(facts: CompoundFacts) -> list[Problem]:
    """Every reason why this cannot be made or billed here; none means go ahead.

    A problem of an ingredient has its place in the field: ``ingredients.2.quantity``.
    """
    return [*_whole(facts), *_together(facts), *_each(facts)]


def _no(field: str, says: str, *, cite: str = "", verified: str = "") -> Problem:
    return Problem(says, field=field, code="compound", cite=cite, verified=verified)


def plain(quantity: Decimal) -> str:
    """A quantity without trailing zeros."""
    return f"{quantity.normalize():f}"


def _whole(facts: CompoundFacts) -> Iterator[Problem]:
    if not facts.name.strip() or len(facts.name) > LONGEST_NAME:
        yield _no("name", f"A compound has a name of 1 to {LONGEST_NAME} characters.")
    if facts.form not in FORMS:
        yield _no("form", f"{facts.form!r} is no dosage form of a compound (450-EF).")
    route = ROUTES.get(facts.route)
    if route is None:
        yield _no("route", f"{facts.route!r} is no route of a compound here (995-E2).")
    elif route.sterile:
        says = (
            f"What goes {route.says} must be sterile, and this house has no sterile room: "
            "have it made where there is one."
        )
        yield _no("route", says, cite=SCOPE_797, verified="K")
    if facts.unit not in {"EA", "ML", "GM"}:
        yield _no("unit", f"A compound is dispensed in EA, ML or GM, not {facts.unit!r}.")
    elif facts.form in FORMS and (facts.unit == "EA") != (facts.form in PIECES):
        counted = "counted (EA)" if facts.form in PIECES else "measured (ML or GM)"
        yield _no("unit", f"A {FORMS[facts.form]} is {counted}, not dispensed in {facts.unit}.")
    if not 0 < facts.makes <= MOST_UNITS:
        yield _no("makes", f"{plain(facts.makes)} {facts.unit} of a compound is not possible.")
    elif facts.unit == "EA" and facts.makes != facts.makes.to_integral_value():
        yield _no("makes", f"{plain(facts.makes)} cannot be counted: whole units only.")
    if not 0 < facts.beyond_use_days <= MOST_DAYS_OF_USE:
        says = (
            f"A compound may be used for 1 to {MOST_DAYS_OF_USE} days, as its form and water "
            f"allow, not {facts.beyond_use_days}."
        )
        yield _no("beyond_use_days", says, cite=TABLE_795, verified="V2")


def _together(facts: CompoundFacts) -> Iterator[Problem]:
    parts = facts.ingredients
    if not LEAST_INGREDIENTS <= len(parts) <= MOST_INGREDIENTS:
        many = f"{LEAST_INGREDIENTS} to {MOST_INGREDIENTS} ingredients, not {len(parts)}"
        yield _no("ingredients", f"A compound has {many}.")
    elif not any(one.legend for one in parts):
        says = "None of its ingredients is a prescription drug: it is no compound of a claim."
        yield _no("ingredients", says)
    seen: set[int] = set()
    for place, one in enumerate(parts, start=1):
        if one.package_id in seen:
            yield _no(f"ingredients.{place}", f"{one.says} stands in it twice.")
        seen.add(one.package_id)


def _each(facts: CompoundFacts) -> Iterator[Problem]:
    for place, one in enumerate(facts.ingredients, start=1):
        at = f"ingredients.{place}"
        if not 0 < one.quantity <= MOST_UNITS:
            yield _no(
                f"{at}.quantity", f"{one.says}: a quantity of {plain(one.quantity)} is none."
            )
        elif one.package_unit == "EA" and one.quantity != one.quantity.to_integral_value():
            says = f"{one.says}: {plain(one.quantity)} cannot be counted: whole units only."
            yield _no(f"{at}.quantity", says)
        if one.unit != one.package_unit:
            says = f"{one.says} is measured in {one.package_unit}, not in {one.unit!r}."
            yield _no(f"{at}.unit", says)
        if one.basis not in BASES:
            yield _no(f"{at}.basis", f"{one.basis!r} is no basis of cost (490-UE).")
        if one.cost_usd is None:
            says = f"The drug file has no price for {one.says}: type what all of it costs."
            yield _no(f"{at}.cost_usd", says)
        elif not 0 <= one.cost_usd <= MOST_USD:
            yield _no(f"{at}.cost_usd", f"{one.says}: it cannot cost {one.cost_usd:f}.")


def cost_of(unit_price_usd: Decimal | None, quantity: Decimal) -> Decimal | None:
    """What so much costs by the drug file, in cents; None where the file has no price."""
    if unit_price_usd is None:
        return None
    return (unit_price_usd * quantity).quantize(CENT, ROUND_HALF_UP)


def schedule_of(schedules: Sequence[int]) -> int:
    """The schedule of a mixture: the strictest of its ingredients' (2 to 5, 0 for none).

    No exempt preparation is assumed: 21 CFR 1308 lists those by product, and ours is none.
    """
    return min((one for one in schedules if one), default=0)
