"""A discrepancy is explained or not, and closed by a pharmacist or handed on; never lost."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.staff.duties import Role
from apothecary.stock.actions import count_lot
from apothecary.stock.counting.actions import enter_count, settle_line, start_count
from apothecary.stock.counting.models import Discrepancy, Scope
from apothecary.stock.counting.queries import Pick
from apothecary.stock.counting.rules import Why
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.ledger import reserve
from apothecary.stock.models import Move, Place
from apothecary.stock.queries import book_faults
from apothecary.vault.book.cases import (
    close_case,
    explain_case,
    find_unexplained,
    hand_on,
    loss_taken,
    note_case,
    suspected_losses,
    take_up,
)
from apothecary.vault.book.models import DiscrepancyCase
from apothecary.vault.book.rules import (
    MAY_BECOME,
    Case,
    CaseState,
    closing_problems,
    loss_problems,
    turn_problems,
)
from apothecary.vault.book.tests.hands import (
    counted,
    counting,
    deeds,
    enter,
    moves,
    not_allowed,
    on_hand,
    refused,
    short_case,
    spot,
)


def explained(world, case):
    return explain_case(by=world.technician, case_id=case.pk, explanation="two on the floor")


def unexplained(world, case):
    return find_unexplained(by=world.technician, case_id=case.pk, explanation="looked at all")


def closed(world, case, *, by=None, because="two were found broken", correct=True):
    return close_case(
        by=by or world.pharmacist, case_id=case.pk, because=because, correct=correct
    )


@pytest.mark.parametrize("start", CaseState)
@pytest.mark.parametrize("end", CaseState)
def test_a_case_goes_only_where_its_states_lead(start, end):
    problems = turn_problems(Case(start, Decimal(-1)), end)
    assert (problems == []) == (end in MAY_BECOME[start])


def test_a_pharmacist_closes_an_explained_case_with_a_reason_and_the_correcting_move(pharmacy):
    case = short_case(pharmacy)
    explained(pharmacy, case)
    done = closed(pharmacy, case)
    move = Move.objects.get(posting__key=f"vault case {case.pk}")
    assert (done.state, done.corrected) == (CaseState.CLOSED, True)
    assert (move.quantity, move.posting.by_id) == (2, pharmacy.pharmacist.person_id)
    assert "two were found broken" in move.reason
    assert on_hand(pharmacy, case.lot) == 98
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []
    assert deeds("discrepancycase", case.pk)[-1] == "closed a discrepancy"


def test_more_than_the_books_say_is_corrected_the_other_way(pharmacy):
    case = short_case(pharmacy, "103")
    explained(pharmacy, case)
    closed(pharmacy, case)
    assert on_hand(pharmacy, case.lot) == 103


@pytest.mark.parametrize(
    "role", [Role.CLERK, Role.TRAINEE, Role.TECHNICIAN, Role.CERTIFIED, Role.INTERN]
)
def test_nobody_but_a_pharmacist_closes_a_case_or_hands_it_on(pharmacy, role):
    case = short_case(pharmacy)
    unexplained(pharmacy, case)
    before = moves()
    by = pharmacy.workers[role]
    said = not_allowed(lambda: closed(pharmacy, case, by=by))
    assert "may not close a discrepancy" in said
    assert "MN board table: a technician does not close a discrepancy" in said
    not_allowed(lambda: hand_on(by=by, case_id=case.pk, because="because"))
    not_allowed(lambda: loss_taken(by=by, case_id=case.pk, reference="L1"))
    case.refresh_from_db()
    assert (case.state, moves()) == (CaseState.UNEXPLAINED, before)


@pytest.mark.parametrize("role", [Role.CLERK, Role.TRAINEE])
def test_who_may_not_count_the_vault_writes_nothing_into_a_case(pharmacy, role):
    case, by = short_case(pharmacy), pharmacy.workers[role]
    not_allowed(lambda: note_case(by=by, case_id=case.pk, text="text"))
    not_allowed(lambda: explain_case(by=by, case_id=case.pk, explanation="text"))
    not_allowed(lambda: find_unexplained(by=by, case_id=case.pk, explanation="text"))
    assert not case.notes.exists()


def test_a_case_is_not_closed_before_anybody_has_said_what_was_found(pharmacy):
    case = short_case(pharmacy)
    assert refused(lambda: closed(pharmacy, case)) == {"case-state": ""}
    assert on_hand(pharmacy, case.lot) == 100


@pytest.mark.parametrize("because", ["", "   ", "x" * 501])
def test_a_case_is_not_closed_without_a_reason(pharmacy, because):
    case = short_case(pharmacy)
    explained(pharmacy, case)
    assert "because" in refused(lambda: closed(pharmacy, case, because=because)).values()
    assert on_hand(pharmacy, case.lot) == 100


def test_a_case_is_closed_once_and_its_move_posted_once(pharmacy):
    case = short_case(pharmacy)
    explained(pharmacy, case)
    closed(pharmacy, case)
    assert "case-state" in refused(lambda: closed(pharmacy, case))
    assert on_hand(pharmacy, case.lot) == 98


def test_a_case_closes_without_a_move_only_when_a_later_count_agrees_with_the_books(pharmacy):
    pharmacy.receive("oxycodone", "100")
    count = counted(pharmacy, "98")
    enter(pharmacy, count, "98", by=pharmacy.workers[Role.CERTIFIED])
    case = DiscrepancyCase.objects.get()
    explained(pharmacy, case)
    assert refused(lambda: closed(pharmacy, case, correct=False)) == {
        "case-unproved": "correct"
    }
    later = pharmacy.technician.at_time(NOON + timedelta(hours=1), TODAY)
    enter(pharmacy, counting(pharmacy, by=later), "100", by=later)
    done = closed(pharmacy, case, correct=False, because="two behind the drawer")
    assert (done.state, done.corrected) == (CaseState.CLOSED, False)
    assert on_hand(pharmacy, case.lot) == 100


def test_books_that_were_corrected_meanwhile_are_not_corrected_twice(pharmacy):
    case = short_case(pharmacy)
    explained(pharmacy, case)
    shelf = Place.objects.get(pk=case.place_id)
    pick = Pick(Scope.PLACE, str(shelf.pk))
    sheet = start_count(by=pharmacy.pharmacist, pick=pick)
    line = sheet.lines.get()
    enter_count(by=pharmacy.pharmacist, line_id=line.pk, counted=Decimal(98))
    enter_count(by=pharmacy.workers[Role.IN_CHARGE], line_id=line.pk, counted=Decimal(98))
    settle_line(by=pharmacy.pharmacist, line_id=line.pk, reason=Why.BROKEN)
    assert refused(lambda: closed(pharmacy, case)) == {"case-corrected": "correct"}
    assert on_hand(pharmacy, case.lot) == 98


def test_a_shortage_nobody_explains_is_handed_on_as_a_loss_with_its_facts(pharmacy):
    case = short_case(pharmacy)
    unexplained(pharmacy, case)
    done = hand_on(by=pharmacy.pharmacist, case_id=case.pk, because="theft is suspected")
    (loss,) = suspected_losses(pharmacy_id=pharmacy.pharmacy.pk)
    assert (done.state, loss.case_id, loss.quantity) == (CaseState.HANDED_ON, case.pk, 2)
    assert (loss.lot_id, loss.handed_on_by_id) == (case.lot_id, pharmacy.pharmacist.person_id)
    assert Move.objects.get(posting__key=f"vault case {case.pk}").reason.startswith("lost: ")
    assert on_hand(pharmacy, case.lot) == 98


def test_the_room_of_losses_takes_a_case_over_once(pharmacy):
    case = short_case(pharmacy)
    unexplained(pharmacy, case)
    hand_on(by=pharmacy.pharmacist, case_id=case.pk, because="theft is suspected")

    def take(reference):
        return loss_taken(by=pharmacy.pharmacist, case_id=case.pk, reference=reference)

    assert refused(lambda: take("")) == {"no-reason": "reference"}
    assert take("loss 1").loss_reference == "loss 1"
    assert suspected_losses(pharmacy_id=pharmacy.pharmacy.pk) == []
    assert refused(lambda: take("loss 2")) == {"case-state": ""}


@pytest.mark.parametrize(
    ("state", "difference", "codes"),
    [
        (CaseState.UNEXPLAINED, "-1", set()),
        (CaseState.UNEXPLAINED, "1", {"case-over"}),
        (CaseState.EXPLAINED, "-1", {"case-state"}),
        (CaseState.OPEN, "-1", {"case-state"}),
        (CaseState.CLOSED, "-1", {"case-state"}),
    ],
)
def test_only_an_unexplained_shortage_is_a_suspected_loss(state, difference, codes):
    problems = loss_problems(Case(state, Decimal(difference)))
    assert {problem.code for problem in problems} == codes


@pytest.mark.parametrize(
    ("posted", "corrected", "agrees", "correct", "codes"),
    [
        (False, False, False, True, set()),
        (False, True, False, True, {"case-corrected"}),
        (True, False, False, True, {"case-posted"}),
        (True, True, False, False, set()),
        (False, False, False, False, {"case-unproved"}),
        (False, False, True, False, set()),
    ],
)
def test_how_a_case_may_be_closed(posted, corrected, agrees, correct, codes):
    case = Case(CaseState.EXPLAINED, Decimal(-2), posted, corrected, agrees)
    assert {each.code for each in closing_problems(case, correct=correct)} == codes


def test_what_is_found_again_goes_into_the_case_that_waits(pharmacy):
    lot = pharmacy.receive("oxycodone", "100")
    first = short_case(pharmacy, lot=lot)
    again = short_case(pharmacy, "97", lot=lot)
    assert (again.pk, DiscrepancyCase.objects.count()) == (first.pk, 1)
    assert "counted 97" in first.notes.get().text
    assert first.difference == -2


def test_what_a_count_sheet_left_to_look_into_becomes_a_case_whose_move_is_signed(pharmacy):
    lot = pharmacy.receive("oxycodone", "100")
    place = spot(pharmacy)
    count_lot(by=pharmacy.pharmacist, lot_id=lot.pk, place_id=place, counted=Decimal(97),
              because="counted", key="c1")  # fmt: skip
    line = start_line(lot)
    enter_count(by=pharmacy.workers[Role.IN_CHARGE], line_id=line.pk, counted=Decimal(97))
    settle_line(by=pharmacy.pharmacist, line_id=line.pk, reason=Why.UNKNOWN)
    assert take_up(pharmacy.pharmacy, NOON + timedelta(minutes=1)) == 1
    assert take_up(pharmacy.pharmacy, NOON + timedelta(minutes=2)) == 0
    case = DiscrepancyCase.objects.get()
    assert (case.book, case.counted, case.difference, case.corrected) == (100, 97, -3, True)
    assert case.found_by_id == pharmacy.pharmacist.person_id
    assert Discrepancy.objects.get().taken_up_at is not None
    explained(pharmacy, case)
    assert "case-posted" in refused(lambda: closed(pharmacy, case))
    closed(pharmacy, case, correct=False)
    assert on_hand(pharmacy, lot) == 97


def start_line(lot):
    return lot.countline_set.get()


def test_another_pharmacys_case_is_not_here(pharmacy):
    case = short_case(pharmacy)
    theirs = pharmacy.stranger
    for act in (
        lambda: note_case(by=theirs, case_id=case.pk, text="text"),
        lambda: explain_case(by=theirs, case_id=case.pk, explanation="text"),
        lambda: close_case(by=theirs, case_id=case.pk, because="text", correct=True),
        lambda: hand_on(by=theirs, case_id=case.pk, because="text"),
    ):
        assert refused(act) == {"no-case": ""}
    case.refresh_from_db()
    assert case.state == CaseState.OPEN


def test_a_note_stays_as_it_was_written_and_a_settled_case_takes_none(pharmacy):
    case = short_case(pharmacy)
    note_case(by=pharmacy.technician, case_id=case.pk, text="asked the night shift")
    assert refused(lambda: note_case(by=pharmacy.technician, case_id=case.pk, text=" ")) == {
        "no-reason": "text"
    }
    explained(pharmacy, case)
    closed(pharmacy, case)
    late = refused(lambda: note_case(by=pharmacy.technician, case_id=case.pk, text="late"))
    assert late == {"case-state": ""}
    assert [note.text for note in case.notes.all()] == ["asked the night shift"]


def test_what_is_promised_to_a_fill_is_not_taken_away_by_a_correcting_move(pharmacy):
    case = short_case(pharmacy, "10")
    reserve(by=pharmacy.technician, fill_id=5, package_id=case.lot.package_id,
            quantity=Decimal(40), good_until=TODAY)  # fmt: skip
    explained(pharmacy, case)
    assert "ledger-AP007" in refused(lambda: closed(pharmacy, case))
    case.refresh_from_db()
    assert (case.state, on_hand(pharmacy, case.lot)) == (CaseState.EXPLAINED, 100)
    assert on_hand(pharmacy, case.lot, PlaceKind.SUPPLIER) == -100
