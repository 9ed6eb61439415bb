"""The page of red flags: facts with their thresholds, for a pharmacist."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.vault.unusual.looking import look_at, shown


def flags(request: StaffRequest) -> HttpResponse:
    """What passed its threshold, those nobody looked at first (6 queries)."""
    request.worker.must(Duty.REVIEW_FLAGS)
    by = request.worker
    rows = shown(pharmacy_id=by.pharmacy_id, today=by.today)
    new = [row for row in rows if row.looked is None]
    found = {"tab": "flags", "new": new, "seen": [row for row in rows if row.looked]}
    return render(request, "vault/flags.html", found)


@require_POST
def look(request: StaffRequest) -> HttpResponse:
    """Say what was found: the flag is silent until its numbers change."""
    request.worker.must(Duty.REVIEW_FLAGS)
    typed = request.POST
    look_at(
        by=request.worker,
        kind=typed.get("kind", ""),
        subject=typed.get("subject", ""),
        says=typed.get("says", ""),
        because=typed.get("because", ""),
    )
    return redirect("vault:flags")
