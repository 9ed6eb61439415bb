"""The screens of documents, of an inspector's answer and of a package's way."""

import csv
import io
import json

import pytest

from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.tracing.answering import trace
from apothecary.purchasing.tracing.cases.deciding import call_illegitimate
from apothecary.purchasing.tracing.cases.models import SuspectCase
from apothecary.purchasing.tracing.cases.telling import Said, write_form
from apothecary.purchasing.tracing.history import drawn, package_history
from apothecary.purchasing.tracing.models import TracedPackage, TracingDocument
from apothecary.purchasing.tracing.paper import MOST_ON_PAPER, answer_pdf
from apothecary.purchasing.tracing.states import FormKind, Grounds
from apothecary.purchasing.tracing.tests.cases import (
    NO,
    Talking,
    asks,
    at_the_door,
    identifier,
    shelved,
    told,
)
from apothecary.purchasing.tracing.tests.desk import HOME, Desk, words
from apothecary.purchasing.tracing.tests.seller import GTIN, Told
from apothecary.purchasing.tracing.verifying.asking import ask
from apothecary.purchasing.tracing.views import guarded

EVENT = Said(event="no such serial", why_over="destroyed")


@pytest.fixture
def desk(yard) -> Desk:
    return Desk(yard)


@pytest.fixture
def case(yard) -> SuspectCase:
    return at_the_door(yard)


# Documents


def test_a_document_is_uploaded_and_shown_as_it_came(yard, desk):
    upload = io.BytesIO(Told().xml())
    upload.name = "d.xml"
    there = desk.posts(f"{HOME}documents/upload", partner="plains", file=upload)
    shown = desk.sees(there)
    assert "2 packages are told of" in shown
    assert "EPCISDocument" in shown
    assert "Plains Drug" in desk.sees(f"{HOME}documents/")


def test_one_that_was_set_aside_stands_first_with_its_reason(yard, desk):
    upload = io.BytesIO(Told(statement=None).xml())
    upload.name = "d.xml"
    there = desk.posts(f"{HOME}documents/upload", partner="plains", file=upload)
    assert "nothing of it was taken over" in desk.sees(there)
    assert "statement" in desk.sees(f"{HOME}documents/")
    assert TracingDocument.objects.get().problem


def test_without_a_file_nothing_is_taken_in(desk):
    desk.posts(f"{HOME}documents/upload", 409, partner="plains")
    assert not TracingDocument.objects.exists()


def test_markup_in_a_document_is_shown_and_not_run(yard, desk):
    upload = io.BytesIO(b"<EPCISDocument><script>alert(1)</script>")
    upload.name = "d.xml"
    there = desk.posts(f"{HOME}documents/upload", partner="plains", file=upload)
    assert "<script>alert(1)" not in desk.sees(there)
    assert "&lt;script&gt;alert(1)" in desk.sees(there)


# An inspector


def test_the_answer_on_screen_and_to_take_away_are_the_same(yard, desk):
    told(yard, "S1", "S2")
    shown = desk.sees(f"{HOME}answer/?said=L7")
    assert "2 packages of 1 lot fit L7" in shown
    rows = list(csv.DictReader(io.StringIO(taken(desk, "csv").decode())))
    found = json.loads(taken(desk, "json"))["packages"]
    assert [row["serial"] for row in rows] == ["S1", "S2"]
    assert rows == found
    paper = words(taken(desk, "pdf"))
    for word in ("S1", "S2", "L7", "Plains Drug", "581(27)", "lisinopril"):
        assert word in paper


def taken(desk: Desk, kind: str) -> bytes:
    """The answer as a file."""
    answer = desk.client.get(f"{HOME}answer.{kind}?said=L7")
    assert answer.status_code == 200
    assert f"tracing-answer.{kind}" in answer.headers["Content-Disposition"]
    return answer.getvalue()


