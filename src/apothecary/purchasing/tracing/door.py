"""What the papers of tracing say about a package at the door."""

from datetime import date

from apothecary.law.problem import Problem
from apothecary.purchasing.tracing.cases.opening import hold_at_the_door
from apothecary.purchasing.tracing.models import TracedPackage
from apothecary.purchasing.tracing.rules import Told, differing, missing_problems
from apothecary.purchasing.tracing.size import size_of
from apothecary.staff.worker import Worker

__all__ = ["hold_at_the_door", "told_of", "traced_problems"]


def traced_problems(
    *, by: Worker, gtin: str, serial: str, lot: str, expires_on: date | None
) -> list[Problem]:
    """Why a package is quarantined by what was told of it, or was not (1 or 2 queries)."""
    told = told_of(by=by, gtin=gtin, serial=serial) if gtin and serial else None
    if told is not None:
        return differing(told, lot=lot, expires_on=expires_on)
    size = size_of(pharmacy_id=by.pharmacy_id)
    return missing_problems(serial, on=by.today, size=size)


def told_of(*, by: Worker, gtin: str, serial: str) -> Told | None:
    """Lot and expiry by the transaction information of a package; None without any."""
    rows = TracedPackage.objects.filter(pharmacy_id=by.pharmacy_id, gtin=gtin, serial=serial)
    found = rows.values_list("lot", "expires_on").first()
    return Told(*found) if found else None
