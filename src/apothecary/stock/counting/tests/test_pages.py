"""Counting over HTTP: a sheet is made, walked, recounted, signed and closed by its forms."""

from decimal import Decimal

import pytest

from apothecary.staff.duties import Role
from apothecary.stock.counting.models import CountLine, CountSheet
from apothecary.stock.counting.rules import LineState
from apothecary.stock.models import Balance
from apothecary.stock.queries import book_faults
from apothecary.stock.tests.test_pages import client_of, place

D = Decimal


def made(pharmacy, **said: str) -> CountSheet:
    """A sheet of the shelf, made by the technician who counts it."""
    form = {"scope": "place", "of": "shelf"} | said
    answer = client_of(pharmacy).post("/stock/counts/start", form)
    assert answer.status_code == 302, answer.content
    return CountSheet.objects.latest("id")


def sent(pharmacy, line: CountLine, counted: str, role: Role = Role.TECHNICIAN):
    form = {"counted": counted}
    return client_of(pharmacy, role).post(f"/stock/counts/line/{line.pk}/count", form)


def page(pharmacy, sheet: CountSheet, role: Role = Role.TECHNICIAN) -> str:
    return client_of(pharmacy, role).get(f"/stock/counts/{sheet.pk}/").content.decode()


def test_a_difference_is_recounted_by_another_signed_and_posted_by_forms_alone(pharmacy):
    lot = pharmacy.receive("lisinopril", "100")
    sheet = made(pharmacy)
    line = sheet.lines.get()
    assert "1 of 1 to count" in page(pharmacy, sheet)
    assert sent(pharmacy, line, "90").status_code == 302
    assert "by a second person" in page(pharmacy, sheet)
    assert sent(pharmacy, line, "90").status_code == 409
    assert sent(pharmacy, line, "90", Role.CERTIFIED).status_code == 302
    assert "to sign" in page(pharmacy, sheet)
    signed = {"reason": "broken", "note": "a bottle fell"}
    client_of(pharmacy).post(f"/stock/counts/line/{line.pk}/settle", signed)
    line.refresh_from_db()
    assert (line.state, line.difference) == (LineState.SETTLED, -10)
    client_of(pharmacy).post(f"/stock/counts/{sheet.pk}/close", {"because": ""})
    assert Balance.objects.get(lot=lot, place=place(pharmacy)).on_hand == 90
    assert "closed" in page(pharmacy, sheet)
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_what_the_books_say_is_not_on_the_sheet_before_it_is_counted(pharmacy):
    pharmacy.receive("lisinopril", "873")
    assert "873" not in page(pharmacy, made(pharmacy))


def test_a_sheet_of_a_place_is_called_by_the_name_of_the_place(pharmacy):
    pharmacy.receive("lisinopril", "100")
    sheet = made(pharmacy, of="SHELF")
    assert sheet.of == str(place(pharmacy))
    assert "Shelf</h1>" in page(pharmacy, sheet)
    listed = client_of(pharmacy).get("/stock/counts").content.decode()
    assert "Shelf</a></td>" in listed


def test_a_place_of_no_such_name_has_nothing_to_count(pharmacy):
    pharmacy.receive("lisinopril", "100")
    form = {"scope": "place", "of": "the attic"}
    answer = client_of(pharmacy).post("/stock/counts/start", form)
    assert answer.status_code == 409
    assert "Nothing there is to be counted" in answer.content.decode()


def found(pharmacy, sheet: CountSheet, lot_number: str, role: Role = Role.TECHNICIAN):
    form = {"lot_number": lot_number, "place": str(place(pharmacy))}
    return client_of(pharmacy, role).post(f"/stock/counts/{sheet.pk}/found", form)


def test_a_found_lot_goes_onto_the_sheet_by_the_number_on_its_bottle(pharmacy):
    pharmacy.receive("lisinopril", "100")
    sheet = made(pharmacy)
    late = pharmacy.receive("metformin", "50", lot="LATE")
    assert "Put it on the sheet" in page(pharmacy, sheet)
    assert found(pharmacy, sheet, " LATE ").status_code == 302
    assert sheet.lines.filter(lot=late, state=LineState.ASKED).exists()
    assert found(pharmacy, sheet, "LATE").status_code == 409


@pytest.mark.parametrize(
    ("number", "says"),
    [("NEVER", "was ever here"), ("", "was ever here"), ("L1", "Several drugs have a lot L1")],
)
def test_a_lot_number_that_names_no_one_lot_is_refused(pharmacy, number, says):
    pharmacy.receive("lisinopril", "100")
    pharmacy.receive("metformin", "100")
    sheet = made(pharmacy)
    answer = found(pharmacy, sheet, number)
    assert answer.status_code == 409
    assert says in answer.content.decode()
    assert sheet.lines.count() == 2


def test_only_whoever_counts_the_sheet_is_offered_to_add_to_it(pharmacy):
    pharmacy.receive("lisinopril", "100")
    sheet = made(pharmacy)
    assert "Put it on the sheet" not in page(pharmacy, sheet, Role.PHARMACIST)
    assert found(pharmacy, sheet, "L1", Role.PHARMACIST).status_code == 409


def test_a_counted_line_is_asked_anew_only_with_a_reason(pharmacy):
    pharmacy.receive("lisinopril", "100")
    line = made(pharmacy).lines.get()
    sent(pharmacy, line, "97")
    there, client = f"/stock/counts/line/{line.pk}/anew", client_of(pharmacy)
    assert client.post(there, {"because": " "}).status_code == 409
    assert client.post(there, {"because": "two bottles were behind"}).status_code == 302
    line.refresh_from_db()
    assert (line.state, line.difference) == (LineState.ASKED, None)


@pytest.mark.parametrize("path", ["counts/999999/", "counts/999999/close"])
def test_a_sheet_that_is_not_here_is_not_found_or_refused(pharmacy, path):
    client = client_of(pharmacy)
    ask = client.post if path.endswith("close") else client.get
    answer = ask(f"/stock/{path}")
    assert answer.status_code in {404, 409}


def test_a_count_is_a_number_and_a_reason_is_one_of_the_list(pharmacy):
    pharmacy.receive("lisinopril", "100")
    line = made(pharmacy).lines.get()
    assert sent(pharmacy, line, "many").status_code == 409
    sent(pharmacy, line, "97")
    there = f"/stock/counts/line/{line.pk}/settle"
    assert client_of(pharmacy).post(there, {"reason": "gremlins"}).status_code == 409
    line.refresh_from_db()
    assert (line.state, line.difference) == (LineState.COUNTED, D(-3))
