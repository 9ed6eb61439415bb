"""Every screen as people see it: for everybody, at every size, by day and by night."""

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from browser.chromium import AXE, COUNTER, WIDE, seated, settled, work_station
from browser.scene import SCREENS, Scene, Screen
from journeys.house import House

pytestmark = pytest.mark.browser

Open = Callable[[Screen], Page]
# A counter's screen at 200 % has half as many CSS pixels.
DOUBLED: ViewportSize = {"width": 683, "height": 384}
# What follows the size of the window or its colours has followed it two frames later.
TWO_FRAMES = "new Promise(on => requestAnimationFrame(() => requestAnimationFrame(on)))"
# The night has other colours than the day and nothing else: its rules are those of colours.
COLOURS = """axe.run({
  resultTypes: ['violations'],
  runOnly: {type: 'rule', values: ['color-contrast', 'link-in-text-block']},
})"""
THEMES: dict[Literal["light", "dark"], str] = {"light": AXE, "dark": COLOURS}
SIZES = {"1366 x 768": COUNTER, "1920 x 1080": WIDE, "200 % at 1366": DOUBLED}


@pytest.fixture(scope="module")
def opened(browser: Browser, house: House, scene: Scene) -> Iterator[Open]:
    """Open a screen of the scene at a counter, as whoever works there.

    One station for each of them: to unpack a new one for every screen costs a browser more
    than to show it.
    """
    stations: dict[str, Page] = {}

    def look(screen: Screen) -> Page:
        page = stations.get(screen.who)
        if page is None:
            context = work_station(browser, house)
            page = seated(context, house, screen.who) if screen.who else context.new_page()
            stations[screen.who] = page
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(COUNTER)
        answer = page.goto(screen.path(scene))
        assert answer is not None
        assert answer.status == screen.status, f"{screen.name}: {answer.status}"
        settled(page)
        return page

    yield look
    for page in stations.values():
        page.context.close()


@pytest.fixture(scope="module")
def axe() -> str:
    """The program that looks for what shuts people out."""
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-playwright-python is not installed")
    return (Path(found.origin).parent / "axe.min.js").read_text()


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_nothing_is_cut_off_and_axe_finds_nothing_at_any_size_by_day_or_night(
    screen: Screen, opened: Open, axe: str
) -> None:
    page = opened(screen)
    page.evaluate(axe)
    for named, size in SIZES.items():
        page.set_viewport_size(size)
        page.evaluate(TWO_FRAMES)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{screen.name} is {wide} pixels too wide at {named}"
        if size is WIDE:
            continue
        for theme, rules in THEMES.items():
            page.emulate_media(color_scheme=theme)
            page.evaluate(TWO_FRAMES)
            assert told(page.evaluate(rules)) == [], f"{screen.name}, {theme}, {named}"


def told(answer: dict[str, Any]) -> list[str]:
    """What axe found, so that it can be mended: the rule and the first pieces."""
    return [
        f"{one['id']}: {one['help']} — {node['html'][:120]}"
        for one in answer["violations"]
        for node in one["nodes"][:3]
    ]


IN_SIGHT = {
    "entry": "Commit and next", "fax": "Commit and next", "call": "Commit and next",
    "review": "Settle it", "check": "Approve and next", "fill": "To the pharmacist",
    "count": "Print the label", "wrong-bottle": "I have put it aside", "sale": "Sell",
    "reject": "Send again", "new-by-hand": "Take in and type", "bin": "In its bin",
}  # fmt: skip


@pytest.mark.parametrize(
    "screen", [one for one in SCREENS if one.name in IN_SIGHT], ids=lambda screen: screen.name
)
def test_the_commit_key_of_every_task_is_in_sight_without_scrolling(
    screen: Screen, opened: Open
) -> None:
    page = opened(screen)
    button = page.locator("main [data-key=F10]", has_text=IN_SIGHT[screen.name])
    box, strip = button.bounding_box(), page.locator("footer.strip").bounding_box()
    assert box is not None
    assert strip is not None
    assert box["y"] >= 46
    assert box["y"] + box["height"] <= strip["y"]


def test_a_scanned_paper_is_attached_to_its_emergency_order_without_a_mouse(
    browser: Browser, house: House, scene: Scene
) -> None:
    context = work_station(browser, house)
    page = seated(context, house, "rph")
    page.goto(f"/intake/{scene.emergency.covers}/")
    settled(page)
    page.keyboard.press("Alt+e")
    expect(page.get_by_role("heading", name="Covers an emergency")).to_be_visible()
    settled(page)
    page.keyboard.type(f"{scene.emergency.given_on:%m/%d/%Y}")
    page.keyboard.press("Alt+w")
    page.keyboard.press("F10")
    expect(page.get_by_text("It is covered: nothing is left to do.")).to_be_visible()
    assert page.url.endswith(f"/rx/emergency/{scene.emergency.order}/")
    context.close()
