"""The outbox in the database: who takes which row, and what becomes of it when they die."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F

from apothecary.wires.lanes import wait_after
from apothecary.wires.models import Outgoing, OutgoingState

# Whoever takes a row holds it until ``until``: another sender does not see it as due. From
# each lane the oldest, and no more than it has room for. ``state`` before this try is handed
# out too: it tells a first try from a repeat.
TAKE = """
WITH ranked AS (
    SELECT id, coalesce((%(room)s::jsonb ->> lane)::int, %(per_lane)s) AS room,
        row_number() OVER (PARTITION BY lane ORDER BY next_try_at, id) AS place
    FROM wires_outgoing
    WHERE pharmacy_id = %(pharmacy)s AND party = %(party)s
      AND state IN ('waiting', 'sent') AND next_try_at <= %(at)s),
due AS (
    SELECT o.id, o.state FROM wires_outgoing o JOIN ranked USING (id)
    WHERE place <= room AND o.state IN ('waiting', 'sent') AND o.next_try_at <= %(at)s
    ORDER BY o.next_try_at, o.id LIMIT %(limit)s FOR UPDATE OF o SKIP LOCKED)
UPDATE wires_outgoing o
SET state = 'sent', tries = tries + 1, sent_at = %(at)s, next_try_at = %(until)s,
    held_by = %(holder)s
FROM due WHERE o.id = due.id
RETURNING o.id, o.raw, o.tries, due.state, o.lane, o.about
"""
# A sender that is gone has let go of its lock: what it had on the line is due at once.
FREE = """
UPDATE wires_outgoing o SET next_try_at = %(at)s, held_by = NULL
WHERE pharmacy_id = %(pharmacy)s AND party = %(party)s AND state = 'sent'
  AND held_by IS NOT NULL AND held_by <> %(holder)s
  AND NOT EXISTS (
    SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
    WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.objsubid = 1
      AND l.granted AND (l.classid::bigint << 32 | l.objid::bigint) = o.held_by)
"""


@dataclass(slots=True)
class Holder:
    """A sender as the database knows it: a number that is locked as long as it lives.

    The lock belongs to the database session. It goes when the process is killed, so the next
    sender need not wait for the lease. Losing it early (a broken session) costs one question
    asked twice; the lease is still there where sessions are pooled and locks outlive us.
    """

    number: int = field(default_factory=lambda: secrets.randbits(62))
    _session: object = None

    def hold(self) -> None:
        """See to it that the lock is held by the session that is open now."""
        connection.ensure_connection()
        if connection.connection is self._session:
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [self.number])
            (held,) = cursor.fetchone()
        self._session = connection.connection if held else None


@dataclass(frozen=True, slots=True)
class Taken:
    """A row of the outbox that is ours to send now.

    ``before`` is its state until then, ``about`` what kind of thing is asked about.
    """

    outgoing_id: int
    raw: bytes
    tries: int
    before: str
    lane: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How much may be taken: in all, from a lane, and from lanes that are in use."""

    limit: int
    per_lane: int
    room: Mapping[str, int] = field(default_factory=dict)


def take_due(
    *, pharmacy_id: int, party: str, holder: Holder, at: datetime, until: datetime, share: Share
) -> list[Taken]:
    """The rows that are due, now ours until ``until`` or until we die (1 statement)."""
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE,
            {
                "pharmacy": pharmacy_id,
                "party": party,
                "holder": holder.number,
                "at": at,
                "until": until,
                "limit": share.limit,
                "per_lane": share.per_lane,
                "room": json.dumps(dict(share.room)),
            },
        )
        return [
            Taken(number, bytes(raw), tries, before, lane, about)
            for number, raw, tries, before, lane, about in cursor.fetchall()
        ]


def free_abandoned(*, pharmacy_id: int, party: str, holder: Holder, at: datetime) -> int:
    """Make due what a sender that lives no more had on the line; how many (1 statement)."""
    with connection.cursor() as cursor:
        cursor.execute(
            FREE,
            {"pharmacy": pharmacy_id, "party": party, "holder": holder.number, "at": at},
        )
        return int(cursor.rowcount)


def take_turn(
    *,
    pharmacy_id: int,
    party: str,
    holder: Holder,
    at: datetime,
    lease: timedelta,
    share: Share,
) -> list[Taken]:
    """A sender's turn: be known to live, let go what the dead held, take what is due.

    What is taken is ours for the lease (at most 3 statements).
    """
    holder.hold()
    free_abandoned(pharmacy_id=pharmacy_id, party=party, holder=holder, at=at)
    return take_due(
        pharmacy_id=pharmacy_id,
        party=party,
        holder=holder,
        at=at,
        until=at + lease,
        share=share,
    )


def note_unanswered(taken: Taken, says: str, *, pharmacy_id: int, at: datetime) -> None:
    """No answer: the same bytes go out again after a while, unless one came meanwhile."""
    rows = Outgoing.objects.filter(pharmacy_id=pharmacy_id, pk=taken.outgoing_id)
    rows.exclude(state=OutgoingState.ANSWERED).update(
        state=OutgoingState.SENT.value,
        next_try_at=at + wait_after(taken.tries),
        problem=says,
        held_by=None,
    )


def put_off(
    *, pharmacy_id: int, party: str, lane: str, at: datetime, until: datetime, says: str
) -> int:
    """Nobody is there on a lane: what is due on it waits too, and counts that as a try.

    Otherwise the tenth message in the queue would be shown as never tried for an hour.
    """
    due = Outgoing.objects.filter(
        pharmacy_id=pharmacy_id,
        party=party,
        lane=lane,
        held_by=None,
        state__in=[OutgoingState.WAITING, OutgoingState.SENT],
        next_try_at__lte=at,
    )
    return due.update(next_try_at=until, tries=F("tries") + 1, problem=says)
