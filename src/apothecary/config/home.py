"""The start page: everything that is open, by stage, waiters on top, then by promise time."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from apothecary.config.ways import fill_url
from apothecary.prescriptions.queries import QueueLine, open_fills, queue_line
from apothecary.prescriptions.stages import BY_SLUG, Stage
from apothecary.staff.duties import Duty, duty_problems, duty_table
from apothecary.staff.middleware import StaffRequest

ROWS = 50


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of the queue."""

    lines: list[QueueLine]
    page: int
    pages: int
    total: int
    waiting: int


def home(request: StaffRequest) -> HttpResponse:
    """The queue of one stage or of all; whoever may not read records sees what they may do."""
    if not request.worker.may(Duty.READ_RECORDS):
        return without_records(request)
    stage = BY_SLUG.get(request.GET.get("stage", ""))
    sheet = queue(request.worker.pharmacy_id, stage, page=request.GET.get("page", "1"))
    return render(
        request,
        "config/queue.html",
        {"stage": stage.slug if stage else "", "chosen": stage, "sheet": sheet},
    )


def queue(pharmacy_id: int, stage: Stage | None, *, page: str) -> Sheet:
    """One page of fifty (2 queries)."""
    fills = open_fills(pharmacy_id=pharmacy_id, states=stage.states if stage else ())
    found = Paginator(fills, ROWS).get_page(page)
    lines = [
        queue_line(fill, url=fill_url(fill.state, fill.pk, fill.prescription.number))
        for fill in found
    ]
    return Sheet(
        lines=lines,
        page=found.number,
        pages=found.paginator.num_pages,
        total=found.paginator.count,
        waiting=sum(line.waiter for line in lines),
    )


def without_records(request: StaffRequest) -> HttpResponse:
    """A start page without patients: why, and which duties are left."""
    worker = request.worker
    problems = duty_problems(worker.standing, Duty.READ_RECORDS, on=worker.today)
    duties = [row.says for row in duty_table().values() if worker.may(row.duty)]
    facts = {"problems": problems, "duties": duties}
    return render(request, "config/without_records.html", facts)
