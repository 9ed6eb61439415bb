"""What must be said beside a drug: high alert, and how it is stored.

Sources: ``data/high_alert.csv`` and ``data/storage_classes.csv``, each row with its citation
and mark. A doubtful row (KQ) is kept and never shown. Hazard to who handles it: ``hazards``.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable

from apothecary.drugs.derived.tables import SHIPPED
from apothecary.drugs.shipped import MARKS, read_lines

DOUBTFUL = "KQ"
SETTINGS = frozenset({"community", "acute"})


@dataclass(frozen=True, slots=True)
class Drug:
    """What a caution looks at: ingredient keys, FDA classes, form group, routes, the words."""

    ingredients: frozenset[str]
    classes: frozenset[str]
    form_group: str
    routes: frozenset[str]
    words: str


@dataclass(frozen=True, slots=True)
class Caution:
    """A sentence with its source and mark. ``setting`` is where it holds."""

    says: str
    cite: str
    verified: str
    setting: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """A row of the high-alert table; an empty condition holds for all.

    A drug meets it by one of its ``ingredients`` or one of its ``classes``, and by every other
    condition: form group, route, and a ``part`` of its form or strength.
    """

    caution: Caution
    ingredients: frozenset[str]
    classes: frozenset[str]
    form_groups: frozenset[str]
    routes: frozenset[str]
    part: str

    def covers(self, drug: Drug) -> bool:
        """Whether the row is about this drug."""
        return (
            bool(self.ingredients & drug.ingredients or self.classes & drug.classes)
            and (not self.form_groups or drug.form_group in self.form_groups)
            and (not self.routes or bool(self.routes & drug.routes))
            and self.part in drug.words
        )


@cache
def alerts(folder: Traversable = SHIPPED) -> tuple[Alert, ...]:
    """The rows of the high-alert table that are not doubtful."""
    found = []
    for line in read_lines(folder, "high_alert.csv"):
        caution = Caution(
            says=line.text("says"),
            cite=line.text("cite"),
            verified=line.one_of("verified", MARKS),
            setting=line.one_of("setting", SETTINGS),
        )
        row = Alert(
            caution,
            ingredients=frozenset(line.parts("ingredients")),
            classes=frozenset(line.parts("classes")),
            form_groups=frozenset(line.parts("form_groups")),
            routes=frozenset(line.parts("routes")),
            part=line.maybe("part"),
        )
        if not (row.ingredients or row.classes):
            raise line.bad("ingredients", "names neither an ingredient nor a class")
        if caution.verified != DOUBTFUL:
            found.append(row)
    return tuple(found)


def high_alert(drug: Drug) -> tuple[Caution, ...]:
    """Why the drug is a high-alert one, for each row that says so; none says nothing."""
    return tuple(row.caution for row in alerts() if row.covers(drug))


@cache
def storage_classes(folder: Traversable = SHIPPED) -> dict[str, Caution]:
    """The temperatures of each storage class."""
    return {
        line.text("storage"): Caution(
            line.text("says"), line.text("cite"), line.one_of("verified", MARKS)
        )
        for line in read_lines(folder, "storage_classes.csv")
    }


def storage_class(storage: str) -> Caution:
    """How a drug is stored, with its source; what the file does not say is said so."""
    if not storage:
        return Caution("not in the file: read the package", "", "")
    return storage_classes().get(storage, Caution(storage, "", ""))


@cache
def substitution_in_general(folder: Traversable = SHIPPED) -> Caution:
    """What is commonly true of substitution in the states, for where a state has no row."""
    lines = list(read_lines(folder, "substitution.csv"))
    (row,) = [line for line in lines if line.text("state") == "US"]
    return Caution(row.text("says"), row.text("cite"), row.one_of("verified", MARKS))
