"""The vault as a program asks for it: counted, differing, closed by a pharmacist."""

from typing import Any

import pytest

from apothecary.config.tests.world import PIN
from apothecary.doors.tests.program import Program, codes, fields
from apothecary.doors.tests.vault_world import vault_bodies
from apothecary.staff.duties import Role
from apothecary.stock.queries import book_faults
from apothecary.vault.book.tests.hands import on_hand, spot


@pytest.fixture
def lot(pharmacy):
    return pharmacy.receive("oxycodone", "100")


@pytest.fixture
def tess(pharmacy, lot) -> Program:
    """A technician's program, a hundred tablets on the shelf."""
    return Program(pharmacy, Role.TECHNICIAN)


def done(answer: Any) -> Any:
    """What was answered; a refusal fails the test."""
    assert answer.status_code == 200, answer.content
    return answer.json() if answer.content else None


def begun(pharmacy, program) -> Any:
    """A count by the technician with the certified one: its one line."""
    initials = pharmacy.people[Role.CERTIFIED].initials
    body = {"place_id": spot(pharmacy), "initials": initials, "pin": PIN}
    done(program.post("/vault/counts", body))
    (count,) = done(program.get("/vault/counts/open"))
    (line,) = count["lines"]
    return line


def enters(program, line, counted) -> Any:
    path = f"/vault/counts/lines/{line['id']}/count"
    return done(program.post(path, {"counted": counted}))


def test_a_shortage_goes_from_the_count_to_the_signed_correction(pharmacy, tess, lot):
    line = begun(pharmacy, tess)
    assert set(line) == {"id", "lot_id", "state"}
    assert enters(tess, line, "97") == "recount"
    assert enters(Program(pharmacy, Role.CERTIFIED), line, "98") == "differs"
    (case,) = done(tess.get("/vault/discrepancies"))
    one = f"/vault/discrepancies/{case['id']}"
    assert case["difference"] == "-2.000"
    done(tess.post(f"{one}/note", {"because": "asked the night shift"}))
    done(tess.post(f"{one}/explain", {"because": "two on the floor"}))
    refused = tess.post(f"{one}/close", {"because": "because"})
    assert (refused.status_code, codes(refused)) == (403, {"duty-close_discrepancy"})
    assert refused.json()["problems"][0]["cite"].startswith("MN board table")
    done(Program(pharmacy, Role.PHARMACIST).post(f"{one}/close", {"because": "broken"}))
    assert on_hand(pharmacy, lot) == 98
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_a_count_that_agrees_is_one_word(pharmacy, tess):
    assert enters(tess, begun(pharmacy, tess), "100") == "agreed"
    assert done(tess.get("/vault/counts/open")) == []
    assert done(tess.get("/vault/discrepancies")) == []


def test_the_book_is_read_page_by_page_and_says_what_stands_here(pharmacy, tess, lot):
    (drug,) = done(tess.get("/vault/drugs"))
    assert (drug["on_hand"], drug["schedule"]) == ("100.000", 2)
    book = done(tess.get(f"/vault/books/{drug['product_id']}"))
    assert (book["closing"], book["stands"], book["pages"]) == ("100.000", "100.000", 1)
    assert [line["says"] for line in book["lines"]] == ["received"]
    wrong = tess.get(f"/vault/books/{drug['product_id']}?first=soon")
    assert (wrong.status_code, fields(wrong)) == (409, {"first"})


def test_an_inventory_is_taken_and_signed_by_programs(pharmacy, tess, lot):
    made = done(tess.post("/vault/inventories", {"kind": "initial", "business": "opening"}))
    taken = done(tess.get(f"/vault/inventories/{made}"))
    (line,) = taken["lines"]
    assert line["method"] == "exact"
    assert "book" not in line
    done(tess.post(f"/vault/inventories/lines/{line['id']}/count", {"full": 1}))
    second = {"initials": pharmacy.people[Role.TECHNICIAN].initials, "pin": PIN}
    sign = f"/vault/inventories/{made}/sign"
    assert tess.post(sign, second).status_code == 403
    done(Program(pharmacy, Role.PHARMACIST).post(sign, second))
    assert done(tess.get("/vault/inventories/clock"))["late"] is False
    paper = tess.get("/vault/papers/inventory")
    assert "oxycodone hydrochloride" in paper.content.decode()
    assert tess.get("/vault/inventories/999999").status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [({"at": "2026-11-23T10:00:00"}, "at"), ({"at": 5}, "at"), ({"kind": "blown up"}, "kind"),
     ({"place_id": 0}, "place_id")],
)  # fmt: skip
def test_a_record_of_the_door_is_bad_input_by_its_field(pharmacy, tess, body, field):
    right = vault_bodies(pharmacy)["/vault/door"]
    wrong = tess.post("/vault/door", right | body)
    assert (wrong.status_code, fields(wrong)) == (422, {field})


@pytest.mark.parametrize("year", ["0001", "1999", "9999"])
def test_no_log_is_of_another_age(pharmacy, tess, year):
    right = vault_bodies(pharmacy)["/vault/door"]
    wrong = tess.post("/vault/door", right | {"at": f"{year}-06-01T10:00:00Z"})
    assert (wrong.status_code, fields(wrong)) == (409, {"at"})


def test_what_is_sent_twice_under_a_key_is_done_once(pharmacy, tess):
    right = vault_bodies(pharmacy)["/vault/door"]
    first = tess.post("/vault/door", right, key="k1")
    assert done(tess.post("/vault/door", right, key="k1")) == done(first)
