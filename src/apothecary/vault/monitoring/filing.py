"""Files for the programmes: the day's, the day without any, and what goes at once.

A record that cannot be written, or that the programme's own table would not take, is held for
a person and stops no other. The file and its place in the outbox are one transaction: whoever
dies in between has written nothing, and nothing is told twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.law.monitoring import zero_report_needed
from apothecary.staff.models import Pharmacy as House
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker
from apothecary.vault.monitoring.models import MonitoringFile, MonitoringRecord
from apothecary.vault.monitoring.rules import DAY, closes_at, last_day
from apothecary.vault.monitoring.states import FileKind, RecordState, Told
from apothecary.vault.monitoring.told import from_json
from apothecary.wires.asap import (
    USUAL,
    Dispensing,
    Header,
    Overlay,
    Pharmacy,
    Report,
    Source,
    Status,
    Store,
    findings,
    installed,
    overlay,
    read,
    write,
    zero_report,
)
from apothecary.wires.errors import Fault, Malformed
from apothecary.wires.models import Outgoing

PARTY, ABOUT, FORMAT = "monitoring", "monitoring file", "asap"
VERSION = "4.2B"
HOLD = "SELECT pg_advisory_xact_lock(7341, %s)"
NEXT = "SELECT nextval(pg_get_serial_sequence('vault_monitoringfile', 'id'))"
STATUS = {Told.NEW: Status.NEW, Told.REVISED: Status.REVISED, Told.VOID: Status.VOID}


@dataclass(frozen=True, slots=True)
class Period:
    """The days a file is of; both counted."""

    kind: FileKind
    first: date
    last: date


def file_due(pharmacy: House, at: datetime) -> int:
    """Write the files that are due in this pharmacy; how many."""
    by = system_worker(pharmacy, now=at)
    with transaction.atomic():
        with connection.cursor() as cursor:
            # One hand at a time: whether a day is done is looked up before it is written.
            cursor.execute(HOLD, [pharmacy.pk])
        return file_of_day(pharmacy, by=by) + file_at_once(pharmacy, by=by)


def file_of_day(house: House, *, by: Worker) -> int:
    """The last day's file, or its report of nothing; how many were written."""
    zone = ZoneInfo(house.time_zone)
    day = last_day(by.at, zone)
    files = MonitoringFile.objects.filter(pharmacy_id=house.pk, programme=house.state)
    daily = files.exclude(kind=FileKind.AT_ONCE.value)
    before = daily.order_by("-last_on").values_list("last_on", flat=True).first()
    if before is not None and before >= day:
        return 0
    first = before + DAY if before else day
    ends = closes_at(day, zone)
    rows = MonitoringRecord.objects.filter(pharmacy_id=house.pk, programme=house.state)
    due = rows.filter(state=RecordState.DUE.value, made_at__lt=ends)
    told = hold_unwritable(due, house, by=by)
    if told:
        write_file(told, Period(FileKind.DAILY, first, day), house, by=by)
        return 1
    starts = closes_at(first - DAY, zone)
    if rows.filter(made_at__gte=starts, made_at__lt=ends).exists():
        return 0
    if zero_report_needed(house.state, on=by.today) is False or not was_open(house, starts):
        return 0
    write_file([], Period(FileKind.ZERO, first, day), house, by=by)
    return 1


def file_at_once(house: House, *, by: Worker) -> int:
    """What the programme wants at once, what puts right, and what was late for its day."""
    zone = ZoneInfo(house.time_zone)
    ends = closes_at(last_day(by.at, zone), zone)
    rows = MonitoringRecord.objects.filter(pharmacy_id=house.pk, programme=house.state)
    due = [
        each
        for each in rows.filter(state=RecordState.DUE.value)
        if each.real_time or each.follows_id or each.because or each.made_at < ends
    ]
    told = hold_unwritable(due, house, by=by)
    if not told:
        return 0
    today = by.at.astimezone(zone).date()
    write_file(told, Period(FileKind.AT_ONCE, today, today), house, by=by)
    return 1


def was_open(house: House, since: datetime) -> bool:
    """Whether somebody worked here already: of the time before, nothing is claimed."""
    first = Entry.objects.filter(pharmacy_id=house.pk).order_by("id").first()
    return first is not None and first.at < since


