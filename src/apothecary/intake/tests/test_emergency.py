"""An emergency oral order from the call to the paper that covers it, through intake."""

from datetime import timedelta
from typing import Any

import pytest

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.intake.actions.by_hand import ByHand, receive_by_hand
from apothecary.intake.actions.covering import Marks, cover_by_arrival
from apothecary.intake.actions.entry import file_entry, finish_entry, save_draft
from apothecary.intake.forms import read_picture
from apothecary.intake.models import Arrival, ArrivalState, Source
from apothecary.intake.page import arrival_values
from apothecary.intake.tests.test_by_hand import PNG
from apothecary.law.problem import Refused
from apothecary.patients.tests.test_pages import client_of
from apothecary.prescriptions.emergency.models import EmergencyCover, EmergencyOrder
from apothecary.prescriptions.emergency.tests.orders import day, later, take
from apothecary.prescriptions.models import Prescription
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed

CALL = ByHand(
    source=Source.PHONE,
    caller="Dr. Smith",
    read_back=True,
    said="Jane Doe, oxycodone 5 mg, 12 tablets, 1 every 6 hours, broken wrist",
)
SAID = {
    "emergency": "yes",
    "emergency_because": "a broken wrist on a holiday",
    "emergency_period": "three days until the office opens, 4 tablets a day",
    "emergency_needed_at_once": "yes",
    "emergency_no_alternative": "yes",
    "emergency_no_written_in_time": "yes",
    "emergency_known": "yes",
}


@pytest.fixture
def typed(pharmacy, form) -> dict[str, str]:
    """The entry form of the call, as the pharmacist posts it."""
    return form | {
        "package_id": str(pharmacy.drugs["oxycodone"].pk),
        "quantity": "12",
        "days_supply": "3",
        "refills": "0",
        "written_on": f"{TODAY:%m/%d/%Y}",
        "origin": "2",
        "directions": "1 tab po q6h prn pain",
        "directions_source": "accepted",
        **SAID,
    }


def called(world, *, by=None) -> Arrival:
    return receive_by_hand(by=by or world.pharmacist, given=CALL)


def entered(world, typed, *, by=None) -> EmergencyOrder:
    finish_entry(by=by or world.pharmacist, arrival_id=called(world).pk, typed=typed)
    return EmergencyOrder.objects.get()


def paper(world, typed, **changed: str) -> Arrival:
    """The signed paper, scanned on the sixth day and typed as it reads."""
    worker = later(world.technician, days=6)
    given = ByHand(source=Source.PAPER, picture=read_picture(PNG))
    arrival = receive_by_hand(by=worker, given=given)
    reads = {name: typed[name] for name in ("patient_id", "prescriber_id", "package_id")}
    reads |= {"quantity": "12", "written_on": f"{TODAY:%m/%d/%Y}"}
    return save_draft(by=worker, arrival_id=arrival.pk, typed=reads | changed)


MARKED = Marks(oral_order_on=TODAY, words=True)


def attach(world, arrival, order, *, by=None, marks=MARKED, **typed: str) -> Any:
    arrival = Arrival.objects.select_related("pharmacy", "incoming").get(pk=arrival.pk)
    return cover_by_arrival(
        by=by or later(world.pharmacist, days=6),
        arrival_id=arrival.pk,
        order_id=order.pk,
        typed=arrival_values(arrival) | typed,
        marks=marks,
    )


def test_the_call_becomes_a_prescription_with_the_record_of_the_order(pharmacy, typed):
    order = entered(pharmacy, typed)
    assert order.said == CALL.said
    assert order.ordered_at == NOON
    assert order.prescription.emergency
    assert Arrival.objects.get().prescription == order.prescription


def test_what_was_on_paper_first_keeps_the_time_of_the_call(pharmacy, typed):
    order = entered(pharmacy, typed | {"emergency_ordered_at": "11/23/2026 10:30"})
    assert order.ordered_at == NOON - timedelta(hours=1, minutes=30)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"emergency_because": ""}, "emergency_because"),
        ({"emergency_known": ""}, "emergency_verified_how"),
        ({"emergency_no_alternative": ""}, "emergency_no_alternative"),
        ({"emergency_ordered_at": "yesterday"}, "emergency_ordered_at"),
        ({"emergency_ordered_at": "11/23/2026 12:01"}, "emergency_ordered_at"),
        ({"emergency_because": "x" * 1001}, "emergency_because"),
        ({"refills": "1"}, "refills_authorized"),
    ],
)
def test_what_is_missing_stands_under_its_field_and_nothing_is_entered(
    pharmacy, typed, change, field
):
    with pytest.raises(Refused) as refusal:
        entered(pharmacy, typed | change)
    assert field in [one.field for one in refusal.value.problems]
    assert not Prescription.objects.exists()


