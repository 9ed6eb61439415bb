"""A count of the vault at the keyboard, and the discrepancy it opens."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from browser.chromium import seated, settled, work_station
from journeys.house import House
from journeys.people import Somebody

pytestmark = pytest.mark.browser
# The technician counts, the new one watches and counts again.
SECOND = {"initials": "NN", "pin": "4444"}


@pytest.fixture
def desk(browser: Browser, house: House) -> Iterator[Page]:
    context = work_station(browser, house)
    yield seated(context, house, "tech")
    context.close()


@pytest.fixture
def other(browser: Browser, house: House) -> Iterator[Page]:
    context = work_station(browser, house)
    yield seated(context, house, "newtech")
    context.close()


@pytest.fixture
def boss(browser: Browser, house: House) -> Iterator[Page]:
    context = work_station(browser, house)
    yield seated(context, house, "rph")
    context.close()


def begun(desk: Page) -> None:
    """The count of the first place, by two."""
    desk.goto("/vault/counts/")
    desk.fill("[name=initials]", SECOND["initials"])
    desk.fill("[name=pin]", SECOND["pin"])
    desk.keyboard.press("F10")
    desk.wait_for_url("**/vault/counts/*/")
    settled(desk)


def test_what_two_count_and_do_not_find_is_closed_by_a_pharmacist_alone(
    desk: Page, other: Page, boss: Page, house: House
) -> None:
    begun(desk)
    desk.fill("[name=counted]", "1")
    desk.keyboard.press("F10")
    desk.wait_for_selector("text=again, by another")
    other.goto(desk.url)
    other.locator("tr", has_text="again, by another").locator("a").click()
    other.wait_for_selector("text=again, by you")
    other.fill("[name=counted]", "2")
    other.keyboard.press("F10")
    other.wait_for_selector("text=does not agree")
    (case,) = Somebody(house, "tech").reads("/vault/discrepancies")
    here = f"/vault/discrepancies/{case['id']}/"
    desk.goto(here)
    desk.fill("[name=explanation]", "the bottle was poured over")
    desk.keyboard.press("F7")
    desk.wait_for_selector("text=A pharmacist closes it")
    assert desk.locator("text=Why it is closed").count() == 0
    boss.goto(here)
    boss.fill("[name=because]", "found in the drawer below, and broken")
    boss.keyboard.press("F10")
    boss.wait_for_selector("text=Settled")
    assert Somebody(house, "tech").reads("/vault/discrepancies")[0]["state"] == "closed"
