"""The register in a real browser, by keyboard and scanner alone but for the pen."""

from typing import TYPE_CHECKING

from playwright.sync_api import Page

from apothecary.config.tests.at_the_counter import BROWSER, page
from apothecary.pickup.actions import bin_bag
from apothecary.pickup.models import Sale
from apothecary.pickup.tests.counter import label, stored
from apothecary.prescriptions.states import FillState
from apothecary.workbench.tests.test_scanner import strike

if TYPE_CHECKING:
    pass

__all__ = ["page"]
pytestmark = BROWSER
KEYS_OF_A_SALE = 5  # and the signature


def press(page: Page, keys: list[str]) -> int:
    """Press keys as a hand does, one after the other has shown; how many they were."""
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(450)
    return len(keys)


def sign(page: Page) -> None:
    """A stroke on the pad."""
    pad = page.locator("canvas").bounding_box()
    assert pad is not None
    page.mouse.move(pad["x"] + 20, pad["y"] + 60)
    page.mouse.down()
    for step in range(20):
        page.mouse.move(pad["x"] + 20 + 8 * step, pad["y"] + 60 + step % 5)
    page.mouse.up()


def test_from_a_scanned_bag_to_sold_in_five_keys_and_a_signature(pharmacy, page):
    fill = pharmacy.stocked(until=FillState.READY)
    bin_bag(by=pharmacy.technician, fill_id=fill.pk, bin_name="D7")
    page.goto("/pickup/")
    strike(page, label(fill))
    page.wait_for_url(f"**/pickup/bag/{fill.pk}/")
    keys = press(page, ["n", "b", "r"])
    sign(page)
    keys += press(page, ["F10"])
    page.get_by_role("heading", name="Sold").wait_for()
    assert keys <= KEYS_OF_A_SALE
    assert stored(fill).state == FillState.SOLD
    assert Sale.objects.get().identifiers == "birth_date,name"


def test_a_refused_sale_keeps_what_was_chosen(pharmacy, page):
    fill = pharmacy.stocked(until=FillState.READY)
    page.goto(f"/pickup/bag/{fill.pk}/")
    press(page, ["n", "b", "r", "F10"])
    page.get_by_text("There is no signature on the pad.").wait_for()
    assert page.locator("[name=identifiers]:checked").count() == 2
    assert stored(fill).state == FillState.READY


def test_a_bag_and_its_bin_are_two_scans(pharmacy, page):
    fill = pharmacy.stocked(until=FillState.READY)
    page.goto("/pickup/")
    strike(page, label(fill))
    page.wait_for_url(f"**/pickup/bag/{fill.pk}/bin")
    page.locator("#f-bin:focus").wait_for()
    strike(page, "B-14")
    page.get_by_text("is in bin B-14").wait_for()
    assert stored(fill).bin == "B-14"


def test_a_bag_of_another_patient_at_the_register_is_stopped_by_its_name(pharmacy, page):
    ours = pharmacy.stocked(until=FillState.READY)
    theirs = pharmacy.stocked("metformin", until=FillState.READY)
    type(theirs).objects.filter(pk=theirs.pk).update(patient=pharmacy.insured)
    page.goto(f"/pickup/bag/{ours.pk}/")
    strike(page, label(theirs))
    page.get_by_text("That bag is for Núñez-O'Brien, María").wait_for()
    strike(page, label(ours))
    page.get_by_text("1 of 1 scanned").wait_for()


def test_one_key_at_the_bin_opens_the_tag_to_print_and_the_bin_is_still_asked_for(
    pharmacy, page
):
    fill = pharmacy.stocked(until=FillState.READY)
    page.goto(f"/pickup/bag/{fill.pk}/bin")
    page.locator("#f-bin:focus").wait_for()
    with page.context.expect_event("request", lambda asked: asked.url.endswith("/tag/pdf")):
        page.keyboard.press("Control+p")
    strike(page, "B-14")
    page.get_by_text("is in bin B-14").wait_for()
    assert stored(fill).bin == "B-14"
