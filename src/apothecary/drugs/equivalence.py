"""What may stand in the place of a product, by what the FDA rates and by nothing else.

A rating is a code of two letters; a digit after it parts groups of one drug that are not
equivalent to each other. A product may be in several groups at once. Source: Orange Book,
preface; the law of a state decides what is done with it (``law``), the pharmacist whether.
"""

from dataclasses import dataclass
from enum import StrEnum

from apothecary.drugs.rating_match import amounts

ORANGE_BOOK = "FDA Orange Book"
PURPLE_BOOK = "42 USC 262(i)(3)"
# A coat is no dosage form of its own; one that delays or extends release is. Appendix C.
COATS = frozenset({"FILM COATED", "COATED", "SUGAR COATED", "GELATIN COATED"})
BIOLOGIC, AUTHORIZED = "BLA", "NDA AUTHORIZED GENERIC"


class Standing(StrEnum):
    """How one product stands to another."""

    EQUIVALENT = "equivalent"
    OTHER_GROUP = "another group"
    NOT_EQUIVALENT = "rated B"
    UNRATED = "not rated"
    BIOLOGIC = "biologic"
    ANOTHER_DRUG = "another drug"


@dataclass(frozen=True, slots=True)
class Book:
    """Where the Orange Book has a product: ingredient, form and route, strength as printed."""

    ingredient: str
    form_route: str
    strength: str

    def same_drug(self, other: "Book") -> bool:
        """Whether both rows are one drug: the group in which a code is compared."""
        if (self.ingredient, self.form_route) != (other.ingredient, other.form_route):
            return False
        ours, theirs = amounts(self.strength, between=";"), amounts(other.strength, between=";")
        return ours == theirs if ours and theirs else self.strength == other.strength


@dataclass(frozen=True, slots=True)
class Facts:
    """A product as it is compared. ``ingredients`` are keys; empty where they are unknown."""

    ingredients: str
    strength: str
    form: str
    route: str
    te_code: str
    category: str
    is_brand: bool
    book: Book | None = None

    @property
    def what(self) -> str:
        """Brand, generic, authorized generic, biologic: as people call it."""
        if self.category == BIOLOGIC:
            return "biologic"
        if self.category == AUTHORIZED:
            return "authorized generic"
        return "brand" if self.is_brand else "generic"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a product stands to the one asked about, in a sentence with its source."""

    standing: Standing
    says: str
    cite: str = ORANGE_BOOK


def groups(te_code: str) -> frozenset[str]:
    """The groups a code puts a product in: ``AB1,AB2`` are two, a code with B is in none."""
    codes = (code.strip() for code in te_code.split(","))
    return frozenset(code for code in codes if code.startswith("A"))


def plain_form(form: str) -> frozenset[str]:
    """The words of a dosage form without its coat."""
    words = frozenset(word.strip().upper() for word in form.split(","))
    return words - COATS


def same_drug(one: Facts, other: Facts) -> bool:
    """Same ingredients, strength, form and route; unknown ingredients are the same as none."""
    if not one.ingredients or one.ingredients != other.ingredients:
        return False
    if one.book and other.book:
        return one.book.same_drug(other.book)
    return (
        one.strength == other.strength
        and bool(one.strength)
        and plain_form(one.form) == plain_form(other.form)
        and one.route == other.route
    )


def compare(one: Facts, other: Facts) -> Verdict:
    """How the other product stands to this one. Equivalence holds both ways."""
    if not same_drug(one, other):
        says = "another ingredient, strength, form or route"
        return Verdict(Standing.ANOTHER_DRUG, says)
    if BIOLOGIC in {one.category, other.category}:
        says = (
            "a biologic: whether it is interchangeable is not on file, so it is never assumed"
        )
        return Verdict(Standing.BIOLOGIC, says, PURPLE_BOOK)
    ours, theirs = groups(one.te_code), groups(other.te_code)
    shared = ours & theirs
    if shared:
        return Verdict(Standing.EQUIVALENT, f"rated {', '.join(sorted(shared))} with it")
    codes = f"{one.te_code or 'none'} and {other.te_code or 'none'}"
    if ours and theirs:
        says = f"another group (codes {codes}): not equivalent to each other"
        return Verdict(Standing.OTHER_GROUP, says)
    if "B" in {one.te_code[:1], other.te_code[:1]}:
        return Verdict(
            Standing.NOT_EQUIVALENT, f"the FDA does not hold it equivalent ({codes})"
        )
    return Verdict(Standing.UNRATED, f"not rated together (codes {codes})")
