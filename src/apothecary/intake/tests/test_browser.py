"""Entry in a real browser: a scan never types, what was typed is never lost."""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from apothecary.config.tests.at_the_counter import BROWSER, page
from apothecary.filling.tests.bench import upc
from apothecary.intake.tests.messages import Rx
from apothecary.staff.models import Session
from apothecary.workbench.tests.test_scanner import strike

if TYPE_CHECKING:
    pass

__all__ = ["page"]
pytestmark = BROWSER
FIELDS = ("patient", "prescriber", "package", "quantity", "days_supply", "directions", "note")


def typed(page: Page) -> dict[str, str]:
    """What stands in the form, and where each value is from."""
    return page.evaluate(
        "() => Object.fromEntries([...document.getElementById('entry').elements]"
        ".filter(each => each.name).map(each => [each.name, each.value]))"
    )


@pytest.mark.parametrize("name", FIELDS)
def test_a_scan_is_typed_into_no_field_and_leaves_its_source_and_question(
    pharmacy, page, arrive, name
):
    pharmacy.receive("lisinopril", "100")
    # The days do not fit the directions: a question stands on them.
    arrival = arrive(Rx(days="90"))
    page.goto(f"/intake/{arrival.pk}/")
    before = typed(page)
    asks = page.locator("[data-ask]").all_inner_texts()
    assert asks
    page.locator(f"#f-{name}").focus()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.split(str(arrival.pk))[-1]))
    strike(page, "NO-PRODUCT-OF-OURS-1")
    page.get_by_text("no product, label or bag code").wait_for()
    page.wait_for_timeout(400)
    assert typed(page) == before
    assert page.locator("[data-ask]").all_inner_texts() == asks
    assert page.evaluate("document.activeElement.name") == name
    assert [url for url in asked if "choose" in url or "readout" in url] == []


def test_a_scan_in_a_choice_leaves_the_choice(pharmacy, page, arrive):
    arrival = arrive(Rx())
    page.goto(f"/intake/{arrival.pk}/")
    page.locator("#f-daw").focus()
    before = typed(page)
    # Its digits would choose another line of a list by themselves.
    strike(page, "7777777777777")
    page.locator("#problems").get_by_role("heading").wait_for()
    assert typed(page) == before


def test_the_bottle_on_the_counter_is_the_product_of_a_walk_in(pharmacy, page):
    page.goto("/intake/new")
    page.get_by_text("Walk-in").click()
    page.keyboard.press("F10")
    page.wait_for_url("**/intake/*/")
    page.locator("#f-patient").fill("doe,ja")
    page.locator("#f-note").focus()
    strike(page, upc(pharmacy, "lisinopril"))
    expect(page.locator("#f-package")).to_have_value(re.compile("lisinopril"))
    assert page.locator("#f-patient").input_value() == "doe,ja"
    assert page.evaluate("document.activeElement.name") == "note"
    assert page.locator("#f-note").input_value() == ""


def test_the_commit_key_is_in_sight_at_the_counters_size(pharmacy, page, arrive):
    arrival = arrive(Rx())
    page.goto(f"/intake/{arrival.pk}/")
    box = page.get_by_role("button", name="Commit and next").first.bounding_box()
    strip = page.locator("footer.strip").bounding_box()
    assert box is not None
    assert strip is not None
    assert box["y"] + box["height"] <= strip["y"]


def test_of_a_call_only_the_fields_of_a_call_are_shown_and_they_outlive_another_page(page):
    page.goto("/intake/new")
    assert page.locator("#f-image").is_visible()
    assert not page.locator("#f-said").is_visible()
    page.keyboard.press("c")
    page.locator("#f-said").wait_for()
    assert not page.locator("#f-image").is_visible()
    page.locator("#f-said").fill("lisinopril 10, one daily")
    page.locator("[name=read_back]").check()
    page.goto("/")
    page.goto("/intake/new")
    assert page.locator("#f-said").input_value() == "lisinopril 10, one daily"
    assert page.locator("[name=read_back]").is_checked()


def test_a_page_without_a_list_goes_to_the_lock_as_well_and_comes_back_with_what_was_typed(
    pharmacy, page, arrive
):
    arrival = arrive(Rx())
    page.goto(f"/intake/{arrival.pk}/")
    # Typed, and not yet left: no server knows of it.
    page.locator("#f-note").focus()
    page.keyboard.type("call after six")
    Session.objects.update(locked_at=datetime.now(UTC))
    page.evaluate("import('/static/workbench/live.js?again')")
    page.wait_for_url("**/lock*", timeout=20_000)
    assert "Doe" not in page.content()
    Session.objects.update(locked_at=None)
    page.goto(f"/intake/{arrival.pk}/")
    assert page.locator("#f-note").input_value() == "call after six"
