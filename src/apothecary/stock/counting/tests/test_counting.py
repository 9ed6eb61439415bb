"""Count sheets: made, counted blind, counted again by another, settled, closed."""

from decimal import Decimal

import pytest
from django.db import transaction

from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in
from apothecary.staff.worker import NotAllowed
from apothecary.stock import ledger
from apothecary.stock.actions import count_lot, move_stock
from apothecary.stock.counting.actions import (
    add_found,
    answer_left,
    ask_anew,
    close_sheet,
    enter_count,
    settle_line,
    start_count,
)
from apothecary.stock.counting.models import (
    Assertion,
    CountLine,
    CountSheet,
    Discrepancy,
    Scope,
    Way,
)
from apothecary.stock.counting.queries import Pick, open_sheets
from apothecary.stock.counting.rules import LineState, Why
from apothecary.stock.models import Balance, Move, Place
from apothecary.stock.queries import book_faults

pytestmark = pytest.mark.django_db
D = Decimal
A, C, R, S = LineState.ASKED, LineState.COUNTED, LineState.RECOUNT, LineState.SETTLED


def named(world, name) -> Place:
    return Place.objects.get(pharmacy_id=world.pharmacy.pk, name=name)


def sheet_of(world, *, counter=None, by=None, pick=None) -> CountSheet:
    """A sheet of the shelf, counted by the technician."""
    pick = pick or Pick(Scope.PLACE, str(named(world, "Shelf").pk))
    counter_id = (counter or world.technician).person_id
    return start_count(by=by or world.technician, pick=pick, counter_id=counter_id)


def line_of(world, drug="lisinopril", quantity="100") -> CountLine:
    """The one line of a sheet of a shelf with one lot."""
    world.receive(drug, quantity)
    return sheet_of(world).lines.get(lot__package=world.drugs[drug])


def enter(world, line, counted, *, by=None) -> CountLine:
    return enter_count(by=by or world.technician, line_id=line.pk, counted=D(counted))


def second(world):
    """Another pair of hands than the technician's."""
    return world.workers[Role.CERTIFIED]


def settle(world, line, *, by=None, reason=Why.MISCOUNT, note="") -> CountLine:
    return settle_line(by=by or world.technician, line_id=line.pk, reason=reason, note=note)


def on_hand(line) -> Decimal:
    return Balance.objects.get(place=line.place_id, lot=line.lot_id).on_hand


def deeds(world, about) -> list[str]:
    return [row.deed for row in history(pharmacy_id=world.pharmacy.pk, about=[about])]


def codes(refusal) -> set[str]:
    return {problem.code for problem in refusal.value.problems}


# Start


def test_a_sheet_has_a_line_for_each_lot_of_its_place_and_its_counter(pharmacy):
    pharmacy.receive("lisinopril", "100")
    pharmacy.receive("lisinopril", "50", lot="L2")
    pharmacy.receive("insulin", "30")
    sheet = sheet_of(pharmacy, counter=second(pharmacy))
    assert [line.lot.number for line in sheet.lines.order_by("id")] == ["L1", "L2"]
    assert sheet.counter_id == second(pharmacy).person_id
    assert deeds(pharmacy, ("countsheet", sheet.pk)) == [Deed.COUNT_SHEET_MADE]


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_a_clerk_or_administrator_makes_no_sheet(pharmacy, role):
    pharmacy.receive("lisinopril", "100")
    with pytest.raises(NotAllowed):
        sheet_of(pharmacy, by=pharmacy.workers[role])
    assert not CountSheet.objects.exists()


@pytest.mark.parametrize(
    "pick", [Pick(Scope.PLACE, "0"), Pick(Scope.PLACE, "x"), Pick(Scope.AREA, "Moon")]
)
def test_a_sheet_of_nothing_is_refused(pharmacy, pick):
    pharmacy.receive("lisinopril", "100")
    with pytest.raises(Refused, match="Nothing there"):
        sheet_of(pharmacy, pick=pick)


