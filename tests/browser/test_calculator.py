"""The calculator by keyboard alone, in both themes, at the counter's size and doubled."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from browser.chromium import AXE, COUNTER, seated, settled, work_station
from journeys.house import House

pytestmark = pytest.mark.browser

DOUBLED: ViewportSize = {"width": 683, "height": 384}
WHERE = {
    "list": "/calculator",
    "empty form": "/calculator?of=E13",
    "square": "/calculator?of=B20&high=10&low=2&want=5&total=90",
    "refused": "/calculator?of=E11&age=400&kg=70+cm&scr=",
    "caution": "/calculator?of=E24&kg=154&cm=110&age=5",
    "nothing found": "/calculator?q=zebra",
}
# From the list to the result: the words, the row, three inputs; every letter is a key.
WORDS, TYPED = "cockcroft", ("58", "161 lb", "1.2")
KEYS = len(WORDS) + 2 + sum(len(text) + 2 for text in TYPED)


@pytest.fixture
def page(browser: Browser, house: House) -> Iterator[Page]:
    context = work_station(browser, house)
    yield seated(context, house, "tech")
    context.close()


def test_from_words_to_the_result_without_a_mouse(page: Page) -> None:
    page.goto("/calculator")
    settled(page)
    pressed = 0
    for letter in WORDS:
        page.keyboard.press(letter)
        pressed += 1
    expect(page.locator("tr[data-open]")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(page.locator("#calculation-E11")).to_be_focused()
    page.keyboard.press("Enter")
    pressed += 2
    page.wait_for_url("**of=E11*")
    settled(page)
    for text in TYPED:
        for letter in text:
            page.keyboard.press("Space" if letter == " " else letter)
            pressed += 1
        for _ in range(2):  # past the unit, which was typed or is the declared one
            page.keyboard.press("Enter")
            pressed += 1
    expect(page.locator("#result")).to_have_text("69.3 mL/min")
    assert pressed <= KEYS


@pytest.mark.parametrize("name", WHERE)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_cut_off(
    browser: Browser, house: House, name: str, dark: bool
) -> None:
    axe = find_spec("axe_playwright_python")
    assert axe is not None
    assert axe.origin is not None
    context = work_station(browser, house, dark=dark)
    page = seated(context, house, "tech")
    for size in (COUNTER, DOUBLED):
        page.set_viewport_size(size)
        page.goto(WHERE[name])
        settled(page)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        page.evaluate((Path(axe.origin).parent / "axe.min.js").read_text())
        found = page.evaluate(AXE)["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []
    context.close()
