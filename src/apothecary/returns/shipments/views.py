"""The pages of returns: what waits to go back, each return, what is to be credited."""

from decimal import Decimal

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apothecary.purchasing.forms import text
from apothecary.returns.shipments import asking, picking, queries, shipping
from apothecary.returns.shipments.credits import book as book_credit
from apothecary.returns.shipments.credits import write_off as write_line_off
from apothecary.returns.shipments.drawing import ages_drawn, course_drawn
from apothecary.returns.shipments.forms import (
    day_or_none,
    read_day,
    read_group,
    read_id,
    read_items,
)
from apothecary.returns.shipments.paper import manifest_pdf
from apothecary.returns.shipments.rules import COLUMNS
from apothecary.returns.shipments.states import Group
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.staff.models import Pharmacy
from apothecary.stock.forms import amount


@require_GET
def waiting(request: StaffRequest) -> HttpResponse:
    """What stands set aside, by what travels together (2 queries)."""
    request.worker.must(Duty.MANAGE_STOCK)
    by = request.worker
    rows = queries.waiting(pharmacy_id=by.pharmacy_id)
    groups = [(group, [row for row in rows if row.group(by.today) is group]) for group in Group]
    facts = {
        "groups": [(group, mine) for group, mine in groups if mine],
        "worth_usd": sum((row.expected_usd or Decimal(0) for row in rows), Decimal(0)),
        "many": len(rows),
        "unknown": sum(row.expected_usd is None for row in rows),
        "distributors": queries.distributors(pharmacy_id=by.pharmacy_id),
    }
    return render(request, "returns/waiting.html", facts)


@require_POST
def begin(request: StaffRequest) -> HttpResponse:
    """Begin a return with what was chosen."""
    row = picking.begin_with(
        by=request.worker,
        group=read_group(request.POST),
        distributor_id=read_id(request.POST, "distributor"),
        items=read_items(request.POST),
    )
    return redirect("returns:shipment", shipment_id=row.pk)


@require_GET
def shipments(request: StaffRequest) -> HttpResponse:
    """The returns under way, or those that are over (1 query)."""
    request.worker.must(Duty.MANAGE_STOCK)
    over = "over" in request.GET
    rows = queries.shipments(pharmacy_id=request.worker.pharmacy_id, closed=over)
    return render(request, "returns/shipments.html", {"rows": rows, "over": over})


@require_GET
def shipment(request: StaffRequest, shipment_id: int) -> HttpResponse:
    """One return, line by line (4 queries)."""
    request.worker.must(Duty.MANAGE_STOCK)
    by = request.worker
    found = queries.page(pharmacy_id=by.pharmacy_id, shipment_id=shipment_id)
    if found is None:
        raise Http404
    facts = {
        "page": found,
        "row": found.row,
        "course": course_drawn(found.row),
        "may_write_off": by.may(Duty.WRITE_OFF),
        "may_form": by.may(Duty.COUNT_CONTROLLED),
    }
    return render(request, "returns/shipment.html", facts)


@require_GET
def manifest(request: StaffRequest, shipment_id: int) -> HttpResponse:
    """The paper that goes with the goods (5 queries)."""
    request.worker.must(Duty.MANAGE_STOCK)
    of = request.worker.pharmacy_id
    found = queries.page(pharmacy_id=of, shipment_id=shipment_id)
    if found is None:
        raise Http404
    made = manifest_pdf(found.row, found.lines, Pharmacy.objects.get(pk=of))
    return pdf(made, f"return-{found.row}.pdf")


def pdf(made: bytes, name: str) -> HttpResponse:
    """A paper to look at or to print."""
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@require_POST
def ask(request: StaffRequest, shipment_id: int) -> HttpResponse:
    """Send the manifest."""
    asking.ask_return(by=request.worker, shipment_id=shipment_id)
    return redirect("returns:shipment", shipment_id=shipment_id)


