"""A wholesaler for every test of the room."""

import pytest

from apothecary.purchasing.tests.yard import Yard, yard_of


@pytest.fixture
def yard(pharmacy) -> Yard:
    """The first wholesaler of the tests' world."""
    return yard_of(pharmacy)
