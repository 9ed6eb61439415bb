"""Whoever finds it writes it down: what is missing, since when; nothing moves by it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.staff.duties import Role
from apothecary.stock.kinds import PlaceKind
from apothecary.vault.book.tests.hands import deeds, moves, not_allowed, on_hand, refused, spot
from apothecary.vault.losses.drafting import draft_problems
from apothecary.vault.losses.models import Loss, LossLine
from apothecary.vault.losses.reporting import (
    Discovery,
    Missing,
    add_line,
    report_loss,
    save_draft,
)
from apothecary.vault.losses.states import Kind
from apothecary.vault.losses.tests.hands import (
    DRAFT,
    drafted,
    judged,
    missing,
    never_came,
    reported,
)


@pytest.fixture
def lot(pharmacy):
    return pharmacy.receive("oxycodone", "100")


def test_a_technician_writes_a_loss_down_and_nothing_moves(pharmacy, lot):
    before = moves()
    loss = reported(pharmacy, lot=lot)
    line = loss.lines.get()
    assert (str(loss), loss.state, loss.discovered_on) == ("L0001", "discovered", TODAY)
    assert (line.quantity, line.lot_id, line.place_id) == (12, lot.pk, spot(pharmacy))
    assert (moves(), on_hand(pharmacy, lot)) == (before, 100)
    said = "wrote down a theft, loss or breakage of controlled drugs"
    assert deeds("loss", loss.pk) == [said]


def test_losses_are_numbered_one_after_the_other(pharmacy, lot):
    other = pharmacy.receive("alprazolam", "30")
    assert [str(reported(pharmacy, lot=each)) for each in (lot, other)] == ["L0001", "L0002"]


@pytest.mark.parametrize("role", [Role.CLERK, Role.TRAINEE, Role.ADMINISTRATOR])
def test_who_does_not_work_with_the_vault_reports_nothing(pharmacy, lot, role):
    said = not_allowed(lambda: reported(pharmacy, lot=lot, by=pharmacy.workers[role]))
    assert "may not report a theft, loss or breakage" in said
    assert not Loss.objects.exists()


@pytest.mark.parametrize(
    ("minutes", "field"), [(1, "discovered_at"), (0, None), (-60 * 24 * 731, "discovered_at")]
)
def test_a_discovery_is_not_of_time_to_come_nor_of_another_age(pharmacy, lot, minutes, field):
    at = NOON + timedelta(minutes=minutes)
    if field is None:
        assert reported(pharmacy, lot=lot, at=at).discovered_at == at
        return
    assert set(refused(lambda: reported(pharmacy, lot=lot, at=at)).values()) == {field}
    assert not Loss.objects.exists()


def test_the_day_of_the_discovery_is_the_pharmacys_own(pharmacy, lot):
    # 04:30 UTC of Monday is Sunday evening in Chicago.
    at = NOON.replace(hour=4, minute=30)
    assert reported(pharmacy, lot=lot, at=at).discovered_on == TODAY - timedelta(days=1)


@pytest.mark.parametrize(
    ("units", "code", "field"),
    [
        ("0", "quantity", "quantity"),
        ("-1", "quantity", "quantity"),
        ("0.5", "quantity-parts", "quantity"),
        ("101", "above-books", "quantity"),
    ],
)
def test_no_more_is_missing_than_the_books_have(pharmacy, lot, units, code, field):
    assert refused(lambda: reported(pharmacy, lot=lot, units=units)) == {code: field}
    assert not Loss.objects.exists()


def test_all_of_it_may_be_missing(pharmacy, lot):
    assert reported(pharmacy, lot=lot, units="100").lines.get().quantity == 100


@pytest.mark.parametrize("what", ["", "  ", "x" * 501])
def test_it_is_said_what_was_found(pharmacy, lot, what):
    found = Discovery(Kind.LOSS, what, [missing(pharmacy, lot)])
    act = refused(lambda: report_loss(by=pharmacy.technician, found=found))
    assert set(act.values()) == {"what"}


def test_a_drug_that_is_not_controlled_is_counted_not_reported(pharmacy):
    lot = pharmacy.receive("lisinopril", "100")
    assert refused(lambda: reported(pharmacy, lot=lot)) == {"not-controlled": "lot"}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (Missing(Decimal(1)), "no-lot"),
        (Missing(Decimal(1), lot_id=999_999, place_id=1), "no-balance"),
        (Missing(Decimal(1), lot_id=1), "no-balance"),
    ],
)
def test_what_is_missing_is_a_lot_that_stands_somewhere(pharmacy, line, code):
    found = Discovery(Kind.THEFT, "gone", [line])
    assert code in refused(lambda: report_loss(by=pharmacy.technician, found=found))
    assert not Loss.objects.exists()


def test_something_is_missing_or_there_is_nothing_to_report(pharmacy):
    found = Discovery(Kind.THEFT, "gone", [])
    act = refused(lambda: report_loss(by=pharmacy.technician, found=found))
    assert act == {"no-lines": "quantity"}


def test_what_a_patient_has_or_waits_for_is_not_lost_from_the_stock(pharmacy, lot):
    line = Missing(Decimal(1), lot_id=lot.pk, place_id=spot(pharmacy, PlaceKind.SUPPLIER))
    found = Discovery(Kind.THEFT, "gone", [line])
    act = refused(lambda: report_loss(by=pharmacy.technician, found=found))
    assert act == {"no-balance": "lot"}


def test_what_a_carrier_lost_is_named_by_its_package_alone(pharmacy):
    line = never_came(pharmacy).lines.get()
    assert (line.lot_id, line.place_id, line.quantity) == (None, None, 100)
    missing_package = Missing(Decimal(1), package_id=999_999)
    found = Discovery(Kind.TRANSIT, "the tote came open", [missing_package])
    act = refused(lambda: report_loss(by=pharmacy.technician, found=found))
    assert act == {"no-package": "package"}


def test_one_discovery_is_written_down_once(pharmacy, lot):
    first = reported(pharmacy, lot=lot)
    assert refused(lambda: reported(pharmacy, lot=lot)) == {"named-twice": "lot"}
    judged(pharmacy, first)
    never_came(pharmacy)
    assert refused(lambda: never_came(pharmacy)) == {"named-twice": "lot"}


def test_more_that_is_missing_is_named_until_it_is_signed(pharmacy, lot):
    loss = reported(pharmacy, lot=lot)
    other = pharmacy.receive("alprazolam", "30")

    def add():
        return add_line(
            by=pharmacy.technician, loss_id=loss.pk, missing=missing(pharmacy, other, "5")
        )

    assert add().quantity == 5
    assert refused(add) == {"named-twice": "lot"}
    judged(pharmacy, loss)
    assert refused(add) == {"loss-state": ""}
    assert LossLine.objects.count() == 2


def test_another_pharmacys_loss_is_not_here(pharmacy, lot):
    loss, theirs = reported(pharmacy, lot=lot), pharmacy.stranger
    line = missing(pharmacy, lot)
    assert refused(lambda: add_line(by=theirs, loss_id=loss.pk, missing=line)) == {
        "no-loss": ""
    }
    assert refused(lambda: save_draft(by=theirs, loss_id=loss.pk, typed=DRAFT)) == {
        "no-loss": ""
    }


def test_a_technician_drafts_and_what_changed_is_written_down(pharmacy, lot):
    loss = reported(pharmacy, lot=lot)
    drafted(pharmacy, loss)
    before = len(deeds("loss", loss.pk))
    assert drafted(pharmacy, loss).draft["police_notified"] == "yes"
    assert len(deeds("loss", loss.pk)) == before
    again = drafted(pharmacy, loss, police_notified="no")
    assert again.draft["police_notified"] == "no"
    assert len(deeds("loss", loss.pk)) == before + 1


@pytest.mark.parametrize("role", [Role.CLERK, Role.TRAINEE])
def test_who_may_not_report_drafts_nothing(pharmacy, lot, role):
    loss, by = reported(pharmacy, lot=lot), pharmacy.workers[role]
    not_allowed(lambda: save_draft(by=by, loss_id=loss.pk, typed=DRAFT))
    not_allowed(lambda: add_line(by=by, loss_id=loss.pk, missing=missing(pharmacy, lot)))
    loss.refresh_from_db()
    assert loss.draft == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lost_on", "2026-11-24"),
        ("lost_on", "yesterday"),
        ("kind", "blown away"),
        ("police_notified", "perhaps"),
        ("thefts_in_24_months", "-1"),
        ("thefts_in_24_months", "1000"),
        ("thefts_in_24_months", "½"),
        ("purchase_value_usd", "118.405"),
        ("purchase_value_usd", "-1"),
        ("purchase_value_usd", "NaN"),
        ("purchase_value_usd", "1e999999"),
        ("purchase_value_usd", "100000000.01"),
        ("measures", "x" * 501),
        ("colour", "red"),
    ],
)
def test_a_field_of_the_draft_is_refused_by_name(field, value):
    found = draft_problems({field: value}, discovered_on=TODAY, on=TODAY)
    assert [problem.field for problem in found] == [field]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lost_on", "2026-11-23"),
        ("lost_on", ""),
        ("kind", "armed robbery"),
        ("thefts_in_24_months", "999"),
        ("purchase_value_usd", "0"),
        ("purchase_value_usd", "1,118.40"),
        ("purchase_value_usd", "100000000"),
        ("measures", "x" * 500),
    ],
)
def test_a_field_of_the_draft_is_taken(field, value):
    assert draft_problems({field: value}, discovered_on=TODAY, on=TODAY) == []
