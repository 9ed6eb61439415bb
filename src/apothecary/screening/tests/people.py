"""Drugs and patients for the tests of the rules, in few words."""

from datetime import date
from decimal import Decimal

from apothecary.screening.rules.facts import (
    AllergyFacts,
    Case,
    DrugFacts,
    PatientFacts,
    Supply,
    Use,
)
from apothecary.screening.rules.found import Found
from apothecary.screening.rules.house import screen
from apothecary.screening.strengths import contents_of

TODAY = date(2026, 11, 23)


def drug(
    *ingredients: str,
    strength: str = "10 mg",
    form: str = "tablet",
    a_day: str = "1",
    dosage: str = "",
    schedule: int = 0,
    days: int = 30,
    runs_out_on: date | None = None,
    written: str = "",
    use: Use | None = None,
    excipients: frozenset[str] | None = None,
) -> DrugFacts:
    """A tablet, or another form, of some ingredients, taken once a day."""
    name = " / ".join(ingredients) or "unknown"
    return DrugFacts(
        name=name,
        ingredients=ingredients,
        form_group=form,
        dosage_form=dosage or form.upper(),
        strength=strength,
        quantity_a_day=Decimal(a_day),
        contents=contents_of(ingredients, strength),
        use=use or Use(),
        days_supply=days,
        schedule=schedule,
        runs_out_on=runs_out_on,
        written=written,
        excipients=excipients,
    )


def patient(
    *current: DrugFacts,
    age: int | None = 46,
    sex: str = "M",
    weight_kg: str = "",
    conditions: tuple[str, ...] = (),
    allergies: tuple[AllergyFacts, ...] = (),
    supplies: tuple[Supply, ...] = (),
    asked: bool = True,
) -> PatientFacts:
    """Somebody whose birthday is today."""
    return PatientFacts(
        born_on=None if age is None else TODAY.replace(year=TODAY.year - age),
        sex=sex,
        weight_kg=Decimal(weight_kg) if weight_kg else None,
        conditions=conditions,
        allergies=allergies,
        allergies_asked=asked,
        current=current,
        supplies=supplies,
    )


def found(new: DrugFacts, who: PatientFacts, *, on: date = TODAY) -> list[Found]:
    """What the knowledge base in the box says."""
    return screen(Case(new, who, on))


def of_kind(kind: str, findings: list[Found]) -> list[Found]:
    """Those of one kind, loudest first."""
    return [finding for finding in findings if finding.kind == kind]


def loud(findings: list[Found]) -> list[tuple[str, str]]:
    """Kind and severity of what interrupts."""
    return [(each.kind, each.severity) for each in findings if each.severity != "note"]
