"""Who pays for a fill, and the cards of a patient."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from apothecary.claims import choosing, eligibility
from apothecary.claims.payers import found
from apothecary.claims.payers.forms import card_in, order_in
from apothecary.claims.payers.queries import (
    asked_about,
    card_on_file,
    cards_on_file,
    fill_of,
    payers_page,
)
from apothecary.claims.views import going
from apothecary.patients.cards import add_coverage, change_coverage
from apothecary.patients.models import CoverageKind, Patient
from apothecary.patients.queries import brief, patient_page
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.workbench.charts import amounts


def to_cards(request: StaffRequest, patient_id: int) -> HttpResponse:
    """Back to the cards of a patient."""
    return going(request, reverse("claims:cards", args=[patient_id]))


def payers(request: StaffRequest, fill_id: int) -> HttpResponse:
    """Who pays for a fill, in which order, and what each has said."""
    request.worker.must(Duty.WORK_CLAIMS)
    fill = fill_of(by=request.worker, fill_id=fill_id)
    if fill is None:
        raise Http404
    page = payers_page(by=request.worker, fill=fill)
    facts = {
        "page": page,
        "fill": fill,
        "who": brief(fill.patient),
        "drawn": amounts(page.shares, title="Who pays"),
    }
    return render(request, "claims/payers.html", facts)


@require_POST
def choose(request: StaffRequest, fill_id: int) -> HttpResponse:
    """Bill the fill to these cards in this order."""
    chosen = order_in(request.POST)
    choosing.choose_cards(by=request.worker, fill_id=fill_id, coverage_ids=chosen)
    return going(request, reverse("claims:payers", args=[fill_id]))


@require_POST
def next_card(request: StaffRequest, claim_id: int) -> HttpResponse:
    """This payer will not pay: ask the next card."""
    claim = choosing.bill_next_card(by=request.worker, claim_id=claim_id)
    return going(request, reverse("claims:payers", args=[claim.fill_id]))


def cards(request: StaffRequest, patient_id: int) -> HttpResponse:
    """The cards of a patient, and what payers were asked about them."""
    request.worker.must(Duty.WORK_CLAIMS)
    patient = patient_page(pharmacy_id=request.worker.pharmacy_id, patient_id=patient_id)
    if patient is None:
        raise Http404
    return render(request, "claims/cards.html", cards_facts(patient))


def cards_facts(patient: Patient) -> dict[str, object]:
    """What the page of a patient's cards shows (4 queries)."""
    return {
        "patient": patient,
        "who": brief(patient),
        "cards": cards_on_file(patient),
        "asked": asked_about(patient),
        "kinds": CoverageKind.choices,
    }


@require_POST
def add(request: StaffRequest, patient_id: int) -> HttpResponse:
    """A further card."""
    add_coverage(by=request.worker, patient_id=patient_id, card=card_in(request.POST))
    return to_cards(request, patient_id)


def card(request: StaffRequest, coverage_id: int) -> HttpResponse:
    """One card, to be corrected."""
    request.worker.must(Duty.WORK_CLAIMS)
    found_card = card_on_file(by=request.worker, coverage_id=coverage_id)
    if found_card is None:
        raise Http404
    who = brief(found_card.patient)
    facts = {"card": found_card, "who": who, "kinds": CoverageKind.choices}
    return render(request, "claims/card.html", facts)


@require_POST
def change(request: StaffRequest, coverage_id: int) -> HttpResponse:
    """Correct a card, or say when it ended."""
    kept = change_coverage(
        by=request.worker, coverage_id=coverage_id, card=card_in(request.POST)
    )
    return to_cards(request, kept.patient_id)


@require_POST
def ask_card(request: StaffRequest, coverage_id: int) -> HttpResponse:
    """Ask the payer of a card whether it knows the patient."""
    asked = eligibility.ask_about_card(by=request.worker, coverage_id=coverage_id)
    return to_cards(request, asked.patient_id)


@require_POST
def ask_patient(request: StaffRequest, patient_id: int) -> HttpResponse:
    """Look for a patient without a card at a payer."""
    eligibility.ask_about_patient(
        by=request.worker,
        patient_id=patient_id,
        bin_number=request.POST.get("bin", "").strip(),
        pcn=request.POST.get("pcn", "").strip(),
    )
    return to_cards(request, patient_id)


@require_POST
def take(request: StaffRequest, inquiry_id: int) -> HttpResponse:
    """Put the card on file as the payer knows the patient."""
    card = found.take_insured(by=request.worker, inquiry_id=inquiry_id)
    return to_cards(request, card.patient_id)


@require_POST
def take_other(request: StaffRequest, inquiry_id: int, place: int) -> HttpResponse:
    """Put another card on file that the payer has seen."""
    card = found.take_other(by=request.worker, inquiry_id=inquiry_id, place=place)
    return to_cards(request, card.patient_id)
