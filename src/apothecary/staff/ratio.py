"""How many technicians and trainees work, against the pharmacists on duty and the state."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from apothecary.law.problem import Problem
from apothecary.law.ratios import (
    StaffFacts,
    limit_in_words,
    ratio_limit,
    ratio_problems,
    stopping_problems,
)
from apothecary.law.tables import Row
from apothecary.staff.duties import Role
from apothecary.staff.models import Person

# Whom a pharmacist supervises by number; a pharmacist is never among them.
COUNTED = frozenset({Role.TECHNICIAN, Role.CERTIFIED, Role.TRAINEE})

# Somebody works whose session is open, not locked and not idle; a program is nobody. On duty
# is who has an open shift and a licence of this state, as at sign-on.
AT_WORK = """
SELECT h.state, p.role, 'signed on', count(DISTINCT p.id)
FROM staff_session s JOIN staff_person p ON p.id = s.person_id
JOIN staff_pharmacy h ON h.id = p.pharmacy_id
WHERE p.pharmacy_id = %(pharmacy)s AND p.active AND NOT s.by_token
  AND s.ended_at IS NULL AND s.locked_at IS NULL AND p.id <> %(besides)s
  AND s.seen_at >= %(now)s - make_interval(mins => h.idle_lock_minutes)
GROUP BY h.state, p.role
UNION ALL
SELECT h.state, '', 'on duty', count(DISTINCT d.person_id)
FROM staff_pharmacy h LEFT JOIN (
    staff_shift d JOIN staff_person p ON p.id = d.person_id AND p.active
    JOIN staff_licence l ON l.person_id = p.id AND l.kind = 'pharmacist')
  ON d.pharmacy_id = h.id AND d.ended_at IS NULL AND l.state = h.state
 AND l.expires_on >= (%(now)s AT TIME ZONE h.time_zone)::date
WHERE h.id = %(pharmacy)s
GROUP BY h.state
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtWork:
    """Who works at one moment. ``technicians`` counts all, certified and trainees too."""

    state: str
    pharmacists: int
    technicians: int = 0
    certified: int = 0
    trainees: int = 0
    interns: int = 0

    def facts(self) -> StaffFacts:
        """The numbers as the law looks at them."""
        return StaffFacts(
            state=self.state,
            pharmacists=self.pharmacists,
            technicians=self.technicians,
            certified=self.certified,
            trainees=self.trainees,
        )

    @property
    def says(self) -> str:
        """Who works, in words."""
        kinds = ((self.certified, "certified"), (self.trainees, "in training"))
        parts = ", ".join(f"{number} {what}" for number, what in kinds if number)
        technicians = counted(self.technicians, "technician")
        interns = f" and {counted(self.interns, 'intern')}" if self.interns else ""
        on_duty = counted(self.pharmacists, "pharmacist")
        return f"{technicians}{f' ({parts})' if parts else ''}{interns} under {on_duty}"


def counted(number: int, word: str) -> str:
    """A number of people, in words."""
    return f"{number} {word}{'' if number == 1 else 's'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """Who works, what the state lets, and every reason that speaks against it.

    ``limit``: the row's figure with its citation and mark, or that the state has no row that
    may be used. ``problems``: what is passed, each with its citation; nothing where the state
    says nothing.
    """

    at_work: AtWork
    limit: str
    problems: list[Problem]


def at_work(*, pharmacy_id: int, now: datetime, besides: int = 0) -> AtWork:
    """Who works now; ``besides``: without this person (1 query)."""
    asked: dict[str, int | datetime] = {
        "pharmacy": pharmacy_id,
        "now": now,
        "besides": besides,
    }
    with connection.cursor() as cursor:
        cursor.execute(AT_WORK, asked)
        rows = cursor.fetchall()
    ((state, pharmacists),) = [(row[0], row[3]) for row in rows if row[2] == "on duty"]
    by_role = {row[1]: row[3] for row in rows if row[2] == "signed on"}
    return AtWork(
        state=state,
        pharmacists=pharmacists,
        technicians=sum(by_role.get(role.value, 0) for role in COUNTED),
        certified=by_role.get(Role.CERTIFIED.value, 0),
        trainees=by_role.get(Role.TRAINEE.value, 0),
        interns=by_role.get(Role.INTERN.value, 0),
    )


def ratio_now(*, pharmacy_id: int, now: datetime, on: date) -> Ratio:
    """Who works now and what the state says of it (1 query)."""
    return judged(at_work(pharmacy_id=pharmacy_id, now=now), on=on)


def judged(who: AtWork, *, on: date) -> Ratio:
    """The numbers beside the state's row."""
    row = ratio_limit(who.state, on=on)
    limit = (
        f"{who.state}: {limit_in_words(row)} ({row.cite}) [{row.verified}]"
        if isinstance(row, Row)
        else unknown_limit(who.state, row)
    )
    found = ratio_problems(who.facts(), on=on)
    # What nobody has on file is said as the limit; it is passed by nobody.
    return Ratio(
        at_work=who,
        limit=limit,
        problems=[one for one in found if not one.code.startswith("law-")],
    )


def unknown_limit(state: str, why: Problem) -> str:
    """What to say where the state's figure may not be used, or nobody has one on file."""
    if why.code == "law-doubtful-row":
        return f"{state}: the figure on file is doubtful and not used ({why.cite}) [KQ]"
    return f"{state}: no figure is on file; the pharmacist decides"


def joined(person: Person, *, at: datetime) -> AtWork | None:
    """Who works once this person does too; none of whom no pharmacist supervises by number."""
    role = Role(person.role)
    if role not in COUNTED:
        return None
    others = at_work(pharmacy_id=person.pharmacy_id, now=at, besides=person.pk)
    return AtWork(
        state=others.state,
        pharmacists=others.pharmacists,
        technicians=others.technicians + 1,
        certified=others.certified + (role is Role.CERTIFIED),
        trainees=others.trainees + (role is Role.TRAINEE),
        interns=others.interns,
    )


def crowd_problems(who: AtWork | None, *, on: date) -> list[Problem]:
    """Why one more may not sign on: a hard limit, cited and read well, would be passed."""
    return [] if who is None else stopping_problems(who.facts(), on=on)


def passed_problems(who: AtWork | None, *, on: date) -> list[Problem]:
    """What is passed and only warned of, for the journal and the pharmacist on duty."""
    return [] if who is None else judged(who, on=on).problems
