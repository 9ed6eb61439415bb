"""A Chromium as the counter has it: found on the machine, small, without the network's help."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from apothecary.workbench.tests.unhurried import unhurried
from browser.hands import PATIENCE_MS
from journeys.house import House

NAMES = ("chromium", "chromium-browser", "google-chrome")
FOUND = next((path for name in NAMES if (path := shutil.which(name))), None)
NONE_FOUND = "no Chromium is found: install it, e.g. apt-get install chromium"
COUNTER: ViewportSize = {"width": 1366, "height": 768}
WIDE: ViewportSize = {"width": 1920, "height": 1080}
# Said in full is only what is wrong: the long list of what is right is most of axe's work.
AXE = "axe.run({resultTypes: ['violations']})"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, for as long as the block lasts."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=FOUND, args=list(FLAGS))
        yield browser
        browser.close()


def work_station(
    browser: Browser, house: House, *, size: ViewportSize = COUNTER, dark: bool = False
) -> BrowserContext:
    """A browser of its own with nobody signed in."""
    context = browser.new_context(
        base_url=house.url, viewport=size, color_scheme="dark" if dark else "light"
    )
    context.set_default_timeout(PATIENCE_MS)
    return context


def seated(context: BrowserContext, house: House, username: str) -> Page:
    """A page of that station with somebody signed in already."""
    context.add_cookies(
        [{
            "name": "apothecary_session",
            "value": house.token("worker", username),
            "url": house.url,
        }]
    )  # fmt: skip
    return unhurried(context.new_page())


def settled(page: Page) -> None:
    """Wait until every piece of the page that comes by itself has come."""
    expect(page.locator(".htmx-request, .loading")).to_have_count(0, timeout=PATIENCE_MS)
