"""What the papers of tracing say about a package at the door."""

from datetime import date

from apothecary.law.problem import Problem
from apothecary.purchasing.tracing.models import TracedPackage
from apothecary.purchasing.tracing.rules import Told, trace_problems
from apothecary.staff.worker import Worker

# Which of the two dates holds: nobody has told the house that its owner is larger, and after
# the later of them both are past.
SIZE = "small"


def traced_problems(
    *, by: Worker, gtin: str, serial: str, lot: str, expires_on: date | None
) -> list[Problem]:
    """Why a package is quarantined by what its seller told of it, or did not (1 query)."""
    told = told_of(by=by, gtin=gtin, serial=serial) if gtin and serial else None
    return trace_problems(
        told, serial=serial, lot=lot, expires_on=expires_on, on=by.today, size=SIZE
    )


def told_of(*, by: Worker, gtin: str, serial: str) -> Told | None:
    """Lot and expiry by the transaction information of a package; None without any."""
    rows = TracedPackage.objects.filter(pharmacy_id=by.pharmacy_id, gtin=gtin, serial=serial)
    found = rows.values_list("lot", "expires_on").first()
    return Told(*found) if found else None
