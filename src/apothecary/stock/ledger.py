"""The ledger from Python: post, reserve, void, settle.

Posting and reserving are one call each; voiding and settling go with what else an act writes.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from django.db import DatabaseError, connection

from apothecary.journal.writes import Writes
from apothecary.law.problem import refuse
from apothecary.staff.worker import Worker
from apothecary.stock.kinds import Programme

# SQLSTATE of the ledger's refusals → what the person at the counter reads.
SAYS = {
    "AP001": "This act moves nothing.",
    "AP002": "The place or the lot is not of this pharmacy.",
    "AP003": "A move needs a quantity above zero and two different places.",
    "AP004": "Lot {detail} is quarantined: it may not go to a patient.",
    "AP005": "Lot {detail}: expired stock may not go to a patient.",
    "AP006": "These units are no longer reserved for this fill.",
    "AP007": "There is not enough of lot {detail} there that is not promised to another fill.",
    "AP008": "The ledger and the fill do not agree on the quantity ({detail}).",
    "AP009": "{detail} is closed: nothing is put there.",
    "23505": "That move was already reversed.",
}


Value = int | str | Decimal | date | datetime | None


class Effect(StrEnum):
    """What a step of a fill does to the ledger."""

    NONE = "none"
    RESERVE = "reserve"
    VOID = "void"
    POST = "post"
    SELL = "sell"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Line:
    """One two-sided move to be posted; quantity in the package's billing unit."""

    from_place: int
    to_place: int
    lot: int
    quantity: Decimal
    reason: str
    fill: int | None = None
    reverses: int | None = None


@contextmanager
def refusing() -> Iterator[None]:
    """Turn the ledger's own refusals into sentences; let everything else through."""
    try:
        yield
    except DatabaseError as error:
        cause = error.__cause__
        state = getattr(cause, "sqlstate", None)
        if state not in SAYS:
            raise
        detail = getattr(getattr(cause, "diag", None), "message_detail", None) or ""
        raise refuse(SAYS[state].format(detail=detail), code=f"ledger-{state}") from error


def hold_lot(*, by: Worker, lot_id: int) -> None:
    """Let nobody else change what is there or promised of a lot's package (1 query).

    Before any row of the ledger is locked by hand: the ledger's own functions do the same.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stock_hold(%s, array_agg(package_id)) FROM stock_lot"
            " WHERE id = %s AND pharmacy_id = %s",
            [by.pharmacy_id, lot_id, by.pharmacy_id],
        )


def hold_packages(*, by: Worker, package_ids: Sequence[int]) -> None:
    """Hold several packages in the ledger's own order, until the act is done (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT stock_hold(%s, %s)", [by.pharmacy_id, list(package_ids)])


WILL_CALL = """
SELECT m.to_place_id, w.id, m.lot_id, m.quantity FROM stock_move m
JOIN stock_place p ON p.id = m.to_place_id AND p.kind = 'will_call'
JOIN stock_place w ON w.pharmacy_id = m.pharmacy_id AND w.kind = 'waste'
WHERE m.pharmacy_id = %s AND m.fill_id = %s AND m.reason = 'filled'
  AND NOT EXISTS (SELECT 1 FROM stock_move x WHERE x.reverses_id = m.id)
ORDER BY m.lot_id
"""


def waste_bag(*, by: Worker, fill_id: int, key: str) -> None:
    """A mixture that nobody takes is wasted: no ingredient can go back into its bottle."""
    with connection.cursor() as cursor:
        cursor.execute(WILL_CALL, [by.pharmacy_id, fill_id])
        rows = cursor.fetchall()
    lines = [
        Line(will_call, waste, lot, quantity, "compound wasted", fill=fill_id)
        for will_call, waste, lot, quantity in rows
    ]
    post(by=by, key=key, lines=lines)


def post(*, by: Worker, key: str, lines: Sequence[Line], witness_id: int | None = None) -> int:
    """Post the moves of one act, once per key; returns how many were written (1 query)."""
    body = [
        {
            "from": line.from_place,
            "to": line.to_place,
            "lot": line.lot,
            "quantity": str(line.quantity),
            "reason": line.reason,
            "fill": line.fill,
            "reverses": line.reverses,
        }
        for line in lines
    ]
    return int(
        call(
            "SELECT stock_post(%s,%s,%s,%s,%s,now(),%s,%s)",
            [
                by.pharmacy_id,
                key,
                by.person_id,
                witness_id,
                by.at,
                by.today,
                json.dumps(body),
            ],
        )
    )


def reserve(
    *,
    by: Worker,
    fill_id: int,
    package_id: int,
    quantity: Decimal,
    good_until: date,
    first_lot: int | None = None,
    programme: Programme = Programme.OWN,
) -> bool:
    """Promise units to a fill, first expired first out; false when too few (1 query).

    Only from shelves, vault and robot of its programme. What was asked for in vain stays
    written down (`levels.models.Wanted`) until the fill gets it or gives it up.
    """
    asked: list[Value] = [by.pharmacy_id, fill_id, package_id, quantity]
    asked += [by.at, good_until, first_lot, programme.value]
    got = call("SELECT stock_reserve(%s,%s,%s,%s,%s,%s,%s,%s)", asked)
    return Decimal(got) == quantity


def reserve_all(
    *,
    by: Worker,
    fill_id: int,
    packages: Mapping[int, Decimal],
    good_until: date,
    first_lot: int | None = None,
    discounted: Collection[int] = (),
) -> bool:
    """Promise several packages to a fill, all of each or nothing of any (1 query).

    ``packages``: package id → quantity in its billing unit; the ``discounted`` of them are
    drawn from 340B stock, the others from the house's own.
    """
    lines = [
        {"package": key, "quantity": str(amount), "programme": whose(key, discounted).value}
        for key, amount in packages.items()
    ]
    asked: list[Value] = [by.pharmacy_id, fill_id, json.dumps(lines)]
    asked += [by.at, good_until, first_lot, Programme.OWN.value]
    got = call("SELECT stock_reserve_all(%s,%s,%s,%s,%s,%s,%s)", asked)
    return Decimal(got) == sum(packages.values())


def whose(package_id: int, discounted: Collection[int]) -> Programme:
    """The programme whose stock a package is drawn from."""
    return Programme.DISCOUNT_340B if package_id in discounted else Programme.OWN


def void(*, by: Worker, fill_id: int, writes: Writes) -> None:
    """Give back what a fill has reserved, together with what else the act writes."""
    writes.call("SELECT stock_void(%s,%s,%s)", [by.pharmacy_id, fill_id, by.at])


def settle(
    *, by: Worker, fill_id: int, effect: Effect, quantity: Decimal, key: str, writes: Writes
) -> None:
    """Post what a step of the fill does, once per key, together with what else is written."""
    who = [by.person_id, by.at, by.today]
    writes.call(
        "SELECT stock_settle(%s,%s,%s,%s,%s,%s,%s,now(),%s)",
        [by.pharmacy_id, fill_id, effect.value, quantity, key, *who],
    )


def run(writes: Writes) -> list[Value]:
    """Write all of an act, its moves among it; a refusal is a sentence (1 query)."""
    with refusing():
        return writes.run()


def call(statement: str, values: Sequence[Value]) -> Decimal | int:
    """Run one ledger function and return its one number."""
    with refusing(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    if row is None:
        raise RuntimeError("the ledger gave no answer")
    number: Decimal | int = row[0]
    return number
