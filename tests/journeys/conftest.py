"""One running house for all stories; each file of them leaves books that prove."""

from collections.abc import Iterator

import pytest

from journeys.books import Books
from journeys.house import House, running_house
from journeys.outside import Doctors, PayerDesk
from journeys.people import Somebody
from journeys.walk import Team


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """`apothecary demo` as a subprocess, with worker and payer, and doctors who wait."""
    with running_house() as running:
        yield running
        assert running.close() == 0, running.said()


@pytest.fixture(scope="session")
def doctors(house: House) -> Doctors:
    return Doctors(house)


@pytest.fixture
def payer(house: House) -> Iterator[PayerDesk]:
    """The payer's back office; it behaves again after each story."""
    desk = PayerDesk(house)
    yield desk
    desk.behave()


@pytest.fixture(scope="session")
def tess(house: House) -> Somebody:
    """The certified technician."""
    return Somebody(house, "tech")


@pytest.fixture(scope="session")
def rita(house: House) -> Somebody:
    """The pharmacist."""
    return Somebody(house, "rph")


@pytest.fixture(scope="session")
def books(house: House) -> Books:
    return Books(house.data)


@pytest.fixture(autouse=True, scope="module")
def _books_and_journal_prove(house: House) -> Iterator[None]:
    """After each file of stories `apothecary check all` finds nothing wrong."""
    yield
    assert house.faults() == []


@pytest.fixture(scope="session")
def team(doctors: Doctors, tess: Somebody, rita: Somebody) -> Team:
    return Team(doctors, tess, rita)
