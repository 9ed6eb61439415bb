"""The screens of recalls: what they show, how many questions they ask, what they refuse."""

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from apothecary.patients.models import Patient
from apothecary.pickup.tests.counter import BUDGET, asked, signed_in
from apothecary.prescriptions.states import FillState
from apothecary.returns.recalls.coming import take_recall_paper
from apothecary.returns.recalls.models import Recall, RecallCall, RecallHit
from apothecary.returns.recalls.tests.notices import (
    DRUG,
    NUMBER,
    another,
    hits,
    paper,
    take,
    told,
)
from apothecary.staff.duties import Role
from apothecary.staff.models import Person
from apothecary.staff.signon import stand_in

if TYPE_CHECKING:  # the world is a plugin of pytest, which wants to import it first
    from apothecary.config.tests.world import World

pytestmark = pytest.mark.django_db


def browser(world: "World", role: Role = Role.TECHNICIAN) -> Client:
    return signed_in(world.people[role])


def busy(world: "World") -> Recall:
    """A class I recall with a place, a bag and two patients."""
    Patient.objects.filter(pk=world.patient.pk).update(phone="5125550100")
    Patient.objects.filter(pk=world.insured.pk).update(language="es")
    world.receive(DRUG, "300")
    another(world, until=FillState.SOLD)
    another(world, until=FillState.SOLD, patient=world.insured)
    another(world, until=FillState.READY)
    return take(world, recall_class="I", reply_by=world.system.today)


def test_the_board_shows_class_clock_and_how_far_each_is(pharmacy):
    busy(pharmacy)
    take(pharmacy, "Lot X9", number="D-0002-2026", drug="warfarin", recall_class="III")
    page, queries = asked(browser(pharmacy), "/returns/recalls/")
    for says in (NUMBER, "Class I", "today", "0 of 2", "D-0002-2026", "in 5 days", "none here"):
        assert says in page
    assert page.index(NUMBER) < page.index("D-0002-2026")
    assert queries <= BUDGET


def test_an_empty_board_says_where_notices_come_from(pharmacy):
    page, _ = asked(browser(pharmacy), "/returns/recalls/")
    assert "No recall is open" in page
    page, _ = asked(browser(pharmacy), "/returns/recalls/?closed")
    assert "No recall was closed yet" in page


def test_a_notice_nobody_could_act_on_stands_on_the_board(pharmacy):
    raw = paper(told("99999-123-45"))
    take_recall_paper(by=pharmacy.system, partner="plains", raw=raw, name="r")
    page, _ = asked(browser(pharmacy), "/returns/recalls/")
    assert "about no drug on file" in page


def test_one_recall_shows_its_places_patients_and_course(pharmacy):
    recall = busy(pharmacy)
    page, queries = asked(browser(pharmacy), f"/returns/recalls/{recall.pk}/")
    for says in ("Look at 2 more places", "Vial of", "How far it is", "Call list", "210", "L1"):
        assert says in page, says
    assert queries <= BUDGET + 4


def test_a_look_is_signed_on_the_page_of_the_recall(pharmacy):
    recall = busy(pharmacy)
    client = browser(pharmacy)
    for hit in hits(recall):
        answer = client.post(
            f"/returns/recalls/places/{hit.pk}/look", {"found": f"{hit.expected}"}
        )
        assert answer.status_code == 302
    page, _ = asked(client, f"/returns/recalls/{recall.pk}/")
    assert "Tell 2 more patients" in page


@pytest.mark.parametrize("found", ["", "many", "1e9999", "1.0001"])
def test_a_quantity_that_is_none_is_refused(pharmacy, found):
    recall = busy(pharmacy)
    there = f"/returns/recalls/places/{hits(recall)[0].pk}/look"
    assert browser(pharmacy).post(there, {"found": found}).status_code == 409
    assert not RecallHit.objects.exclude(look="to look").exists()


def test_the_call_list_has_number_language_and_the_words(pharmacy):
    recall = busy(pharmacy)
    page, queries = asked(browser(pharmacy), f"/returns/recalls/{recall.pk}/calls")
    for says in ("(512) 555-0100", "Spanish", "Am I speaking with", "¿Hablo con", "2 of 2"):
        assert says in page, says
    assert queries <= BUDGET


def test_a_call_is_written_down_from_the_list(pharmacy):
    recall = busy(pharmacy)
    client = browser(pharmacy)
    call = RecallCall.objects.filter(patient=pharmacy.patient).get()
    said = {"way": "phone", "outcome": "has none left", "note": "threw it away"}
    client.post(f"/returns/recalls/calls/{call.pk}/", said)
    page, _ = asked(client, f"/returns/recalls/{recall.pk}/calls")
    assert "threw it away" in page
    assert "1 of 2" in page


