"""The receiving screens: deliveries, one delivery at the scanner, putting away."""

from uuid import uuid4

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apothecary.law.problem import Problem, Refused, refuse
from apothecary.purchasing.forms import (
    Scanned,
    condition_of,
    decimal_of,
    programme_of,
    read_came,
    read_door_scan,
    text,
)
from apothecary.purchasing.receiving import corrections, delivery, queries, shelving
from apothecary.purchasing.receiving.door import Came, receive
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.receiving.rules import conditions_of, wants_signature
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import CONFLICT, StaffRequest
from apothecary.stock.forms import number, once
from apothecary.wires.gs1 import ScanKind

DOOR = "purchasing/door.html"


@require_GET
def deliveries(request: StaffRequest) -> HttpResponse:
    """What is at the door or on its way (3 queries)."""
    request.worker.must(Duty.MANAGE_STOCK)
    by = request.worker
    found = queries.deliveries(pharmacy_id=by.pharmacy_id, today=by.today)
    return render(request, "purchasing/deliveries.html", {"found": found})


@require_POST
def tote(request: StaffRequest) -> HttpResponse:
    """The scan of a tote's label begins its delivery, or goes on with it."""
    request.worker.must(Duty.MANAGE_STOCK)
    scanned = read_door_scan(request.POST.get("code", ""))
    if scanned.scan.kind is not ScanKind.LOGISTIC:
        says = "Scan the label of a tote first, or choose the order it belongs to."
        raise refuse(says, code="not-a-tote", field="code")
    row = delivery.scan_tote(by=request.worker, sscc=scanned.scan.sscc)
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = f"/purchasing/receive/{row.pk}/"
    return answer


@require_POST
def start(request: StaffRequest) -> HttpResponse:
    """Begin with a ship notice or an order that was chosen."""
    row = delivery.start_receipt(
        by=request.worker,
        notice_id=number(request.POST.get("notice", "0"), field="notice"),
        order_id=number(request.POST.get("order", "0"), field="order"),
    )
    return redirect("purchasing:receipt", receipt_id=row.pk)


@require_GET
def receipt(request: StaffRequest, receipt_id: int) -> HttpResponse:
    """One delivery at the scanner (4 queries)."""
    request.worker.must(Duty.MANAGE_STOCK)
    facts = door_facts(request, receipt_id, QueryDict())
    return render(request, "purchasing/receipt.html", facts)


def door_facts(
    request: StaffRequest,
    receipt_id: int,
    typed: QueryDict,
    *,
    problems: list[Problem] | None = None,
    last: ReceivedPackage | None = None,
    came: Came | None = None,
    tote_sscc: str = "",
    by_hand: bool = False,
) -> dict[str, object]:
    """What the panel at the door shows; a refused package with the names it may go aside by."""
    found = queries.receipt_page(pharmacy_id=request.worker.pharmacy_id, receipt_id=receipt_id)
    if found is None:
        raise Http404
    return {
        "page": found,
        "receipt": found.receipt,
        "typed": typed,
        "problems": problems or [],
        "conditions": [one.value for one in conditions_of(problems or [])],
        "signing": came is not None and wants_signature(problems or []),
        "by_hand": by_hand or (came is not None and last is None and not problems),
        "last": last,
        "came": came,
        "tote_sscc": tote_sscc,
        "key": typed.get("key") or uuid4().hex,
    }


@require_POST
def scan(request: StaffRequest, receipt_id: int) -> HttpResponse:
    """A package at the door. Whole codes go in at once; of others the rest is typed."""
    request.worker.must(Duty.MANAGE_STOCK)
    try:
        scanned = read_door_scan(request.POST.get("code", ""))
    except Refused as refusal:
        facts = door_facts(request, receipt_id, QueryDict(), problems=refusal.problems)
        return render(request, DOOR, facts)
    if scanned.came is None:
        facts = door_facts(request, receipt_id, QueryDict(), tote_sscc=scanned.scan.sscc)
        return render(request, DOOR, facts)
    if not scanned.is_whole:
        facts = door_facts(request, receipt_id, typed_of(scanned), came=scanned.came)
        return render(request, DOOR, facts)
    return take(request, receipt_id, scanned.came, typed_of(scanned))


def typed_of(scanned: Scanned) -> QueryDict:
    """The form as a scan fills it."""
    typed = QueryDict(mutable=True)
    came = scanned.came
    if came is not None:
        typed["ndc"], typed["lot"] = came.package.ndc, came.lot
        typed["expires_on"] = came.expires_on.isoformat() if came.expires_on else ""
        typed["serial"], typed["gtin"] = came.serial, came.gtin
        typed["packages"] = "1"
    return typed


def take(
    request: StaffRequest,
    receipt_id: int,
    came: Came,
    typed: QueryDict,
    *,
    by_hand: bool = False,
) -> HttpResponse:
    """Receive a package, or show why not and what can be done with it instead."""
    try:
        row = receive(
            by=request.worker,
            receipt_id=receipt_id,
            came=came,
            condition=condition_of(typed),
            because=text(typed, "because"),
            initials=text(typed, "initials"),
            pin=typed.get("pin", ""),
        )
    except Refused as refusal:
        facts = door_facts(
            request, receipt_id, typed, problems=refusal.problems, came=came, by_hand=by_hand
        )
        return render(request, DOOR, facts)
    facts = door_facts(request, receipt_id, QueryDict(), last=row, came=came)
    return render(request, DOOR, facts)


