"""The pages of transfers: giving one away, its record, those of a period, what is on file."""

from collections.abc import Mapping, Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apothecary.law.problem import Problem, Refused
from apothecary.law.refills import refills_left
from apothecary.patients.queries import brief
from apothecary.prescriptions.models import Prescription
from apothecary.prescriptions.on_file import on_file
from apothecary.prescriptions.queries import prescription_page
from apothecary.prescriptions.transfers.forms import BLANK, read_giving
from apothecary.prescriptions.transfers.giving import duty_of, past_of, take_back, transfer_out
from apothecary.prescriptions.transfers.models import Title, Transfer, Way
from apothecary.prescriptions.transfers.paper import transfer_paper
from apothecary.prescriptions.transfers.queries import transfer_page, transfers_of
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import CONFLICT, StaffRequest, write_down
from apothecary.staff.models import Pharmacy
from apothecary.vault.inspection import days_asked
from apothecary.vault.paper import paper_pdf

NOTHING: Mapping[str, str] = {}


@require_http_methods(["GET", "POST"])
def give(request: StaffRequest, number: int) -> HttpResponse:
    """The form of a transfer to another pharmacy; posted, it is done."""
    by = request.worker
    by.must(Duty.TRANSFER_PRESCRIPTION)
    rx = prescription_page(pharmacy_id=by.pharmacy_id, number=number)
    if rx is None:
        raise Http404
    by.must(duty_of(rx))
    if request.method == "GET":
        return form(request, rx)
    typed = request.POST.dict()
    try:
        row = transfer_out(by=by, prescription_id=rx.pk, given=read_giving(typed))
    except Refused as refusal:
        return form(request, rx, typed, refusal.problems)
    return redirect("prescriptions:transfer", transfer_id=row.pk)


def form(
    request: StaffRequest,
    rx: Prescription,
    typed: Mapping[str, str] = NOTHING,
    problems: Sequence[Problem] = (),
) -> HttpResponse:
    """The form, with what was typed and every reason against it."""
    past = past_of(rx, pharmacy=Pharmacy.objects.get(pk=rx.pharmacy_id))
    if problems:
        write_down(request, list(problems))
    facts = {
        "rx": rx,
        "who": brief(rx.patient),
        "past": past,
        "left": refills_left(past.facts, on=request.worker.today),
        "electronic": past.unfilled and past.facts.controlled,
        "typed": {**BLANK, **(typed or {"way": "phone", "title": "pharmacist"})},
        "problems": problems,
        "ways": Way.choices,
        "titles": Title.choices,
    }
    status = CONFLICT if problems else 200
    return render(request, "prescriptions/transfer_out.html", facts, status=status)


@require_GET
def transfers(request: StaffRequest) -> HttpResponse:
    """The transfers of a period (1 query)."""
    by = request.worker
    by.must(Duty.READ_RECORDS)
    first, last = days_asked(request.GET.dict(), today=by.today, back=30)
    rows = transfers_of(pharmacy_id=by.pharmacy_id, first=first, last=last)
    facts = {"rows": rows, "first": first, "last": last}
    return render(request, "prescriptions/transfers.html", facts)


@require_GET
def filed(request: StaffRequest) -> HttpResponse:
    """What is on file and not yet filled, by its earliest day (1 query)."""
    by = request.worker
    by.must(Duty.READ_RECORDS)
    facts = {"rows": on_file(pharmacy_id=by.pharmacy_id, on=by.today)}
    return render(request, "prescriptions/on_file.html", facts)


def row_or_404(request: StaffRequest, transfer_id: int) -> Transfer:
    """A transfer of this pharmacy, for whoever reads records."""
    by = request.worker
    by.must(Duty.READ_RECORDS)
    row = transfer_page(pharmacy_id=by.pharmacy_id, transfer_id=transfer_id)
    if row is None:
        raise Http404
    return row


@require_GET
def transfer(request: StaffRequest, transfer_id: int) -> HttpResponse:
    """The record of one transfer (1 query)."""
    return record(request, row_or_404(request, transfer_id))


def record(
    request: StaffRequest, row: Transfer, problems: Sequence[Problem] = ()
) -> HttpResponse:
    """The record, with what was wrong about taking it back."""
    by, rx = request.worker, row.prescription
    duty = Duty.TRANSFER_CONTROLLED if row.controlled else Duty.TRANSFER_PRESCRIPTION
    facts = {
        "row": row,
        "who": brief(rx.patient) if rx else None,
        "problems": problems,
        "typed": {**BLANK, **request.POST.dict()},
        "may_take_back": by.may(duty) and row.direction == "out" and row.stands,
    }
    status = CONFLICT if problems else 200
    return render(request, "prescriptions/transfer.html", facts, status=status)


@require_GET
def paper(request: StaffRequest, transfer_id: int) -> HttpResponse:
    """The record on paper."""
    row = row_or_404(request, transfer_id)
    made = paper_pdf(transfer_paper(row, Pharmacy.objects.get(pk=row.pharmacy_id)))
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="transfer-{row.pk}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
def back(request: StaffRequest, transfer_id: int) -> HttpResponse:
    """It never came there: it is ours again."""
    typed = request.POST
    try:
        take_back(
            by=request.worker,
            transfer_id=transfer_id,
            spoke_with=typed.get("spoke_with", ""),
            because=typed.get("because", ""),
        )
    except Refused as refusal:
        write_down(request, refusal.problems)
        return record(request, row_or_404(request, transfer_id), refusal.problems)
    return redirect("prescriptions:transfer", transfer_id=transfer_id)
