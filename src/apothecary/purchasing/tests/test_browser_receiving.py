"""Receiving in a real browser: totes and bottles by the scanner, the rest by keys."""

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from apothecary.config.tests.at_the_counter import BROWSER, page
from apothecary.config.tests.world import PIN
from apothecary.purchasing.matching.models import Difference
from apothecary.purchasing.receiving.models import Receipt, ReceivedPackage
from apothecary.purchasing.tests.dea_form import form_sent
from apothecary.purchasing.tests.hands import (
    SSCC,
    axe_finds,
    datamatrix,
    linear,
    says,
    strikes,
    tell_of,
    types,
)
from apothecary.purchasing.tests.yard import Yard, yard_of
from apothecary.staff.duties import Role
from apothecary.stock.models import Balance, Place
from apothecary.stock.queries import book_faults
from apothecary.workbench.tests.test_scanner import strike

__all__ = ["page"]
pytestmark = BROWSER


@pytest.fixture
def yard(pharmacy) -> Yard:
    """A wholesaler whose tote of three drugs, one of them cold, is announced."""
    yard = yard_of(pharmacy)
    product = pharmacy.drugs["amoxicillin-liquid"].product
    product.storage = "refrigerator"
    product.save()
    order = yard.sent(amoxicillin_liquid=1, lisinopril=3, warfarin=1)
    yard.announced(
        order, ("amoxicillin-liquid", 1, "C1"), ("lisinopril", 3, "L7"), ("warfarin", 1, "W3")
    )
    tell_of(yard, "amoxicillin-liquid", "A1", lot="C1")
    tell_of(yard, "lisinopril", "S1", "S2", "S3", lot="L7")
    tell_of(yard, "oxycodone", "X1", lot="X7")
    return yard


def opened(page: Page, *, celsius: str = "4.5") -> None:
    """The tote is scanned and its cold things measured."""
    page.goto("/purchasing/receive/")
    with page.expect_navigation():
        strike(page, "]C100" + SSCC)
    says(page, "Cold items first")
    types(page, celsius)
    strikes(page, "F8")
    says(page, "On arrival")


def on_books(world) -> dict[str, Decimal]:
    """Units by the name of the place they are in."""
    found: dict[str, Decimal] = {}
    for row in Balance.objects.filter(outside=False).select_related("place"):
        if row.on_hand:
            found[row.place.name] = found.get(row.place.name, Decimal(0)) + row.on_hand
    assert book_faults(pharmacy_id=world.pharmacy.pk) == []
    return found


def test_a_tote_is_taken_in_and_put_away_with_the_scanner_and_two_keys(pharmacy, page, yard):
    opened(page)
    for drug, serial, lot in (
        ("amoxicillin-liquid", "A1", "C1"),
        ("lisinopril", "S1", "L7"),
        ("lisinopril", "S2", "L7"),
    ):
        strike(page, datamatrix(yard, drug, serial, lot=lot))
        says(page, f"serial {serial}.")
    says(page, "2 of 5 still to come")
    strikes(page, "F9")
    page.wait_for_url("**/purchasing/put-away/")
    says(page, "To Fridge")
    fridge = Place.objects.get(name="Fridge")
    with page.expect_navigation():
        strike(page, f"PLACE{fridge.pk}")
    says(page, "To Shelf")
    strikes(page, "F10")
    says(page, "Nothing stands in receiving")
    assert on_books(pharmacy) == {"Fridge": 100, "Shelf": 200}
    short = Difference.objects.filter(kind="short").values_list("packages", flat=True)
    assert sorted(short) == [1, 1]


def test_nothing_goes_in_before_the_cold_things_are_measured(pharmacy, page, yard):
    page.goto("/purchasing/receive/")
    with page.expect_navigation():
        strike(page, "]C100" + SSCC)
    strike(page, datamatrix(yard, "lisinopril", "S1", lot="L7"))
    page.locator("section.wrong").wait_for()
    says(page, "take their temperature first")
    assert not ReceivedPackage.objects.exists()
    expect(page.locator("#f-temperature_c")).to_be_visible()


def test_what_came_warm_turns_the_panel_and_goes_to_quarantine_with_one_key(
    pharmacy, page, yard
):
    opened(page, celsius="14")
    strike(page, datamatrix(yard, "amoxicillin-liquid", "A1", lot="C1"))
    says(page, "came at 14.0 °C")
    page.keyboard.press("F10")
    page.locator(".match", has_text="Set aside: out of temperature").wait_for()
    assert on_books(pharmacy) == {"Quarantine": 100}


