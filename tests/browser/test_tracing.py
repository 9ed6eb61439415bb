"""Suspect product by keys: from the board to the determination, and an inspector's request."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from browser.chromium import COUNTER, seated, work_station
from browser.hands import Hands
from journeys.house import House
from journeys.people import Somebody

pytestmark = pytest.mark.browser

LISINOPRIL = "0591-0409-05"


@pytest.fixture(scope="module")
def held(house: House) -> int:
    """A lot that somebody does not trust; the number of its case."""
    tess = Somebody(house, "tech")
    lot = tess.lots(LISINOPRIL)[0]["id"]
    return int(tess.does("/tracing/hold", {"lot_id": lot, "says": "the seals differ"})["id"])


@pytest.fixture
def rita(browser: Browser, house: House) -> Iterator[Hands]:
    """The pharmacist's hands."""
    context = work_station(browser, house)
    page = seated(context, house, "rph")
    page.set_viewport_size(COUNTER)
    yield Hands(page)
    context.close()


def test_a_pharmacist_looks_into_it_and_determines_it_without_a_mouse(
    rita: Hands, held: int
) -> None:
    page = rita.page
    page.goto("/purchasing/")
    rita.press("Alt+8")
    rita.arrives("/purchasing/tracing/")
    expect(page.get_by_text("the seals differ")).to_be_visible()
    rita.press("ArrowDown")
    rita.press("Enter")
    rita.arrives(f"/purchasing/tracing/case/{held}/")
    rita.press("n")
    rita.write("Firm: not theirs")
    rita.press("Enter")
    expect(page.get_by_role("cell", name="Firm: not theirs")).to_be_visible()
    rita.press("w")
    rita.write("not their seals")
    rita.press("F12")
    rita.sees("hours are left")
    expect(page.get_by_text("Form FDA 3911")).to_be_visible()
    rita.press("F10")
    expect(page.get_by_role("link", name="Initial notification")).to_be_visible()
    rita.press("Escape")
    rita.arrives("/purchasing/tracing/")
    expect(page.get_by_text("h left")).to_be_visible()


def test_an_inspector_is_answered_from_the_board_by_two_keys_and_the_number(
    rita: Hands,
) -> None:
    page = rita.page
    page.goto("/purchasing/tracing/")
    rita.press("i")
    rita.arrives("/purchasing/tracing/answer/")
    rita.write("NOT-A-LOT")
    rita.press("F10")
    rita.sees("Nothing fits NOT-A-LOT")
