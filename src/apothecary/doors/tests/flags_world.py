"""A red flag that is up, and the body that says what it is about."""

from typing import Any

from apothecary.config.tests.world import World
from apothecary.config.tests.world_days import TODAY
from apothecary.vault.unusual.looking import shown
from apothecary.vault.unusual.tests.hands import begun

LOOK = "/vault/flags/look"


def of_flags(world: World, path: str) -> dict[str, object]:
    """The book began a year ago, and three hundred came this month that nobody dispensed."""
    begun(world, days=365)
    world.receive("oxycodone", "300")
    return {}


def flags_bodies(world: World | None) -> dict[str, dict[str, Any]]:
    """What is up now, and what was found."""
    rows = shown(pharmacy_id=world.pharmacy.pk, today=TODAY) if world else []
    flags = [
        {"kind": row.flag.kind, "subject": row.flag.subject, "says": row.flag.says}
        for row in rows
    ]
    return {LOOK: {"flags": flags or [{"kind": "k", "subject": "s", "says": "x"}],
                   "because": "a hospice opened"}}  # fmt: skip
