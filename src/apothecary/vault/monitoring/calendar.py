"""What was told by state and day, what waits for hands, and what is late."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate

from apothecary.law.problem import refuse
from apothecary.staff.models import Pharmacy
from apothecary.vault.monitoring.models import MonitoringFile, MonitoringRecord
from apothecary.vault.monitoring.rules import DAY, late_since
from apothecary.vault.monitoring.states import WANTS_HANDS, FileKind, FileState, RecordState

# What followed a record, or took it off the list, counts in its stead.
GONE = (RecordState.REPLACED.value, RecordState.WITHDRAWN.value)
OPEN = (
    RecordState.DUE.value,
    RecordState.FILED.value,
    *(state.value for state in WANTS_HANDS),
)
# What a record's state is called on the calendar.
WORDS = {
    RecordState.DUE.value: "due",
    RecordState.FILED.value: "sent",
    RecordState.ACCEPTED.value: "accepted",
    RecordState.REJECTED.value: "rejected",
    RecordState.HELD.value: "held",
}
ZERO = "zero"


@dataclass(slots=True)
class Day:
    """One day of one programme: how many records stand where; ``zero`` the report of none."""

    on: date
    told: Counter[str] = field(default_factory=Counter)
    zero: str = ""

    @property
    def tone(self) -> str:
        """What a glance should say: stop where a person must act, done where all is told."""
        if self.told["rejected"] or self.told["held"] or self.zero == FileState.REJECTED:
            return "stop"
        if self.zero == FileState.UNCLEAR:
            return "look"
        if self.told["due"] or self.told["sent"] or self.zero == FileState.SENT:
            return "plain"
        return "done" if self.told or self.zero else ""

    @property
    def says(self) -> str:
        """The day in words."""
        said = [f"{self.told[word]} {word}" for word in WORDS.values() if self.told[word]]
        if self.zero:
            said.append(f"report of none, {self.zero}")
        return ", ".join(said) or "nothing to tell"


@dataclass(frozen=True, slots=True)
class Month:
    """A month of one programme; ``weeks`` of seven days from Sunday, None outside it."""

    programme: str
    first: date
    days: tuple[Day, ...]

    @property
    def weeks(self) -> list[list[Day | None]]:
        before: list[Day | None] = [None] * ((self.first.weekday() + 1) % 7)
        cells = before + list(self.days)
        cells += [None] * (-len(cells) % 7)
        return [cells[at : at + 7] for at in range(0, len(cells), 7)]

    @property
    def sums(self) -> Counter[str]:
        """The whole month in one line."""
        total: Counter[str] = Counter()
        for day in self.days:
            total.update(day.told)
            total.update({ZERO: 1} if day.zero else {})
        return total


def month_asked(said: str, *, today: date) -> date:
    """The first day of the month as typed (2026-11); this one where nothing was."""
    if not said.strip():
        return today.replace(day=1)
    try:
        return date.fromisoformat(f"{said.strip()}-01")
    except ValueError:
        raise refuse(
            f"{said!r} is no month: 2026-11.", field="month", code="bad-month"
        ) from None


def next_month(first: date) -> date:
    """The first day of the month after."""
    return first + timedelta(days=monthrange(first.year, first.month)[1])


def months(house: Pharmacy, first: date) -> list[Month]:
    """The calendars of the programmes that were told anything in a month (2 queries)."""
    until = next_month(first)
    found = {house.state: blank(first, until)}
    for programme, on, state, many in counted(house, first, until):
        days = found.setdefault(programme, blank(first, until))
        days[on].told[WORDS[state]] += many
    files = MonitoringFile.objects.filter(
        pharmacy_id=house.pk, kind=FileKind.ZERO.value, last_on__gte=first, first_on__lt=until
    )
    for file in files.only("programme", "first_on", "last_on", "state"):
        days = found.setdefault(file.programme, blank(first, until))
        for on in days.keys() & set(days_of(file.first_on, file.last_on)):
            days[on].zero = file.state
    return [Month(state, first, tuple(days.values())) for state, days in sorted(found.items())]


def counted(house: Pharmacy, first: date, until: date) -> Iterable[tuple[str, date, str, int]]:
    """How many records of each programme and day stand where (1 query)."""
    zone = ZoneInfo(house.time_zone)
    rows = MonitoringRecord.objects.filter(
        pharmacy_id=house.pk,
        dispensed_at__gte=datetime.combine(first, time(), zone),
        dispensed_at__lt=datetime.combine(until, time(), zone),
    )
    days = rows.exclude(state__in=GONE).annotate(on=TruncDate("dispensed_at", tzinfo=zone))
    said = days.order_by().values_list("programme", "on", "state")
    return said.annotate(many=Count("id"))


def blank(first: date, until: date) -> dict[date, Day]:
    """The days of a month of which nothing is known yet."""
    return {on: Day(on) for on in days_of(first, until - DAY)}


def days_of(first: date, last: date) -> list[date]:
    """Every day of a period, both ends counted."""
    return [first + timedelta(days=at) for at in range((last - first).days + 1)]


def records(pharmacy_id: int) -> QuerySet[MonitoringRecord]:
    """The records of a pharmacy."""
    return MonitoringRecord.objects.filter(pharmacy_id=pharmacy_id)


def to_mend(pharmacy_id: int) -> QuerySet[MonitoringRecord]:
    """What a programme refused or could not be told, and what may say no longer what was
    dispensed: the oldest first (1 query).
    """
    wants = [state.value for state in WANTS_HANDS]
    # A doubted one that is on its way waits for its answer first.
    doubted = Q(state=RecordState.ACCEPTED.value) & ~Q(doubt="")
    rows = records(pharmacy_id).filter(Q(state__in=wants) | doubted)
    return rows.order_by("due_on", "id")


def records_on(house: Pharmacy, on: date, programme: str = "") -> QuerySet[MonitoringRecord]:
    """What was dispensed on a day, with whatever became of it (1 query)."""
    zone = ZoneInfo(house.time_zone)
    since = datetime.combine(on, time(), zone)
    until = datetime.combine(on + DAY, time(), zone)
    rows = records(house.pk).filter(dispensed_at__gte=since, dispensed_at__lt=until)
    rows = rows.filter(programme=programme) if programme else rows
    return rows.select_related("file").order_by("label", "id")


def late_ones(house: Pharmacy, *, at: datetime) -> int:
    """How many records that no programme has accepted are past their time (1 query)."""
    local = at.astimezone(ZoneInfo(house.time_zone))
    rows = records(house.pk).filter(state__in=OPEN).values_list("due_on", "due_at")
    return sum(late_since(due_on, due_at, at=local) for due_on, due_at in rows)
