"""One payer process for the room's tests, made to behave between them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from apothecary.claims.tests.counter import Payer, Till, make_member

if TYPE_CHECKING:
    from apothecary.config.tests.world import World


@pytest.fixture(scope="session")
def payer_process() -> Iterator[Payer]:
    payer = Payer()
    yield payer
    payer.stop()


@pytest.fixture
def till(pharmacy: "World", payer_process: Payer) -> Iterator[Till]:
    make_member(pharmacy)
    yield Till(pharmacy, payer_process, at=pharmacy.system.at)
    payer_process.behave()
