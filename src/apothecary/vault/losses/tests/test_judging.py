"""A pharmacist judges by six factors and signs what leaves the books; two see a breakage."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.staff.duties import Role
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.ledger import reserve
from apothecary.stock.models import Move
from apothecary.stock.queries import book_faults
from apothecary.vault.book.perpetual import book_differences
from apothecary.vault.book.tests.hands import deeds, moves, not_allowed, on_hand, refused
from apothecary.vault.losses.ending import call_off, close_loss
from apothecary.vault.losses.judging import judge_loss
from apothecary.vault.losses.reporting import add_line
from apothecary.vault.losses.states import Kind
from apothecary.vault.losses.tests.hands import (
    FACTORS,
    broken,
    judged,
    missing,
    never_came,
    noticed,
    reported,
    said,
)

NOBODYS = [Role.CLERK, Role.TRAINEE, Role.TECHNICIAN, Role.CERTIFIED, Role.INTERN]


@pytest.fixture
def lot(pharmacy):
    return pharmacy.receive("oxycodone", "100")


def proved(world):
    house = world.pharmacy.pk
    return book_faults(pharmacy_id=house) + book_differences(
        pharmacy_id=house, zone="America/Chicago", today=TODAY
    )


def test_with_the_judgement_the_units_leave_the_books_signed_and_by_name(pharmacy, lot):
    loss = judged(pharmacy, reported(pharmacy, lot=lot))
    move = Move.objects.get(posting__key=f"loss {loss.pk}")
    assert (move.quantity, move.posting.by_id) == (12, pharmacy.pharmacist.person_id)
    assert move.reason == "lost: L0001, nothing explains it"
    assert move.to_place.kind == PlaceKind.OVER_SHORT
    assert (on_hand(pharmacy, lot), loss.in_books_at, proved(pharmacy)) == (88, NOON, [])
    assert (loss.significant, loss.factors) == (True, FACTORS)
    assert deeds("loss", loss.pk)[-1] == "judged a loss of controlled drugs"


@pytest.mark.parametrize("role", NOBODYS)
def test_nobody_but_a_pharmacist_judges(pharmacy, lot, role):
    loss, before = reported(pharmacy, lot=lot), moves()
    by = pharmacy.workers[role]
    told = not_allowed(lambda: judge_loss(by=by, loss_id=loss.pk, said=said()))
    assert "may not judge, notify, sign and close" in told
    loss.refresh_from_db()
    assert (loss.judged_at, moves()) == (None, before)


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("words", ["", "   ", "x" * 501])
def test_every_factor_of_the_rule_is_weighed_in_words(pharmacy, lot, factor, words):
    loss, before = reported(pharmacy, lot=lot), moves()
    act = refused(lambda: judged(pharmacy, loss, said(**{factor: words})))
    assert set(act.values()) == {factor}
    assert moves() == before


def test_it_is_said_whether_it_is_significant_and_why(pharmacy, lot):
    loss = reported(pharmacy, lot=lot)
    assert refused(lambda: judged(pharmacy, loss, said(significant=None))) == {
        "not-judged": "significant"
    }
    assert refused(lambda: judged(pharmacy, loss, said(because=" "))) == {
        "no-reason": "because"
    }


def test_a_theft_is_significant_whatever_its_size(pharmacy, lot):
    loss = reported(pharmacy, Kind.THEFT, lot=lot, units="1")
    empty = replace(said(Kind.THEFT, significant=None), factors={})
    done = judged(pharmacy, loss, empty)
    assert (done.significant, on_hand(pharmacy, lot)) == (True, 99)


def test_what_was_reported_as_a_loss_may_be_judged_a_theft(pharmacy, lot):
    done = judged(pharmacy, reported(pharmacy, lot=lot), said(Kind.THEFT, significant=None))
    assert (done.kind, done.significant) == ("theft", True)


def test_a_loss_that_is_not_significant_is_closed_with_its_factors(pharmacy, lot):
    loss = judged(pharmacy, reported(pharmacy, lot=lot, units="1"), said(significant=False))
    done = close_loss(by=pharmacy.pharmacist, loss_id=loss.pk, because="one tablet in a year")
    assert (done.state, done.outcome) == ("closed", "found not significant")
    assert dict(done.weighed)["local trends"] == FACTORS["local_trends"]
    assert len(done.weighed) == len(FACTORS)
    assert on_hand(pharmacy, lot) == 99


def test_a_judgement_is_changed_until_dea_is_told_and_the_books_move_once(pharmacy, lot):
    loss = judged(pharmacy, reported(pharmacy, lot=lot), said(significant=False))
    again = judged(pharmacy, loss, said(significant=True, pattern="the third this year"))
    assert (again.significant, again.factors["pattern"]) == (True, "the third this year")
    assert on_hand(pharmacy, lot) == 88
    noticed(pharmacy, loss)
    assert refused(lambda: judged(pharmacy, loss)) == {"loss-state": ""}


def test_what_is_promised_to_a_fill_does_not_leave_the_books_by_a_loss(pharmacy, lot):
    loss = reported(pharmacy, lot=lot, units="40")
    reserve(by=pharmacy.technician, fill_id=5, package_id=lot.package_id,
            quantity=Decimal(90), good_until=TODAY)  # fmt: skip
    assert "ledger-AP007" in refused(lambda: judged(pharmacy, loss))
    loss.refresh_from_db()
    assert (loss.judged_at, on_hand(pharmacy, lot)) == (None, 100)


def test_several_lots_leave_the_books_together_or_not_at_all(pharmacy, lot):
    loss = reported(pharmacy, lot=lot)
    other = pharmacy.receive("alprazolam", "30")
    add_line(by=pharmacy.technician, loss_id=loss.pk, missing=missing(pharmacy, other, "30"))
    reserve(by=pharmacy.technician, fill_id=5, package_id=other.package_id,
            quantity=Decimal(1), good_until=TODAY)  # fmt: skip
    assert "ledger-AP007" in refused(lambda: judged(pharmacy, loss))
    assert (on_hand(pharmacy, lot), on_hand(pharmacy, other)) == (100, 30)


def test_what_never_came_is_the_suppliers_to_report_and_moves_nothing(pharmacy):
    loss, before = never_came(pharmacy), moves()
    untold = said(Kind.TRANSIT, significant=None, in_custody=False)
    assert refused(lambda: judged(pharmacy, loss, untold)) == {"no-reason": "supplier_told"}
    told = said(Kind.TRANSIT, significant=None, in_custody=False, told="Caprock, Ann, 10:15")
    done = judged(pharmacy, loss, told)
    assert (done.significant, done.supplier_told, moves()) == (
        None,
        "Caprock, Ann, 10:15",
        before,
    )
    ended = close_loss(by=pharmacy.pharmacist, loss_id=loss.pk, because="Caprock files it")
    assert ended.outcome == "the supplier's to report"


def test_of_a_loss_in_transit_it_is_said_whether_it_had_been_accepted(pharmacy):
    loss = never_came(pharmacy)
    assert refused(lambda: judged(pharmacy, loss, said(Kind.TRANSIT))) == {
        "custody": "in_custody"
    }
    done = judged(pharmacy, loss, said(Kind.TRANSIT, in_custody=True))
    assert (done.in_custody, done.significant) == (True, True)


def test_what_never_came_is_no_theft_from_the_shelf(pharmacy):
    loss = never_came(pharmacy)
    assert refused(lambda: judged(pharmacy, loss, said(Kind.THEFT))) == {"never-here": "kind"}


def test_what_stands_in_the_books_had_been_accepted(pharmacy, lot):
    loss = reported(pharmacy, Kind.TRANSIT, lot=lot)
    away = said(Kind.TRANSIT, in_custody=False, told="Caprock")
    assert refused(lambda: judged(pharmacy, loss, away)) == {"was-here": "in_custody"}
    judged(pharmacy, loss, said(Kind.TRANSIT, in_custody=True))
    assert on_hand(pharmacy, lot) == 88


@pytest.mark.parametrize("kind", [Kind.BREAKAGE, Kind.SPILLAGE])
def test_what_broke_is_no_loss_and_no_loss_is_called_a_breakage(pharmacy, lot, kind):
    loss = reported(pharmacy, kind, lot=lot)
    assert refused(lambda: judged(pharmacy, loss, said())) == {"loss-apart": "kind"}
    theft = reported(pharmacy, Kind.THEFT, lot=pharmacy.receive("alprazolam", "30"))
    assert refused(lambda: judged(pharmacy, theft, said(kind))) == {"loss-apart": "kind"}
    assert refused(lambda: broken(pharmacy, theft, recoverable=True)) == {
        "loss-not-apart": "kind"
    }


@pytest.mark.parametrize(
    ("recoverable", "to"), [(True, PlaceKind.QUARANTINE), (False, PlaceKind.WASTE)]
)
def test_what_two_saw_break_goes_to_be_destroyed_or_is_waste(pharmacy, lot, recoverable, to):
    loss = broken(pharmacy, reported(pharmacy, Kind.BREAKAGE, lot=lot), recoverable=recoverable)
    move = Move.objects.get(posting__key=f"loss {loss.pk}")
    two = (pharmacy.pharmacist.person_id, pharmacy.people[Role.TECHNICIAN].pk)
    assert (move.posting.by_id, move.posting.witness_id) == two
    assert (on_hand(pharmacy, lot), on_hand(pharmacy, lot, to)) == (88, 12)
    assert (loss.state, loss.outcome) == ("closed", "written down by two")
    assert loss.witness_name == pharmacy.people[Role.TECHNICIAN].name
    assert proved(pharmacy) == []


def test_what_broke_in_quarantine_stays_there_to_be_destroyed(pharmacy, lot):
    broken(pharmacy, reported(pharmacy, Kind.BREAKAGE, lot=lot), recoverable=True)
    found = missing(pharmacy, lot, "12", PlaceKind.QUARANTINE)
    loss = reported(pharmacy, Kind.BREAKAGE, lot=pharmacy.receive("alprazolam", "30"))
    add_line(by=pharmacy.technician, loss_id=loss.pk, missing=found)
    broken(pharmacy, loss, recoverable=True)
    assert on_hand(pharmacy, lot, PlaceKind.QUARANTINE) == 12
    assert proved(pharmacy) == []


def test_the_second_who_saw_it_is_another(pharmacy, lot):
    loss = reported(pharmacy, Kind.SPILLAGE, lot=lot)
    assert refused(lambda: broken(pharmacy, loss, recoverable=True, role=Role.PHARMACIST)) == {
        "same-person": "initials"
    }
    not_allowed(lambda: broken(pharmacy, loss, recoverable=True, role=Role.CLERK))
    loss.refresh_from_db()
    assert (loss.state, on_hand(pharmacy, lot)) == ("discovered", 100)


def test_a_breakage_is_signed_once(pharmacy, lot):
    loss = reported(pharmacy, Kind.BREAKAGE, lot=lot)
    broken(pharmacy, loss, recoverable=False)
    assert refused(lambda: broken(pharmacy, loss, recoverable=False)) == {"loss-state": ""}
    assert on_hand(pharmacy, lot) == 88


@pytest.mark.parametrize("role", NOBODYS)
def test_nobody_but_a_pharmacist_closes_or_calls_off(pharmacy, lot, role):
    loss, by = reported(pharmacy, lot=lot), pharmacy.workers[role]
    not_allowed(lambda: close_loss(by=by, loss_id=loss.pk, because="because"))
    not_allowed(lambda: call_off(by=by, loss_id=loss.pk, because="because"))
    loss.refresh_from_db()
    assert loss.state == "discovered"


def test_what_was_found_again_before_anybody_signed_is_no_loss(pharmacy, lot):
    loss, before = reported(pharmacy, lot=lot), moves()
    nothing = refused(lambda: call_off(by=pharmacy.pharmacist, loss_id=loss.pk, because=""))
    assert nothing == {"no-reason": "because"}
    done = call_off(by=pharmacy.pharmacist, loss_id=loss.pk, because="behind the drawer")
    assert (done.outcome, moves(), on_hand(pharmacy, lot)) == (
        "nothing was missing",
        before,
        100,
    )
    # The same lot may be reported again: the first is over.
    assert str(reported(pharmacy, lot=lot)) == "L0002"


def test_what_left_the_books_is_not_called_off(pharmacy, lot):
    loss = judged(pharmacy, reported(pharmacy, lot=lot))
    act = refused(lambda: call_off(by=pharmacy.pharmacist, loss_id=loss.pk, because="b"))
    assert act == {"in-books": ""}


def test_a_reportable_loss_is_not_closed_in_silence(pharmacy, lot):
    loss = reported(pharmacy, lot=lot)

    def close():
        return close_loss(by=pharmacy.pharmacist, loss_id=loss.pk, because="because")

    assert refused(close) == {"not-judged": ""}
    judged(pharmacy, loss)
    assert refused(close) == {"notice-open": ""}
    noticed(pharmacy, loss)
    assert refused(close) == {"form-open": ""}


def test_another_pharmacys_loss_is_not_judged_here(pharmacy, lot):
    loss, theirs = reported(pharmacy, lot=lot), pharmacy.stranger
    acts = (
        lambda: judge_loss(by=theirs, loss_id=loss.pk, said=said()),
        lambda: close_loss(by=theirs, loss_id=loss.pk, because="b"),
        lambda: call_off(by=theirs, loss_id=loss.pk, because="b"),
    )
    for act in acts:
        assert refused(act) == {"no-loss": ""}


def test_what_stands_in_a_loss_stays(pharmacy, lot):
    loss = judged(pharmacy, reported(pharmacy, lot=lot))
    noticed(pharmacy, loss)
    loss.refresh_from_db()
    loss.noticed_on = TODAY + timedelta(days=1)
    for act in (loss.save, loss.lines.all().delete, loss.notices.all().delete):
        with pytest.raises(Exception, match=r"is a record|append-only"), transaction.atomic():
            act()
