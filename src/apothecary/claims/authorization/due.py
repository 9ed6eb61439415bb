"""What the house does by itself: ask how a request stands, end what is past its day."""

from datetime import datetime

from django.db import transaction

from apothecary.claims.authorization.outgoing import is_out
from apothecary.claims.authorization.states import AuthorizationState, Way
from apothecary.claims.authorization.writing import lock_authorization, write_line
from apothecary.claims.models import PriorAuthorization
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Refused
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker

S = AuthorizationState
INQUIRY = "P3"


def look_after(pharmacy: Pharmacy, at: datetime, *, limit: int = 20) -> int:
    """Inquire after what is deferred, and end what has run out; how much there was to do.

    For the worker's loop; the connection stands in this pharmacy.
    """
    by = system_worker(pharmacy, now=at)
    return inquire_due(by=by, limit=limit) + expire_ended(by=by, limit=limit)


def inquire_due(*, by: Worker, limit: int) -> int:
    """Write the inquiries whose hour has come."""
    due = PriorAuthorization.objects.filter(
        pharmacy_id=by.pharmacy_id,
        state=S.DEFERRED.value,
        way=Way.LINE.value,
        closed_at=None,
        inquire_at__lte=by.at,
    )
    ids = list(due.order_by("inquire_at").values_list("pk", flat=True)[:limit])
    return sum(inquire(by=by, authorization_id=one) for one in ids)


@transaction.atomic
def inquire(*, by: Worker, authorization_id: int) -> bool:
    """Ask the payer how a deferred request stands; False when it is asked already.

    What cannot be asked waits for a person, not for the loop.
    """
    row = lock_authorization(by=by, authorization_id=authorization_id)
    if row.state != S.DEFERRED or row.way != Way.LINE or is_out(row):
        return False
    row.inquire_at = None
    try:
        write_line(row, INQUIRY, by=by)
    except Refused as refusal:
        row.problem = " ".join(problem.says for problem in refusal.problems)
    row.save()
    return not row.problem


def expire_ended(*, by: Worker, limit: int) -> int:
    """End the authorizations whose last day is over."""
    over = PriorAuthorization.objects.filter(
        pharmacy_id=by.pharmacy_id, state=S.APPROVED.value, until_on__lt=by.today
    )
    ids = list(over.order_by("until_on").values_list("pk", flat=True)[:limit])
    return sum(expire(by=by, authorization_id=one) for one in ids)


@transaction.atomic
def expire(*, by: Worker, authorization_id: int) -> bool:
    """Past its last day an authorization is none; False when it has moved meanwhile."""
    row = lock_authorization(by=by, authorization_id=authorization_id)
    if row.state != S.APPROVED or row.until_on is None or row.until_on >= by.today:
        return False
    row.goes(S.EXPIRED)
    row.save(update_fields=["state"])
    told = {"number": row.number, "until_on": row.until_on}
    record(by=by, did=Deed.AUTHORIZATION_ENDED, about=row, details=told)
    return True
