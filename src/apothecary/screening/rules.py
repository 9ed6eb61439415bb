"""From the facts of a patient and a new drug to findings. Pure; the tables come as sources."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import product

from apothecary.screening import sources
from apothecary.screening.sources import (
    AllergyClass,
    AllergyNote,
    CrossReaction,
    DuplicationClass,
    HighPriorityItem,
    Interaction,
    Origin,
)

STOP, PHARMACIST, NOTE = "stop", "pharmacist", "note"
RANK = {STOP: 0, PHARMACIST: 1, NOTE: 2}
# How loud a VA pair is: critical ones stop for the pharmacist, the rest is a note, since
# nine of ten interruptions are closed with the same key.
VA_GRADE = {"critical": PHARMACIST, "significant": NOTE}
# NCPDP reason for service codes (439-E4) of the kinds.
REASON = {
    "interaction": "DD",
    "allergy": "DA",
    "duplicate ingredient": "ID",
    "duplicate class": "TD",
    "not screened": "",
}
OURS = Origin("house rule: what is not known is not passed silently", date(2026, 11, 22), "C")


@dataclass(frozen=True, slots=True)
class DrugFacts:
    """A drug as the rules see it: ingredients by key, form, how much a day."""

    name: str
    ingredients: tuple[str, ...]
    form_group: str
    dosage_form: str
    strength: str = ""
    quantity_a_day: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class AllergyFacts:
    """An allergy: by ingredient, by class, or by its name alone."""

    allergen: str
    ingredient: str = ""
    allergy_class: str = ""
    reaction: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: how loud, one sentence, the facts that fired it, where it is written."""

    kind: str
    severity: str
    says: str
    because: tuple[str, ...]
    origin: Origin
    clears: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Tables:
    """The shipped tables, indexed for look-up."""

    pairs: dict[frozenset[str], Interaction]
    items: tuple[HighPriorityItem, ...]
    duplication: tuple[DuplicationClass, ...]
    allergy_classes: dict[str, AllergyClass]
    crossings: tuple[CrossReaction, ...]
    notes: tuple[AllergyNote, ...]


@cache
def tables() -> Tables:
    """Read the shipped tables, once in the life of a process."""
    return Tables(
        pairs={frozenset((row.a, row.b)): row for row in sources.read_interactions()},
        items=tuple(row for row in sources.read_high_priority_items() if row.enabled),
        duplication=tuple(
            row
            for row in sources.read_duplication_classes()
            if row.enabled and row.counts == "count"
        ),
        allergy_classes={row.key: row for row in sources.read_allergy_classes()},
        crossings=tuple(sources.read_cross_reactions()),
        notes=tuple(sources.read_allergy_notes()),
    )


def screen(
    new: DrugFacts, *, current: tuple[DrugFacts, ...], allergies: tuple[AllergyFacts, ...]
) -> list[Found]:
    """Everything there is to say about a new drug, loudest first, each thing once.

    In which order the current drugs are named changes nothing, not even a word.
    """
    current = tuple(sorted(current, key=by_name))
    found = [
        *unscreened(new),
        *allergy_findings(new, allergies),
        *interaction_findings(new, current),
        *duplicate_findings(new, current),
    ]
    once: dict[str, Found] = {}
    for finding in sorted(found, key=lambda finding: RANK[finding.severity]):
        once.setdefault(finding.fingerprint, finding)
    return list(once.values())


def by_name(drug: DrugFacts) -> tuple[str, ...]:
    """The order in which drugs are looked at."""
    return (drug.name, drug.strength, drug.form_group, drug.dosage_form, *drug.ingredients)


def fingerprint(kind: str, new: DrugFacts, *facts: str) -> str:
    """The facts in one word: it changes when the dose, a drug or an allergy does."""
    a_day = new.quantity_a_day.quantize(Decimal("0.01")).normalize()
    said = (kind, *sorted(new.ingredients), new.strength, f"{a_day:f}", *sorted(facts))
    return hashlib.sha256("|".join(said).encode()).hexdigest()[:32]


