"""The page of a drug: what it costs and since when, what may stand for it, what is recalled."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.chromium import COUNTER, seated, settled, work_station
from browser.hands import Hands
from journeys.house import House

pytestmark = pytest.mark.browser

MADE_UP = Path(__file__).parents[2] / "src/apothecary/drugs/tests/cuts/synthetic"
WARFARIN, NDC = "31722-332", "31722033201"
SURVEY = (("06/17/2015", "0.11000"), ("03/18/2026", "0.07250"), ("09/16/2026", "0.06125"))
FILES = {
    "openfda-enforcement": "drug-enforcement-0001-of-0001.json",
    "openfda-shortages": "drug-shortages-0001-of-0001.json",
    "spl": "label.xml",
}


@pytest.fixture(scope="module")
def address(house: House, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of warfarin 5 mg after recalls, shortages, a label and prices were loaded."""
    folder = tmp_path_factory.mktemp("releases")
    for source, name in FILES.items():
        text = (MADE_UP / name).read_text()
        for code in ("68180-980", "0093-1721"):
            text = text.replace(code, WARFARIN)
        (folder / name).write_text(text)
        loaded(house, source, folder / name)
    header = "NDC Description,NDC,NADAC Per Unit,Effective Date,Pricing Unit"
    rows = [f"WARFARIN SODIUM 5 MG TABLET,{NDC},{usd},{on},EA" for on, usd in SURVEY]
    (folder / "nadac.csv").write_text("\n".join([header, *rows, ""]))
    loaded(house, "nadac", folder / "nadac.csv")
    return ""


def loaded(house: House, source: str, path: Path) -> None:
    done = house.command("load", source, str(path))
    assert done.returncode == 0, done.stderr


@pytest.fixture(params=[False, True], ids=["light", "dark"])
def page(
    browser: Browser, house: House, address: str, request: pytest.FixtureRequest
) -> Iterator[Page]:
    context = work_station(browser, house, size=COUNTER, dark=request.param)
    opened = seated(context, house, "tech")
    opened.goto(f"/drugs/?q={WARFARIN}")
    opened.locator("#drugs-found tbody tr a").first.click()
    opened.wait_for_url("**/drugs/*/")
    settled(opened)
    yield opened
    context.close()


def box(page: Page, heading: str) -> str:
    """The words in the box under a heading."""
    title = page.get_by_role("heading", name=heading, exact=True)
    return page.locator("section.box").filter(has=title).inner_text()


def test_recalls_come_first_the_worst_on_top_each_with_its_day(page: Page) -> None:
    notices = page.get_by_role("region", name="Recalls and shortages").locator(".finding")
    first, second = notices.nth(0), notices.nth(1)
    expect(first).to_contain_text("Recall, class I")
    expect(first).to_contain_text("openFDA enforcement report of 03/11/2026")
    expect(first).to_contain_text("about 31722-332-01")
    expect(second).to_contain_text("Recall, class II")
    expect(second).to_contain_text("compare the lot and the package")
    expect(notices.filter(has_text="In short supply")).to_have_count(1)
    # Before anything else on the page, and on the screen without scrolling.
    expect(first).to_be_in_viewport(ratio=1)
    assert first.bounding_box()["y"] < page.locator(".pair").bounding_box()["y"]  # type: ignore[index]  # both are shown


def test_the_price_in_force_has_its_day_and_the_one_before_it(page: Page) -> None:
    said = box(page, "Packages")
    for part in (
        "31722-332-01",
        NDC,
        "$0.06125",
        "09/16/2026",
        "before $0.07250 of 03/18/2026",
    ):
        assert part in said, part
    assert "0.11000" not in said


def test_what_the_tablet_looks_like_is_said_with_who_says_so(page: Page) -> None:
    said = " ".join(box(page, "Product").split())
    assert "orange, oval, TEST; 5, 9.5 mm, scored for 2 pieces" in said
    assert "by the label; no agency has checked it" in said


def test_equivalents_have_a_reason_and_the_brand_without_a_rating_is_not_one(
    page: Page,
) -> None:
    equivalent, other = box(page, "Equivalent"), box(page, "Same drug, not to be given instead")
    assert "Amneal" in equivalent
    assert "rated AB with it" in equivalent
    assert "Coumadin" not in equivalent
    assert "Coumadin" in other
    assert "not rated together (codes AB and none)" in other
    # Their prices are eleven years older than ours.
    assert "another time" in equivalent
    assert "%" not in equivalent


def test_keys_alone_open_an_equivalent_and_find_another_drug(page: Page) -> None:
    hands = Hands(page)
    was = page.url
    hands.press("ArrowDown")
    expect(page.locator("[data-open*='/stock/']").first).to_be_focused()
    # Each list is one stop of the Tab key, behind its own frame that can be scrolled.
    hands.press("Tab")
    hands.press("Tab")
    expect(page.locator("[data-open*='/drugs/']").first).to_be_focused()
    hands.press("Enter")
    page.wait_for_url(lambda url: "/drugs/" in url and url != was)
    expect(page.locator(".drug-huge")).to_contain_text("warfarin")
    hands.press("F4")
    page.wait_for_url("**/drugs/")
    expect(page.locator("#drug-asked")).to_be_focused()


def test_a_quantity_is_worked_out_in_tablets(page: Page) -> None:
    page.get_by_label("Quantity").fill("130")
    page.get_by_label("Sale price").fill("20")
    page.keyboard.press("Enter")
    page.wait_for_url("**quantity=130**")
    said = " ".join(box(page, "How much").split())
    assert "2 × 31722-332-01 70 tablets one is opened $12.25" in said
    assert "130 tablets cost $7.96 by the cheapest reference price. At $20.00" in said


def test_nothing_on_the_page_is_wider_than_the_screen(page: Page) -> None:
    over = page.evaluate(
        """() => [...document.querySelectorAll('main *')].filter(it => {
          const box = it.getBoundingClientRect();
          return box.width && box.right > document.querySelector('main').clientWidth
            + document.querySelector('main').getBoundingClientRect().left + 1
            && !it.closest('.scroll-x, .sr-only');
        }).map(it => it.outerHTML.slice(0, 80))"""
    )
    assert over == []
