"""An invoice that differs, in a real browser: compared, claimed, approved, by keys alone."""

from decimal import Decimal

import pytest
from playwright.sync_api import Page

from apothecary.config.tests.at_the_counter import BROWSER, page
from apothecary.purchasing.matching.models import AcquisitionCost, Difference, Invoice
from apothecary.purchasing.receiving.delivery import close_receipt
from apothecary.purchasing.states import ClaimState, InvoiceState
from apothecary.purchasing.tests.hands import axe_finds, says, strikes, types
from apothecary.purchasing.tests.yard import Yard, yard_of
from apothecary.staff.duties import Role

__all__ = ["page"]
pytestmark = BROWSER


@pytest.fixture
def yard(pharmacy) -> Yard:
    return yard_of(pharmacy)


def billed(yard: Yard, *, price: str = "2.50", came: int = 3) -> Invoice:
    """Three bottles ordered at $2.11, so many that came, and a bill for three."""
    order = yard.sent(lisinopril=3)
    receipt = yard.begun(order)
    if came:
        yard.takes_in(receipt, yard.came(packages=came))
    close_receipt(by=yard.by, receipt_id=receipt.pk)
    (paper,) = yard.takes(yard.invoice(order, ("lisinopril", 3, price)))
    assert paper.problem == ""
    return Invoice.objects.get(paper=paper)


def claims_first(page: Page, reason: str) -> None:
    """The first open difference, by keys alone."""
    page.keyboard.press("Alt+c")
    types(page, reason)
    strikes(page, "Enter")


def test_a_bill_that_differs_is_claimed_and_approved_without_the_mouse(pharmacy, page, yard):
    invoice = billed(yard, came=2)
    page.goto("/purchasing/invoices/")
    page.keyboard.press("ArrowDown")
    strikes(page, "Enter")
    strikes(page, "F10")
    says(page, "It differs: claim or accept each difference")
    says(page, "billed at $2.50, agreed $2.11")
    claims_first(page, "Ann, price")
    page.goto(f"/purchasing/invoice/{invoice.pk}/")
    claims_first(page, "Ann, short")
    page.goto(f"/purchasing/invoice/{invoice.pk}/")
    strikes(page, "F10")
    page.wait_for_url("**/purchasing/invoices/")
    says(page, "approved")
    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.APPROVED
    assert set(Difference.objects.values_list("state", flat=True)) == {ClaimState.CLAIMED}
    # Three at $2.50 less $1.17 that was claimed of the price.
    assert AcquisitionCost.objects.get().usd == Decimal("2.11")


def test_the_commit_key_is_not_offered_as_next_while_a_difference_is_open(pharmacy, page, yard):
    invoice = billed(yard)
    page.goto(f"/purchasing/invoice/{invoice.pk}/")
    strikes(page, "F10")
    approve = page.locator("[data-key=F10]", has_text="Approve")
    assert "next" not in (approve.get_attribute("class") or "").split()
    strikes(page, "F10")
    says(page, "claim or accept it first")
    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.DIFFERS


def test_a_bill_for_what_nobody_has_scanned_in_is_refused_in_words(pharmacy, page, yard):
    order = yard.sent(lisinopril=3)
    yard.takes(yard.invoice(order, ("lisinopril", 3, "2.11")))
    invoice = Invoice.objects.get()
    page.goto(f"/purchasing/invoice/{invoice.pk}/")
    strikes(page, "F10")
    says(page, "has been received yet: scan it in first")
    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.NEW


def test_a_bill_that_agrees_takes_two_keys(pharmacy, page, yard):
    invoice = billed(yard, price="2.11")
    page.goto(f"/purchasing/invoice/{invoice.pk}/")
    strikes(page, "F10")
    says(page, "All of it came as agreed.")
    strikes(page, "F10")
    page.wait_for_url("**/purchasing/invoices/")
    says(page, "approved")


def test_a_credit_that_is_short_stays_open_until_the_rest_is_given_up_by_who_may(
    pharmacy, page, yard
):
    invoice = billed(yard, came=2, price="2.11")
    page.goto(f"/purchasing/invoice/{invoice.pk}/")
    strikes(page, "F10")
    claims_first(page, "Ann")
    page.goto("/purchasing/differences/")
    page.keyboard.press("Alt+g")
    types(page, "2.00")
    strikes(page, "Enter")
    says(page, "short-credited")
    assert page.get_by_label("Why it is written off").count() == 0
    row = Difference.objects.get()
    assert (row.state, row.credited_usd) == (ClaimState.SHORT_CREDITED, Decimal("2.00"))


@pytest.mark.sits(Role.IN_CHARGE)
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_bills_and_papers(pharmacy, page, yard, colours):
    page.emulate_media(color_scheme=colours)
    invoice = billed(yard, came=2)
    yard.takes_raw(b"no interchange at all")
    paths = [
        *("invoices/", f"invoice/{invoice.pk}/", "differences/", "papers/", "wholesalers/"),
        *("", "receive/", "put-away/", "wholesalers/new"),
    ]
    found = {}
    for path in paths:
        page.goto(f"/purchasing/{path}")
        if problems := axe_finds(page):
            found[path] = problems
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, path
    assert found == {}