def unscreened(new: DrugFacts) -> Iterator[Found]:
    """A drug without known ingredients cannot be screened: a pharmacist must look."""
    if not new.ingredients:
        yield Found(
            kind="not screened",
            severity=PHARMACIST,
            says=f"{new.name} has no ingredient on file: it was not screened.",
            because=(new.name,),
            origin=OURS,
            clears="A drug file entry with its ingredients, or the pharmacist's own look.",
            fingerprint=fingerprint("not screened", new, new.name),
        )


def allergy_findings(new: DrugFacts, allergies: tuple[AllergyFacts, ...]) -> Iterator[Found]:
    """The same ingredient, the same class, a class that crosses over, or a name unknown."""
    for allergy in allergies:
        said = False
        for found in one_allergy(new, allergy):
            said = True
            yield found
        tied = allergy.ingredient or allergy.allergy_class in tables().allergy_classes
        if not said and not tied:
            yield from by_name_alone(new, allergy)


def one_allergy(new: DrugFacts, allergy: AllergyFacts) -> Iterator[Found]:
    """What one allergy, known to the tables, says about the new drug."""
    if allergy.ingredient and allergy.ingredient in new.ingredients:
        says = f"Allergic to {allergy.allergen}{reacted(allergy)}: {new.name} contains it."
        yield allergy_found(new, allergy, STOP, says, OURS_SAME)
        return
    classes = classes_of(allergy)
    for row in tables().crossings:
        if crosses_from(row, allergy, classes) and crosses_to(row, new):
            says = f"Allergic to {allergy.allergen}{reacted(allergy)}. {row.says}"
            yield allergy_found(new, allergy, row.grade, says, row.origin)
    known = {row.from_key for row in tables().crossings if row.from_key == row.to_key}
    for key in classes - known:
        members = tables().allergy_classes[key]
        if not members.ingredients.isdisjoint(new.ingredients):
            says = (
                f"Allergic to {allergy.allergen}{reacted(allergy)}: "
                f"{new.name} is of the same class ({members.says})."
            )
            yield allergy_found(new, allergy, STOP, says, members.origin)


OURS_SAME = Origin("the patient's own record: the same ingredient", date(2026, 11, 22), "C")


def classes_of(allergy: AllergyFacts) -> set[str]:
    """The classes an allergy is of: the named one, and those of its ingredient."""
    classes = {allergy.allergy_class} & set(tables().allergy_classes)
    classes |= {
        key
        for key, row in tables().allergy_classes.items()
        if allergy.ingredient in row.ingredients
    }
    return classes


def crosses_from(row: CrossReaction, allergy: AllergyFacts, classes: set[str]) -> bool:
    """Whether a row of cross-reactivity speaks about this allergy."""
    if row.from_kind == "class":
        return row.from_key in classes
    if row.from_kind == "ingredient":
        return row.from_key == allergy.ingredient
    return row.from_key == allergy.allergen.strip().lower()


def crosses_to(row: CrossReaction, new: DrugFacts) -> bool:
    """Whether a row of cross-reactivity speaks about this drug."""
    if row.to_kind == "ingredient":
        return row.to_key in new.ingredients
    members = tables().allergy_classes.get(row.to_key)
    return members is not None and not members.ingredients.isdisjoint(new.ingredients)


def reacted(allergy: AllergyFacts) -> str:
    """The reaction in brackets, where one is known."""
    return f" ({allergy.reaction})" if allergy.reaction else ""


def allergy_found(
    new: DrugFacts, allergy: AllergyFacts, grade: str, says: str, origin: Origin
) -> Found:
    """A finding about an allergy."""
    return Found(
        kind="allergy",
        severity=grade,
        says=says,
        because=(f"allergy: {allergy.allergen}{reacted(allergy)}", f"new: {new.name}"),
        origin=origin,
        clears="Another drug, or a correction of the allergy record.",
        fingerprint=fingerprint("allergy", new, allergy.allergen.lower(), allergy.reaction),
    )


