"""A browser at the counter, and what its forms send."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.staff.actions import worker_token
from apothecary.staff.models import Person

if TYPE_CHECKING:  # the world is a plugin of pytest, which wants to import it first
    from apothecary.config.tests.world import World

HX = {"HX-Request": "true"}
SIGNED = "600x180 M40,90 L80,40 L120,130 L160,50 L200,120 L240,70 L280,110 L320,60"
BUDGET = 8


def signed_in(person: Person) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    now = datetime.now(UTC)
    client.cookies["apothecary_session"] = worker_token(person=person, station="t", at=now)
    return client


def strangers(world: "World") -> Person:
    """The pharmacist of the other pharmacy."""
    return Person.objects.get(pk=world.stranger.somebody)


def controlled(world: "World") -> Fill:
    """A ready bag of a Schedule II drug."""
    world.receive("oxycodone", "100")
    order = world.order("oxycodone", refills=0)
    return world.walk(
        enter_prescription(by=world.technician, order=order), until=FillState.READY
    )


def stored(fill: Fill) -> Fill:
    """The fill as it stands in the database now."""
    found: Fill = Fill.objects.get(pk=fill.pk)
    return found


def label(fill: Fill) -> str:
    """What the code on its label says."""
    return f"RX{fill.prescription.number}-{fill.number}-{fill.part}"


def typed(*fills: Fill, **changes: object) -> dict[str, object]:
    """What the register sends of a plain sale; **changes are fields that differ."""
    return {
        "fill_ids": [str(fill.pk) for fill in fills],
        "receiver": "Jane Doe",
        "relationship": "patient",
        "identifiers": ["name", "birth_date"],
        "counsel": "refused",
        "signature": SIGNED,
        "method": "card",
    } | changes


def asked(client: Client, path: str) -> tuple[str, int]:
    """The page and how many statements it took."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode(), len(queries)
