"""The screens of prior authorizations as a technician meets them."""

from datetime import date, timedelta
from io import BytesIO

import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apothecary.claims.authorization.actions import ask
from apothecary.claims.authorization.fax import Asked, Form, form_pdf
from apothecary.claims.authorization.post import epa_addresses
from apothecary.claims.authorization.states import AuthorizationState, Way
from apothecary.claims.authorization.tests.desk import BIN, claims_of, now
from apothecary.claims.models import PriorAuthorization
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in

S = AuthorizationState
HTMX = {"HX-Request": "true"}
MOST_QUERIES = 8


@pytest.fixture
def electronic(desk, monkeypatch):
    """The payer takes electronic requests too."""
    monkeypatch.setenv("APOTHECARY_EPA", f"{BIN}={desk.payer.epa_url}")
    epa_addresses.cache_clear()
    yield desk
    epa_addresses.cache_clear()


def page(desk, row, *, client=None) -> str:
    reply = (client or desk.client()).get(f"/claims/authorizations/{row.pk}/")
    assert reply.status_code == 200
    return reply.content.decode()


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(BytesIO(pdf)) as paper:
        return "\n".join(one.get_textpage().get_text_range() for one in paper)


def queries_of(desk, path: str) -> int:
    """How many questions a screen asks beyond signing on and the frame."""
    client = desk.client()
    client.get(path)
    stand_in(desk.world.pharmacy.pk)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path, headers=HTMX).status_code == 200
    told = [one["sql"] for one in asked.captured_queries]
    rooms = ("claims_", "prescriptions_", "patients_", "wires_", "journal_", "drugs_")
    return sum(any(f'"{room}' in sql for room in rooms) for sql in told)


def test_one_key_on_a_refused_claim_opens_the_request_with_everything_known(desk):
    claim = desk.refused()
    client = desk.client()
    reply = client.post(f"/claims/authorizations/claim/{claim.pk}/start", headers=HTMX)
    row = PriorAuthorization.objects.get()
    assert reply["HX-Redirect"] == f"/claims/authorizations/{row.pk}/"
    shown = page(desk, row, client=client)
    for said in ("75", "NEUROPATHY OR SEIZURES ONLY", "60", "G629", "Smith, Alex", "999996"):
        assert said in shown
    assert "(512) 555-0173" in shown
    assert "Ask over the claims line" in shown
    assert "Ask electronically" not in shown


def test_the_best_way_to_ask_has_the_commit_key(electronic):
    shown = page(electronic, electronic.started())
    first = shown.index("Ask electronically")
    assert first < shown.index("Ask over the claims line") < shown.index("Ask by fax or phone")
    assert 'data-key="F10"' in shown[first - 200 : first]


def test_questions_are_asked_by_their_kind_and_say_whose_they_are(electronic):
    row = electronic.started()
    client = electronic.client()
    client.post(f"/claims/authorizations/{row.pk}/ask", {"way": "epa"})
    electronic.goes_by(seconds=1)
    shown = page(electronic, row)
    assert 'type="radio" name="q-1" value="1Y"' in shown
    assert "the prescriber’s" in shown
    # What follows depends on the first answer, which nobody has given yet.
    assert "q-2" not in shown
    path = f"/claims/authorizations/{row.pk}/answers"
    refused = client.post(path, {"q-1": "1Y"}, headers=HTMX)
    assert refused.status_code == 409
    assert "say who told you" in refused.content.decode()
    client.post(path, {"q-1": "1Y", "told_by": "Dana"})
    shown = page(electronic, row)
    assert 'type="checkbox" name="q-2" value="2A"' in shown
    assert 'type="date"' in shown
    assert 'value="60"' in shown
    answers = {"q-2": ["", "2A"], "q-3": "2026-05-04", "q-5": "60", "told_by": "Dana"}
    client.post(path, {**answers, "send": "1"})
    electronic.goes_by(seconds=1)
    assert now(row).state == S.APPROVED
    shown = page(electronic, row)
    assert "One of the plan&#39;s alternatives" in shown
    assert "our records" in shown


def test_the_list_shows_ours_first_with_the_next_key(desk):
    waits = desk.started()
    ask(by=desk.technician, authorization_id=waits.pk, way=Way.LINE)
    desk.goes_by(seconds=1)
    shown = desk.client().get("/claims/authorizations/").content.decode()
    assert "The payer decides later" in shown
    assert "the payer’s turn" in shown
    assert "1 open" in shown


def test_an_empty_list_is_designed(desk):
    shown = desk.client().get("/claims/authorizations/").content.decode()
    assert "No authorization waits for anybody" in shown


def test_the_screens_ask_at_most_eight_questions_each(desk):
    row = desk.started()
    assert queries_of(desk, f"/claims/authorizations/{row.pk}/") <= MOST_QUERIES
    assert queries_of(desk, "/claims/authorizations/") <= MOST_QUERIES