@pytest.mark.parametrize(
    "said",
    [{"way": "pigeon", "outcome": "no answer"}, {"way": "phone", "outcome": "maybe"}, {}],
)
def test_a_call_that_cannot_be_is_refused(pharmacy, said):
    busy(pharmacy)
    call = RecallCall.objects.first()
    assert call is not None
    answer = browser(pharmacy).post(f"/returns/recalls/calls/{call.pk}/", said)
    assert answer.status_code == 409


def typed(world: "World", **changes: str) -> dict[str, str]:
    return {
        "number": "LETTER-7", "kind": "recall", "recall_class": "II", "depth": "pharmacy",
        "firm": "Plains", "product": "Lisinopril", "reason": "a wrong tablet",
        "ndc": world.drugs[DRUG].ndc, "lots": "L1, L2", "every_lot": "",
    } | changes  # fmt: skip


def test_a_notice_is_typed_in_and_its_page_comes(pharmacy):
    client = browser(pharmacy)
    assert "Keep it and hold the lots" in asked(client, "/returns/recalls/new")[0]
    answer = client.post("/returns/recalls/new", typed(pharmacy))
    assert answer.status_code == 302
    assert "LETTER-7" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"ndc": "99999-999-99"}, "99999-999-99"),
        ({"ndc": ""}, "Which NDC?"),
        ({"lots": ""}, "Which lots?"),
        ({"number": "x" * 61}, "60 is the most"),
        ({"issued_on": "soon"}, "is no date"),
        ({"kind": "gossip"}, "is no kind"),
        ({"ndc": "1 " * 101}, "more than 100"),
    ],
)
def test_a_wrong_notice_comes_back_with_what_was_typed_and_why(pharmacy, changes, says):
    answer = browser(pharmacy).post("/returns/recalls/new", typed(pharmacy, **changes))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert says in page
    assert "Plains" in page
    assert not Recall.objects.exists()


def test_a_doubtful_notice_is_decided_by_ticking_the_lots(pharmacy):
    pharmacy.receive(DRUG, "100")
    pharmacy.receive(DRUG, "100", lot="L22")
    recall = take(pharmacy, "Lots L1 through L9")
    client = browser(pharmacy, Role.PHARMACIST)
    page, _ = asked(client, f"/returns/recalls/{recall.pk}/")
    assert "Which lots are meant?" in page
    client.post(f"/returns/recalls/{recall.pk}/decide", {"lot": ["L1"], "because": "letter"})
    page, _ = asked(client, f"/returns/recalls/{recall.pk}/")
    assert "not meant" in page
    assert "Which lots are meant?" not in page


def test_a_pharmacist_takes_it_deeper_hears_what_is_left_and_closes(pharmacy):
    pharmacy.stocked(until=FillState.SOLD)
    recall = take(pharmacy, reply_by=pharmacy.system.today)
    there, client = f"/returns/recalls/{recall.pk}", browser(pharmacy, Role.PHARMACIST)
    client.post(f"{there}/deepen", {"depth": "consumer"})
    assert RecallCall.objects.count() == 1
    assert client.post(f"{there}/close").status_code == 409
    (hit,) = hits(recall)
    client.post(f"/returns/recalls/places/{hit.pk}/look", {"found": "70"})
    call = RecallCall.objects.get()
    said = {"way": "in person", "outcome": "has none left"}
    client.post(f"/returns/recalls/calls/{call.pk}/", said)
    client.post(f"{there}/reply", {"reply": "by fax"})
    assert "Everything is accounted for" in asked(client, f"{there}/")[0]
    assert client.post(f"{there}/close").status_code == 302
    assert "closed on" in asked(client, f"{there}/")[0]


@pytest.mark.parametrize("state", ["open", "closed"])
def test_the_report_is_a_pdf_that_is_the_same_for_the_same_facts(pharmacy, state):
    recall = busy(pharmacy)
    if state == "closed":
        Recall.objects.update(
            state="closed",
            closed_at=pharmacy.pharmacist.at,
            closed_by=pharmacy.pharmacist.person_id,
            reply="told",
            decided_because="letter",
        )
    client = browser(pharmacy)
    first = client.get(f"/returns/recalls/{recall.pk}/report.pdf")
    assert first["Content-Type"] == "application/pdf"
    assert first.content.startswith(b"%PDF")
    assert first.content == client.get(f"/returns/recalls/{recall.pk}/report.pdf").content


def test_the_report_of_a_recall_that_calls_nobody_names_the_fills(pharmacy):
    pharmacy.stocked(until=FillState.SOLD)
    recall = take(pharmacy)
    assert browser(pharmacy).get(f"/returns/recalls/{recall.pk}/report.pdf").status_code == 200


@pytest.mark.parametrize("page", ["", "calls", "report.pdf"])
def test_another_pharmacys_recall_is_no_page(pharmacy, page):
    recall = take(pharmacy, "Lot X9")
    stand_in(pharmacy.other.pk)
    client = signed_in(Person.objects.get(pk=pharmacy.stranger.somebody))
    assert client.get(f"/returns/recalls/{recall.pk}/{page}").status_code == 404
