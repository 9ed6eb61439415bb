"""Counting: make a sheet, count, count again, settle, close; answer how many are left."""

from decimal import Decimal

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.models import Person
from apothecary.staff.worker import Worker
from apothecary.stock.counting.asserting import (
    Said,
    assert_units,
    details,
    hold_balance,
    is_controlled,
    post_difference,
)
from apothecary.stock.counting.models import Assertion, CountLine, CountSheet, Scope, Way
from apothecary.stock.counting.queries import Pick, balances_to_count
from apothecary.stock.counting.rules import (
    WHY_SAYS,
    AbcClass,
    Counted,
    LineState,
    Why,
    counting_problems,
    state_after,
)
from apothecary.stock.kinds import PICKED_FROM, PlaceKind
from apothecary.stock.models import Balance, Lot, Move, Place

LONGEST_NOTE = 500


@transaction.atomic
def start_count(*, by: Worker, pick: Pick, counter_id: int | None = None) -> CountSheet:
    """Make a sheet of what is to be counted, and say who counts it."""
    by.must(Duty.MANAGE_STOCK)
    counter = by.somebody if counter_id is None else counter_id
    people = Person.objects.filter(pharmacy_id=by.pharmacy_id, active=True, pk=counter)
    if not people.exists():
        raise refuse("Nobody here by that name counts.", field="counter_id", code="no-person")
    same = CountSheet.objects.filter(
        pharmacy_id=by.pharmacy_id, scope=pick.scope.value, of=pick.of, closed_at=None
    )
    if same.exists():
        says = "There is an open sheet of just this: count it, or close it first."
        raise refuse(says, field="scope", code="sheet-open")
    found = balances_to_count(pick, pharmacy_id=by.pharmacy_id, at=by.at, today=by.today)
    if not found:
        raise refuse("Nothing there is to be counted.", field="scope", code="nothing-to-count")
    sheet = CountSheet.objects.create(
        pharmacy_id=by.pharmacy_id,
        scope=pick.scope.value,
        of=pick.of,
        counter_id=counter,
        made_at=by.at,
        made_by_id=by.somebody,
    )
    CountLine.objects.bulk_create(new_line(sheet, *each) for each in found)
    said = {"scope": pick.scope.value, "of": pick.of, "lines": len(found), "counter": counter}
    record(by=by, did=Deed.COUNT_SHEET_MADE, about=sheet, details=said)
    return sheet


def new_line(sheet: CountSheet, balance: Balance, abc: AbcClass) -> CountLine:
    """A line that is still to be counted."""
    return CountLine(
        pharmacy_id=sheet.pharmacy_id,
        sheet=sheet,
        place_id=balance.place_id,
        lot_id=balance.lot_id,
        abc=abc.value,
        controlled=is_controlled(balance),
    )


@transaction.atomic
def enter_count(*, by: Worker, line_id: int, counted: Decimal) -> CountLine:
    """Say how much is there, first or again, without having seen the books.

    Counted with what lies in baskets: it is on the books until the check. Compared with the
    balance under lock, so that what moved since the sheet was made is in both.
    """
    by.must(Duty.MANAGE_STOCK)
    line = lock_line(by=by, line_id=line_id)
    state = LineState(line.state)
    refuse_if(
        counting_problems(
            state=state,
            by=by.somebody,
            counter=line.sheet.counter_id,
            counted_by=line.counted_by_id,
            counted=counted,
        )
    )
    again = state is LineState.RECOUNT
    balance = hold_balance(by=by, lot_id=line.lot_id, place_id=line.place_id)
    said = Said(counted, Way.RECOUNT if again else Way.SHEET)
    made = assert_units(by=by, balance=balance, said=said, line=line)
    compare(line, made, by=by, again=again)
    told = {**details(balance, said, made.counted - made.book), "sheet": line.sheet_id}
    record(by=by, did=Deed.COUNT_ENTERED, about=balance.lot, details=told)
    return line


def compare(line: CountLine, made: Assertion, *, by: Worker, again: bool) -> None:
    """Put the line where the count leaves it."""
    facts = Counted(made.book, made.counted, AbcClass(line.abc), line.controlled)
    line.state = state_after(facts, recounted=again).value
    line.difference, line.counted_by_id = facts.difference, by.somebody
    if line.state == LineState.SETTLED:
        line.settled_at, line.settled_by_id = by.at, by.somebody
    line.save()


