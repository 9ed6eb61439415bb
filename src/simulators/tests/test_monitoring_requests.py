"""The programme of the box is asked about people, and remembers what it took."""

import http.client
import json
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest

from simulators.monitoring.books import Books
from simulators.monitoring.office import office_page
from simulators.monitoring.requests import BadQuestion, answer_to, known_people
from simulators.monitoring.web import FAULTS, Desk, server
from simulators.tests.test_monitoring_programme import STAMP, dispensing, file_of

TODAY = date(2026, 11, 23)
ASKER = {"pharmacy": "FP9000011", "who": "Rita", "why": "a prescription"}


def question(last: str, first: str, born: str, **more: str) -> bytes:
    who = {"last": last, "first": first, "born": born} | more
    return json.dumps({"request": "1", "requester": ASKER, "patient": who}).encode()


def answered(raw: bytes, books: Books | None = None) -> dict[str, object]:
    found: dict[str, object] = json.loads(answer_to(raw, books or Books(), today=TODAY))
    return found


def test_a_person_of_several_states_and_hands_is_found() -> None:
    told = answered(question("gilmore", "STEPHEN", "1957-03-31"))
    fills = told["fills"]
    assert isinstance(fills, list)
    assert {"TX", "OK"} == {one["state"] for one in fills}
    assert len({one["prescriber"] for one in fills}) > 2
    assert max(one["filled_on"] for one in fills) == (TODAY - timedelta(days=4)).isoformat()


def test_nobody_is_an_answer_too() -> None:
    assert answered(question("Doe", "John", "1980-01-01")) == {"request": "1", "result": "none"}


def test_two_of_one_name_are_named_and_one_is_chosen_by_number() -> None:
    told = answered(question("Delgado", "Maria", "1980-12-12"))
    assert told["result"] == "candidates"
    one = answered(question("Delgado", "Maria", "1980-12-12", candidate="TX-5121"))
    other = answered(question("Delgado", "Maria", "1980-12-12", candidate="TX-5122"))
    assert one["result"] == other["result"] == "found"
    assert one["fills"] != other["fills"]


def test_what_was_reported_here_is_told_too() -> None:
    books = Books()
    books.take(file_of(dispensing()), stamp=STAMP)
    fills = answered(question("Doe", "Jane", "1980-02-29"), books)["fills"]
    assert isinstance(fills, list)
    told = [(one["filled_on"], one["pharmacy"]) for one in fills]
    assert told == [("2026-01-12", "AB1234563")]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        question("", "Jane", "1980-02-29"),
        question("Doe", "Jane", "29 Feb"),
        json.dumps({"request": "1", "patient": {}, "requester": {}}).encode(),
        question("Doe", "Jane", "1980-02-29").replace(b"a prescription", b" "),
    ],
)
def test_a_question_without_who_or_why_is_refused(raw: bytes) -> None:
    with pytest.raises(BadQuestion):
        answer_to(raw, Books(), today=TODAY)


def test_each_fill_of_the_box_says_everything_a_programme_says() -> None:
    keys = {"product", "drug", "quantity", "days_supply", "prescriber", "pharmacy", "state"}
    for person in known_people():
        assert all(set(fill) == keys | {"days_ago"} for fill in person.fills)


@pytest.mark.parametrize(("fault", "status"), [("", 200), ("down", 500), ("refuse", 422)])
def test_over_the_line_a_question_meets_the_fault_that_was_ordered(
    fault: str, status: int
) -> None:
    desk = Desk(Books(), [fault] if fault else [])
    with server(desk, "127.0.0.1", 0) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        line = http.client.HTTPConnection("127.0.0.1", made.server_port, timeout=10)
        line.request("POST", "/requests", question("Doe", "John", "1980-01-01"))
        assert line.getresponse().status == status
        line.close()
        made.shutdown()


def test_what_was_taken_is_remembered_when_the_process_comes_again(tmp_path: Path) -> None:
    kept = tmp_path / "books.jsonl"
    first = Books()
    assert first.remember(kept) == 0
    first.take(file_of(dispensing()), stamp=STAMP)
    first.take(file_of(dispensing()), stamp=STAMP)
    second = Books()
    assert second.remember(kept) == 1
    assert second.held == first.held
    assert second.take(file_of(dispensing()), stamp="2") == first.answers["C1"][1]


def test_the_desk_names_no_patient_and_has_a_button_for_each_fault() -> None:
    books = Books()
    books.take(file_of(dispensing()), stamp=STAMP)
    page = office_page(books, faults=["down"], choices=FAULTS).decode()
    assert "DOE" not in page
    assert all(f'value="{fault}"' in page for fault in FAULTS)
    assert "1 files taken" in page
