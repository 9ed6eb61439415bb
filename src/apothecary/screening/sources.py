"""The shipped screening tables: interactions, duplicate classes, allergies, as typed rows.

Every row carries its origin: where it was read, of which date, and how well it was verified
(V1 official text, V2 secondary, K unverified knowledge, C convention). They are a baseline
from 2014 and older facts; they prepare, the pharmacist decides. Keys are those of the drug
file's ingredients. Readers raise ``drugs.shipped.BadRow`` at the first row they cannot read.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable

from apothecary.drugs.shipped import MARKS, Line, read_lines

SHIPPED = files("apothecary.screening") / "data"

SEVERITIES = frozenset({"critical", "significant"})
GRADES = frozenset({"stop", "pharmacist", "note"})
LIKELIHOODS = frozenset({"high", "moderate", "low", "intolerance"})
COUNTS = frozenset({"count", "dose", "burden"})
RELEASES = frozenset({"", "immediate", "extended"})


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row comes from: shown with every finding."""

    cite: str
    on: date
    verified: str


@dataclass(frozen=True, slots=True)
class Interaction:
    """Two ingredients that interact, by their keys; ``a`` sorts before ``b``."""

    a: str
    b: str
    severity: str
    nuis: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class HighPriorityItem:
    """One of the fifteen high-priority interactions: an object side and a precipitant side.

    ``absent`` names members that the drug file has no ingredient for.
    """

    key: str
    object_says: str
    precipitant_says: str
    says: str
    enabled: bool
    objects: frozenset[str]
    precipitants: frozenset[str]
    absent: tuple[str, ...]
    origin: Origin

    def joins(self, a: str, b: str) -> bool:
        """Whether two different ingredients stand on its two sides, in either order."""
        if not self.enabled or a == b:
            return False
        forth = a in self.objects and b in self.precipitants
        back = b in self.objects and a in self.precipitants
        return forth or back


@dataclass(frozen=True, slots=True)
class DuplicationClass:
    """A class of which a patient should take at most ``limit`` products at a time.

    ``counts`` is ``count`` (products), ``dose`` (add up the daily dose, no limit here) or
    ``burden`` (needs a scale this project may not ship; comes disabled). Products count, not
    ingredients: one contraceptive tablet with two hormones is one.
    """

    key: str
    says: str
    counts: str
    limit: int | None
    form_groups: frozenset[str]
    release: str
    enabled: bool
    ingredients: frozenset[str]
    origin: Origin

    def holds(self, *, ingredients: Collection[str], form_group: str, dosage_form: str) -> bool:
        """Whether a product with these facts (as in ``drugs.starter``) is of this class."""
        return (
            self.enabled
            and form_group in self.form_groups
            and self.release in {"", release_of(form_group, dosage_form)}
            and not self.ingredients.isdisjoint(ingredients)
        )


@dataclass(frozen=True, slots=True)
class AllergyClass:
    """Ingredients that an allergy to the class concerns."""

    key: str
    says: str
    ingredients: frozenset[str]
    origin: Origin


@dataclass(frozen=True, slots=True)
class CrossReaction:
    """What an allergy to one thing means for another.

    ``from_kind`` is class, ingredient or other (a word such as egg); ``to_kind`` class or
    ingredient. ``grade`` is stop, pharmacist or note.
    """

    from_kind: str
    from_key: str
    to_kind: str
    to_key: str
    likelihood: str
    grade: str
    says: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class AllergyNote:
    """A sentence to show when somebody is allergic to something that is no ingredient."""

    allergen: str
    about: str
    says: str
    grade: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Allergen:
    """A name for the allergy box: drug, food or other, with the words people use for it."""

    name: str
    types: str
    synonyms: tuple[str, ...]
    va_classes: tuple[str, ...]
    ingredient: str
    origin: Origin


def release_of(form_group: str, dosage_form: str) -> str:
    """``extended`` for patches and forms that say so, else ``immediate``."""
    extended = form_group == "patch" or "EXTENDED" in dosage_form.upper()
    return "extended" if extended else "immediate"


def read_origins(folder: Traversable = SHIPPED) -> dict[str, Origin]:
    """Origin of each source by its key."""
    return {
        line.text("key"): Origin(
            cite=f"{line.text('title')}, {line.text('publisher')}",
            on=line.day("released_on"),
            verified=line.one_of("verified", MARKS),
        )
        for line in read_lines(folder, "sources.csv")
    }


def read_interactions(
    folder: Traversable = SHIPPED, *, name: str = "interactions.csv"
) -> Iterator[Interaction]:
    """Pairs of ingredients of the drug file, VA severity critical or significant."""
    origin = read_origins(folder)["va-ndfrt"]
    for line in read_lines(folder, name):
        a, b = line.text("a"), line.text("b")
        if a >= b:
            raise line.bad("b", f"{b!r} does not sort after {a!r}")
        severity = line.one_of("severity", SEVERITIES)
        yield Interaction(a, b, severity, nuis=line.parts("nui"), origin=origin)


