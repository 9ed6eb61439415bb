"""A controlled drug that leaves the counter is to be told; what stays here is not."""

from datetime import date
from decimal import Decimal

import pytest

from apothecary.law.problem import Refused
from apothecary.patients.models import Patient
from apothecary.pickup.actions import Receiver, return_to_stock, sell
from apothecary.pickup.reporting import id_kind
from apothecary.pickup.tests.counter import SIGNED, controlled
from apothecary.prescriptions.states import FillState
from apothecary.vault.monitoring.filing import dispensing_of
from apothecary.vault.monitoring.models import MonitoringRecord
from apothecary.vault.monitoring.states import RecordState

JANE = Receiver(
    name="Jane Q. Doe",
    relationship="spouse",
    identifiers=("name", "birth_date"),
    counsel="refused",
    signature=SIGNED,
    method="card",
    id_kind="driver licence",
    id_number="12345678",
    id_state="tx",
)


def test_the_sale_of_a_schedule_ii_drug_leaves_one_record_with_all_its_facts(pharmacy):
    fill = controlled(pharmacy)
    sell(by=pharmacy.technician, fill_ids=[fill.pk], receiver=JANE)
    row = MonitoringRecord.objects.get()
    assert (row.fill_id, row.programme, row.schedule) == (fill.pk, "TX", 2)
    assert row.state == RecordState.DUE
    assert row.due_on is not None
    told = dispensing_of(row)
    assert told.dispensed.rx_number == str(fill.prescription.number)
    assert told.dispensed.product_id == fill.package.ndc11
    assert (told.dispensed.quantity, told.dispensed.unit) == (Decimal(30), "01")
    assert (told.dispensed.payment, told.dispensed.rx_origin) == ("01", "05")
    assert told.dispensed.sold_on == pharmacy.technician.today
    assert told.dispensed.part == 0
    assert told.patient.born_on == date(1980, 2, 29)
    assert told.prescriber is not None
    assert told.prescriber.dea_number == pharmacy.prescriber.dea
    taker = told.additional
    assert taker is not None
    assert (taker.last_name, taker.first_name, taker.relationship) == ("Doe", "Jane Q.", "03")
    assert (taker.id_kind, taker.id_number, taker.id_state) == ("06", "12345678", "TX")


def test_accents_are_taken_off_a_name_on_its_way(pharmacy):
    Patient.objects.update(last_name="Peña")
    fill = controlled(pharmacy)
    sell(by=pharmacy.technician, fill_ids=[fill.pk], receiver=JANE)
    assert MonitoringRecord.objects.get().told["PAT"]["last_name"] == "Pena"


def test_what_is_not_controlled_is_not_told(pharmacy):
    fill = pharmacy.stocked(until=FillState.READY)
    sell(by=pharmacy.technician, fill_ids=[fill.pk], receiver=JANE)
    assert not MonitoringRecord.objects.exists()


def test_of_several_bags_the_controlled_ones_are_told(pharmacy):
    plain, strong = pharmacy.stocked(until=FillState.READY), controlled(pharmacy)
    sell(by=pharmacy.technician, fill_ids=[plain.pk, strong.pk], receiver=JANE)
    assert [row.fill_id for row in MonitoringRecord.objects.all()] == [strong.pk]


def test_a_bag_that_goes_back_to_the_shelf_is_never_told(pharmacy):
    fill = controlled(pharmacy)
    return_to_stock(by=pharmacy.technician, fill_id=fill.pk)
    assert not MonitoringRecord.objects.exists()


def test_a_sale_that_is_refused_leaves_nothing_to_tell(pharmacy):
    fill = controlled(pharmacy)
    sell(by=pharmacy.technician, fill_ids=[fill.pk], receiver=JANE)
    with pytest.raises(Refused, match="not in ready"):
        sell(by=pharmacy.technician, fill_ids=[fill.pk], receiver=JANE)
    assert MonitoringRecord.objects.count() == 1


@pytest.mark.parametrize(
    ("says", "code"),
    [
        ("driver licence", "06"), ("Driver's license", "06"), ("driving licence", "06"),
        ("Passport", "05"), ("military ID", "01"), ("state ID", "02"),
        ("permanent resident card", "04"), ("tribal card", "08"), ("library card", "99"),
    ],
)  # fmt: skip
def test_an_identification_is_told_by_its_code(says, code):
    assert id_kind(says) == code
