"""How old the open credits are and how far a return is, drawn."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from markupsafe import Markup

from apothecary.returns.shipments.models import Shipment
from apothecary.returns.shipments.queries import Owed
from apothecary.returns.shipments.rules import COLUMNS
from apothecary.workbench.charts import amounts

Step = tuple[str, str, str]


def ages_drawn(owed: Sequence[Owed]) -> Markup:
    """What is open in each column of age, over all partners."""
    sums = [(name, sum((one.by_age[name] for one in owed), Decimal(0))) for name in COLUMNS]
    return amounts(sums, title="Open credits by days since they were shipped")


def course_drawn(row: Shipment) -> list[Step]:
    """The steps of a return: what, whether it is done, and when."""
    marks: list[tuple[str, datetime | None]] = [
        ("Picked", row.made_at),
        ("Manifest sent", row.asked_at if row.state != "picked" else None),
        ("Authorized", row.answered_at if row.authorization else None),
        ("Shipped", row.shipped_at),
        ("Settled", row.settled_at),
    ]
    found: list[Step] = []
    now_given = row.state == "cancelled"
    for says, at in marks:
        if at is not None:
            found.append((says, "done", f"{at:%b} {at.day}"))
        else:
            found.append((says, "later" if now_given else "now", ""))
            now_given = True
    return found
