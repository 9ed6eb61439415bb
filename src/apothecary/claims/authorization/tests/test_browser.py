"""Prior authorizations in a real browser: keys alone, light and dark, axe finds nothing."""

from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Page

from apothecary.claims.authorization.actions import (
    ask,
    note_decision,
    start_authorization,
)
from apothecary.claims.authorization.answering import take_reply
from apothecary.claims.authorization.rules import Decision
from apothecary.claims.authorization.states import AuthorizationState, Way
from apothecary.claims.authorization.tests.desk import now, sent_of
from apothecary.claims.models import Claim, PriorAuthorization
from apothecary.claims.states import ClaimState
from apothecary.claims.submitting import claim_waiting
from apothecary.claims.tests.counter import make_member
from apothecary.config.tests.at_the_counter import BROWSER, page
from apothecary.journal.deeds import Deed
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.models import PayKind
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.wires.script.authorization_model import INITIATION, OPEN, Verdict
from apothecary.wires.script.authorization_write import write_verdict
from apothecary.wires.script.model import Address
from apothecary.wires.script.tests.authorizations import QUESTIONS

__all__ = ["page"]
pytestmark = BROWSER
S = AuthorizationState
# Keys from the list to the request on its way; they may only fall.
KEYS_TO_ASK = 2


def started(world, drug: str = "pregabalin") -> PriorAuthorization:
    """A request as it is right after the key on a claim refused with 75; no payer is needed."""
    make_member(world)
    order = world.order(drug, pay=PayKind.PLAN, patient=world.insured)
    fill = enter_prescription(by=world.technician, order=order)
    advance(fill, FillState.CLAIM, by=world.system, did=Deed.FILL_SCREENED)
    claim_waiting(world.pharmacy, world.system.at)
    Claim.objects.filter(fill=fill).update(
        state=ClaimState.REJECTED,
        codes=["75"],
        messages=["NEUROPATHY OR SEIZURES ONLY"],
        answered_at=world.system.at,
    )
    advance(
        fill, FillState.REJECTED, by=world.system, did=Deed.CLAIM_REJECTED, because="refused"
    )
    claim = Claim.objects.get(fill=fill)
    return start_authorization(by=world.technician, claim_id=claim.pk)


def questioned(world) -> PriorAuthorization:
    """The payer has sent its questions."""
    row = started(world)
    ask(by=world.technician, authorization_id=row.pk, way=Way.EPA)
    row = now(row)
    opened = Verdict(
        step=INITIATION,
        reference="PA-1",
        status=OPEN,
        case_id="C9",
        questions=QUESTIONS,
        deadline=world.technician.at + timedelta(days=5),
    )
    raw = write_verdict(
        opened,
        to=Address("1234567", "P"),
        sender=Address(row.coverage.bin, "PY"),
        message_id="R1",
        sent_at=world.technician.at,
        relates_to=sent_of(row).key,
    )
    take_reply(by=world.system, outgoing_id=sent_of(row).pk, raw=raw)
    assert now(row).state == S.QUESTIONED
    return now(row)


def granted(world) -> PriorAuthorization:
    """One that ends in two weeks."""
    row = started(world, "metformin")
    said = Decision(
        approved=True,
        number="PH123",
        until_on=world.technician.today + timedelta(days=14),
        because="Kim, by phone",
    )
    note_decision(by=world.technician, authorization_id=row.pk, said=said)
    return now(row)


def denied(world) -> PriorAuthorization:
    row = started(world, "warfarin")
    said = Decision(approved=False, because="letter: no trial of the first choice")
    note_decision(by=world.technician, authorization_id=row.pk, said=said)
    return now(row)


def axe_finds(page: Page) -> list[str]:
    """What a program for accessibility finds wrong on the page."""
    spec = find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    page.evaluate((Path(spec.origin).parent / "axe.min.js").read_text())
    violations = page.evaluate("axe.run()")["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in violations]


def test_from_the_list_to_the_payer_within_its_budget_of_keys(pharmacy, page):
    row = started(pharmacy)
    page.goto("/claims/authorizations/")
    keys = 0
    for key in ("F10", "F10"):
        with page.expect_navigation():
            page.keyboard.press(key)
        keys += 1
    page.get_by_text("Asked over the claims line, no answer yet.").wait_for()
    assert keys <= KEYS_TO_ASK
    assert now(row).state == S.ASKED


def test_questions_are_answered_with_keys_alone_and_the_next_one_follows_the_choice(
    pharmacy, page
):
    row = questioned(pharmacy)
    page.goto(f"/claims/authorizations/{row.pk}/")
    page.get_by_text("What is it for?").wait_for()
    assert page.get_by_text("When was the sleep study?").count() == 0
    page.locator("[name=q-1]").first.focus()
    page.keyboard.press("Space")
    page.locator("[name=told_by]").focus()
    page.keyboard.type("Dana")
    with page.expect_navigation():
        page.keyboard.press("Alt+k")
    page.get_by_text("When was the sleep study?").wait_for()
    assert now(row).answers["1"] == {"values": ["1A"], "source": "Dana"}


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_counters_screen(
    pharmacy, page, colours
):
    page.emulate_media(color_scheme=colours)
    rows = [questioned(pharmacy), granted(pharmacy), denied(pharmacy)]
    paths = ["", *(f"{row.pk}/" for row in rows)]
    found = {}
    for path in paths:
        page.goto(f"/claims/authorizations/{path}")
        page.locator("h1").first.wait_for()
        if problems := axe_finds(page):
            found[path] = problems
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, path
    assert found == {}
