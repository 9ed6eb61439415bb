"""The page of a drug: what it is, where the file has it from, and what is equivalent."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from apothecary.drugs.cautions import substitution_in_general
from apothecary.drugs.drug_page import page_of
from apothecary.drugs.queries import drug_page
from apothecary.staff.middleware import StaffRequest


def drug(request: StaffRequest, product_id: int) -> HttpResponse:
    """One product with packages and equivalents; the drug file is no secret of a patient."""
    product = drug_page(product_id=product_id)
    if product is None:
        raise Http404
    page = page_of(
        product,
        on=request.worker.today,
        home=request.worker.standing.state,
        quantity=request.GET.get("quantity", ""),
        sale=request.GET.get("sale", ""),
    )
    general = substitution_in_general()
    facts = {"page": page, "general": general}
    return render(request, "drugs/drug.html", facts)
