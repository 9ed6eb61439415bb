"""CancelRx: what is not yet sold is stopped; what is sold is said."""

from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from apothecary.config.tests.world import NOON
from apothecary.intake.actions.receive import receive_script
from apothecary.intake.models import Arrival, ArrivalState
from apothecary.intake.tests.messages import Rx
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.transfers.models import Transfer
from apothecary.prescriptions.transfers.tests.partners import BY_PHONE, LAKESIDE, give
from apothecary.prescriptions.transfers.tests.test_taking_back import back
from apothecary.prescriptions.writer import advance
from apothecary.staff.models import Partner
from apothecary.stock.queries import book_faults

CANCEL: dict[str, Any] = {"message_id": "MSG0009", "kind": "CancelRx"}


@pytest.fixture
def post(pharmacy):
    partner = Partner.objects.create(
        pharmacy=pharmacy.pharmacy, name="eprescribing", token_hash=b"x", may_send="script"
    )

    def send(rx: Rx) -> tuple[str, str]:
        raw = receive_script(partner=partner, pharmacy=pharmacy.pharmacy, raw=rx.xml(), at=NOON)
        (inner,) = etree.fromstring(raw).iterfind("Body/*")
        if inner.tag != "CancelRxResponse":
            return str(inner.tag), ""
        (said,) = inner.iterfind("Response/*")
        return str(said.tag), said.findtext("DenialReason") or said.findtext("Note") or ""

    return send


def entered(pharmacy, *, until: FillState | None = None) -> Fill:
    """The arrival as entered, its fill taken as far as wanted."""
    pharmacy.receive("lisinopril", "100")
    fill: Fill = pharmacy.enter()
    Arrival.objects.update(state=ArrivalState.ENTERED, prescription=fill.prescription)
    way = {
        FillState.WAITING: pharmacy.system,
        FillState.FILLING: pharmacy.technician,
        FillState.CHECK: pharmacy.technician,
        FillState.READY: pharmacy.pharmacist,
        FillState.SOLD: pharmacy.technician,
    }
    for state, by in way.items():
        if until is None:
            break
        advance(fill, state, by=by, did=Deed.FILL_MOVED)
        if state is until:
            break
    return fill


def test_what_is_not_yet_entered_is_cancelled(pharmacy, post):
    post(Rx())
    assert post(Rx(**CANCEL))[0] == "Approved"
    assert Arrival.objects.get().state == ArrivalState.CANCELLED


def test_without_an_order_number_the_message_it_relates_to_says_which(pharmacy, post):
    post(Rx(order_number=""))
    assert post(Rx(**CANCEL, order_number="", relates_to="MSG0001"))[0] == "Approved"


@pytest.mark.parametrize(
    "until", [None, FillState.WAITING, FillState.FILLING, FillState.CHECK, FillState.READY]
)
def test_an_entered_prescription_is_stopped_wherever_its_fill_is(pharmacy, post, until):
    post(Rx())
    fill = entered(pharmacy, until=until)
    assert post(Rx(**CANCEL))[0] == "Approved"
    assert Fill.objects.get(pk=fill.pk).state == FillState.CANCELLED
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_what_is_sold_is_denied_with_the_day_and_its_refills_are_stopped(pharmacy, post):
    post(Rx())
    fill = entered(pharmacy, until=FillState.SOLD)
    outcome, says = post(Rx(**CANCEL))
    assert outcome == "Denied"
    assert "dispensed on 11/23/2026" in says
    fill.prescription.refresh_from_db()
    assert fill.prescription.state == "cancelled"
    assert Fill.objects.get(pk=fill.pk).state == FillState.SOLD


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"order_number": "PON9999"}, "No such prescription"),
        ({"order_number": "", "relates_to": "MSG7777"}, "No such prescription"),
        ({"order_number": "", "relates_to": ""}, "No such prescription"),
        ({"last_name": "Roe"}, "another one"),
        ({"born_on": "1980-02-28"}, "another one"),
    ],
)
def test_a_number_alone_cancels_nobodys_medicine(pharmacy, post, change, says):
    post(Rx())
    outcome, reason = post(Rx(**(CANCEL | change)))
    assert outcome == "Denied"
    assert says in reason
    assert Arrival.objects.get().state == ArrivalState.ARRIVED


def test_two_prescriptions_under_one_order_number_are_told_apart_by_the_message(pharmacy, post):
    post(Rx())
    post(Rx(message_id="MSG0002"))
    assert post(Rx(**CANCEL))[0] == "Denied"
    assert post(Rx(**(CANCEL | {"message_id": "MSG0010"}), relates_to="MSG0002"))[0] == (
        "Approved"
    )
    states = Arrival.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == [ArrivalState.ARRIVED, ArrivalState.CANCELLED]


