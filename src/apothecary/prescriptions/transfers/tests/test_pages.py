"""The pages of transfers: what is typed, refused under its field, shown, printed, inspected."""

import csv
from io import StringIO
from typing import Any

import pytest

from apothecary.config.tests.world import TODAY
from apothecary.intake.models import Arrival
from apothecary.patients.tests.test_pages import client_of
from apothecary.prescriptions.models import Prescription, PrescriptionState
from apothecary.prescriptions.on_file import file_prescription
from apothecary.prescriptions.tests.test_series import of_series
from apothecary.prescriptions.transfers.models import Direction, Transfer
from apothecary.prescriptions.transfers.taking import take_in
from apothecary.prescriptions.transfers.tests.partners import TAKEN, entered, filled, give
from apothecary.prescriptions.transfers.tests.test_taking_back import back
from apothecary.staff.duties import Role
from apothecary.vault.inspection import printed

OTHER = {
    "name": "Lakeside Pharmacy",
    "street": "9 Shore Rd",
    "city": "Anytown",
    "state": "tx",
    "postal_code": "78702",
    "phone": "(512) 555-0188",
    "dea": "bl7654329",
    "spoke_with": "Dana Wells",
    "title": "pharmacist",
    "way": "phone",
}
COMING = OTHER | {
    "controlled": "yes",
    "their_number": "445566",
    "written_on": "09/01/2026",
    "refills_originally": "5",
    "refills_left": "4",
    "says": "Jane Doe, alprazolam 0.5 mg",
    "fills": "09/03/2026, 30\n2026-10-03, 30, Corner Drug, 77",
}


@pytest.fixture
def rita(pharmacy) -> Any:
    return client_of(pharmacy, Role.PHARMACIST)


def test_a_pharmacist_gives_a_prescription_away_by_its_page_and_sees_the_record(pharmacy, rita):
    rx = filled(pharmacy, "alprazolam")
    page = rita.get(f"/rx/{rx.number}/").content.decode()
    assert f"/rx/{rx.number}/transfer" in page
    shown = rita.get(f"/rx/{rx.number}/transfer").content.decode()
    assert "What they must be told" in shown
    assert "2 originally, 2 left" in shown
    answer = rita.post(f"/rx/{rx.number}/transfer", OTHER)
    row = Transfer.objects.get()
    assert answer.headers["Location"] == f"/rx/transfers/{row.pk}/"
    assert (row.phone, row.dea, row.state) == ("5125550188", "BL7654329", "TX")
    shown = rita.get(f"/rx/transfers/{row.pk}/").content.decode()
    assert "It is theirs now" in shown
    assert "Dana Wells" in shown
    page = rita.get(f"/rx/{rx.number}/").content.decode()
    assert "Transferred to Lakeside Pharmacy" in page
    assert f"/rx/{rx.number}/transfer" not in page


def test_what_is_refused_stands_under_its_field_and_nothing_typed_is_lost(pharmacy, rita):
    rx = filled(pharmacy, "alprazolam")
    answer = rita.post(f"/rx/{rx.number}/transfer", OTHER | {"dea": "", "way": "pigeon"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Choose how it goes" in page
    answer = rita.post(f"/rx/{rx.number}/transfer", OTHER | {"dea": ""})
    page = answer.content.decode()
    assert "does not show receiving pharmacy dea" in page
    assert "21 CFR 1306.25(b)(2)" in page
    assert 'value="Dana Wells"' in page
    rx.refresh_from_db()
    assert rx.state == PrescriptionState.ACTIVE


def test_an_electronic_one_that_was_never_filled_asks_for_its_conditions(pharmacy, rita):
    rx = entered(pharmacy, "oxycodone", refills=0)
    page = rita.get(f"/rx/{rx.number}/transfer").content.decode()
    for name in ("reference", "state_allows", "patient_asked", "unaltered"):
        assert f'name="{name}"' in page
    plain = rita.get(f"/rx/{filled(pharmacy).number}/transfer").content.decode()
    assert 'name="reference"' not in plain


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.CERTIFIED, Role.INTERN])
def test_who_may_not_transfer_gets_neither_button_nor_form(pharmacy, role):
    rx = filled(pharmacy, "alprazolam")
    client = client_of(pharmacy, role)
    assert f"/rx/{rx.number}/transfer" not in client.get(f"/rx/{rx.number}/").content.decode()
    assert client.get(f"/rx/{rx.number}/transfer").status_code == 403
    assert client.post(f"/rx/{rx.number}/transfer", OTHER).status_code == 403
    assert not Transfer.objects.exists()


def test_what_never_came_is_taken_back_on_the_page_of_its_record(pharmacy, rita):
    row = give(pharmacy, filled(pharmacy))
    there = f"/rx/transfers/{row.pk}/back"
    answer = rita.post(there, {"spoke_with": "", "because": "no fax"})
    assert answer.status_code == 409
    assert "Who at the other pharmacy" in answer.content.decode()
    rita.post(there, {"spoke_with": "Dana", "because": "no fax"})
    shown = rita.get(f"/rx/transfers/{row.pk}/").content.decode()
    assert "It never came there" in shown
    assert "Take it back" not in shown


def test_the_record_is_printed(pharmacy, rita):
    row = give(pharmacy, filled(pharmacy, "alprazolam"))
    answer = rita.get(f"/rx/transfers/{row.pk}/paper")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_the_transfers_of_a_period_are_listed(pharmacy, rita):
    give(pharmacy, filled(pharmacy))
    assert "Lakeside Pharmacy" in rita.get("/rx/transfers/").content.decode()
    before = rita.get("/rx/transfers/?first=2026-01-01&last=2026-01-31").content.decode()
    assert "No transfer in these days" in before
    assert rita.get("/rx/transfers/?first=soon").status_code == 409


