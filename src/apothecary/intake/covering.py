"""The page on which what came in is attached to the emergency order that it covers."""

from collections.abc import Mapping, Sequence

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apothecary.intake.actions.covering import Marks, cover_by_arrival, receipt_problems
from apothecary.intake.actions.entry import (
    package_label,
    patient_label,
    prescriber_label,
    save_draft,
)
from apothecary.intake.forms import Reader
from apothecary.intake.models import Arrival, Source
from apothecary.intake.page import arrival_values, row_key, rows_of
from apothecary.intake.views import arrival_or_404, go
from apothecary.law.problem import Problem, Refused, refuse_if
from apothecary.prescriptions.emergency.queries import OrderLine, uncovered
from apothecary.prescriptions.emergency.taking import moment_of
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import CONFLICT, StaffRequest, write_down

NOTHING: Mapping[str, str] = {}
# Every field of the form, empty: the page shows what was typed over it.
BLANK: Mapping[str, str] = dict.fromkeys(
    ("order", "oral_order_on", "words", "postmarked_on", "received_on"), ""
)


@require_POST
def begin(request: StaffRequest, arrival_id: int) -> HttpResponse:
    """Keep what is typed so far, and on to the order it may cover."""
    request.worker.must(Duty.EMERGENCY_ORAL)
    save_draft(by=request.worker, arrival_id=arrival_id, typed=request.POST.dict())
    return go(request, reverse("intake:covers", args=[arrival_id]))


@require_http_methods(["GET", "POST"])
def covers(request: StaffRequest, arrival_id: int) -> HttpResponse:
    """The elements of what came beside those of the order; posted, it is attached."""
    by = request.worker
    by.must(Duty.EMERGENCY_ORAL)
    arrival = arrival_or_404(request, arrival_id)
    if request.method == "GET":
        return page(request, arrival)
    typed = request.POST.dict()
    try:
        made = cover_by_arrival(
            by=by,
            arrival_id=arrival_id,
            order_id=row_key(typed, "order"),
            typed=arrival_values(arrival),
            marks=read_marks(typed),
        )
    except Refused as refusal:
        return page(request, arrival, typed, refusal.problems)
    return redirect("prescriptions:emergency", oral_id=made.order_id)


def read_marks(typed: Mapping[str, str]) -> Marks:
    """What was typed of the paper's marks and of its way here."""
    read = Reader(typed)
    marks = Marks(
        oral_order_on=read.day("oral_order_on", "Oral order"),
        words=bool(read.text("words")),
        postmarked_on=read.day("postmarked_on", "Postmark"),
        received_on=read.day("received_on", "Came"),
    )
    refuse_if(read.problems)
    return marks


def page(
    request: StaffRequest,
    arrival: Arrival,
    typed: Mapping[str, str] = NOTHING,
    problems: Sequence[Problem] = (),
) -> HttpResponse:
    """The page, with what was typed and every reason against it."""
    if problems:
        write_down(request, list(problems))
    by, values = request.worker, arrival_values(arrival)
    patient, prescriber, package = rows_of(values, by=by)
    now = moment_of(arrival.pharmacy, by.at)
    lines = uncovered(by.pharmacy_id, patient.pk if patient else None, now=now)
    facts = {
        "arrival": arrival,
        "electronic": arrival.source == Source.ELECTRONIC,
        "came": [
            ("Patient", patient_label(patient) if patient else "not chosen yet"),
            ("Prescriber", prescriber_label(prescriber) if prescriber else "not chosen yet"),
            ("Drug", package_label(package) if package else "not chosen yet"),
            ("Quantity", values.get("quantity") or "not typed yet"),
            ("Written", values.get("written_on") or "not typed yet"),
        ],
        "lines": lines,
        "options": [(str(line.order.pk), named(line)) for line in lines],
        "typed": {**BLANK, **typed},
        # What stands against it whatever is typed is said before anybody types.
        "problems": problems or receipt_problems(arrival, by=by),
        "stage": "entry",
    }
    return render(request, "intake/covers.html", facts, status=CONFLICT if problems else 200)


def named(line: OrderLine) -> str:
    """An order as the list of choices names it."""
    rx = line.order.prescription
    return f"{rx.number} · {rx.patient} · {rx.package.product} · {rx.quantity.normalize():f}"
