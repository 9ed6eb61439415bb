"""The one writer of a fill's state: the table says whether, the ledger and journal say that."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise

from django.db import connection

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse
from apothecary.prescriptions.compiled import Compiled
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import TABLE, FillState, Step, step
from apothecary.staff.worker import Worker
from apothecary.stock import ledger
from apothecary.stock.ledger import Effect
from apothecary.stock.queries import free_units

FULL = "prescription__patient", "prescription__prescriber", "package__product"
MOVE = """
UPDATE prescriptions_fill
SET state = %(to)s, because = %(because)s, state_since = %(at)s, owner_id = %(owner)s,
    steps = steps + %(taken)s
WHERE id = %(id)s AND pharmacy_id = %(pharmacy)s AND state = %(start)s AND steps = %(steps)s
"""

HELD = Compiled(
    Fill.objects.select_for_update(of=("self",), no_key=True).select_related(*FULL),
    ("pharmacy_id", "id"),
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
    found = (
        Fill.objects.select_for_update(of=("self",), no_key=True)
        .select_related(*FULL)
        .filter(pharmacy_id=by.pharmacy_id, pk__in=fill_ids)
        .order_by("id")
    )
    fills = list(found)
    if len(fills) != len(set(fill_ids)):
        raise refuse("No such fill in this pharmacy.", code="no-fill")
    return sorted(fills, key=lambda fill: (fill.package_id, fill.pk))


def begin(fill: Fill, to: FillState, *, by: Worker, did: Deed, because: str = "") -> Fill:
    """Write a new fill where its first step has taken it: two statements instead of four."""
    row = legal_step(fill, to)
    by.must(row.duty)
    if row.effect is not Effect.NONE:
        raise LookupError("a new fill has no stock to move")
    fill.state, fill.because, fill.steps = row.end.value, because, fill.steps + 1
    fill.save(force_insert=True)
    said = {"from": row.start.value, "to": row.end.value}
    record(by=by, did=did, about=fill, details=said | ({"because": because} if because else {}))
    return fill


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
) -> Fill:
    """Move a locked fill on: duty, table, ledger, state and journal, or nothing at all.

    A move to ``waiting`` reserves stock; where there is not enough the fill goes to ``short``
    instead and says how much is missing. At most three statements.
    """
    row = legal_step(fill, to)
    by.must(row.duty)
    if row.effect is Effect.RESERVE and not reserve(fill, by=by):
        because = shortage(fill, by=by)
        if row.start is FillState.SHORT:
            raise refuse(f"Still out of stock: {because}.", code="short")
        row = legal_step(fill, FillState.SHORT)
    elif row.effect is Effect.VOID:
        ledger.void(by=by, fill_id=fill.pk)
    elif row.effect in {Effect.POST, Effect.SELL, Effect.RETURN}:
        key = f"fill-{fill.pk}-{fill.steps}-{row.effect.value}"
        ledger.settle(
            by=by, fill_id=fill.pk, effect=row.effect, quantity=fill.quantity, key=key
        )
    write_state(fill, row.end, by=by, because=because, owner_id=owner_id)
    said = {"from": row.start.value, "to": row.end.value, **(details or {})}
    if because:
        said["because"] = because
    record(by=by, did=did, about=fill, details=said)
    return fill


def advance_through(
    fill: Fill,
    path: Sequence[FillState],
    *,
    by: Worker,
    did: Deed,
    details: Mapping[str, object] | None = None,
) -> Fill:
    """Take several steps in one act: each legal and its duty's, the last one's effect alone.

    For one person who does at once what otherwise takes several hands. Three statements.
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
    effect = rows[-1].effect
    key = f"fill-{fill.pk}-{fill.steps}-{effect.value}"
    ledger.settle(by=by, fill_id=fill.pk, effect=effect, quantity=fill.quantity, key=key)
    write_state(fill, path[-1], by=by, because="", owner_id=None, steps=len(path))
    said = {"from": start.value, "through": [state.value for state in path], **(details or {})}
    record(by=by, did=did, about=fill, details=said)
    return fill


def legal_step(fill: Fill, to: FillState) -> Step:
    """The row of the table, or a refusal: a move that is not in the table does not exist."""
    row = step(FillState(fill.state), to)
    if row is None:
        says = f"A fill in {fill.state} cannot go to {to.value}."
        raise refuse(says, code="no-such-step")
    return row


def reserve(fill: Fill, *, by: Worker, first_lot: int | None = None) -> bool:
    """Promise the fill its units, from lots that last as long as the supply does."""
    return ledger.reserve(
        by=by,
        fill_id=fill.pk,
        package_id=fill.package_id,
        quantity=fill.quantity,
        good_until=by.today + timedelta(days=fill.days_supply),
        first_lot=first_lot,
    )


def shortage(fill: Fill, *, by: Worker) -> str:
    """How much is needed and how much there is, in words."""
    there = free_units(
        pharmacy_id=by.pharmacy_id,
        package_id=fill.package_id,
        good_until=by.today + timedelta(days=fill.days_supply),
    )
    return f"needs {fill.quantity.normalize():f}, {there.normalize():f} on hand"


def write_state(
    fill: Fill,
    to: FillState,
    *,
    by: Worker,
    because: str,
    owner_id: int | None,
    steps: int = 1,
) -> None:
    """Write the new state over the old one we saw; anything else in between refuses."""
    with connection.cursor() as cursor:
        cursor.execute(
            MOVE,
            {
                "to": to.value,
                "because": because,
                "at": by.at,
                "owner": owner_id,
                "id": fill.pk,
                "pharmacy": by.pharmacy_id,
                "start": fill.state,
                "steps": fill.steps,
                "taken": steps,
            },
        )
        if cursor.rowcount != 1:
            raise refuse("Somebody else has moved this fill on.", code="wrong-state")
    fill.state, fill.because, fill.state_since = to.value, because, by.at
    fill.owner_id = owner_id
    fill.steps += steps
