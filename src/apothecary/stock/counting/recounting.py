"""A count at the shelf that one person may not sign alone: kept, and asked of another."""

from decimal import Decimal

from django.db.models import QuerySet

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse
from apothecary.staff.worker import Worker
from apothecary.stock.counting.actions import compare, touch_line
from apothecary.stock.counting.asserting import Said, assert_units, details, is_controlled
from apothecary.stock.counting.models import CountLine
from apothecary.stock.counting.queries import abc_of
from apothecary.stock.counting.rules import AbcClass, Counted, LineState
from apothecary.stock.levels.queries import standings
from apothecary.stock.models import Balance


def facts_of(balance: Balance, counted: Decimal, *, by: Worker) -> Counted:
    """A count of a held balance as the tolerance looks at it (1 query where it differs)."""
    abc = AbcClass.C
    if counted != balance.on_hand:
        rows = standings(pharmacy_id=by.pharmacy_id, at=by.at, today=by.today)
        of = abc_of(rows)
        abc = of.get((balance.lot.package_id, balance.place.programme), abc)
    return Counted(balance.on_hand, counted, abc, is_controlled(balance))


def have_recounted(balance: Balance, said: Said, *, by: Worker, because: str) -> CountLine:
    """Keep a count above tolerance on a sheet of one line, for a second person.

    Said again by the same person it changes nothing; to anybody else that sheet is named.
    """
    waiting = recount_of(balance)
    if waiting is not None and waiting.counted_by_id == by.somebody:
        return waiting
    if waiting is not None:
        says = f"Sheet {waiting.sheet_id} waits for a second count of this: enter it there."
        raise refuse(says, code="recount-waits", field="counted")
    line = touch_line(balance, by=by)
    line.note = because.strip()
    compare(
        line, assert_units(by=by, balance=balance, said=said, line=line), by=by, again=False
    )
    told = {**details(balance, said, said.counted - balance.on_hand), "sheet": line.sheet_id}
    record(by=by, did=Deed.COUNT_ENTERED, about=balance.lot, details=told)
    return line


def recount_of(balance: Balance) -> CountLine | None:
    """The line on which a second person is asked for this lot here, if any (1 query)."""
    waiting = recounts_of_lot(pharmacy_id=balance.pharmacy_id, lot_id=balance.lot_id)
    return waiting.filter(place_id=balance.place_id).first()


def recounts_of_lot(*, pharmacy_id: int, lot_id: int) -> QuerySet[CountLine]:
    """Open lines on which a second person is asked for a lot, with their places (1 query)."""
    waiting = CountLine.objects.filter(
        pharmacy_id=pharmacy_id,
        lot_id=lot_id,
        state=LineState.RECOUNT.value,
        sheet__closed_at=None,
    )
    return waiting.select_related("place").order_by("id")
