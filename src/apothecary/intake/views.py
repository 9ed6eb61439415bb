"""The screens of intake: the list, the entry form, what is taken in by hand."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apothecary.intake.actions import by_hand
from apothecary.intake.actions import correct as correcting
from apothecary.intake.actions import entry as entering
from apothecary.intake.actions.newcomers import add_sent_patient, add_sent_prescriber
from apothecary.intake.choices import (
    Choices,
    drug_choices,
    patient_choices,
    prescriber_choices,
    product_choices,
)
from apothecary.intake.forms import kept, read_picture
from apothecary.intake.judging import read_sig
from apothecary.intake.models import Arrival, Image, Source
from apothecary.intake.page import (
    arrival_values,
    build_page,
    days_of,
    fill_values,
    row_key,
    rows_of,
)
from apothecary.intake.pictures import DRAWN, drawn
from apothecary.intake.queries import arrival_line, arrival_page, next_arrival, open_arrivals
from apothecary.intake.sig_codes import codes_of
from apothecary.law.problem import Problem, Refused
from apothecary.prescriptions.models import Fill
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import CONFLICT, StaffRequest, write_down

ROWS = 50
NO_CONTENT = 204


@require_GET
def arrivals(request: StaffRequest) -> HttpResponse:
    """What has come in: with a question, or ready to type."""
    by = request.worker
    by.must(Duty.RECEIVE_PRESCRIPTION)
    stage = request.GET.get("stage", "")
    found = open_arrivals(pharmacy_id=by.pharmacy_id, stage=stage)
    sheet = Paginator(found, ROWS).get_page(request.GET.get("page", "1"))
    lines = [arrival_line(row, url=reverse("intake:entry", args=[row.pk])) for row in sheet]
    facts = {"lines": lines, "sheet": sheet, "stage": stage, "total": sheet.paginator.count}
    return render(request, "intake/list.html", facts)


@require_POST
def next_up(request: StaffRequest) -> HttpResponse:
    """Take the next in line."""
    by = request.worker
    arrival = next_arrival(pharmacy_id=by.pharmacy_id, person_id=by.person_id)
    if arrival is None:
        return go(request, reverse("intake:list"))
    entering.take(by=by, arrival_id=arrival.pk)
    return go(request, reverse("intake:entry", args=[arrival.pk]))


def go(request: HttpRequest, address: str) -> HttpResponse:
    """On to another page, for htmx and for a plain form."""
    if not request.headers.get("HX-Request"):
        return redirect(address)
    answer = HttpResponse(status=NO_CONTENT)
    answer["HX-Redirect"] = address
    return answer


@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Take in by hand what no message brought."""
    if request.method == "GET":
        request.worker.must(Duty.RECEIVE_PRESCRIPTION)
        return new_page(request, [])
    try:
        arrival = by_hand.receive_by_hand(by=request.worker, given=given_by_hand(request))
    except Refused as refusal:
        return new_page(request, refusal.problems)
    return go(request, reverse("intake:entry", args=[arrival.pk]))


def given_by_hand(request: StaffRequest) -> by_hand.ByHand:
    """The posted form of what was taken in by hand."""
    source = request.POST.get("source", "")
    if source not in Source.values:
        raise Refused([Problem("Choose how it came.", field="source")])
    upload = request.FILES.get("image")
    content = upload.read(upload.size or 0) if upload else b""
    return by_hand.ByHand(
        source=Source(source),
        picture=read_picture(content) if upload else None,
        caller=request.POST.get("caller", ""),
        read_back=bool(request.POST.get("read_back")),
        said=request.POST.get("said", ""),
        waiter=bool(request.POST.get("waiter")),
        patient_id=row_key(request.POST.dict(), "patient_id") or None,
    )


