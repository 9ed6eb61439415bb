"""What is due to be counted, and how many are left, asked at the shelf."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apothecary.law.problem import Refused
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock.actions import move_stock
from apothecary.stock.counting.actions import (
    answer_left,
)
from apothecary.stock.counting.models import (
    Assertion,
    Scope,
)
from apothecary.stock.counting.queries import Pick, counts_due, lines_of, open_sheets
from apothecary.stock.counting.rules import ASKED_A_DAY, LineState
from apothecary.stock.counting.tests.test_counting import (
    enter,
    line_of,
    named,
    second,
    sheet_of,
)
from apothecary.stock.counting.touching import touch_question
from apothecary.stock.models import Move

pytestmark = pytest.mark.django_db
D = Decimal
R, S = LineState.RECOUNT, LineState.SETTLED


# Due


def test_what_was_never_counted_is_due_and_what_was_is_due_by_its_cadence(pharmacy):
    for drug in ("lisinopril", "oxycodone", "insulin"):
        pharmacy.receive(drug, "100")
    by = pharmacy.technician
    asked = {"pharmacy_id": by.pharmacy_id, "at": by.at, "today": by.today}
    assert {due.due_on for due in counts_due(**asked)} == {by.today}
    for line in sheet_of(pharmacy, pick=Pick(Scope.DUE)).lines.all():
        enter(pharmacy, line, "100")
    days = {due.standing.name: (due.due_on - by.today).days for due in counts_due(**asked)}
    assert days == {
        "insulin glargine": 7,
        "oxycodone hydrochloride": 30,
        "lisinopril": 182,
    }
    later = by.today + timedelta(days=7)
    again = counts_due(pharmacy_id=by.pharmacy_id, at=by.at, today=later)
    assert [due.standing.name for due in again if due.due_on <= later] == ["insulin glargine"]


def test_the_lists_keep_to_their_queries(pharmacy, django_assert_num_queries):
    line = line_of(pharmacy)
    by = pharmacy.technician
    with django_assert_num_queries(3):
        counts_due(pharmacy_id=by.pharmacy_id, at=by.at, today=by.today)
    with django_assert_num_queries(1):
        open_sheets(pharmacy_id=by.pharmacy_id)
    with django_assert_num_queries(1):
        assert lines_of(pharmacy_id=by.pharmacy_id, sheet_id=line.sheet_id) == [line]


# Asked at the shelf


def touched(world, drug="oxycodone", quantity="100") -> dict:
    lot = world.receive(drug, quantity)
    return {"place_id": named(world, "Shelf").pk, "lot_id": lot.pk}


def test_the_question_is_asked_where_it_is_worth_most_and_never_shows_the_books(pharmacy):
    where = touched(pharmacy)
    question = touch_question(by=pharmacy.technician, **where)
    assert question is not None
    assert question.drug.startswith("oxycodone")
    assert question.worth_usd >= 20
    assert "100" not in f"{question.place} {question.lot} {question.unit}"
    assert touch_question(by=pharmacy.technician, **touched(pharmacy, "lisinopril")) is None
    assert touch_question(by=pharmacy.technician, place_id=0, lot_id=0) is None


def test_after_an_answer_the_same_is_not_asked_until_something_moved(pharmacy):
    where = touched(pharmacy)
    by = pharmacy.technician
    assert answer_left(by=by, left=D(100), **where) is None
    assert touch_question(by=by, **where) is None
    move_stock(
        by=by,
        lot_id=where["lot_id"],
        from_place=where["place_id"],
        to_place=named(pharmacy, "Vault").pk,
        quantity=D(10),
        because="tidied",
        key="m",
    )
    assert touch_question(by=by, **where) is not None


def test_nobody_is_asked_more_than_so_often_a_day(pharmacy):
    where, by = touched(pharmacy), pharmacy.technician
    for number in range(ASKED_A_DAY):
        lot = pharmacy.receive("warfarin", "10", lot=f"W{number}")
        answer_left(by=by, left=D(10), place_id=where["place_id"], lot_id=lot.pk)
    assert touch_question(by=by, **where) is None
    tomorrow = by.at_time(by.at + timedelta(days=1, minutes=1), by.today + timedelta(days=1))
    assert touch_question(by=tomorrow, **where) is not None


def test_an_answer_that_differs_goes_to_a_second_person_and_posts_nothing(pharmacy):
    where, by = touched(pharmacy), pharmacy.technician
    line = answer_left(by=by, left=D(99), **where)
    assert line is not None
    assert (line.state, line.difference, line.sheet.scope) == (R, -1, Scope.TOUCH)
    assert Move.objects.count() == 1
    line = enter(pharmacy, line, "100", by=second(pharmacy))
    assert line.state == S


def test_what_lies_in_vials_is_on_the_books_and_not_in_the_bottle(pharmacy):
    where, by = touched(pharmacy), pharmacy.technician
    assert answer_left(by=by, left=D(70), in_vials=D(30), **where) is None
    made = Assertion.objects.get()
    assert (made.counted, made.book, made.in_vials) == (70, 70, 30)
    with pytest.raises(Refused, match="more than the books"):
        answer_left(by=by, left=D(0), in_vials=D(101), **where)


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_a_clerk_or_administrator_is_not_asked(pharmacy, role):
    where = touched(pharmacy)
    with pytest.raises(NotAllowed):
        answer_left(by=pharmacy.workers[role], left=D(100), **where)
    assert not Assertion.objects.exists()
