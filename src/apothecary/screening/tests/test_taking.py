"""What screening goes by: a fill becomes a case with all that is on file about its patient."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from apothecary.patients.models import Allergy, Condition, Patient
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.screening.actions import HELD
from apothecary.screening.rules.facts import Case
from apothecary.screening.taking import cases


def case_of(world, *fills: Fill) -> list[Case]:
    """The cases of these fills, as the worker reads them."""
    ids = [fill.pk for fill in fills]
    held = HELD.all({"pharmacy_id": world.pharmacy.pk, "ids": ids})
    held.sort(key=lambda fill: ids.index(fill.pk))
    return cases(held, by=world.technician)


def entered(world, drug: str = "lisinopril", **changes) -> Fill:
    order = replace(world.order(drug), **changes)
    return enter_prescription(by=world.technician, order=order)


def test_the_drug_comes_with_its_ingredients_strength_and_dose_by_the_directions(pharmacy):
    fill = entered(pharmacy, directions="Take 2 tablets by mouth once daily.")
    (case,) = case_of(pharmacy, fill)
    assert case.new.ingredients == ("lisinopril",)
    (content,) = case.new.contents
    assert (content.amount, content.unit) == (Decimal(10), "mg")
    assert case.new.use.a_day == Decimal(2)
    assert case.new.quantity_a_day == Decimal(1)
    assert (case.new.days_supply, case.on) == (30, pharmacy.technician.today)


def test_the_patient_comes_with_birth_date_sex_weight_conditions_and_the_diagnosis(pharmacy):
    Patient.objects.filter(pk=pharmacy.patient.pk).update(weight_kg="71.5", sex="F")
    kept = {"pharmacy": pharmacy.pharmacy, "patient": pharmacy.patient}
    Condition.objects.create(**kept, code="N18.4", says="Kidney disease, stage 4")
    Condition.objects.create(**kept, code="", says="asthma")
    Condition.objects.create(**kept, code="I50.9", says="Heart failure", active=False)
    (case,) = case_of(pharmacy, entered(pharmacy, diagnosis="I10"))
    who = case.patient
    assert (who.born_on, who.sex, who.weight_kg) == (
        pharmacy.patient.birth_date,
        "F",
        Decimal("71.50"),
    )
    assert set(who.conditions) == {"N18.4", "asthma", "I10"}
    assert who.allergies_asked is False


@pytest.mark.parametrize(
    ("allergen", "ingredients", "classes"),
    [
        ("Sulfa", {""}, {"sulfonamide-antibiotics"}),
        ("Bactrim", {"sulfamethoxazole", "trimethoprim"}, {""}),
        ("blue dye no. 99", {""}, {""}),
    ],
)
def test_an_allergy_by_name_alone_is_what_the_tables_call_exactly_so(
    pharmacy, allergen, ingredients, classes
):
    Allergy.objects.create(
        pharmacy=pharmacy.pharmacy, patient=pharmacy.patient, allergen=allergen
    )
    (case,) = case_of(pharmacy, entered(pharmacy))
    assert {each.ingredient for each in case.patient.allergies} == ingredients
    assert {each.allergy_class for each in case.patient.allergies} == classes


def test_what_was_sold_lasts_until_its_day_and_what_is_on_its_way_has_none(pharmacy):
    pharmacy.stocked(until=FillState.SOLD)
    waiting = entered(pharmacy, "metformin")
    (case,) = case_of(pharmacy, entered(pharmacy, "warfarin"))
    ends = {other.ingredients[0]: other.runs_out_on for other in case.patient.current}
    assert ends == {"metformin": None, "lisinopril": case.on + timedelta(days=30)}
    assert [each.ingredients for each in case.patient.supplies] == [("lisinopril",)]
    assert waiting.state == FillState.SCREENING


def test_fills_of_several_patients_are_read_together_and_not_mixed_up(pharmacy):
    mine = entered(pharmacy, "metformin")
    other = entered(pharmacy, "warfarin", patient=pharmacy.insured)
    first, second = case_of(pharmacy, mine, other)
    assert (first.patient.allergies, len(second.patient.allergies)) == ((), 1)
    assert (first.patient.current, second.patient.current) == ((), ())
    assert second.patient.allergies[0].allergy_class == "penicillins"
