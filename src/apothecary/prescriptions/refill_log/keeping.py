"""Which dispensing is a line of the log of refills."""

from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.refill_log.models import DispensedRefill
from apothecary.staff.worker import Worker

# 21 CFR 1306.22 is of Schedules III and IV; that Schedule V is kept too is house policy.
LOGGED = frozenset({3, 4, 5})


def is_logged(fill: Fill) -> bool:
    """Whether the approval of this fill is a refill that the day's log shows."""
    return fill.number > 0 and fill.package.product.schedule in LOGGED


def log_line(fill: Fill, *, by: Worker) -> DispensedRefill:
    """The line that the approval of a refill leaves, written with it."""
    return DispensedRefill(
        pharmacy_id=by.pharmacy_id, fill=fill, by_id=by.somebody, at=by.at, day=by.today
    )
