"""A world that is put back is the world that was built."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apothecary.config.tests.world_again import Remembered
from apothecary.patients.models import Patient
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import stand_in

Made = list[Pharmacy]


def two_pharmacies() -> Made:
    made = []
    for number, name in enumerate(("There", "Here $rows$ 100 % of 'it' Ω")):
        pharmacy = Pharmacy.objects.create(name=name, ncpdp_id=str(number), state="TX")
        stand_in(pharmacy.pk)
        Patient.objects.create(
            pharmacy=pharmacy, last_name=name, first_name="A", birth_date="1980-02-29", sex="F"
        )
        made.append(pharmacy)
    return made


def numbers(world: Made) -> tuple[int, ...]:
    return tuple(pharmacy.pk for pharmacy in world)


def everything(world: Made) -> list[object]:
    found: list[object] = []
    for pharmacy in world:
        stand_in(pharmacy.pk)
        found += list(Patient.objects.values()) + list(
            Pharmacy.objects.filter(pk=pharmacy.pk).values()
        )
    return found


@pytest.fixture
def remembered(db) -> Remembered[Made]:
    return Remembered()


def in_a_test_of_its_own(
    remembered: Remembered[Made],
) -> tuple[Made, list[object]]:
    with transaction.atomic():
        world = remembered.world(two_pharmacies, numbers)
        found = everything(world)
        transaction.set_rollback(True)
    return world, found


def test_every_row_comes_back_as_it_was(remembered):
    first, then = in_a_test_of_its_own(remembered), in_a_test_of_its_own(remembered)
    assert len(first[1]) == 4
    assert first == then
    assert first[0] is not then[0]


def test_it_comes_back_in_one_statement_and_stands_in_the_last_pharmacy(remembered):
    in_a_test_of_its_own(remembered)
    with CaptureQueriesContext(connection) as asked:
        world = remembered.world(two_pharmacies, numbers)
    assert len(asked) == 1
    assert [patient.pharmacy_id for patient in Patient.objects.all()] == [world[-1].pk]


def test_what_is_made_afterwards_has_a_number_of_its_own(remembered):
    in_a_test_of_its_own(remembered)
    world = remembered.world(two_pharmacies, numbers)
    more = Pharmacy.objects.create(name="More", ncpdp_id="7", state="TX")
    assert more.pk not in numbers(world)


def test_what_is_forgotten_is_built_anew(remembered):
    first, _ = in_a_test_of_its_own(remembered)
    remembered.forget()
    then, _ = in_a_test_of_its_own(remembered)
    assert numbers(first) != numbers(then)


def test_a_world_that_changes_what_was_there_is_not_remembered(remembered):
    before = Pharmacy.objects.create(name="Before", ncpdp_id="8", state="TX")

    def changing() -> Made:
        Pharmacy.objects.filter(pk=before.pk).update(name="After")
        return two_pharmacies()

    with pytest.raises(AssertionError, match="staff_pharmacy"):
        remembered.world(changing, numbers)