@transaction.atomic
def settle_line(*, by: Worker, line_id: int, reason: Why, note: str = "") -> CountLine:
    """Sign the difference of a line with its reason: it is posted against over/short."""
    by.must(Duty.MANAGE_STOCK)
    line = lock_line(by=by, line_id=line_id)
    if line.state != LineState.COUNTED or line.difference is None:
        says = "There is no difference to sign: " + NOTHING_TO_SIGN[LineState(line.state)]
        raise refuse(says, code="line-not-counted")
    if line.controlled:
        by.must(Duty.COUNT_CONTROLLED)
    if len(note) > LONGEST_NOTE:
        raise refuse(f"A note has at most {LONGEST_NOTE} letters.", field="note")
    balance = hold_balance(by=by, lot_id=line.lot_id, place_id=line.place_id)
    refuse_if_dealt_with(line)
    because = ", ".join(filter(None, [WHY_SAYS[reason], note.strip()]))
    post_difference(
        by=by,
        balance=balance,
        difference=line.difference,
        because=because,
        key=f"count line {line.pk}",
        line=line,
    )
    line.state, line.reason, line.note = LineState.SETTLED.value, reason.value, note.strip()
    line.settled_at, line.settled_by_id = by.at, by.somebody
    line.save()
    said = {"difference": line.difference, "because": because, "sheet": line.sheet_id}
    record(by=by, did=Deed.COUNT_SETTLED, about=balance.lot, details=said)
    return line


NOTHING_TO_SIGN = {
    LineState.ASKED: "nobody has counted this line.",
    LineState.RECOUNT: "a second person counts this line first.",
    LineState.SETTLED: "the line is settled.",
}


def refuse_if_dealt_with(line: CountLine) -> None:
    """A later over/short move of the lot here may be this very difference: count anew."""
    last = line.assertions.order_by("-id").first()
    later = Move.objects.filter(
        pharmacy_id=line.pharmacy_id, lot_id=line.lot_id, pk__gt=last.seen_move if last else 0
    )
    over = PlaceKind.OVER_SHORT.value
    corrected = later.filter(from_place__kind=over, to_place_id=line.place_id) | later.filter(
        to_place__kind=over, from_place_id=line.place_id
    )
    if corrected.exists():
        says = "The books were corrected here since this was counted: have it counted anew."
        raise refuse(says, code="counted-before-correction")


@transaction.atomic
def ask_anew(*, by: Worker, line_id: int, because: str) -> CountLine:
    """Have a line that was counted and not settled counted once more from the start."""
    by.must(Duty.MANAGE_STOCK)
    line = lock_line(by=by, line_id=line_id)
    if not because.strip():
        raise refuse("Say why it is counted anew.", field="because", code="no-reason")
    if line.state not in {LineState.COUNTED, LineState.RECOUNT}:
        raise refuse("Nothing of this line is to be counted anew.", code="line-not-counted")
    line.state, line.difference = LineState.ASKED.value, None
    line.save(update_fields=["state", "difference"])
    said = {"because": because.strip(), "line": line.pk}
    record(by=by, did=Deed.COUNT_ASKED_ANEW, about=line.sheet, details=said)
    return line


@transaction.atomic
def add_found(*, by: Worker, sheet_id: int, place_id: int, lot_id: int) -> CountLine:
    """Put a lot on a sheet that the books do not have at the place: it was found there."""
    by.must(Duty.MANAGE_STOCK)
    sheet = lock_sheet(by=by, sheet_id=sheet_id)
    if sheet.counter_id != by.somebody:
        says = "This is somebody else's sheet: who counts it, was said when it was made."
        raise refuse(says, code="not-your-sheet")
    make_room(by=by, place_id=place_id, lot_id=lot_id)
    balance = hold_balance(by=by, lot_id=lot_id, place_id=place_id)
    line, made = CountLine.objects.get_or_create(
        pharmacy_id=by.pharmacy_id,
        sheet=sheet,
        place_id=place_id,
        lot_id=lot_id,
        defaults={"abc": AbcClass.C.value, "controlled": is_controlled(balance)},
    )
    if not made:
        raise refuse("That lot is on this sheet already.", field="lot_id", code="on-the-sheet")
    said = {"lot": lot_id, "place": place_id}
    record(by=by, did=Deed.COUNT_LINE_ADDED, about=sheet, details=said)
    return line