def test_the_paper_form_says_everything_known_and_leaves_the_rest_to_the_prescriber(desk):
    row = desk.started()
    reply = desk.client().get(f"/claims/authorizations/{row.pk}/form.pdf")
    assert reply["Content-Type"] == "application/pdf"
    said = text_of(reply.content)
    for known in (
        "Caprock Sample Advantage",
        "fax (512) 555-0183",
        "Núñez-O'Brien",
        "04/02/1961",
        row.coverage.cardholder_id,
        "Smith, Alex",
        "(512) 555-0199",
        "pregabalin",
        "G629",
        "NEUROPATHY OR SEIZURES ONLY",
        "None on our records",
        "To be completed by the prescriber",
        "Signature of the prescriber",
        f"PA-{row.pk} · page 1",
    ):
        assert known in said
    assert (
        reply.content == desk.client().get(f"/claims/authorizations/{row.pk}/form.pdf").content
    )


def test_the_payers_questions_stand_on_the_prescribers_form(electronic):
    row = electronic.started()
    ask(by=electronic.technician, authorization_id=row.pk, way=Way.EPA)
    electronic.goes_by(seconds=1)
    reply = electronic.client().get(f"/claims/authorizations/{row.pk}/form.pdf")
    assert "1. Is this a new therapy for the patient?" in text_of(reply.content)
    assert "[ ] Yes" in text_of(reply.content).replace("  ", " ")


def test_a_long_form_goes_on_over_pages():
    rows = (("Name", "Anna & Bob <Clinic>"),)
    questions = tuple(Asked(f"Question {n}?", ("Yes", "No")) for n in range(60))
    form = Form(
        number=7,
        kind="appeal",
        made_on=date(2026, 11, 23),
        to_name="A payer",
        to_fax="",
        to_phone="",
        pharmacy=rows,
        patient=rows,
        card=(("Group", ""),),
        prescriber=rows,
        drug=rows,
        refused="75: prior authorization",
        tried=("gabapentin 300 mg",),
        questions=(*questions, Asked("Known?", (), "It is known")),
        grounds="It failed.",
    )
    said = text_of(form_pdf(form))
    assert "page 3" in said
    assert "Anna & Bob <Clinic>" in said
    assert "Question 59?" in said
    assert "It is known" in said
    assert "It failed." in said


def test_a_payers_word_by_phone_is_written_down_and_sent_with_the_claim(desk):
    row = desk.started()
    said = {
        "decided": "yes",
        "number": "PH123",
        "until_on": (desk.at + timedelta(days=90)).date().isoformat(),
        "quantity": "180",
        "because": "Kim at the plan, by phone",
    }
    desk.client().post(f"/claims/authorizations/{row.pk}/decision", said)
    assert now(row).state == S.APPROVED
    assert claims_of(row.fill_id)[-1].prior_authorization == "PH123"
    assert "number PH123" in page(desk, row)


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("decision", {}, "agreed"),
        ("decision", {"decided": "yes", "number": "-", "because": "x"}, "letters and digits"),
        ("decision", {"decided": "yes", "number": "A1", "because": ""}, "with whom"),
        ("decision", {"decided": "no", "until_on": "soon", "because": "x"}, "not a day"),
        ("decision", {"decided": "no", "quantity": "lots", "because": "x"}, "no quantity"),
        ("decision", {"decided": "no", "quantity": "1e9", "because": "x"}, "no quantity"),
        ("ask", {"way": "pigeon"}, "how the payer is asked"),
        ("withdraw", {"because": " "}, "Say why"),
        ("withdraw", {"because": "x" * 2001}, "2000 characters"),
    ],
)
def test_a_bad_form_is_refused_with_the_reason_and_changes_nothing(desk, path, body, says):
    row = desk.started()
    before = PriorAuthorization.objects.filter(pk=row.pk).values().get()
    reply = desk.client().post(f"/claims/authorizations/{row.pk}/{path}", body, headers=HTMX)
    assert reply.status_code == 409
    assert says in reply.content.decode()
    assert PriorAuthorization.objects.filter(pk=row.pk).values().get() == before


def test_denied_withdrawn_and_renewed_each_have_their_page(desk):
    row = desk.started()
    client = desk.client()
    said = {"decided": "no", "because": "letter"}
    client.post(f"/claims/authorizations/{row.pk}/decision", said)
    shown = page(desk, row)
    assert "Appeal" in shown
    assert f"/claims/fill/{row.fill_id}/" in shown
    client.post(f"/claims/authorizations/{row.pk}/appeal", {"because": "It failed"})
    assert "Fax the form" in page(desk, row)
    client.post(f"/claims/authorizations/{row.pk}/withdraw", {"because": "another drug"})
    assert now(row).state == S.CANCELLED
    assert "It has ended." in page(desk, row)


def test_nobody_without_the_duty_sees_or_does_anything(desk):
    row = desk.started()
    clerk = desk.client(Role.CLERK)
    for path in ("", f"{row.pk}/", f"{row.pk}/form.pdf"):
        assert clerk.get(f"/claims/authorizations/{path}").status_code == 403
    for path in ("ask", "answers", "withdraw", "appeal", "renew", "decision", "put-away"):
        reply = clerk.post(f"/claims/authorizations/{row.pk}/{path}", {"because": "x"})
        assert reply.status_code == 403
    assert now(row).state == S.DRAFT


def test_one_that_is_not_there_is_not_found(desk):
    assert desk.client().get("/claims/authorizations/999999/").status_code == 404
    assert desk.client().get("/claims/authorizations/999999/form.pdf").status_code == 404