@pytest.mark.parametrize("role", [Role.TRAINEE, Role.TECHNICIAN, Role.CERTIFIED, Role.INTERN])
def test_nobody_else_enters_what_a_pharmacist_took(pharmacy, typed, role):
    with pytest.raises(NotAllowed):
        entered(pharmacy, typed, by=pharmacy.workers[role])
    assert not Prescription.objects.exists()


def test_a_call_that_another_than_a_pharmacist_took_is_no_emergency_order(pharmacy, typed):
    arrival = called(pharmacy, by=pharmacy.workers[Role.INTERN])
    with pytest.raises(Refused, match="a pharmacist takes this one"):
        finish_entry(by=pharmacy.pharmacist, arrival_id=arrival.pk, typed=typed)


def test_what_did_not_come_by_telephone_is_none(pharmacy, typed):
    arrival = paper(pharmacy, typed)
    with pytest.raises(Refused, match="telephone call"):
        finish_entry(by=later(pharmacy.pharmacist, days=6), arrival_id=arrival.pk, typed=typed)


def test_an_emergency_is_not_kept_on_file_for_later(pharmacy, typed):
    with pytest.raises(Refused, match="no emergency"):
        file_entry(by=pharmacy.pharmacist, arrival_id=called(pharmacy).pk, typed=typed)


def test_the_scanned_paper_is_attached_and_entered_nowhere_else(pharmacy, typed):
    order = entered(pharmacy, typed)
    arrival = paper(pharmacy, typed)
    made = attach(pharmacy, arrival, order)
    arrival.refresh_from_db()
    assert (made.arrival, made.received_on) == (arrival.pk, day(6))
    assert (arrival.state, arrival.prescription) == (ArrivalState.ENTERED, order.prescription)
    assert Prescription.objects.count() == 1


def test_what_is_attached_once_is_neither_entered_nor_attached_again(pharmacy, typed):
    order = entered(pharmacy, typed)
    arrival = paper(pharmacy, typed)
    attach(pharmacy, arrival, order)
    with pytest.raises(Refused, match="already"):
        attach(pharmacy, arrival, order)
    with pytest.raises(Refused, match="covered on"):
        attach(pharmacy, paper(pharmacy, typed), order)
    assert EmergencyCover.objects.count() == 1
    assert Arrival.objects.filter(state=ArrivalState.ARRIVED).count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quantity": "13"}, "quantity"),
        ({"quantity": "twelve"}, "quantity"),
        ({"patient_id": ""}, "patient_id"),
        ({"package_id": "999999"}, "package_id"),
        ({"written_on": ""}, "written_on"),
    ],
)
def test_elements_that_differ_or_are_missing_are_refused_by_field(
    pharmacy, typed, change, field
):
    order = entered(pharmacy, typed)
    arrival = paper(pharmacy, typed)
    with pytest.raises(Refused) as refusal:
        attach(pharmacy, arrival, order, **change)
    assert field in [one.field for one in refusal.value.problems]
    arrival.refresh_from_db()
    assert arrival.state == ArrivalState.ARRIVED


def test_another_patients_paper_covers_nothing(pharmacy, typed):
    order = entered(pharmacy, typed)
    arrival = paper(pharmacy, typed, patient_id=str(pharmacy.insured.pk))
    with pytest.raises(Refused, match="another patient"):
        attach(pharmacy, arrival, order)


def test_a_fax_covers_nothing(pharmacy, typed):
    order = entered(pharmacy, typed)
    arrival = paper(pharmacy, typed)
    Arrival.objects.filter(pk=arrival.pk).update(source=Source.FAX)
    with pytest.raises(Refused, match="signed paper or an electronic"):
        attach(pharmacy, arrival, order)


