"""The filling counter over HTTP: one view per verb."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from apothecary.filling import actions, forms, offers, pages, queries
from apothecary.filling.label import read
from apothecary.filling.models import LabelPrint, VialPhoto
from apothecary.filling.papers import PAPERS
from apothecary.law.problem import refuse
from apothecary.patients.queries import brief
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.parting import try_stock_again
from apothecary.prescriptions.states import FillState
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest


@require_GET
def queue(request: StaffRequest) -> HttpResponse:
    """What is to fill, with the pick list."""
    request.worker.must(Duty.READ_RECORDS)
    lines = queries.queue(request.worker.pharmacy_id)
    return render(request, "filling/queue.html", {"lines": lines})


@require_POST
def start_next(request: StaffRequest) -> HttpResponseBase:
    """Take the next fill of the queue."""
    return pages.go(request, "filling:fill", actions.start_next(by=request.worker).pk)


@require_POST
def scan_at_queue(request: StaffRequest) -> HttpResponseBase:
    """A prescription's code or a stock bottle starts the fill it belongs to."""
    raw = request.POST.get("code", "")
    started = actions.start_by_scan(by=request.worker, raw=raw)
    return pages.go(request, "filling:fill", started.pk)


@require_GET
def fill(request: StaffRequest, fill_id: int) -> HttpResponse:
    """One fill at the counter."""
    return pages.show(request, fill_id)


@require_POST
def start(request: StaffRequest, fill_id: int) -> HttpResponseBase:
    """Take this fill."""
    actions.start_filling(by=request.worker, fill_id=fill_id)
    return pages.answer(request, fill_id)


@require_POST
def leave(request: StaffRequest, fill_id: int) -> HttpResponseBase:
    """Put it back on the queue."""
    because = request.POST.get("because", "")
    actions.leave_filling(by=request.worker, fill_id=fill_id, because=because)
    return pages.go(request, "filling:queue")


@require_POST
def scan(request: StaffRequest, fill_id: int) -> HttpResponseBase:
    """A bottle for this fill, or the code of the next one."""
    raw = request.POST.get("code", "")
    found = actions.scan_here(by=request.worker, fill_id=fill_id, raw=raw)
    if isinstance(found, Fill) and found.pk != fill_id:
        return pages.go(request, "filling:fill", found.pk)
    return pages.answer(request, fill_id)


@require_POST
def set_aside(request: StaffRequest, fill_id: int) -> HttpResponseBase:
    """The wrong bottle is away, and why it was in hand."""
    scan_id = forms.whole(request.POST.get("scan", ""), field="scan")
    because = request.POST.get("because", "")
    actions.set_aside_wrong(
        by=request.worker, fill_id=fill_id, scan_id=scan_id, because=because
    )
    return pages.answer(request, fill_id)


@require_POST
def bottles(request: StaffRequest, fill_id: int) -> HttpResponseBase:
    """There are several bottles of one code."""
    scan_id = forms.whole(request.POST.get("scan", ""), field="scan")
    number = forms.whole(request.POST.get("bottles", ""), field="bottles")
    actions.confirm_bottles(by=request.worker, fill_id=fill_id, scan_id=scan_id, bottles=number)
    return pages.answer(request, fill_id)


@require_POST
def lot(request: StaffRequest, fill_id: int) -> HttpResponseBase:
    """The lot on a bottle whose code carries none."""
    scan_id = forms.whole(request.POST.get("scan", ""), field="scan")
    number = request.POST.get("lot", "")
    actions.take_lot(by=request.worker, fill_id=fill_id, scan_id=scan_id, number=number)
    return pages.answer(request, fill_id)


@require_POST
def product(request: StaffRequest, fill_id: int) -> HttpResponseBase:
    """Give an equivalent: the fill leaves the counter to be screened and billed anew."""
    package_id = forms.whole(request.POST.get("package", ""), field="package")
    actions.change_product(by=request.worker, fill_id=fill_id, package_id=package_id)
    return pages.go(request, "filling:queue")


