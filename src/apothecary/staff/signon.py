"""From a token to a worker, in one statement: who it is, whether licensed, who supervises."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db import InterfaceError, OperationalError, connection

from apothecary.law.problem import Problem
from apothecary.law.tables import state
from apothecary.staff.duties import LICENCE_OF, Allowed, Duty, Role, Standing, duty_table
from apothecary.staff.models import Person, Pharmacy
from apothecary.staff.worker import Worker

# Signing on also tells the database whose rows this connection may see (row-level security).
SIGN_ON = """
SELECT p.pharmacy_id, p.id, p.name, p.initials, p.role, h.state, h.time_zone, h.name,
       h.idle_lock_minutes, s.id, s.station, s.by_token, s.seen_at, s.locked_at,
       l.state, l.expires_on,
       EXISTS (SELECT 1 FROM staff_shift d
               JOIN staff_licence dl ON dl.person_id = d.person_id
               JOIN staff_person dp ON dp.id = d.person_id
               WHERE d.pharmacy_id = p.pharmacy_id AND d.ended_at IS NULL AND dp.active
                 AND dl.kind = 'pharmacist' AND dl.state = h.state
                 AND dl.expires_on >= (%(now)s AT TIME ZONE h.time_zone)::date),
       set_config('apothecary.pharmacy', p.pharmacy_id::text, false)
FROM staff_session s
JOIN staff_person p ON p.id = s.person_id
JOIN staff_pharmacy h ON h.id = p.pharmacy_id
LEFT JOIN LATERAL (
    SELECT state, expires_on FROM staff_licence
    WHERE person_id = p.id AND state = h.state
      AND kind = CASE p.role WHEN 'pharmacist in charge' THEN 'pharmacist'
                             WHEN 'certified technician' THEN 'technician'
                             WHEN 'trainee' THEN 'technician trainee' ELSE p.role END
    ORDER BY expires_on DESC LIMIT 1) l ON true
WHERE s.token_hash = %(hash)s AND s.ended_at IS NULL AND p.active
"""
SEEN = "UPDATE staff_session SET seen_at = %s WHERE id = %s"
SEEN_EVERY_SECONDS = 30
NOBODY = "0"
STAND_IN = "SELECT set_config('apothecary.pharmacy', %(who)s, false)"


@dataclass(frozen=True, slots=True)
class SignedOn:
    """A worker with the state of the session: whether it is locked for idleness."""

    worker: Worker
    pharmacy_name: str
    time_zone: str
    by_token: bool
    locked: bool


def token_hash(token: str) -> bytes:
    """What is stored of a token: its SHA-256; the token itself is shown once."""
    return hashlib.sha256(token.encode()).digest()


def new_token() -> str:
    """A fresh token of 256 random bits."""
    return secrets.token_urlsafe(32)


def sign_on(token: str, *, now: datetime, attended: bool = True) -> SignedOn | None:
    """The worker behind a token, or none (1 query; 2 when last seen a while ago).

    What a page asks for by itself is not attended: it must not keep a station open.
    """
    row = asked_first(SIGN_ON, {"hash": token_hash(token), "now": now})
    if row is None:
        return None
    session_id, seen_at = row[9], row[12]
    idle_seconds = (now - seen_at).total_seconds()
    by_token, locked_at = row[11], row[13]
    locked = bool(locked_at) or (not by_token and idle_seconds > row[8] * 60)
    if attended and not locked and idle_seconds > SEEN_EVERY_SECONDS:
        with connection.cursor() as cursor:
            cursor.execute(SEEN, [now, session_id])
    return SignedOn(
        worker=worker_from(row, now=now),
        pharmacy_name=row[7],
        time_zone=row[6],
        by_token=by_token,
        locked=locked,
    )


def worker_from(row: tuple[object, ...], *, now: datetime) -> Worker:
    """The worker of a sign-on row."""
    pharmacy_id, person_id, name, initials, role_name, state_code, zone = row[:7]
    role = Role(str(role_name))
    today = now.astimezone(ZoneInfo(str(zone))).date()
    standing = Standing(
        name=str(name),
        role=role,
        licence_state=str(row[14] or ""),
        licence_until=row[15],  # type: ignore[arg-type]  # a date or none, as the column is
        state=str(state_code),
        pharmacist_on_duty=bool(row[16]),
        state_allows=state_allows(str(state_code), role, today),
    )
    return Worker(
        pharmacy_id=int(str(pharmacy_id)),
        person_id=int(str(person_id)),
        name=str(name),
        initials=str(initials),
        role=role,
        station=str(row[10]),
        at=now,
        today=today,
        standing=standing,
        session_id=int(str(row[9])),
    )


@cache
def state_allows(code: str, role: Role, on: date) -> frozenset[Duty]:
    """The duties that this state's own rows (`duty_<name>`: the roles) leave to this role."""
    allowed = set()
    for row in duty_table().values():
        if row.allowed[role] is not Allowed.STATE:
            continue
        found = state(code, f"duty_{row.duty.value}", on=on)
        if not isinstance(found, Problem) and role.value in found.names():
            allowed.add(row.duty)
    return frozenset(allowed)


def system_worker(pharmacy: Pharmacy, *, now: datetime, name: str = "Apothecary") -> Worker:
    """The house itself, acting in its own worker process for one pharmacy."""
    standing = Standing(
        name=name,
        role=Role.SYSTEM,
        licence_state="",
        licence_until=None,
        state=pharmacy.state,
        pharmacist_on_duty=True,
    )
    return Worker(
        pharmacy_id=pharmacy.pk,
        person_id=None,
        name=name,
        initials="",
        role=Role.SYSTEM,
        station="worker",
        at=now,
        today=now.astimezone(ZoneInfo(pharmacy.time_zone)).date(),
        standing=standing,
    )


def person_as_worker(person: Person, *, now: datetime, station: str, on_duty: bool) -> Worker:
    """A person as worker without a session (commands, loading, tests)."""
    licence = (
        person.licences.filter(
            kind=LICENCE_OF.get(Role(person.role), ""), state=person.pharmacy.state
        )
        .order_by("-expires_on")
        .first()
    )
    today = now.astimezone(ZoneInfo(person.pharmacy.time_zone)).date()
    standing = Standing(
        name=person.name,
        role=Role(person.role),
        licence_state=licence.state if licence else "",
        licence_until=licence.expires_on if licence else None,
        state=person.pharmacy.state,
        pharmacist_on_duty=on_duty,
        state_allows=state_allows(person.pharmacy.state, Role(person.role), today),
    )
    return Worker(
        pharmacy_id=person.pharmacy_id,
        person_id=person.pk,
        name=person.name,
        initials=person.initials,
        role=Role(person.role),
        station=station,
        at=now,
        today=today,
        standing=standing,
    )


def stand_in(pharmacy_id: int | None) -> None:
    """Tell the database which pharmacy this connection works for; none sees nothing."""
    asked_first(STAND_IN, {"who": NOBODY if pharmacy_id is None else str(pharmacy_id)})


def asked_first(statement: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
    """The row of the first question of a request (1 query).

    It is also the health check of the connection, which is kept between requests: one that has
    died since is made anew, and the question asked once more. It must be safe to ask twice.
    """
    try:
        return asked(statement, values)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()
        return asked(statement, values)


def asked(statement: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
    """One row, or none."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
