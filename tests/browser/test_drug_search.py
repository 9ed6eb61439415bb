"""A drug is found by keys alone: while it is typed, at the screen, in the box, at entry."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from browser.chromium import COUNTER, WIDE, seated, work_station
from browser.hands import Hands
from browser.scene import fax, taken_in
from journeys.house import House
from journeys.people import Somebody

pytestmark = pytest.mark.browser

FOUND = "#drugs-found tbody tr"


@pytest.fixture
def counter(browser: Browser, house: House) -> Iterator[Hands]:
    """The technician at a counter."""
    context = work_station(browser, house)
    yield Hands(seated(context, house, "tech"))
    context.close()


def look_for(hands: Hands, asked: str) -> None:
    """Put something else into the search field, and wait for its list."""
    field = hands.page.locator("#drug-asked")
    field.press("Control+a")
    hands.write(asked)
    hands.page.wait_for_selector(f'#drugs-found[data-asked="{asked}"]')


def test_results_come_while_typing_and_enter_opens_the_first(counter: Hands) -> None:
    page = counter.page
    page.goto("/drugs/")
    look_for(counter, "metfor 500")
    first = page.locator(FOUND).first
    expect(first).to_contain_text("metFORMIN")
    expect(first).to_contain_text("500 mg")
    address = first.get_attribute("data-open")
    counter.begin()
    counter.press("Enter")
    page.wait_for_url(f"**{address}")
    assert counter.tally.keys == 1


def test_the_arrows_walk_into_the_list_and_back_into_the_field(counter: Hands) -> None:
    page = counter.page
    page.goto("/drugs/?q=lisin")
    page.locator("#drug-asked").focus()
    counter.press("ArrowDown")
    counter.press("ArrowDown")
    second = page.locator(FOUND).nth(1)
    expect(second).to_be_focused()
    counter.press("ArrowUp")
    counter.press("ArrowUp")
    expect(page.locator("#drug-asked")).to_be_focused()
    counter.press("F4")
    expect(page.locator("#drug-asked")).to_be_focused()


def test_enter_never_opens_a_line_of_an_older_list(counter: Hands) -> None:
    page = counter.page
    page.goto("/drugs/?q=lisin")
    page.locator(FOUND).first.wait_for()
    # The answer to what is typed now never comes: only the older list is there.
    page.route("**/drugs/?q=warf*", lambda route: route.abort())
    field = page.locator("#drug-asked")
    field.fill("warf")
    page.unroute("**/drugs/?q=warf*")
    field.press("Enter")
    page.wait_for_url("**/drugs/?q=warf")
    expect(page.locator(FOUND).first).to_contain_text("warfarin")


def test_a_slip_an_abbreviation_and_look_alikes_are_said_on_the_screen(counter: Hands) -> None:
    page = counter.page
    page.goto("/drugs/")
    look_for(counter, "metfromin")
    expect(page.locator("#drugs-found")).to_contain_text("showing metformin for metfromin")
    look_for(counter, "hctz 25")
    expect(page.locator("#drugs-found")).to_contain_text("HCTZ = hydrochlorothiazide")
    expect(page.locator("#drugs-found")).to_contain_text("error-prone")
    look_for(counter, "hydr 25")
    alike = page.locator(f"{FOUND}.look").filter(has_text="look-alike: hydrALAZINE").first
    expect(alike).to_contain_text("hydrOXYzine")
    look_for(counter, "qqqq")
    expect(page.locator("#drugs-found")).to_contain_text("No drug answers")


def test_the_box_on_every_page_finds_a_drug_by_pieces(counter: Hands) -> None:
    page = counter.page
    page.goto("/")
    counter.press("/")
    counter.write("500 metf")
    line = page.locator("#found a").filter(has_text="metFORMIN").first
    line.wait_for()
    counter.press("ArrowDown")
    counter.press("Enter")
    page.wait_for_url("**/drugs/*/")


def test_at_entry_pieces_find_the_product_on_hand_and_one_key_takes_it(
    counter: Hands, tess: Somebody
) -> None:
    page = counter.page
    page.goto(f"/intake/{taken_in(tess, {'source': 'fax'}, image=fax())}/")
    counter.press("F4")
    counter.write("lisinp 10")
    lines = page.locator("#choices tr")
    expect(page.locator("#choices")).to_contain_text("showing lisinopril for lisinp")
    expect(lines.first).to_contain_text("lisinopril 10 mg")
    expect(lines.first).not_to_contain_text("· 0 on hand")
    counter.begin()
    counter.press("Alt+1")
    expect(page.locator("#f-package")).to_have_value(re.compile("^lisinopril 10 mg tablet"))
    assert counter.tally.keys == 1


@pytest.mark.parametrize("size", [COUNTER, WIDE], ids=["1366", "1920"])
def test_the_list_fits_the_screen_with_every_column(
    browser: Browser, house: House, size: ViewportSize
) -> None:
    context = work_station(browser, house, size=size)
    page = seated(context, house, "tech")
    page.goto("/drugs/?q=hydr")
    page.locator(FOUND).first.wait_for()
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    heads = page.locator("#drugs-found thead th").all_inner_texts()
    context.close()
    assert [head.lower() for head in heads] == [
        *("drug", "strength", "form", "labeler", "price a unit", "here", "why it is shown"),
    ]


def test_a_search_changes_nothing_but_the_address(counter: Hands) -> None:
    page: Page = counter.page
    page.goto("/drugs/")
    look_for(counter, "warf")
    assert urlsplit(page.url).query == "q=warf"
    expect(page.locator("#drug-asked")).to_be_focused()
    expect(page.locator("#drug-asked")).to_have_value("warf")
