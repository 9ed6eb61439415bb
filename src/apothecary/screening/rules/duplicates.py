"""Duplicates: the same ingredient twice, or more products of a class than it allows.

What goes on with the same drug when the supply is used up is no duplicate: a renewal is silent,
and one that comes too early is an early refill.
"""

from collections.abc import Iterator

from apothecary.screening.rules.amounts import dose_said
from apothecary.screening.rules.facts import Case, DrugFacts
from apothecary.screening.rules.found import NOTE, PHARMACIST, SAME, Found, fingerprint
from apothecary.screening.rules.interactions import spoken
from apothecary.screening.rules.supplies import allowed_left, same_drug
from apothecary.screening.rules.tables import tables
from apothecary.screening.sources import DuplicationClass


def duplicate_findings(case: Case) -> Iterator[Found]:
    """The same ingredient twice, then classes of which there is one too many."""
    new, current = case.new, case.patient.current
    twins = [other for other in current if set(other.ingredients) & set(new.ingredients)]
    for other in twins:
        if not renewed(case, other):
            yield twice(case, other)
    others = [other for other in current if other not in twins]
    told: set[tuple[str, ...]] = set()
    rows = {
        row.key: row for key in new.ingredients for row in tables().duplication.get(key, ())
    }
    for row in sorted(rows.values(), key=lambda row: (len(row.ingredients), row.key)):
        same = [other for other in others if of_class(row, other)]
        names = tuple(sorted(other.name for other in same))
        too_many = len(same) + 1 > (row.limit or 0)
        if of_class(row, new) and same and too_many and names not in told:
            told.add(names)
            yield of_one_class(new, row, same)


def renewed(case: Case, other: DrugFacts) -> bool:
    """Whether the new one goes on where the other ends, or is said as an early refill."""
    if other.runs_out_on is None or not same_drug(case.new, other):
        return False
    row = tables().early.get(case.new.schedule)
    return used_up(case, other) or (row is not None and row.grade != NOTE)


def twice(case: Case, other: DrugFacts) -> Found:
    """The same ingredient in two products; a note where that is how it is used."""
    new = case.new
    shared = sorted(set(other.ingredients) & set(new.ingredients))
    grade, why = PHARMACIST, ""
    if new.local or other.local or places_apart(new, other):
        grade, why = NOTE, "in another kind of form"
    elif new.release != other.release:
        grade, why = NOTE, "one acts at once, the other for long"
    elif used_up(case, other):
        grade, why = NOTE, "what was handed out of the other is used up"
    says = (
        f"Already takes {other.name}: the same ingredient ({', '.join(map(spoken, shared))})."
    )
    facts = (f"new: {new.name}", f"takes: {other.name}", *([why] if why else []))
    return Found(
        kind="duplicate ingredient",
        severity=grade,
        says=says,
        because=facts,
        origin=SAME,
        clears=f"The end of {other.name}, or the prescriber's word that both are meant.",
        fingerprint=fingerprint("duplicate ingredient", new, *shared, dose_said(other)),
    )


def places_apart(new: DrugFacts, other: DrugFacts) -> bool:
    """Whether they go two ways into the body, as an inhaler and tablets."""
    ways = {"inhaler", "nebulizer", "nasal-spray", "vaginal", "rectal"}
    apart = new.form_group != other.form_group
    return apart and bool({new.form_group, other.form_group} & ways)


def used_up(case: Case, other: DrugFacts) -> bool:
    """Whether so little is left of the other that this is a change of dose."""
    if other.runs_out_on is None:
        return False
    left = (other.runs_out_on - case.on).days
    return left <= allowed_left(other.schedule, other.days_supply)


def of_one_class(new: DrugFacts, row: DuplicationClass, same: list[DrugFacts]) -> Found:
    """One too many of a class."""
    names = ", ".join(sorted(other.name for other in same))
    ingredients = sorted({key for other in same for key in other.ingredients})
    return Found(
        kind="duplicate class",
        severity=PHARMACIST,
        says=f"Already takes {names}: both are of {row.says}.",
        because=(f"new: {new.name}", f"takes: {names}", f"class: {row.says}"),
        origin=row.origin,
        clears="The end of one of them, or the prescriber's word that both are meant.",
        fingerprint=fingerprint("duplicate class", new, row.key, *ingredients),
    )


def of_class(row: DuplicationClass, drug: DrugFacts) -> bool:
    """Whether a drug counts for a class; one of unknown form counts."""
    return row.holds(
        ingredients=drug.ingredients,
        form_group=drug.form_group or next(iter(sorted(row.form_groups))),
        dosage_form=drug.dosage_form,
    )
