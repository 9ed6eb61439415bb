"""Emergency oral orders that stand where each endpoint would take them."""

from typing import Any

from apothecary.config.tests.world import World
from apothecary.prescriptions.emergency.tests.orders import record_of, take


def of_emergencies(world: World, path: str) -> dict[str, object]:
    """An order that waits for its prescription, whatever the path."""
    return {"oral_id": record_of(take(world)).pk}


def emergency_bodies() -> dict[str, dict[str, Any]]:
    """The bodies of what covers an order and of who was told, every field said."""
    return {
        "/emergency-orders/{oral_id}/told": {
            "whom": "dea",
            "office": "Austin Resident Office",
            "spoke_with": "Agent Ray",
            "how": "telephone",
            "told_at": "11/23/2026 12:00",
            "because": "the prescriber denies it",
        },
        "/arrivals/{arrival_id}/covers": {
            "order_id": 1,
            "oral_order_on": "2026-11-23",
            "words": True,
            "postmarked_on": "2026-11-23",
            "received_on": "2026-11-23",
            "values": {"quantity": "12"},
        },
    }
