"""The coach in a real browser: the cursor, the keys, the words for the patient."""

import pytest
from playwright.sync_api import Page

from apothecary.claims.models import Claim
from apothecary.claims.states import ClaimState
from apothecary.claims.submitting import claim_waiting
from apothecary.claims.tests.counter import make_member
from apothecary.config.tests.at_the_counter import BROWSER, page
from apothecary.journal.deeds import Deed
from apothecary.patients.models import Coverage
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.models import Fill, PayKind
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance

__all__ = ["page"]
pytestmark = BROWSER


def refused(world, *codes: str, drug: str = "lisinopril", **kept: object) -> Fill:
    """A fill whose claim went out and stands refused with these codes; no payer is needed."""
    make_member(world)
    order = world.order(drug, pay=PayKind.PLAN, patient=world.insured)
    fill = enter_prescription(by=world.technician, order=order)
    advance(fill, FillState.CLAIM, by=world.system, did=Deed.FILL_SCREENED)
    claim_waiting(world.pharmacy, world.system.at)
    Claim.objects.filter(fill=fill).update(
        state=ClaimState.REJECTED, codes=list(codes), answered_at=world.system.at, **kept
    )
    advance(
        fill, FillState.REJECTED, by=world.system, did=Deed.CLAIM_REJECTED, because="refused"
    )
    return fill


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name"))


@pytest.mark.parametrize(
    ("codes", "field"),
    [
        (["06"], "group"), (["08"], "person_code"), (["04"], "pcn"), (["22"], "daw"),
        (["75"], "prior_authorization"), (["88"], "safety_codes"), (["13"], "other_coverage"),
        (["81"], "delay_reason"), (["19"], "because"), (["70"], "because"),
        (["09"], "because"),
    ],
)  # fmt: skip
def test_the_cursor_stands_in_the_one_field(pharmacy, page, codes, field):
    fill = refused(pharmacy, *codes)
    page.goto(f"/claims/fill/{fill.pk}/")
    page.locator("[data-cause]").wait_for()
    assert focused(page) == field


def test_a_group_is_typed_and_sent_with_one_key(pharmacy, page):
    fill = refused(pharmacy, "06")
    page.goto(f"/claims/fill/{fill.pk}/")
    page.locator("[data-cause]").wait_for()
    page.keyboard.press("Control+a")
    page.keyboard.type("GRP7")
    page.keyboard.press("F10")
    page.wait_for_url("**/claims/")
    assert Coverage.objects.get(patient=pharmacy.insured).group == "GRP7"
    assert Claim.objects.filter(fill=fill).order_by("-pk")[0].group == "GRP7"


def test_too_soon_is_put_off_with_one_key(pharmacy, page):
    day = pharmacy.technician.today.replace(month=12, day=14)
    fill = refused(pharmacy, "79", next_fill_on=day)
    page.goto(f"/claims/fill/{fill.pk}/")
    page.get_by_text("the plan pays again from December 14, 2026").wait_for()
    page.keyboard.press("F6")
    page.wait_for_url("**/claims/")
    assert Claim.objects.get(fill=fill).dated_for == day


# Keys from the list to the next claim, beyond what is typed into the field; they may only fall.
KEYS_TO_DATE, KEYS_TO_CORRECT = 2, 2


def test_the_first_in_line_is_dated_or_corrected_within_its_budget_of_keys(pharmacy, page):
    day = pharmacy.technician.today.replace(month=12, day=14)
    refused(pharmacy, "79", next_fill_on=day)
    page.goto("/claims/")
    keys = pressed(page, "F10", "F6")
    assert keys <= KEYS_TO_DATE
    assert Claim.objects.get(codes=["79"]).dated_for == day
    refused(pharmacy, "75", drug="metformin")
    page.goto("/claims/")
    keys = pressed(page, "F10")
    page.keyboard.type("88001")
    keys += pressed(page, "F10")
    assert keys <= KEYS_TO_CORRECT
    assert Claim.objects.filter(prior_authorization="88001").exists()


def pressed(page: Page, *keys: str) -> int:
    """Strike keys, each on the page that the one before has led to; how many."""
    for key in keys:
        with page.expect_navigation():
            page.keyboard.press(key)
    return len(keys)


def test_back_to_entry_opens_it_at_the_field_with_one_key(pharmacy, page):
    fill = refused(pharmacy, "19")
    page.goto(f"/claims/fill/{fill.pk}/")
    page.locator("[data-cause]").wait_for()
    assert page.locator("[name=because]").input_value() == "days’ supply"
    page.keyboard.press("Alt+b")
    page.wait_for_url(f"**/intake/fill/{fill.pk}/#f-days_supply")
    assert Fill.objects.get(pk=fill.pk).state == FillState.ENTRY


def test_the_words_for_the_patient_are_shown_big_in_their_language_first(pharmacy, page):
    pharmacy.insured.language = "es"
    pharmacy.insured.save()
    fill = refused(pharmacy, "75")
    page.goto(f"/claims/fill/{fill.pk}/")
    page.locator("[data-cause]").wait_for()
    big = page.locator("#words")
    assert not big.is_visible()
    page.keyboard.press("Alt+w")
    big.wait_for(state="visible")
    said = big.inner_text()
    assert said.index("Su plan quiere aprobar") < said.index("Your plan wants to approve")
    page.keyboard.press("Escape")
    big.wait_for(state="hidden")
    assert page.url.endswith(f"/claims/fill/{fill.pk}/")


def test_the_help_desk_is_copied_with_a_click(pharmacy, page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    fill = refused(pharmacy, "06", help_desk="5125550190")
    page.goto(f"/claims/fill/{fill.pk}/")
    page.locator("[data-copy]").first.click()
    page.get_by_text("copied").first.wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "5125550190"


def test_one_key_sends_every_claim_with_the_same_cause(pharmacy, page):
    first = refused(pharmacy, "06")
    second = refused(pharmacy, "06", drug="metformin")
    Claim.objects.update(group="")
    page.goto("/claims/")
    page.get_by_text("2 × 06").click()
    page.wait_for_url("**batch=**")
    page.goto(f"/claims/fill/{first.pk}/")
    page.locator("[data-cause]").wait_for()
    page.keyboard.press("Control+a")
    page.keyboard.type("GRP8")
    page.keyboard.press("Alt+a")
    page.wait_for_url("**/claims/")
    for fill in (first, second):
        assert Claim.objects.filter(fill=fill).order_by("-pk")[0].group == "GRP8"
