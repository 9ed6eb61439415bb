"""Who works here, under which licence, and who is on duty."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

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
