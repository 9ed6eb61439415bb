"""Counting, levels, outdates and the map in a real browser, by keys and the scanner."""

from datetime import timedelta
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import Page, expect

from apothecary.config.tests.at_the_counter import BROWSER, page
from apothecary.drugs.ndc import Ndc
from apothecary.staff.duties import Role
from apothecary.stock.counting.actions import enter_count, start_count
from apothecary.stock.counting.models import CountLine, CountSheet, Scope
from apothecary.stock.counting.queries import Pick
from apothecary.stock.counting.rules import LineState
from apothecary.stock.expiring.models import Sweep
from apothecary.stock.models import Balance, Lot, Move, Place, ShelfItem
from apothecary.stock.queries import book_faults
from apothecary.workbench.tests.test_scanner import strike

if TYPE_CHECKING:  # the world is a plugin of pytest, which wants to import it first
    from apothecary.config.tests.world import World

__all__ = ["page"]
pytestmark = BROWSER


def strikes(page: Page, key: str) -> None:
    """Strike a key that leads to another page, and be there."""
    with page.expect_navigation():
        page.keyboard.press(key)


def types(page: Page, text: str) -> None:
    """Type into the field that has the focus, once one has it."""
    expect(page.locator(":focus")).to_be_editable()
    page.keyboard.type(text)


def says(page: Page, text: str) -> None:
    expect(page.locator("main")).to_contain_text(text)


def bottle(world: "World", drug: str, lot: Lot) -> str:
    """The code on a bottle of a lot."""
    gtin = Ndc.parse(world.drugs[drug].ndc).gtin14()
    return f"]d201{gtin}21S1\x1d17{lot.expires_on:%y%m%d}10{lot.number}"


def on_hand(lot: Lot, place: str = "Shelf") -> Decimal:
    return Balance.objects.get(lot=lot, place__name=place).on_hand


def asked(world: "World", scope: Scope = Scope.DUE) -> CountSheet:
    """A sheet of the technician's."""
    by = world.technician
    return start_count(by=by, pick=Pick(scope), counter_id=by.person_id)


# Counting


def test_a_sheet_of_what_is_due_is_made_counted_and_closed_by_keys(pharmacy, page):
    lots = [pharmacy.receive(drug, "100", lot="A") for drug in ("lisinopril", "warfarin")]
    page.goto("/stock/counts")
    strikes(page, "F10")
    says(page, "2 of 2 to count")
    for left in (1, 0):
        types(page, "100")
        strikes(page, "F10")
        says(page, f"{left} of 2 to count")
    strikes(page, "F9")
    assert CountSheet.objects.get().closed_at is not None
    assert [on_hand(lot) for lot in lots] == [100, 100]


def test_a_count_is_blind_and_what_differs_waits_for_a_second_person(pharmacy, page):
    lot = pharmacy.receive("lisinopril", "873")
    sheet = asked(pharmacy)
    page.goto(f"/stock/counts/{sheet.pk}/")
    assert "873" not in page.locator("main").inner_text()
    types(page, "800")
    strikes(page, "F10")
    says(page, "by a second person")
    assert "873" not in page.locator("main").inner_text()
    assert page.locator("[data-key=F10]").count() == 0
    assert on_hand(lot) == 873


@pytest.mark.sits(Role.CERTIFIED)
def test_the_second_person_counts_without_seeing_the_first_count(pharmacy, page):
    lot = pharmacy.receive("lisinopril", "873")
    sheet = asked(pharmacy)
    line = CountLine.objects.get(sheet=sheet)
    enter_count(by=pharmacy.technician, line_id=line.pk, counted=Decimal(801))
    page.goto(f"/stock/counts/{sheet.pk}/")
    shown = page.locator("main").inner_text()
    assert "801" not in shown
    assert "873" not in shown
    types(page, "801")
    strikes(page, "F10")
    says(page, "to sign")
    assert on_hand(lot) == 873
    strikes(page, "F10")
    says(page, "settled")
    line.refresh_from_db()
    assert (line.state, line.difference) == (LineState.SETTLED, -72)
    assert on_hand(lot) == 801
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_a_scan_of_a_bottle_goes_to_its_line_and_another_is_refused_by_name(pharmacy, page):
    pharmacy.receive("lisinopril", "100", lot="A1")
    second = pharmacy.receive("warfarin", "100", lot="B1")
    other = pharmacy.receive("metformin", "100", lot="M1")
    sheet = asked(pharmacy)
    CountLine.objects.filter(lot=other).delete()
    page.goto(f"/stock/counts/{sheet.pk}/")
    with page.expect_navigation():
        strike(page, bottle(pharmacy, "warfarin", second))
    expect(page.locator("#current")).to_contain_text("lot B1")
    strike(page, bottle(pharmacy, "metformin", other))
    page.get_by_text("lot M1, is not on this sheet").wait_for()
    expect(page.locator("#current")).to_contain_text("lot B1")