def new_page(request: StaffRequest, problems: list[Problem]) -> HttpResponse:
    """The form for intake by hand, with what was wrong and what was typed."""
    names = ("source", "caller", "said", "read_back", "waiter")
    typed = {name: request.POST.get(name, "") for name in names}
    by_field: dict[str, list[Problem]] = {}
    for problem in problems:
        by_field.setdefault(problem.field, []).append(problem)
    facts = {"typed": typed, "wrong": by_field, "problems": problems, "stage": "intake"}
    return render(request, "intake/new.html", facts, status=CONFLICT if problems else 200)


@require_GET
def image(request: StaffRequest, image_id: int) -> HttpResponse:
    """A prescription's image as it was taken in."""
    request.worker.must(Duty.READ_RECORDS)
    found = Image.objects.filter(pharmacy_id=request.worker.pharmacy_id, pk=image_id).first()
    if found is None:
        raise Http404
    kind, content = found.content_type, bytes(found.content)
    if kind in DRAWN:
        kind, content = "image/png", drawn(kind, content)
    answer = HttpResponse(content, content_type=kind)
    answer["Cache-Control"] = "private, no-store"
    return answer


def arrival_or_404(request: StaffRequest, arrival_id: int) -> Arrival:
    """The arrival for whoever may enter it."""
    by = request.worker
    by.must(Duty.ENTER_PRESCRIPTION)
    arrival = arrival_page(pharmacy_id=by.pharmacy_id, arrival_id=arrival_id)
    if arrival is None:
        raise Http404
    return arrival


@require_GET
def entry(request: StaffRequest, arrival_id: int) -> HttpResponse:
    """The message or image beside the form."""
    arrival = arrival_or_404(request, arrival_id)
    values = arrival_values(arrival)
    return entry_form(request, arrival, values, template="intake/entry.html")


def entry_form(
    request: StaffRequest,
    arrival: Arrival,
    values: dict[str, str],
    *,
    template: str = "intake/_form.html",
    refused: list[Problem] | None = None,
    texts: dict[str, str] | None = None,
) -> HttpResponse:
    """The entry form for an arrival, as a page or as the part that is swapped."""
    by, base = request.worker, reverse("intake:entry", args=[arrival.pk])
    page = build_page(values, by=by, base=base, arrival=arrival, refused=refused, texts=texts)
    stage = "intake" if arrival.question else "entry"
    return part(request, template, {"page": page, "stage": stage}, refused=refused)


def part(
    request: StaffRequest,
    template: str,
    facts: dict[str, object],
    *,
    refused: list[Problem] | None,
) -> HttpResponse:
    """The form; refused, it goes where it stood and not into the notice line."""
    facts["fragment"] = template.endswith("_form.html")
    answer = render(request, template, facts, status=CONFLICT if refused else 200)
    if refused:
        write_down(request, refused)
        answer["HX-Retarget"], answer["HX-Reswap"] = "#entry", "outerHTML"
    return answer


@require_POST
def take(request: StaffRequest, arrival_id: int) -> HttpResponse:
    """Take it, or take it over, so that nobody else types it too."""
    over = bool(request.POST.get("over"))
    entering.take(by=request.worker, arrival_id=arrival_id, over=over)
    if over:
        return go(request, reverse("intake:entry", args=[arrival_id]))
    return HttpResponse(status=NO_CONTENT)


@require_POST
def draft(request: StaffRequest, arrival_id: int) -> HttpResponse:
    """Keep what is typed so far."""
    entering.save_draft(by=request.worker, arrival_id=arrival_id, typed=request.POST.dict())
    return HttpResponse(status=NO_CONTENT)


@require_POST
def leave(request: StaffRequest, arrival_id: int) -> HttpResponse:
    """Back to the list; what was typed is kept."""
    entering.save_draft(by=request.worker, arrival_id=arrival_id, typed=request.POST.dict())
    return go(request, reverse("intake:list"))


