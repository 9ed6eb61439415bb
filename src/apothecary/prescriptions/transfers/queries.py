"""Transfers as pages and papers show them."""

from collections.abc import Sequence
from datetime import date

from apothecary.prescriptions.transfers.models import Direction, Transfer

MOST = 500
FULL = (
    "prescription__patient",
    "prescription__prescriber",
    "prescription__package__product",
)


def transfers_of(
    *, pharmacy_id: int, first: date, last: date, limit: int = MOST
) -> Sequence[Transfer]:
    """The transfers of a period, the newest first (1 query)."""
    rows = Transfer.objects.filter(
        pharmacy_id=pharmacy_id, transferred_on__gte=first, transferred_on__lte=last
    )
    return list(rows.select_related(*FULL).order_by("-recorded_at", "-pk")[:limit])


def transfer_page(*, pharmacy_id: int, transfer_id: int) -> Transfer | None:
    """One transfer with its prescription (1 query)."""
    rows = Transfer.objects.select_related(*FULL)
    return rows.filter(pharmacy_id=pharmacy_id, pk=transfer_id).first()


def gone_to(prescription_id: int) -> Transfer | None:
    """The transfer by which a prescription left, while it stands (1 query)."""
    rows = Transfer.objects.filter(prescription_id=prescription_id, taken_back_at=None)
    return rows.filter(direction=Direction.OUT).first()
