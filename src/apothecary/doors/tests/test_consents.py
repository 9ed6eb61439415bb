"""POST /script: a payer's answer about an authorization that comes by itself."""

import time
import urllib.request
from dataclasses import replace
from urllib.error import HTTPError

import pytest
from django.test import Client
from lxml import etree

from apothecary.claims.authorization.states import AuthorizationState
from apothecary.claims.models import Claim, PriorAuthorization
from apothecary.doors.consents import is_consent
from apothecary.doors.tests.consent_world import Said, asked, questioned
from apothecary.doors.tests.test_script import FRESH
from apothecary.intake.models import Arrival
from apothecary.intake.tests.messages import Rx
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.staff.models import Partner
from apothecary.staff.signon import stand_in, token_hash
from apothecary.wires.models import Incoming
from apothecary.wires.script.authorization_model import (
    APPROVED,
    CANCEL,
    INITIATION,
    REQUEST,
    RESPONSES,
    Verdict,
)

TOKEN = "a payer's token"
S = AuthorizationState


def partner(world, may_send: str = "authorizations", *, token: str = TOKEN) -> None:
    Partner.objects.create(
        pharmacy=world.pharmacy, name=token, token_hash=token_hash(token), may_send=may_send
    )


@pytest.fixture
def row(pharmacy):
    """An authorization that is on its way, in a house that knows the payer."""
    partner(pharmacy)
    return asked(pharmacy)


def send(raw: bytes, *, token: str = TOKEN):
    return Client().post(
        "/script",
        data=raw,
        content_type="application/xml",
        headers={"Authorization": f"Bearer {token}"},
    )


def said_in(content: bytes) -> tuple[str, str, str]:
    """Kind, code and words of an answer."""
    (inner,) = etree.fromstring(content).iterfind("Body/*")
    return str(inner.tag), inner.findtext("Code") or "", inner.findtext("Description") or ""


def now(row) -> PriorAuthorization:
    stand_in(row.pharmacy_id)
    return PriorAuthorization.objects.select_related("outgoing").get(pk=row.pk)


def approved(row) -> Verdict:
    return Verdict(
        step=REQUEST, reference=f"PA-{row.pk}", status=APPROVED, case_id="C9", number="PA77"
    )


def test_the_payers_questions_come_in_and_what_our_records_know_is_answered(row):
    answer = send(Said(questioned(row)).xml(row))
    assert said_in(answer.content)[:2] == ("Status", "000")
    found = now(row)
    assert (found.state, found.reference) == (S.QUESTIONED, "C9")
    assert found.answers["1"]["values"] == ["30"]
    assert "2" not in found.answers


def test_a_yes_goes_to_the_claim_by_itself(row):
    assert said_in(send(Said(approved(row)).xml(row)).content)[:2] == ("Status", "000")
    assert (now(row).state, now(row).number) == (S.APPROVED, "PA77")
    claims = list(Claim.objects.filter(fill_id=row.fill_id).order_by("pk"))
    assert len(claims) == 2
    assert b"EVPA77" in bytes(claims[1].posted.raw)


def test_the_bytes_are_kept_as_they_came_with_their_answer(row):
    raw = Said(approved(row)).xml(row)
    answer = send(raw)
    stand_in(row.pharmacy_id)
    kept = Incoming.objects.get()
    assert (bytes(kept.raw), kept.kind) == (raw, "PAResponse")
    assert bytes(kept.answer or b"") == answer.content
    assert kept.problem == ""


def test_the_same_message_again_gets_the_same_answer_and_is_acted_on_once(row):
    raw = Said(approved(row)).xml(row)
    assert send(raw).content == send(raw).content
    stand_in(row.pharmacy_id)
    assert Incoming.objects.count() == 1
    assert Claim.objects.filter(fill_id=row.fill_id).count() == 2
    assert Entry.objects.filter(deed=Deed.AUTHORIZATION_DECIDED).count() == 1


def test_another_message_under_the_same_number_is_refused_and_kept_beside_the_first(row):
    send(Said(questioned(row)).xml(row))
    answer = send(Said(approved(row)).xml(row))
    assert said_in(answer.content)[:2] == ("Error", "900")
    assert "was used" in said_in(answer.content)[2]
    assert now(row).state == S.QUESTIONED
    assert Incoming.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"relates_to": "M-77"}, "RelatesToMessageID"),
        ({"sender": "610500"}, "From"),
        ({"verdict": Verdict(step=CANCEL, reference="PA-1", status=APPROVED)}, "Body"),
    ],
)
def test_what_answers_nothing_of_ours_is_refused_by_field_and_changes_nothing(
    row, change, field
):
    answer = send(replace(Said(approved(row)), **change).xml(row))
    kind, code, says = said_in(answer.content)
    assert (kind, code) == ("Error", "900")
    assert field in says
    assert now(row).state == S.ASKED
    assert Entry.objects.filter(deed=Deed.MESSAGE_REFUSED).count() == 1
    assert field in Incoming.objects.get().problem


