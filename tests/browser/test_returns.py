"""A return by the keys of a counter, and every page of returns as everybody sees it."""

from collections.abc import Iterator
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.chromium import AXE, COUNTER, seated, settled, work_station
from browser.hands import Hands
from browser.test_screens import DOUBLED, TWO_FRAMES, told
from journeys.books import Books
from journeys.house import House, wait_until
from journeys.people import Somebody

pytestmark = pytest.mark.browser

METFORMIN, MORPHINE, WARFARIN = "65862-008-01", "0054-0235-24", "31722-332-01"
PATIENCE = 60
TODAY = date.today()  # noqa: DTZ011 the demo lives on the machine's day
PAGES = (
    "/returns/",
    "/returns/shipments",
    "/returns/shipments/{shipment}/",
    "/returns/credits",
    "/returns/waste",
    "/returns/waste/{box}/",
    "/returns/destroy",
    "/returns/brought",
)


def pulled(who: Somebody, ndc: str, lot: str, *, shelf: int) -> Any:
    """A lot that ends soon, set aside."""
    ends = (TODAY + timedelta(days=40)).isoformat()
    who.receives(ndc, lot, 100, place=shelf, until=ends)
    (found,) = [one for one in who.reads("/stock/outdates?days=90") if one["lot"] == lot]
    said = {"place_id": found["place_id"], "lot_id": found["lot_id"], "key": lot}
    who.does("/stock/outdates/pull", said)
    return found


@pytest.fixture(scope="module")
def shelf(house: House) -> int:
    return Books(house.data).place("Shelf")


@pytest.fixture(scope="module")
def made(house: House, shelf: int) -> dict[str, int]:
    """Something on every page: what waits, a return that is out, a container in use."""
    paul = Somebody(house, "pic")
    for ndc, lot in ((METFORMIN, "BRM1"), (WARFARIN, "BRW1"), (MORPHINE, "BRMO1")):
        pulled(paul, ndc, lot, shelf=shelf)
    waiting = {one["lot"]: one for one in paul.reads("/returns/waiting")}
    (keeper,) = paul.reads("/returns/distributors")
    row = paul.does("/returns/shipments", {"distributor_id": keeper["id"]})
    there = f"/returns/shipments/{row['id']}"
    one = waiting["BRM1"]
    paul.does(f"{there}/lines", {"lot_id": one["lot_id"], "place_id": one["place_id"]})
    paul.does(f"{there}/ask")
    wait_until(
        lambda: paul.reads(there)["state"] == "authorized", what="the answer", seconds=PATIENCE
    )
    paul.does(f"{there}/ship", {"carrier": "UPS"})
    box = paul.does("/returns/waste", {"stream": "hazardous", "stands": "back room"})
    said = {
        "lot_id": waiting["BRW1"]["lot_id"],
        "place_id": waiting["BRW1"]["place_id"],
        "quantity": "40",
        "read": True,
        "because": "broken",
        "key": "browser",
    }
    paul.does(f"/returns/waste/{box['id']}/items", said)
    return {"shipment": row["id"], "box": box["id"]}


@pytest.fixture(scope="module", params=["light", "dark"])
def page(browser: Browser, house: House, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The pharmacist in charge at a counter, by day and by night."""
    context = work_station(browser, house, dark=request.param == "dark")
    yield seated(context, house, "pic")
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_and_nothing_is_cut_off_at_twice_the_size(
    page: Page, made: dict[str, int], path: str
) -> None:
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-playwright-python is not installed")
    answer = page.goto(path.format(**made))
    assert answer is not None
    assert answer.status == 200
    settled(page)
    page.evaluate((Path(found.origin).parent / "axe.min.js").read_text())
    for size in (COUNTER, DOUBLED):
        page.set_viewport_size(size)
        page.evaluate(TWO_FRAMES)
        assert told(page.evaluate(AXE)) == [], path
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{path} is {wide} pixels too wide"
    page.set_viewport_size(COUNTER)


def test_a_return_is_begun_asked_for_and_shipped_by_keys_alone(
    browser: Browser, house: House, shelf: int
) -> None:
    tess = Somebody(house, "tech")
    pulled(tess, METFORMIN, "BRKEYS", shelf=shelf)
    context = work_station(browser, house)
    hands = Hands(seated(context, house, "tech"))
    hands.page.goto("/returns/")
    settled(hands.page)
    hands.begin()
    hands.press("F10")
    expect(hands.page.get_by_text("your turn")).to_be_visible()
    number = int(hands.page.url.rstrip("/").rpartition("/")[2])
    hands.press("F10")
    there = f"/returns/shipments/{number}"
    wait_until(
        lambda: tess.reads(there)["state"] == "authorized", what="the answer", seconds=PATIENCE
    )
    hands.page.reload()
    settled(hands.page)
    expect(hands.page.get_by_label("Who carries it")).to_be_focused()
    hands.write("UPS")
    hands.press("F10")
    expect(hands.page.get_by_text("with UPS")).to_be_visible()
    assert tess.reads(there)["state"] == "shipped"
    assert hands.tally.keys <= 6, str(hands.tally)
    context.close()
