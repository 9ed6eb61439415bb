"""Who works here, under which licence, and who is on duty."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from apothecary.staff.guesses import PIN_FAILURES_IN_A_ROW
from apothecary.staff.models import Factor, Machine, RecoveryCode

# The licence of a person's own role and the pharmacy's state, as sign-on looks for it.
PEOPLE = """
SELECT p.id, p.name, p.initials, p.username, p.role, p.active,
       coalesce(l.number, ''), l.expires_on,
       EXISTS (SELECT 1 FROM staff_shift d WHERE d.person_id = p.id AND d.ended_at IS NULL)
FROM staff_person p
JOIN staff_pharmacy h ON h.id = p.pharmacy_id
LEFT JOIN LATERAL (
    SELECT number, expires_on FROM staff_licence
    WHERE person_id = p.id AND state = h.state
    ORDER BY expires_on DESC LIMIT 1) l ON true
WHERE p.pharmacy_id = %s
ORDER BY p.active DESC, p.name, p.id
"""


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One line of the list of people."""

    id: int
    name: str
    initials: str
    username: str
    role: str
    active: bool
    licence: str
    licence_until: date | None
    on_duty: bool


def people(*, pharmacy_id: int) -> list[PersonLine]:
    """Everybody of this pharmacy, the active first (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, [pharmacy_id])
        return [PersonLine(*row) for row in cursor.fetchall()]


SHUT_OUT = """
SELECT p.id FROM staff_person p
WHERE p.pharmacy_id = %(pharmacy)s AND (p.failures >= %(pin)s OR EXISTS (
    SELECT 1 FROM staff_guesses g WHERE g.person_id = p.id AND g.locked_until > %(at)s))
"""


def shut_out(*, pharmacy_id: int, at: datetime) -> set[int]:
    """Whose sign-in is shut somewhere by failed tries (1 query)."""
    asked: dict[str, int | datetime] = {
        "pharmacy": pharmacy_id,
        "pin": PIN_FAILURES_IN_A_ROW,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(SHUT_OUT, asked)
        return {row[0] for row in cursor.fetchall()}


def with_factor(*, pharmacy_id: int) -> set[int]:
    """Who has a second factor (1 query)."""
    living = Factor.objects.filter(person__pharmacy_id=pharmacy_id, ended_at=None)
    return set(living.exclude(confirmed_at=None).values_list("person_id", flat=True))


def trusted_stations(*, pharmacy_id: int) -> list[Machine]:
    """The machines at which a PIN is enough, the newest last (1 query)."""
    trusted = Machine.objects.filter(pharmacy_id=pharmacy_id).exclude(trusted_at=None)
    return list(trusted.order_by("trusted_at"))


def codes_left(person_id: int) -> int:
    """How many recovery codes somebody has not used yet (1 query)."""
    return RecoveryCode.objects.filter(person_id=person_id, used_at=None).count()
