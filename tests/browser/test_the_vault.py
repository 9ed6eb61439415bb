"""The vault at the keyboard: a count and the discrepancy it opens, a Form 222."""

import re
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


def test_a_form_is_written_by_the_technician_and_signed_by_who_holds_the_power(
    desk: Page, boss: Page, house: House
) -> None:
    desk.goto("/vault/orders/")
    desk.keyboard.press("F2")
    desk.keyboard.type("230008801")
    desk.keyboard.press("F10")
    desk.wait_for_url(re.compile(r"/vault/orders/\d+/"))
    settled(desk)
    desk.keyboard.type("morphine 15")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("[name=package]")
    desk.fill("[name=packages]", "2")
    desk.keyboard.press("F10")
    desk.locator("text=0 of 2, 2 to come").last.wait_for()
    assert desk.locator("text=You do not sign it").count() == 1
    boss.goto(desk.url.split("?")[0])
    boss.fill("[name=lines_completed]", "3")
    boss.keyboard.press("F10")
    boss.wait_for_selector("text=It says 3 lines were completed; 1 were")
    boss.fill("[name=lines_completed]", "1")
    boss.keyboard.press("F10")
    boss.wait_for_selector("text=Keep a copy and send the original")
    (form,) = [
        each
        for each in Somebody(house, "tech").reads("/vault/orders")
        if each["serial"] == "230008801"
    ]
    assert (form["state"], form["signed_by"]) == ("signed", "Rita Pharmacist")


def test_what_the_programme_refused_is_put_right_without_a_mouse(boss: Page) -> None:
    boss.goto("/vault/monitoring/")
    boss.wait_for_selector("text=1 record waits to be put right")
    boss.keyboard.press("ArrowDown")
    boss.keyboard.press("Enter")
    boss.wait_for_url(re.compile(r"/vault/monitoring/records/\d+/$"))
    settled(boss)
    # The cursor stands in the element they refused.
    assert boss.evaluate("document.activeElement.name") == "value"
    boss.keyboard.press("ControlOrMeta+a")
    boss.keyboard.type("BS1234563")
    boss.keyboard.press("F3")
    boss.keyboard.type("renewed under this number")
    boss.keyboard.press("F10")
    # Nothing else waits: back to the month.
    boss.wait_for_url("**/vault/monitoring/")
    assert boss.locator("text=waits to be put right").count() == 0


def test_the_pharmacist_looks_at_yesterdays_trail_and_signs_it_by_the_keys(boss: Page) -> None:
    boss.goto("/vault/epcs/")
    boss.keyboard.press("Alt+t")
    boss.wait_for_selector("text=7 days are not signed")
    boss.keyboard.press("F3")
    boss.wait_for_selector("h1:has-text('Audit trail of')")
    boss.keyboard.press("F2")
    boss.keyboard.type("nothing unusual")
    boss.keyboard.press("F10")
    boss.wait_for_selector("text=6 days are not signed")
    assert boss.locator("text=nothing unusual").count() == 1
