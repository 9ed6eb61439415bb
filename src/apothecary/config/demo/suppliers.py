"""The demo's wholesalers: invented ones that the simulator plays."""

from collections.abc import Iterable
from datetime import time

from apothecary.purchasing.tracing.size import say_size
from apothecary.purchasing.wholesalers.actions import keep_wholesaler
from apothecary.purchasing.wholesalers.rules import Particulars
from apothecary.returns.shipments.picking import Particulars as Distributor
from apothecary.returns.shipments.picking import keep_distributor
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


def keep_distributor_of_the_box(*, by: Worker) -> None:
    """The invented reverse distributor that the simulator plays."""
    given = Distributor(
        code="mesquite", name="Mesquite Returns", dea="RM9001049", credit_days=30
    )
    keep_distributor(by=by, given=given)


def say_owner_is_small(*, by: Worker) -> None:
    """The invented owner has one store and few people; nobody is small by silence."""
    evidence = "Invented: one store, two pharmacists and four technicians on 2024-11-27."
    say_size(by=by, size="small", evidence=evidence)
