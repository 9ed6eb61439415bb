"""The reject worklist and the page on which one claim is worked."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from apothecary.claims import actions
from apothecary.claims.authorization.queries import for_claim
from apothecary.claims.batching import resubmit_alike
from apothecary.claims.decoding import decoded
from apothecary.claims.forms import because_in, changes_in, choices, day_in
from apothecary.claims.money.margins import margin_of
from apothecary.claims.queries import claim_page, next_to_work, worklist
from apothecary.patients.queries import brief
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest


def onward(request: StaffRequest, fill_id: int) -> HttpResponse:
    """Commit and next: on to the next claim to work, or to the list when there is none."""
    following = next_to_work(pharmacy_id=request.worker.pharmacy_id, after=fill_id)
    to = reverse("claims:reject", args=[following]) if following else reverse("claims:rejects")
    return going(request, to)


def to_entry(request: StaffRequest, fill_id: int, field: str) -> HttpResponse:
    """To the entry page of a fill, at the field that is to be corrected."""
    return going(request, f"{reverse('intake:correct', args=[fill_id])}#f-{field}")


def going(request: StaffRequest, to: str) -> HttpResponse:
    """On to another page, for the browser and for htmx."""
    if not request.headers.get("HX-Request"):
        return redirect(to)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = to
    return response


def rejects(request: StaffRequest) -> HttpResponse:
    """Everything that somebody must do about claims."""
    request.worker.must(Duty.WORK_CLAIMS)
    code, batch = request.GET.get("code", ""), request.GET.get("batch", "")
    found = worklist(pharmacy_id=request.worker.pharmacy_id, code=code, batch=batch)
    chosen = {"found": found, "code": code, "batch": batch}
    return render(request, "claims/rejects.html", chosen)


def reject(request: StaffRequest, fill_id: int) -> HttpResponse:
    """One fill's claims, the one to work with its request and answer beside each other."""
    request.worker.must(Duty.WORK_CLAIMS)
    page = claim_page(by=request.worker, fill_id=fill_id)
    if page is None:
        raise Http404
    out = page.claim.outgoing
    facts = {
        "page": page,
        "claim": page.claim,
        "asked": decoded(bytes(out.raw)) if out else None,
        "answer": decoded(bytes(out.answer)) if out and out.answer else None,
        "who": brief(page.claim.fill.patient),
        "consent": for_claim(page.claim),
        # What is refused has no margin yet, and its page asks enough already.
        "margin": None if page.to_work else margin_of(page.claim.fill),
        "choices": choices(),
    }
    return render(request, "claims/reject.html", facts)


@require_POST
def resubmit(request: StaffRequest, claim_id: int) -> HttpResponse:
    """Correct it and send it again."""
    changes = changes_in(request.POST)
    claim = actions.resubmit(by=request.worker, claim_id=claim_id, changes=changes)
    return onward(request, claim.fill_id)


@require_POST
def resubmit_all(request: StaffRequest, claim_id: int) -> HttpResponse:
    """One correction for every claim with the same cause."""
    changes = changes_in(request.POST)
    claims = resubmit_alike(by=request.worker, claim_id=claim_id, changes=changes)
    return onward(request, claims[0].fill_id)


@require_POST
def cash(request: StaffRequest, claim_id: int) -> HttpResponse:
    """The patient pays the cash price."""
    fill = actions.bill_cash(by=request.worker, claim_id=claim_id)
    return onward(request, fill.pk)


@require_POST
def later(request: StaffRequest, claim_id: int) -> HttpResponse:
    """Filling goes on before the payer has answered."""
    fill = actions.bill_later(by=request.worker, claim_id=claim_id)
    return onward(request, fill.pk)


@require_POST
def date_it(request: StaffRequest, claim_id: int) -> HttpResponse:
    """Put it off to a day."""
    on = day_in(request.POST, "on")
    claim = actions.date_it(by=request.worker, claim_id=claim_id, on=on)
    return onward(request, claim.fill_id)


@require_POST
def entry(request: StaffRequest, claim_id: int) -> HttpResponse:
    """Back to entry with what is to be corrected, on to its page when a field is named."""
    because = because_in(request.POST)
    fill = actions.back_to_entry(by=request.worker, claim_id=claim_id, because=because)
    field = request.POST.get("open", "")
    return (
        to_entry(request, fill.pk, field) if field.isidentifier() else onward(request, fill.pk)
    )


@require_POST
def cancel(request: StaffRequest, claim_id: int) -> HttpResponse:
    """Cancel the fill, with the reason."""
    because = because_in(request.POST)
    fill = actions.cancel_claimed(by=request.worker, claim_id=claim_id, because=because)
    return onward(request, fill.pk)


@require_POST
def settle(request: StaffRequest, claim_id: int) -> HttpResponse:
    """Settled with the payer by phone."""
    because = because_in(request.POST)
    claim = actions.settle_by_phone(by=request.worker, claim_id=claim_id, because=because)
    return onward(request, claim.fill_id)
