"""The pages behind the counter: the sale, what a buyer may still have, the log, the papers."""

from dataclasses import replace
from uuid import uuid4

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from apothecary.drugs.barcode import package_of
from apothecary.law.problem import refuse
from apothecary.pickup.behind_counter import queries
from apothecary.pickup.behind_counter.certifying import certify
from apothecary.pickup.behind_counter.forms import read_buyer, read_certified, read_wanted
from apothecary.pickup.behind_counter.models import IdKind
from apothecary.pickup.behind_counter.queries import Stands
from apothecary.pickup.behind_counter.selling import sell_behind_counter
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.stock.forms import once, read_code

REFUSALS = 20


def counter(request: StaffRequest) -> HttpResponse:
    """The sale: what stands here, who buys, what they show and sign."""
    request.worker.must(Duty.SELL_BEHIND_COUNTER)
    by = request.worker
    facts = {
        "lines": queries.standing(by),
        "store": queries.store(by),
        "kinds": [("", "—"), *IdKind.choices],
        "exempts": by.may(Duty.SELL_EXEMPT),
        "keeps": by.may(Duty.KEEP_COUNTER_PAPERS),
        "key": uuid4().hex,
    }
    return render(request, "pickup/counter.html", facts)


@require_POST
def scan(request: StaffRequest) -> HttpResponse:
    """One package more of the product whose carton was scanned."""
    request.worker.must(Duty.SELL_BEHIND_COUNTER)
    package = package_of(read_code(request.POST.get("code", "")))
    wanted = read_wanted(request.POST)
    wanted[package.pk] = wanted.get(package.pk, 0) + 1
    lines = queries.standing(request.worker)
    if package.pk not in {each.package.pk for each in lines}:
        says = "That does not stand behind the counter."
        raise refuse(says, field="packages", code="not-behind")
    shown = [with_wanted(each, wanted, scanned=package.pk) for each in lines]
    facts = {"lines": shown, "exempts": request.worker.may(Duty.SELL_EXEMPT)}
    return render(request, "pickup/counter_items.html", facts)


def with_wanted(line: Stands, wanted: dict[int, int], *, scanned: int) -> Stands:
    """A line with how many packages of it are wanted."""
    here = line.package.pk
    return replace(line, wanted=wanted.get(here, 0), scanned=here == scanned)


@require_POST
def room(request: StaffRequest) -> HttpResponse:
    """What the buyer who is being typed has had, and may still have."""
    request.worker.must(Duty.SELL_BEHIND_COUNTER)
    buyer = read_buyer(request.POST)
    known = buyer.paper or (buyer.folded and buyer.born_on)
    found = queries.room_of(buyer, by=request.worker) if known else None
    return render(request, "pickup/counter_room.html", {"room": found})


@require_POST
def sell(request: StaffRequest) -> HttpResponse:
    """Sell what is wanted, then the entry of the log in place of the form."""
    sale = sell_behind_counter(
        by=request.worker,
        wanted=read_wanted(request.POST),
        buyer=read_buyer(request.POST),
        key=once(request.POST),
    )
    if not request.headers.get("HX-Request"):
        return redirect("pickup:counter-sale", sale_id=sale.pk)
    entry = queries.sale_here(request.worker.pharmacy_id, sale.pk)
    return render(request, "pickup/counter_sold.html", {"sale": entry})


def sold(request: StaffRequest, sale_id: int) -> HttpResponse:
    """One entry of the log."""
    request.worker.must(Duty.SELL_BEHIND_COUNTER)
    entry = queries.sale_here(request.worker.pharmacy_id, sale_id)
    if entry is None:
        raise Http404
    return render(request, "pickup/counter_sale.html", {"sale": entry})


def log(request: StaffRequest) -> HttpResponse:
    """The log, the refused sales, and the store's certificate."""
    request.worker.must(Duty.SELL_BEHIND_COUNTER)
    by, asked = request.worker, request.GET.get("q", "").strip()
    rows = queries.log(by.pharmacy_id, asked=asked)
    facts = {
        "page": Paginator(rows, queries.ROWS).get_page(request.GET.get("page", "1")),
        "asked": asked,
        "refusals": list(queries.refusals(by.pharmacy_id)[:REFUSALS]),
        "store": queries.store(by),
        "keeps": by.may(Duty.KEEP_COUNTER_PAPERS),
        "prints": by.may(Duty.READ_RECORDS),
    }
    return render(request, "pickup/counter_log.html", facts)


@require_POST
def certificate(request: StaffRequest) -> HttpResponse:
    """Put the store's self-certification on file."""
    request.worker.must(Duty.KEEP_COUNTER_PAPERS)
    certify(by=request.worker, given=read_certified(request.POST))
    return redirect("pickup:counter-log")