@pytest.mark.parametrize("code", ["]E00036000291452", "]E0300000000000", "nonsense"])
def test_a_scan_of_something_else_is_unmissable_and_puts_nothing_on_the_books(
    pharmacy, page, yard, code
):
    opened(page)
    strike(page, code)
    panel = page.locator("section.wrong")
    panel.wait_for()
    expect(panel).to_contain_text("Not received")
    expect(panel).to_contain_text("Put it aside.")
    assert panel.get_attribute("data-tone") == "stop"
    assert on_books(pharmacy) == {}


def test_the_same_bottle_twice_is_refused_and_cannot_be_talked_in_by_hand(pharmacy, page, yard):
    opened(page)
    code = datamatrix(yard, "lisinopril", "S1", lot="L7")
    strike(page, code)
    says(page, "serial S1.")
    strike(page, code)
    page.locator("section.wrong").wait_for()
    says(page, "cannot come twice")
    assert page.locator("section.wrong button").count() == 0
    assert not page.locator("details").get_attribute("open")
    assert on_books(pharmacy) == {"Receiving": 100}


def test_a_dented_bottle_is_said_to_be_damaged_by_keys_and_is_claimed_at_once(
    pharmacy, page, yard
):
    opened(page)
    strike(page, datamatrix(yard, "lisinopril", "S1", lot="L7"))
    says(page, "serial S1.")
    page.keyboard.press("d")
    types(page, "dented")
    strikes(page, "Enter")
    says(page, "Quarantine: damaged")
    (claim,) = Difference.objects.all()
    assert (claim.kind, claim.usd, claim.state) == ("damaged", Decimal("2.11"), "open")
    assert on_books(pharmacy) == {"Quarantine": 100}


def test_bars_without_lot_or_expiry_put_the_cursor_where_the_lot_is_typed(pharmacy, page, yard):
    opened(page)
    strike(page, linear(yard, "warfarin"))
    says(page, "type what the label says")
    expect(page.locator("details[open] #f-lot")).to_be_focused()
    assert page.locator("#f-ndc").input_value() == pharmacy.drugs["warfarin"].ndc


def test_schedule_ii_asks_for_the_second_person_in_the_same_panel(pharmacy, page, yard):
    witness = pharmacy.people[Role.PHARMACIST]
    form_sent(yard)
    opened(page)
    strike(page, datamatrix(yard, "oxycodone", "X1", lot="X7"))
    says(page, "a second person counts it and signs")
    assert page.locator("section.wrong").count() == 0
    expect(page.locator("#f-dea_order")).to_be_focused()
    types(page, "230000001")
    page.keyboard.press("Tab")
    types(page, witness.initials)
    page.keyboard.press("Tab")
    types(page, "000000")
    page.keyboard.press("F10")
    says(page, "The name and the secret do not match.")
    assert not ReceivedPackage.objects.exists()
    expect(page.locator("#f-pin")).to_be_focused()
    assert page.locator("#f-dea_order").input_value() == "230000001"
    types(page, PIN)
    page.keyboard.press("F10")
    page.locator(".match", has_text="Received").wait_for()
    row = ReceivedPackage.objects.get()
    assert (row.witness_id, row.dea_order) == (witness.pk, "230000001")


def test_a_receipt_is_taken_back_with_its_reason_and_the_bottle_may_come_again(
    pharmacy, page, yard
):
    opened(page)
    code = datamatrix(yard, "lisinopril", "S1", lot="L7")
    strike(page, code)
    says(page, "serial S1.")
    page.get_by_label("Why the receipt of S1 is taken back").focus()
    types(page, "other tote")
    strikes(page, "Enter")
    says(page, "taken back")
    assert on_books(pharmacy) == {}
    strike(page, code)
    says(page, "serial S1.")
    assert on_books(pharmacy) == {"Receiving": 100}


def test_a_cold_bottle_is_not_put_on_a_warm_shelf_and_the_right_place_is_named(
    pharmacy, page, yard
):
    opened(page)
    strike(page, datamatrix(yard, "amoxicillin-liquid", "A1", lot="C1"))
    says(page, "serial A1.")
    page.goto("/purchasing/put-away/")
    field = page.locator("#f-place")
    field.fill("Shelf")
    page.keyboard.press("F10")
    says(page, "It goes to Fridge.")
    assert on_books(pharmacy) == {"Receiving": 100}


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing_at_the_door_whatever_it_shows(pharmacy, page, yard, colours):
    page.emulate_media(color_scheme=colours)
    opened(page)
    found = {}
    codes = {
        "received": datamatrix(yard, "lisinopril", "S1", lot="L7"),
        "again": datamatrix(yard, "lisinopril", "S1", lot="L7"),
        "signing": datamatrix(yard, "oxycodone", "X1", lot="X7"),
        "by hand": linear(yard, "warfarin"),
    }
    for name, code in codes.items():
        strike(page, code)
        page.wait_for_load_state("networkidle")
        if problems := axe_finds(page):
            found[name] = problems
    assert found == {}
    assert Receipt.objects.get().closed_at is None
