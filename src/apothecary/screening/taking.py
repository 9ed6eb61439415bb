"""What screening goes by: a fill's patient, what she takes, and what was handed out to her."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import connection

from apothecary.drugs.models import Product
from apothecary.patients.models import Patient
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.screening.naming import allergies_named
from apothecary.screening.queries import beside, drugs_taken
from apothecary.screening.rules.facts import (
    AllergyFacts,
    Case,
    DrugFacts,
    PatientFacts,
    Supply,
    Use,
    runs_out_on,
)
from apothecary.screening.rules.supplies import handed_out
from apothecary.screening.sources import Interaction, Origin
from apothecary.screening.strengths import contents_of, dose_matters, use_of
from apothecary.staff.worker import Worker

# One statement for what two rooms keep of the patients, and for the pairs a site has loaded:
# this runs for every fill.
KEPT = """
SELECT patient_id, 'allergy', allergen, ingredient, allergy_class, reaction, severity
FROM patients_allergy
WHERE pharmacy_id = %(pharmacy)s AND patient_id = ANY(%(patients)s) AND active
UNION ALL
SELECT patient_id, 'condition', code, says, '', '', ''
FROM patients_condition
WHERE pharmacy_id = %(pharmacy)s AND patient_id = ANY(%(patients)s) AND active
UNION ALL
SELECT 0, 'pair', array_to_string(p.keys_a, '+'), array_to_string(p.keys_b, '+'), p.severity,
       p.nui, coalesce(b.released_on, b.loaded_at::date)::text
FROM screening_pair p JOIN drugs_batch b ON b.id = p.batch_id
WHERE p.keys && %(ingredients)s AND p.gone_on IS NULL
ORDER BY 1, 2, 3, 4
"""
VA = "NDF-RT drug interactions, US Department of Veterans Affairs"


@dataclass(slots=True)
class Kept:
    """What is on file about one patient beside the fills."""

    allergies: list[AllergyFacts] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OnFile:
    """What is on file about the patients, and what a site has loaded about their new drugs."""

    patients: dict[int, Kept]
    pairs: tuple[Interaction, ...]


def cases(fills: list[Fill], *, by: Worker) -> list[Case]:
    """Each fill as a case: its drug, its patient and all she takes (2 queries for all)."""
    patients = {fill.patient_id for fill in fills}
    ingredients = {key for fill in fills for key in keys_of(fill.package.product)}
    on_file = kept_of(by.pharmacy_id, patients, ingredients)
    taken = drugs_taken(by.pharmacy_id, patients, on=by.today)
    return [case_of(fill, on_file, taken[fill.patient_id], on=by.today) for fill in fills]


def keys_of(product: Product) -> tuple[str, ...]:
    """The ingredients of a product."""
    return tuple(key for key in product.ingredient_key.split("+") if key)


def kept_of(
    pharmacy_id: int, patients: Collection[int], ingredients: Collection[str]
) -> OnFile:
    """Allergies and conditions of these patients, loaded pairs of these drugs (1 query)."""
    found: dict[int, Kept] = defaultdict(Kept)
    pairs: list[Interaction] = []
    who, what = list(patients), list(ingredients)
    with connection.cursor() as cursor:
        cursor.execute(KEPT, {"pharmacy": pharmacy_id, "patients": who, "ingredients": what})
        for patient, kind, *words in cursor.fetchall():
            if kind == "pair":
                pairs += loaded_pairs(*words)
            elif kind == "allergy":
                found[patient].allergies += allergy_facts(*words)
            else:
                code, says, *_ = words
                found[patient].conditions.append(code or says)
    return OnFile(found, tuple(pairs))


def loaded_pairs(
    keys_a: str, keys_b: str, severity: str, nui: str, released_on: str
) -> list[Interaction]:
    """A loaded row as pairs of ingredients: each of one side with each of the other."""
    origin = Origin(VA, date.fromisoformat(released_on), "V1")
    return [
        Interaction(min(a, b), max(a, b), severity, (nui,), origin)
        for a in keys_a.split("+")
        for b in keys_b.split("+")
        if a != b
    ]


def allergy_facts(
    allergen: str, ingredient: str, allergy_class: str, reaction: str, severity: str
) -> list[AllergyFacts]:
    """An allergy as on file; one by name alone gets what the tables call exactly so."""
    if ingredient or allergy_class:
        return [AllergyFacts(allergen, ingredient, allergy_class, reaction, severity)]
    return allergies_named(allergen, reaction, severity)


def case_of(fill: Fill, on_file: OnFile, taken: list[Fill], *, on: date) -> Case:
    """One fill as a case."""
    kept = on_file.patients[fill.patient_id]
    zone = ZoneInfo(fill.pharmacy.time_zone)
    supplies = [supply(other, zone) for other in taken if went_out_before(other, fill)]
    new = drug_facts(fill.package.product, fill)
    current = tuple(
        drug_facts(other.package.product, other, supplies=supplies, on=on)
        for other in beside(fill, taken, on=on)
    )
    who: Patient = fill.prescription.patient
    diagnosis = fill.prescription.diagnosis
    patient = PatientFacts(
        born_on=who.birth_date,
        sex=who.sex,
        weight_kg=who.weight_kg,
        conditions=(*kept.conditions, *([diagnosis] if diagnosis else [])),
        allergies=tuple(kept.allergies),
        allergies_asked=who.allergies_reviewed_on is not None,
        current=current,
        supplies=tuple(supplies),
    )
    return Case(new, patient, on, on_file.pairs)


def went_out_before(other: Fill, fill: Fill) -> bool:
    """Handed out, and no part of the very fill that is screened."""
    same = (other.prescription_id, other.number) == (fill.prescription_id, fill.number)
    return other.state == FillState.SOLD and not same


def supply(fill: Fill, zone: ZoneInfo) -> Supply:
    """What was handed out, on its day at the counter."""
    product = fill.package.product
    facts = drug_facts(product, fill)
    return Supply(
        facts.ingredients,
        product.strength,
        facts.release,
        fill.state_since.astimezone(zone).date(),
        fill.days_supply,
    )


def drug_facts(
    product: Product,
    fill: Fill,
    *,
    supplies: Collection[Supply] = (),
    on: date | None = None,
) -> DrugFacts:
    """A fill's drug as the rules see it; with what was handed out also how long it lasts."""
    keys = keys_of(product)
    name = f"{product.brand or product.name} {product.strength_said}"
    rx = fill.prescription
    facts = DrugFacts(
        name=name,
        ingredients=keys,
        form_group=product.form_group,
        dosage_form=product.form,
        strength=product.strength,
        quantity_a_day=fill.quantity / Decimal(fill.days_supply),
        contents=contents_of(keys, product.strength),
        use=use_of(rx.directions, product.form, name) if dose_matters(keys) else Use(),
        days_supply=fill.days_supply,
        schedule=product.schedule,
        written=rx.drug_as_written,
    )
    return facts if on is None else with_end(facts, fill, supplies, on=on)


def with_end(
    facts: DrugFacts, fill: Fill, supplies: Collection[Supply], *, on: date
) -> DrugFacts:
    """The same with the first day without it, where it has been handed out."""
    if fill.state != FillState.SOLD:
        return facts
    own = [each for each in supplies if handed_out(each, facts)]
    return facts.ending(runs_out_on(own, on=on))
