"""What came in is matched, questioned and written down."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apothecary.config.tests.world import NOON, make_patient
from apothecary.intake.actions.receive import message_key, receive_script
from apothecary.intake.models import Arrival, ArrivalState, Sure
from apothecary.intake.tests.messages import Rx
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.staff.models import Partner
from apothecary.staff.signon import stand_in


@pytest.fixture
def partner(pharmacy):
    return Partner.objects.create(
        pharmacy=pharmacy.pharmacy, name="eprescribing", token_hash=b"x", may_send="script"
    )


def arrive(pharmacy, partner, rx: Rx) -> Arrival:
    receive_script(partner=partner, pharmacy=pharmacy.pharmacy, raw=rx.xml(), at=NOON)
    return Arrival.objects.get(message_id=rx.message_id)


def test_a_clean_prescription_has_no_question_and_waits_for_entry(pharmacy, partner):
    pharmacy.receive("lisinopril", "100")
    arrival = arrive(pharmacy, partner, Rx())
    sure = (arrival.patient_sure, arrival.prescriber_sure, arrival.package_sure)
    assert sure == (Sure.EXACT,) * 3
    assert (arrival.question, arrival.unsure_list) == ("", [])
    assert arrival.state == ArrivalState.ARRIVED
    assert arrival.promised_at == NOON + timedelta(minutes=60)


def test_each_value_is_kept_as_it_was_sent(pharmacy, partner):
    rx = Rx(quantity="30.5", refills="0", note="No dye please", signed=True)
    sent = arrive(pharmacy, partner, rx).sent_values
    assert (sent["quantity"], sent["refills"], sent["note"]) == ("30.5", "0", "No dye please")
    assert (sent["written_on"], sent["daw"], sent["signature"]) == (
        "2026-11-20",
        "0",
        "indicated",
    )
    assert all(isinstance(value, str) for value in sent.values())


def test_an_arrival_is_written_in_the_journal_with_how_sure_the_matches_are(pharmacy, partner):
    arrival = arrive(pharmacy, partner, Rx())
    line = history(pharmacy_id=pharmacy.pharmacy.pk, about=[("arrival", arrival.pk)])[0]
    assert line.deed == Deed.MESSAGE_RECEIVED
    assert line.details["patient"] == "exact"


@pytest.mark.parametrize(
    ("change", "asks"),
    [
        ({"last_name": "Nobody"}, "New patient?"),
        ({"ndc": "99999888877", "drug": "Quibrofexanol 12.5 MG"}, "Unknown drug."),
        ({"drug": "warfarin sodium 5 MG Oral Tablet"}, "Which drug?"),
        ({"npi": "1679576722"}, "New prescriber?"),
    ],
)
def test_what_is_not_found_is_the_question_that_keeps_it_in_intake(
    pharmacy, partner, change, asks
):
    assert arrive(pharmacy, partner, Rx(**change)).question.startswith(asks)


def test_two_patients_of_one_name_and_birth_date_are_asked_about(pharmacy, partner):
    twin = make_patient(pharmacy.pharmacy, "Doe", "Jane", date(1980, 2, 29))
    twin.street, twin.phone = "9 Elm St", "5125550000"
    twin.save()
    arrival = arrive(pharmacy, partner, Rx(street="General Delivery", phone=""))
    assert (arrival.patient_id, arrival.patient_sure) == (None, Sure.SEVERAL)
    assert arrival.question.startswith("Which patient? 2 patients")


def test_a_patient_of_the_other_pharmacy_is_nobody_here(pharmacy, partner):
    stand_in(pharmacy.other.pk)
    make_patient(pharmacy.other, "Elsewhere", "Ann", date(1980, 2, 29))
    stand_in(pharmacy.pharmacy.pk)
    arrival = arrive(pharmacy, partner, Rx(last_name="Elsewhere", first_name="Ann"))
    assert arrival.patient_sure == Sure.NONE


def test_an_expired_lot_is_not_on_hand(pharmacy, partner):
    pharmacy.receive("lisinopril-brand", "90")
    pharmacy.receive("lisinopril", "100", expires_on=date(2026, 12, 1))
    arrival = arrive(pharmacy, partner, Rx())
    assert arrival.package == pharmacy.drugs["lisinopril-brand"]
    assert arrival.package_sure == Sure.LIKELY


@pytest.mark.parametrize(
    ("rx", "says"),
    [
        (Rx(to="7654321"), "addressed to 7654321"),
        (replace(Rx(), to="1234567"), ""),
    ],
)
def test_a_message_for_another_pharmacy_is_looked_at(pharmacy, partner, rx, says):
    unsure = arrive(pharmacy, partner, rx).unsure_list
    assert bool(unsure) is bool(says)
    assert says in " ".join(unsure)


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        (Rx().xml(), "MSG0001@6301875277001"),
        (Rx(message_id="A-1").xml() + b"\n \n", "A-1@6301875277001"),
        (b"<Message><MessageID>1</MessageID>", "sha256:"),
        (b"<s:Message><s:MessageID> 1 </s:MessageID></s:Message>", "1@"),
    ],
)
def test_a_message_is_known_by_its_number_and_sender_and_broken_bytes_by_their_digest(raw, key):
    assert message_key(raw).startswith(key)


def test_taking_one_in_costs_a_handful_of_statements(pharmacy, partner):
    pharmacy.receive("lisinopril", "100")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        arrive(pharmacy, partner, Rx())
    work = [q for q in seen.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert len(work) <= 14, [q["sql"][:90] for q in work]
