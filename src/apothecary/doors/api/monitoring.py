"""The monitoring programme: the month, the records that wait, the files and their answers."""

from datetime import date, datetime

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, Router, Schema

from apothecary.doors.api.prescriptions import REFUSALS
from apothecary.doors.api.said import Id, Sent, Word
from apothecary.doors.api.schemas import BecauseIn
from apothecary.doors.asking import worker_of
from apothecary.law.problem import refuse
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.vault.inspection import day_asked
from apothecary.vault.monitoring import answering, calendar, mending
from apothecary.vault.monitoring.models import MonitoringFile, MonitoringRecord

router = Router(tags=["monitoring"])
MOST = 500


class MendIn(Sent):
    """One element of a record as it is to be told: ``PRE02``; empty takes it out."""

    element: str = Field(max_length=5)
    value: str = Field(max_length=200)
    because: str = Field(max_length=500)


class DayOut(Schema):
    """How many records of a day stand where; ``zero`` is the state of a report of none."""

    on: date
    told: dict[str, int]
    zero: str


class MonthOut(Schema):
    programme: str
    days: list[DayOut]


class RecordOut(Schema):
    id: int
    programme: str
    label: str
    drug: str
    schedule: int
    tells: str
    state: str
    dispensed_at: datetime
    due_on: date | None
    element: str
    problem: str
    doubt: str
    with_them: bool
    file_id: int | None


class FileOut(Schema):
    id: int
    programme: str
    control: str
    kind: str
    first_on: date
    last_on: date
    records: int
    state: str
    made_at: datetime
    answered_at: datetime | None
    problem: str


class WholeFileOut(FileOut):
    """A file with its bytes, each byte one character of latin-1."""

    sent: str
    answer: str


@router.get("/monitoring/months", response={200: list[MonthOut], **REFUSALS})
def months(request: HttpRequest, month: Word = "") -> list[calendar.Month]:
    """A month by programme and day."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    house = Pharmacy.objects.get(pk=by.pharmacy_id)
    return calendar.months(house, calendar.month_asked(month, today=by.today))


@router.get("/monitoring/records", response={200: list[RecordOut], **REFUSALS})
def records(request: HttpRequest, day: Word = "") -> QuerySet[MonitoringRecord]:
    """What was dispensed on a day; without a day what waits to be put right."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    on = day_asked({"day": day}, "day")
    if on is None:
        return calendar.to_mend(by.pharmacy_id)[:MOST]
    return calendar.records_on(Pharmacy.objects.get(pk=by.pharmacy_id), on)[:MOST]


@router.post("/monitoring/records/{record_id}/mend", response={200: list[int], **REFUSALS})
def mend(request: HttpRequest, record_id: Id, sent: MendIn) -> list[int]:
    """Change one element; answers the ids of the records that tell it now."""
    told = mending.mend(
        by=worker_of(request),
        record_id=record_id,
        element=sent.element,
        value=sent.value,
        because=sent.because,
    )
    return [row.pk for row in told]


@router.post("/monitoring/records/{record_id}/take-back", response={200: int, **REFUSALS})
def take_back(request: HttpRequest, record_id: Id, sent: BecauseIn) -> int:
    """Take a dispensing back; answers the id of the void, or of the record told no more."""
    by = worker_of(request)
    return int(mending.take_back(by=by, record_id=record_id, because=sent.because).pk)


@router.post("/monitoring/records/{record_id}/release", response={200: None, **REFUSALS})
def release(request: HttpRequest, record_id: Id, sent: BecauseIn) -> None:
    """Let a held record go again as it is."""
    mending.release(by=worker_of(request), record_id=record_id, because=sent.because)


@router.post("/monitoring/records/{record_id}/stands", response={200: None, **REFUSALS})
def stands(request: HttpRequest, record_id: Id, sent: BecauseIn) -> None:
    """Say that a doubted record says what was dispensed all the same."""
    mending.let_stand(by=worker_of(request), record_id=record_id, because=sent.because)


@router.get("/monitoring/files", response={200: list[FileOut], **REFUSALS})
def files(request: HttpRequest) -> QuerySet[MonitoringFile]:
    """The files, the last first."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    rows = MonitoringFile.objects.filter(pharmacy_id=by.pharmacy_id)
    return rows.defer("raw", "answer").order_by("-id")[:MOST]


@router.get("/monitoring/files/{file_id}", response={200: WholeFileOut, **REFUSALS})
def file(request: HttpRequest, file_id: Id) -> WholeFileOut:
    """A file as it went, and what came back."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    row = MonitoringFile.objects.filter(pharmacy_id=by.pharmacy_id, pk=file_id).first()
    if row is None:
        raise refuse("No such file in this pharmacy.", code="no-file")
    known = FileOut.from_orm(row).dict()
    answer = bytes(row.answer or b"").decode("latin-1")
    return WholeFileOut(**known, sent=bytes(row.raw).decode("latin-1"), answer=answer)


@router.post("/monitoring/files/{file_id}/received", response={200: None, **REFUSALS})
def received(request: HttpRequest, file_id: Id, sent: BecauseIn) -> None:
    """Say that the programme has a file, as its own pages or letters show."""
    answering.say_received(by=worker_of(request), file_id=file_id, because=sent.because)


@router.post("/monitoring/files/{file_id}/refused", response={200: None, **REFUSALS})
def refused(request: HttpRequest, file_id: Id, sent: BecauseIn) -> None:
    """Say that the programme refused a file as a whole."""
    answering.say_refused(by=worker_of(request), file_id=file_id, because=sent.because)
