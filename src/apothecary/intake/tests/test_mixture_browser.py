"""A compound in a real browser: found by keys and by scan, refused in place, then chosen."""

import re

from playwright.sync_api import Page, expect

from apothecary.config.tests.at_the_counter import BROWSER, page
from apothecary.filling.tests.bench import upc
from apothecary.intake.tests.messages import Rx
from apothecary.prescriptions.tests.mixed import STEROID, TABLETS
from apothecary.workbench.tests.test_scanner import strike

__all__ = ["page"]
pytestmark = BROWSER


def one_form(page: Page) -> None:
    """Each act swaps the form: there is never a second one, nor one that still waits."""
    expect(page.locator("form#compound")).to_have_count(1)
    expect(page.locator(".htmx-request")).to_have_count(0)


def test_a_compound_is_entered_without_a_mouse_and_is_the_drug_of_the_prescription(
    pharmacy, page, arrive
):
    pharmacy.receive(STEROID, "100")
    arrival = arrive(Rx())
    page.goto(f"/intake/{arrival.pk}/")
    page.keyboard.press("Alt+m")
    page.wait_for_url("**/compound")
    page.locator("#f-name").fill("magic cream")
    page.locator("#f-asked").fill("hydrocort")
    page.keyboard.press("Enter")
    page.locator("[name=add]").first.wait_for()
    one_form(page)
    page.keyboard.press("Alt+1")
    page.locator("[name=quantity_1]").fill("30")
    one_form(page)
    # The second one is scanned, wherever the cursor stands.
    strike(page, upc(pharmacy, TABLETS))
    page.locator("[name=quantity_2]").fill("7")
    one_form(page)
    assert page.locator("[name=quantity_1]").input_value() == "30"
    page.keyboard.press("F10")
    expect(page.get_by_text("It is refused: nothing was entered.")).to_be_visible()
    one_form(page)
    page.locator("#f-form").select_option("03")
    page.locator("#f-route").select_option("6064005")
    page.locator("#f-makes").fill("40")
    page.locator("#f-beyond_use_days").fill("30")
    page.keyboard.press("F10")
    page.wait_for_url(f"**/intake/{arrival.pk}/")
    expect(page.locator("#f-package")).to_have_value(re.compile("magic cream"))
    expect(page.locator("#f-quantity")).to_have_value("40")


def test_enter_in_a_line_takes_no_line_out(pharmacy, page, arrive):
    arrival = arrive(Rx())
    page.goto(f"/intake/{arrival.pk}/compound")
    strike(page, upc(pharmacy, TABLETS))
    page.locator("[name=quantity_1]").fill("7")
    page.keyboard.press("Enter")
    one_form(page)
    assert page.locator("[name=quantity_1]").input_value() == "7"
    page.get_by_role("button", name="Take out").click()
    expect(page.locator("[name=quantity_1]")).to_have_count(0)
