"""What the pharmacist sees at the check."""

from django.db.models import F, QuerySet

from apothecary.journal.compiled import Compiled, Given
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.verification.models import Check

SENT = Compiled(
    Entry.objects.filter(
        pharmacy_id=Given("pharmacy_id"),
        about="fill",
        about_id=Given("fill_id"),
        deed=Deed.SENT_TO_CHECK.value,
    ).order_by("-id")[:1]
)


def check_list(pharmacy_id: int) -> QuerySet[Fill]:
    """Fills that wait for the check, waiters first, then by promise (1 query)."""
    return (
        Fill.objects.filter(pharmacy_id=pharmacy_id, state=FillState.CHECK)
        .select_related("patient", "prescription__prescriber", "package__product", "owner")
        .order_by(F("waiter").desc(), "promised_at", "id")
    )


def next_to_check(pharmacy_id: int) -> Fill | None:
    """The next fill for the pharmacist (1 query)."""
    return check_list(pharmacy_id).first()


def who_filled(fill: Fill) -> int | None:
    """Who sent the fill to the check, by the journal (1 query)."""
    entry = SENT.get({"pharmacy_id": fill.pharmacy_id, "fill_id": fill.pk})
    return entry.by_id if entry else None


def checks_of(fill: Fill) -> QuerySet[Check]:
    """The checks of a fill, oldest first (1 query)."""
    checks = Check.objects.filter(pharmacy_id=fill.pharmacy_id, fill=fill)
    return checks.select_related("by").order_by("id")
