"""Why a fill is given in parts: chosen with one key, with the time that the rest then has."""

from dataclasses import dataclass
from datetime import date, datetime

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apothecary.law.calendar_days import days_after, hours_after
from apothecary.law.partial import Since, clock_of
from apothecary.law.tables import Row, federal
from apothecary.patients.queries import brief
from apothecary.prescriptions.emergency.taking import ordered_at_of
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.parting import (
    PARTED_IN,
    parted_at,
    parts_of,
    reasons_said,
    say_part_reason,
)
from apothecary.prescriptions.queries import where
from apothecary.prescriptions.states import FillState
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest

C_II = 2


@dataclass(frozen=True, slots=True)
class PartClock:
    """How long the parts of a C-II have, from when, and until when where that is known."""

    row: Row
    since: str
    last_on: date | None = None
    last_at: datetime | None = None

    @property
    def length(self) -> str:
        return f"{self.row.number()} {self.row.unit}"


def part_clocks(fill: Fill, *, on: date) -> list[PartClock]:
    """The clocks that bind the parts of a C-II fill, one a row of law (1 query)."""
    rx = fill.prescription
    if rx.schedule != C_II:
        return []
    others = parts_of(fill)
    found: dict[str, PartClock] = {}
    for reason in reasons_said(fill, others):
        clock = clock_of(reason, emergency=rx.emergency)
        row = federal(clock.row, on=on)
        oral = clock.since is Since.ORAL_ORDER
        first = ordered_at_of(rx) if oral else parted_at(others)
        if clock.since is Since.WRITTEN:
            last_on = days_after(rx.written_on, row.number())
            found[row.id] = PartClock(row, clock.since.value, last_on=last_on)
        else:
            last_at = hours_after(first, row.number()) if first else None
            found[row.id] = PartClock(row, clock.since.value, last_at=last_at)
    return list(found.values())


@require_http_methods(["GET", "POST"])
def parts(request: StaffRequest, fill_id: int) -> HttpResponse:
    """The page of the reason; posted, it is written down."""
    worker = request.worker
    worker.must(Duty.READ_RECORDS)
    if request.method == "POST":
        say_part_reason(by=worker, fill_id=fill_id, reason=request.POST.get("reason", ""))
        if not request.headers.get("HX-Request"):
            return redirect("prescriptions:parts", fill_id=fill_id)
    found = Fill.objects.select_related(
        "prescription", "patient", "package__product", "owner"
    ).filter(pharmacy_id=worker.pharmacy_id, pk=fill_id)
    fill = found.first()
    if fill is None:
        raise Http404
    facts: dict[str, object] = {"fill": fill, "clocks": part_clocks(fill, on=worker.today)}
    if request.headers.get("HX-Request"):
        return render(request, "prescriptions/part_reason.html", facts)
    facts |= {"who": brief(fill.patient), "said": where(fill)}
    facts |= {"open": FillState(fill.state) in PARTED_IN}
    return render(request, "prescriptions/parts.html", facts)
