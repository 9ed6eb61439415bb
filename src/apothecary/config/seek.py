"""The one box: a search by whatever is at hand, and a scan that goes where it belongs."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from apothecary.config.ways import fill_url, page_url
from apothecary.drugs.barcode import package_of
from apothecary.drugs.search import find_drugs
from apothecary.drugs.search_alike import Alike
from apothecary.law.problem import Refused, refuse
from apothecary.patients.queries import find_patients
from apothecary.pickup.queries import scanned_fill
from apothecary.prescriptions.queries import prescription_page
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.staff.worker import Worker
from apothecary.wires import Malformed
from apothecary.wires.gs1 import Scan, ScanKind, read_scan

LONGEST_ASKED = 100
LONGEST_RX = 12
MOST_DRUGS = 8
# Pages that have no stage of their own are found by their names.
PAGES = (
    ("drugs", "drugs:search", "Drugs", "find a drug, its price and look-alikes"),
    ("stock", "stock:shelf", "Stock", "what is on the shelves"),
    ("vault", "vault:books", "Vault", "controlled drugs: books, counts, discrepancies"),
    ("inspection", "vault:inspect", "Inspection", "every paper an inspector may ask for"),
    ("receive", "stock:receive", "Receive", "take units onto a shelf"),
    ("expiring", "stock:expiring", "Expiring", "what expires soon"),
    ("people", "staff:people", "People", "who works here, duty, sign out"),
    ("pickup", "pickup:list", "Pickup", "bags that wait"),
    ("returns", "pickup:returns", "Returns", "bags that go back to the shelf"),
    ("rejects", "claims:rejects", "Rejects", "claims to work"),
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the answer; a guess (a word read as another) never opens by itself."""

    url: str
    kind: str
    says: str
    aside: str = ""
    guess: bool = False


def search(request: StaffRequest) -> HttpResponse:
    """What answers to the words: lines for the box, or a page; a single hit opens itself."""
    asked = request.GET.get("q", "").strip()[:LONGEST_ASKED]
    if request.headers.get("HX-Request"):
        hits = find(asked, by=request.worker)
        return render(request, "config/found.html", {"hits": hits, "asked": asked})
    there = exactly(asked, by=request.worker)
    hits = [] if there else find(asked, by=request.worker)
    if there or (len(hits) == 1 and not hits[0].guess):
        return redirect(there or hits[0].url)
    return render(request, "config/search.html", {"hits": hits, "asked": asked, "query": asked})


def find(asked: str, *, by: Worker) -> list[Hit]:
    """Everything that answers to what was typed, the surest first (at most 14 queries)."""
    if len(asked) < 2:
        return []
    hits = []
    if by.may(Duty.READ_RECORDS):
        hits += prescriptions(asked, by=by) + patients(asked, by=by)
    return hits + drugs(asked, by=by, also_meant=not hits) + pages(asked)


def prescriptions(asked: str, *, by: Worker) -> list[Hit]:
    """The prescription of that number."""
    if not (asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_RX):
        return []
    rx = prescription_page(pharmacy_id=by.pharmacy_id, number=int(asked))
    if rx is None:
        return []
    says = f"{rx.number} {rx.package.product.name} {rx.package.product.strength_said}"
    return [Hit(reverse("prescriptions:rx", args=[rx.number]), "Rx", says, str(rx.patient))]


def patients(asked: str, *, by: Worker) -> list[Hit]:
    """Patients by name, birth date or phone."""
    found = find_patients(pharmacy_id=by.pharmacy_id, asked=asked, today=by.today)
    return [
        Hit(
            reverse("patients:patient", args=[patient.pk]),
            "Patient",
            f"{patient.last_name.upper()}, {patient.first_name}",
            f"{patient.birth_date:%m/%d/%Y}",
        )
        for patient in found
    ]


def drugs(asked: str, *, by: Worker, also_meant: bool) -> list[Hit]:
    """Drugs by code, imprint or pieces of their names; what was not typed so says why.

    A word corrected is left out where what was typed has answered already (``also_meant``).
    """
    found = find_drugs(asked, pharmacy_id=by.pharmacy_id, limit=MOST_DRUGS).hits
    return [
        Hit(
            reverse("drugs:drug", args=[drug.product_id]),
            "NDC" if drug.ndc else "Drug",
            drug.says,
            " · ".join([*drug.why, *look_alikes(drug.alike), drug.labeler]),
            guess=drug.corrected,
        )
        for drug in found
        if also_meant or not drug.corrected
    ]


def look_alikes(names: Sequence[Alike]) -> list[str]:
    """The look-alikes of a drug that stand in the same list, as a mark."""
    return [f"look-alike: {', '.join(each.name for each in names)}"] if names else []


def pages(asked: str) -> list[Hit]:
    """Pages of the house by their names."""
    word = asked.casefold()
    return [
        Hit(url, "Page", title, aside)
        for name, view, title, aside in PAGES
        if name.startswith(word) and (url := page_url(view))
    ]


def exactly(asked: str, *, by: Worker) -> str:
    """Where a label, a bag or a bottle code leads that was typed or pasted; else empty."""
    try:
        scan = read_scan(asked)
        known = scan.kind in {ScanKind.LABEL, ScanKind.BAG} or bool(scan.gtin14)
        return where(scan, asked, by=by) if known else ""
    except (Malformed, Refused):
        return ""


@require_POST
def scan(request: StaffRequest) -> HttpResponse:
    """A scan on a page that did not ask for one: go where it belongs."""
    code = request.POST.get("code", "")
    try:
        read = read_scan(code)
    except Malformed as bad:
        raise refuse(f"The scan {bad.reason}.", code="bad-scan", field="code") from bad
    there = where(read, code, by=request.worker)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": there})
    return redirect(there)


def where(read: Scan, code: str, *, by: Worker) -> str:
    """The page a scan leads to, or a refusal that says why there is none."""
    if read.kind is ScanKind.LOGISTIC:
        says = "That is a shipping carton: open it and scan each bottle on the Receive page."
        raise refuse(says, code="carton", field="code")
    if read.kind is ScanKind.PRODUCT:
        return reverse("drugs:drug", args=[package_of(read).product_id])
    by.must(Duty.READ_RECORDS)
    fill = scanned_fill(by.pharmacy_id, code)
    return fill_url(fill.state, fill.pk, fill.prescription.number)
