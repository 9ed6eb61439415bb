"""Returns, containers and what was pulled, standing where each endpoint would take them."""

from typing import Any

from apothecary.config.tests.world import PIN, World
from apothecary.law.waste import Stream
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.returns.disposal.containers import close_container, hand_over, open_container
from apothecary.returns.disposal.models import WasteContainer
from apothecary.returns.shipments.models import Credit, ReverseDistributor, Shipment
from apothecary.returns.shipments.states import Group
from apothecary.returns.tests.backroom import DEA, Backroom, backroom_of
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Lot, Place

BECAUSE = {"because": "because"}
TODAY = "2026-11-23"
# Only the pharmacist in charge says who takes drugs back.
KEPT = "/returns/distributors"
COLLECTOR = "/returns/collector"
ONE = "/returns/shipments/{shipment_id}"


def of_returns(world: World, path: str) -> dict[str, object]:
    """The parts of an address, each of a thing that stands where it must."""
    room, verb = backroom_of(world), path.rsplit("/", 1)[-1]
    if "{container_id}" in path:
        row = open_container(by=room.by, stream=Stream.OTHER, stands="back room")
        room.pulled()
        return {"container_id": row.pk}
    if path.endswith(("/hand-overs", "/copy")):
        return {"hand_over_id": handed(room, go=verb == "copy")}
    if path.endswith("/destructions"):
        room.pulled("oxycodone")
    if path.endswith("/brought"):
        world.stocked("lisinopril", until=FillState.SOLD)
    if "{credit_id}" in path:
        return {"credit_id": a_credit(room)}
    if "{line_id}" in path:
        sent = room.shipped() if verb == "write-off" else room.begun()
        if verb == "drop":
            room.picked(sent, room.pulled())
        return {"line_id": sent.lines.get().pk}
    return {"shipment_id": a_return(room, verb).pk} if "{shipment_id}" in path else {}


def handed(room: Backroom, *, go: bool) -> int:
    """A closed container, gone with a hauler if it is to have a manifest."""
    row = open_container(by=room.by, stream=Stream.HAZARDOUS, stands="back room")
    close_container(by=room.by, container_id=row.pk)
    if not go:
        return 0
    ids = [row.pk]
    return hand_over(by=room.by, container_ids=ids, hauler="Hill", manifest="M9").pk


def a_credit(room: Backroom) -> int:
    """A credit that came before the goods had left."""
    room.credited(room.answered(room.asked()), (1, "full", "9.00"))
    return Credit.objects.get().pk


def a_return(room: Backroom, verb: str) -> Shipment:
    """A return that waits for an act of this name."""
    if verb == "form-222":
        return room.begun(Group.FORM_222)
    if verb == "ask":
        row = room.begun()
        room.picked(row, room.pulled())
        return row
    if verb == "call-back":
        return room.asked()
    if verb == "ship":
        return room.answered(room.asked())
    if verb in {"confirm", "follow-up"}:
        return room.shipped()
    row = room.begun()
    if verb == "lines":
        room.pulled()
    return row


def returns_bodies(world: World | None) -> dict[str, dict[str, Any]]:
    """A right body for each, every field said."""
    lot = Lot.objects.order_by("-pk").first() if world else None
    shelves = Place.objects.filter(kind=PlaceKind.QUARANTINE)
    quarantine = shelves.order_by("-pk").first() if world else None
    there = {
        "lot_id": lot.pk if lot else 1,
        "place_id": quarantine.pk if quarantine else 1,
    }
    keeper = ReverseDistributor.objects.first() if world else None
    box = WasteContainer.objects.first() if world else None
    fill = Fill.objects.order_by("-pk").first() if world else None
    return {
        KEPT: {"code": "mesquite", "name": "Mesquite", "dea": DEA, "address": "1 Road",
               "phone": "5125550100", "credit_days": 30, "active": True},
        "/returns/shipments": {
            "group": Group.PLAIN.value, "distributor_id": keeper.pk if keeper else 1,
            "wholesaler_id": None},
        f"{ONE}/lines": there | {"quantity": "10", "received_id": None},
        f"{ONE}/form-222": {"form_222": "230000001"},
        f"{ONE}/call-back": BECAUSE,
        f"{ONE}/ship": {"carrier": "UPS", "tracking": "1Z"},
        f"{ONE}/confirm": {"on": TODAY},
        f"{ONE}/follow-up": {"says": "they count it", "promised_on": "2026-12-01"},
        f"{ONE}/cancel": BECAUSE,
        "/returns/lines/{line_id}/drop": BECAUSE,
        "/returns/lines/{line_id}/write-off": BECAUSE,
        "/returns/waste": {"stream": Stream.OTHER.value, "stands": "back room"},
        "/returns/waste/{container_id}/items": there | {
            "quantity": "10", "read": True, "traits": [], "sharp": False, "original": True,
            "weak_warfarin": False, "because": "expired", "key": "t1"},
        "/returns/hand-overs": {
            "container_ids": [box.pk if box else 1], "hauler": "Hill", "manifest": "M1"},
        "/returns/hand-overs/{hand_over_id}/copy": {"on": TODAY},
        "/returns/destructions": {
            "items": [there | {"quantity": "10"}], "place": "pharmacy",
            "method": "burnt at a permitted unit", "destroyed_on": TODAY, "key": "d1",
            "initials": "S2", "pin": PIN},
        "/returns/brought": {
            "fill_id": fill.pk if fill else 1, "lot_id": there["lot_id"], "quantity": "5",
            "purpose": "error", "because": "wrong strength", "key": "b1"},
        COLLECTOR: {"registered": True, "evidence": "DEA certificate of 2026-11-02"},
    }  # fmt: skip
