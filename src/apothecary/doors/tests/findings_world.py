"""Something that screening found about a fill, still open."""

import json
from datetime import date

from apothecary.config.tests.world import World
from apothecary.prescriptions.models import Fill
from apothecary.screening.models import Finding


def finding(world: World, fill: Fill) -> int:
    """Something screening found, still open."""
    return Finding.objects.create(
        pharmacy=world.pharmacy,
        patient=world.patient,
        fill=fill,
        kind="interaction",
        severity="pharmacist",
        says="They interact.",
        because=json.dumps({"facts": ["new: lisinopril"]}),
        cite="a source",
        source_on=date(2026, 11, 22),
        verified="K",
        clears="another drug",
        fingerprint="f" * 32,
        found_at=world.technician.at,
    ).pk
