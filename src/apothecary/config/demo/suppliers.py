"""The demo's wholesalers: invented ones that the simulator plays."""

from collections.abc import Iterable
from datetime import time

from apothecary.purchasing.wholesalers.actions import keep_wholesaler
from apothecary.purchasing.wholesalers.rules import Particulars
from apothecary.staff.worker import Worker


def keep_wholesalers(rows: Iterable[dict[str, str]], *, by: Worker) -> None:
    """The invented wholesalers that the simulator plays, one dialect each."""
    for row in rows:
        keep_wholesaler(
            by=by,
            given=Particulars(
                code=row["code"],
                name=row["name"],
                account=row["account"],
                account_340b=row["account_340b"],
                dialect=row["dialect"],
                edi_id=row["edi_id"],
                our_edi_id=row["our_edi_id"],
                dea=row["dea"],
                gln=row["gln"],
                order_by=time.fromisoformat(row["order_by"]),
                lead_days=int(row["lead_days"]),
                priority=int(row["priority"]),
            ),
        )