@require_POST
def form(request: StaffRequest, arrival_id: int) -> HttpResponse:
    """The form again, after a choice."""
    typed = request.POST.dict()
    entering.save_draft(by=request.worker, arrival_id=arrival_id, typed=typed)
    return entry_form(request, arrival_or_404(request, arrival_id), kept(typed))


@require_POST
def finish(request: StaffRequest, arrival_id: int) -> HttpResponse:
    """Commit and next."""
    typed = request.POST.dict()
    try:
        entering.finish_entry(by=request.worker, arrival_id=arrival_id, typed=typed)
    except Refused as refusal:
        if not request.headers.get("HX-Request"):
            raise
        arrival = arrival_or_404(request, arrival_id)
        return entry_form(request, arrival, kept(typed), refused=refusal.problems)
    return next_up(request)


@require_POST
def set_aside(request: StaffRequest, arrival_id: int) -> HttpResponse:
    """Lay it aside with a reason."""
    because = request.POST.get("because", "")
    entering.set_aside(by=request.worker, arrival_id=arrival_id, because=because)
    return go(request, reverse("intake:list"))


@require_POST
def cancel(request: StaffRequest, arrival_id: int) -> HttpResponse:
    """Call it off with a reason."""
    because = request.POST.get("because", "")
    entering.cancel_arrival(by=request.worker, arrival_id=arrival_id, because=because)
    return go(request, reverse("intake:list"))


@require_POST
def new_patient(request: StaffRequest, arrival_id: int) -> HttpResponse:
    """Take the patient on file and choose them."""
    arrival, typed = arrival_or_404(request, arrival_id), request.POST.dict()
    chosen = add_sent_patient(by=request.worker, arrival=arrival, typed=typed)
    entering.save_draft(by=request.worker, arrival_id=arrival_id, typed=typed | chosen)
    return entry_form(request, arrival_or_404(request, arrival_id), kept(typed | chosen))


@require_POST
def new_prescriber(request: StaffRequest, arrival_id: int) -> HttpResponse:
    """Take the prescriber on file and choose them."""
    typed = request.POST.dict()
    chosen = add_sent_prescriber(by=request.worker, typed=typed)
    entering.save_draft(by=request.worker, arrival_id=arrival_id, typed=typed | chosen)
    return entry_form(request, arrival_or_404(request, arrival_id), kept(typed | chosen))


@require_GET
def choose(request: StaffRequest, arrival_id: int, of: str) -> HttpResponse:
    """The lines to choose from for one field, by what is typed in it."""
    arrival = arrival_or_404(request, arrival_id)
    base = reverse("intake:entry", args=[arrival_id])
    return choices_part(request, of, base=base, arrival=arrival)


def choices_part(
    request: StaffRequest, of: str, *, base: str, arrival: Arrival | None
) -> HttpResponse:
    """The list of choices as the part that is swapped."""
    found = choices_for(request, of, arrival=arrival)
    if request.GET.get("new"):
        found = replace(found, adding=True)
    return render(request, "intake/_choices.html", {"choices": found, "base": base})


def choices_for(request: StaffRequest, of: str, *, arrival: Arrival | None) -> Choices:
    """Patients, prescribers, or products that may stand in for the one chosen."""
    by, values = request.worker, request.GET.dict()
    asked = values.get("asked", values.get(of, ""))
    if of == "patient":
        return patient_choices(asked, arrival=arrival, by=by)
    if of == "prescriber":
        return prescriber_choices(asked, arrival=arrival, by=by)
    if of != "package":
        raise Http404
    good_until = by.today + timedelta(days=days_of(values))
    package = rows_of({"package_id": values.get("package_id", "")}, by=by)[2]
    if package is not None and asked in {"", entering.package_label(package)}:
        return product_choices(package, by=by, good_until=good_until)
    return drug_choices(asked, arrival=arrival, by=by, good_until=good_until)


