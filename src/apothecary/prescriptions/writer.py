"""The one writer of a fill's state: the table says whether, the ledger and journal say that."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from django.db import connection
from django.db.models import Model

from apothecary.journal.compiled import Compiled, Given
from apothecary.journal.deeds import Deed
from apothecary.journal.writes import Missed, Writes
from apothecary.law.problem import refuse
from apothecary.prescriptions.compound_rules import DISCOUNTED
from apothecary.prescriptions.compound_tables import CompoundIngredient, is_compound
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.refill_log.keeping import is_logged, log_line
from apothecary.prescriptions.states import TABLE, FillState, Step, step
from apothecary.staff.worker import Worker
from apothecary.stock import ledger
from apothecary.stock.kinds import Programme
from apothecary.stock.ledger import Effect
from apothecary.stock.queries import free_units

FULL = "prescription__patient", "prescription__prescriber", "package__product"
MOVE = """
UPDATE prescriptions_fill
SET state = %s, because = %s, state_since = %s, owner_id = %s, steps = steps + %s,
    data_reviewed = %s, screened_at = %s
WHERE id = %s AND pharmacy_id = %s AND state = %s AND steps = %s
"""

NEW_KEY = "SELECT nextval(pg_get_serial_sequence(%s, 'id'))"

HELD = Compiled(
    Fill.objects.select_for_update(of=("self",), no_key=True)
    .select_related("pharmacy", *FULL)
    .filter(pharmacy_id=Given("pharmacy_id"), id=Given("id"))
)

ALL_HELD = Compiled(
    Fill.objects.select_for_update(of=("self",), no_key=True)
    .select_related(*FULL)
    .filter(pharmacy_id=Given("pharmacy_id"), id__among=Given("ids"))
    .order_by("id")
)


def lock_fill(*, by: Worker, fill_id: int) -> Fill:
    """The fill of this pharmacy, held until the act is done (1 query)."""
    fill = HELD.get({"pharmacy_id": by.pharmacy_id, "id": fill_id})
    if fill is None:
        raise refuse("No such fill in this pharmacy.", code="no-fill")
    return fill


def lock_fills(*, by: Worker, fill_ids: Collection[int]) -> list[Fill]:
    """Several fills, held until the act is done, in the order to advance them in (1 query).

    All are locked before the first is advanced, and the ledger then holds their packages in the
    order of their ids: two acts on the same fills follow each other and never wait in a circle.
    """
    if len(fill_ids) == 1:
        # Of a list of keys the server makes a new plan each time, of one key it keeps it.
        return [lock_fill(by=by, fill_id=fill_id) for fill_id in fill_ids]
    fills = ALL_HELD.all({"pharmacy_id": by.pharmacy_id, "ids": list(fill_ids)})
    if len(fills) != len(set(fill_ids)):
        raise refuse("No such fill in this pharmacy.", code="no-fill")
    if any(is_compound(fill.package) for fill in fills):
        # A compound's step holds several packages: all of this act's are held before the first.
        ledger.hold_packages(by=by, package_ids=[key for f in fills for key in drawn_from(f)])
    return sorted(fills, key=lambda fill: (fill.package_id, fill.pk))


def begin(
    fill: Fill,
    to: FillState,
    *,
    by: Worker,
    did: Deed,
    because: str = "",
    writes: Writes | None = None,
) -> Fill:
    """Write a new fill where its first step has taken it, with what comes with it (1 query).

    ``writes`` holds what else the act writes. A fill without a key gets one (1 query more).
    """
    row = legal_step(fill, to)
    by.must(row.duty)
    if row.effect is not Effect.NONE:
        raise LookupError("a new fill has no stock to move")
    fill.state, fill.because, fill.steps = row.end.value, because, fill.steps + 1
    writes = writes or Writes()
    if not fill.pk:
        fill.pk = new_key(Fill)
    writes.insert(fill)
    said = {"from": row.start.value, "to": row.end.value}
    said |= {"because": because} if because else {}
    writes.record(by=by, did=did, about=fill, details=said)
    writes.run()
    return fill


def new_key(table: type[Model]) -> int:
    """The key of a row that is going to be written (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(NEW_KEY, [table._meta.db_table])
        (key,) = cursor.fetchall()[0]
    return int(key)


def must_be_in(fill: Fill, *states: FillState) -> None:
    """Stop when the fill is elsewhere: somebody was faster, or it is not its turn."""
    if fill.state not in states:
        wanted = " or ".join(state.value for state in states)
        says = f"This fill is in {fill.state}, not in {wanted}: somebody has moved it on."
        raise refuse(says, code="wrong-state")


def advance(
    fill: Fill,
    to: FillState,
    *,
    by: Worker,
    did: Deed,
    because: str = "",
    owner_id: int | None = None,
    details: Mapping[str, object] | None = None,
    writes: Writes | None = None,
) -> Fill:
    """Move a locked fill on: duty, table, ledger, state and journal, or nothing at all.

    A move to ``waiting`` reserves stock; where there is not enough the fill goes to ``short``
    instead and says how much is missing. One statement, with whatever else the act ``writes``;
    two where stock is reserved.
    """
    row = legal_step(fill, to)
    if row.or_duty is None or not by.may(row.or_duty):
        by.must(row.duty)
    writes = writes or Writes()
    if row.effect is Effect.RESERVE and not reserve(fill, by=by):
        because = shortage(fill, by=by)
        if row.start is FillState.SHORT:
            raise refuse(f"Still out of stock: {because}.", code="short")
        row = legal_step(fill, FillState.SHORT)
    elif row.effect is Effect.VOID:
        ledger.void(by=by, fill_id=fill.pk, writes=writes)
    elif row.effect in {Effect.POST, Effect.SELL, Effect.RETURN}:
        settle(fill, row.effect, by=by, writes=writes)
    said = {"from": row.start.value, "to": row.end.value, **(details or {})}
    if because:
        said["because"] = because
    writes.record(by=by, did=did, about=fill, details=said)
    write_state(fill, row.end, by=by, because=because, owner_id=owner_id, writes=writes)
    return fill


def advance_through(
    fill: Fill,
    path: Sequence[FillState],
    *,
    by: Worker,
    did: Deed,
    details: Mapping[str, object] | None = None,
    writes: Writes | None = None,
) -> Fill:
    """Take several steps in one act: each legal and its duty's, the last one's effect alone.

    For one person who does at once what otherwise takes several hands. One statement, with
    whatever else the act ``writes``.
    """
    start, rows = FillState(fill.state), []
    for before, to in pairwise([start, *path]):
        row = TABLE.get((before, to))
        if row is None:
            raise refuse(f"A fill in {before} cannot go to {to.value}.", code="no-such-step")
        by.must(row.duty)
        rows.append(row)
    if any(row.effect is not Effect.NONE for row in rows[:-1]):
        raise LookupError("only the last step of a path may move stock")
    writes = writes or Writes()
    settle(fill, rows[-1].effect, by=by, writes=writes)
    said = {"from": start.value, "through": [state.value for state in path], **(details or {})}
    writes.record(by=by, did=did, about=fill, details=said)
    steps = len(path)
    write_state(fill, path[-1], by=by, because="", owner_id=None, steps=steps, writes=writes)
    return fill


def settle(fill: Fill, effect: Effect, *, by: Worker, writes: Writes) -> None:
    """What a step does to the ledger, once for this step of this fill.

    A refill of a controlled drug that a pharmacist lets out is a line of the day's log.
    """
    if effect is Effect.POST and is_logged(fill):
        writes.insert(log_line(fill, by=by))
    key = f"fill-{fill.pk}-{fill.steps}-{effect.value}"
    made_of, quantity = fill.made_of, fill.quantity
    if made_of:
        # The ledger knows the ingredients alone: what it holds for the fill is their sum.
        quantity = sum((one.quantity for one in made_of), Decimal(0))
        if effect is Effect.RETURN:
            ledger.waste_bag(by=by, fill_id=fill.pk, key=key)
            return
    ledger.settle(
        by=by, fill_id=fill.pk, effect=effect, quantity=quantity, key=key, writes=writes
    )


def legal_step(fill: Fill, to: FillState) -> Step:
    """The row of the table, or a refusal: a move that is not in the table does not exist."""
    row = step(FillState(fill.state), to)
    if row is None:
        says = f"A fill in {fill.state} cannot go to {to.value}."
        raise refuse(says, code="no-such-step")
    return row


def programme_of(fill: Fill) -> Programme:
    """Whose stock the fill takes: what is billed as bought under 340B takes that alone."""
    return Programme.OWN if fill.cost_340b_usd is None else Programme.DISCOUNT_340B


def programme_of_ingredient(one: CompoundIngredient) -> Programme:
    """Whose stock an ingredient takes; its basis of cost says how it is billed."""
    return Programme.DISCOUNT_340B if one.basis == DISCOUNTED else Programme.OWN


def reserve(fill: Fill, *, by: Worker, first_lot: int | None = None) -> bool:
    """Promise the fill its units, from lots that last as long as the supply does.

    Of its programme's stock alone; of a compound every ingredient, or none.
    """
    good_until = by.today + timedelta(days=fill.days_supply)
    made_of = fill.made_of
    if made_of:
        return ledger.reserve_all(
            by=by,
            fill_id=fill.pk,
            packages={one.package_id: one.quantity for one in made_of},
            good_until=good_until,
            first_lot=first_lot,
            discounted=[
                one.package_id
                for one in made_of
                if programme_of_ingredient(one) is Programme.DISCOUNT_340B
            ],
        )
    return ledger.reserve(
        by=by,
        fill_id=fill.pk,
        package_id=fill.package_id,
        quantity=fill.quantity,
        good_until=good_until,
        first_lot=first_lot,
        programme=programme_of(fill),
    )


def drawn_from(fill: Fill) -> list[int]:
    """The packages whose stock a step of the fill may touch."""
    return [one.package_id for one in fill.made_of] or [fill.package_id]


def missing_ingredients(fill: Fill, *, by: Worker) -> str:
    """Which ingredients of a compound are too few, in words (a query for each)."""
    good_until = by.today + timedelta(days=fill.days_supply)
    says = []
    for one in fill.made_of:
        programme = programme_of_ingredient(one)
        there = free_units(
            pharmacy_id=by.pharmacy_id,
            package_id=one.package_id,
            good_until=good_until,
            programme=programme,
        )
        if there < one.quantity:
            needs, unit = f"{one.quantity.normalize():f}", one.package.unit
            name, whose = one.package.product.name, stock_said(programme)
            says.append(f"needs {needs} {unit} of {name}, {there.normalize():f} {whose}")
    return "; ".join(says) or "one of its ingredients has just been promised to another"


def stock_said(programme: Programme) -> str:
    """Where units lie, in words: what the other programme has is of no use to this fill."""
    return "on hand" if programme is Programme.OWN else f"of {programme.label} stock on hand"


def shortage(fill: Fill, *, by: Worker) -> str:
    """How much is needed and how much there is, in words."""
    if is_compound(fill.package):
        return missing_ingredients(fill, by=by)
    programme = programme_of(fill)
    there = free_units(
        pharmacy_id=by.pharmacy_id,
        package_id=fill.package_id,
        good_until=by.today + timedelta(days=fill.days_supply),
        programme=programme,
    )
    needs, has = f"{fill.quantity.normalize():f}", f"{there.normalize():f}"
    return f"needs {needs}, {has} {stock_said(programme)}"


def write_state(
    fill: Fill,
    to: FillState,
    *,
    by: Worker,
    because: str,
    owner_id: int | None,
    writes: Writes,
    steps: int = 1,
) -> None:
    """Write the new state over the old one we saw; anything else in between refuses (1 query).

    What was screened and reviewed on the way goes with it.
    """
    new = [to.value, because, by.at, owner_id, steps, fill.data_reviewed, fill.screened_at]
    seen = [fill.pk, by.pharmacy_id, fill.state, fill.steps]
    writes.change(MOVE, [*new, *seen], must=True)
    try:
        ledger.run(writes)
    except Missed as missed:
        raise refuse("Somebody else has moved this fill on.", code="wrong-state") from missed
    fill.state, fill.because, fill.state_since = to.value, because, by.at
    fill.owner_id = owner_id
    fill.steps += steps
