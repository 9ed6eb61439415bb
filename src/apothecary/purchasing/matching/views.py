"""Invoices beside what came, and what the wholesaler owes us for the difference."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apothecary.purchasing import queries
from apothecary.purchasing.forms import decimal_of, text
from apothecary.purchasing.matching import actions
from apothecary.purchasing.matching.models import Difference, Invoice
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest


@require_GET
def invoices(request: StaffRequest) -> HttpResponse:
    """The invoices, those nobody has approved first (1 query)."""
    request.worker.must(Duty.ORDER_STOCK)
    rows = queries.invoices(pharmacy_id=request.worker.pharmacy_id)
    return render(request, "purchasing/invoices.html", {"rows": rows})


@require_GET
def invoice(request: StaffRequest, invoice_id: int) -> HttpResponse:
    """One invoice, line by line, with what differs (5 queries)."""
    request.worker.must(Duty.ORDER_STOCK)
    of = request.worker.pharmacy_id
    row = Invoice.objects.filter(pharmacy_id=of, pk=invoice_id).first()
    if row is None:
        raise Http404
    found = queries.invoice_page(
        pharmacy_id=of, invoice_id=invoice_id, differences=actions.of_invoice(row)
    )
    may = request.worker.may(Duty.WRITE_OFF)
    return render(request, "purchasing/invoice.html", {"page": found, "may_write_off": may})


@require_POST
def match(request: StaffRequest, invoice_id: int) -> HttpResponse:
    """Compare it with what was ordered and what came."""
    actions.match_invoice(by=request.worker, invoice_id=invoice_id)
    return redirect("purchasing:invoice", invoice_id=invoice_id)


@require_POST
def approve(request: StaffRequest, invoice_id: int) -> HttpResponse:
    """It may be paid."""
    actions.approve_invoice(by=request.worker, invoice_id=invoice_id)
    return redirect("purchasing:invoices")


@require_GET
def differences(request: StaffRequest) -> HttpResponse:
    """What is not settled, and what each wholesaler owes (2 queries)."""
    request.worker.must(Duty.ORDER_STOCK)
    of, settled = request.worker.pharmacy_id, "settled" in request.GET
    facts = {
        "rows": queries.differences(pharmacy_id=of, settled=settled),
        "owed": queries.owed_by(pharmacy_id=of),
        "settled": settled,
        "may_write_off": request.worker.may(Duty.WRITE_OFF),
    }
    return render(request, "purchasing/differences.html", facts)


@require_POST
def claim(request: StaffRequest, difference_id: int) -> HttpResponse:
    """The wholesaler was told."""
    row = actions.claim_difference(
        by=request.worker,
        difference_id=difference_id,
        because=text(request.POST, "because"),
        reference=text(request.POST, "reference"),
    )
    return onward(row)


@require_POST
def credit(request: StaffRequest, difference_id: int) -> HttpResponse:
    """The wholesaler has credited something."""
    row = actions.credit_difference(
        by=request.worker,
        difference_id=difference_id,
        usd=decimal_of(request.POST, "usd", places=2),
        reference=text(request.POST, "reference"),
    )
    return onward(row)


@require_POST
def accept(request: StaffRequest, difference_id: int) -> HttpResponse:
    """It is let be."""
    because = text(request.POST, "because")
    row = actions.accept_difference(
        by=request.worker, difference_id=difference_id, because=because
    )
    return onward(row)


@require_POST
def write_off(request: StaffRequest, difference_id: int) -> HttpResponse:
    """It is given up."""
    because = text(request.POST, "because")
    row = actions.write_off_difference(
        by=request.worker, difference_id=difference_id, because=because
    )
    return onward(row)


def onward(row: Difference) -> HttpResponse:
    """Back to the invoice it is on, else to the list."""
    if row.invoice_id is not None:
        return redirect("purchasing:invoice", invoice_id=row.invoice_id)
    return redirect("purchasing:differences")
