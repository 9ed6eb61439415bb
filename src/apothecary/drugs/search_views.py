"""The screen on which a drug is found while its name is being typed."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apothecary.drugs.queries import cheapest_of
from apothecary.drugs.search import find_drugs
from apothecary.staff.middleware import StaffRequest

LONGEST_ASKED = 100


@require_GET
def search(request: StaffRequest) -> HttpResponse:
    """The drugs that answer; only the list while it is being typed."""
    asked = request.GET.get("q", "").strip()[:LONGEST_ASKED]
    found = find_drugs(asked, pharmacy_id=request.worker.pharmacy_id)
    facts = {"found": found, "prices": cheapest_of([hit.product_id for hit in found.hits])}
    typing = request.headers.get("HX-Request")
    return render(request, f"drugs/{'_found' if typing else 'search'}.html", facts)
