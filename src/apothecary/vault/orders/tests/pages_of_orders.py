"""A browser at the pages of orders, and what it reads there."""

import re
from typing import Any

from django.test import Client

from apothecary.config.tests.world import World
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.vault.orders.arriving import link_arrival
from apothecary.vault.orders.models import Form222Receipt
from apothecary.vault.orders.tests.desk import PLAINS, arrived

TYPED = {
    "serial": "230000001",
    "supplier_name": PLAINS.name,
    "supplier_address": PLAINS.address,
    "dea": PLAINS.dea,
}


def client_of(world: World, role: Role = Role.TECHNICIAN) -> Client:
    """Somebody's browser."""
    token = worker_token(person=world.people[role], station="x", at=world.technician.at)
    return Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})


def text(answer: Any) -> str:
    """What a page says, without its marks."""
    page = answer.content.decode()
    said = re.sub(r"<(script|style|svg).*?</\1>|<[^>]+>", " ", page, flags=re.S)
    return " ".join(said.split())


def beside(answer: Any, field: str) -> str:
    """What is refused beside a field of the page."""
    found = re.search(rf'id="says-{field}".*?</div>', answer.content.decode(), flags=re.S)
    return re.sub(r"<[^>]+>", " ", found[0]) if found else ""


def comes(
    world: World, packages: int = 1, key: str = "r1", number: str = "230000001"
) -> Form222Receipt:
    """Packages at the door, before technician and pharmacist."""
    return link_arrival(
        by=world.technician,
        arrived=arrived(world, packages, number=number),
        key=key,
        witness_id=world.people[Role.PHARMACIST].pk,
    )
