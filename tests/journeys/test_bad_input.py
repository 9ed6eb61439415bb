"""Bad input: a clear refusal, the raw bytes kept, a journal line, nothing else changed."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from journeys.books import Books, grown
from journeys.house import House
from journeys.outside import Doctors
from journeys.people import Somebody, datamatrix, form_of, sale_of
from journeys.walk import Team

UNREADABLE = {
    "malformed": "",
    "entities": "",
    "unknown-message": "RxCarrierPigeon",
    "bad-npi": "NPI",
    "bad-dea": "DEA",
    "future-date": "WrittenDate",
    "impossible-date": "2026-02-30",
    "impossible-birth": "1980-04-31",
    "zero-quantity": "Quantity",
    "negative-quantity": "Quantity",
    "absurd-quantity": "Quantity",
    "missing-sig": "Sig",
}


def changed(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """What grew besides the journal, which has its own proof."""
    found = grown(before, after)
    return {name: more for name, more in found.items() if not name.startswith("journal_")}


@pytest.fixture
def nothing_changes(books: Books) -> Iterator[None]:
    """Compare all tables before and after what is refused."""
    before = books.sizes()
    yield
    assert changed(before, books.sizes()) == {}


def test_a_message_that_cannot_be_right_is_refused_by_name_and_kept_as_it_came(
    doctors: Doctors, books: Books, tess: Somebody
) -> None:
    for flaw, named in UNREADABLE.items():
        before = books.sizes()
        posted = doctors.flawed(flaw)
        said = f"{flaw}: {posted.status} {posted.answer}"
        assert posted.answer.kind == "error", said
        assert named.lower() in posted.answer.description.lower(), said
        ((raw, _, problem),) = books.kept_raw(posted.raw)
        assert raw == posted.raw
        assert problem, said
        after = books.sizes()
        assert changed(before, after) == {"wires_incoming": 1}, said
        assert after["journal_entry"] > before["journal_entry"], said


def test_the_same_message_again_gets_the_same_answer_and_is_taken_in_once(
    doctors: Doctors, tess: Somebody, books: Books
) -> None:
    posted = doctors.prescribe("ibuprofen 800", "Daniel Kim")
    before = books.sizes()
    again = doctors.send(posted.order, posted.raw)
    assert again.reply == posted.reply
    assert changed(before, books.sizes()) == {}


def test_a_stranger_gets_no_further_than_the_door(
    house: House, doctors: Doctors, nothing_changes: None
) -> None:
    house_token, house._tokens["partner eprescribing"] = (
        house.token("partner", "eprescribing"), "made-up",
    )  # fmt: skip
    try:
        reply = doctors.post(b"<Message/>")
    finally:
        house._tokens["partner eprescribing"] = house_token
    assert reply.status == 401


@pytest.mark.parametrize(
    ("flaw", "question", "field"),
    [
        ("unknown-drug", "Unknown drug", "package_id"),
        ("two-patients", "Which patient?", "patient_id"),
    ],
)
def test_what_cannot_be_matched_waits_with_its_question_and_cannot_be_entered(
    flaw: str, question: str, field: str, doctors: Doctors, tess: Somebody, books: Books
) -> None:
    posted = doctors.flawed(flaw)
    arrival = tess.arrival(posted)
    assert arrival["question"].startswith(question)
    before = books.sizes()
    refused = tess.tries(f"/arrivals/{arrival['id']}/finish", {"values": form_of(arrival)})
    assert field in refused.fields
    assert changed(before, books.sizes()) == {}


@pytest.mark.parametrize("flaw", ["expired", "c2-refills"])
def test_what_the_law_forbids_is_taken_in_and_refused_at_entry_with_its_citation(
    flaw: str, doctors: Doctors, tess: Somebody, books: Books
) -> None:
    posted = doctors.flawed(flaw)
    arrival = tess.arrival(posted)
    before = books.sizes()
    refused = tess.tries(f"/arrivals/{arrival['id']}/finish", {"values": form_of(arrival)})
    assert any(problem["cite"] for problem in refused.body["problems"]), refused
    assert changed(before, books.sizes()) == {}


def test_numbers_that_make_no_sense_are_refused_by_field(
    doctors: Doctors, tess: Somebody, books: Books
) -> None:
    arrival = tess.arrival(doctors.prescribe("naproxen 500", "Curtis Maddox"))
    before = books.sizes()
    for field, value in [
        ("quantity", "-30"), ("quantity", "0"), ("quantity", "thirty"), ("quantity", "1e9"),
        ("quantity", "30.0001"), ("days_supply", "0"), ("days_supply", "-1"),
        ("refills", "-1"), ("written_on", "2026-02-30"), ("written_on", "2199-01-01"),
        ("patient_id", "999999999"), ("directions", ""),
    ]:  # fmt: skip
        values = form_of(arrival) | {field: value}
        refused = tess.ask("POST", f"/arrivals/{arrival['id']}/finish", {"values": values})
        assert refused.status == 409, (field, value, refused)
        assert refused.says, (field, value)
        assert set(refused.fields) & {field, f"{field}_on", "quantity"}, (field, value, refused)
    assert changed(before, books.sizes()) == {}


def test_a_wrong_bottle_is_a_full_stop_and_kept_as_a_caught_slip(
    team: Team, tess: Somebody, books: Books
) -> None:
    _, fill = team.has("levetiracetam 500", "Katelyn Parrish", until="filling")
    lots = tess.lots("65862-008-01")
    wrong = datamatrix("65862-008-01", lots[0]["lot"], lots[0]["expires_on"])
    scan = tess.does(f"/fills/{fill.id}/scan", {"code": wrong})
    assert scan["outcome"] == "wrong"
    right = {"code": tess.bottle(fill)}
    assert tess.tries(f"/fills/{fill.id}/scan", right).codes == ["open-slip"]
    assert "open-slip" in tess.tries(f"/fills/{fill.id}/label").codes
    aside = f"/fills/{fill.id}/scans/{scan['id']}/set-aside"
    tess.does(aside, {"because": "stood in the wrong place"})
    assert tess.does(f"/fills/{fill.id}/scan", right)["outcome"] == "right"
    assert "caught a wrong product" in tess.history(fill)
    tess.does(f"/fills/{fill.id}/leave", {"because": "end of the story"})


def test_an_expired_lot_cannot_be_filled_from_and_the_same_scan_twice_is_one_bottle(
    team: Team, tess: Somebody, books: Books
) -> None:
    _, fill = team.has("topiramate 25", "Katelyn Parrish", until="filling")
    yesterday = (date.today() - timedelta(days=40)).isoformat()  # noqa: DTZ011 long enough ago
    before = books.moves(fill)
    expired = datamatrix(fill.ndc, "OLD1", yesterday)
    refused = tess.tries(f"/fills/{fill.id}/scan", {"code": expired})
    assert set(refused.codes) & {"lot-expired", "lot-unknown", "expired"}, refused
    assert books.moves(fill) == before
    right = {"code": tess.bottle(fill)}
    first = tess.does(f"/fills/{fill.id}/scan", right)
    assert tess.does(f"/fills/{fill.id}/scan", right)["id"] == first["id"]
    tess.does(f"/fills/{fill.id}/leave", {"because": "end of the story"})


def test_a_click_twice_and_two_people_on_one_fill(
    house: House, team: Team, tess: Somebody, rita: Somebody, books: Books
) -> None:
    _, fill = team.has("warfarin sodium 5", "Beverly Washington", until="filling")
    assert rita.tries(f"/fills/{fill.id}/start").codes == ["taken"]
    fill = tess.finishes_filling(fill)
    body = {"signature": None}
    first = rita.does(f"/fills/{fill.id}/approve", body, key="approve once")
    assert rita.does(f"/fills/{fill.id}/approve", body, key="approve once") == first
    assert rita.tries(f"/fills/{fill.id}/approve").codes == ["wrong-state"]
    tess.sells(fill)
    before = books.sizes()
    assert tess.tries("/sales", sale_of(fill)).codes == ["wrong-state"]
    assert changed(before, books.sizes()) == {}
    assert len(books.moves(fill)) == 2


def test_a_technician_cannot_take_the_pharmacists_step_and_the_journal_says_who_tried(
    team: Team, tess: Somebody, books: Books
) -> None:
    _, fill = team.has("clopidogrel", "Norma Salazar", until="check")
    before = books.sizes()
    refused = tess.tries(f"/fills/{fill.id}/approve")
    assert refused.status == 403
    after = books.sizes()
    assert changed(before, after) == {}
    assert after["journal_entry"] > before["journal_entry"]
    assert tess.sees(fill).state == "check"
