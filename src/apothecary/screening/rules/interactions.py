"""Interactions: the fifteen high-priority items, the VA set, and classes that add up."""

from collections.abc import Iterator
from dataclasses import dataclass

from apothecary.screening.rules.amounts import dose_said
from apothecary.screening.rules.facts import Case, DrugFacts
from apothecary.screening.rules.found import (
    NOTE,
    PHARMACIST,
    RANK,
    STOP,
    Found,
    fingerprint,
    not_screened,
)
from apothecary.screening.rules.tables import tables
from apothecary.screening.sources import HighPriorityItem, Interaction, Origin

# How loud a VA pair is: critical ones are for the pharmacist, the rest is a note, since
# nine of ten interruptions are closed with the same key.
VA_GRADE = {"critical": PHARMACIST, "significant": NOTE}
# Beta blockers in eye drops reach the heart and the lungs: they count as swallowed.
STRONG_DROPS = "beta-blockers"
LITTLE = "Little of it reaches the blood from there (house rule): a note."


@dataclass(frozen=True, slots=True)
class Met:
    """Two ingredients that meet, and how loud their source is."""

    mine: str
    theirs: str
    grade: str
    says: str
    origin: Origin


def interaction_findings(case: Case) -> Iterator[Found]:
    """One finding for each drug that does not go with the new one, as loud as its loudest."""
    new = case.new
    more = {frozenset((row.a, row.b)): row for row in case.loaded}
    for other in case.patient.current:
        met = [
            each
            for mine in new.ingredients
            for theirs in other.ingredients
            if not together(mine, theirs, new, other)
            and (each := meeting(mine, theirs, more)) is not None
        ]
        if met:
            yield interaction(new, other, met)
    yield from unknown_to_all(case)


def together(mine: str, theirs: str, new: DrugFacts, other: DrugFacts) -> bool:
    """The same ingredient, or two that each of the drugs holds both of."""
    return mine in other.ingredients and theirs in new.ingredients


def meeting(mine: str, theirs: str, more: dict[frozenset[str], Interaction]) -> Met | None:
    """What the sources say about two ingredients: an item, a loaded pair, a shipped one."""
    item = joined(mine, theirs)
    if item is not None:
        return Met(mine, theirs, STOP, item.says, item.origin)
    pair = more.get(frozenset((mine, theirs))) or tables().partners.get(mine, {}).get(theirs)
    if pair is None:
        return None
    says = f"{spoken(mine)} with {spoken(theirs)}: {pair.severity}"
    return Met(mine, theirs, VA_GRADE[pair.severity], says, pair.origin)


def joined(a: str, b: str) -> HighPriorityItem | None:
    """The high-priority item that two ingredients stand on the two sides of."""
    items = tables().items
    return next((item for item in items.get(a, ()) if item.joins(a, b)), None)


def interaction(new: DrugFacts, other: DrugFacts, met: list[Met]) -> Found:
    """A finding about two drugs."""
    met.sort(key=lambda each: (RANK[each.grade], each.mine, each.theirs))
    first, grade = met[0], met[0].grade
    says = first.says
    if grade != STOP:
        pairs = "; ".join(each.says for each in met if each.grade != STOP)
        says = f"{new.name} and {other.name} interact ({pairs} by {publisher(first.origin)})."
    because = [f"new: {new.name}", f"takes: {other.name}"]
    outside = [drug for drug in (new, other) if barely_absorbed(drug)]
    if outside and grade != NOTE:
        grade = NOTE
        because.append(f"{outside[0].name} is for {where(outside[0])}. {LITTLE}")
    pairs_met = [f"{each.mine}+{each.theirs}" for each in met]
    return Found(
        kind="interaction",
        severity=grade,
        says=says,
        because=tuple(because),
        origin=first.origin,
        clears=f"Another drug, or the end of {other.name}.",
        fingerprint=fingerprint("interaction", new, *pairs_met, dose_said(other)),
    )


def publisher(origin: Origin) -> str:
    """Who says so, in short."""
    return "VA" if "Veterans" in origin.cite else origin.cite


def spoken(key: str) -> str:
    """An ingredient's key as one says it."""
    return key.replace("-", " ")


def barely_absorbed(drug: DrugFacts) -> bool:
    """Whether it stays where it is put."""
    strong = tables().classes[STRONG_DROPS]
    return drug.local and strong.isdisjoint(drug.ingredients)


def where(drug: DrugFacts) -> str:
    """What a local form is put on."""
    return {"topical": "the skin", "ear-drops": "the ear"}.get(drug.form_group, "the eye")


def unknown_to_all(case: Case) -> Iterator[Found]:
    """An ingredient that no source of interactions knows was not screened for them."""
    known = {key for row in case.loaded for key in (row.a, row.b)}
    if not case.patient.current:
        return
    for key in case.new.ingredients:
        if key not in known and not tables().known_to_interact(key):
            says = f"No source on file knows interactions of {spoken(key)}: not screened."
            yield not_screened(case.new, says, f"ingredient: {spoken(key)}")


def overlap_findings(case: Case) -> Iterator[Found]:
    """Two classes that add up, as an opioid and a benzodiazepine."""
    for row in tables().overlaps:
        old_enough = row.age_from is None or (case.age or 0) >= row.age_from
        if not old_enough or case.new.local:
            continue
        for mine, theirs in ((row.a, row.b), (row.b, row.a)):
            if tables().classes[mine].isdisjoint(case.new.ingredients):
                continue
            others = [
                each
                for each in case.patient.current
                if not each.local and not tables().classes[theirs].isdisjoint(each.ingredients)
            ]
            if others:
                yield overlap(case.new, others, row.grade, row.says, row.origin)


def overlap(
    new: DrugFacts, others: list[DrugFacts], grade: str, says: str, origin: Origin
) -> Found:
    """A finding about classes."""
    names = ", ".join(each.name for each in others)
    doses = [f"{'+'.join(each.ingredients)}:{dose_said(each)}" for each in others]
    return Found(
        kind="interaction",
        severity=grade,
        says=f"{new.name} with {names}. {says}",
        because=(f"new: {new.name}", f"takes: {names}"),
        origin=origin,
        clears="The end of one of them, or the prescriber's word that both are meant.",
        fingerprint=fingerprint("overlap", new, origin.cite, *doses),
    )
