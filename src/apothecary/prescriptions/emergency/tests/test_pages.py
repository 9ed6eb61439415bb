"""The pages of emergency orders, their papers, and what the first page says of them."""

from datetime import timedelta

import pytest

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.law.problem import Refused
from apothecary.patients.tests.test_pages import client_of
from apothecary.prescriptions.emergency.forms import read_instant
from apothecary.prescriptions.emergency.models import EmergencyNotice
from apothecary.prescriptions.emergency.tests.orders import (
    CHICAGO,
    cover,
    later,
    record_of,
    take,
    tell,
)
from apothecary.prescriptions.states import FillState
from apothecary.staff.duties import Role
from apothecary.vault.inspection import printed

NOTICE = {
    "whom": "dea",
    "office": "Austin Resident Office",
    "spoke_with": "Agent Ray",
    "how": "telephone",
    "because": "the prescriber denies the order",
}


@pytest.fixture
def fill(pharmacy):
    pharmacy.receive("oxycodone", "100")
    return pharmacy.walk(take(pharmacy), until=FillState.SOLD)


@pytest.fixture
def rita(pharmacy):
    return client_of(pharmacy, Role.PHARMACIST)


def test_the_list_shows_what_waits_how_long_and_what_the_state_says(rita, fill):
    page = rita.get("/rx/emergency/").content.decode()
    assert str(fill.prescription.number) in page
    assert "7 days" in page
    assert "TX: no shorter time of its own is on file" in page
    assert "11/30/2026" in page
    assert "12/01/2026" not in page
    assert "1 order waits" in page


def test_an_empty_list_says_so(pharmacy, rita):
    assert "Nothing waits for its prescription" in rita.get("/rx/emergency/").content.decode()


def test_the_order_shows_all_that_was_written_down(rita, fill):
    row = record_of(fill)
    page = rita.get(f"/rx/emergency/{row.pk}/").content.decode()
    for said in (row.because, row.period, row.said, "known to the pharmacist", "1306.11(d)"):
        assert said in page


def test_the_page_of_the_prescription_leads_to_it(rita, fill):
    page = rita.get(f"/rx/{fill.prescription.number}/").content.decode()
    assert f"/rx/emergency/{record_of(fill).pk}/" in page
    assert "Emergency oral order of" in page


def test_a_notice_is_written_down_on_the_page_and_refused_under_its_field(rita, fill):
    there = f"/rx/emergency/{record_of(fill).pk}/"
    answer = rita.post(f"{there}told", NOTICE | {"office": "", "because": ""})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Which office was told?" in page
    assert "It was not overdue then" in page
    assert 'value="Agent Ray"' in page
    assert rita.post(f"{there}told", NOTICE).headers["Location"] == there
    assert EmergencyNotice.objects.get().office == "Austin Resident Office"
    assert "Austin Resident Office" in rita.get(there).content.decode()


@pytest.mark.parametrize("typed", ["soon", "13/45/2026 10:00", "01/01/0001 10:00"])
def test_a_time_that_is_none_is_refused(typed):
    with pytest.raises(Refused) as refusal:
        read_instant(typed, zone=CHICAGO)
    assert refusal.value.problems[0].field == "told_at"


@pytest.mark.parametrize("typed", ["11/23/2026 12:00", "2026-11-23T12:00"])
def test_a_time_is_the_pharmacys_own(typed):
    assert read_instant(typed, zone=CHICAGO) == NOON


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.INTERN, Role.CERTIFIED])
def test_who_may_not_tell_sees_the_record_and_no_form(pharmacy, fill, role):
    client, there = client_of(pharmacy, role), f"/rx/emergency/{record_of(fill).pk}/"
    assert "Who was told" not in client.get(there).content.decode()
    assert client.post(f"{there}told", NOTICE).status_code == 403
    assert not EmergencyNotice.objects.exists()


def test_another_pharmacys_order_is_no_page(pharmacy, fill):
    client = client_of(pharmacy, Role.PHARMACIST)
    assert client.get(f"/rx/emergency/{record_of(fill).pk + 999}/").status_code == 404
    assert client.post(f"/rx/emergency/{record_of(fill).pk + 999}/told").status_code == 404


def test_the_first_page_tells_a_pharmacist_and_nobody_else(pharmacy, rita, fill):
    assert "emergency C-II" in rita.get("/").content.decode()
    assert "/rx/emergency/" in rita.get("/").content.decode()
    technician = client_of(pharmacy, Role.TECHNICIAN).get("/").content.decode()
    assert "emergency C-II" not in technician


def test_the_record_is_printed(rita, fill):
    answer = rita.get(f"/rx/emergency/{record_of(fill).pk}/paper")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def csv(world, **said: str) -> str:
    by = later(world.pharmacist, days=9)
    return printed(by=by, key="emergencies", kind="csv", said=said).decode()


def test_an_inspector_gets_the_orders_of_a_period_with_what_covers_them(pharmacy, fill):
    cover(pharmacy, fill)
    paper = csv(pharmacy)
    for said in (str(fill.prescription.number), "signed paper", "11/29/2026", "AS1234563"):
        assert said in paper
    assert str(fill.prescription.number) not in csv(
        pharmacy, first="2026-01-01", last=f"{TODAY - timedelta(days=1):%Y-%m-%d}"
    )


def test_an_inspector_sees_who_was_told_of_what_never_came(pharmacy, fill):
    assert "overdue, due 11/30/2026" in csv(pharmacy)
    tell(pharmacy, fill)
    paper = csv(pharmacy)
    assert "DEA told: DEA Austin Resident Office, Duty agent Ray" in paper
    assert "overdue" not in paper
