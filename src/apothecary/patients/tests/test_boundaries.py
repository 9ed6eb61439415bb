"""Where a patient's details and a card stop being possible, and who two people are."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from apothecary.config.tests.world import TODAY
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.patients.actions import add_patient, change_patient, patient_problems
from apothecary.patients.cards import add_coverage, card_problems
from apothecary.patients.models import Condition, Coverage, Patient
from apothecary.patients.queries import brief, coverages_of, find_patients, patient_page
from apothecary.patients.tests.test_actions import CARD, ROSA, deeds
from apothecary.staff.signon import stand_in

WIDE = "５１２５５５０１２３"


def found(world, asked: str, *, limit: int = 8) -> list[str]:
    here = world.pharmacy.pk
    names = find_patients(pharmacy_id=here, asked=asked, today=TODAY, limit=limit)
    return [f"{one.last_name},{one.first_name}" for one in names]


@pytest.mark.parametrize(
    "change",
    [
        {"phone": ""},
        {"phone": "0000000000"},
        {"weight_kg": Decimal("0.01")},
        {"weight_kg": Decimal(1)},
        {"weight_kg": Decimal(700)},
        {"state": ""},
        {"language": "es"},
        {"sex": "U"},
    ],
)
def test_what_is_just_possible_is_believed(change):
    assert patient_problems(replace(ROSA, **change), on=TODAY) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"phone": "512555012"}, "phone"),
        ({"phone": "51255501234"}, "phone"),
        ({"phone": WIDE}, "phone"),
        ({"state": "TEX"}, "state"),
        ({"language": "e1"}, "language"),
        ({"language": "spa"}, "language"),
        ({"sex": ""}, "sex"),
        ({"sex": "FM"}, "sex"),
    ],
)
def test_what_is_just_impossible_is_refused_by_its_field(change, field):
    problems = patient_problems(replace(ROSA, **change), on=TODAY)
    assert [problem.field for problem in problems] == [field]


def test_everything_wrong_with_a_newcomer_and_the_card_is_said_at_once(pharmacy):
    details = replace(ROSA, last_name="", sex="X")
    with pytest.raises(Refused) as refusal:
        add_patient(by=pharmacy.technician, details=details, card=replace(CARD, bin="1"))
    fields = [problem.field for problem in refusal.value.problems]
    assert fields == ["last_name", "sex", "bin"]


@pytest.mark.parametrize(
    ("field", "most"), [("pcn", 10), ("group", 15), ("cardholder_id", 20), ("person_code", 3)]
)
def test_each_field_of_a_card_is_as_long_as_a_claim_has_room_for(field, most):
    assert card_problems(replace(CARD, **{field: "1" * most})) == []
    (problem,) = card_problems(replace(CARD, **{field: "1" * (most + 1)}))
    assert (problem.field, problem.code) == (field, "card-length")


@pytest.mark.parametrize("number", ["9999999", "", WIDE[:6]])
def test_a_bin_is_six_plain_digits(number):
    assert [problem.field for problem in card_problems(replace(CARD, bin=number))] == ["bin"]


@pytest.mark.parametrize(
    "change", [{"birth_date": date(1990, 5, 18)}, {"first_name": "Rosalia"}, {"street": ""}]
)
def test_one_difference_makes_two_people(pharmacy, change):
    first = add_patient(by=pharmacy.technician, details=ROSA)
    assert add_patient(by=pharmacy.technician, details=replace(ROSA, **change)).pk != first.pk


def test_a_patient_of_the_other_pharmacy_is_no_namesake_of_ours(pharmacy):
    add_patient(by=pharmacy.technician, details=ROSA)
    stand_in(pharmacy.other.pk)
    theirs = add_patient(by=behind_their_counter(pharmacy), details=ROSA)
    assert theirs.pharmacy_id == pharmacy.other.pk
    assert patient_page(pharmacy_id=pharmacy.pharmacy.pk, patient_id=theirs.pk) is None


def behind_their_counter(world):
    """Our technician's rights, behind the other pharmacy's counter."""
    return replace(world.technician, pharmacy_id=world.other.pk)


def test_stray_spaces_are_no_change_and_are_not_kept(pharmacy):
    patient = add_patient(by=pharmacy.technician, details=replace(ROSA, city=" Anytown "))
    assert Patient.objects.get(pk=patient.pk).city == "Anytown"
    change_patient(
        by=pharmacy.technician, patient_id=patient.pk, details=replace(ROSA, city="Anytown  ")
    )
    assert deeds(pharmacy, patient) == [Deed.PATIENT_ADDED]


def test_every_field_that_changed_is_written_down_and_no_other(pharmacy):
    patient = add_patient(by=pharmacy.technician, details=ROSA)
    new = replace(ROSA, phone="5125550199", weight_kg=Decimal("71.5"), easy_open_caps=True)
    change_patient(by=pharmacy.technician, patient_id=patient.pk, details=new)
    kept = Patient.objects.get(pk=patient.pk)
    assert (kept.phone, kept.weight_kg, kept.easy_open_caps) == (
        "5125550199",
        Decimal("71.5"),
        True,
    )
    line = history(pharmacy_id=pharmacy.pharmacy.pk, about=[("patient", patient.pk)])[-1]
    assert (line.deed, line.by) == (Deed.PATIENT_CHANGED, pharmacy.technician.name)
    assert line.details["changed"] == {
        "phone": ["5125550123", "5125550199"],
        "weight_kg": ["None", "71.5"],
        "easy_open_caps": ["False", "True"],
    }


def test_a_refused_change_writes_no_line(pharmacy):
    patient = add_patient(by=pharmacy.technician, details=ROSA)
    with pytest.raises(Refused):
        change_patient(
            by=pharmacy.technician, patient_id=patient.pk, details=replace(ROSA, sex="X")
        )
    assert deeds(pharmacy, patient) == [Deed.PATIENT_ADDED]


def test_what_was_told_of_a_newcomer_is_written_down(pharmacy):
    patient = add_patient(
        by=pharmacy.technician, details=ROSA, card=CARD, allergies=("Latex", "latex ")
    )
    (line,) = history(pharmacy_id=pharmacy.pharmacy.pk, about=[("patient", patient.pk)])
    assert line.details == {"allergies": ["Latex"], "card": "Commercial"}


def test_cards_are_billed_in_their_order_each_with_all_that_was_on_it(pharmacy):
    full = replace(
        CARD,
        plan_name="Second",
        cardholder_id="XYZ2",
        group="G1",
        person_code="01",
        relationship="3",
    )
    patient = add_patient(by=pharmacy.technician, details=ROSA, card=CARD)
    added = add_coverage(by=pharmacy.technician, patient_id=patient.pk, card=full)
    Coverage.objects.filter(pk=added.pk).update(order=0)
    assert [card.plan_name for card in coverages_of(patient)] == ["Second", "Commercial"]
    assert [line.split(" · ")[0] for line in brief(patient).coverage] == [
        "Second",
        "Commercial",
    ]
    kept = Coverage.objects.get(pk=added.pk)
    assert (kept.pcn, kept.group, kept.cardholder_id, kept.person_code, kept.relationship) == (
        "TESTPCN",
        "G1",
        "XYZ2",
        "01",
        "3",
    )


def test_a_condition_that_was_taken_back_is_not_in_the_brief(pharmacy):
    for says, active in (("Asthma", True), ("Gout", False)):
        Condition.objects.create(
            pharmacy=pharmacy.pharmacy, patient=pharmacy.patient, code="X", says=says,
            active=active,
        )  # fmt: skip
    assert brief(pharmacy.patient).conditions == ["Asthma"]


def test_a_language_nobody_has_a_name_for_is_shown_by_its_code(pharmacy):
    pharmacy.patient.language = "vi"
    assert brief(pharmacy.patient).language == "vi"


@pytest.mark.parametrize(
    ("asked", "count"), [("555011", 0), ("5550111", 2), ("5125550111", 2), ("15125550111", 0)]
)
def test_a_phone_is_seven_to_ten_digits(pharmacy, asked, count):
    assert len(found(pharmacy, asked)) == count


def test_names_come_in_their_order_and_no_more_than_were_asked_for(pharmacy):
    for first in ("Zoe", "Amy", "Jo Ann"):
        add_patient(by=pharmacy.technician, details=replace(ROSA, first_name=first))
    assert found(pharmacy, "rios") == ["Ríos,Amy", "Ríos,Jo Ann", "Ríos,Zoe"]
    assert found(pharmacy, "rios", limit=2) == ["Ríos,Amy", "Ríos,Jo Ann"]
    # A first name is told by its beginning; a second one is not the first.
    assert found(pharmacy, "rios,jo") == ["Ríos,Jo Ann"]
    assert found(pharmacy, "rios,ann") == []
    assert found(pharmacy, ",amy") == ["Ríos,Amy"]