# Levels, outdates, places


def test_levels_are_changed_from_the_list_by_keys(pharmacy, page):
    ShelfItem.objects.exclude(package=pharmacy.drugs["lisinopril"]).delete()
    ShelfItem.objects.update(reorder_at=100, order_up_to=300)
    page.goto("/stock/levels")
    page.keyboard.press("ArrowDown")
    strikes(page, "Enter")
    expect(page.locator("#f-reorder_at")).to_be_focused()
    page.locator("#f-reorder_at").select_text()
    types(page, "150")
    strikes(page, "F10")
    assert ShelfItem.objects.get().reorder_at == 150


def test_par_below_min_is_refused_in_words_and_nothing_is_kept(pharmacy, page):
    item = ShelfItem.objects.get(package=pharmacy.drugs["lisinopril"])
    page.goto(f"/stock/levels/{item.pk}/")
    page.locator("#f-reorder_at").select_text()
    types(page, "500")
    page.keyboard.press("F10")
    page.locator("[role=alert]").first.wait_for()
    item.refresh_from_db()
    assert item.reorder_at == 0


def test_an_outdate_is_pulled_with_one_scan_and_the_sweep_signed_with_one_key(pharmacy, page):
    soon = localdate() + timedelta(days=20)
    lot = pharmacy.receive("lisinopril", "100", lot="OLD", expires_on=soon)
    later = pharmacy.receive("lisinopril", "100", lot="NEW")
    page.goto("/stock/expiring")
    says(page, "1 within 180 days")
    with page.expect_navigation():
        strike(page, bottle(pharmacy, "lisinopril", lot))
    says(page, "Nothing expires soon")
    assert (on_hand(lot), on_hand(lot, "Quarantine"), on_hand(later)) == (0, 100, 100)
    strikes(page, "s")
    sweep = Sweep.objects.get()
    assert (sweep.days, sweep.missed) == (180, 0)


def test_a_lot_that_is_good_for_long_is_not_pulled_by_a_scan(pharmacy, page):
    lot = pharmacy.receive("lisinopril", "100")
    page.goto("/stock/expiring")
    strike(page, bottle(pharmacy, "lisinopril", lot))
    page.get_by_text("it is no outdate").wait_for()
    assert on_hand(lot) == 100
    assert Move.objects.count() == 1


def test_a_place_that_is_opened_with_its_outline_stands_on_the_map(pharmacy, page):
    page.goto("/stock/places")
    says(page, "No place is drawn yet")
    page.keyboard.press("F2")
    types(page, "Bay 1")
    for name, feet in (("left", "2"), ("top", "1"), ("width", "10"), ("height", "4")):
        page.locator(f"#f-{name}").focus()
        types(page, feet)
    strikes(page, "F10")
    expect(
        page.locator("svg.places, .places svg, svg").filter(has_text="Bay 1")
    ).to_be_visible()
    assert Place.objects.get(name="Bay 1").width == 10


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_stock_and_none_is_too_wide(pharmacy, page, colours):
    page.emulate_media(color_scheme=colours)
    soon = localdate() + timedelta(days=20)
    lot = pharmacy.receive("lisinopril", "100", lot="OLD", expires_on=soon)
    sheet = asked(pharmacy)
    enter_count(by=pharmacy.technician, line_id=sheet.lines.get().pk, counted=Decimal(90))
    item = ShelfItem.objects.get(package=pharmacy.drugs["lisinopril"])
    place = Place.objects.get(name="Shelf")
    paths = [
        *("", "levels?show=all", f"levels/{item.pk}/", "figures", "expiring", "first-out"),
        *("places", f"places/{place.pk}/", "counts", f"counts/{sheet.pk}/", "receive"),
        f"lot/{lot.pk}/",
    ]
    spec = find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    axe = (Path(spec.origin).parent / "axe.min.js").read_text()
    found = {}
    for path in paths:
        page.goto(f"/stock/{path}")
        page.evaluate(axe)
        problems = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
        if problems:
            found[path] = [f"{one['id']} {one['nodes'][0]['html'][:90]}" for one in problems]
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, path
    assert found == {}