def by_name_alone(new: DrugFacts, allergy: AllergyFacts) -> Iterator[Found]:
    """An allergy nobody has tied to an ingredient is shown, never matched by guess."""
    word = allergy.allergen.strip().lower()
    notes = [note for note in tables().notes if note.allergen == word and not note.about]
    for note in notes:
        says = f"Allergic to {allergy.allergen}{reacted(allergy)}. {note.says}"
        yield allergy_found(new, allergy, note.grade, says, note.origin)
    if not notes:
        says = (
            f"Allergy to {allergy.allergen}{reacted(allergy)} is known by name only: "
            f"{new.name} was not screened against it."
        )
        yield allergy_found(new, allergy, NOTE, says, OURS)


def interaction_findings(new: DrugFacts, current: tuple[DrugFacts, ...]) -> Iterator[Found]:
    """Each pair of ingredients that interacts: the fifteen items first, then the VA set."""
    for other in current:
        for mine, theirs in product(new.ingredients, other.ingredients):
            item = next((item for item in tables().items if item.joins(mine, theirs)), None)
            pair = tables().pairs.get(frozenset((mine, theirs)))
            if item is not None:
                yield interaction(new, other, STOP, item.says, item.origin, (mine, theirs))
            elif pair is not None and mine != theirs:
                says = f"{new.name} and {other.name} interact ({pair.severity} by VA)."
                grade = VA_GRADE[pair.severity]
                yield interaction(new, other, grade, says, pair.origin, (mine, theirs))


def interaction(
    new: DrugFacts,
    other: DrugFacts,
    grade: str,
    says: str,
    origin: Origin,
    pair: tuple[str, str],
) -> Found:
    """A finding about two drugs."""
    return Found(
        kind="interaction",
        severity=grade,
        says=says,
        because=(f"new: {new.name}", f"takes: {other.name}"),
        origin=origin,
        clears=f"Another drug, or the end of {other.name}.",
        fingerprint=fingerprint("interaction", new, *pair, other.strength),
    )


def duplicate_findings(new: DrugFacts, current: tuple[DrugFacts, ...]) -> Iterator[Found]:
    """The same ingredient twice, or more products of a class than the class allows."""
    twins = [other for other in current if set(other.ingredients) & set(new.ingredients)]
    for other in twins:
        shared = sorted(set(other.ingredients) & set(new.ingredients))
        yield Found(
            kind="duplicate ingredient",
            severity=PHARMACIST,
            says=f"Already takes {other.name}: the same ingredient ({', '.join(shared)}).",
            because=(f"new: {new.name}", f"takes: {other.name}"),
            origin=OURS_SAME,
            clears=f"The end of {other.name}, or the prescriber's word that both are meant.",
            fingerprint=fingerprint("duplicate ingredient", new, *shared, other.strength),
        )
    others = [other for other in current if other not in twins]
    for row in tables().duplication:
        yield from one_class(row, new, others)


def one_class(
    row: DuplicationClass, new: DrugFacts, others: list[DrugFacts]
) -> Iterator[Found]:
    """Whether the new drug is one too many of a class."""
    if not of_class(row, new):
        return
    same = [other for other in others if of_class(row, other)]
    if same and len(same) + 1 > (row.limit or 0):
        names = ", ".join(sorted(other.name for other in same))
        ingredients = sorted({key for other in same for key in other.ingredients})
        yield Found(
            kind="duplicate class",
            severity=PHARMACIST,
            says=f"Already takes {names}: both are of {row.says}.",
            because=(f"new: {new.name}", f"takes: {names}", f"class: {row.says}"),
            origin=row.origin,
            clears="The end of one of them, or the prescriber's word that both are meant.",
            fingerprint=fingerprint("duplicate class", new, row.key, *ingredients),
        )


def of_class(row: DuplicationClass, drug: DrugFacts) -> bool:
    """Whether a drug counts for a class of duplication."""
    return row.holds(
        ingredients=drug.ingredients,
        form_group=drug.form_group,
        dosage_form=drug.dosage_form,
    )
