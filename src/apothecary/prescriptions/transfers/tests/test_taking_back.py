"""Taking back what never came, and the record that nobody changes."""

import pytest
from django.db import DatabaseError, connection, transaction

from apothecary.config.tests.world import NOON
from apothecary.law.problem import Refused
from apothecary.prescriptions.models import PrescriptionState
from apothecary.prescriptions.transfers.giving import take_back
from apothecary.prescriptions.transfers.models import Transfer
from apothecary.prescriptions.transfers.tests.partners import fields, filled, give
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in
from apothecary.staff.worker import NotAllowed


def back(world, row, *, by=None, spoke_with="Dana Wells", because="it never came"):
    return take_back(
        by=by or world.pharmacist, transfer_id=row.pk, spoke_with=spoke_with, because=because
    )


def test_what_never_came_there_is_taken_back_with_who_said_so_and_lives_again(pharmacy):
    rx = filled(pharmacy, "alprazolam")
    row = back(pharmacy, give(pharmacy, rx))
    rx.refresh_from_db()
    assert rx.state == PrescriptionState.ACTIVE
    assert (row.taken_back_at, row.taken_back_by) == (NOON, pharmacy.pharmacist.name)
    assert (row.taken_back_with, row.because) == ("Dana Wells", "it never came")
    # It was never transferred: it may be, once.
    assert give(pharmacy, rx).stands
    assert Transfer.objects.count() == 2


@pytest.mark.parametrize(
    ("spoke_with", "because", "field"),
    [
        ("", "never came", ["spoke_with"]),
        ("Dana", " ", ["because"]),
        ("x" * 121, "y", ["spoke_with"]),
    ],
)
def test_taking_back_says_with_whom_and_why(pharmacy, spoke_with, because, field):
    row = give(pharmacy, filled(pharmacy))
    with pytest.raises(Refused) as refused:
        back(pharmacy, row, spoke_with=spoke_with, because=because)
    assert fields(refused) == field
    assert Transfer.objects.get(pk=row.pk).stands


def test_a_transfer_is_taken_back_once(pharmacy):
    row = back(pharmacy, give(pharmacy, filled(pharmacy)))
    with pytest.raises(Refused, match="already"):
        back(pharmacy, row)


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.CERTIFIED, Role.INTERN])
def test_a_controlled_transfer_is_taken_back_by_a_pharmacist(pharmacy, role):
    row = give(pharmacy, filled(pharmacy, "alprazolam"))
    with pytest.raises(NotAllowed):
        back(pharmacy, row, by=pharmacy.workers[role])
    assert Transfer.objects.get(pk=row.pk).stands


def test_another_pharmacys_transfer_is_not_taken_back_here(pharmacy):
    row = give(pharmacy, filled(pharmacy))
    with pytest.raises(Refused, match="No such transfer"):
        back(pharmacy, row, by=pharmacy.stranger)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE prescriptions_transfer SET name = 'Elsewhere'",
        "UPDATE prescriptions_transfer SET refills_left = 9",
        "UPDATE prescriptions_transfer SET direction = 'in'",
        "DELETE FROM prescriptions_transfer",
    ],
)
def test_the_database_lets_nobody_change_the_record_of_a_transfer(pharmacy, change):
    give(pharmacy, filled(pharmacy))
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
        connection.cursor().execute(change)
    assert Transfer.objects.get().name == "Lakeside Pharmacy"


def test_the_other_pharmacy_of_the_same_database_sees_no_transfer_of_ours(pharmacy):
    give(pharmacy, filled(pharmacy))
    stand_in(pharmacy.other.pk)
    assert not Transfer.objects.filter(pharmacy_id=pharmacy.other.pk).exists()
