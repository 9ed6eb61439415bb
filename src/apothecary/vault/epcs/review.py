"""The audit trail of a day, drawn from the journal, and the pharmacist who looks at it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.law.tables import federal
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.vault.epcs.models import EpcsReview, EpcsSetting
from apothecary.vault.losses.rules import LONGEST_WORDS

MOST_EVENTS = 5_000
MOST_DAYS = 60
ACCESS, CHANGE, RUNNING = (
    "unauthorized_access",
    "unauthorized_change",
    "interference_with_operation",
)
RIGHTS, TRAIL, PROVIDER = (
    "access_control_change",
    "audit_trail_interference",
    "provider_staff_act",
)
RECEIPT, NOTED, ALTERED, ENDED = "receipt", "annotation", "alteration", "deletion"
# Which deeds of the journal are which event of the law (DEA-169, DEA-172).
EVENTS: dict[Deed, str] = {
    Deed.SIGN_IN_FAILED: ACCESS,
    Deed.LOCKED_OUT: ACCESS,
    Deed.REFUSED_DUTY: ACCESS,
    Deed.EPCS_HELD: CHANGE,
    Deed.VAULT_CLOCK_REFUSED: RUNNING,
    Deed.EPCS_CLOCK_READ: RUNNING,
    Deed.PERSON_ADDED: RIGHTS,
    Deed.PERSON_CHANGED: RIGHTS,
    Deed.SIGN_IN_FREED: RIGHTS,
    Deed.FACTOR_ADDED: RIGHTS,
    Deed.FACTOR_REMOVED: RIGHTS,
    Deed.RECOVERY_CODES_MADE: RIGHTS,
    Deed.STATION_TRUSTED: RIGHTS,
    Deed.STATION_DISTRUSTED: RIGHTS,
    Deed.CERTIFICATE_ADDED: RIGHTS,
    Deed.CERTIFICATE_ENDED: RIGHTS,
    Deed.TOKEN_ISSUED: RIGHTS,
    Deed.TOKEN_ENDED: RIGHTS,
    Deed.BOOKS_PROVED: TRAIL,
    Deed.POLICY_CHANGED: PROVIDER,
    Deed.EPCS_AUDITED: PROVIDER,
    Deed.EPCS_CHANGED: PROVIDER,
    Deed.EPCS_TURNED: PROVIDER,
    Deed.EPCS_ARCHIVED: RECEIPT,
    Deed.PART_REASON_SAID: NOTED,
    Deed.BALANCE_OWED: NOTED,
    Deed.PRESCRIPTION_CORRECTED: ALTERED,
    Deed.ARRIVAL_CANCELLED: ENDED,
    Deed.PRESCRIPTION_CANCELLED: ENDED,
    Deed.FILL_CANCELLED: ENDED,
}
# What is good news each time it is said is no event: a proof without a fault, a right clock.
QUIET = {Deed.BOOKS_PROVED: "faults", Deed.EPCS_CLOCK_READ: "too_far"}
# The events an auditor has to hear of; the others are the trail of what was done.
TO_LOOK_AT = (ACCESS, CHANGE, RUNNING, RIGHTS, TRAIL, PROVIDER)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the trail: when, what kind, who, what came of it."""

    entry_id: int
    at: datetime
    kind: str
    by: str
    station: str
    deed: str
    about: str
    outcome: str

    @property
    def to_look_at(self) -> bool:
        return self.kind in TO_LOOK_AT


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the trail: unsigned, or by whom it was signed and whether more came since."""

    day: date
    review: EpcsReview | None


def bounds(house: Pharmacy, day: date) -> tuple[datetime, datetime]:
    """Where a day begins and ends on this pharmacy's wall."""
    zone = ZoneInfo(house.time_zone)
    return (
        datetime.combine(day, time.min, tzinfo=zone),
        datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone),
    )


