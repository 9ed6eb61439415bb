"""A person to ask about, and a programme that says what it is given."""

import json
from datetime import date
from typing import TYPE_CHECKING

from apothecary.vault.monitoring.lookup.asking import Asked, ask_programme
from apothecary.vault.monitoring.lookup.history import Person
from apothecary.vault.monitoring.lookup.models import LookUp
from apothecary.wires.models import Outgoing

if TYPE_CHECKING:  # the world is a plugin of pytest, which wants to import it first
    from apothecary.config.tests.world import World

JANE = Person(last_name="Doe", first_name="Jane", born_on=date(1980, 2, 29), state="TX")
OXYCODONE = {
    "filled_on": "2026-11-01",
    "product": "47781026301",
    "drug": "oxycodone 5 mg",
    "quantity": "60",
    "days_supply": "15",
    "prescriber": "R Whitlow DO",
    "pharmacy": "Bluestem Drug",
    "state": "TX",
}


def asked(world: "World", *, fill_id: int = 7, because: str = "a prescription") -> LookUp:
    """A question that waits in the outbox."""
    question = Asked(fill_id, world.patient.pk, JANE)
    return ask_programme(by=world.pharmacist, asked=question, because=because)


def question(row: LookUp) -> Outgoing:
    """The question's place in the outbox."""
    found: Outgoing = Outgoing.objects.get(party="history", about_id=row.pk)
    return found


def says(row: LookUp, result: str = "found", **said: object) -> bytes:
    """What a programme answers to it."""
    number = question(row).key.removeprefix("look-up ")
    body: dict[str, object] = {"request": number, "result": result}
    if result == "found":
        body["fills"] = [OXYCODONE]
    return json.dumps(body | said).encode()


def fresh(row: LookUp) -> LookUp:
    """The look-up as it stands now."""
    found: LookUp = LookUp.objects.get(pk=row.pk)
    return found
