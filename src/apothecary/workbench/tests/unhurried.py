"""A hand in a real browser that looks before it strikes.

A person strikes no key at a page that is not there yet, nor at a piece that is just being
replaced, nor two keys within a scanner's gap. A test that did so would prove the speed of the
machine it runs on, and fail on a busy one.
"""

import time
from collections.abc import Callable

from playwright.sync_api import Error, Page, expect

# A hand leaves at least so long between two keys; what is faster is a scanner.
HAND_MS = 75
PATIENCE_S = 20
LOOK_MS = 15
# A page that was asked to go and did not (what it asked for was saved as a file) stays.
WATCH = "addEventListener('beforeunload', () => { window.leaves = performance.now(); });"
STILL = """() => document.readyState === 'complete'
  && !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')
  && !(performance.now() - window.leaves < 2000)"""


def stands_still(page: Page) -> bool:
    """Whether the page is there, with no piece of it on the way."""
    try:
        return bool(page.evaluate(STILL))
    except Error:  # it went away while it was looked at
        return False


def calm(page: Page) -> None:
    """Wait until the page stands still, and as long as a hand takes."""
    give_up_at = time.monotonic() + PATIENCE_S
    page.wait_for_timeout(HAND_MS)
    while not stands_still(page):
        assert time.monotonic() < give_up_at, f"{page.url} did not stand still"
        page.wait_for_timeout(LOOK_MS)


def unhurried(page: Page) -> Page:
    """The same page, whose keyboard looks before each word and each single key."""
    page.add_init_script(WATCH)
    expect.set_options(timeout=PATIENCE_S * 1000)
    for name, gap in (("press", 0), ("type", HAND_MS)):
        setattr(page.keyboard, name, _looking(page, getattr(page.keyboard, name), gap))
    return page


def _looking(page: Page, strike: Callable[..., None], gap: float) -> Callable[..., None]:
    def patient(keys: str, *, delay: float | None = None) -> None:
        calm(page)
        strike(keys, delay=gap if delay is None else delay)

    return patient
