"""One payer process that takes claims and electronic requests, made to behave in between."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from apothecary.claims.authorization.tests.desk import Desk, FullPayer, member_who_needs_consent

if TYPE_CHECKING:
    from apothecary.config.tests.world import World


@pytest.fixture(scope="session")
def full_payer() -> Iterator[FullPayer]:
    payer = FullPayer()
    yield payer
    payer.stop()


@pytest.fixture
def desk(pharmacy: "World", full_payer: FullPayer) -> Iterator[Desk]:
    """Pregabalin needs consent there, and the patient has a card of its own."""
    member_who_needs_consent(pharmacy)
    yield Desk(pharmacy, full_payer, at=pharmacy.system.at)
    full_payer.behave()
