"""The counter: will-call, binning, the register, the receipt, what goes back to the shelf."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apothecary.patients.queries import brief
from apothecary.pickup import actions, queries
from apothecary.pickup.bags import Ticks, bags, due_bags, sale_page, ticked_bags, total_usd
from apothecary.pickup.forms import numbers, read_bin, read_sale, read_ticks
from apothecary.pickup.printing import print_tag
from apothecary.pickup.tag_paper import TAG_PAPERS, tag_png
from apothecary.pickup.tags import tag_of
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.queries import where
from apothecary.prescriptions.states import FillState
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest

ROWS = 50


def go(request: StaffRequest, to: str) -> HttpResponse:
    """On to another page, for htmx and for a plain form alike."""
    if not request.headers.get("HX-Request"):
        return redirect(to)
    return HttpResponse(status=204, headers={"HX-Redirect": to})


def found(request: StaffRequest, fill_id: int) -> Fill:
    """The fill of this pharmacy, or no such page."""
    fill = queries.fill_with_patient(request.worker.pharmacy_id, fill_id)
    if fill is None:
        raise Http404
    return fill


def will_call(request: StaffRequest) -> HttpResponse:
    """The bags that wait, waiters first, then the oldest; or those that answer to a name."""
    request.worker.must(Duty.SELL)
    asked, here = request.GET.get("q", "").strip(), request.worker.pharmacy_id
    fills = queries.ready(here)
    if asked:
        fills = queries.find_bags(here, asked, today=request.worker.today)
    page = Paginator(fills, ROWS).get_page(request.GET.get("page", "1"))
    facts = {"page": page, "lines": bags(page, by=request.worker), "asked": asked}
    facts |= {"binned": request.GET.get("binned", "")}
    return render(request, "pickup/list.html", facts)


@require_POST
def scan(request: StaffRequest) -> HttpResponse:
    """A scan in will-call: a bag without a bin gets one, any other is sold or explained."""
    request.worker.must(Duty.SELL)
    fill = queries.scanned_fill(request.worker.pharmacy_id, request.POST.get("code", ""))
    unbinned = fill.state == FillState.READY and not fill.bin
    return go(request, reverse("pickup:bin" if unbinned else "pickup:bag", args=[fill.pk]))


def bag(request: StaffRequest, fill_id: int) -> HttpResponse:
    """The register for the patient of one bag."""
    request.worker.must(Duty.SELL)
    fill = found(request, fill_id)
    facts = {"page": sale_page(fill.patient, by=request.worker), "fill": fill}
    return render(request, "pickup/sale.html", facts | {"said": where(fill)})


def patient(request: StaffRequest, patient_id: int) -> HttpResponse:
    """The register for a patient who gives a name."""
    request.worker.must(Duty.SELL)
    who = queries.patient_here(request.worker.pharmacy_id, patient_id)
    if who is None:
        raise Http404
    facts = {"page": sale_page(who, by=request.worker), "fill": None, "said": None}
    return render(request, "pickup/sale.html", facts)


@require_POST
def bags_part(request: StaffRequest, patient_id: int) -> HttpResponse:
    """The bags again, after one was scanned or its tick was changed."""
    request.worker.must(Duty.SELL)
    here, code = request.worker.pharmacy_id, request.POST.get("code", "")
    who = queries.patient_here(here, patient_id)
    if who is None:
        raise Http404
    scanned = queries.scanned_fill(here, code) if code else None
    ticks = read_ticks(request.POST, scanned=scanned.pk if scanned else None)
    lines = ticked_bags(who, ticks, scanned, by=request.worker)
    facts = {"lines": lines, "total_usd": total_usd(lines), "method": ticks.method}
    return render(request, "pickup/bags.html", facts | {"patient_id": who.pk})


@require_http_methods(["GET", "POST"])
def bin_one(request: StaffRequest, fill_id: int) -> HttpResponse:
    """Put a bag in a bin: scan or type where it lies."""
    request.worker.must(Duty.BIN)
    fill = found(request, fill_id)
    if request.method == "POST":
        name = request.POST.get("code") or request.POST.get("bin", "")
        actions.bin_bag(by=request.worker, fill_id=fill.pk, bin_name=read_bin(name))
        return go(request, f"{reverse('pickup:list')}?binned={fill.pk}")
    others = queries.bags_of(fill.pharmacy_id, fill.patient_id).exclude(pk=fill.pk)
    facts = {"fill": fill, "who": brief(fill.patient), "said": where(fill)}
    facts |= {"beside": next((other.bin for other in others if other.bin), "")}
    return render(request, "pickup/bin.html", facts)


@require_GET
def tag(request: StaffRequest, fill_id: int) -> HttpResponse:
    """The tag of a bag on the screen, as it would be printed."""
    request.worker.must(Duty.BIN)
    shown = tag_png(tag_of(found(request, fill_id), by=request.worker))
    return HttpResponse(shown, content_type="image/png")


@require_POST
def print_one(request: StaffRequest, fill_id: int, kind: str) -> HttpResponse:
    """Print the tag of a bag: as pdf, or as zpl for a label printer."""
    request.worker.must(Duty.BIN)
    paper = TAG_PAPERS.get(kind)
    if paper is None:
        raise Http404
    made = print_tag(by=request.worker, fill_id=found(request, fill_id).pk, kind=kind)
    return HttpResponse(made, content_type=paper.media_type)


@require_POST
def sell(request: StaffRequest) -> HttpResponse:
    """Hand the ticked bags over, then the receipt in place of the register."""
    typed = read_sale(request.POST)
    sale = actions.sell(by=request.worker, fill_ids=typed.fill_ids, receiver=typed.receiver)
    if not request.headers.get("HX-Request"):
        return redirect("pickup:receipt", sale_id=sale.pk)
    facts = {"sale": sale, "lines": queries.lines_of(sale)}
    return render(request, "pickup/receipt_part.html", facts)


def receipt(request: StaffRequest, sale_id: int) -> HttpResponse:
    """The receipt of a sale, as it was signed."""
    request.worker.must(Duty.SELL)
    sale = queries.sale_with_patient(request.worker.pharmacy_id, sale_id)
    if sale is None:
        raise Http404
    facts = {"sale": sale, "lines": queries.lines_of(sale), "who": brief(sale.patient)}
    return render(request, "pickup/receipt.html", facts)


def returns(request: StaffRequest) -> HttpResponse:
    """What has waited longer than the house keeps it."""
    request.worker.must(Duty.RETURN_TO_STOCK)
    every = "all" in request.GET
    ticks = Ticks(chosen=None if every else frozenset())
    lines = due_bags(ticks, None, by=request.worker)
    return render(request, "pickup/returns.html", {"lines": lines, "every": every})


@require_POST
def returns_part(request: StaffRequest) -> HttpResponse:
    """The list again, with the bag ticked that was scanned."""
    request.worker.must(Duty.RETURN_TO_STOCK)
    code = request.POST.get("code", "")
    scanned = queries.scanned_fill(request.worker.pharmacy_id, code)
    ticks = read_ticks(request.POST, scanned=scanned.pk)
    lines = due_bags(ticks, scanned, by=request.worker)
    return render(request, "pickup/returns_part.html", {"lines": lines})


@require_POST
def return_ticked(request: StaffRequest) -> HttpResponse:
    """Put the ticked bags back on the shelf; their claims are reversed."""
    actions.return_bags(by=request.worker, fill_ids=numbers(request.POST, "fill_ids"))
    return go(request, reverse("pickup:returns"))