@pytest.mark.parametrize(
    ("sent", "more"), [("{}", ["rx-no-signature"]), ('{"signature": "yes"}', [])]
)
def test_a_house_that_may_not_receive_electronic_ones_covers_nothing_with_one(
    pharmacy, typed, sent, more
):
    order = entered(pharmacy, typed)
    arrival = paper(pharmacy, typed)
    Arrival.objects.filter(pk=arrival.pk).update(source=Source.ELECTRONIC, sent=sent)
    with pytest.raises(Refused) as refusal:
        attach(pharmacy, arrival, order, marks=Marks())
    codes = [one.code for one in refusal.value.problems]
    assert codes == ["epcs-not-audited", "epcs-no-record", *more]
    assert not EmergencyCover.objects.exists()


def test_the_page_says_what_stands_against_an_electronic_one_before_anybody_types(
    pharmacy, typed
):
    take(pharmacy)
    arrival = paper(pharmacy, typed)
    rita = client_of(pharmacy, Role.PHARMACIST)
    assert "disabled" not in rita.get(f"/intake/{arrival.pk}/covers").content.decode()
    Arrival.objects.filter(pk=arrival.pk).update(source=Source.ELECTRONIC)
    answer = rita.get(f"/intake/{arrival.pk}/covers")
    assert answer.status_code == 200
    assert "it is disabled" in answer.content.decode()


@pytest.mark.parametrize("role", [Role.CLERK, Role.TECHNICIAN, Role.CERTIFIED, Role.INTERN])
def test_nobody_but_a_pharmacist_attaches_what_came(pharmacy, typed, role):
    order = entered(pharmacy, typed)
    arrival = paper(pharmacy, typed)
    with pytest.raises(NotAllowed):
        attach(pharmacy, arrival, order, by=later(pharmacy.workers[role], days=6))


def test_another_pharmacy_finds_neither_arrival_nor_order(pharmacy, typed):
    order = entered(pharmacy, typed)
    arrival = paper(pharmacy, typed)
    with pytest.raises(Refused, match="No such arrival"):
        attach(pharmacy, arrival, order, by=later(pharmacy.stranger, days=6))


def test_a_pharmacist_sees_the_emergency_part_of_the_form_and_a_technician_not(pharmacy, typed):
    arrival = called(pharmacy)
    there = f"/intake/{arrival.pk}/"
    save_draft(
        by=pharmacy.pharmacist,
        arrival_id=arrival.pk,
        typed={"package_id": typed["package_id"]},
    )
    shown = client_of(pharmacy, Role.PHARMACIST).get(there).content.decode()
    assert "Emergency oral order of a C-II" in shown
    assert "21 CFR 290.10" in shown
    plain = client_of(pharmacy, Role.TECHNICIAN).get(there).content.decode()
    assert "Emergency oral order" not in plain


def test_the_page_holds_paper_and_order_against_each_other_and_attaches(pharmacy, typed):
    order = take(pharmacy).prescription.emergency_order
    worker = pharmacy.technician
    arrival = receive_by_hand(
        by=worker, given=ByHand(source=Source.PAPER, picture=read_picture(PNG))
    )
    rita = client_of(pharmacy, Role.PHARMACIST)
    reads = {name: typed[name] for name in ("patient_id", "prescriber_id", "package_id")}
    reads |= {"quantity": "13", "written_on": f"{TODAY:%m/%d/%Y}"}
    rita.post(f"/intake/{arrival.pk}/covers/begin", reads)
    there = f"/intake/{arrival.pk}/covers"
    page = rita.get(there).content.decode()
    assert str(order.prescription.number) in page
    assert "Authorization for Emergency Dispensing" in page
    marks = {"order": str(order.pk), "oral_order_on": f"{TODAY:%m/%d/%Y}", "words": "yes"}
    answer = rita.post(there, marks)
    assert answer.status_code == 409
    assert "more than the 12" in answer.content.decode()
    assert rita.post(there, marks | {"postmarked_on": "soon"}).status_code == 409
    rita.post(f"/intake/{arrival.pk}/covers/begin", reads | {"quantity": "12"})
    answer = rita.post(there, marks)
    assert answer.headers["Location"] == f"/rx/emergency/{order.pk}/"
    assert "It is covered" in rita.get(answer.headers["Location"]).content.decode()