@require_POST
def package(request: StaffRequest, receipt_id: int) -> HttpResponse:
    """A package as typed, or set aside by name."""
    request.worker.must(Duty.MANAGE_STOCK)
    try:
        came = read_came(request.POST)
    except Refused as refusal:
        facts = door_facts(
            request, receipt_id, request.POST, problems=refusal.problems, by_hand=True
        )
        return render(request, DOOR, facts)
    return take(request, receipt_id, came, request.POST, by_hand=True)


@require_POST
def temperature(request: StaffRequest, receipt_id: int) -> HttpResponse:
    """How cold it came."""
    delivery.take_temperature(
        by=request.worker,
        receipt_id=receipt_id,
        temperature_c=decimal_of(request.POST, "temperature_c", places=1),
        frozen=request.POST.get("frozen", "") == "yes",
    )
    return redirect("purchasing:receipt", receipt_id=receipt_id)


@require_POST
def close(request: StaffRequest, receipt_id: int) -> HttpResponse:
    """The totes are empty."""
    delivery.close_receipt(by=request.worker, receipt_id=receipt_id)
    return redirect("purchasing:put-away")


@require_POST
def aside(request: StaffRequest, received_id: int) -> HttpResponse:
    """A package that was received as good is damaged after all."""
    row = corrections.set_aside(
        by=request.worker,
        received_id=received_id,
        condition=condition_of(request.POST),
        because=text(request.POST, "because"),
    )
    return redirect("purchasing:receipt", receipt_id=row.receipt_id)


@require_POST
def back(request: StaffRequest, received_id: int) -> HttpResponse:
    """A receipt is taken back."""
    row = corrections.take_back(
        by=request.worker, received_id=received_id, because=text(request.POST, "because")
    )
    return redirect("purchasing:receipt", receipt_id=row.receipt_id)


@require_GET
def put_away(request: StaffRequest) -> HttpResponse:
    """What stands in receiving, and where it goes."""
    request.worker.must(Duty.MANAGE_STOCK)
    said = request.GET.get("lot", "")
    chosen = int(said) if said.isascii() and said.isdigit() and len(said) < 16 else 0
    return put_away_page(request, chosen=chosen)


def put_away_page(
    request: StaffRequest, *, chosen: int = 0, problems: list[Problem] | None = None
) -> HttpResponse:
    """The list, with the lot that was scanned ready for its place (1 query, 4 when chosen)."""
    of = request.worker.pharmacy_id
    rows = shelving.waiting_to_put_away(pharmacy_id=of)
    at = next((one for one in rows if one.lot_id == chosen), rows[0] if rows else None)
    facts = {
        "rows": rows,
        "at": at,
        "where": shelving.where_to(pharmacy_id=of, one=at) if at else None,
        "problems": problems or [],
        "key": uuid4().hex,
    }
    status = CONFLICT if problems else 200
    return render(request, "purchasing/put_away.html", facts, status=status)


@require_POST
def put_away_scan(request: StaffRequest) -> HttpResponse:
    """A bottle chooses its lot; the label of a place puts the chosen lot there."""
    request.worker.must(Duty.MANAGE_STOCK)
    code, chosen = request.POST.get("code", "").strip(), request.GET.get("lot", "")
    answer = HttpResponse(status=204)
    if code.upper().startswith(shelving.PLACE_CODE):
        place = shelving.place_scanned(by=request.worker, code=code)
        shelving.put_away_lot(
            by=request.worker,
            lot_id=number(chosen, field="lot"),
            place_id=place.pk,
            key=once(request.GET),
            programme=programme_of(request.GET),
        )
        answer["HX-Redirect"] = "/purchasing/put-away/"
        return answer
    found = lots_of(request, read_door_scan(code).came)
    if not found:
        raise refuse("Nothing of that stands in receiving.", code="nothing-there")
    answer["HX-Redirect"] = f"/purchasing/put-away/?lot={found[0].lot_id}"
    return answer


def lots_of(request: StaffRequest, came: Came | None) -> list[shelving.ToPutAway]:
    """What stands in receiving of a package that was scanned (1 query)."""
    if came is None:
        return []
    rows = shelving.waiting_to_put_away(pharmacy_id=request.worker.pharmacy_id)
    return [
        one
        for one in rows
        if one.package_id == came.package.pk and (not came.lot or one.lot == came.lot)
    ]


@require_POST
def put_away_lot(request: StaffRequest, lot_id: int) -> HttpResponse:
    """A lot goes to the place that was scanned or named."""
    request.worker.must(Duty.MANAGE_STOCK)
    try:
        place = shelving.place_scanned(by=request.worker, code=request.POST.get("place", ""))
        shelving.put_away_lot(
            by=request.worker,
            lot_id=lot_id,
            place_id=place.pk,
            key=once(request.POST),
            programme=programme_of(request.POST),
        )
    except Refused as refusal:
        return put_away_page(request, chosen=lot_id, problems=refusal.problems)
    return redirect("purchasing:put-away")