def test_an_answer_of_nothing_and_a_question_of_nothing(yard, desk):
    assert "Ask for an NDC" in desk.sees(f"{HOME}answer/")
    assert "Nothing fits Z9" in desk.sees(f"{HOME}answer/?said=Z9")
    assert "at most 60" in desk.sees(f"{HOME}answer/?said={'x' * 61}", 409)
    desk.sees(f"{HOME}answer.pdf", 409)
    desk.sees(f"{HOME}answer.doc?said=L7", 404)


@pytest.mark.parametrize(
    ("value", "written"),
    [("=1+1", "'=1+1"), ("@x", "'@x"), ("-5", "'-5"), ("+x", "'+x"), ("L7", "L7"), ("", "")],
)
def test_no_cell_of_the_csv_is_a_formula(value, written):
    assert guarded(value) == written


def test_what_no_paper_holds_is_taken_as_csv(yard):
    told(yard, "S1")
    found = trace(by=yard.by, said="L7")
    many = type(found)(found.said, found.asked_at, found.packages * (MOST_ON_PAPER + 1))
    with pytest.raises(Exception, match="CSV"):
        answer_pdf(many, pharmacy="A", address="B")


def test_a_notification_is_a_paper_that_says_what_it_is_not(yard, desk, case):
    rph = yard.world.pharmacist
    call_illegitimate(by=rph, case_id=case.pk, grounds=Grounds.STOLEN, because="stolen")
    row = write_form(by=rph, case_id=case.pk, kind=FormKind.INITIAL, said=EVENT)
    there = f"{HOME}form/{row.pk}/"
    paper = words(desk.client.get(there).content)
    for word in ("not that form", "stolen", "lisinopril", "no such serial", "X9", "S1"):
        assert word in paper
    assert desk.client.get(there).content == desk.client.get(there).content


# The way of a package


def test_the_way_is_drawn_from_its_maker_to_where_it_is(yard, desk):
    told(yard, "S1")
    row = shelved(yard, "S1")[0]
    shown = desk.sees(f"{HOME}came/{row.pk}/")
    for word in ("Manufacturer", "Plains Drug", "Our door", "as it was told", "Shelf 100"):
        assert word in shown
    traced = TracedPackage.objects.get()
    assert "Plains Drug" in desk.sees(f"{HOME}told/{traced.pk}/")


def test_one_that_is_not_as_it_was_told_says_so_in_words(yard, desk, case):
    row = ReceivedPackage.objects.get()
    shown = desk.sees(f"{HOME}came/{row.pk}/")
    assert "It is not as its seller told it" in shown
    assert "(look)" in shown


def test_one_whose_lot_is_held_says_why(yard, desk):
    told(yard, "S1")
    row = shelved(yard, "S1")[0]
    ask(by=yard.by, asked=identifier())
    asks(yard, Talking(body=NO))
    shown = desk.sees(f"{HOME}came/{row.pk}/")
    assert "out of use" in shown
    assert "not verified" in shown


def test_one_nobody_told_of_and_one_that_never_came(yard, desk):
    receipt = yard.begun(yard.sent(lisinopril=1))
    row = yard.takes_in(receipt, yard.came(serial="S5"))
    assert "Nobody told us" in desk.sees(f"{HOME}came/{row.pk}/")
    told(yard, "S1")
    found = package_history(pharmacy_id=row.pharmacy_id, gtin=GTIN, serial="S1")
    assert found is not None
    assert [one.says for one in found.stations()][2:] == [
        "not received",
        "nothing of it is here",
    ]
    assert "not received" in drawn(found)


def test_a_package_that_is_not_here_has_no_page(yard, desk):
    for path in (
        "came/999/",
        "told/999/",
        "document/999/",
        "case/999/",
        "verify/999/",
        "form/999/",
    ):
        desk.sees(HOME + path, 404)
    assert package_history(pharmacy_id=yard.world.pharmacy.pk, gtin=GTIN, serial="Z") is None
