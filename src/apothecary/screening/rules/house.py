"""The knowledge base in the box: every rule over the shipped tables."""

from collections.abc import Iterator
from dataclasses import replace

from apothecary.screening.rules.allergies import allergy_findings
from apothecary.screening.rules.doses import dose_findings
from apothecary.screening.rules.duplicates import duplicate_findings
from apothecary.screening.rules.facts import Case, DrugFacts
from apothecary.screening.rules.found import (
    PHARMACIST,
    Found,
    loudest_once,
    not_screened,
)
from apothecary.screening.rules.interactions import interaction_findings, overlap_findings
from apothecary.screening.rules.names import look_alike_findings
from apothecary.screening.rules.opioids import opioid_findings
from apothecary.screening.rules.people import (
    age_findings,
    state_findings,
    unknown_conditions,
)
from apothecary.screening.rules.supplies import early_refill

RULES = (
    allergy_findings,
    interaction_findings,
    overlap_findings,
    duplicate_findings,
    dose_findings,
    age_findings,
    state_findings,
    unknown_conditions,
    opioid_findings,
    early_refill,
    look_alike_findings,
)


def screen(case: Case) -> list[Found]:
    """Everything there is to say about a new drug, loudest first, each thing once.

    In which order the current drugs are named changes nothing, not even a word.
    """
    current = tuple(sorted(case.patient.current, key=by_name))
    case = replace(case, patient=replace(case.patient, current=current))
    found = list(unscreened(case))
    for rule in RULES:
        found += rule(case)
    return loudest_once(found)


def by_name(drug: DrugFacts) -> tuple[str, ...]:
    """The order in which drugs are looked at."""
    return (drug.name, drug.strength, drug.form_group, drug.dosage_form, *drug.ingredients)


def unscreened(case: Case) -> Iterator[Found]:
    """What no file knows the ingredients of: the new drug is for the pharmacist to look at."""
    new = case.new
    if not new.ingredients:
        says = f"{new.name} has no ingredient on file: it was not screened."
        yield not_screened(new, says, grade=PHARMACIST)
    for other in case.patient.current:
        if not other.ingredients:
            says = (
                f"{other.name} has no ingredient on file: {new.name} was not screened with it."
            )
            yield not_screened(new, says, f"takes: {other.name}")
