"""An emergency order that waits, a call that becomes one, a paper that covers one."""

from dataclasses import dataclass
from datetime import date

from journeys.people import form_of
from journeys.test_emergency_oral import (
    DRUG,
    PNG,
    SAID,
    called_in,
    given_on,
    order_of,
    reads,
)
from journeys.walk import Team


@dataclass(frozen=True)
class Emergency:
    """The numbers of the order, of the paper beside it, and of another call."""

    order: int
    given_on: date
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
    paper = team.tess.scans(PNG)
    team.tess.does(f"/arrivals/{paper}/draft", {"values": reads(message)})
    order = order_of(team.rita, fill)
    return Emergency(order=order["id"], given_on=given_on(order), covers=paper, call=call["id"])