def trail(*, house: Pharmacy, day: date) -> list[Event]:
    """The auditable events of a day, oldest first (1 query)."""
    first, after = bounds(house, day)
    rows = Entry.objects.filter(
        pharmacy_id=house.pk, at__gte=first, at__lt=after, deed__in=[d.value for d in EVENTS]
    )
    return [event for row in rows.order_by("at", "id") if (event := event_of(row))]


def event_of(row: Entry) -> Event | None:
    """A line of the journal as an event; none where it says only that all is well."""
    deed, details = Deed(row.deed), json.loads(row.details)
    if deed in QUIET and not details.get(QUIET[deed]):
        return None
    outcome = "; ".join(f"{name}: {value}" for name, value in sorted(details.items()) if value)
    return Event(
        entry_id=row.pk,
        at=row.at,
        kind=EVENTS[deed],
        by=row.by_name,
        station=row.station,
        deed=deed.value,
        about=f"{row.about} {row.about_id}",
        outcome=outcome or "done",
    )


def digest_of(events: Sequence[Event]) -> str:
    """SHA-256 over the numbers of the journal's entries: which trail was looked at."""
    return hashlib.sha256(",".join(str(each.entry_id) for each in events).encode()).hexdigest()


def days(*, pharmacy_id: int, today: date) -> list[Day]:
    """The days back to the day the house was first turned on, the newest first (2 queries).

    Before anything was ever set, the last seven: the trail is there all the same.
    """
    settings = EpcsSetting.objects.filter(pharmacy_id=pharmacy_id, on=True).order_by("id")
    since = settings.values_list("said_at", flat=True).first()
    back = 7 if since is None else min(MOST_DAYS, (today - since.date()).days + 1)
    rows = EpcsReview.objects.filter(
        pharmacy_id=pharmacy_id, day__gte=today - timedelta(days=back)
    )
    signed = {row.day: row for row in rows}
    return [
        Day(day, signed.get(day))
        for day in (today - timedelta(days=n) for n in range(1, back + 1))
    ]


@transaction.atomic
def sign_day(*, by: Worker, day: date, because: str, seen: str) -> EpcsReview:
    """Sign that one looked at the trail of a day that is over.

    ``seen`` is the digest of what was shown: who looked at less than there is looks again.
    """
    by.must(Duty.REVIEW_AUDIT)
    house = Pharmacy.objects.get(pk=by.pharmacy_id)
    refuse_if(day_problems(day, today=by.today))
    events = trail(house=house, day=day)
    digest = digest_of(events)
    told = any(event.to_look_at for event in events)
    problems = []
    if seen != digest:
        says = "The trail is not the one that was shown: look at it again."
        problems.append(Problem(says, code="epcs-trail-changed", field="seen"))
    if told and not because.strip():
        says = "There are events to look at: say what you found."
        problems.append(Problem(says, code="no-reason", field="because"))
    if len(because) > LONGEST_WORDS:
        says = f"At most {LONGEST_WORDS} letters."
        problems.append(Problem(says, code="too-long", field="because"))
    refuse_if(problems)
    row = keep(EpcsReview(
        pharmacy_id=by.pharmacy_id, day=day, events=len(events), digest=digest,
        because=because.strip(), signed_at=by.at, signed_by_id=by.somebody,
        signed_by_name=by.name,
    ))  # fmt: skip
    said = {"day": day, "events": row.events, "because": row.because}
    record(by=by, did=Deed.EPCS_REVIEWED, about=row, details=said)
    return row


def day_problems(day: date, *, today: date) -> list[Problem]:
    """Why this day's trail is not signed now."""
    law = federal("DEA-170", on=today)
    if day >= today:
        says = "The day is not over: its trail is signed from tomorrow on."
        return [law.problem(says, code="epcs-day-open", field="day")]
    if day < today - timedelta(days=MOST_DAYS):
        says = f"A day more than {MOST_DAYS} days ago is not signed afterwards."
        return [law.problem(says, code="epcs-day-past", field="day")]
    return []


def keep(row: EpcsReview) -> EpcsReview:
    """One signature a day, whoever was first."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as twice:
        raise refuse("This day is signed.", code="epcs-signed", field="day") from twice
    return row
