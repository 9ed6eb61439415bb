"""What a programme was told, on paper or as a table, for whoever asks."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.vault.inspection import InspectorPaper, Said, add_paper, days_asked
from apothecary.vault.monitoring.models import MonitoringFile, MonitoringRecord
from apothecary.vault.monitoring.rules import DAY
from apothecary.vault.monitoring.states import FileKind
from apothecary.vault.paper import Column, Paper

MOST_ROWS = 20_000
TOLD = (
    Column("Dispensed", 82), Column("Rx-fill", 60), Column("Drug", 126), Column("C", 20),
    Column("Tells", 42), Column("Due", 58), Column("File", 104), Column("State", 54),
    Column("Answered", 82), Column("What they said", 92),
)  # fmt: skip


def monitoring_paper(by: Worker, said: Said) -> Paper:
    """Every record and report of none over a period (3 queries)."""
    house = Pharmacy.objects.get(pk=by.pharmacy_id)
    zone = ZoneInfo(house.time_zone)
    first, last = days_asked(said, today=by.today)
    rows = MonitoringRecord.objects.filter(
        pharmacy_id=house.pk,
        dispensed_at__gte=datetime.combine(first, time(), zone),
        dispensed_at__lt=datetime.combine(last + DAY, time(), zone),
    )
    told = [
        (row.dispensed_at, record_row(row, zone))
        for row in rows.select_related("file").order_by("dispensed_at", "id")[:MOST_ROWS]
    ]
    files = MonitoringFile.objects.filter(
        pharmacy_id=house.pk, kind=FileKind.ZERO.value, last_on__gte=first, last_on__lte=last
    )
    told += [(file.made_at, zero_row(file, zone)) for file in files.order_by("id")[:MOST_ROWS]]
    where = f"{house.street}, {house.city}, {house.state} {house.postal_code}"
    return Paper(
        title="What the monitoring programme was told",
        head=[
            ("Registrant", house.name),
            ("Address", where),
            ("DEA registration", house.dea),
            ("Period", f"{first:%m/%d/%Y} through {last:%m/%d/%Y}"),
        ],
        columns=TOLD,
        rows=[row for _, row in sorted(told, key=lambda pair: pair[0])],
        below=[] if told else ["Nothing was dispensed that is told, and no report of none."],
    )


def stamp(at: datetime | None, zone: ZoneInfo) -> str:
    """An instant in the pharmacy's own time."""
    return f"{at.astimezone(zone):%m/%d/%Y %H:%M}" if at else ""


def record_row(row: MonitoringRecord, zone: ZoneInfo) -> tuple[str, ...]:
    """A record as the paper shows it."""
    return (
        stamp(row.dispensed_at, zone),
        row.label,
        row.drug,
        str(row.schedule),
        row.tells,
        f"{row.due_on:%m/%d/%Y}" if row.due_on else "not known",
        row.file.control if row.file else "",
        row.state,
        stamp(row.answered_at, zone),
        " ".join(filter(None, (row.element, row.problem))),
    )


def zero_row(file: MonitoringFile, zone: ZoneInfo) -> tuple[str, ...]:
    """A report of none as the paper shows it."""
    days = f"{file.first_on:%m/%d/%Y} through {file.last_on:%m/%d/%Y}"
    answered = stamp(file.answered_at, zone)
    return (
        stamp(file.made_at, zone), "", f"none, {days}", "", "zero", "",
        file.control, file.state, answered, file.problem,
    )  # fmt: skip


add_paper(
    InspectorPaper(
        "monitoring",
        "Monitoring programme",
        "What it was told of each dispensing, when, and what it said.",
        "the state's row on reports",
        Duty.READ_RECORDS,
        monitoring_paper,
        ("first", "last"),
    )
)
