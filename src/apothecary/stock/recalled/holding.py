"""What is held for a recall: written down, lifted, and asked before a lot comes or goes."""

from collections.abc import Iterable

from apothecary.drugs.recalled_lots import lot_key
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.recalled.models import RecalledLot

EVERY_LOT = ""


def hold_recalled(
    *, by: Worker, package_id: int, recall: str, lots: Iterable[str], says: str
) -> None:
    """From now on no lot of these numbers is taken in or released (1 query).

    ``lots`` as they are written; `EVERY_LOT` is all of the package. What was lifted is held
    again; what is held already stays as it is.
    """
    by.must(Duty.WORK_RECALLS)
    keys = {lot_key(lot) for lot in lots}
    RecalledLot.objects.bulk_create(
        [
            RecalledLot(
                pharmacy_id=by.pharmacy_id,
                package_id=package_id,
                recall=recall,
                lot_key=key,
                says=says,
                since_at=by.at,
            )
            for key in sorted(keys)
        ],
        update_conflicts=True,
        unique_fields=["pharmacy", "package", "recall", "lot_key"],
        update_fields=["says", "lifted_at"],
    )


def lift_recalled(*, by: Worker, recall: str) -> int:
    """Nothing is held for this notice any more; the rows stay (1 query)."""
    by.must(Duty.DECIDE_RECALLS)
    held = RecalledLot.objects.filter(pharmacy_id=by.pharmacy_id, recall=recall, lifted_at=None)
    return held.update(lifted_at=by.at)


def recalled_because(*, pharmacy_id: int, package_id: int, lot: str) -> str:
    """Why a lot may not be used, from the newest notice that holds it; else empty (1 query)."""
    rows = RecalledLot.objects.filter(
        pharmacy_id=pharmacy_id,
        package_id=package_id,
        lot_key__in=[EVERY_LOT, lot_key(lot)],
        lifted_at=None,
    )
    return rows.order_by("-since_at", "-pk").values_list("says", flat=True).first() or ""


def notices_known(*, pharmacy_id: int, package_id: int) -> frozenset[str]:
    """The notices that the house knows of a package: what it decided goes before their text."""
    rows = RecalledLot.objects.filter(pharmacy_id=pharmacy_id, package_id=package_id)
    return frozenset(rows.values_list("recall", flat=True))
