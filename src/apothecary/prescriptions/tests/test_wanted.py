"""What a fill asked for in vain is wanted as long as it waits for it, whichever way it goes."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from apothecary.journal.deeds import Deed
from apothecary.law.problem import Refused
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import STEPS, TABLE, FillState
from apothecary.prescriptions.tests.mixed import entered
from apothecary.prescriptions.writer import advance
from apothecary.stock.ledger import Effect
from apothecary.stock.levels.models import Wanted
from apothecary.stock.models import Reservation
from apothecary.stock.queries import book_faults

LONGEST = 5
PROMISED = {FillState.WAITING, FillState.FILLING, FillState.CHECK}


class TakenBack(Exception):
    """A branch that was walked and is undone."""


def ends(state: FillState) -> list[FillState]:
    return [step.end for step in STEPS if step.start is state]


def agrees(fill: Fill) -> None:
    """Nothing is wanted for a fill that is not short, nothing promised to one that is."""
    wanted = Wanted.objects.filter(fill_id=fill.pk).exists()
    held = Reservation.objects.filter(fill_id=fill.pk, state="pending").exists()
    assert not wanted or fill.state == FillState.SHORT, fill.state
    assert held == (fill.state in PROMISED), fill.state


def tree(
    world, fill: Fill, *, deep: int, way: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """Every way on from here, each step taken and undone; what the writer refuses ends one."""
    agrees(fill)
    yield way
    if deep == 0:
        return
    for end in ends(FillState(fill.state)):
        step = Fill.objects.select_related("package__product", "prescription").get(pk=fill.pk)
        try:
            with transaction.atomic():
                moved = advance(step, end, by=world.pharmacist, did=Deed.FILL_MOVED)
                yield from tree(world, moved, deep=deep - 1, way=(*way, end.value))
                raise TakenBack
        except (TakenBack, Refused):
            continue


@pytest.mark.parametrize("stock", [0, 29, 30])
def test_on_every_way_of_a_fill_only_what_is_short_is_wanted(pharmacy, stock):
    if stock:
        pharmacy.receive("lisinopril", str(stock))
    ways = set(tree(pharmacy, pharmacy.enter(), deep=LONGEST))
    last = {way[-1] for way in ways if way}
    assert {"short", "cancelled"} <= last
    assert len(ways) > (40 if stock < 30 else 200)
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_a_compound_wants_none_of_its_ingredients_once_it_is_not_short(pharmacy):
    ways = set(tree(pharmacy, entered(pharmacy), deep=LONGEST))
    assert {"short", "cancelled"} <= {way[-1] for way in ways if way}


@pytest.mark.parametrize("end", [step.end for step in STEPS if step.start is FillState.SHORT])
def test_each_way_out_of_short_ends_the_wish(pharmacy, end):
    fill = advance(pharmacy.enter(), FillState.WAITING, by=pharmacy.system, did=Deed.FILL_MOVED)
    assert Wanted.objects.get().fill_id == fill.pk
    pharmacy.receive("lisinopril", "30")
    advance(fill, end, by=pharmacy.pharmacist, did=Deed.FILL_MOVED)
    assert not Wanted.objects.exists()


def test_the_wish_of_another_fill_stays(pharmacy):
    first, second = (
        advance(pharmacy.enter(), FillState.WAITING, by=pharmacy.system, did=Deed.FILL_MOVED)
        for _ in range(2)
    )
    advance(first, FillState.CANCELLED, by=pharmacy.technician, did=Deed.FILL_CANCELLED)
    assert [row.fill_id for row in Wanted.objects.all()] == [second.pk]


def test_no_step_ends_in_short_but_from_where_stock_was_asked_for_or_is_given_back():
    gives_back = {Effect.VOID, Effect.RETURN}
    into = [step for step in STEPS if step.end is FillState.SHORT]
    reserving = {start for start, end in TABLE if end is FillState.WAITING}
    assert [one for one in into if one.effect not in gives_back | {Effect.NONE}] == []
    assert {one.start for one in into if one.effect is Effect.NONE} <= reserving
    assert {one.start for one in into if one.effect in gives_back} == {
        FillState.WAITING,
        FillState.FILLING,
        FillState.CHECK,
        FillState.READY,
    }
