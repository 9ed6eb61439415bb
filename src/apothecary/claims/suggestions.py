"""What the payer would rather pay for, beside what lies on the shelf and what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Sum

from apothecary.drugs.models import Package
from apothecary.prescriptions.actions import cash_price
from apothecary.prescriptions.models import Fill
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.stock.kinds import Programme
from apothecary.stock.models import Balance, LotState
from apothecary.stock.queries import PICK_KINDS
from apothecary.wires.telecom import Preferred

NDC = "03"


@dataclass(frozen=True, slots=True)
class Alternative:
    """A product the payer named. ``package`` is none where the drug file has no such NDC."""

    ndc11: str
    says: str
    package: Package | None
    on_hand: Decimal
    price_usd: Decimal | None
    cost_share_usd: Decimal | None


def alternatives(named: Sequence[Preferred], fill: Fill, *, by: Worker) -> list[Alternative]:
    """The products of the answer in its order, with shelf and price (3 queries, or none)."""
    wanted = [one.product for one in named if one.product and one.qualifier in {NDC, ""}]
    if not wanted:
        return []
    packages = {
        one.ndc11: one
        for one in Package.objects.filter(ndc11__in=wanted).select_related("product")
    }
    shelves = on_hand([one.pk for one in packages.values()], by=by)
    pharmacy = Pharmacy.objects.get(pk=by.pharmacy_id)
    found = []
    for one in named:
        package = packages.get(one.product)
        price = cash_price(package, fill.quantity, pharmacy) if package else None
        free = shelves.get(package.pk, Decimal(0)) if package else Decimal(0)
        found.append(
            Alternative(one.product, one.says, package, free, price, one.cost_share_usd)
        )
    return found


def on_hand(package_ids: Sequence[int], *, by: Worker) -> dict[int, Decimal]:
    """How much of each package is on the shelves and promised to nobody (1 query)."""
    rows = (
        Balance.objects.filter(
            pharmacy_id=by.pharmacy_id,
            place__kind__in=PICK_KINDS,
            place__programme=Programme.OWN,
            lot__state=LotState.AVAILABLE,
            lot__expires_on__gte=by.today,
            lot__package_id__in=package_ids,
        )
        .values_list("lot__package_id")
        .annotate(free=Sum(F("on_hand") - F("reserved")))
    )
    return {package_id: free or Decimal(0) for package_id, free in rows}
