"""An emergency order that waits, a call that becomes one, a message that may cover one."""

from dataclasses import dataclass

from journeys.people import form_of
from journeys.test_emergency_oral import DRUG, SAID, called_in, order_of
from journeys.walk import Team


@dataclass(frozen=True)
class Emergency:
    """The numbers of the order, of the message beside it, and of another call."""

    order: int
    covers: int
    call: int


def emergency_taken(team: Team) -> Emergency:
    """One order taken from its call; of another the call is typed and not yet entered."""
    message, fill = called_in(team, "Alejandra Mendez")
    call = team.rita.does(
        "/arrivals",
        {"source": "phone", "caller": "Dr. Okafor", "read_back": True}
        | {"said": f"Hector Garza, {DRUG} mg, ten tablets, one in the morning"},
    )
    values = form_of(message) | SAID | {"origin": "2", "pay": "cash"}
    team.rita.does(f"/arrivals/{call['id']}/draft", {"values": values})
    return Emergency(
        order=order_of(team.rita, fill)["id"], covers=message["id"], call=call["id"]
    )
