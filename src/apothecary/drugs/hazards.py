"""Whether a drug is hazardous to those who handle it, by NIOSH's list and by nothing else.

A row is matched by the key of an ingredient, never by a part of a product's name: an antibody
that carries a poison is another ingredient than the antibody alone. Two rows name no ingredient
but a kind; these are matched by the FDA classes of the product. A list that does not name a
drug does not call it safe, and says nothing of a drug whose ingredients it cannot know.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources.abc import Traversable

from apothecary.drugs.cautions import DOUBTFUL, Caution
from apothecary.drugs.derived.substances import key_of
from apothecary.drugs.derived.tables import SHIPPED, substances
from apothecary.drugs.shipped import MARKS, Line, read_lines

REMOVED = "removed"
TABLES = frozenset({"1", "2", REMOVED})
YES_OR_NO = frozenset({"yes", "no", ""})
NO_LIST = "unknown: no list of hazardous drugs is on file; ask before handling"
NOT_SAFE = "no list calls a drug safe"


class Standing(StrEnum):
    """What the list says of a drug."""

    LISTED = "listed"
    NOT_LISTED = "not listed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list. ``table`` is 1 or 2, or ``removed``: named as taken off the list.

    A drug meets it by one of the ``ingredients``, or by all of the ``classes``. ``mshi`` (the
    maker gives instructions for handling) and ``only_reproductive`` are yes, no, or empty where
    the copy that was read does not say. ``edition`` is the list's name, as NIOSH 2024.
    """

    name: str
    table: str
    ingredients: frozenset[str]
    classes: frozenset[str]
    mshi: str
    only_reproductive: str
    edition: str
    published_on: date
    cite: str
    verified: str

    def covers(self, keys: frozenset[str], classes: frozenset[str]) -> bool:
        """Whether the row is about a drug of these ingredients and FDA classes."""
        if self.ingredients & keys:
            return True
        return bool(self.classes) and self.classes <= classes


@dataclass(frozen=True, slots=True)
class Drug:
    """What is asked about: ingredient keys, which of them are known substances, classes."""

    keys: frozenset[str]
    known: frozenset[str]
    classes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a drug stands to the list, in sentences with source and mark."""

    standing: Standing
    cautions: tuple[Caution, ...]

    @property
    def short(self) -> str:
        """A word for a narrow place; empty where the drug is not on the list."""
        return {
            Standing.LISTED: "hazardous",
            Standing.UNKNOWN: "hazard unknown",
            Standing.NOT_LISTED: "",
        }[self.standing]


def hazard(drug: Drug, rows: Sequence[Row]) -> Verdict:
    """What the list says of the drug; the worst that is sure goes before what is not."""
    if not rows:
        return _unknown(Caution(NO_LIST, "", ""))
    found = [row for row in rows if row.covers(drug.keys, drug.classes)]
    listed = [row for row in found if row.table != REMOVED]
    sure = sorted(
        (row for row in listed if row.verified != DOUBTFUL),
        key=lambda row: (row.table, row.name),
    )
    if sure:
        return Verdict(Standing.LISTED, tuple(_listed(row, drug) for row in sure))
    if listed:
        return _unknown(*(_doubtful(row) for row in listed))
    if not drug.keys or drug.keys - drug.known:
        return _unknown(_not_known(drug, rows[0]))
    if held := _held(drug.keys, rows):
        return _unknown(held)
    return Verdict(Standing.NOT_LISTED, tuple(_absent(found, rows[0])))


def _unknown(*cautions: Caution) -> Verdict:
    return Verdict(Standing.UNKNOWN, cautions)


def _listed(row: Row, drug: Drug) -> Caution:
    says = f"hazardous ({row.edition}, table {row.table})"
    if row.classes or len(drug.keys) > 1:
        says += f": {row.name}"
    if row.only_reproductive == "yes":
        says += ", to reproduction and the unborn only"
    if row.mshi == "yes":
        says += ", its maker says how to handle it"
    return Caution(says, row.cite, row.verified)


def _doubtful(row: Row) -> Caution:
    says = f"unknown: what was read of {row.edition} is in doubt about {row.name}"
    return Caution(f"{says}; ask before handling", row.cite, row.verified)


def _not_known(drug: Drug, row: Row) -> Caution:
    strange = ", ".join(sorted(drug.keys - drug.known)) or "its ingredients"
    says = f"unknown: {strange} cannot be looked up in {row.edition}; ask before handling"
    return Caution(says, "", "")


def _held(keys: frozenset[str], rows: Sequence[Row]) -> Caution | None:
    """A listed name within a longer one: a relative of the listed drug, or another drug."""
    for row in rows:
        within = [
            key
            for key in keys
            for name in row.ingredients
            if row.table != REMOVED and f"-{name}-" in f"-{key}-"
        ]
        if within:
            says = f"unknown: {within[0]} is not in {row.edition}, {row.name} is"
            return Caution(f"{says}; ask before handling", row.cite, row.verified)
    return None


def _absent(removed: Iterable[Row], first: Row) -> Iterator[Caution]:
    for row in removed:
        says = f"not on {row.edition}: {row.name} was taken off the list; {NOT_SAFE}"
        yield Caution(says, row.cite, row.verified)
        return
    cite = f"{first.cite.partition(',')[0]}, by secondary copies that may lack a name"
    yield Caution(f"not on {first.edition}; {NOT_SAFE}", cite, "K")


@cache
def shipped_rows(folder: Traversable = SHIPPED) -> tuple[Row, ...]:
    """The list that the house ships, doubtful rows among them."""
    return tuple(read_row(line) for line in read_lines(folder, "hazardous.csv"))


def read_row(line: Line) -> Row:
    """A line of a list in our layout; raises BadRow for the first cell that is wrong.

    Without ``ingredients`` and ``classes`` a name is folded to its ingredient as a listing is.
    """
    name, classes = line.text("name"), frozenset(line.parts("classes"))
    keys = frozenset(line.parts("ingredients"))
    return Row(
        name=name,
        table=line.one_of("table", TABLES),
        ingredients=keys or (frozenset() if classes else frozenset({key(name)})),
        classes=classes,
        mshi=line.one_of("mshi", YES_OR_NO),
        only_reproductive=line.one_of("reproductive_only", YES_OR_NO),
        edition=line.text("edition"),
        published_on=line.day("published_on"),
        cite=line.text("cite"),
        verified=line.one_of("verified", MARKS),
    )


def key(name: str) -> str:
    """The key of the ingredient that a list calls by this name."""
    return key_of(name, substances())
