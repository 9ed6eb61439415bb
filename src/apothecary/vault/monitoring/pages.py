"""The pages of the reports: the calendar, what waits for hands, a record, a file."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from apothecary.law.problem import Refused
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.vault.inspection import day_asked
from apothecary.vault.monitoring import calendar, mending, papers
from apothecary.vault.monitoring.answering import say_received, say_refused
from apothecary.vault.monitoring.decoded import Part, decoded, in_lines
from apothecary.vault.monitoring.drawing import day_bar
from apothecary.vault.monitoring.lines import lines_of_installation
from apothecary.vault.monitoring.models import MonitoringFile, MonitoringRecord
from apothecary.vault.monitoring.rules import (
    DAY,
    Clock,
    mending_problems,
    outage_told_by,
    put_right_by,
    releasing_problems,
    standing_problems,
    taking_back_problems,
)
from apothecary.vault.monitoring.states import FileState, RecordState
from apothecary.vault.monitoring.told import elements_of, from_json, key_of
from apothecary.wires.errors import Malformed
from apothecary.wires.models import Outgoing

__all__ = ["calendar", "file", "files", "month", "papers", "record", "records"]
ROWS = 50
# Asked for first where the refusal names no element of a record.
USUAL_ELEMENT = "PRE02"


def month(request: StaffRequest) -> HttpResponse:
    """A month by programme and day, and what waits for hands (7 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    by = request.worker
    house = Pharmacy.objects.get(pk=by.pharmacy_id)
    first = calendar.month_asked(request.GET.get("month", ""), today=by.today)
    shown = calendar.months(house, first)
    most = max([sum(day.told.values()) for one in shown for day in one.days] + [1])
    bars = {
        (one.programme, day.on): day_bar(
            day.told, most=most, title=f"{one.programme} {day.on:%m/%d/%Y}"
        )
        for one in shown
        for day in one.days
    }
    waiting, outgoing = calendar.to_mend(house.pk), unsent(by)
    found = {
        "tab": "monitoring",
        "months": shown,
        "bars": bars,
        "first": first,
        "before": (first - DAY).replace(day=1),
        "after": calendar.next_month(first),
        "today": by.today,
        "waiting": list(waiting[:ROWS]),
        "all_waiting": waiting.count(),
        "late": calendar.late_ones(house, at=by.at),
        "line": house.state in lines_of_installation(),
        "house": house,
        "outgoing": outgoing,
        "outage": outage_told_by(house.state, outgoing.made_at, on=by.today)
        if outgoing
        else None,
    }
    return render(request, "vault/monitoring.html", found)


def unsent(by: Worker) -> Outgoing | None:
    """The file that waits longest for an answer and was tried in vain (1 query)."""
    rows = Outgoing.objects.filter(pharmacy_id=by.pharmacy_id, party="monitoring")
    return rows.filter(answered_at=None).exclude(problem="").order_by("id").first()


def records(request: StaffRequest) -> HttpResponse:
    """What was dispensed on a day, with whatever became of it (2 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    by, asked = request.worker, request.GET.dict()
    on = day_asked({"day": str(asked.get("day", ""))}, "day") or by.today
    house = Pharmacy.objects.get(pk=by.pharmacy_id)
    programme = str(asked.get("programme", ""))[:2]
    rows = list(calendar.records_on(house, on, programme)[: ROWS * 4])
    found = {"tab": "monitoring", "rows": rows, "on": on, "programme": programme}
    return render(request, "vault/monitoring_records.html", found)


@dataclass(frozen=True, slots=True)
class Element:
    """The element that is mended now, with its name and what it says."""

    id: str
    name: str
    value: str


def element_shown(row: MonitoringRecord, asked: str) -> Element:
    """The element to mend: the one asked for, else the one they refused."""
    told = {id_: value for id_, _, value in elements_of(from_json(row.told))}
    for wanted in (asked, row.element, USUAL_ELEMENT):
        try:
            _, key = key_of(wanted) if wanted else ("", "")
        except Refused:
            continue
        if key:
            id_ = wanted[:5].upper()
            return Element(id_, key.replace("_", " "), told.get(id_, ""))
    raise LookupError(f"{USUAL_ELEMENT} is no element")


def record(request: StaffRequest, record_id: int) -> HttpResponse:
    """One record: what is wrong with it, and the field that mends it (3 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    by = request.worker
    rows = calendar.records(by.pharmacy_id).select_related("file", "follows", "followed_by")
    row = rows.filter(pk=record_id).first()
    if row is None:
        raise Http404
    may = by.may(Duty.MEND_MONITORING)
    found = {
        "tab": "monitoring",
        "row": row,
        "current": element_shown(row, request.GET.get("element", "")),
        "elements": elements_of(from_json(row.told)),
        "waits": row.state in ("rejected", "held"),
        "by_when": clock_of_record(row, by),
        "may": may,
        "mends": may and not mending_problems(row.state, row.tells),
        "takes_back": may and not taking_back_problems(row.state, row.tells),
        "releases": may and not releasing_problems(row.state, row.tells),
        "stands": may and not standing_problems(row.state, row.doubt),
        "next": getattr(row, "followed_by", None),
    }
    return render(request, "vault/monitoring_record.html", found)


def clock_of_record(row: MonitoringRecord, by: Worker) -> Clock | None:
    """By when a refused record goes again."""
    if row.state != RecordState.REJECTED or row.answered_at is None:
        return None
    return put_right_by(row.programme, row.answered_at, on=by.today)


def onward(by: Worker) -> HttpResponse:
    """Commit and next: the next record that waits, or the calendar where none does."""
    following = calendar.to_mend(by.pharmacy_id).first()
    if following is None:
        return redirect("vault:monitoring")
    return redirect("vault:monitoring-record", record_id=following.pk)


@require_POST
def mend(request: StaffRequest, record_id: int) -> HttpResponse:
    """Change one element, and on to the next record."""
    typed = request.POST
    mending.mend(
        by=request.worker,
        record_id=record_id,
        element=typed.get("element", ""),
        value=typed.get("value", ""),
        because=said(typed),
    )
    return onward(request.worker)


@require_POST
def take_back(request: StaffRequest, record_id: int) -> HttpResponse:
    """Take a dispensing back, and on."""
    mending.take_back(by=request.worker, record_id=record_id, because=said(request.POST))
    return onward(request.worker)


@require_POST
def release(request: StaffRequest, record_id: int) -> HttpResponse:
    """Let a record go again as it is, and on."""
    mending.release(by=request.worker, record_id=record_id, because=said(request.POST))
    return onward(request.worker)


@require_POST
def stands(request: StaffRequest, record_id: int) -> HttpResponse:
    """Say that it says what was dispensed all the same, and on."""
    mending.let_stand(by=request.worker, record_id=record_id, because=said(request.POST))
    return onward(request.worker)


def said(typed: QueryDict) -> str:
    """Why, as typed."""
    return " ".join(typed.get("because", "").split())


def files(request: StaffRequest) -> HttpResponse:
    """The files, the last first (1 query)."""
    request.worker.must(Duty.READ_RECORDS)
    rows = MonitoringFile.objects.filter(pharmacy_id=request.worker.pharmacy_id)
    listed = rows.defer("raw", "answer").order_by("-id")[:ROWS]
    found = {"tab": "monitoring", "rows": list(listed)}
    return render(request, "vault/monitoring_files.html", found)


def file(request: StaffRequest, file_id: int) -> HttpResponse:
    """One file as it went, decoded beside the answer (3 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    by = request.worker
    row = MonitoringFile.objects.filter(pharmacy_id=by.pharmacy_id, pk=file_id).first()
    if row is None:
        raise Http404
    sent = Outgoing.objects.filter(
        pharmacy_id=by.pharmacy_id, key=f"monitoring {row.control}"
    ).first()
    answer = bytes(row.answer) if row.answer is not None else b""
    found = {
        "tab": "monitoring",
        "file": row,
        "sent": sent,
        "raw": in_lines(bytes(row.raw)),
        "parts": parts_of(bytes(row.raw)),
        "answer": in_lines(answer),
        "answered": parts_of(answer) if answer else [],
        "records": list(calendar.records(by.pharmacy_id).filter(file=row).order_by("id")),
        "decides": by.may(Duty.MEND_MONITORING)
        and row.state in (FileState.SENT, FileState.UNCLEAR),
    }
    return render(request, "vault/monitoring_file.html", found)


def parts_of(raw: bytes) -> list[Part]:
    """The segments by their names; none where the bytes are no file."""
    try:
        return decoded(raw)
    except Malformed:
        return []


@require_POST
def received(request: StaffRequest, file_id: int) -> HttpResponse:
    """Say that they have it."""
    say_received(by=request.worker, file_id=file_id, because=said(request.POST))
    return redirect("vault:monitoring-file", file_id=file_id)


@require_POST
def refused(request: StaffRequest, file_id: int) -> HttpResponse:
    """Say that they refused it."""
    say_refused(by=request.worker, file_id=file_id, because=said(request.POST))
    return redirect("vault:monitoring-file", file_id=file_id)
