"""The reject worklist and the page on which one claim is worked."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from apothecary.claims import actions
from apothecary.claims.decoding import decoded
from apothecary.claims.forms import changes_in, day_in
from apothecary.claims.queries import claim_page, next_to_work, worklist
from apothecary.patients.queries import brief
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest


def onward(request: StaffRequest, fill_id: int) -> HttpResponse:
    """Commit and next: on to the next claim to work, or to the list when there is none."""
    following = next_to_work(pharmacy_id=request.worker.pharmacy_id, after=fill_id)
    to = reverse("claims:reject", args=[following]) if following else reverse("claims:rejects")
    if not request.headers.get("HX-Request"):
        return redirect(to)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = to
    return response


def rejects(request: StaffRequest) -> HttpResponse:
    """Everything that somebody must do about claims."""
    request.worker.must(Duty.WORK_CLAIMS)
    code = request.GET.get("code", "")
    found = worklist(pharmacy_id=request.worker.pharmacy_id, code=code)
    return render(request, "claims/rejects.html", {"found": found, "code": code})


def reject(request: StaffRequest, fill_id: int) -> HttpResponse:
    """One fill's claims, the one to work with its request and answer beside each other."""
    request.worker.must(Duty.WORK_CLAIMS)
    page = claim_page(pharmacy_id=request.worker.pharmacy_id, fill_id=fill_id)
    if page is None:
        raise Http404
    out = page.claim.outgoing
    facts = {
        "page": page,
        "claim": page.claim,
        "asked": decoded(bytes(out.raw)) if out else None,
        "answer": decoded(bytes(out.answer)) if out and out.answer else None,
        "who": brief(page.claim.fill.patient),
    }
    return render(request, "claims/reject.html", facts)


@require_POST
def resubmit(request: StaffRequest, claim_id: int) -> HttpResponse:
    """Correct it and send it again."""
    changes = changes_in(request.POST)
    claim = actions.resubmit(by=request.worker, claim_id=claim_id, changes=changes)
    return onward(request, claim.fill_id)


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
    """Back to entry, with what is to be corrected."""
    because = request.POST.get("because", "")
    fill = actions.back_to_entry(by=request.worker, claim_id=claim_id, because=because)
    return onward(request, fill.pk)


@require_POST
def cancel(request: StaffRequest, claim_id: int) -> HttpResponse:
    """Cancel the fill, with the reason."""
    because = request.POST.get("because", "")
    fill = actions.cancel_claimed(by=request.worker, claim_id=claim_id, because=because)
    return onward(request, fill.pk)


@require_POST
def settle(request: StaffRequest, claim_id: int) -> HttpResponse:
    """Settled with the payer by phone."""
    because = request.POST.get("because", "")
    claim = actions.settle_by_phone(by=request.worker, claim_id=claim_id, because=because)
    return onward(request, claim.fill_id)