def test_only_somebody_of_this_pharmacy_is_told_to_count(pharmacy):
    pharmacy.receive("lisinopril", "100")
    with pytest.raises(Refused, match="Nobody here"):
        sheet_of(pharmacy, counter=pharmacy.stranger)


@pytest.mark.parametrize(
    ("pick", "drugs"),
    [
        (Pick(Scope.SCHEDULE_II), {"oxycodone"}),
        (Pick(Scope.CONTROLLED), {"oxycodone", "alprazolam"}),
        (Pick(Scope.COLD), {"insulin"}),
        (Pick(Scope.DUE), {"oxycodone", "alprazolam", "insulin", "lisinopril"}),
        (Pick(Scope.AREA, ""), {"oxycodone", "alprazolam", "insulin", "lisinopril"}),
        (Pick(Scope.CLASS, "C"), {"oxycodone", "alprazolam", "insulin", "lisinopril"}),
    ],
)
def test_a_sheet_goes_by_schedule_by_cold_by_class_and_by_what_is_due(pharmacy, pick, drugs):
    for drug in ("lisinopril", "oxycodone", "alprazolam", "insulin"):
        pharmacy.receive(drug, "30")
    sheet = sheet_of(pharmacy, pick=pick)
    found = {line.lot.package_id for line in sheet.lines.select_related("lot")}
    assert found == {pharmacy.drugs[drug].pk for drug in drugs}


# Count


def test_a_count_that_agrees_is_settled_at_once_and_moves_nothing(pharmacy):
    line = enter(pharmacy, line_of(pharmacy), "100")
    assert (line.state, line.difference) == (S, 0)
    assert Move.objects.count() == 1
    made = Assertion.objects.get()
    assert (made.counted, made.book, made.way) == (100, 100, Way.SHEET)
    assert deeds(pharmacy, ("lot", line.lot_id))[-1] == Deed.COUNT_ENTERED


def test_a_count_of_somebody_elses_sheet_is_refused_and_nothing_is_written(pharmacy):
    line = line_of(pharmacy)
    with pytest.raises(Refused, match="somebody else's sheet"):
        enter(pharmacy, line, "100", by=second(pharmacy))
    assert CountLine.objects.get(pk=line.pk).state == A
    assert not Assertion.objects.exists()


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_a_clerk_or_administrator_counts_nothing(pharmacy, role):
    line = line_of(pharmacy)
    with pytest.raises(NotAllowed):
        enter(pharmacy, line, "100", by=pharmacy.workers[role])


def test_what_moved_since_the_sheet_was_made_is_in_the_count(pharmacy):
    line = line_of(pharmacy)
    move_stock(
        by=pharmacy.technician,
        lot_id=line.lot_id,
        from_place=line.place_id,
        to_place=named(pharmacy, "Waste").pk,
        quantity=D(30),
        because="spilled",
        key="m",
    )
    assert enter(pharmacy, line, "70").state == S


def test_above_tolerance_another_person_counts_before_it_is_settled(pharmacy):
    line = enter(pharmacy, line_of(pharmacy), "90")
    assert line.state == R
    with pytest.raises(Refused, match="a second person counts this line first"):
        settle(pharmacy, line)
    with pytest.raises(Refused, match="you counted it first"):
        enter(pharmacy, line, "90")
    line = enter(pharmacy, line, "91", by=second(pharmacy))
    assert (line.state, line.difference, on_hand(line)) == (C, -9, 100)
    settle(pharmacy, line, note="vial found open")
    assert on_hand(line) == 91
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []
    move = Move.objects.get(reason__startswith="count:")
    assert move.reason == "count: a fill was counted wrong, vial found open"
    assert [row.way for row in Assertion.objects.order_by("id")] == [Way.SHEET, Way.RECOUNT]


def test_a_second_count_that_agrees_with_the_books_settles_the_line(pharmacy):
    line = enter(pharmacy, line_of(pharmacy), "90")
    line = enter(pharmacy, line, "100", by=second(pharmacy))
    assert (line.state, line.difference, Move.objects.count()) == (S, 0, 1)


