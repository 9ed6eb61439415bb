"""The one writer of a state: what it writes, whom it refuses; all of it or nothing."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apothecary.config.tests.world import NOON
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.journal.queries import history
from apothecary.journal.writes import Writes
from apothecary.law.problem import Refused
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import (
    advance,
    advance_through,
    begin,
    lock_fill,
    lock_fills,
    new_key,
)
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock.models import Balance, Move, PlaceKind
from apothecary.stock.queries import book_faults

ALONE = (FillState.FILLING, FillState.CHECK, FillState.READY)


def stored(fill: Fill) -> Fill:
    return Fill.objects.get(pk=fill.pk)


def lines_of(world, fill: Fill):
    return history(pharmacy_id=world.pharmacy.pk, about=[("fill", fill.pk)])


def reserved(drug: str = "lisinopril") -> int:
    shelf = Balance.objects.get(place__kind=PlaceKind.SHELF, lot__package__product__name=drug)
    return int(shelf.reserved)


def another(world, fill: Fill) -> Fill:
    """The next fill of the same prescription, as its own room would make it."""
    return Fill(
        pharmacy_id=fill.pharmacy_id,
        prescription=fill.prescription,
        patient=fill.patient,
        number=fill.number + 1,
        package=fill.package,
        quantity=fill.quantity,
        days_supply=fill.days_supply,
        pay=fill.pay,
        price_usd=fill.price_usd,
        state=FillState.ENTRY.value,
        state_since=NOON,
        promised_at=NOON,
        created_at=NOON,
    )


def test_a_step_writes_where_the_fill_is_why_since_when_and_whose_it_is(pharmacy):
    fill = pharmacy.stocked(until=FillState.WAITING)
    before, later = fill.steps, pharmacy.technician.at + timedelta(minutes=5)
    by = pharmacy.technician.at_time(later, pharmacy.technician.today)
    fill.data_reviewed, fill.screened_at = True, NOON
    moved = advance(
        fill,
        FillState.FILLING,
        by=by,
        did=Deed.FILLING_STARTED,
        because="a waiter",
        owner_id=by.person_id,
        details={"by hand": True},
    )
    for seen in (moved, stored(fill)):
        assert (seen.state, seen.because) == (FillState.FILLING, "a waiter")
        assert (seen.state_since, seen.owner_id) == (later, by.person_id)
        assert (seen.steps, seen.data_reviewed, seen.screened_at) == (before + 1, True, NOON)
    line = lines_of(pharmacy, fill)[-1]
    assert (line.deed, line.by, line.at) == (Deed.FILLING_STARTED, by.name, later)
    assert line.details == {
        "from": "waiting",
        "to": "filling",
        "because": "a waiter",
        "by hand": True,
    }


def test_the_next_step_takes_the_owner_and_the_reason_away(pharmacy):
    fill = pharmacy.stocked(until=FillState.WAITING)
    who = pharmacy.technician
    advance(
        fill,
        FillState.FILLING,
        by=who,
        did=Deed.FILLING_STARTED,
        because="a waiter",
        owner_id=who.person_id,
    )
    advance(fill, FillState.CHECK, by=who, did=Deed.SENT_TO_CHECK)
    assert (stored(fill).owner_id, stored(fill).because) == (None, "")
    assert "because" not in lines_of(pharmacy, fill)[-1].details


def test_a_step_without_stock_is_one_statement(pharmacy):
    fill = pharmacy.stocked(until=FillState.WAITING)
    with CaptureQueriesContext(connection) as caught:
        advance(fill, FillState.FILLING, by=pharmacy.technician, did=Deed.FILLING_STARTED)
    assert len(caught) == 1


def test_a_fill_that_left_and_came_back_is_not_the_one_that_was_seen(pharmacy):
    fill = pharmacy.stocked(until=FillState.WAITING)
    seen = lock_fill(by=pharmacy.technician, fill_id=fill.pk)
    for to in (FillState.FILLING, FillState.WAITING):
        advance(fill, to, by=pharmacy.technician, did=Deed.FILL_MOVED)
    lines = Entry.objects.count()
    with pytest.raises(Refused, match="Somebody else has moved") as refusal:
        with transaction.atomic():
            advance(seen, FillState.SHORT, by=pharmacy.technician, did=Deed.FILL_MOVED)
    assert refusal.value.problems[0].code == "wrong-state"
    assert (stored(fill).state, stored(fill).steps) == (FillState.WAITING, fill.steps)
    assert reserved() == 30
    assert Entry.objects.count() == lines


@pytest.mark.parametrize(
    ("until", "to", "role"),
    [
        (FillState.WAITING, FillState.FILLING, Role.CLERK),
        (FillState.FILLING, FillState.CHECK, Role.CLERK),
        (FillState.CHECK, FillState.READY, Role.INTERN),
        (FillState.READY, FillState.CANCELLED, Role.TRAINEE),
    ],
)
def test_a_step_is_its_dutys_and_nobody_elses_and_nothing_is_written(pharmacy, until, to, role):
    fill = pharmacy.stocked(until=until)
    lines, moves = Entry.objects.count(), Move.objects.count()
    with pytest.raises(NotAllowed):
        advance(fill, to, by=pharmacy.workers[role], did=Deed.FILL_MOVED)
    assert (stored(fill).state, fill.state) == (until, until)
    assert (Entry.objects.count(), Move.objects.count()) == (lines, moves)


def test_what_else_an_act_writes_falls_with_the_step_that_is_refused(pharmacy):
    fill = pharmacy.stocked(until=FillState.CHECK)
    seen = lock_fill(by=pharmacy.technician, fill_id=fill.pk)
    advance(fill, FillState.READY, by=pharmacy.pharmacist, did=Deed.FILL_APPROVED)
    writes = Writes()
    writes.record(by=pharmacy.pharmacist, did=Deed.COUNTED, about=fill)
    with pytest.raises(Refused), transaction.atomic():
        advance(
            seen,
            FillState.READY,
            by=pharmacy.pharmacist,
            did=Deed.FILL_APPROVED,
            writes=writes,
        )
    assert Deed.COUNTED not in [line.deed for line in lines_of(pharmacy, fill)]
    assert Balance.objects.get(place__kind=PlaceKind.WILL_CALL).on_hand == 30


@pytest.mark.parametrize("to", [FillState.WAITING, FillState.CHECK, FillState.SOLD])
def test_a_new_fill_begins_where_the_table_says_and_nowhere_else(pharmacy, to):
    fresh = another(pharmacy, pharmacy.enter())
    with pytest.raises(Refused, match="in entry cannot go to") as refusal:
        begin(fresh, to, by=pharmacy.pharmacist, did=Deed.REFILL_STARTED)
    assert refusal.value.problems[0].code == "no-such-step"
    assert Fill.objects.count() == 1


def test_a_new_fill_is_begun_by_whose_duty_it_is(pharmacy):
    fresh = another(pharmacy, pharmacy.enter())
    with pytest.raises(NotAllowed):
        begin(fresh, FillState.SCREENING, by=pharmacy.clerk, did=Deed.REFILL_STARTED)
    assert (Fill.objects.count(), fresh.state) == (1, FillState.ENTRY)


def test_a_new_fill_may_not_begin_with_a_step_that_moves_stock(pharmacy):
    pharmacy.receive("lisinopril", "100")
    fresh = another(pharmacy, pharmacy.enter())
    fresh.state = FillState.SCREENING.value
    with pytest.raises(LookupError, match="no stock to move"):
        begin(fresh, FillState.WAITING, by=pharmacy.system, did=Deed.REFILL_STARTED)
    assert (Fill.objects.count(), reserved()) == (1, 0)


@pytest.mark.parametrize("because", ["", "dose unclear"])
def test_a_new_fill_is_written_with_its_first_step_and_its_line(pharmacy, because):
    fresh = another(pharmacy, pharmacy.enter())
    begun = begin(
        fresh,
        FillState.SCREENING,
        by=pharmacy.technician,
        did=Deed.REFILL_STARTED,
        because=because,
    )
    found = stored(begun)
    assert (found.state, found.because, found.steps) == (FillState.SCREENING, because, 1)
    (line,) = lines_of(pharmacy, begun)
    said = {"from": "entry", "to": "screening"} | ({"because": because} if because else {})
    assert (line.deed, line.details) == (Deed.REFILL_STARTED, said)


def test_a_new_fill_keeps_the_key_it_was_given(pharmacy):
    fresh = another(pharmacy, pharmacy.enter())
    fresh.pk = new_key(Fill)
    given = fresh.pk
    begun = begin(fresh, FillState.SCREENING, by=pharmacy.technician, did=Deed.REFILL_STARTED)
    assert begun.pk == given == stored(begun).pk
    assert new_key(Fill) == given + 1


def test_several_steps_in_one_act_are_one_line_and_the_last_ones_effect(pharmacy):
    fill = pharmacy.stocked(until=FillState.WAITING)
    steps = fill.steps
    with CaptureQueriesContext(connection) as caught:
        advance_through(
            fill, ALONE, by=pharmacy.pharmacist, did=Deed.FILL_APPROVED, details={"alone": True}
        )
    assert len(caught) == 1
    assert (stored(fill).state, stored(fill).steps, fill.steps) == (
        FillState.READY,
        steps + 3,
        steps + 3,
    )
    assert Balance.objects.get(place__kind=PlaceKind.WILL_CALL).on_hand == 30
    assert lines_of(pharmacy, fill)[-1].details == {
        "from": "waiting",
        "through": ["filling", "check", "ready"],
        "alone": True,
    }


def test_several_steps_are_each_of_them_their_dutys(pharmacy):
    fill = pharmacy.stocked(until=FillState.WAITING)
    with pytest.raises(NotAllowed):
        advance_through(fill, ALONE, by=pharmacy.technician, did=Deed.FILL_APPROVED)
    assert (stored(fill).state, reserved()) == (FillState.WAITING, 30)


def test_no_step_of_a_path_may_be_left_out(pharmacy):
    fill = pharmacy.stocked(until=FillState.WAITING)
    path = (FillState.FILLING, FillState.READY)
    with pytest.raises(Refused, match="in filling cannot go to ready") as refusal:
        advance_through(fill, path, by=pharmacy.pharmacist, did=Deed.FILL_APPROVED)
    assert refusal.value.problems[0].code == "no-such-step"
    assert stored(fill).state == FillState.WAITING


def test_only_the_last_step_of_a_path_may_move_stock(pharmacy):
    fill = pharmacy.stocked(until=FillState.CHECK)
    path = (FillState.READY, FillState.SOLD)
    with pytest.raises(LookupError, match="only the last step"):
        advance_through(fill, path, by=pharmacy.pharmacist, did=Deed.SOLD)
    assert (stored(fill).state, reserved()) == (FillState.CHECK, 30)


def test_several_fills_are_held_in_the_order_of_their_packages_then_their_own(pharmacy):
    pharmacy.enter("metformin")
    fills = [pharmacy.enter(drug) for drug in ("metformin", "lisinopril", "metformin")]
    ids = [fill.pk for fill in fills]
    found = lock_fills(by=pharmacy.technician, fill_ids=[*ids[::-1], ids[0]])
    assert found == sorted(fills, key=lambda fill: (fill.package_id, fill.pk))
    with CaptureQueriesContext(connection) as caught:
        assert found[0].prescription.patient.pk == pharmacy.patient.pk
    assert len(caught) == 0
    assert lock_fills(by=pharmacy.technician, fill_ids=[]) == []


def test_when_one_of_several_fills_is_not_ours_none_is_held(pharmacy):
    fill = pharmacy.enter()
    with pytest.raises(Refused, match="No such fill") as refusal:
        lock_fills(by=pharmacy.technician, fill_ids=[fill.pk, fill.pk + 1000])
    assert refusal.value.problems[0].code == "no-fill"
    with pytest.raises(Refused, match="No such fill"):
        lock_fills(by=pharmacy.stranger, fill_ids=[fill.pk])


@pytest.mark.parametrize(
    "state", [FillState.WAITING, FillState.FILLING, FillState.CHECK, FillState.READY]
)
def test_the_house_takes_a_fill_of_a_recalled_lot_back_and_its_units_are_free(pharmacy, state):
    fill = pharmacy.stocked(until=state)
    advance(fill, FillState.SHORT, by=pharmacy.system, did=Deed.FILL_CALLED_BACK, because="L1")
    assert (stored(fill).state, stored(fill).because) == (FillState.SHORT, "L1")
    shelf = Balance.objects.get(place__kind=PlaceKind.SHELF)
    assert (shelf.on_hand, shelf.reserved) == (100, 0)


def test_a_bag_that_was_taken_back_is_filled_again_and_sold_once(pharmacy):
    fill = pharmacy.stocked(until=FillState.READY)
    advance(fill, FillState.SHORT, by=pharmacy.system, did=Deed.FILL_CALLED_BACK)
    for to, by in (
        (FillState.WAITING, pharmacy.technician),
        (FillState.FILLING, pharmacy.technician),
        (FillState.CHECK, pharmacy.technician),
        (FillState.READY, pharmacy.pharmacist),
        (FillState.SOLD, pharmacy.technician),
    ):
        advance(fill, to, by=by, did=Deed.FILL_MOVED)
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []
    sold = Move.objects.filter(fill_id=fill.pk, reason="sold")
    assert [move.quantity for move in sold] == [30]


@pytest.mark.parametrize("state", [FillState.CHECK, FillState.READY])
def test_a_clerk_takes_no_bag_back(pharmacy, state):
    fill = pharmacy.stocked(until=state)
    with pytest.raises(NotAllowed):
        advance(fill, FillState.SHORT, by=pharmacy.clerk, did=Deed.FILL_CALLED_BACK)
    assert stored(fill).state == state
