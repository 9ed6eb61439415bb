"""What the screens say: clocks, courses, the board's order, lots to choose from, forms."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.http import QueryDict

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.law.problem import Refused
from apothecary.prescriptions.states import FillState
from apothecary.returns.recalls.forms import (
    LONGEST_LINE,
    choice,
    day,
    line,
    packages_typed,
    read_meant,
    read_notice,
)
from apothecary.returns.recalls.models import Recall
from apothecary.returns.recalls.queries import (
    board,
    call_list,
    clock_said,
    course,
    in_order,
    lots_on_hand,
    recall_page,
    when,
)
from apothecary.returns.recalls.states import Depth, Kind, RecallState, Way
from apothecary.returns.recalls.tests.notices import DRUG, NUMBER, another, take


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (-2, "2 days late"),
        (-1, "1 day late"),
        (0, "today"),
        (1, "tomorrow"),
        (2, "in 2 days"),
        (5, "in 5 days"),
    ],
)
def test_a_clock_says_how_long_there_is_still(days, says):
    assert clock_said(TODAY + timedelta(days=days), today=TODAY) == says


@pytest.mark.parametrize(
    ("done", "states"),
    [
        ([True, True], ["done", "done"]),
        ([True, False, False], ["done", "now", "later"]),
        ([False, True, False], ["now", "done", "later"]),
        ([], []),
    ],
)
def test_the_first_step_that_is_not_done_is_the_one_for_now(done, states):
    assert [state for _, state, _ in in_order(("x", one, "") for one in done)] == states


def test_a_day_that_has_not_come_is_empty():
    assert (when(None), when(NOON)) == ("", "Nov 23")


# The board


@pytest.mark.django_db
def test_the_first_due_stands_on_top_and_a_closed_one_apart(pharmacy):
    take(pharmacy, "Lot X1", recall_class="III")
    take(pharmacy, "Lot X2", recall_class="I", number="D-0002-2026")
    closed = take(pharmacy, "Lot X3", recall_class="II", number="D-0003-2026")
    Recall.objects.filter(pk=closed.pk).update(state=RecallState.CLOSED.value, closed_at=NOON)
    of = pharmacy.pharmacy.pk
    rows = board(pharmacy_id=of, today=TODAY)
    assert [row.recall.number for row in rows] == ["D-0002-2026", NUMBER]
    (over,) = board(pharmacy_id=of, today=TODAY + timedelta(days=30), closed=True)
    assert (over.recall.number, over.late, over.says_due) == ("D-0003-2026", False, "closed")


@pytest.mark.django_db
@pytest.mark.parametrize(("later", "late"), [(3, False), (4, True)])
def test_a_recall_is_late_the_day_after_it_was_due(pharmacy, later, late):
    recall = take(pharmacy, "Lot X1")
    on = TODAY + timedelta(days=later)
    (row,) = board(pharmacy_id=pharmacy.pharmacy.pk, today=on)
    page = recall_page(pharmacy_id=pharmacy.pharmacy.pk, recall_id=recall.pk, today=on)
    assert page is not None
    assert (row.late, page.late) == (late, late)


@pytest.mark.django_db
def test_places_and_patients_are_counted_apart_however_many_there_are(pharmacy):
    pharmacy.receive(DRUG, "300")
    for patient in (pharmacy.patient, pharmacy.insured):
        another(pharmacy, until=FillState.SOLD, patient=patient)
    another(pharmacy, until=FillState.READY)
    take(pharmacy, recall_class="I")
    (row,) = board(pharmacy_id=pharmacy.pharmacy.pk, today=TODAY)
    assert (row.places, row.places_left, row.patients, row.patients_left) == (2, 2, 2, 2)
    assert (row.done, row.all) == (0, 4)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "now"),
    [("Lot L1", "Every place looked at"), ("Lots L1 to L9", "Lots read or decided")],
)
def test_the_course_stands_where_the_work_is(pharmacy, text, now):
    pharmacy.receive(DRUG, "100")
    recall = take(pharmacy, text)
    page = recall_page(pharmacy_id=pharmacy.pharmacy.pk, recall_id=recall.pk, today=TODAY)
    assert page is not None
    assert [says for says, state, _ in course(page) if state == "now"] == [now]
    assert (page.found_units, page.people, len(page.to_look)) == (Decimal(0), 0, 1)


@pytest.mark.django_db
def test_the_lots_a_doubtful_text_names_are_offered_first(pharmacy):
    for lot in ("A7", "L1", "l-1", "L5"):
        pharmacy.receive(DRUG, "100", lot=lot)
    found = lots_on_hand(take(pharmacy, "Lots L1 through L5"))
    assert [one.named for one in found] == [True, True, False]
    assert [one.number for one in found][1:] == ["L5", "A7"]


@pytest.mark.django_db
def test_what_is_not_there_is_nothing(pharmacy):
    of = pharmacy.pharmacy.pk
    assert recall_page(pharmacy_id=of, recall_id=9, today=TODAY) is None
    assert call_list(pharmacy_id=of, recall_id=9, pharmacy_name="x") is None


# Forms


def sent(**said: str) -> QueryDict:
    typed = QueryDict(mutable=True)
    typed.update(said)
    return typed


@pytest.mark.parametrize(("length", "good"), [(LONGEST_LINE, True), (LONGEST_LINE + 1, False)])
def test_a_line_too_long_is_refused_and_never_cut(length, good):
    typed = sent(firm="x" * length)
    if good:
        assert len(line(typed, "firm")) == length
        return
    with pytest.raises(Refused) as refusal:
        line(typed, "firm")
    assert refusal.value.problems[0].field == "firm"


@pytest.mark.parametrize(
    ("said", "good"), [("", True), ("2026-11-23", True), ("2026-13-01", False), ("x", False)]
)
def test_a_day_is_a_day_or_refused_by_its_field(said, good):
    if good:
        assert str(day(sent(on=said), "on") or "") == said
        return
    with pytest.raises(Refused) as refusal:
        day(sent(on=said), "on")
    assert refusal.value.problems[0].field == "on"


@pytest.mark.parametrize("said", ["", "Phone", "pigeon"])
def test_a_choice_is_of_the_list_or_refused(said):
    assert choice(sent(way=" phone "), "way", Way) is Way.PHONE
    with pytest.raises(Refused) as refusal:
        choice(sent(way=said), "way", Way)
    assert refusal.value.problems[0].code == "bad-choice"


@pytest.mark.django_db
def test_ndcs_are_read_by_blanks_and_commas_and_every_unknown_one_is_named(pharmacy):
    one, two = pharmacy.drugs[DRUG], pharmacy.drugs["warfarin"]
    assert packages_typed(f"{one.ndc}, {two.ndc}\n{one.ndc}") == {one.pk, two.pk}
    assert packages_typed(" ") == frozenset()
    with pytest.raises(Refused) as refusal:
        packages_typed(f"99999-999-99 {one.ndc} 99999-999-98")
    assert [problem.field for problem in refusal.value.problems] == ["ndc", "ndc"]


@pytest.mark.django_db
def test_a_notice_is_read_with_every_field(pharmacy):
    typed, packages, instructions = read_notice(
        sent(
            number=" N1 ", kind="stock recovery", depth="wholesale", recall_class="",
            firm="F", product="P", reason="R", ndc=pharmacy.drugs[DRUG].ndc, lots="A1; B2",
            issued_on="2026-11-01", reply_by="2026-11-30", instructions="send back",
        )
    )  # fmt: skip
    assert (typed.number, typed.kind, typed.depth) == ("N1", Kind.RECOVERY, Depth.WHOLESALE)
    assert (typed.lots, typed.every_lot, typed.packages) == (("A1", "B2"), False, 1)
    assert (packages, instructions) == ({pharmacy.drugs[DRUG].pk}, "send back")


def test_the_lots_that_are_meant_are_those_ticked_and_those_typed_each_once():
    typed = sent(lots="L3, L1", because="letter")
    typed.setlist("lot", ["L1", " ", "L2"])
    meant = read_meant(typed)
    assert (meant.lots, meant.every_lot) == (("L1", "L2", "L3"), False)
