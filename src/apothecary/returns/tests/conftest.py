"""A back room for every test of returns."""

import pytest

from apothecary.returns.tests.backroom import Backroom, backroom_of


@pytest.fixture
def room(pharmacy) -> Backroom:
    """The back room of the tests' world."""
    return backroom_of(pharmacy)
