"""A scan while a prescription is being typed: the bottle in the hand names the product.

A scan never types and never leaves the form. What was typed stays; a code that is no product
is refused by name, wherever it came from (a card, another pharmacy's paper, our own label).
"""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from apothecary.drugs.barcode import package_of
from apothecary.drugs.models import Package
from apothecary.intake.actions.entry import save_draft
from apothecary.intake.choices import Choice, Choices, product_line
from apothecary.intake.finding import known_drugs
from apothecary.intake.forms import kept, texts_of
from apothecary.intake.page import days_of
from apothecary.intake.views import arrival_or_404, entry_form, fill_or_404, sent_back
from apothecary.law.problem import refuse
from apothecary.staff.middleware import StaffRequest
from apothecary.staff.worker import Worker
from apothecary.wires import Malformed
from apothecary.wires.gs1 import ScanKind, read_scan

OWN = {
    ScanKind.LABEL: "That is the label of a prescription of ours, not a product.",
    ScanKind.BAG: "That is a bag of ours, not a product.",
}
STAYS = "What is typed stays; Esc leaves it and keeps it."


def scanned_package(code: str) -> Package:
    """The product whose code was scanned (1 query), or a refusal that says what it was not."""
    try:
        scan = read_scan(code)
    except Malformed as bad:
        says = f"The scan {bad.reason}. Here a bottle's code names the product. {STAYS}"
        raise refuse(says, code="bad-scan", field="code") from bad
    if scan.kind in OWN:
        raise refuse(f"{OWN[scan.kind]} {STAYS}", code="not-a-product", field="code")
    return package_of(scan)


def taken(typed: dict[str, str], package: Package) -> dict[str, str] | None:
    """The form with the scanned product in it; none where another one is chosen already."""
    chosen = typed.get("package_id", "")
    if chosen not in {"", str(package.pk)}:
        return None
    return typed | {"package_id": str(package.pk), "package_source": "accepted", "package": ""}


@require_POST
def scan(request: StaffRequest, arrival_id: int) -> HttpResponse:
    """A scan on the form of an arrival."""
    arrival = arrival_or_404(request, arrival_id)
    package = scanned_package(request.POST.get("code", ""))
    typed = taken(request.POST.dict(), package)
    if typed is None:
        return offered(request, package, base=reverse("intake:entry", args=[arrival_id]))
    save_draft(by=request.worker, arrival_id=arrival_id, typed=typed)
    return entry_form(request, arrival, kept(typed), texts=texts_of(typed))


@require_POST
def fill_scan(request: StaffRequest, fill_id: int) -> HttpResponse:
    """A scan on the form of a fill that was sent back."""
    fill = fill_or_404(request, fill_id)
    package = scanned_package(request.POST.get("code", ""))
    typed = taken(request.POST.dict(), package)
    if typed is None:
        return offered(request, package, base=reverse("intake:correct", args=[fill.pk]))
    return sent_back(request, fill_id, kept(typed), texts=texts_of(typed))


def offered(request: StaffRequest, package: Package, *, base: str) -> HttpResponse:
    """Another product than the one chosen: a line to choose, and nothing changes by itself."""
    line = scanned_line(package, by=request.worker, days=days_of(request.POST.dict()))
    found = Choices("package", "You scanned another product. Take it instead?", [line])
    answer = render(request, "intake/_choices.html", {"choices": found, "base": base})
    answer["HX-Retarget"], answer["HX-Reswap"] = "#choices", "outerHTML"
    return answer


def scanned_line(package: Package, *, by: Worker, days: int) -> Choice:
    """The scanned product as the lists of choices show it, with what is on hand."""
    good_until = by.today + timedelta(days=days)
    (drug,) = known_drugs([package], pharmacy_id=by.pharmacy_id, good_until=good_until)
    return product_line(package, drug.free)
