"""The screen of a compound: what it is made of, typed or scanned beside a prescription."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apothecary.drugs.models import Package
from apothecary.intake.actions.entry import save_draft
from apothecary.intake.composed import SentCompound, sent_compound
from apothecary.intake.mixture import (
    Mixture,
    is_key,
    mixture_of,
    mixture_sent,
    named,
    read_recipe,
    refused,
    typed_mixture,
    with_choices,
    with_ingredient,
    without_ingredient,
)
from apothecary.intake.models import Arrival
from apothecary.intake.page import arrival_values
from apothecary.intake.scanned import scanned_package
from apothecary.intake.views import arrival_or_404, fill_or_404, go
from apothecary.law.problem import Refused, refuse
from apothecary.prescriptions.compound_rules import BASES, FORMS, ROUTES
from apothecary.prescriptions.compound_tables import Compound, CompoundIngredient
from apothecary.prescriptions.compounds import enter_compound
from apothecary.staff.middleware import CONFLICT, StaffRequest

UNITS = [("GM", "g"), ("ML", "mL"), ("EA", "each")]


@require_http_methods(["GET", "POST"])
def compound(request: StaffRequest, arrival_id: int) -> HttpResponse:
    """A compound for an arrival: the form, and its acts."""
    arrival = arrival_or_404(request, arrival_id)
    base = reverse("intake:entry", args=[arrival_id])
    sent = sent_compound(arrival.sent_values)
    if request.method == "GET":
        chosen = arrival_values(arrival).get("package_id", "")
        before = made_of(request, chosen)
        start = mixture_of(before) if before else as_sent(arrival)
        return form(request, start, base=base, sent=sent)
    made, answer = act(request, base=base, sent=sent)
    if made is None:
        return answer
    typed = arrival_values(arrival) | ordered(made)
    save_draft(by=request.worker, arrival_id=arrival_id, typed=typed)
    return go(request, base)


@require_POST
def begin(request: StaffRequest, arrival_id: int) -> HttpResponse:
    """From the entry form to its compound; what was typed is kept."""
    save_draft(by=request.worker, arrival_id=arrival_id, typed=request.POST.dict())
    return go(request, reverse("intake:compound", args=[arrival_id]))


@require_http_methods(["GET", "POST"])
def fill_compound(request: StaffRequest, fill_id: int) -> HttpResponse:
    """Another compound for a fill that was sent back, from the one it has."""
    fill = fill_or_404(request, fill_id)
    base = reverse("intake:correct", args=[fill_id])
    if request.method == "GET":
        chosen = str(fill.prescription.package_id)
        return form(request, mixture_of(made_of(request, chosen)), base=base)
    made, answer = act(request, base=base)
    if made is None:
        return answer
    return go(request, f"{base}?{urlencode(ordered(made))}")


def ordered(made: Compound) -> dict[str, str]:
    """What of the entry form a compound fills in."""
    return {
        "package_id": str(made.package_id),
        "package_source": "accepted",
        "quantity": f"{made.makes.normalize():f}",
        "quantity_source": "accepted",
    }


def made_of(request: StaffRequest, package_id: str) -> list[CompoundIngredient]:
    """What the chosen product is compounded of, if it is a compound of ours (1 query)."""
    if not is_key(package_id):
        return []
    return list(
        CompoundIngredient.objects.select_related("compound__package", "package__product")
        .filter(pharmacy_id=request.worker.pharmacy_id, compound__package_id=int(package_id))
        .order_by("place")
    )


def as_sent(arrival: Arrival) -> Mixture:
    """The form as the message fills it: what is on file under its number (1 query)."""
    sent = sent_compound(arrival.sent_values)
    numbers = {part.ndc for part in sent.parts if part.ndc} if sent else set()
    rows = Package.objects.filter(ndc11__in=numbers) if numbers else []
    return mixture_sent(arrival.sent_values, {row.ndc11: row for row in rows})


def sought(sent: SentCompound | None, place: str) -> str:
    """The words of the ingredient that was sent at a place; none where there is none."""
    parts = dict(enumerate(sent.parts, start=1)) if sent else {}
    part = parts.get(int(place)) if is_key(place) else None
    return part.says if part else ""


def act(
    request: StaffRequest, *, base: str, sent: SentCompound | None = None
) -> tuple[Compound | None, HttpResponse]:
    """One act on the form: a scan, a search, a choice, a line less, or the end of it."""
    posted = request.POST.dict()
    mixture = typed_mixture(posted)
    if "code" in posted:
        mixture = with_ingredient(mixture, scanned_package(posted["code"]))
    elif "add" in posted:
        mixture = with_ingredient(mixture, package_at(posted["add"]))
    elif "seek" in posted:
        mixture = replace(mixture, asked=sought(sent, posted["seek"]))
    elif "take_out" in posted:
        mixture = without_ingredient(mixture, posted["take_out"])
    elif "finish" in posted:
        return finished(request, mixture, base=base, sent=sent)
    mixture = with_choices(mixture, by=request.worker)
    return None, form(request, mixture, base=base, sent=sent)


def package_at(key: str) -> Package:
    """The package that was chosen (1 query), or a refusal."""
    found = Package.objects.filter(pk=int(key)).first() if is_key(key) else None
    if found is None:
        raise refuse("No such package in the drug file.", field="add", code="no-drug")
    return found


def finished(
    request: StaffRequest, mixture: Mixture, *, base: str, sent: SentCompound | None
) -> tuple[Compound | None, HttpResponse]:
    """Enter it, or the form again with each reason under its field."""
    try:
        made = enter_compound(by=request.worker, recipe=read_recipe(mixture))
    except Refused as refusal:
        again = replace(refused(mixture, refusal.problems), asked="")
        return None, form(request, again, base=base, sent=sent, status=CONFLICT)
    return made, HttpResponse()


def form(
    request: StaffRequest,
    mixture: Mixture,
    *,
    base: str,
    sent: SentCompound | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form as a page, or as the part that is swapped."""
    swapped = bool(request.headers.get("HX-Request")) and request.method == "POST"
    template = "intake/_compound.html" if swapped else "intake/compound.html"
    facts = {"mixture": named(mixture), "base": base, "stage": "entry", "sent": sent} | CHOICES
    answer = render(request, template, facts, status=status)
    if swapped:
        answer["HX-Retarget"], answer["HX-Reswap"] = "#compound", "outerHTML"
    return answer


def choices_of(codes: Mapping[str, str]) -> list[tuple[str, str]]:
    """A table of codes as the choices of a field."""
    return [(code, f"{code} {says}") for code, says in codes.items()]


CHOICES: dict[str, object] = {
    "forms": [("", "choose"), *choices_of(FORMS)],
    "routes": [("", "choose"), *((code, route.says) for code, route in ROUTES.items())],
    "bases": [("", "by the file"), *choices_of(BASES)],
    "units": UNITS,
}