def test_within_tolerance_the_difference_is_signed_without_a_recount(pharmacy):
    line = enter(pharmacy, line_of(pharmacy), "104")
    assert line.state == C
    settle(pharmacy, line, reason=Why.FOUND)
    assert on_hand(line) == 104
    line.refresh_from_db()
    assert (line.state, line.reason) == (S, "found")
    assert line.settled_by_id == pharmacy.technician.person_id


@pytest.mark.parametrize("counted", ["-1", "1000001"])
def test_an_impossible_count_is_refused_by_field(pharmacy, counted):
    line = line_of(pharmacy)
    with pytest.raises(Refused, match="not possible"):
        enter(pharmacy, line, counted)
    assert not Assertion.objects.exists()


def test_a_line_is_counted_once(pharmacy):
    line = enter(pharmacy, line_of(pharmacy), "100")
    with pytest.raises(Refused, match="This line was counted"):
        enter(pharmacy, line, "99")
    assert Assertion.objects.count() == 1


# Settle


def test_a_controlled_difference_is_settled_by_a_pharmacist_and_left_for_the_vault(pharmacy):
    line = enter(pharmacy, line_of(pharmacy, "oxycodone"), "99")
    assert line.state == R
    line = enter(pharmacy, line, "99", by=second(pharmacy))
    with pytest.raises(NotAllowed, match="count and correct controlled stock"):
        settle(pharmacy, line, by=second(pharmacy))
    assert on_hand(line) == 100
    settle(pharmacy, line, by=pharmacy.pharmacist, reason=Why.UNKNOWN)
    found = Discrepancy.objects.get()
    assert (found.difference, found.line_id, found.taken_up_at) == (-1, line.pk, None)
    assert found.found_by_id == pharmacy.pharmacist.person_id
    assert on_hand(line) == 99


def test_a_line_is_settled_once(pharmacy):
    line = enter(pharmacy, line_of(pharmacy), "104")
    settle(pharmacy, line)
    with pytest.raises(Refused, match="the line is settled"):
        settle(pharmacy, line)
    assert on_hand(line) == 104


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_a_clerk_or_administrator_settles_nothing(pharmacy, role):
    line = enter(pharmacy, line_of(pharmacy), "104")
    with pytest.raises(NotAllowed):
        settle(pharmacy, line, by=pharmacy.workers[role])
    assert on_hand(line) == 100


def test_a_line_that_nobody_counted_is_not_settled(pharmacy):
    with pytest.raises(Refused, match="nobody has counted"):
        settle(pharmacy, line_of(pharmacy))


def test_an_endless_note_is_refused(pharmacy):
    line = enter(pharmacy, line_of(pharmacy), "104")
    with pytest.raises(Refused, match="at most 500"):
        settle(pharmacy, line, note="x" * 501)


def test_the_same_difference_is_not_posted_twice(pharmacy):
    line = enter(pharmacy, line_of(pharmacy), "104")
    count_lot(
        by=pharmacy.technician,
        lot_id=line.lot_id,
        place_id=line.place_id,
        counted=D(104),
        because="at the shelf",
        key="c",
    )
    with pytest.raises(Refused, match="corrected here since"):
        settle(pharmacy, line)
    assert on_hand(line) == 104
    line = ask_anew(by=pharmacy.technician, line_id=line.pk, because="corrected meanwhile")
    assert (line.state, line.difference) == (A, None)
    assert enter(pharmacy, line, "104").state == S


def test_a_shortage_below_what_is_promised_waits_until_it_is_given_back(pharmacy):
    line = line_of(pharmacy)
    by = pharmacy.technician
    package = pharmacy.drugs["lisinopril"].pk
    asked = {"by": by, "fill_id": 1, "package_id": package, "good_until": by.today}
    assert ledger.reserve(**asked, quantity=D(98))
    line = enter(pharmacy, enter(pharmacy, line, "94"), "94", by=second(pharmacy))
    with pytest.raises(Refused, match="not promised to another fill"), transaction.atomic():
        settle(pharmacy, line)
    assert on_hand(line) == 100