@require_POST
def call_back(request: StaffRequest, shipment_id: int) -> HttpResponse:
    """Call the manifest back."""
    because = text(request.POST, "because")
    asking.call_back(by=request.worker, shipment_id=shipment_id, because=because)
    return redirect("returns:shipment", shipment_id=shipment_id)


@require_POST
def form_222(request: StaffRequest, shipment_id: int) -> HttpResponse:
    """The distributor's Form 222 is here."""
    number = text(request.POST, "form_222")
    picking.give_form(by=request.worker, shipment_id=shipment_id, form_222=number)
    return redirect("returns:shipment", shipment_id=shipment_id)


@require_POST
def ship(request: StaffRequest, shipment_id: int) -> HttpResponse:
    """It leaves."""
    shipping.ship_return(
        by=request.worker,
        shipment_id=shipment_id,
        carrier=text(request.POST, "carrier"),
        tracking=text(request.POST, "tracking"),
    )
    return redirect("returns:shipment", shipment_id=shipment_id)


@require_POST
def confirm(request: StaffRequest, shipment_id: int) -> HttpResponse:
    """They have it."""
    on = read_day(request.POST, "on")
    shipping.confirm_arrival(by=request.worker, shipment_id=shipment_id, on=on)
    return redirect("returns:shipment", shipment_id=shipment_id)


@require_POST
def follow_up(request: StaffRequest, shipment_id: int) -> HttpResponse:
    """Somebody asked after the credit."""
    shipping.follow_up(
        by=request.worker,
        shipment_id=shipment_id,
        says=text(request.POST, "says"),
        promised_on=day_or_none(request.POST, "promised_on"),
    )
    return redirect("returns:shipment", shipment_id=shipment_id)


@require_POST
def cancel(request: StaffRequest, shipment_id: int) -> HttpResponse:
    """It is given up."""
    because = text(request.POST, "because")
    picking.cancel_return(by=request.worker, shipment_id=shipment_id, because=because)
    return redirect("returns:shipments")


@require_POST
def pick(request: StaffRequest, shipment_id: int) -> HttpResponse:
    """Put more on it."""
    said = text(request.POST, "quantity")
    line = picking.pick(
        by=request.worker,
        shipment_id=shipment_id,
        lot_id=read_id(request.POST, "lot"),
        place_id=read_id(request.POST, "place"),
        quantity=amount(said, field="quantity") if said else None,
    )
    return redirect("returns:shipment", shipment_id=line.shipment_id)


@require_POST
def drop(request: StaffRequest, line_id: int) -> HttpResponse:
    """Take a line off."""
    because = text(request.POST, "because")
    line = picking.drop_line(by=request.worker, line_id=line_id, because=because)
    return redirect("returns:shipment", shipment_id=line.shipment_id)


@require_POST
def write_off(request: StaffRequest, line_id: int) -> HttpResponse:
    """Give up what it did not bring."""
    because = text(request.POST, "because")
    line = write_line_off(by=request.worker, line_id=line_id, because=because)
    return redirect("returns:shipment", shipment_id=line.shipment_id)


@require_GET
def credits_page(request: StaffRequest) -> HttpResponse:
    """What is still to be credited, by age, and what nobody could book (3 queries)."""
    request.worker.must(Duty.ORDER_STOCK)
    by = request.worker
    owed = queries.owed(pharmacy_id=by.pharmacy_id, today=by.today)
    facts = {
        "owed": owed,
        "drawn": ages_drawn(owed),
        "lines": queries.owed_lines(pharmacy_id=by.pharmacy_id),
        "aside": queries.credits_aside(pharmacy_id=by.pharmacy_id),
        "columns": COLUMNS,
    }
    return render(request, "returns/credits.html", facts)


@require_POST
def book(request: StaffRequest, credit_id: int) -> HttpResponse:
    """Try to book a credit again that was set aside."""
    book_credit(by=request.worker, credit_id=credit_id)
    return redirect("returns:credits")
