"""What several files of these tests bill."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from apothecary.claims.building import Part
from apothecary.claims.building.tests.at_the_payer import Line
from apothecary.claims.tests.counter import Payer


@pytest.fixture
def part_of_a_fill() -> Part:
    return Part(status="P", quantity_intended=Decimal(30), days_intended=30)


@pytest.fixture(scope="session")
def line() -> Iterator[Line]:
    payer = Payer()
    yield Line(payer)
    payer.stop()
