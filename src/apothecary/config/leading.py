"""What comes first when somebody looks for a drug: what stands here and what is given out.

The drug file knows of neither shelf nor prescription; this room sees both and tells it.
"""

from datetime import datetime, timedelta

from django.db.models import Count

from apothecary.drugs.search_first import First, put_first
from apothecary.prescriptions.models import Fill
from apothecary.staff.models import Pharmacy
from apothecary.stock.kinds import Programme
from apothecary.stock.models import Balance, LotState
from apothecary.stock.queries import PICK_KINDS

# Half a year shows what a pharmacy gives out, and forgets what it no longer does.
LOOKED_BACK = timedelta(days=180)


def lead(pharmacy: Pharmacy, *, at: datetime) -> int:
    """Tell the search what is here and how often it was given out lately (3 queries).

    Returns how many products were told. The caller stands in the pharmacy.
    """
    here = Balance.objects.filter(
        pharmacy=pharmacy,
        place__kind__in=PICK_KINDS,
        place__programme=Programme.OWN,
        lot__state=LotState.AVAILABLE,
        on_hand__gt=0,
    )
    on_shelf = set(here.values_list("lot__package__product_id", flat=True))
    given_out = (
        Fill.objects.filter(pharmacy=pharmacy, created_at__gte=at - LOOKED_BACK)
        .values("package__product_id")
        .annotate(fills=Count("id"))
    )
    fills = {row["package__product_id"]: row["fills"] for row in given_out}
    these = [
        First(product, fills.get(product, 0), product in on_shelf)
        for product in sorted(on_shelf | fills.keys())
    ]
    put_first(pharmacy_id=pharmacy.pk, these=these)
    return len(these)
