"""Every screen as people see it: for everybody, at every size, without a sideways scroll."""

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from browser.chromium import COUNTER, seated, settled, work_station
from browser.scene import SCREENS, Scene, Screen
from journeys.house import House

pytestmark = pytest.mark.browser

Open = Callable[[Screen, ViewportSize], Page]
WIDE: ViewportSize = {"width": 1920, "height": 1080}
# A counter's screen at 200 % has half as many CSS pixels.
DOUBLED: ViewportSize = {"width": 683, "height": 384}
SIZES = {"1366 x 768": COUNTER, "1920 x 1080": WIDE, "200 % at 1366": DOUBLED}


@pytest.fixture
def opened(browser: Browser, house: House, scene: Scene) -> Iterator[Open]:
    """Open a screen of the scene at a size, as whoever works there."""
    contexts = []

    def look(screen: Screen, size: ViewportSize) -> Page:
        context = work_station(browser, house, size=size)
        contexts.append(context)
        page = seated(context, house, screen.who) if screen.who else context.new_page()
        answer = page.goto(screen.path(scene))
        assert answer is not None
        assert answer.status == 200, f"{screen.name}: {answer.status}"
        settled(page)
        return page

    yield look
    for context in contexts:
        context.close()


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_nothing_is_cut_off_at_the_side_at_any_size(screen: Screen, opened: Open) -> None:
    for named, size in SIZES.items():
        page = opened(screen, size)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{screen.name} is {wide} pixels too wide at {named}"


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_axe_finds_nothing(screen: Screen, opened: Open) -> None:
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-playwright-python is not installed")
    page = opened(screen, COUNTER)
    page.evaluate((Path(found.origin).parent / "axe.min.js").read_text())
    answer = page.evaluate("axe.run()")
    told = [
        f"{one['id']}: {one['help']} — {node['html'][:120]}"
        for one in answer["violations"]
        for node in one["nodes"][:3]
    ]
    assert told == []
