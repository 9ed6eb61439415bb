"""The counter in a real browser, by keyboard and scanner alone."""

from apothecary.config.tests.at_the_counter import BROWSER, page
from apothecary.filling.models import BottleScan, LabelPrint
from apothecary.filling.tests.bench import now, upc, waiting
from apothecary.prescriptions.states import FillState
from apothecary.workbench.tests.test_scanner import strike

__all__ = ["page"]
pytestmark = BROWSER


def test_right_bottle_to_label_is_one_scan_and_one_key_and_one_more_sends_it(pharmacy, page):
    fill = waiting(pharmacy)
    page.goto("/filling/")
    strike(page, upc(pharmacy, "lisinopril"))
    page.wait_for_url(f"**/filling/{fill.pk}/")
    page.get_by_text("The right bottle is in your hand. Count 30 tablets.").wait_for()
    assert page.locator("#f-quantity").evaluate("field => field === document.activeElement")
    page.keyboard.press("F10")
    page.get_by_alt_text("The label as printed").wait_for()
    assert LabelPrint.objects.filter(fill=fill).count() == 1
    page.keyboard.press("F10")
    page.wait_for_url("**/filling/")
    assert now(fill).state == FillState.CHECK


def test_a_scan_lands_in_no_field_and_turns_the_panel_when_it_is_wrong(pharmacy, page):
    fill = waiting(pharmacy, "warfarin")
    page.goto(f"/filling/{fill.pk}/")
    strike(page, upc(pharmacy, "warfarin"))
    field = page.locator("#f-quantity")
    field.wait_for()
    field.fill("30")
    field.focus()
    strike(page, upc(pharmacy, "metformin"))
    page.get_by_role("heading", name="Wrong product").wait_for()
    page.keyboard.press("a")
    page.locator("input[name=because]:checked").wait_for(state="attached")
    page.keyboard.press("F10")
    page.get_by_role("heading", name="Wrong product").wait_for(state="detached")
    slip = BottleScan.objects.get(fill=fill, outcome="wrong")
    assert slip.aside_because == "wrong place on the shelf"


def test_schedule_ii_is_typed_twice_and_counted_back_with_nothing_filled_in(pharmacy, page):
    fill = waiting(pharmacy, "oxycodone")
    page.goto("/filling/")
    page.keyboard.press("F10")
    page.wait_for_url(f"**/filling/{fill.pk}/")
    strike(page, upc(pharmacy, "oxycodone"))
    for says in ("Count 30 tablets.", "Count 30 tablets again."):
        page.get_by_text(says).wait_for()
        assert page.locator("#f-quantity").input_value() == ""
        page.locator("#f-quantity").press_sequentially("30", delay=120)
        page.keyboard.press("F10")
    page.get_by_alt_text("The label as printed").wait_for()
    for says, left in (("Put the rest back", "97"), ("That is not what the books say", "970")):
        page.get_by_text(says).wait_for()
        field = page.locator("#f-counted")
        assert (field.input_value(), page.get_by_text("1,000").count()) == ("", 0)
        field.press_sequentially(left, delay=120)
        page.keyboard.press("F10")
    page.get_by_text("Left of lot L1: as the books say.").wait_for()
    page.keyboard.press("F10")
    page.wait_for_url("**/filling/")
    assert now(fill).state == FillState.CHECK


def test_what_is_out_of_stock_is_tried_again_by_one_key(pharmacy, page):
    fill = waiting(pharmacy, "amoxicillin", stock="5")
    page.goto(f"/filling/{fill.pk}/short")
    page.keyboard.press("F10")
    page.get_by_text("Still out of stock").wait_for()
    pharmacy.receive("amoxicillin", "500", lot="NEW")
    page.keyboard.press("F10")
    page.wait_for_url(f"**/filling/{fill.pk}/")
    assert now(fill).state == FillState.WAITING
