"""The page of what is kept how long."""

from django.http import HttpResponse
from django.shortcuts import render

from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.staff.models import Pharmacy
from apothecary.vault.keeping.kinds import kept
from apothecary.vault.keeping.papers import NO_PURGE, PAPER, filing_says, missing

__all__ = ["PAPER"]


def retention(request: StaffRequest) -> HttpResponse:
    """Each kind of record as it stands today (2 queries, and 1 a kind)."""
    request.worker.must(Duty.READ_RECORDS)
    by = request.worker
    rows = kept(Pharmacy.objects.get(pk=by.pharmacy_id), today=by.today)
    found = {
        "tab": "retention",
        "rows": [each for each in rows if not each.kind.file],
        "files": [each for each in rows if each.kind.file],
        "unknown": missing(rows),
        "filing": filing_says(by),
        "no_purge": NO_PURGE,
    }
    return render(request, "vault/retention.html", found)
