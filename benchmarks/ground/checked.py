"""Whether the books of the measured house hold after the load. Program: JSON out."""

from apothecary.config import awake  # noqa: F401 sets Django up before rooms are imported

# isort: split
import json

from apothecary.prescriptions.faults import fill_faults
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import stand_in
from apothecary.stock.queries import book_faults


def faults() -> list[str]:
    """What is wrong in any pharmacy."""
    found = []
    for pharmacy in Pharmacy.objects.order_by("id"):
        stand_in(pharmacy.pk)
        found += book_faults(pharmacy_id=pharmacy.pk) + fill_faults(pharmacy_id=pharmacy.pk)
    return found


if __name__ == "__main__":
    print(json.dumps({"faults": faults()[:20]}))