def test_an_inspector_gets_every_transfer_of_a_period(pharmacy):
    rx = filled(pharmacy, "alprazolam")
    back(pharmacy, give(pharmacy, rx))
    give(pharmacy, rx)
    said = {"first": TODAY.isoformat(), "last": TODAY.isoformat()}
    made = printed(by=pharmacy.pharmacist, key="transfers", kind="csv", said=said).decode()
    lines = made.splitlines()
    assert lines[0] == "Day,Way,Rx,Drug,Schedule,Other pharmacy,Their number,DEA,Spoke"
    assert [line.split(",")[1] for line in lines[1:]] == ["out", "back"]
    assert all(str(rx.number) in line and "C-IV" in line for line in lines[1:])


def test_of_one_that_came_the_list_shows_its_number_there(pharmacy):
    take_in(by=pharmacy.pharmacist, given=TAKEN)
    made = printed(by=pharmacy.pharmacist, key="transfers", kind="csv", said={}).decode()
    (row,) = csv.DictReader(StringIO(made))
    assert (row["Way"], row["Rx"], row["Their number"]) == ("in", "", "445566")
    assert (row["DEA"], row["Schedule"]) == ("BL7654329", "controlled")


def test_a_transfer_comes_in_by_its_form_and_goes_on_to_entry(pharmacy, rita):
    assert rita.get("/intake/transfer").status_code == 200
    answer = rita.post("/intake/transfer", COMING)
    arrival = Arrival.objects.get()
    assert answer.headers["Location"] == f"/intake/{arrival.pk}/"
    row = Transfer.objects.get()
    assert (row.direction, row.controlled, row.refills_left) == (Direction.IN, True, 4)
    places = [(str(one.on), one.place, one.number) for one in row.past_fills]
    assert places == [
        ("2026-09-03", "Lakeside Pharmacy", "445566"),
        ("2026-10-03", "Corner Drug", "77"),
    ]
    page = rita.get(f"/intake/{arrival.pk}/").content.decode()
    assert "What they said" in page
    assert "09/01/2026" in page


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("written_on", "09/31/2026", "is not a day"),
        ("refills_left", "four", "is not a number of refills"),
        ("fills", "30", "is not a day"),
        ("fills", "09/03/2026, many", "is no quantity"),
        ("fills", "09/03/2026, 30, a, b, c", "day, quantity, pharmacy, its number"),
        ("fills", ", 30", "has no day"),
        ("title", "clerk", "a pharmacist or a certified technician"),
        ("way", "", "Choose how it goes"),
        ("says", "x" * 4001, "too long"),
    ],
)
def test_what_cannot_be_read_of_the_form_is_said_and_nothing_is_kept(
    pharmacy, rita, field, typed, says
):
    answer = rita.post("/intake/transfer", COMING | {field: typed})
    assert answer.status_code == 409
    assert says in answer.content.decode()
    assert not Arrival.objects.exists()


def test_what_was_missing_is_written_down_on_the_same_form(pharmacy, rita):
    rita.post("/intake/transfer", COMING | {"dea": ""})
    arrival = Arrival.objects.get()
    assert "Ask Lakeside Pharmacy for: transferring pharmacy dea" in arrival.question
    there = f"/intake/{arrival.pk}/transfer"
    form = rita.get(there).content.decode()
    assert "10/03/2026, 30, Corner Drug, 77" in form
    assert rita.post(there, COMING | {"dea": "BL7654320"}).status_code == 409
    assert rita.post(there, COMING).status_code == 302
    arrival.refresh_from_db()
    assert arrival.question == ""


def test_no_transfer_has_nothing_to_complete(pharmacy, rita):
    at = pharmacy.pharmacist.at
    plain = Arrival.objects.create(
        pharmacy=pharmacy.pharmacy, source="paper", arrived_at=at, promised_at=at
    )
    assert rita.get(f"/intake/{plain.pk}/transfer").status_code == 404
    assert rita.get("/rx/transfers/99/").status_code == 404
    assert rita.get("/rx/99/transfer").status_code == 404


def test_what_is_on_file_is_listed_and_its_page_says_from_when(pharmacy, rita):
    rx = file_prescription(by=pharmacy.technician, order=of_series(pharmacy, after=30))
    listed = rita.get("/rx/on-file/").content.decode()
    assert str(rx.number) in listed
    page = rita.get(f"/rx/{rx.number}/").content.decode()
    assert "nothing before 12/23/2026" in page
    assert "First fill" in page


def test_an_entry_is_kept_on_file_by_its_key(pharmacy, rita):
    at = pharmacy.pharmacist.at
    arrival = Arrival.objects.create(
        pharmacy=pharmacy.pharmacy, source="paper", arrived_at=at, promised_at=at
    )
    typed = {
        "patient_id": str(pharmacy.patient.pk),
        "prescriber_id": str(pharmacy.prescriber.pk),
        "package_id": str(pharmacy.drugs["oxycodone"].pk),
        "quantity": "30",
        "days_supply": "30",
        "refills": "0",
        "daw": "0",
        "written_on": "11/20/2026",
        "earliest_fill_on": "12/20/2026",
        "directions": "Take 1 tablet by mouth once daily",
        "origin": "1",
        "pay": "cash",
    }
    answer = rita.post(f"/intake/{arrival.pk}/file", typed)
    rx = Prescription.objects.get()
    assert answer.headers["Location"] == f"/rx/{rx.number}/"
    assert not rx.fills.exists()
    arrival.refresh_from_db()
    assert (arrival.state, arrival.prescription) == ("entered", rx)
    assert rita.post(f"/intake/{arrival.pk}/file", typed).status_code == 409
