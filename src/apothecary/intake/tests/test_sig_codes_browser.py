"""The sig codes in a real browser: what a code makes is shown while it is typed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.db import connections
from playwright.sync_api import Page, expect, sync_playwright

from apothecary.intake.models import SigCode
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in
from apothecary.workbench.tests.conftest import CHROMIUM

if TYPE_CHECKING:
    from apothecary.config.tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(pharmacy: "World", live_server, monkeypatch) -> Iterator[Page]:
    """A browser in which the pharmacist in charge is signed in."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is found: install it, e.g. apt-get install chromium")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    person = pharmacy.people[Role.IN_CHARGE]
    token = worker_token(person=person, station="office", at=datetime.now(UTC))
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": 1366, "height": 768}
        )
        context.set_default_timeout(20_000)
        context.add_cookies(
            [{"name": "apothecary_session", "value": token, "url": live_server.url}]
        )
        stand_in(pharmacy.pharmacy.pk)
        yield context.new_page()
        context.close()
        browser.close()
        connections.close_all()


def test_what_a_code_makes_is_shown_while_it_is_typed_and_a_shadow_needs_a_tick(
    page: Page, pharmacy: "World"
) -> None:
    page.goto("/")
    page.get_by_role("link", name="Sig codes").click()
    code, means = page.locator("#f-code"), page.locator("#f-means")
    code.fill("t1wfd")
    means.press_sequentially("1 tab po daily with food")
    makes = page.locator("#makes")
    expect(makes).to_contain_text("Take 1 tablet by mouth once daily with food.")
    expect(makes).to_contain_text("Tome 1 tableta")
    expect(makes.get_by_role("checkbox")).to_have_count(0)
    page.keyboard.press("F10")
    expect(page.locator("table.list")).to_contain_text("T1WFD")
    page.locator("#f-code").press_sequentially("qd")
    page.locator("#f-means").press_sequentially("1 tab po daily")
    expect(makes).to_contain_text("on the list of error-prone abbreviations")
    expect(makes.get_by_role("checkbox")).to_have_count(1)
    page.keyboard.press("F10")
    expect(page.locator("section.problems")).to_contain_text("QD is on the list")
    expect(page.locator("#f-means")).to_have_value("1 tab po daily")
    page.get_by_role("checkbox").check()
    page.keyboard.press("F10")
    expect(page.locator("table.list")).to_contain_text("QD")
    stand_in(pharmacy.pharmacy.pk)
    assert sorted(SigCode.objects.values_list("code", flat=True)) == ["qd", "t1wfd"]
