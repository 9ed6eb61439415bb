"""A house of its own for the browser, and a Chromium to look at it with."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from apothecary.workbench.tests.unhurried import unhurried
from browser.chromium import FOUND, NONE_FOUND, chromium, work_station
from browser.hands import Hands
from browser.scene import Scene, set_scene
from journeys.house import House, running_house
from journeys.outside import Doctors
from journeys.people import Somebody


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if FOUND is None:
        pytest.skip(NONE_FOUND)
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def house(browser: Browser) -> Iterator[House]:
    """Only where there is a browser: starting a house for nobody takes its time."""
    with running_house() as running:
        yield running


@pytest.fixture(scope="module")
def scene(house: House) -> Scene:
    return set_scene(house)


@pytest.fixture
def hands(browser: Browser, house: House) -> Iterator[Hands]:
    """Somebody's hands at a work station where nobody has signed in."""
    context = work_station(browser, house)
    yield Hands(unhurried(context.new_page()))
    context.close()


@pytest.fixture
def doctors(house: House) -> Doctors:
    return Doctors(house)


@pytest.fixture
def tess(house: House) -> Somebody:
    """The technician as a program: to look, where the browser only acts."""
    return Somebody(house, "tech")
