"""The sig codes in a real browser: what a code makes is shown while it is typed."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from apothecary.config.tests.at_the_counter import BROWSER, page
from apothecary.intake.models import SigCode
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in

if TYPE_CHECKING:
    from apothecary.config.tests.world import World

__all__ = ["page"]
pytestmark = [*BROWSER, pytest.mark.sits(Role.IN_CHARGE)]


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
