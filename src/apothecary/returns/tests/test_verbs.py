"""Every verb of returns and waste by every role, by a stranger, and out of its turn."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db import transaction

from apothecary.config.tests.world import PIN
from apothecary.journal.models import Entry
from apothecary.law.problem import Refused
from apothecary.law.waste import Seen, Stream
from apothecary.returns.disposal.containers import (
    close_container,
    copy_back,
    discard,
    hand_over,
    open_container,
)
from apothecary.returns.disposal.destroying import How, Item, destroy
from apothecary.returns.shipments.asking import ask_return, call_back
from apothecary.returns.shipments.credits import book, write_off
from apothecary.returns.shipments.models import Credit, Shipment, ShipmentLine
from apothecary.returns.shipments.picking import (
    begin_return,
    cancel_return,
    drop_line,
    give_form,
    keep_distributor,
    pick,
)
from apothecary.returns.shipments.shipping import confirm_arrival, follow_up, ship_return
from apothecary.returns.shipments.states import Group
from apothecary.returns.tests.backroom import Backroom, distributor
from apothecary.staff.duties import Duty, Role
from apothecary.staff.worker import NotAllowed, Worker
from apothecary.stock.models import Move

ROLES = [role for role in Role if role is not Role.SYSTEM]
STOCK, ORDER = Duty.MANAGE_STOCK, Duty.ORDER_STOCK
SEEN = Seen(read=True, original=True)


@dataclass
class Table:
    """One thing of each kind, where the verb that needs it finds it."""

    room: Backroom
    picked: Shipment
    line: ShipmentLine
    asked: Shipment
    authorized: Shipment
    shipped: Shipment
    owed: ShipmentLine
    by_form: Shipment
    credit: Credit
    open_box: int
    closed_box: int
    gone: int
    free: tuple[int, int]
    controlled: tuple[int, int]


@pytest.fixture
def table(room) -> Table:
    by = room.by
    shipped = room.shipped("lisinopril")
    room.credited(shipped, (1, "short", "4.50"))
    asked = room.asked("metformin")
    # A credit for goods that have not left is set aside.
    authorized = room.answered(room.asked("warfarin"))
    room.credited(authorized, (1, "full", "9.00"), credit="CM9")
    picked = room.begun()
    line = room.picked(picked, room.pulled("amoxicillin"))
    gone = open_container(by=by, stream=Stream.HAZARDOUS, stands="back room")
    close_container(by=by, container_id=gone.pk)
    closed = open_container(by=by, stream=Stream.OTHER, stands="back room")
    close_container(by=by, container_id=closed.pk)
    free, controlled = room.pulled(lot="L9"), room.pulled("oxycodone")
    return Table(
        room=room,
        picked=picked,
        line=line,
        asked=asked,
        authorized=authorized,
        shipped=shipped,
        owed=shipped.lines.get(),
        by_form=room.begun(Group.FORM_222),
        credit=Credit.objects.exclude(problem="").get(),
        open_box=open_container(by=by, stream=Stream.OTHER, stands="back room").pk,
        closed_box=closed.pk,
        gone=hand_over(by=by, container_ids=[gone.pk], hauler="Hill", manifest="M1").pk,
        free=(free.pk, room.quarantine.pk),
        controlled=(controlled.pk, room.quarantine.pk),
    )


def how(by: Worker) -> How:
    return How(
        place="pharmacy", method="burnt at a permitted unit", destroyed_on=by.today, key="d"
    )


def throws(t: Table, by: Worker) -> object:
    lot, place = t.free
    return discard(
        by=by, container_id=t.open_box, lot_id=lot, place_id=place, seen=SEEN,
        because="expired", key="t", quantity=Decimal(10),
    )  # fmt: skip


def destroys(t: Table, by: Worker) -> object:
    witness = t.room.world.technician.initials
    items = [Item(*t.controlled, Decimal(10))]
    return destroy(by=by, items=items, how=how(by), initials=witness, pin=PIN)


Act = Callable[[Table, Worker], object]
VERBS: dict[str, tuple[Duty, Act]] = {
    "pick": (STOCK, lambda t, by: pick(
        by=by, shipment_id=t.picked.pk, lot_id=t.free[0], place_id=t.free[1])),
    "drop": (STOCK, lambda t, by: drop_line(by=by, line_id=t.line.pk, because="good")),
    "ask": (STOCK, lambda t, by: ask_return(by=by, shipment_id=t.picked.pk)),
    "call back": (STOCK, lambda t, by: call_back(
        by=by, shipment_id=t.asked.pk, because="one is missing")),
    "cancel": (STOCK, lambda t, by: cancel_return(
        by=by, shipment_id=t.picked.pk, because="not now")),
    "ship": (STOCK, lambda t, by: ship_return(
        by=by, shipment_id=t.authorized.pk, carrier="UPS")),
    "confirm": (STOCK, lambda t, by: confirm_arrival(
        by=by, shipment_id=t.shipped.pk, on=by.today)),
    "follow up": (ORDER, lambda t, by: follow_up(
        by=by, shipment_id=t.shipped.pk, says="they count it")),
    "give the form": (Duty.COUNT_CONTROLLED, lambda t, by: give_form(
        by=by, shipment_id=t.by_form.pk, form_222="230000001")),
    "write off": (Duty.WRITE_OFF, lambda t, by: write_off(
        by=by, line_id=t.owed.pk, because="small")),
    "throw away": (STOCK, throws),
    "close a container": (STOCK, lambda t, by: close_container(
        by=by, container_id=t.open_box)),
    "hand over": (STOCK, lambda t, by: hand_over(
        by=by, container_ids=[t.closed_box], hauler="Hill", manifest="M2")),
    "file the copy": (STOCK, lambda t, by: copy_back(
        by=by, hand_over_id=t.gone, on=by.today)),
}  # fmt: skip
OWN: dict[str, tuple[Duty, Act]] = {
    "keep a distributor": (Duty.KEEP_WHOLESALERS, lambda t, by: keep_distributor(
        by=by, given=distributor("sabine"))),
    "begin": (STOCK, lambda t, by: begin_return(
        by=by, group=Group.PLAIN, distributor_id=t.room.distributor.pk)),
    "open a container": (STOCK, lambda t, by: open_container(
        by=by, stream=Stream.OTHER, stands="back room")),
    "destroy": (Duty.DESTROY_CONTROLLED, destroys),
}  # fmt: skip


def written() -> tuple[int, int]:
    """What any verb leaves behind."""
    return Entry.objects.count(), Move.objects.count()


@pytest.mark.parametrize("name", [*VERBS, *OWN])
def test_a_verb_is_done_by_whose_duty_it_is_and_by_nobody_else(table, room, name):
    """All roles in turn: each is undone again, so that the next one finds the same table."""
    duty, act = (VERBS | OWN)[name]
    done = {}
    for role in ROLES:
        by, before = room.world.workers[role], written()
        point = transaction.savepoint()
        try:
            act(table, by)
            done[role] = True
            assert written() != before
        except NotAllowed:
            done[role] = False
            assert written() == before
        transaction.savepoint_rollback(point)
    assert done == {role: room.world.workers[role].may(duty) for role in ROLES}
    assert set(done.values()) == {True, False}


@pytest.mark.parametrize("name", VERBS)
def test_what_is_another_pharmacys_is_not_there_for_a_stranger(table, room, name):
    duty, act = VERBS[name]
    stranger, before = room.world.stranger, written()
    if not stranger.may(duty):
        with pytest.raises(NotAllowed):
            act(table, stranger)
    else:
        with pytest.raises(Refused) as refused, transaction.atomic():
            act(table, stranger)
        assert refused.value.problems[0].code.startswith("no-")
        assert refused.value.problems[0].field
    assert written() == before


OUT_OF_TURN: dict[str, Act] = {
    "picked onto what was asked for": lambda t, by: pick(
        by=by, shipment_id=t.asked.pk, lot_id=t.free[0], place_id=t.free[1]
    ),
    "asked for twice": lambda t, by: ask_return(by=by, shipment_id=t.asked.pk),
    "called back before it was asked for": lambda t, by: call_back(
        by=by, shipment_id=t.picked.pk, because="x"
    ),
    "cancelled when it has left": lambda t, by: cancel_return(
        by=by, shipment_id=t.shipped.pk, because="x"
    ),
    "shipped before they have answered": lambda t, by: ship_return(
        by=by, shipment_id=t.asked.pk, carrier="UPS"
    ),
    "shipped twice": lambda t, by: ship_return(
        by=by, shipment_id=t.shipped.pk, carrier="UPS"
    ),
    "confirmed before it has left": lambda t, by: confirm_arrival(
        by=by, shipment_id=t.authorized.pk, on=by.today
    ),
    "asked after before it has left": lambda t, by: follow_up(
        by=by, shipment_id=t.picked.pk, says="x"
    ),
    "a form for a return without Schedule II": lambda t, by: give_form(
        by=by, shipment_id=t.picked.pk, form_222="230000001"
    ),
    "dropped when it has left": lambda t, by: drop_line(
        by=by, line_id=t.owed.pk, because="x"
    ),
    "written off before it has left": lambda t, by: write_off(
        by=by, line_id=t.line.pk, because="x"
    ),
    "thrown into a closed container": lambda t, by: discard(
        by=by, container_id=t.closed_box, lot_id=t.free[0], place_id=t.free[1], seen=SEEN,
        because="x", key="x",
    ),
    "a container closed twice": lambda t, by: close_container(
        by=by, container_id=t.closed_box
    ),
    "an open container handed over": lambda t, by: hand_over(
        by=by, container_ids=[t.open_box], hauler="Hill", manifest="M3"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OUT_OF_TURN)
def test_out_of_its_turn_a_verb_is_refused_and_changes_nothing(table, room, name):
    before = written()
    with pytest.raises(Refused), transaction.atomic():
        OUT_OF_TURN[name](table, room.world.workers[Role.IN_CHARGE])
    assert written() == before


def test_a_credit_of_goods_that_have_not_left_stays_aside_until_they_have(table, room):
    assert book(by=room.world.system, credit_id=table.credit.pk).problem
    ship_return(by=room.by, shipment_id=table.authorized.pk, carrier="UPS")
    assert book(by=room.world.system, credit_id=table.credit.pk).problem == ""