def make_room(*, by: Worker, place_id: int, lot_id: int) -> None:
    """A balance of nothing for a lot that the books never had there."""
    places = Place.objects.filter(pharmacy_id=by.pharmacy_id, closed_at=None)
    here = places.filter(pk=place_id, kind__in=PICKED_FROM).exists()
    if not here or not Lot.objects.filter(pharmacy_id=by.pharmacy_id, pk=lot_id).exists():
        raise refuse("No such lot or no such shelf here.", code="no-balance")
    Balance.objects.get_or_create(pharmacy_id=by.pharmacy_id, place_id=place_id, lot_id=lot_id)


@transaction.atomic
def close_sheet(*, by: Worker, sheet_id: int, because: str = "") -> CountSheet:
    """Close a sheet; with lines that are not settled only with a reason."""
    by.must(Duty.MANAGE_STOCK)
    sheet = lock_sheet(by=by, sheet_id=sheet_id)
    left = sheet.lines.exclude(state=LineState.SETTLED.value).count()
    if left and not because.strip():
        says = f"{left} lines are not settled: say why the sheet is closed."
        raise refuse(says, field="because", code="lines-open")
    sheet.closed_at, sheet.closed_because = by.at, because.strip()
    sheet.save(update_fields=["closed_at", "closed_because"])
    said = {"left": left, "because": because.strip()}
    record(by=by, did=Deed.COUNT_SHEET_CLOSED, about=sheet, details=said)
    return sheet


@transaction.atomic
def answer_left(
    *, by: Worker, place_id: int, lot_id: int, left: Decimal, in_vials: Decimal = Decimal(0)
) -> CountLine | None:
    """Say how many are left in the bottle; what does not agree goes onto a sheet of its own.

    ``in_vials`` is what the caller knows to be on the books here and in a vial or basket.
    Returns the line that somebody has to settle or count again; None when the books agree.
    """
    by.must(Duty.MANAGE_STOCK)
    refuse_if(
        counting_problems(
            state=LineState.ASKED,
            by=by.somebody,
            counter=by.somebody,
            counted_by=None,
            counted=left,
        )
    )
    balance = hold_balance(by=by, lot_id=lot_id, place_id=place_id)
    said = Said(left, Way.TOUCH, in_vials)
    difference = left - (balance.on_hand - in_vials)
    line = touch_line(balance, by=by) if difference else None
    made = assert_units(by=by, balance=balance, said=said, line=line)
    if line is not None:
        compare(line, made, by=by, again=False)
    told = details(balance, said, difference)
    record(by=by, did=Deed.STOCK_COUNTED, about=balance.lot, details=told)
    return line


def touch_line(balance: Balance, *, by: Worker) -> CountLine:
    """A sheet of one line for what was found at the shelf."""
    sheet = CountSheet.objects.create(
        pharmacy_id=by.pharmacy_id,
        scope=Scope.TOUCH.value,
        counter_id=by.somebody,
        made_at=by.at,
        made_by_id=by.somebody,
    )
    line = new_line(sheet, balance, AbcClass.A)
    line.save(force_insert=True)
    return line


def lock_line(*, by: Worker, line_id: int) -> CountLine:
    """The line of an open sheet, held."""
    lines = CountLine.objects.select_for_update(of=("self",)).select_related("sheet")
    line = lines.filter(pharmacy_id=by.pharmacy_id, pk=line_id).first()
    if line is None:
        raise refuse("No such line here.", code="no-line")
    if line.sheet.closed_at is not None:
        raise refuse("The sheet of this line is closed.", code="sheet-closed")
    return line


def lock_sheet(*, by: Worker, sheet_id: int) -> CountSheet:
    """The open sheet, held."""
    sheets = CountSheet.objects.select_for_update()
    sheet = sheets.filter(pharmacy_id=by.pharmacy_id, pk=sheet_id).first()
    if sheet is None:
        raise refuse("No such count sheet here.", code="no-sheet")
    if sheet.closed_at is not None:
        raise refuse("This sheet is closed.", code="sheet-closed")
    return sheet
