"""POST /script: who may send, what is kept, what is answered, and nothing twice."""

import base64
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from lxml import etree

from apothecary.config.tests.world import NOON, build_world
from apothecary.intake.models import Arrival
from apothecary.intake.tests.messages import Rx
from apothecary.journal.models import Entry
from apothecary.staff.models import Partner
from apothecary.staff.signon import stand_in, token_hash
from apothecary.wires.models import Incoming

TOKEN = "a partner's token"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
TODAY = datetime.now(UTC)
FRESH: dict[str, Any] = {
    "sent_at": f"{TODAY:%Y-%m-%dT%H:%M:%S.0Z}",
    "written_on": f"{TODAY - timedelta(days=3):%Y-%m-%d}",
}


def make_partner(world, token: str = TOKEN, *, may_send: str = "script") -> Partner:
    return Partner.objects.create(
        pharmacy=world.pharmacy,
        name=f"eprescribing {token}",
        token_hash=token_hash(token),
        may_send=may_send,
    )


@pytest.fixture
def house(pharmacy):
    make_partner(pharmacy)
    return pharmacy


def send(raw: bytes, headers: dict[str, str] = BEARER):
    """POST the bytes; afterwards the test stands in its pharmacy, as it did before."""
    answer = Client().post("/script", data=raw, content_type="application/xml", headers=headers)
    return answer


def message(answer) -> etree._Element:
    assert answer.status_code == 200, answer.content
    return etree.fromstring(answer.content)


def code(answer) -> tuple[str, str]:
    (inner,) = message(answer).iterfind("Body/*")
    return str(inner.tag), inner.findtext("Code") or ""


def text(answer, path: str) -> str:
    return message(answer).findtext(path) or ""


def test_a_new_prescription_is_accepted_and_becomes_an_arrival(house):
    answer = send(Rx(**FRESH).xml())
    assert code(answer) == ("Status", "000")
    assert text(answer, "Header/RelatesToMessageID") == "MSG0001"
    assert text(answer, "Header/To") == "6301875277001"
    assert text(answer, "Header/From") == "1234567"
    assert text(answer, "Header/PrescriberOrderNumber") == "PON0001"
    arrival = Arrival.objects.get()
    assert (arrival.patient, arrival.prescriber) == (house.patient, house.prescriber)
    assert arrival.package == house.drugs["lisinopril"]


def test_basic_with_the_token_as_password_opens_the_door_too(house):
    pair = base64.b64encode(f"eprescribing:{TOKEN}".encode()).decode()
    answer = send(Rx(**FRESH).xml(), {"Authorization": f"Basic {pair}"})
    assert code(answer) == ("Status", "000")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic not-base64!"},
        {"Authorization": "Basic " + base64.b64encode(b"eprescribing").decode()},
        {"Authorization": f"Digest {TOKEN}"},
    ],
)
def test_without_a_credential_nothing_is_kept(house, headers):
    answer = send(Rx(**FRESH).xml(), headers)
    assert answer.status_code == 401
    assert "Bearer" in answer["WWW-Authenticate"]
    stand_in(house.pharmacy.pk)
    assert not Incoming.objects.exists()


def test_a_partner_that_was_let_go_is_a_stranger(house):
    Partner.objects.update(active=False)
    assert send(Rx(**FRESH).xml()).status_code == 401


def test_a_partner_without_the_right_may_not_send_prescriptions(house):
    make_partner(house, "other", may_send="fhir claims")
    answer = send(Rx(**FRESH).xml(), {"Authorization": "Bearer other"})
    assert answer.status_code == 403
    stand_in(house.pharmacy.pk)
    assert not Incoming.objects.exists()


def test_the_door_takes_nothing_but_post(house):
    assert Client().get("/script", headers=BEARER).status_code == 405


def test_the_same_message_again_gets_the_same_answer_and_nothing_is_done_twice(house):
    raw = Rx(**FRESH).xml()
    first, again = send(raw), send(raw)
    assert first.content == again.content
    assert Arrival.objects.count() == Incoming.objects.count() == 1


