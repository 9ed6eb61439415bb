"""A look-up where each endpoint takes it: asked, answered, of several people."""

from typing import Any

from apothecary.config.tests.world import World
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.models import Fill
from apothecary.vault.monitoring.lookup.asking import take_history
from apothecary.vault.monitoring.lookup.tests.hands import asked, question, says

BECAUSE = {"because": "because"}
ONE = "/look-ups/{look_up_id}"
PEOPLE = [{"id": "TX-1", "says": "on Oak"}, {"id": "TX-2", "says": "on Elm"}]


def to_look_up(world: World) -> Fill:
    """A controlled drug in screening, whose patient can be asked about."""
    order = world.order("oxycodone", refills=0)
    return enter_prescription(by=world.technician, order=order)


def of_look_ups(world: World, path: str) -> dict[str, object]:
    """The look-up of an address, as far as its verb wants it."""
    if path == "/fills/{fill_id}/look-ups":
        return {"fill_id": to_look_up(world).pk}
    row = asked(world)
    if not path.endswith("/without"):
        several = path.endswith("/choose")
        said: dict[str, object] = {"candidates": PEOPLE} if several else {}
        raw = says(row, "candidates" if several else "found", **said)
        take_history(by=world.system, outgoing_id=question(row).pk, raw=raw)
    return {"look_up_id": row.pk}


def look_ups_bodies(world: World | None) -> dict[str, dict[str, Any]]:
    """A right body for each, every field said."""
    return {
        "/arrivals/{arrival_id}/look-up": {
            "patient_id": world.patient.pk if world else 1,
            "package_id": world.drugs["oxycodone"].pk if world else 1,
        },
        "/fills/{fill_id}/look-ups": BECAUSE,
        f"{ONE}/without": BECAUSE,
        f"{ONE}/choose": {"number": "TX-1"},
    }
