"""The page of a drug: what it is, where the file has it from, and what is equivalent."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from apothecary.drugs.queries import drug_page, equivalents_of, packages_of
from apothecary.staff.middleware import StaffRequest

MOST_EQUIVALENTS = 30


def drug(request: StaffRequest, product_id: int) -> HttpResponse:
    """One product with packages and equivalents; the drug file is no secret of a patient."""
    product = drug_page(product_id=product_id)
    if product is None:
        raise Http404
    facts = {
        "product": product,
        "packages": packages_of(product),
        "equivalents": list(equivalents_of(product)[:MOST_EQUIVALENTS]),
    }
    return render(request, "drugs/drug.html", facts)
