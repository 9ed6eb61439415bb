"""Whom we buy from: particulars, prices that changed, items that are no drug yet."""

from datetime import timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apothecary.law.problem import Problem, Refused, refuse
from apothecary.purchasing.forms import read_particulars, text
from apothecary.purchasing.papers.taking import load_paper
from apothecary.purchasing.wholesalers import queries
from apothecary.purchasing.wholesalers.actions import dismiss_item, keep_wholesaler, tie_item
from apothecary.purchasing.wholesalers.models import Wholesaler
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import CONFLICT, StaffRequest
from apothecary.wires.x12.supply.dialect import NAMES

CHANGED_DAYS = 30
FIELDS = (
    *("code", "name", "account", "account_340b", "dialect", "edi_id", "our_edi_id"),
    *("dea", "gln", "order_by", "lead_days", "priority", "receipt_minutes", "phone"),
)
Value = str


@require_GET
def wholesalers(request: StaffRequest) -> HttpResponse:
    """All of them, with prices that changed and items set aside (3 queries)."""
    request.worker.must(Duty.ORDER_STOCK)
    of = request.worker.pharmacy_id
    since = request.now - timedelta(days=CHANGED_DAYS)
    facts = {
        "rows": queries.wholesalers(pharmacy_id=of),
        "changes": list(queries.price_changes(pharmacy_id=of, since=since)),
        "aside": list(queries.items_aside(pharmacy_id=of)),
        "days": CHANGED_DAYS,
        "may_keep": request.worker.may(Duty.KEEP_WHOLESALERS),
    }
    return render(request, "purchasing/wholesalers.html", facts)


@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Put a wholesaler on file."""
    request.worker.must(Duty.KEEP_WHOLESALERS)
    if request.method == "GET":
        return form_page(request, None, {})
    try:
        keep_wholesaler(by=request.worker, given=read_particulars(request.POST))
    except Refused as refusal:
        return form_page(request, None, as_typed(request), refusal.problems)
    return redirect("purchasing:wholesalers")


@require_http_methods(["GET", "POST"])
def wholesaler(request: StaffRequest, wholesaler_id: int) -> HttpResponse:
    """One wholesaler's particulars, changed by whoever keeps them."""
    request.worker.must(Duty.KEEP_WHOLESALERS)
    row = Wholesaler.objects.filter(
        pharmacy_id=request.worker.pharmacy_id, pk=wholesaler_id
    ).first()
    if row is None:
        raise Http404
    if request.method == "GET":
        return form_page(request, row, values_of(row))
    try:
        given = read_particulars(request.POST, code=row.code)
        keep_wholesaler(by=request.worker, given=given, wholesaler_id=row.pk)
    except Refused as refusal:
        return form_page(request, row, as_typed(request), refusal.problems)
    return redirect("purchasing:wholesalers")


def values_of(row: Wholesaler) -> dict[str, Value]:
    """A wholesaler as its form shows it."""
    found = {name: getattr(row, name) for name in FIELDS}
    found["order_by"] = row.order_by.strftime("%H:%M") if row.order_by else ""
    return {name: str(value) for name, value in found.items()}


def as_typed(request: StaffRequest) -> dict[str, Value]:
    """What was typed, for the form that refuses it."""
    return {name: request.POST.get(name, "") for name in FIELDS}


def form_page(
    request: StaffRequest,
    row: Wholesaler | None,
    values: dict[str, Value],
    problems: list[Problem] | None = None,
) -> HttpResponse:
    """The form, with what is wrong under each field."""
    blank = {name: "" for name in FIELDS} | {
        "dialect": NAMES[0],
        "lead_days": "1",
        "priority": "1",
        "receipt_minutes": "60",
    }
    facts = {
        "row": row,
        "values": blank | values,
        "dialects": [(name, name) for name in NAMES],
        "problems": problems or [],
    }
    status = CONFLICT if problems else 200
    return render(request, "purchasing/wholesaler.html", facts, status=status)


@require_POST
def paper(request: StaffRequest, wholesaler_id: int) -> HttpResponse:
    """Take in a file of this wholesaler that somebody has."""
    request.worker.must(Duty.ORDER_STOCK)
    sent = request.FILES.get("file")
    if sent is None:
        raise refuse("Choose a file of the wholesaler's.", code="file-missing", field="file")
    load_paper(
        by=request.worker,
        wholesaler_id=wholesaler_id,
        raw=sent.read(),
        name=str(sent.name or ""),
    )
    return redirect("purchasing:papers")


@require_POST
def tie(request: StaffRequest, item_id: int) -> HttpResponse:
    """It is this package of the drug file."""
    tie_item(by=request.worker, item_id=item_id, ndc=text(request.POST, "ndc"))
    return redirect("purchasing:wholesalers")


@require_POST
def dismiss(request: StaffRequest, item_id: int) -> HttpResponse:
    """It is never ordered."""
    because = text(request.POST, "because")
    dismiss_item(by=request.worker, item_id=item_id, because=because)
    return redirect("purchasing:wholesalers")
