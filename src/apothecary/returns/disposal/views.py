"""The pages of waste: containers with their clocks, destructions, what patients brought."""

from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apothecary.law.problem import refuse
from apothecary.law.waste import Stream, Trait, standing_rows, waste_row
from apothecary.purchasing.forms import text
from apothecary.returns.disposal import bringing, collecting, containers, destroying, queries
from apothecary.returns.disposal.forms import (
    amount_or_none,
    read_chosen,
    read_how,
    read_item,
    read_seen,
    read_stream,
)
from apothecary.returns.disposal.models import STREAMS
from apothecary.returns.disposal.paper import form41_pdf
from apothecary.returns.shipments.forms import read_day, read_id
from apothecary.returns.shipments.views import pdf
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.staff.models import Pharmacy
from apothecary.stock.forms import amount, number, once

TRAITS = [one.value for one in Trait]


@require_http_methods(["GET", "POST"])
def waste(request: StaffRequest) -> HttpResponse:
    """The containers that stand here, the first to leave first; or a new one (2 queries)."""
    request.worker.must(Duty.MANAGE_STOCK)
    by = request.worker
    if request.method == "POST":
        stream = read_stream(text(request.POST, "stream"))
        stands = text(request.POST, "stands")
        row = containers.open_container(by=by, stream=stream, stands=stands)
        return redirect("returns:container", container_id=row.pk)
    facts = {
        "rows": queries.containers(pharmacy_id=by.pharmacy_id, today=by.today),
        "gone": queries.hand_overs(pharmacy_id=by.pharmacy_id),
        "streams": STREAMS,
        "law": standing_rows(on=by.today),
    }
    return render(request, "returns/waste.html", facts)


@require_GET
def container(request: StaffRequest, container_id: int) -> HttpResponse:
    """One container, what is in it and what could go in (3 queries)."""
    request.worker.must(Duty.MANAGE_STOCK)
    of = request.worker.pharmacy_id
    row = queries.container(pharmacy_id=of, container_id=container_id)
    if row is None:
        raise Http404
    facts = {
        "row": row,
        "apart": [] if row.closed_at else queries.apart(pharmacy_id=of, controlled=False),
        "traits": TRAITS,
        "key": uuid4().hex,
        "hazardous": row.stream == Stream.HAZARDOUS,
    }
    return render(request, "returns/container.html", facts)


@require_POST
def throw(request: StaffRequest, container_id: int) -> HttpResponse:
    """Put units into it."""
    lot_id, place_id = read_item(text(request.POST, "item"))
    containers.discard(
        by=request.worker,
        container_id=container_id,
        lot_id=lot_id,
        place_id=place_id,
        seen=read_seen(request.POST),
        because=text(request.POST, "because"),
        key=once(request.POST),
        quantity=amount_or_none(request.POST),
    )
    return redirect("returns:container", container_id=container_id)


@require_POST
def close(request: StaffRequest, container_id: int) -> HttpResponse:
    """Nothing more goes in."""
    containers.close_container(by=request.worker, container_id=container_id)
    return redirect("returns:waste")


@require_POST
def hand_over(request: StaffRequest) -> HttpResponse:
    """The hauler takes closed containers."""
    containers.hand_over(
        by=request.worker,
        container_ids=[number(one, field="container") for one in request.POST.getlist("row")],
        hauler=text(request.POST, "hauler"),
        manifest=text(request.POST, "manifest"),
    )
    return redirect("returns:waste")


@require_POST
def copy_back(request: StaffRequest, hand_over_id: int) -> HttpResponse:
    """The signed copy is here."""
    on = read_day(request.POST, "on")
    containers.copy_back(by=request.worker, hand_over_id=hand_over_id, on=on)
    return redirect("returns:waste")


@require_http_methods(["GET", "POST"])
def destroy(request: StaffRequest) -> HttpResponse:
    """What is controlled and set aside, and its destruction before a witness (2 queries)."""
    request.worker.must(Duty.DESTROY_CONTROLLED)
    by = request.worker
    if request.method == "POST":
        row = destroying.destroy(
            by=by,
            items=read_chosen(request.POST),
            how=read_how(request.POST),
            initials=text(request.POST, "initials"),
            pin=request.POST.get("pin", ""),
        )
        return redirect("returns:destruction", destruction_id=row.pk)
    facts = {
        "rows": queries.apart(pharmacy_id=by.pharmacy_id, controlled=True),
        "done": queries.destructions(pharmacy_id=by.pharmacy_id),
        "key": uuid4().hex,
    }
    return render(request, "returns/destroy.html", facts)


@require_GET
def destruction(request: StaffRequest, destruction_id: int) -> HttpResponse:
    """One record (2 queries)."""
    request.worker.must(Duty.DESTROY_CONTROLLED)
    of = request.worker.pharmacy_id
    row = queries.destruction(pharmacy_id=of, destruction_id=destruction_id)
    if row is None:
        raise Http404
    return render(request, "returns/destruction.html", {"row": row})


@require_GET
def form41(request: StaffRequest, destruction_id: int) -> HttpResponse:
    """The record on paper (4 queries)."""
    request.worker.must(Duty.DESTROY_CONTROLLED)
    of = request.worker.pharmacy_id
    row = queries.destruction(pharmacy_id=of, destruction_id=destruction_id)
    if row is None:
        raise Http404
    form = destroying.record_of(row, Pharmacy.objects.get(pk=of))
    made = form41_pdf(form, number=str(row), kept_until=row.kept_until)
    return pdf(made, f"destroyed-{row}.pdf")


@require_http_methods(["GET", "POST"])
def brought(request: StaffRequest) -> HttpResponse:
    """What patients brought back, and one more (3 queries)."""
    request.worker.must(Duty.MANAGE_STOCK)
    by = request.worker
    if request.method == "POST":
        bringing.take_back(
            by=by,
            fill_id=read_id(request.POST, "fill"),
            lot_id=read_id(request.POST, "lot"),
            quantity=amount(text(request.POST, "quantity"), field="quantity"),
            purpose=text(request.POST, "purpose"),
            because=text(request.POST, "because"),
            key=once(request.POST),
        )
        return redirect("returns:brought")
    facts = {
        "rows": queries.brought_back(pharmacy_id=by.pharmacy_id),
        "purposes": bringing.PURPOSES,
        "out": bringing.went_out(by=by, rx=request.GET.get("rx", "")),
        "rx": request.GET.get("rx", ""),
        "collector": collecting.collector_row(pharmacy_id=by.pharmacy_id),
        "law": waste_row("take_back_collector", on=by.today),
        "may_set": by.may(Duty.SET_POLICY),
        "key": uuid4().hex,
    }
    return render(request, "returns/brought.html", facts)


@require_POST
def collector(request: StaffRequest) -> HttpResponse:
    """Whether the DEA has registered this place as a collector."""
    registered = text(request.POST, "registered")
    if registered not in {"yes", "no"}:
        says = "Say yes or no: is this place a registered collector?"
        raise refuse(says, code="yes-or-no", field="registered")
    collecting.say_collector(
        by=request.worker,
        registered=registered == "yes",
        evidence=text(request.POST, "evidence"),
    )
    return redirect("returns:brought")
