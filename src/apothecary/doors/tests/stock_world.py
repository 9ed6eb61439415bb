"""Bodies and rows for the endpoints of places, levels, counts and outdates."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from apothecary.config.tests.world import World
from apothecary.stock.counting.actions import enter_count, start_count
from apothecary.stock.counting.models import Scope
from apothecary.stock.counting.queries import Pick
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Lot, Place, ShelfItem
from apothecary.stock.places.actions import Room, open_place

BECAUSE = {"because": "because"}
ROOM = {
    "name": "Bay 9", "storage": "room", "apart": "", "programme": "own", "area": "Back",
    "holds": 40, "outline": [1, 1, 10, 4],
}  # fmt: skip


def of_stock(world: World, path: str, lot_id: int) -> dict[str, object]:
    """A place, an item, a sheet and a line where the endpoint would take them."""
    parts: dict[str, object] = {"lot_id": lot_id}
    if "outdates" in path:
        soon = world.technician.today + timedelta(days=20)
        Lot.objects.filter(pk=lot_id).update(expires_on=soon)
    if "{place_id}" in path:
        room = Room("Bay 1")
        parts["place_id"] = open_place(by=world.pharmacist, kind=PlaceKind.SHELF, room=room).pk
    if "{item_id}" in path:
        parts["item_id"] = ShelfItem.objects.get(package=world.drugs["lisinopril"]).pk
    if "{sheet_id}" in path or "{line_id}" in path:
        shelf = Place.objects.get(pharmacy=world.pharmacy, name="Shelf")
        pick = Pick(Scope.PLACE, str(shelf.pk))
        # A line is counted by a technician, all else is asked as the pharmacist.
        counter = world.technician if path.endswith("/count") else world.pharmacist
        sheet = start_count(by=world.pharmacist, pick=pick, counter_id=counter.person_id)
        line = sheet.lines.get()
        parts |= {"sheet_id": sheet.pk, "line_id": line.pk}
        if path.endswith(("/settle", "/anew")):
            enter_count(by=world.pharmacist, line_id=line.pk, counted=Decimal(97))
        if path.endswith("/found"):
            world.receive("warfarin", "10")
    return parts


def stock_bodies(place: int) -> dict[str, dict[str, Any]]:
    """A right body for each, every field said."""
    last = Lot.objects.order_by("-pk").first() if place > 1 else None
    here = {"place_id": place, "lot_id": last.pk if last else 1}
    lines = "/stock/counts/lines/{line_id}"
    return {
        "/stock/places": ROOM | {"kind": "shelf"},
        "/stock/places/{place_id}": ROOM,
        "/stock/places/{place_id}/close": BECAUSE,
        "/stock/levels/{item_id}": {
            "reorder_at": "40", "order_up_to": "240", "at_most": "400", "ordering": "review",
            "contract_only": True, "lead_days": 2, "safety_days": 5},
        "/stock/counts": {"scope": "due", "of": "", "counter_id": None},
        "/stock/counts/{sheet_id}/found": here,
        "/stock/counts/{sheet_id}/close": BECAUSE,
        f"{lines}/count": {"counted": "100"},
        f"{lines}/settle": {"reason": "miscount", "note": "note"},
        f"{lines}/anew": BECAUSE,
        "/stock/left": here | {"left": "100", "in_vials": "0"},
        "/stock/outdates/pull": here | {"key": "k1"},
        "/stock/sweeps": {"area": "", "days": 90},
    }  # fmt: skip
