"""What waits in the vault when its screens are looked at."""

from journeys.books import Books
from journeys.people import Somebody

CONTROLLED = "0054-0235-24"


def missing_bottle(tess: Somebody) -> int:
    """Units of Schedule II that are missing from the vault, written down by the technician."""
    lot = tess.lots(CONTROLLED)[0]["id"]
    line = {"quantity": "5", "lot_id": lot, "place_id": Books(tess.house.data).place("Vault")}
    found = {"kind": "loss", "what": "short at the count", "lines": [line]}
    return int(tess.does("/vault/losses", found))


def electronic_order(tess: Somebody) -> int:
    """An order with an item, which nobody has signed."""
    to = {"name": "Caprock Drug", "address": "1200 Invented Road", "dea": "RC9001013"}
    order = tess.does("/vault/electronic", to)["id"]
    tess.does(f"/vault/electronic/{order}/lines", {"ndc": CONTROLLED, "packages": 2})
    return int(order)
