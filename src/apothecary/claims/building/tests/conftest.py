"""What several files of these tests bill."""

from decimal import Decimal

import pytest

from apothecary.claims.building import Part


@pytest.fixture
def part_of_a_fill() -> Part:
    return Part(status="P", quantity_intended=Decimal(30), days_intended=30)