def test_one_message_number_of_two_senders_is_two_messages(house):
    send(Rx(**FRESH).xml())
    send(Rx(**FRESH, sender="someone-else", order_number="PON0002").xml())
    assert Arrival.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"npi": "1234567894"}, "NPI"),
        ({"dea": "AS1234564"}, "DEANumber"),
        ({"written_on": f"{TODAY + timedelta(days=3):%Y-%m-%d}"}, "WrittenDate"),
        ({"written_on": "2026-02-30"}, "WrittenDate"),
        ({"born_on": "1980-04-31"}, "DateOfBirth"),
        ({"quantity": "0"}, "Value"),
        ({"quantity": "-30"}, "Value"),
        ({"quantity": "10000000"}, "Value"),
        ({"directions": ""}, "SigText"),
        ({"refills": "100"}, "NumberOfRefills"),
        ({"kind": "RxCarrierPigeon"}, "RxCarrierPigeon"),
    ],
)
def test_what_only_the_sender_can_mend_is_an_error_naming_the_field(house, change, says):
    raw = Rx(**(FRESH | change)).xml()
    answer = send(raw)
    assert code(answer) == ("Error", "900")
    assert says in text(answer, "Body/Error/Description")
    kept = Incoming.objects.get()
    assert bytes(kept.raw) == raw
    assert says in kept.problem
    assert not Arrival.objects.exists()
    assert Entry.objects.filter(deed="refused a message").count() == 1


def test_a_message_cut_short_is_kept_under_its_digest_and_the_whole_one_still_counts(house):
    raw = Rx(**FRESH).xml()
    answer = send(raw[: len(raw) * 2 // 3])
    assert code(answer) == ("Error", "900")
    assert Incoming.objects.get().message_id.startswith("sha256:")
    assert code(send(raw)) == ("Status", "000")
    assert Arrival.objects.count() == 1


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe\x00", b"hello", b"<a/>", b"<Message></Message>"]
)
def test_bytes_that_are_no_message_are_kept_and_answered_with_an_error(house, raw):
    assert code(send(raw)) == ("Error", "900")
    assert bytes(Incoming.objects.get().raw) == raw


def test_an_entity_is_never_expanded(house):
    bomb = (
        Rx(**FRESH)
        .xml()
        .replace(b"<Message ", b'<!DOCTYPE Message [<!ENTITY a "aaaa">]><Message ', 1)
    )
    assert code(send(bomb)) == ("Error", "900")
    assert not Arrival.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"schedule": "C48675", "drug": "oxycodone hydrochloride 5 MG Oral Tablet",
         "ndc": "00406055201", "refills": "3", "dea": "AS1234563", "signed": True},
        {"written_on": f"{TODAY - timedelta(days=800):%Y-%m-%d}"},
        {"days": "1"},
        {"ndc": "99999888877", "drug": "Quibrofexanol 12.5 MG Oral Tablet"},
    ],
)  # fmt: skip
def test_what_law_or_clinic_must_judge_arrives_and_waits_for_a_person(house, change):
    assert code(send(Rx(**(FRESH | change)).xml())) == ("Status", "000")
    assert Arrival.objects.count() == 1


def test_an_acknowledgement_is_acknowledged_and_another_message_is_not_taken(house):
    raw = Rx(**FRESH).xml()
    start, end = raw.index(b"<NewRx>"), raw.index(b"</NewRx>") + len(b"</NewRx>")
    renewal = raw[:start] + b"<RxHistoryRequest></RxHistoryRequest>" + raw[end:]
    assert code(send(renewal)) == ("Error", "601")
    assert "not taken" in Incoming.objects.get().problem


def test_no_other_pharmacy_sees_what_arrived(house):
    send(Rx(**FRESH).xml())
    stand_in(house.other.pk)
    assert not Arrival.objects.exists()
    assert not Incoming.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_message_from_eight_connections_at_once_is_one_arrival_and_one_answer():
    world = build_world()
    make_partner(world)
    raw, answers = Rx(**FRESH).xml(), []
    start = threading.Barrier(8)

    def one() -> None:
        start.wait()
        answers.append(send(raw).content)
        connection.close()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len(set(answers)) == 1
    stand_in(world.pharmacy.pk)
    assert Arrival.objects.count() == Incoming.objects.count() == 1
    assert Arrival.objects.get().arrived_at > NOON - timedelta(days=365)
