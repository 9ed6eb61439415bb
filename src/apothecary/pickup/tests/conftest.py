"""A technician at the counter, and a bag that is ready."""

import pytest

from apothecary.pickup.tests.counter import signed_in
from apothecary.prescriptions.states import FillState
from apothecary.staff.duties import Role


@pytest.fixture
def tech(pharmacy):
    return signed_in(pharmacy.people[Role.TECHNICIAN])


@pytest.fixture
def ready(pharmacy):
    return pharmacy.stocked(until=FillState.READY)
