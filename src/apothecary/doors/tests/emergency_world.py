"""Emergency oral orders that stand where each endpoint would take them."""

from typing import Any

from apothecary.config.tests.world import World
from apothecary.intake.actions.by_hand import ByHand, receive_by_hand
from apothecary.intake.actions.entry import save_draft
from apothecary.intake.forms import read_picture
from apothecary.intake.models import Source
from apothecary.intake.tests.test_by_hand import PNG
from apothecary.prescriptions.emergency.models import EmergencyOrder
from apothecary.prescriptions.emergency.tests.orders import record_of, take

COVERS = "/arrivals/{arrival_id}/covers"


def of_emergencies(world: World, path: str) -> dict[str, object]:
    """An order that waits for its prescription, whatever the path."""
    return {"oral_id": record_of(take(world)).pk}


def papered(world: World) -> dict[str, object]:
    """The signed paper of an order that waits, scanned and typed as it reads."""
    rx = take(world).prescription
    given = ByHand(source=Source.PAPER, picture=read_picture(PNG))
    arrival = receive_by_hand(by=world.technician, given=given)
    reads = {
        "patient_id": str(rx.patient_id),
        "prescriber_id": str(rx.prescriber_id),
        "package_id": str(rx.package_id),
        "written_on": f"{rx.written_on:%m/%d/%Y}",
    }
    save_draft(by=world.technician, arrival_id=arrival.pk, typed=reads)
    return {"arrival_id": arrival.pk}


def emergency_bodies(world: World | None = None) -> dict[str, dict[str, Any]]:
    """The bodies of what covers an order and of who was told, every field said."""
    last = EmergencyOrder.objects.order_by("pk").last() if world else None
    return {
        "/emergency-orders/{oral_id}/told": {
            "whom": "dea",
            "office": "Austin Resident Office",
            "spoke_with": "Agent Ray",
            "how": "telephone",
            "told_at": "11/23/2026 12:00",
            "because": "the prescriber denies it",
        },
        COVERS: {
            "order_id": last.pk if last else 1,
            "oral_order_on": "2026-11-23",
            "words": True,
            "postmarked_on": "2026-11-23",
            "received_on": "2026-11-23",
            "values": {"quantity": "12"},
        },
    }