def hold_unwritable(
    rows: Iterable[MonitoringRecord], house: House, *, by: Worker
) -> list[MonitoringRecord]:
    """Those that can be told, in their order; the others are held, each with its reasons."""
    good = []
    for row in sorted(rows, key=lambda each: each.pk):
        wrong = faults_of(row, house, by=by)
        if not wrong:
            good.append(row)
            continue
        row.state = RecordState.HELD.value
        row.element = element_in(wrong[0].field)
        row.problem = "; ".join(f"{each.field}: {each.reason}" for each in wrong)
        row.answered_at = by.at
        row.save(update_fields=["state", "element", "problem", "answered_at"])
    return good


def element_in(field: str) -> str:
    """The element that a fault names: DSP09 of ``pharmacy 1 record 1 DSP09 (quantity)``."""
    for word in field.split():
        if len(word) == 5 and word[:3].isalpha() and word[:3].isupper() and word[3:].isdigit():
            return word
    return ""


def faults_of(row: MonitoringRecord, house: House, *, by: Worker) -> list[Fault]:
    """Why a record cannot be told as it stands: it does not fit its elements, or the
    programme's own table wants more of it. The house's usual table holds nothing back.
    """
    try:
        raw = write(report_of([row], house, control="0", at=by.at))
        wants = held_to(house.state)
        (told,) = read(raw).transmissions
    except Malformed as bad:
        return list(bad.faults)
    if wants is USUAL:
        return []
    return [each.fault for each in findings(told, wants, on=by.today)]


def held_to(state: str) -> Overlay:
    """The programme's own table, or the house's usual one where none is installed."""
    return overlay(state) if state in installed() else USUAL


def write_file(
    rows: Sequence[MonitoringRecord], period: Period, house: House, *, by: Worker
) -> MonitoringFile:
    """Write a file, keep it, and lay it in the outbox."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT)
        (number,) = cursor.fetchall()[0]
    control = f"{house.ncpdp_id}-{number:09}"
    if period.kind is FileKind.ZERO:
        header = header_of(control, by.at, house)
        made = zero_report(
            header, source_of(house), [house.dea], first=period.first, last=period.last
        )
    else:
        made = report_of(rows, house, control=control, at=by.at)
    raw = write(made)
    file = MonitoringFile.objects.create(
        pk=number,
        pharmacy_id=house.pk,
        programme=house.state,
        control=control,
        kind=period.kind.value,
        first_on=period.first,
        last_on=period.last,
        version=VERSION,
        held_to=held_to(house.state).state,
        records=len(rows),
        made_at=by.at,
        raw=raw,
    )
    for row in rows:
        row.state, row.file, row.element, row.problem = RecordState.FILED.value, file, "", ""
        row.save(update_fields=["state", "file", "element", "problem"])
    Outgoing.objects.create(
        pharmacy_id=house.pk,
        party=PARTY,
        lane=house.state,
        format=FORMAT,
        about=ABOUT,
        about_id=file.pk,
        key=f"monitoring {control}",
        raw=raw,
        made_at=by.at,
        next_try_at=by.at,
    )
    said = {"kind": period.kind.value, "records": len(rows), "last_on": period.last}
    record(by=by, did=Deed.MONITORING_FILED, about=file, details=said)
    return file


def report_of(
    rows: Sequence[MonitoringRecord], house: House, *, control: str, at: datetime
) -> Report:
    """The report of these records, one pharmacy's."""
    store = Store(pharmacy_of(house), tuple(dispensing_of(row) for row in rows))
    return Report(header_of(control, at, house), source_of(house), (store,))


def dispensing_of(row: MonitoringRecord) -> Dispensing:
    """What is told of one row, with what it does at the programme."""
    held = from_json(row.told)
    status = STATUS[Told(row.tells)].value
    return replace(held, dispensed=replace(held.dispensed, reporting_status=status))


def header_of(control: str, at: datetime, house: House) -> Header:
    """The header of a report; up to 4.2B its time is local and has no zone."""
    local = at.astimezone(ZoneInfo(house.time_zone))
    return Header(
        version=VERSION,
        control_number=control,
        transaction_type="01",
        created_on=local.date(),
        created_at=local.time().replace(microsecond=0),
        file_type="P",
    )


def source_of(house: House) -> Source:
    """Who sends: the pharmacy itself."""
    return Source(source_id=house.phone, source_name=house.name)


def pharmacy_of(house: House) -> Pharmacy:
    """The pharmacy as every record of it stands under."""
    return Pharmacy(
        npi=house.npi,
        ncpdp_id=house.ncpdp_id,
        dea_number=house.dea,
        name=house.name,
        address_1=house.street,
        city=house.city,
        state=house.state,
        zip_code=house.postal_code.replace("-", ""),
        phone=house.phone,
        permit_number=house.licence_number,
    )