@pytest.mark.parametrize("because", ["", "  "])
def test_a_count_is_asked_anew_with_a_reason_and_only_before_it_is_settled(pharmacy, because):
    line = enter(pharmacy, line_of(pharmacy), "90")
    with pytest.raises(Refused, match="Say why"):
        ask_anew(by=pharmacy.technician, line_id=line.pk, because=because)
    agreed = enter(pharmacy, line, "100", by=second(pharmacy))
    with pytest.raises(Refused, match="Nothing of this line"):
        ask_anew(by=pharmacy.technician, line_id=agreed.pk, because="again")


# Found, closed


def test_a_lot_that_the_books_do_not_have_there_is_put_on_the_sheet(pharmacy):
    sheet = line_of(pharmacy).sheet
    cold = pharmacy.receive("warfarin", "10")
    extra, vault = pharmacy.technician, named(pharmacy, "Vault")
    line = add_found(by=extra, sheet_id=sheet.pk, place_id=vault.pk, lot_id=cold.pk)
    line = enter(pharmacy, line, "7")
    assert line.state == R
    settle(pharmacy, enter(pharmacy, line, "7", by=second(pharmacy)), reason=Why.FOUND)
    assert Balance.objects.get(place=vault, lot=cold).on_hand == 7
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_a_lot_is_on_a_sheet_once_and_only_where_fills_draw_from(pharmacy):
    line = line_of(pharmacy)
    found = {"sheet_id": line.sheet_id, "lot_id": line.lot_id}
    by, waste = pharmacy.technician, named(pharmacy, "Waste")
    with pytest.raises(Refused, match="on this sheet already"):
        add_found(by=by, place_id=line.place_id, **found)
    with pytest.raises(Refused, match="no such shelf"):
        add_found(by=by, place_id=waste.pk, **found)
    with pytest.raises(Refused, match="somebody else's sheet"):
        add_found(by=second(pharmacy), place_id=line.place_id, **found)


def test_a_sheet_with_open_lines_is_closed_with_a_reason_alone_and_takes_no_more(pharmacy):
    line = line_of(pharmacy)
    by = pharmacy.technician
    with pytest.raises(Refused, match="1 lines are not settled"):
        close_sheet(by=by, sheet_id=line.sheet_id)
    close_sheet(by=by, sheet_id=line.sheet_id, because="closing time")
    assert open_sheets(pharmacy_id=by.pharmacy_id) == []
    with pytest.raises(Refused, match="The sheet of this line is closed"):
        enter(pharmacy, line, "100")
    with pytest.raises(Refused, match="This sheet is closed"):
        close_sheet(by=by, sheet_id=line.sheet_id, because="again")


def test_a_finished_sheet_is_closed_without_a_word(pharmacy):
    line = enter(pharmacy, line_of(pharmacy), "100")
    (sheet,) = open_sheets(pharmacy_id=pharmacy.pharmacy.pk)
    assert (sheet.lines, sheet.uncounted, sheet.again, sheet.unsettled) == (1, 0, 0, 0)
    close_sheet(by=pharmacy.technician, sheet_id=line.sheet_id)
    assert deeds(pharmacy, ("countsheet", line.sheet_id))[-1] == Deed.COUNT_SHEET_CLOSED


def test_a_stranger_reaches_no_sheet_of_ours(pharmacy):
    line = line_of(pharmacy)
    stand_in(pharmacy.other.pk)
    by = pharmacy.stranger
    for act in (
        lambda: enter_count(by=by, line_id=line.pk, counted=D(1)),
        lambda: settle_line(by=by, line_id=line.pk, reason=Why.UNKNOWN),
        lambda: close_sheet(by=by, sheet_id=line.sheet_id, because="x"),
        lambda: answer_left(by=by, place_id=line.place_id, lot_id=line.lot_id, left=D(1)),
    ):
        with pytest.raises(Refused, match="No such"):
            act()
