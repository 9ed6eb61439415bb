"""The pages of the shelves: what is there, one lot, receiving, counting, setting aside."""

from uuid import uuid4

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apothecary.drugs.barcode import package_of
from apothecary.law.problem import Problem, Refused
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import CONFLICT, StaffRequest
from apothecary.stock import actions, shelves
from apothecary.stock.counting.recounting import recounts_of_lot
from apothecary.stock.forms import (
    RECEIVED_INTO,
    amount,
    number,
    once,
    read_code,
    read_receipt,
)
from apothecary.stock.queries import ledger_of_lot


def shelf(request: StaffRequest) -> HttpResponse:
    """What is kept and how much of it is free."""
    request.worker.must(Duty.READ_RECORDS)
    asked, low = request.GET.get("q", ""), "low" in request.GET
    lines = shelves.shelf_lines(pharmacy_id=request.worker.pharmacy_id, asked=asked, low=low)
    facts = {"lines": lines, "asked": asked, "low": low, "rows": shelves.ROWS}
    return render(request, "stock/shelf.html", facts)


def of_product(request: StaffRequest, product_id: int) -> HttpResponse:
    """Lots and balances of one drug, for its page."""
    request.worker.must(Duty.READ_RECORDS)
    pharmacy_id = request.worker.pharmacy_id
    balances = shelves.balances_of_product(pharmacy_id=pharmacy_id, product_id=product_id)
    return render(request, "stock/of_product.html", {"balances": balances})


def lot(request: StaffRequest, lot_id: int) -> HttpResponse:
    """One lot: where it stands and every move of it."""
    request.worker.must(Duty.READ_RECORDS)
    pharmacy_id = request.worker.pharmacy_id
    found = shelves.lot_page(pharmacy_id=pharmacy_id, lot_id=lot_id)
    if found is None:
        raise Http404
    facts = {
        "lot": found,
        "balances": shelves.balances_of_lot(pharmacy_id=pharmacy_id, lot_id=lot_id),
        "moves": ledger_of_lot(pharmacy_id=pharmacy_id, lot_id=lot_id),
        "places": shelves.places(pharmacy_id=pharmacy_id),
        "recounts": recounts_of_lot(pharmacy_id=pharmacy_id, lot_id=lot_id),
        "key": uuid4().hex,
    }
    return render(request, "stock/lot.html", facts)


@require_http_methods(["GET", "POST"])
def receive(request: StaffRequest) -> HttpResponse:
    """Take units onto a shelf, typed or scanned."""
    request.worker.must(Duty.MANAGE_STOCK)
    if request.method == "GET":
        return receive_page(request)
    try:
        came = read_receipt(request.POST, pharmacy_id=request.worker.pharmacy_id)
        new = actions.receive_stock(
            by=request.worker,
            package=came.package,
            lot_number=came.lot_number,
            expires_on=came.expires_on,
            quantity=came.quantity,
            place=came.place,
            key=came.key,
        )
    except Refused as refusal:
        return receive_page(request, refusal)
    return redirect("stock:lot", lot_id=new.pk)


def receive_page(request: StaffRequest, refusal: Refused | None = None) -> HttpResponse:
    """The form, with what was typed and what is wrong with it."""
    facts = receipt_facts(request, request.POST, refusal.problems if refusal else [])
    status = CONFLICT if refusal else 200
    return render(request, "stock/receive.html", facts, status=status)


def receipt_facts(
    request: StaffRequest, typed: QueryDict, problems: list[Problem]
) -> dict[str, object]:
    """What the form shows; the shelf is offered first."""
    known = shelves.places(pharmacy_id=request.worker.pharmacy_id)
    kept = [place for kind in RECEIVED_INTO for place in known if place.kind == kind]
    return {
        "typed": typed,
        "problems": problems,
        "places": [(str(place.pk), place.name) for place in kept],
        "key": typed.get("key") or uuid4().hex,
    }


@require_POST
def receive_scan(request: StaffRequest) -> HttpResponse:
    """Fill the receiving form from the bottle's code: product, lot, expiry."""
    request.worker.must(Duty.MANAGE_STOCK)
    scan = read_code(request.POST.get("code", ""))
    package = package_of(scan)
    typed = QueryDict(mutable=True)
    typed["ndc"], typed["quantity"] = package.ndc, f"{package.quantity.normalize():f}"
    typed["lot_number"] = scan.lot
    typed["expires_on"] = scan.expires_on.isoformat() if scan.expires_on else ""
    facts = receipt_facts(request, typed, [])
    return render(request, "stock/receipt.html", facts)


@require_POST
def count(request: StaffRequest, lot_id: int) -> HttpResponse:
    """Say how much is there; what may stand is posted, else a second person is asked."""
    actions.count_lot(
        by=request.worker,
        lot_id=lot_id,
        place_id=number(request.POST.get("place", ""), field="place"),
        counted=amount(request.POST.get("counted", ""), field="counted"),
        because=request.POST.get("because", ""),
        key=f"count-{once(request.POST)}",
    )
    return redirect("stock:lot", lot_id=lot_id)


@require_POST
def move(request: StaffRequest, lot_id: int) -> HttpResponse:
    """Carry units from one place to another."""
    actions.move_stock(
        by=request.worker,
        lot_id=lot_id,
        from_place=number(request.POST.get("from_place", ""), field="from_place"),
        to_place=number(request.POST.get("to_place", ""), field="to_place"),
        quantity=amount(request.POST.get("quantity", ""), field="quantity"),
        because=request.POST.get("because", ""),
        key=f"move-{once(request.POST)}",
    )
    return redirect("stock:lot", lot_id=lot_id)


@require_POST
def quarantine(request: StaffRequest, lot_id: int) -> HttpResponse:
    """Take a lot out of use."""
    because = request.POST.get("because", "")
    actions.quarantine_lot(by=request.worker, lot_id=lot_id, because=because)
    return redirect("stock:lot", lot_id=lot_id)


@require_POST
def release(request: StaffRequest, lot_id: int) -> HttpResponse:
    """Put a lot back into use."""
    because = request.POST.get("because", "")
    actions.release_lot(by=request.worker, lot_id=lot_id, because=because)
    return redirect("stock:lot", lot_id=lot_id)
