"""The start page: what is open, in the order it is due, with its counts, for whom it is."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apothecary.config.frame import counts_of, events_url
from apothecary.config.home import ROWS, queue
from apothecary.config.ways import PAGE_OF, fill_url, page_url
from apothecary.intake.models import Arrival, ArrivalState
from apothecary.journal.deeds import Deed
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.stages import BY_SLUG, STAGE_OF, STAGES
from apothecary.prescriptions.states import ENDED, FillState
from apothecary.prescriptions.writer import advance
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role


@pytest.fixture
def client_of(pharmacy):
    def client(role: Role = Role.TECHNICIAN) -> Client:
        person = pharmacy.people[role]
        token = worker_token(person=person, station="counter", at=timezone.now())
        return Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})

    return client


def arrive(pharmacy, *, question: str = "", minutes: int = 30, waiter: bool = False) -> Arrival:
    at = pharmacy.pharmacist.at
    return Arrival.objects.create(
        pharmacy=pharmacy.pharmacy,
        source="electronic",
        question=question,
        sent='{"patient_last_name": "Sent", "patient_first_name": "Name",'
        ' "patient_born_on": "1990-01-02", "drug": "Words 10 MG", "quantity": "30"}',
        arrived_at=at,
        promised_at=at + timedelta(minutes=minutes),
        waiter=waiter,
    )


def patients(html: str) -> list[str]:
    return re.findall(r'<span class="name">([^<]+)</span>', html)


def test_every_open_state_stands_in_one_stage_and_no_digit_twice():
    assert set(STAGE_OF) == set(FillState) - ENDED
    # 9 is the calls' by design: until they have a room it chooses nothing.
    assert [stage.digit for stage in STAGES if stage.digit] == list("12345678")


def test_every_stage_says_its_digit_and_none_that_chooses_nothing_is_shown(client_of):
    html = client_of().get("/").content.decode()
    stages = html[html.index('<nav class="stages"') : html.index("</nav>")]
    assert re.findall(r'data-key="([^"]+)"', stages) == list("12345678")
    shown = re.findall(r"<span>([A-Z][a-z ]+)</span>", stages)
    assert shown[: len(STAGES)] == [stage.label for stage in STAGES]
    assert '<kbd class="key">9</kbd>' not in html
    assert "1–8" in html


def test_waiters_stand_on_top_then_whatever_is_due_first(pharmacy, client_of):
    later = pharmacy.enter()
    sooner = pharmacy.enter("metformin")
    waiter = pharmacy.enter("warfarin")
    at = pharmacy.pharmacist.at
    for fill, minutes, waits in ((later, 90, False), (sooner, 10, False), (waiter, 120, True)):
        promised = at + timedelta(minutes=minutes)
        Fill.objects.filter(pk=fill.pk).update(promised_at=promised, waiter=waits)
    arrive(pharmacy, minutes=20)
    html = client_of().get("/").content.decode()
    rows = re.findall(r'<tr id="row-(\w+)"', html)
    assert rows[0] == str(waiter.pk)
    assert rows[1] == str(sooner.pk)
    assert rows[2].startswith("a")
    assert rows[3] == str(later.pk)


def test_a_stage_shows_its_own_and_the_left_side_counts_all(pharmacy, client_of):
    pharmacy.enter()
    arrive(pharmacy)
    arrive(pharmacy, question="Which patient? Two match.")
    html = client_of().get("/", {"stage": "intake"}).content.decode()
    assert patients(html) == ["Sent, Name"]
    assert "Which patient? Enter to choose." in html
    assert "Two match." not in html  # one line a prescription; the rest is on its page
    counts = dict(re.findall(r'data-stage="(\w+)" data-count="(\d+)"', html))
    assert (counts["intake"], counts["entry"], counts["screening"]) == ("1", "1", "1")


def test_an_arrival_says_what_was_sent_until_somebody_is_matched(pharmacy, client_of):
    arrival = arrive(pharmacy)
    html = client_of().get("/", {"stage": "entry"}).content.decode()
    assert "Sent, Name" in html
    assert "Words 10 MG" in html
    Arrival.objects.filter(pk=arrival.pk).update(
        patient=pharmacy.patient, package=pharmacy.drugs["lisinopril"]
    )
    html = client_of().get("/", {"stage": "entry"}).content.decode()
    assert patients(html) == ["Doe, Jane"]
    assert "lisinopril" in html


@pytest.mark.parametrize(("card", "plan"), [("", "—"), ("999999", "plan")])
def test_who_pays_is_left_open_until_it_is_typed_or_a_card_was_sent(
    pharmacy, client_of, card, plan
):
    arrival = arrive(pharmacy)
    sent = json.loads(arrival.sent) | {"card_bin": card}
    Arrival.objects.filter(pk=arrival.pk).update(sent=json.dumps(sent))
    for address in ("/?stage=entry", "/intake/"):
        html = client_of().get(address).content.decode()
        assert re.findall(r'<td class="plan"[^>]*>([^<]+)</td>', html) == [plan]
        assert "cash" not in html[html.index("<tbody>") : html.index("</tbody>")]


def test_what_is_entered_cancelled_or_sold_is_no_longer_there(pharmacy):
    arrival = arrive(pharmacy)
    arrival.state, arrival.because = ArrivalState.CANCELLED, "by the prescriber"
    arrival.save()
    fill = pharmacy.enter()
    advance(
        fill, FillState.CANCELLED, by=pharmacy.technician, did=Deed.FILL_CANCELLED, because="x"
    )
    assert set(counts_of(pharmacy.pharmacy.pk).values()) == {0}


@pytest.mark.parametrize("asked", ["", "0", "-1", "999", "x", "1e9", "²", "9" * 5000])
def test_a_page_that_is_none_is_the_nearest_that_is(pharmacy, asked):
    pharmacy.enter()
    sheet = queue(pharmacy.pharmacy.pk, None, counts_of(pharmacy.pharmacy.pk), asked=asked)
    assert (sheet.page, sheet.pages, len(sheet.lines)) == (1, 1, 1)


def test_fifty_rows_a_page_and_the_rest_on_the_next(pharmacy):
    fill = pharmacy.enter()
    for number in range(1, ROWS + 10):
        Fill.objects.filter(pk=fill.pk).update(part=number)
        fill.pk, fill.part = None, number + 1
        fill.save(force_insert=True)
    counts = counts_of(pharmacy.pharmacy.pk)
    pages = [queue(pharmacy.pharmacy.pk, None, counts, asked=page) for page in ("1", "2")]
    assert [len(sheet.lines) for sheet in pages] == [ROWS, sum(counts.values()) - ROWS]
    ids = [line.id for sheet in pages for line in sheet.lines]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("slug", ["", *BY_SLUG, "nonsense"])
def test_the_list_costs_at_most_eight_queries(
    pharmacy, client_of, slug, django_assert_max_num_queries
):
    for drug in ("lisinopril", "metformin", "warfarin"):
        pharmacy.enter(drug)
        arrive(pharmacy)
    client = client_of()
    with django_assert_max_num_queries(8):
        assert client.get("/", {"stage": slug}).status_code == 200


def test_whoever_may_not_read_records_is_told_why_and_what_is_left(pharmacy, client_of):
    pharmacy.enter()
    html = client_of(Role.CLERK).get("/").content.decode()
    assert "only where the state allows it" in html
    assert "Offer counselling" in html
    assert "Doe" not in html


def test_the_counts_come_as_json_for_a_page_without_a_stream(pharmacy, client_of):
    pharmacy.enter()
    answer = client_of().get("/counts")
    assert answer.json()["stages"]["screening"] == 1
    assert answer.json()["parties"] == {"Payer": "up"}
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_refreshed_list_is_the_same_list(pharmacy, client_of):
    pharmacy.enter()
    html = client_of().get("/", {"stage": "screening"}).content.decode()
    again = re.search(r'hx-get="([^"]+)"[^>]*changed:queue', html)
    assert again is not None
    address = again[1].replace("&amp;", "&")
    assert address.endswith("&live")
    assert patients(client_of().get(address).content.decode()) == patients(html)


def test_each_state_leads_to_a_page_that_exists(pharmacy):
    fill = pharmacy.enter()
    for state in FillState:
        assert fill_url(state, fill.pk, 7_000_000).startswith("/")
    assert set(PAGE_OF) == set(FillState) - ENDED - {FillState.SCREENING, FillState.CLAIM}


def test_a_page_that_this_installation_has_not_is_left_out():
    assert page_url("nowhere:nothing") == ""
    assert page_url("staff:people") == "/people/"


@pytest.mark.parametrize(
    ("host", "port", "url"),
    [
        ("127.0.0.1:8000", "8001", "http://127.0.0.1:8001/events"),
        ("localhost", "8001", "http://localhost:8001/events"),
        ("[::1]:8000", "8001", "http://[::1]:8001/events"),
        ("127.0.0.1:8000", "", "/events"),
    ],
)
def test_the_stream_is_at_the_neighbouring_port_or_behind_the_same_door(
    rf, monkeypatch, host, port, url
):
    monkeypatch.setenv("APOTHECARY_LIVE_PORT", port)
    assert events_url(rf.get("/", headers={"host": host})) == url
