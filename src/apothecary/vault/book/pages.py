"""The pages of the book: every controlled drug, one of them, and the inspector's papers."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.staff.models import Pharmacy
from apothecary.vault import inspection
from apothecary.vault.book import papers, perpetual
from apothecary.vault.book.cases import WAITING
from apothecary.vault.book.drawing import balance_line
from apothecary.vault.book.forms import read_policy
from apothecary.vault.book.inventory import inventory_clock
from apothecary.vault.book.inventory_rules import in_charge_rule
from apothecary.vault.book.models import DiscrepancyCase, VaultCount
from apothecary.vault.book.policy import say_policy, vault_policy
from apothecary.vault.inspection import DAYS_BACK, days_asked

__all__ = ["book", "books", "inspect", "paper", "papers", "policy"]


def books(request: StaffRequest) -> HttpResponse:
    """Every controlled drug with what stands here, and what wants a look (6 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    by = request.worker
    cases = DiscrepancyCase.objects.filter(pharmacy_id=by.pharmacy_id, state__in=WAITING)
    counts = VaultCount.objects.filter(pharmacy_id=by.pharmacy_id, closed_at=None)
    found = {
        "tab": "books",
        "drugs": perpetual.controlled_drugs(pharmacy_id=by.pharmacy_id),
        "cases": cases.count(),
        "counts": counts.count(),
        "clock": inventory_clock(pharmacy_id=by.pharmacy_id, today=by.today),
    }
    return render(request, "vault/books.html", found)


def book(request: StaffRequest, product_id: int) -> HttpResponse:
    """The book of a drug over a period, with its balance drawn (7 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    by, asked = request.worker, request.GET
    drug = perpetual.drug_of(product_id, alone="alone" in asked)
    zone = Pharmacy.objects.values_list("time_zone", flat=True).get(pk=by.pharmacy_id)
    period = perpetual.period_of(*days_asked(asked.dict(), today=by.today), zone=zone)
    sums = perpetual.book_sums(pharmacy_id=by.pharmacy_id, drug=drug, period=period)
    pages = max(-(-sums.lines // perpetual.PAGE), 1)
    said = asked.get("page", "")
    # The last page is where one looks: what has just happened.
    page = min(max(int(said), 1), pages) if said.isascii() and said.isdigit() else pages
    days = perpetual.daily_balances(
        pharmacy_id=by.pharmacy_id, drug=drug, period=period, opening=sums.opening
    )
    in_stock, in_bags = perpetual.stands_here(pharmacy_id=by.pharmacy_id, drug=drug)
    unit = drug.unit
    found = {
        "tab": "books",
        "drug": drug,
        "period": period,
        "sums": sums,
        "lines": perpetual.book_lines(
            pharmacy_id=by.pharmacy_id, drug=drug, period=period, page=page
        ),
        "page": page,
        "pages": pages,
        "unit": unit,
        "in_stock": in_stock,
        "in_bags": in_bags,
        "agrees": period.last < by.today or sums.closing == in_stock,
        "back": by.today - timedelta(days=DAYS_BACK - 1),
        "chart": balance_line(
            days, last=period.last, title=f"Balance of {drug.says}", unit=unit
        ),
    }
    return render(request, "vault/book.html", found)


def inspect(request: StaffRequest) -> HttpResponse:
    """A button for each paper an inspector may ask for (2 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    by = request.worker
    state = Pharmacy.objects.values_list("state", flat=True).get(pk=by.pharmacy_id)
    asks, says = in_charge_rule(state, on=by.today)
    found = {
        "tab": "inspect",
        "papers": [each for each in inspection.PAPERS.values() if by.may(each.duty)],
        "asks": inspection.ASKS,
        # What another page knows already need not be typed again.
        "said": request.GET,
        "policy": vault_policy(pharmacy_id=by.pharmacy_id),
        "may_set": by.may(Duty.SET_POLICY),
        "in_charge": says,
        "in_charge_known": asks is not None,
    }
    return render(request, "vault/inspection.html", found)


def paper(request: StaffRequest, paper: str, kind: str) -> HttpResponse:
    """A paper as PDF or CSV; its questions come as the form asked them."""
    request.worker.must(Duty.READ_RECORDS)
    said = {name: value for name, value in request.GET.dict().items() if isinstance(value, str)}
    made = inspection.printed(by=request.worker, key=paper, kind=kind, said=said)
    answer = HttpResponse(made, content_type=inspection.KINDS[kind])
    name = f"{paper}-{request.worker.today:%Y%m%d}.{kind}"
    shown = "inline" if kind == "pdf" else "attachment"
    answer["Content-Disposition"] = f'{shown}; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
def policy(request: StaffRequest) -> HttpResponse:
    """Say what the house asks of its vault."""
    request.worker.must(Duty.SET_POLICY)
    say_policy(by=request.worker, asks=read_policy(request.POST))
    return redirect("vault:inspect")
