"""A second knowledge base, as small as the contract allows: it proves the seam, not a drug."""

from datetime import date

from apothecary.screening.rules.facts import Case
from apothecary.screening.rules.found import (
    PHARMACIST,
    STOP,
    Found,
    fingerprint,
    loudest_once,
)
from apothecary.screening.sources import Origin

TOY = Origin("a toy for tests", date(2026, 1, 1), "C")


def screen(case: Case) -> list[Found]:
    """It knows one allergy, doubts each dose, and trusts no drug without ingredients."""
    new = case.new
    found = [one("dose", PHARMACIST, f"Is the dose of {new.name} meant?", case)]
    if not new.ingredients:
        found.append(one("not screened", PHARMACIST, f"{new.name} is not known.", case))
    if any(allergy.ingredient in new.ingredients for allergy in case.patient.allergies):
        found.append(one("allergy", STOP, f"{new.name} is what the patient reacts to.", case))
    return loudest_once(found)


def one(kind: str, severity: str, says: str, case: Case) -> Found:
    """A finding in the house's own type."""
    mark = fingerprint(kind, case.new, says)
    return Found(kind, severity, says, (f"new: {case.new.name}",), TOY, "The doctor.", mark)
