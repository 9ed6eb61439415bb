"""Two people at the same instant, on the real database: one transfer, one series, one entry."""

from dataclasses import replace
from datetime import timedelta

from apothecary.config.tests.world import TODAY
from apothecary.prescriptions.models import Prescription, PrescriptionState
from apothecary.prescriptions.on_file import file_prescription
from apothecary.prescriptions.transfers.models import Transfer
from apothecary.prescriptions.transfers.tests.partners import BY_PHONE, LAKESIDE, filled, give
from apothecary.prescriptions.transfers.tests.test_taking_back import back
from apothecary.staff.duties import Role
from apothecary.staff.tests.test_at_once import at_once


def test_two_pharmacists_who_give_one_prescription_away_at_once_give_it_once(town):
    rx = filled(town, "alprazolam")
    third = replace(BY_PHONE, other=replace(LAKESIDE, name="Third Pharmacy"))
    in_charge = town.workers[Role.IN_CHARGE]
    said = at_once(
        town,
        lambda: give(town, rx),
        lambda: give(town, rx, given=third, by=in_charge),
    )
    assert said == ["done", "rx-not-active"]
    assert Transfer.objects.count() == 1
    rx.refresh_from_db()
    assert rx.state == PrescriptionState.TRANSFERRED


def test_a_transfer_taken_back_twice_at_once_is_taken_back_once(town):
    row = give(town, filled(town))
    said = at_once(town, lambda: back(town, row), lambda: back(town, row))
    assert said == ["done", "transfer-taken-back"]


def test_two_of_a_series_entered_at_once_are_counted_together(town):
    def sixty(after: int):
        order = town.order("oxycodone", quantity="60", days=60, refills=0)
        earliest = TODAY + timedelta(days=after)
        return replace(order, earliest_fill_on=earliest)

    said = at_once(
        town,
        lambda: file_prescription(by=town.technician, order=sixty(0)),
        lambda: file_prescription(by=town.pharmacist, order=sixty(30)),
    )
    assert said == ["done", "series-over-days"]
    assert Prescription.objects.count() == 1
