"""A recall at the screen, by keyboard: looked at, told, closed; axe finds nothing."""

from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Page

from apothecary.config.tests.at_the_counter import BROWSER, page
from apothecary.patients.models import Patient
from apothecary.prescriptions.states import FillState
from apothecary.returns.recalls.models import Recall, RecallCall, RecallHit
from apothecary.returns.recalls.states import Look, RecallState
from apothecary.returns.recalls.tests.notices import DRUG, another, take
from apothecary.staff.duties import Role
from apothecary.stock.models import LotState

__all__ = ["page"]
pytestmark = [*BROWSER, pytest.mark.sits(Role.PHARMACIST)]


def busy(world, lots="Lot L1") -> Recall:
    """A class I recall with a shelf, a bag and a patient who was given some."""
    Patient.objects.filter(pk=world.patient.pk).update(phone="5125550100")
    world.receive(DRUG, "300")
    another(world, until=FillState.SOLD)
    another(world, until=FillState.READY)
    return take(world, lots, recall_class="I")


def test_from_the_board_to_closed_by_keyboard(pharmacy, page: Page):
    recall = busy(pharmacy)
    page.goto("/returns/recalls/")
    page.get_by_role("link", name=recall.number).click()
    page.wait_for_url(f"**/returns/recalls/{recall.pk}/")
    for _ in range(2):
        page.keyboard.press("Alt+p")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    page.get_by_text("Tell 1 more patient").wait_for()
    page.keyboard.press("F9")
    page.get_by_text("Am I speaking with").wait_for()
    page.keyboard.press("Alt+c")
    page.keyboard.type("has none")
    with page.expect_navigation():
        page.keyboard.press("F10")
    page.get_by_text("0 of 1 to tell").wait_for()
    page.keyboard.press("Escape")
    page.get_by_text("Everything is accounted for").wait_for()
    page.keyboard.press("F10")
    page.get_by_text("closed on").wait_for()
    recall.refresh_from_db()
    assert recall.state == RecallState.CLOSED
    assert {hit.look for hit in RecallHit.objects.all()} == {Look.FOUND}
    assert RecallCall.objects.get().outcome == "has none left"


def test_a_notice_off_a_letter_is_typed_in_and_holds_its_lot(pharmacy, page: Page):
    lot = pharmacy.receive(DRUG, "100")
    page.goto("/returns/recalls/")
    page.keyboard.press("F2")
    page.get_by_label("Number of the notice").wait_for()
    page.keyboard.type("LETTER-7")
    for label, says in (
        ("Firm", "Plains Pharma"),
        ("Product", "Lisinopril 10 mg"),
        ("NDCs", pharmacy.drugs[DRUG].ndc),
        ("Lots", "L1"),
        ("Why", "a wrong tablet"),
    ):
        page.get_by_label(label, exact=True).fill(says)
    page.keyboard.press("F10")
    page.get_by_role("heading", name="LETTER-7").wait_for()
    lot.refresh_from_db()
    assert lot.state == LotState.QUARANTINED


@pytest.mark.parametrize("lots", ["Lot L1", "Lots L1 through L9"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page_of_recalls(pharmacy, page: Page, lots, theme):
    recall = busy(pharmacy, lots)
    found = find_spec("axe_playwright_python")
    assert found is not None
    assert found.origin is not None
    script = (Path(found.origin).parent / "axe.min.js").read_text()
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    for path in ("", "new", f"{recall.pk}/", f"{recall.pk}/calls"):
        page.goto(f"/returns/recalls/{path}")
        page.evaluate(script)
        wrong = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in wrong] == [], path
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= page.evaluate("window.innerWidth"), path
