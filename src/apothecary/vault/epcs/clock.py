"""How far the house's clock is from the official time: measured or typed, never assumed.

No time server is asked. Whoever runs the installation measures (chrony, ntpd, a radio clock)
and leaves a line in the file that ``APOTHECARY_CLOCK_READING`` names, or types it:

    2026-11-23T18:00:00+00:00 0.012 NIST, by chrony

the instant of the measure, our clock less theirs in seconds, and the source.
"""

import os
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.db import IntegrityError, transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.epcs import clock_problems
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.law.tables import federal
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker
from apothecary.vault.epcs.models import EpcsClock
from apothecary.vault.losses.rules import words_problems

FILE = "APOTHECARY_CLOCK_READING"
# House policy (mark C): a clock may have run off since, so a measure is good for a day.
GOOD_FOR = timedelta(hours=24)
MOST = timedelta(days=366)
MILLI = Decimal(1_000)


@dataclass(frozen=True, slots=True)
class Reading:
    """One measure: ``offset_s`` is our clock less the official one, in seconds."""

    offset_s: Decimal
    source: str
    measured_at: datetime


def last_reading(*, pharmacy_id: int) -> EpcsClock | None:
    """The last measure (1 query)."""
    rows = EpcsClock.objects.filter(pharmacy_id=pharmacy_id)
    return rows.order_by("-measured_at", "-id").first()


def clock_problems_now(row: EpcsClock | None, *, at: datetime, on: date) -> list[Problem]:
    """Why nothing is taken by this clock: unknown, measured too long ago, or too far off."""
    law = federal("DEA-164", on=on)
    if row is None:
        says = "Nobody has measured how far the clock is from the official time."
        return [law.problem(says, code="epcs-clock-unknown", field="clock")]
    if not row.measured_at <= at <= row.measured_at + GOOD_FOR:
        says = "The clock was last measured more than a day ago: measure it again."
        if row.measured_at > at:
            says = "The clock was measured later than it now is: it was set back."
        return [law.problem(says, code="epcs-clock-old", field="clock")]
    ours = row.measured_at
    return clock_problems(ours, ours - timedelta(milliseconds=row.offset_ms), on=on)


@transaction.atomic
def say_clock(*, by: Worker, reading: Reading) -> EpcsClock:
    """Write down a measure that somebody made; one that is too far off is kept all the same."""
    by.must(Duty.REVIEW_AUDIT)
    refuse_if(reading_problems(reading, now=by.at))
    return keep(by=by, reading=reading)


def reading_problems(reading: Reading, *, now: datetime) -> list[Problem]:
    """Why this is no measure."""
    problems = words_problems(reading.source, field="source", what="what it was compared with")
    most = Decimal(MOST // timedelta(seconds=1))
    if not reading.offset_s.is_finite() or abs(reading.offset_s) > most:
        says = "That is no difference of two clocks, in seconds."
        problems.append(Problem(says, code="bad-offset", field="offset_s"))
    if reading.measured_at > now:
        says = "That is still to come."
        problems.append(Problem(says, code="bad-instant", field="measured_at"))
    return problems


def keep(*, by: Worker, reading: Reading) -> EpcsClock:
    """The measure, once; the same line read again is refused."""
    try:
        with transaction.atomic():
            row = EpcsClock.objects.create(
                pharmacy_id=by.pharmacy_id,
                offset_ms=int((reading.offset_s * MILLI).to_integral_value()),
                source=reading.source.strip(),
                measured_at=reading.measured_at,
                by_id=by.person_id,
            )
    except IntegrityError as twice:
        raise refuse(
            "This measure is on file.", code="epcs-clock-twice", field="measured_at"
        ) from twice
    wrong = bool(clock_problems_now(row, at=row.measured_at, on=by.today))
    said = {"offset_ms": row.offset_ms, "source": row.source, "too_far": wrong}
    record(by=by, did=Deed.EPCS_CLOCK_READ, about=row, details=said)
    return row


def read_clock_file(pharmacy: Pharmacy, at: datetime) -> int:
    """A chore: take in the line of the file where it is a newer one; how many were."""
    named = os.environ.get(FILE, "").strip()
    reading = read_line(Path(named)) if named else None
    if reading is None or reading_problems(reading, now=at):
        return 0
    last = last_reading(pharmacy_id=pharmacy.pk)
    if last is not None and last.measured_at >= reading.measured_at:
        return 0
    with transaction.atomic():
        keep(by=system_worker(pharmacy, now=at, name="Clock reading"), reading=reading)
    return 1


def read_line(path: Path) -> Reading | None:
    """The measure in a file; none where there is none that can be read."""
    try:
        when, offset, source = path.read_text().strip().split(maxsplit=2)
        reading = Reading(Decimal(offset), source, datetime.fromisoformat(when))
    except (OSError, ValueError, InvalidOperation):
        return None
    return reading if reading.measured_at.tzinfo is not None else None
