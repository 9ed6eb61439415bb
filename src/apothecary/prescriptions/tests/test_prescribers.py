"""A prescriber on file: once per NPI, with numbers whose check digits are right."""

from dataclasses import replace

import pytest

from apothecary.config.tests.world import TODAY
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.prescriptions.models import Prescriber
from apothecary.prescriptions.prescribers import (
    PrescriberDetails,
    add_prescriber,
    prescriber_problems,
)
from apothecary.staff.worker import NotAllowed

OSEI = PrescriberDetails(
    last_name="Osei", first_name="Amara", npi="1679576722", dea="BO1234563", phone="5125550142"
)


def test_a_prescriber_is_on_file_and_written_down(pharmacy):
    prescriber = add_prescriber(by=pharmacy.technician, details=OSEI)
    lines = history(pharmacy_id=pharmacy.pharmacy.pk, about=[("prescriber", prescriber.pk)])
    assert [line.deed for line in lines] == [Deed.PRESCRIBER_ADDED]
    assert Prescriber.objects.get(npi=OSEI.npi).dea == "BO1234563"


def test_a_prescriber_is_on_file_once_per_npi(pharmacy):
    add_prescriber(by=pharmacy.technician, details=OSEI)
    with pytest.raises(Refused, match="on file already"):
        add_prescriber(by=pharmacy.technician, details=replace(OSEI, last_name="Other"))
    assert Prescriber.objects.filter(npi=OSEI.npi).count() == 1


def test_a_clerk_may_not_change_prescribers(pharmacy):
    with pytest.raises(NotAllowed):
        add_prescriber(by=pharmacy.clerk, details=OSEI)
    assert not Prescriber.objects.filter(npi=OSEI.npi).exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"npi": "1679576723"}, "npi"),
        ({"npi": ""}, "npi"),
        ({"dea": "BO1234564"}, "dea"),
        ({"last_name": " "}, "last_name"),
        ({"first_name": ""}, "first_name"),
        ({"phone": "512555"}, "phone"),
        ({"fax": "512-555-01"}, "fax"),
    ],
)
def test_a_mistyped_number_is_refused_naming_the_field(pharmacy, change, field):
    wrong = replace(OSEI, **change)
    assert [problem.field for problem in prescriber_problems(wrong, on=TODAY)] == [field]
    with pytest.raises(Refused):
        add_prescriber(by=pharmacy.technician, details=wrong)
    assert not Prescriber.objects.filter(last_name__in=["Osei", " "]).exists()


def test_every_fault_is_named_at_once():
    wrong = replace(OSEI, npi="1", dea="2", last_name="")
    fields = {problem.field for problem in prescriber_problems(wrong, on=TODAY)}
    assert fields == {"npi", "dea", "last_name"}