@require_POST
def count(request: StaffRequest, fill_id: int) -> HttpResponseBase:
    """A count, typed or from a device; the last one prints the label."""
    form = forms.count_form(request)
    actions.count_and_label(
        by=request.worker,
        fill_id=fill_id,
        quantity=form.quantity,
        method=form.method,
        pass_number=form.pass_number,
    )
    return pages.answer(request, fill_id)


@require_POST
def back_count(request: StaffRequest, fill_id: int) -> HttpResponseBase:
    """What is left of a Schedule II lot, typed blind."""
    actions.count_back(
        by=request.worker,
        fill_id=fill_id,
        lot=request.POST.get("lot", ""),
        counted=forms.quantity(request.POST.get("counted", ""), field="counted"),
        try_number=forms.whole(request.POST.get("try_number", ""), field="try_number"),
    )
    return pages.answer(request, fill_id)


@require_POST
def print_label(request: StaffRequest, fill_id: int) -> HttpResponseBase:
    """Print the label; again only with a reason."""
    because = request.POST.get("because", "")
    actions.print_label(by=request.worker, fill_id=fill_id, because=because)
    return pages.answer(request, fill_id)


@require_GET
def label(request: StaffRequest, print_id: int, kind: str) -> HttpResponse:
    """A printed label as it was: pdf, zpl for a label printer, png for the screen."""
    request.worker.must(Duty.READ_RECORDS)
    prints = LabelPrint.objects.filter(pharmacy_id=request.worker.pharmacy_id, pk=print_id)
    printed, paper = prints.first(), PAPERS.get(kind)
    if printed is None or paper is None:
        raise Http404
    return HttpResponse(paper.made(read(printed.content)), content_type=paper.media_type)


@require_POST
def add_photo(request: StaffRequest, fill_id: int) -> HttpResponseBase:
    """A picture of what is in the vial."""
    image = request.FILES.get("image")
    if image is None:
        raise refuse("The picture is missing.", field="image", code="no-photo")
    actions.add_photo(by=request.worker, fill_id=fill_id, image=image.read())
    return pages.answer(request, fill_id)


@require_GET
def photo(request: StaffRequest, photo_id: int) -> HttpResponse:
    """A picture of a vial."""
    request.worker.must(Duty.READ_RECORDS)
    photos = VialPhoto.objects.filter(pharmacy_id=request.worker.pharmacy_id, pk=photo_id)
    found = photos.first()
    if found is None:
        raise Http404
    return HttpResponse(bytes(found.image), content_type=found.media_type)


@require_POST
def check(request: StaffRequest, fill_id: int) -> HttpResponseBase:
    """To the pharmacist, and back to the queue for the next."""
    actions.send_to_check(by=request.worker, fill_id=fill_id)
    return pages.go(request, "filling:queue")


def short(request: StaffRequest, fill_id: int) -> HttpResponseBase:
    """The page of a fill out of stock; posted, it says that one is."""
    if request.method == "POST":
        because = request.POST.get("because", "")
        actions.mark_short(by=request.worker, fill_id=fill_id, because=because)
        return pages.go(request, "filling:short", fill_id)
    worker = request.worker
    worker.must(Duty.READ_RECORDS)
    found = offers.shortage_of(
        pharmacy_id=worker.pharmacy_id, fill_id=fill_id, today=worker.today
    )
    if found is None:
        raise Http404
    facts = {"short": found, "who": brief(found.fill.prescription.patient)}
    return render(request, "filling/short.html", facts)


@require_POST
def part(request: StaffRequest, fill_id: int) -> HttpResponseBase:
    """Give a part now and owe the rest."""
    now = forms.quantity(request.POST.get("quantity_now", ""), field="quantity_now")
    because = request.POST.get("because", "") or "not enough on hand"
    actions.give_part_now(by=request.worker, fill_id=fill_id, quantity_now=now, because=because)
    return pages.go(request, "filling:fill", fill_id)


@require_POST
def again(request: StaffRequest, fill_id: int) -> HttpResponseBase:
    """See whether it has come."""
    tried = try_stock_again(by=request.worker, fill_id=fill_id)
    to = "filling:fill" if tried.state == FillState.WAITING else "filling:short"
    return pages.go(request, to, fill_id)
