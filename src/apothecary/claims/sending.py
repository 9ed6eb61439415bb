"""Sending what is due to the payer, several at a time, and taking the answers."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from apothecary.claims.answering import note_doubt, note_no_line, take_answer
from apothecary.claims.link import NoAnswer, NotConnected, PayerLink
from apothecary.claims.rules import LEASE
from apothecary.claims.submitting import PARTY
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker

# Whoever takes a row holds it for the lease: another worker does not see it as due, and after
# a crash in the middle it is due again by itself. ``before`` tells a first try from a repeat.
TAKE = """
WITH due AS (
    SELECT id, state FROM wires_outgoing
    WHERE pharmacy_id = %(pharmacy)s AND party = %(party)s AND state IN ('waiting', 'sent')
      AND next_try_at <= %(at)s
    ORDER BY next_try_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
UPDATE wires_outgoing o
SET state = 'sent', tries = tries + 1, sent_at = %(at)s, next_try_at = %(until)s
FROM due WHERE o.id = due.id
RETURNING o.id, o.raw, o.tries, due.state
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """A row of the outbox that is ours to send now."""

    outgoing_id: int
    raw: bytes
    tries: int
    before: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """What came of sending one: an answer, or why there is none."""

    taken: Taken
    answer: bytes | None = None
    failure: NotConnected | NoAnswer | None = None


def send_due(
    link: PayerLink, pharmacy: Pharmacy, at: datetime, *, limit: int = 20, lines: int = 4
) -> int:
    """Send what is due over at most ``lines`` connections; returns how many were answered.

    For the worker's loop; the connection stands in this pharmacy. No transaction is open while
    a payer thinks, and each answer is acted on as it comes, in a transaction of its own.
    """
    by = system_worker(pharmacy, now=at)
    answered = 0
    for exchange in exchanges(link, take_due(by=by, limit=limit), lines=lines):
        conclude(exchange, by=by)
        answered += exchange.answer is not None
    return answered


def take_due(*, by: Worker, limit: int) -> list[Taken]:
    """The rows that are due, now ours for the lease (1 statement)."""
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE,
            {
                "pharmacy": by.pharmacy_id,
                "party": PARTY,
                "at": by.at,
                "until": by.at + LEASE,
                "limit": limit,
            },
        )
        return [Taken(row[0], bytes(row[1]), row[2], row[3]) for row in cursor.fetchall()]


def exchanges(link: PayerLink, taken: list[Taken], *, lines: int) -> Iterator[Exchange]:
    """Send all, yield each as it ends. The threads talk to the payer and to nothing else."""
    if not taken:
        return
    with ThreadPoolExecutor(max_workers=min(lines, len(taken))) as pool:
        asked = [pool.submit(exchange_one, link, one) for one in taken]
        for done in as_completed(asked):
            yield done.result()


def exchange_one(link: PayerLink, taken: Taken) -> Exchange:
    """One question, one answer or the reason why not."""
    try:
        return Exchange(taken, answer=link.ask(taken.raw))
    except (NotConnected, NoAnswer) as failure:
        return Exchange(taken, failure=failure)


def conclude(exchange: Exchange, *, by: Worker) -> None:
    """Act on what came of it."""
    taken = exchange.taken
    if exchange.answer is not None:
        take_answer(by=by, outgoing_id=taken.outgoing_id, raw=exchange.answer)
    elif isinstance(exchange.failure, NotConnected):
        note_no_line(
            by=by,
            outgoing_id=taken.outgoing_id,
            before=taken.before,
            says=str(exchange.failure),
            tries=taken.tries,
        )
    else:
        note_doubt(by=by, outgoing_id=taken.outgoing_id, says=str(exchange.failure))