def read_interactions_beyond(folder: Traversable = SHIPPED) -> Iterator[Interaction]:
    """Pairs with a side that is not in the drug file: what patients bring from elsewhere."""
    yield from read_interactions(folder, name="interactions_beyond.csv.gz")


def read_all_interactions(folder: Traversable = SHIPPED) -> Iterator[Interaction]:
    """The whole VA set."""
    yield from read_interactions(folder)
    yield from read_interactions_beyond(folder)


def read_high_priority_items(folder: Traversable = SHIPPED) -> Iterator[HighPriorityItem]:
    """The fifteen items; the QT item has no lawful member list and comes disabled."""
    on = read_origins(folder)["onc-2012"].on
    sides: dict[tuple[str, str], set[str]] = defaultdict(set)
    absent: dict[str, list[str]] = defaultdict(list)
    for line in read_lines(folder, "onc_members.csv"):
        item, ingredient = line.text("item"), line.maybe("ingredient")
        if ingredient:
            sides[item, line.one_of("side", {"object", "precipitant"})].add(ingredient)
        else:
            absent[item].append(line.text("name"))
    for line in read_lines(folder, "onc_items.csv"):
        key = line.text("id")
        yield HighPriorityItem(
            key=key,
            object_says=line.text("object"),
            precipitant_says=line.text("precipitant"),
            says=line.text("says"),
            enabled=_enabled(line),
            objects=frozenset(sides[key, "object"]),
            precipitants=frozenset(sides[key, "precipitant"]),
            absent=tuple(absent[key]),
            origin=_origin(line, on),
        )


def read_duplication_classes(folder: Traversable = SHIPPED) -> Iterator[DuplicationClass]:
    """The classes of duplicate therapy with their members."""
    own = read_origins(folder)["own"]
    members = _members(folder, "duplication_members.csv")
    for line in read_lines(folder, "duplication_classes.csv"):
        counts = line.one_of("counts", COUNTS)
        yield DuplicationClass(
            key=line.text("key"),
            says=line.text("says"),
            counts=counts,
            limit=line.count("limit") if counts == "count" else None,
            form_groups=frozenset(line.parts("form_groups")),
            release=line.one_of("release", RELEASES),
            enabled=_enabled(line),
            ingredients=members.get(line.text("key"), frozenset()),
            origin=Origin(own.cite, own.on, line.one_of("verified", MARKS)),
        )


def read_allergy_classes(folder: Traversable = SHIPPED) -> Iterator[AllergyClass]:
    """The allergy classes with their members."""
    own = read_origins(folder)["own"]
    members = _members(folder, "allergy_members.csv")
    for line in read_lines(folder, "allergy_classes.csv"):
        yield AllergyClass(
            key=line.text("key"),
            says=line.text("says"),
            ingredients=members.get(line.text("key"), frozenset()),
            origin=Origin(own.cite, own.on, line.one_of("verified", MARKS)),
        )


def read_cross_reactions(folder: Traversable = SHIPPED) -> Iterator[CrossReaction]:
    """What an allergy to a class, an ingredient or a food means for others."""
    on = read_origins(folder)["own"].on
    for line in read_lines(folder, "cross_reactivity.csv"):
        yield CrossReaction(
            from_kind=line.one_of("from_kind", {"class", "ingredient", "other"}),
            from_key=line.text("from_key"),
            to_kind=line.one_of("to_kind", {"class", "ingredient"}),
            to_key=line.text("to_key"),
            likelihood=line.one_of("likelihood", LIKELIHOODS),
            grade=line.one_of("grade", GRADES),
            says=line.text("says"),
            origin=_origin(line, on),
        )


def read_allergy_notes(folder: Traversable = SHIPPED) -> Iterator[AllergyNote]:
    """Sentences about allergens that are no ingredient."""
    on = read_origins(folder)["own"].on
    for line in read_lines(folder, "allergy_notes.csv"):
        grade = line.one_of("grade", GRADES)
        words = line.text("allergen"), line.maybe("about"), line.text("says")
        yield AllergyNote(*words, grade=grade, origin=_origin(line, on))


def read_allergens(folder: Traversable = SHIPPED) -> Iterator[Allergen]:
    """Names and synonyms of allergens, of VA file 120.82."""
    origin = read_origins(folder)["va-allergens"]
    for line in read_lines(folder, "allergens.csv"):
        yield Allergen(
            name=line.text("name"),
            types=line.text("types"),
            synonyms=line.parts("synonyms"),
            va_classes=line.parts("va_classes"),
            ingredient=line.maybe("ingredient"),
            origin=origin,
        )


def _members(folder: Traversable, name: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for line in read_lines(folder, name):
        found[line.text("class")].add(line.text("ingredient"))
    return {key: frozenset(members) for key, members in found.items()}


def _enabled(line: Line) -> bool:
    return line.one_of("enabled", {"0", "1"}) == "1"


def _origin(line: Line, on: date) -> Origin:
    return Origin(line.text("cite"), on, line.one_of("verified", MARKS))
