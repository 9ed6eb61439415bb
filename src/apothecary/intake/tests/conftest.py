"""A prescription that has arrived, and what a technician types over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from apothecary.intake.actions.receive import receive_script
from apothecary.intake.models import Arrival
from apothecary.intake.tests.messages import Rx
from apothecary.staff.models import Partner

# The world is pytest's plugin: importing it here, earlier than pytest does, is refused.
if TYPE_CHECKING:
    from apothecary.config.tests.world import World

Arrive = Callable[[Rx], Arrival]


@pytest.fixture
def arrive(pharmacy: World) -> Arrive:
    """Send a prescription in, and get the arrival it became."""
    partner = Partner.objects.create(
        pharmacy=pharmacy.pharmacy, name="eprescribing", token_hash=b"x", may_send="script"
    )

    def send(rx: Rx) -> Arrival:
        receive_script(
            partner=partner, pharmacy=pharmacy.pharmacy, raw=rx.xml(), at=pharmacy.system.at
        )
        return Arrival.objects.get(message_id=rx.message_id)

    return send


@pytest.fixture
def form(pharmacy: World) -> dict[str, str]:
    """The entry form as it is posted for a clean prescription."""
    return {
        "patient_id": str(pharmacy.patient.pk),
        "prescriber_id": str(pharmacy.prescriber.pk),
        "package_id": str(pharmacy.drugs["lisinopril"].pk),
        "quantity": "30",
        "days_supply": "30",
        "refills": "2",
        "daw": "0",
        "written_on": "11/20/2026",
        "earliest_fill_on": "",
        "directions": "Take 1 tablet by mouth once daily",
        "origin": "3",
        "pay": "cash",
        "price_usd": "",
        "promised": "",
        "diagnosis": "",
        "note": "",
    }