def test_cancelling_twice_is_approved_twice_and_done_once(pharmacy, post):
    post(Rx())
    fill = entered(pharmacy)
    assert post(Rx(**CANCEL))[0] == "Approved"
    assert post(Rx(**(CANCEL | {"message_id": "MSG0010"})))[0] == "Approved"
    fill.prescription.refresh_from_db()
    assert fill.prescription.state == "cancelled"


def test_what_is_cancelled_before_entry_says_why_asks_nothing_and_is_written_down(
    pharmacy, post
):
    post(Rx(npi="1679576722"))
    assert Arrival.objects.get().question
    assert post(Rx(**CANCEL, npi="1679576722")) == (
        "Approved",
        "Cancelled before it was entered.",
    )
    arrival = Arrival.objects.get()
    assert (arrival.because, arrival.question) == ("cancelled by the prescriber", "")
    done = Entry.objects.filter(deed=Deed.ARRIVAL_CANCELLED, about_id=arrival.pk)
    assert done.count() == 1
    again = post(Rx(**(CANCEL | {"message_id": "MSG0010"}), npi="1679576722"))
    assert again == ("Approved", "It was cancelled already.")
    assert done.count() == 1


@pytest.mark.parametrize("change", [{"first_name": "Joan"}, {"last_name": "Roe"}])
def test_either_name_that_differs_is_another_patient(pharmacy, post, change):
    post(Rx())
    assert post(Rx(**(CANCEL | change)))[0] == "Denied"
    assert Arrival.objects.get().state == ArrivalState.ARRIVED


def test_no_other_sender_cancels_what_this_one_sent(pharmacy, post):
    post(Rx())
    other = Partner.objects.create(
        pharmacy=pharmacy.pharmacy, name="other", token_hash=b"y", may_send="script"
    )
    raw = receive_script(
        partner=other, pharmacy=pharmacy.pharmacy, raw=Rx(**CANCEL).xml(), at=NOON
    )
    assert b"No such prescription" in raw
    assert Arrival.objects.get().state == ArrivalState.ARRIVED


def test_what_is_sold_and_stopped_is_stopped_already_the_second_time(pharmacy, post):
    post(Rx())
    entered(pharmacy, until=FillState.SOLD)
    assert post(Rx(**CANCEL))[0] == "Denied"
    again = post(Rx(**(CANCEL | {"message_id": "MSG0010"})))
    assert again == ("Approved", "It was stopped already.")
    assert Entry.objects.filter(deed=Deed.PRESCRIPTION_CANCELLED).count() == 1


def reason_codes(pharmacy, rx: Rx) -> list[str | None]:
    """The ReasonCodes of the denial that answers a message."""
    partner = Partner.objects.get(name="eprescribing")
    raw = receive_script(partner=partner, pharmacy=pharmacy.pharmacy, raw=rx.xml(), at=NOON)
    found = etree.fromstring(raw).iterfind("Body/CancelRxResponse/Response/Denied/ReasonCode")
    return [each.text for each in found]


def test_what_was_transferred_away_is_denied_with_where_it_went(pharmacy, post):
    post(Rx())
    fill = entered(pharmacy, until=FillState.SOLD)
    give(pharmacy, fill.prescription)
    outcome, says = post(Rx(**CANCEL))
    assert outcome == "Denied"
    assert says == (
        "Transferred on 11/23/2026 to Lakeside Pharmacy, Anytown, TX, phone 5125550188: "
        "cancel it there."
    )
    assert reason_codes(pharmacy, Rx(**(CANCEL | {"message_id": "MSG0010"}))) == ["AR"]
    fill.prescription.refresh_from_db()
    assert fill.prescription.state == "transferred"
    assert Entry.objects.filter(deed=Deed.PRESCRIPTION_CANCELLED).count() == 0


def test_another_denial_carries_no_code_of_a_transfer(pharmacy, post):
    post(Rx())
    entered(pharmacy, until=FillState.SOLD)
    assert reason_codes(pharmacy, Rx(**CANCEL)) == []


def test_where_it_went_never_outgrows_the_message(pharmacy, post):
    post(Rx())
    fill = entered(pharmacy, until=FillState.SOLD)
    name, city = "L" * 120, "A" * 120
    give(
        pharmacy,
        fill.prescription,
        given=replace(BY_PHONE, other=replace(LAKESIDE, name=name, city=city)),
    )
    outcome, says = post(Rx(**CANCEL))
    assert (outcome, len(says)) == ("Denied", 260)
    assert says.startswith(f"Transferred on 11/23/2026 to {name}")


def test_what_never_came_there_and_is_ours_again_is_cancelled_here(pharmacy, post):
    post(Rx())
    fill = entered(pharmacy, until=None)
    back(pharmacy, give(pharmacy, fill.prescription))
    assert Transfer.objects.get().taken_back_at is not None
    assert post(Rx(**CANCEL))[0] == "Approved"
    fill.prescription.refresh_from_db()
    assert fill.prescription.state == "cancelled"