@pytest.mark.parametrize(
    ("find", "put", "field"),
    [
        (b"<AuthorizationNumber>PA77</AuthorizationNumber>", b"", "AuthorizationNumber"),
        (b"<Approved>", b"<Perhaps>", "XML"),
        (b"PAReferenceID", b"PAReference", "PAReferenceID"),
        (b"</Message>", b"", "XML"),
    ],
)
def test_a_message_that_cannot_be_read_is_refused_by_field(row, find, put, field):
    raw = Said(approved(row)).xml(row)
    assert find in raw
    answer = send(raw.replace(find, put))
    assert said_in(answer.content)[:2] == ("Error", "900")
    assert now(row).state == S.ASKED
    assert Incoming.objects.get().problem


def test_a_later_answer_to_what_is_decided_is_refused_and_does_not_undo_it(row):
    send(Said(approved(row)).xml(row))
    again = Verdict(step=REQUEST, reference=f"PA-{row.pk}", status="Denied", reason="late")
    answer = send(Said(again, message_id="R2").xml(row))
    assert said_in(answer.content)[0] == "Error"
    assert now(row).state == S.APPROVED


@pytest.mark.parametrize(
    ("may_send", "consent", "prescription"),
    [
        ("authorizations", 200, 403),
        ("script", 403, 200),
        ("script authorizations", 200, 200),
        ("script,authorizations", 200, 200),
        ("", 403, 403),
    ],
)
def test_a_partner_sends_what_it_may_and_nothing_else(row, may_send, consent, prescription):
    Partner.objects.update(may_send=may_send)
    assert send(Said(approved(row)).xml(row)).status_code == consent
    assert (now(row).state == S.APPROVED) == (consent == 200)
    assert send(Rx(**FRESH).xml()).status_code == prescription
    stand_in(row.pharmacy_id)
    assert Arrival.objects.exists() == (prescription == 200)


def test_another_pharmacys_request_is_not_answered_by_our_payer(pharmacy, row):
    raw = Said(approved(row)).xml(row)
    stand_in(pharmacy.other.pk)
    Partner.objects.create(
        pharmacy=pharmacy.other, name="o", token_hash=token_hash("o"), may_send="authorizations"
    )
    assert said_in(send(raw, token="o").content)[0] == "Error"
    assert now(row).state == S.ASKED


@pytest.mark.parametrize("kind", sorted(RESPONSES))
def test_every_answer_to_an_authorization_is_sorted_to_its_reader(kind):
    for body in (
        f"<Body><{kind}>",
        f"<Body>\n  <{kind}/>",
        f"<n:Body x='1'><!-- a --><n:{kind}>",
    ):
        assert is_consent(body.encode())


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<Body>",
        b"<Body></Body>",
        b"<Body><NewRx><PAResponse>",
        b"<Body><PARequest>",
        b"<Body><!-- <PAResponse> --><NewRx>",
        b"<Body>text<PAResponse>",
        b"<Bodyless><PAResponse>",
        b"<Body><PAR\xc3\xa9sponse>",
    ],
)
def test_nothing_else_is_sorted_to_it(raw):
    assert not is_consent(raw)


def test_no_bytes_make_the_sorting_slow():
    start = time.process_time()
    for part in (b"<Body><!--", b"<Body>" + b"<!---->" * 10, b"<a:Body ", b"<" + b"a" * 50):
        assert not is_consent(part * 20_000)
    assert time.process_time() - start < 2


@pytest.mark.django_db(transaction=True)
def test_over_a_real_socket_the_answer_is_taken_and_a_stranger_is_not_heard(
    pharmacy, live_server
):
    partner(pharmacy)
    row = asked(pharmacy)
    raw = Said(replace(approved(row), step=INITIATION, status="Closed",
                       reason_codes=("CC",), number="")).xml(row)  # fmt: skip

    def post(token: str) -> bytes:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/xml"}
        url = f"{live_server.url}/script"
        asking = urllib.request.Request(url, data=raw, headers=headers, method="POST")  # noqa: S310 our own server
        with urllib.request.urlopen(asking, timeout=20) as answer:  # noqa: S310 our own server
            return bytes(answer.read())

    with pytest.raises(HTTPError, match="401"):
        post("somebody")
    assert now(row).state == S.ASKED
    assert said_in(post(TOKEN))[:2] == ("Status", "000")
    assert now(row).state == S.CANCELLED