@require_GET
def readout(request: StaffRequest, arrival_id: int = 0, fill_id: int = 0) -> HttpResponse:
    """The directions in English and Spanish, and the days' supply proved, while typing."""
    request.worker.must(Duty.ENTER_PRESCRIPTION)
    values = request.GET.dict()
    package = rows_of({"package_id": values.get("package_id", "")}, by=request.worker)[2]
    drug = entering.drug_facts(package)
    codes = codes_of(request.worker.pharmacy_id)
    reading = read_sig(values.get("directions", ""), values.get("quantity", ""), drug, codes)
    facts = {"reading": reading, "days": values.get("days_supply", "").strip(), "quiet": False}
    return render(request, "intake/_readout.html", facts)


def fill_or_404(request: StaffRequest, fill_id: int) -> Fill:
    """The fill that was sent back, for whoever may mend it."""
    by = request.worker
    by.must(Duty.ENTER_PRESCRIPTION)
    found = Fill.objects.select_related("prescription__package__product", "pharmacy")
    fill = found.filter(pharmacy_id=by.pharmacy_id, pk=fill_id).first()
    if fill is None:
        raise Http404
    return fill


def sent_back(
    request: StaffRequest,
    fill_id: int,
    values: dict[str, str] | None = None,
    *,
    template: str = "intake/_form.html",
    refused: list[Problem] | None = None,
    texts: dict[str, str] | None = None,
) -> HttpResponse:
    """The entry form for a fill that was sent back."""
    fill = fill_or_404(request, fill_id)
    shown = values or fill_values(fill, zone=ZoneInfo(fill.pharmacy.time_zone))
    by, base = request.worker, reverse("intake:correct", args=[fill_id])
    page = build_page(shown, by=by, base=base, fill=fill, refused=refused, texts=texts)
    return part(request, template, {"page": page, "stage": "entry"}, refused=refused)


@require_GET
def correct(request: StaffRequest, fill_id: int) -> HttpResponse:
    """What was sent back, to be mended; a compound entered for it comes with the address."""
    fill = fill_or_404(request, fill_id)
    values = fill_values(fill, zone=ZoneInfo(fill.pharmacy.time_zone))
    values |= kept(request.GET.dict())
    return sent_back(request, fill_id, values, template="intake/entry.html")


@require_POST
def fill_form(request: StaffRequest, fill_id: int) -> HttpResponse:
    """The form again, after a choice."""
    return sent_back(request, fill_id, kept(request.POST.dict()))


@require_POST
def fill_leave(request: StaffRequest, fill_id: int) -> HttpResponse:
    """Back to the list; the browser keeps what was typed."""
    return go(request, "/")


@require_POST
def fill_finish(request: StaffRequest, fill_id: int) -> HttpResponse:
    """Commit what was mended."""
    typed = request.POST.dict()
    try:
        correcting.correct_entry(by=request.worker, fill_id=fill_id, typed=typed)
    except Refused as refusal:
        if not request.headers.get("HX-Request"):
            raise
        return sent_back(request, fill_id, kept(typed), refused=refusal.problems)
    return go(request, "/")


@require_POST
def fill_patient(request: StaffRequest, fill_id: int) -> HttpResponse:
    """Take the patient on file and choose them."""
    typed = request.POST.dict()
    chosen = add_sent_patient(by=request.worker, arrival=None, typed=typed)
    return sent_back(request, fill_id, kept(typed | chosen))


@require_POST
def fill_prescriber(request: StaffRequest, fill_id: int) -> HttpResponse:
    """Take the prescriber on file and choose them."""
    typed = request.POST.dict()
    chosen = add_sent_prescriber(by=request.worker, typed=typed)
    return sent_back(request, fill_id, kept(typed | chosen))


@require_GET
def fill_choose(request: StaffRequest, fill_id: int, of: str) -> HttpResponse:
    """The lines to choose from for one field, by what is typed in it."""
    fill_or_404(request, fill_id)
    base = reverse("intake:correct", args=[fill_id])
    return choices_part(request, of, base=base, arrival=None)
