"""A back room for every test of returns, and its pages as each person sees them."""

from collections.abc import Callable

import pytest
from django.test import Client

from apothecary.returns.tests.backroom import Backroom, backroom_of
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in


@pytest.fixture
def room(pharmacy) -> Backroom:
    """The back room of the tests' world."""
    return backroom_of(pharmacy)


@pytest.fixture
def browser(room) -> Callable[[Role], Client]:
    """Pages as one person sees them."""

    def as_(role: Role) -> Client:
        person = room.world.people[role]
        stand_in(person.pharmacy_id)
        client = Client()
        token = worker_token(person=person, station="counter 1", at=room.by.at)
        client.cookies["apothecary_session"] = token
        return client

    return as_
