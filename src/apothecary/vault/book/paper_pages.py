"""The pages of inventories, of the log of the door, and of powers of attorney."""

from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.staff.models import Person
from apothecary.stock.forms import number
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Place
from apothecary.stock.places.forms import chosen
from apothecary.vault.book import inventory as taking
from apothecary.vault.book.access import log_access
from apothecary.vault.book.attorneys import grant_power, powers, revoke_power
from apothecary.vault.book.count_pages import people
from apothecary.vault.book.forms import (
    read_access,
    read_counted,
    read_grant,
    read_instant,
    read_revocation,
    read_signature,
)
from apothecary.vault.book.inventory_rules import Business, Kind
from apothecary.vault.book.models import AccessRecord, ClockFault, Inventory
from apothecary.vault.book.policy import vault_policy
from apothecary.vault.book.rules import Access

ROWS = 50


def inventories(request: StaffRequest) -> HttpResponse:
    """Inventories, where the clock stands, and the form that begins one (4 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    by = request.worker
    rows = Inventory.objects.filter(pharmacy_id=by.pharmacy_id).annotate(
        asked=Count("lines"), left=Count("lines", filter=Q(lines__counted=None))
    )
    found = {
        "tab": "inventories",
        "rows": list(rows.order_by("-taken_on", "-id")[:ROWS]),
        "clock": taking.inventory_clock(pharmacy_id=by.pharmacy_id, today=by.today),
        "kinds": [(kind.value, kind.value) for kind in Kind],
        "businesses": [(each.value, f"at {each.value}") for each in Business],
        "named": people(by.pharmacy_id),
    }
    return render(request, "vault/inventories.html", found)


@require_POST
def start_inventory(request: StaffRequest) -> HttpResponse:
    """Begin an inventory."""
    request.worker.must(Duty.TAKE_INVENTORY)
    typed = request.POST
    product = typed.get("product", "").strip()
    made = taking.start_inventory(
        by=request.worker,
        kind=chosen(Kind, typed.get("kind", ""), field="kind"),
        business=chosen(Business, typed.get("business", ""), field="business"),
        product_id=number(product, field="product") if product else None,
    )
    return redirect("vault:inventory", inventory_id=made.pk)


def inventory(request: StaffRequest, inventory_id: int) -> HttpResponse:
    """An inventory: the line to be counted next, or what was signed (4 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    by = request.worker
    rows = Inventory.objects.filter(pharmacy_id=by.pharmacy_id)
    row = rows.filter(pk=inventory_id).first()
    if row is None:
        raise Http404
    lines = list(row.lines.order_by("id"))
    wanted = request.GET.get("line", "")
    left = [line for line in lines if line.counted is None]
    chosen_line = next((line for line in lines if str(line.pk) == wanted), None)
    is_open = row.state == "open"
    found = {
        "tab": "inventories",
        "inventory": row,
        "lines": lines,
        "left": len(left),
        "open": is_open,
        "current": (chosen_line or next(iter(left), None)) if is_open else None,
        "named": people(by.pharmacy_id),
        "two": vault_policy(pharmacy_id=by.pharmacy_id).inventory_witness,
        "signs": by.may(Duty.SIGN_INVENTORY),
    }
    return render(request, "vault/inventory.html", found)


@require_POST
def count_line(request: StaffRequest, line_id: int) -> HttpResponse:
    """Say what is there of a lot, and on to the next."""
    request.worker.must(Duty.TAKE_INVENTORY)
    line = taking.count_line(
        by=request.worker, line_id=line_id, found=read_counted(request.POST)
    )
    return redirect("vault:inventory", inventory_id=line.inventory_id)


@require_POST
def sign(request: StaffRequest, inventory_id: int) -> HttpResponse:
    """Sign an inventory: from now on it is a record."""
    taking.sign_inventory(
        by=request.worker, inventory_id=inventory_id, signature=read_signature(request.POST)
    )
    return redirect("vault:inventory", inventory_id=inventory_id)


@require_POST
def give_up(request: StaffRequest, inventory_id: int) -> HttpResponse:
    """End an inventory that is not signed."""
    because = request.POST.get("because", "")
    taking.give_up_inventory(by=request.worker, inventory_id=inventory_id, because=because)
    return redirect("vault:inventories")


def door(request: StaffRequest) -> HttpResponse:
    """The log of the vault, and what was refused for its time (5 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    by = request.worker
    mine = {"pharmacy_id": by.pharmacy_id}
    log = AccessRecord.objects.filter(**mine).select_related("place").order_by("-id")[:ROWS]
    faults = ClockFault.objects.filter(**mine).select_related("place").order_by("-id")[:5]
    vaults = Place.objects.filter(**mine, kind=PlaceKind.VAULT, closed_at=None)
    rows = list(log)
    last = next((row.kind for row in rows if row.kind in {"opened", "shut"}), "")
    found = {
        "tab": "door",
        "rows": rows,
        "faults": list(faults),
        "vaults": [(str(place.pk), place.name) for place in vaults.order_by("id")],
        "kinds": [(kind.value, kind.value) for kind in Access],
        "next": "shut" if last == "opened" else "opened",
        "named": people(by.pharmacy_id),
        "witness": vault_policy(pharmacy_id=by.pharmacy_id).access_witness,
    }
    return render(request, "vault/door.html", found)


@require_POST
def log(request: StaffRequest) -> HttpResponse:
    """Write down that the vault was opened or shut, or that its power failed."""
    request.worker.must(Duty.OPEN_VAULT)
    typed = request.POST
    log_access(
        by=request.worker,
        place_id=number(typed.get("place", ""), field="place"),
        kind=read_access(typed),
        happened_at=read_instant(typed, "at"),
        because=typed.get("because", ""),
        signature=read_signature(typed),
    )
    return redirect("vault:door")


def attorneys(request: StaffRequest) -> HttpResponse:
    """Who may sign orders for Schedule II (2 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    by = request.worker
    staff = Person.objects.filter(pharmacy_id=by.pharmacy_id, active=True).order_by("name")
    found = {
        "tab": "attorneys",
        "rows": list(powers(pharmacy_id=by.pharmacy_id)),
        "staff": [(str(person.pk), person.name) for person in staff],
        "keeps": by.may(Duty.KEEP_ATTORNEYS),
    }
    return render(request, "vault/attorneys.html", found)


@require_POST
def grant(request: StaffRequest) -> HttpResponse:
    """Put a signed power of attorney on file."""
    request.worker.must(Duty.KEEP_ATTORNEYS)
    grant_power(by=request.worker, grant=read_grant(request.POST))
    return redirect("vault:attorneys")


@require_POST
def revoke(request: StaffRequest, power_id: int) -> HttpResponse:
    """Put the paper on file that ends one."""
    request.worker.must(Duty.KEEP_ATTORNEYS)
    revoke_power(by=request.worker, power_id=power_id, revocation=read_revocation(request.POST))
    return redirect("vault:attorneys")
