"""The start page: everything that is open, by stage, waiters on top, then by promise time."""

import re
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from apothecary.config.arrivals import queue_line_of
from apothecary.config.frame import counts_of, stage_rows
from apothecary.config.ways import fill_url
from apothecary.config.workload import workload
from apothecary.intake.queries import open_arrivals
from apothecary.prescriptions.emergency.queries import OrderLine, open_orders
from apothecary.prescriptions.emergency.taking import moment_of
from apothecary.prescriptions.queries import QueueLine, open_fills, queue_line
from apothecary.prescriptions.refill_log.queries import owed_by
from apothecary.prescriptions.stages import BY_SLUG, Stage
from apothecary.staff.duties import Duty, duty_problems, duty_table
from apothecary.staff.middleware import StaffRequest
from apothecary.staff.models import Pharmacy
from apothecary.staff.ratio import ratio_now

ROWS = 50
PAGE = re.compile(r"[0-9]{1,6}")
TAKES_ARRIVALS = frozenset({"intake", "entry"})


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
    counts = counts_of(request.worker.pharmacy_id)
    sheet = queue(request.worker.pharmacy_id, stage, counts, asked=request.GET.get("page", ""))
    facts = {
        "stage": stage.slug if stage else "",
        "chosen": stage,
        "sheet": sheet,
        "stages": stage_rows(counts),
        "hours": workload(request.worker.pharmacy_id, now=request.now),
        "emergencies": emergencies(request),
        "ratio": ratio_now(
            pharmacy_id=request.worker.pharmacy_id, now=request.now, on=request.worker.today
        ),
        "unsigned": owed_by(request.worker) if request.worker.may(Duty.SIGN_REFILLS) else [],
    }
    return render(request, "config/queue.html", facts)


def emergencies(request: StaffRequest) -> list[OrderLine]:
    """The open emergency orders, for a pharmacist (3 queries)."""
    by = request.worker
    if not by.may(Duty.EMERGENCY_ORAL):
        return []
    pharmacy = Pharmacy.objects.get(pk=by.pharmacy_id)
    return open_orders(by.pharmacy_id, now=moment_of(pharmacy, by.at))


def queue(
    pharmacy_id: int, stage: Stage | None, counts: dict[str, int], *, asked: str
) -> Sheet:
    """One page of fifty, fills and arrivals together (at most 2 queries)."""
    total = counts[stage.slug] if stage else sum(counts.values())
    pages = max(1, -(-total // ROWS))
    page = min(max(1, int(asked)), pages) if PAGE.fullmatch(asked) else 1
    upto = page * ROWS
    lines: list[QueueLine] = []
    if stage is None or stage.states:
        fills = open_fills(pharmacy_id=pharmacy_id, states=stage.states if stage else ())
        lines += [
            queue_line(fill, url=fill_url(fill.state, fill.pk, fill.prescription.number))
            for fill in fills[:upto]
        ]
    if stage is None or stage.slug in TAKES_ARRIVALS:
        slug = stage.slug if stage else ""
        arrivals = open_arrivals(pharmacy_id=pharmacy_id, stage=slug)
        lines += [queue_line_of(arrival) for arrival in arrivals[:upto]]
    lines.sort(key=lambda line: (not line.waiter, line.due_at))
    shown = lines[upto - ROWS : upto]
    waiting = sum(line.waiter for line in shown)
    return Sheet(lines=shown, page=page, pages=pages, total=total, waiting=waiting)


def without_records(request: StaffRequest) -> HttpResponse:
    """A start page without patients: why, and which duties are left."""
    worker = request.worker
    problems = duty_problems(worker.standing, Duty.READ_RECORDS, on=worker.today)
    duties = [row.says for row in duty_table().values() if worker.may(row.duty)]
    facts = {"problems": problems, "duties": duties}
    return render(request, "config/without_records.html", facts)
