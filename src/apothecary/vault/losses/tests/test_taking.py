"""A shortage nobody explains becomes a loss by the same act that hands it on."""

from datetime import timedelta

import pytest

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.staff.duties import Role
from apothecary.stock.queries import book_faults
from apothecary.vault.book.cases import find_unexplained, hand_on, suspected_losses
from apothecary.vault.book.tests.hands import moves, not_allowed, on_hand, refused, short_case
from apothecary.vault.losses.ending import call_off
from apothecary.vault.losses.models import Loss
from apothecary.vault.losses.reporting import add_line
from apothecary.vault.losses.rules import clocks
from apothecary.vault.losses.taking import hand_on_as_loss, take_over
from apothecary.vault.losses.tests.hands import judged, missing, to_the_form

LATER = timedelta(days=2)


@pytest.fixture
def case(pharmacy):
    """Two of a hundred are short, and everything was looked at."""
    found = short_case(pharmacy)
    return find_unexplained(by=pharmacy.technician, case_id=found.pk, explanation="cameras too")


def test_a_case_that_is_handed_on_is_a_loss_with_its_facts(pharmacy, case):
    loss = hand_on_as_loss(by=pharmacy.pharmacist, case_id=case.pk, because="theft suspected")
    case.refresh_from_db()
    line = loss.lines.get()
    assert (case.state, case.loss_reference) == ("handed on as a suspected loss", "L0001")
    assert (line.quantity, line.lot_id, line.moved_before) == (2, case.lot_id, True)
    assert "cameras too" in loss.what
    assert "theft suspected" in loss.what
    assert loss.discovered_by_id == case.found_by_id
    assert suspected_losses(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_the_clocks_started_when_the_discrepancy_was_found(pharmacy, case):
    by = pharmacy.pharmacist.at_time(NOON + LATER, TODAY + LATER)
    loss = hand_on_as_loss(by=by, case_id=case.pk, because="theft suspected")
    assert loss.discovered_on == TODAY
    notice, _ = clocks(loss.known(), on=by.today)
    assert (notice.due_on, notice.late) == (TODAY + timedelta(days=1), True)


def test_the_books_were_corrected_with_the_case_and_are_not_again(pharmacy, case):
    loss = hand_on_as_loss(by=pharmacy.pharmacist, case_id=case.pk, because="theft suspected")
    before = moves()
    assert on_hand(pharmacy, case.lot) == 98
    judged(pharmacy, loss)
    assert (moves(), on_hand(pharmacy, case.lot)) == (before, 98)
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_it_goes_on_to_the_form_as_any_other(pharmacy, case):
    loss = hand_on_as_loss(by=pharmacy.pharmacist, case_id=case.pk, because="theft suspected")
    done = to_the_form(pharmacy, loss)
    assert done.forms.get().body["substances"][0]["quantity"] == "2 tablets"


def test_what_was_handed_on_before_is_taken_over_once(pharmacy, case):
    hand_on(by=pharmacy.pharmacist, case_id=case.pk, because="theft suspected")

    def take():
        return take_over(by=pharmacy.pharmacist, case_id=case.pk)

    assert str(take()) == "L0001"
    assert refused(take) == {"no-case": ""}
    assert Loss.objects.count() == 1


@pytest.mark.parametrize("role", [Role.CLERK, Role.TECHNICIAN, Role.CERTIFIED, Role.INTERN])
def test_nobody_but_a_pharmacist_makes_a_loss_of_it(pharmacy, case, role):
    by = pharmacy.workers[role]
    not_allowed(lambda: hand_on_as_loss(by=by, case_id=case.pk, because="b"))
    not_allowed(lambda: take_over(by=by, case_id=case.pk))
    case.refresh_from_db()
    assert (case.state, Loss.objects.count()) == ("unexplained", 0)


def test_a_case_that_is_not_handed_on_leaves_no_loss_behind(pharmacy):
    open_case = short_case(pharmacy)
    act = refused(
        lambda: hand_on_as_loss(by=pharmacy.pharmacist, case_id=open_case.pk, because="b")
    )
    assert act == {"case-state": ""}
    assert refused(lambda: take_over(by=pharmacy.pharmacist, case_id=open_case.pk)) == {
        "no-case": ""
    }
    assert not Loss.objects.exists()


def test_what_came_from_a_case_is_neither_called_off_nor_added_to(pharmacy, case):
    loss = hand_on_as_loss(by=pharmacy.pharmacist, case_id=case.pk, because="theft suspected")
    act = refused(lambda: call_off(by=pharmacy.pharmacist, loss_id=loss.pk, because="b"))
    assert act == {"in-books": ""}
    other = missing(pharmacy, pharmacy.receive("alprazolam", "30"), "5")
    assert refused(
        lambda: add_line(by=pharmacy.technician, loss_id=loss.pk, missing=other)
    ) == {"loss-state": ""}
