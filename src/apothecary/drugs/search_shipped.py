"""The shipped tables a search reads: abbreviations, how much a drug is used, look-alike names.

Each is read once and kept; the rows name their source and mark (see ``data/README.md``).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable

from apothecary.drugs.search_words import parts
from apothecary.drugs.shipped import MARKS, read_lines
from apothecary.drugs.starter import SHIPPED, read_tall_man

KINDS = frozenset({"drug", "form", "salt", "release"})
# Words of a generic name that name a salt or join two drugs: without them it is still known.
SALTS = frozenset(
    """acetate acid and anhydrous axetil besylate bisulfate bitartrate bromide calcium cilexetil
    citrate dihydrate dipropionate disoproxil fumarate furoate hemihydrate hyclate hydrobromide
    hydrochloride magnesium maleate medoxomil mesylate monohydrate nitrate pamoate phosphate
    potassium propionate proxetil sodium succinate sulfate tartrate trihydrate tromethamine
    valerate with""".split()  # noqa: SIM905 forty quoted names read worse
)

TOLD_BY_FORM = frozenset(
    """er dr extended delayed release tablet tablets capsule capsules injection oral
    solution suspension cream ointment gel lotion usp chewable orally disintegrating odt film
    coated in for topical ophthalmic""".split()  # noqa: SIM905 as above
)


@dataclass(frozen=True, slots=True)
class AbbreviationRow:
    """What may be typed for a word; it is never printed.

    ``means`` are words that must all be there. A *release* abbreviation (XL, SR) is part of a
    name first, and means extended release only where no name has it. ``may_be_read_as`` says
    what an error-prone one is confused with.
    """

    abbreviation: str
    means: tuple[str, ...]
    kind: str
    error_prone: bool
    may_be_read_as: str
    cite: str
    verified: str


@dataclass(frozen=True, slots=True)
class UsageRow:
    """Claims of one drug in a year, in thousands; ``brand`` is empty for its generics."""

    name: str
    brand: str
    claims_thousand: int


@dataclass(frozen=True, slots=True)
class AlikeRow:
    """Two names that are taken for each other, each in its tall letters."""

    one: str
    other: str
    cite: str
    verified: str


def read_abbreviations(folder: Traversable = SHIPPED) -> Iterator[AbbreviationRow]:
    """Every reading of every abbreviation; some have two."""
    for line in read_lines(folder, "abbreviations.csv"):
        yield AbbreviationRow(
            abbreviation=line.text("abbreviation"),
            means=tuple(line.text("means").split()),
            kind=line.one_of("kind", KINDS),
            error_prone=line.one_of("error_prone", {"yes", "no"}) == "yes",
            may_be_read_as=line.maybe("may_be_read_as"),
            cite=line.text("cite"),
            verified=line.one_of("verified", MARKS),
        )


def read_usage(folder: Traversable = SHIPPED) -> Iterator[UsageRow]:
    """How much each drug was dispensed, most first."""
    for line in read_lines(folder, "usage.csv"):
        yield UsageRow(line.text("name"), line.maybe("brand"), line.count("claims_thousand"))


def read_alike(folder: Traversable = SHIPPED) -> Iterator[AlikeRow]:
    """Every look-alike pair: the FDA's, then others."""
    for row in read_tall_man(folder):
        yield AlikeRow(row.tall_man, row.confused_with, row.cite, row.verified)
    for line in read_lines(folder, "look_alike.csv"):
        yield AlikeRow(
            line.text("tall_man"),
            line.text("confused_with"),
            line.text("cite"),
            line.one_of("verified", MARKS),
        )


@cache
def abbreviations() -> dict[str, tuple[AbbreviationRow, ...]]:
    """The readings of each abbreviation."""
    found: dict[str, list[AbbreviationRow]] = {}
    for row in read_abbreviations():
        found.setdefault(row.abbreviation, []).append(row)
    return {abbreviation: tuple(rows) for abbreviation, rows in found.items()}


@cache
def usage() -> dict[tuple[frozenset[str], str], int]:
    """Thousands of claims by the words of the name, with their salts and without, and brand."""
    found: dict[tuple[frozenset[str], str], int] = {}
    for row in read_usage():
        words = frozenset(row.name.split())
        found[words, row.brand] = row.claims_thousand
        if words - SALTS:
            found.setdefault((words - SALTS, row.brand), row.claims_thousand)
    return found


def used(name: str, brand: str) -> int:
    """Thousands of claims for a drug as it is named in the file; 0 where none are known.

    A brand that begins with a word of the generic name ("Metformin HCl ER") is no brand.
    """
    words, branded = frozenset(name_words(name)), parts(brand)
    named = "" if not branded or branded[0] in words else " ".join(branded)
    whole = usage().get((words, named))
    return usage().get((words - SALTS, named), 0) if whole is None else whole


def name_words(name: str) -> tuple[str, ...]:
    """The words of a generic name in their order, abbreviated salts written out."""
    rows = abbreviations()
    words = (
        rows[word][0].means if word in rows and rows[word][0].kind == "salt" else (word,)
        for word in parts(name)
    )
    return tuple(word for each in words for word in each if word != "and")


def own_words(name: str, brand: str) -> str:
    """What a brand says beside the generic name: "Bupropion HCl XL" says xl, "… ER" nothing.

    Extended and delayed release stand in the form; XL, SR and CD part what it does not.
    """
    own = (word for word in name_words(brand) if word not in {*name_words(name), *SALTS})
    return " ".join(word for word in own if word not in TOLD_BY_FORM)
