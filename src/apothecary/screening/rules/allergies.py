"""Allergies: the same ingredient, the same class, a class that crosses over, an excipient."""

from collections.abc import Iterator

from apothecary.screening.rules.facts import AllergyFacts, Case, DrugFacts
from apothecary.screening.rules.found import (
    NOTE,
    PHARMACIST,
    SAME,
    STOP,
    Found,
    fingerprint,
    not_screened,
)
from apothecary.screening.rules.tables import tables
from apothecary.screening.sources import CrossReaction, Origin

# Words of a reaction after which even a doubt is for the pharmacist (house rule).
SEVERE = ("anaphyla", "angioedema", "throat", "swelling", "stevens", "epiderm", "shock")


def allergy_findings(case: Case) -> Iterator[Found]:
    """What each allergy says about the new drug; one known by name alone says that."""
    new, patient = case.new, case.patient
    if not patient.allergies and not patient.allergies_asked:
        says = f"Nobody has asked about allergies: {new.name} was not screened for them."
        yield not_screened(new, says, "allergies: not asked")
    for allergy in sorted(patient.allergies, key=lambda one: (one.allergen, one.reaction)):
        if allergy.allergen.strip().lower() in tables().excipient_words:
            yield from excipient(new, allergy)
            continue
        known = list(one_allergy(new, allergy))
        yield from known
        tied = allergy.ingredient or allergy.allergy_class in tables().allergy_classes
        if not known and not tied:
            yield from by_name_alone(new, allergy)


def one_allergy(new: DrugFacts, allergy: AllergyFacts) -> Iterator[Found]:
    """What one allergy, known to the tables, says about the new drug."""
    if allergy.ingredient and allergy.ingredient in new.ingredients:
        says = f"Allergic to {allergy.allergen}{reacted(allergy)}: {new.name} contains it."
        yield allergy_found(new, allergy, STOP, says, SAME)
        return
    classes = classes_of(allergy)
    for row in tables().crossings:
        if crosses_from(row, allergy, classes) and crosses_to(row, new):
            says = f"Allergic to {allergy.allergen}{reacted(allergy)}. {row.says}"
            yield allergy_found(new, allergy, row.grade, says, row.origin)
    known = {row.from_key for row in tables().crossings if row.from_key == row.to_key}
    for key in sorted(classes - known):
        members = tables().allergy_classes[key]
        if not members.ingredients.isdisjoint(new.ingredients):
            says = (
                f"Allergic to {allergy.allergen}{reacted(allergy)}: "
                f"{new.name} is of the same class ({members.says})."
            )
            yield allergy_found(new, allergy, STOP, says, members.origin)


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
    return row.from_key in called(allergy)


def crosses_to(row: CrossReaction, new: DrugFacts) -> bool:
    """Whether a row of cross-reactivity speaks about this drug."""
    if row.to_kind == "ingredient":
        return row.to_key in new.ingredients
    members = tables().allergy_classes.get(row.to_key)
    return members is not None and not members.ingredients.isdisjoint(new.ingredients)


def called(allergy: AllergyFacts) -> tuple[str, ...]:
    """The name in small letters, also without the ending of several, and as a key."""
    word = allergy.allergen.strip().lower()
    return (word, word.removesuffix("s"), word.replace(" ", "-"))


def reacted(allergy: AllergyFacts) -> str:
    """The reaction in brackets, where one is known."""
    return f" ({allergy.reaction})" if allergy.reaction else ""


def severe(allergy: AllergyFacts) -> bool:
    """Whether it once was a matter of life."""
    said = f"{allergy.reaction} {allergy.severity}".lower()
    return "severe" in said or any(word in said for word in SEVERE)


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
    words = called(allergy)
    notes = [note for note in tables().notes if note.allergen in words and not note.about]
    for note in notes:
        says = f"Allergic to {allergy.allergen}{reacted(allergy)}. {note.says}"
        yield allergy_found(new, allergy, note.grade, says, note.origin)
    if not notes:
        says = (
            f"Allergy to {allergy.allergen}{reacted(allergy)} is known by name only: "
            f"{new.name} was not screened against it."
        )
        yield not_screened(new, says, f"allergy: {allergy.allergen}{reacted(allergy)}")


def excipient(new: DrugFacts, allergy: AllergyFacts) -> Iterator[Found]:
    """An allergy to a dye or to gluten: what no file says is shown as not screened."""
    word = tables().excipient_words[allergy.allergen.strip().lower()]
    meant = [
        row for row in tables().excipients if row.group == word.group and word.only in row.name
    ]
    if new.excipients is None:
        says = (
            f"Allergy to {allergy.allergen}{reacted(allergy)}: no file says what "
            f"{new.name} holds beside its ingredients. Look at the label or ask the maker."
        )
        grade = PHARMACIST if severe(allergy) else NOTE
        facts = f"allergy: {allergy.allergen}{reacted(allergy)}"
        yield not_screened(new, says, facts, grade=grade)
        return
    held = [row for row in meant if row.unii in new.excipients]
    if held:
        names = ", ".join(sorted(row.name for row in held))
        says = f"Allergic to {allergy.allergen}{reacted(allergy)}: {new.name} holds {names}."
        yield allergy_found(new, allergy, STOP, says, held[0].origin)
