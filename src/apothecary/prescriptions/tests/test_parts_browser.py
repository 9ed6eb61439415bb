"""The reason of a part in a real browser: one key writes it down, F10 goes on."""

from apothecary.config.tests.at_the_counter import BROWSER, page
from apothecary.law.facts import PartialReason
from apothecary.pickup.tests.test_browser import press
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.tests.test_parting import waiting

__all__ = ["page"]
pytestmark = BROWSER


def test_one_key_says_why_and_shows_until_when_and_f10_goes_on(pharmacy, page):
    fill = waiting(pharmacy, "oxycodone")
    page.goto(f"/rx/fill/{fill.pk}/parts")
    page.get_by_text("given only with its reason").wait_for()
    press(page, ["p"])
    page.get_by_text("30 days of the date written, until 12/20/2026").wait_for()
    assert page.locator("[name=reason]:checked").input_value() == "patient_asked"
    press(page, ["l"])
    page.get_by_text("60 days of the date written, until 01/19/2027").wait_for()
    assert Fill.objects.get(pk=fill.pk).part_reason == PartialReason.LONG_TERM_CARE
    press(page, ["F10"])
    page.wait_for_url(f"**/filling/{fill.pk}/short")
