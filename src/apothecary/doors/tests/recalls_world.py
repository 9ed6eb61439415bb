"""Recalls, places and calls that stand where each endpoint would take them."""

from typing import Any

from apothecary.config.tests.world import World
from apothecary.prescriptions.states import FillState
from apothecary.returns.recalls.models import Recall, RecallCall, RecallHit
from apothecary.returns.recalls.tests.notices import take

ONE = "/recalls/{recall_id}"


def of_recalls(world: World, path: str) -> dict[str, object]:
    """The parts of an address, each of a thing that stands where it must."""
    if "{hit_id}" in path:
        world.receive("lisinopril", "100")
        take(world)
        return {"hit_id": RecallHit.objects.get().pk}
    if "{call_id}" in path:
        world.stocked("lisinopril", until=FillState.SOLD)
        take(world, recall_class="I")
        return {"call_id": RecallCall.objects.get().pk}
    if "{recall_id}" not in path:
        return {}
    return {"recall_id": a_recall(world, path.rsplit("/", 1)[-1]).pk}


def a_recall(world: World, verb: str) -> Recall:
    """A recall that waits for an act of this name."""
    if verb == "decide":
        return take(world, "Lots L1 through L9")
    return take(world, "Lot X9")


def recalls_bodies(world: World | None) -> dict[str, dict[str, Any]]:
    """A right body for each, every field said."""
    ndc = world.drugs["lisinopril"].ndc if world else ""
    return {
        "/recalls": {
            "number": "LETTER-7", "kind": "recall", "recall_class": "II",
            "depth": "pharmacy", "firm": "Plains Pharma", "product": "Lisinopril 10 mg",
            "reason": "a wrong tablet", "ndc": [ndc], "lots": ["L1"], "every_lot": False,
            "issued_on": "2026-11-20", "reply_by": "2026-12-01",
            "patients_since": "2026-01-01", "instructions": "send it back"},
        f"{ONE}/decide": {"lots": ["L1"], "every_lot": False, "because": "letter"},
        "/recalls/places/{hit_id}/look": {"found": "100", "because": "all there"},
        f"{ONE}/deepen": {"depth": "consumer"},
        f"{ONE}/reply": {"reply": "none on hand"},
        "/recalls/calls/{call_id}": {
            "way": "in person", "outcome": "has none left", "note": "at the counter"},
    }  # fmt: skip
