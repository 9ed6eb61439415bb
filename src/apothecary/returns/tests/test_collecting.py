"""Who may take back what patients have left over: a registered collector, by a receptacle."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.prescriptions.states import FillState
from apothecary.returns.disposal.bringing import take_back
from apothecary.returns.disposal.collecting import (
    is_collector,
    receptacle_problems,
    say_collector,
)
from apothecary.returns.disposal.models import CollectorStanding, PatientReturn
from apothecary.returns.shipments.rules import LONGEST
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Lot

SAYS = "DEA certificate of 2026-11-02"


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in refused.value.problems]


@pytest.fixture
def pic(room):
    return room.world.workers[Role.IN_CHARGE]


def brings(room, drug: str, *, purpose: str = "take-back"):
    """A patient brings ten of what a sold fill gave them."""
    fill = room.world.stocked(drug, until=FillState.SOLD)
    return take_back(
        by=room.by,
        fill_id=fill.pk,
        lot_id=Lot.objects.get(package=room.world.drugs[drug]).pk,
        quantity=Decimal(10),
        purpose=purpose,
        because="left over",
        key=f"b-{drug}",
    )


# Who says it


def test_a_pharmacy_of_which_nobody_has_said_it_is_none(room):
    assert not is_collector(pharmacy_id=room.by.pharmacy_id)


def test_the_pharmacist_in_charge_says_it_with_the_evidence(room, pic):
    row = say_collector(by=pic, registered=True, evidence=f" {SAYS} ")
    assert (row.registered, row.evidence, row.said_at) == (True, SAYS, pic.at)
    assert is_collector(pharmacy_id=pic.pharmacy_id)
    (line,) = history(pharmacy_id=pic.pharmacy_id, about=[("collectorstanding", row.pk)])
    assert line.deed == Deed.POLICY_CHANGED


def test_the_last_word_counts_and_the_earlier_stays(room, pic):
    later = pic.at_time(pic.at + timedelta(hours=1), pic.today)
    say_collector(by=later, registered=False, evidence="given up")
    say_collector(by=pic, registered=True, evidence=SAYS)
    assert not is_collector(pharmacy_id=pic.pharmacy_id)
    assert CollectorStanding.objects.count() == 2


def test_the_same_word_twice_is_said_once(room, pic):
    first = say_collector(by=pic, registered=True, evidence=SAYS)
    assert say_collector(by=pic, registered=True, evidence=f"{SAYS} ") == first
    assert CollectorStanding.objects.count() == 1


def test_what_one_pharmacy_is_the_other_is_not(room, pic):
    say_collector(by=pic, registered=True, evidence=SAYS)
    assert not is_collector(pharmacy_id=room.world.other.pk)


@pytest.mark.parametrize(
    "role", [one for one in Role if one not in {Role.IN_CHARGE, Role.SYSTEM}]
)
def test_nobody_else_says_it(room, role):
    with pytest.raises(NotAllowed):
        say_collector(by=room.world.workers[role], registered=True, evidence=SAYS)
    assert not CollectorStanding.objects.exists()


@pytest.mark.parametrize(
    ("evidence", "code"),
    [("", "missing"), (" \n", "missing"), ("x" * (LONGEST + 1), "too-long")],
)
def test_without_evidence_or_with_an_endless_one_nothing_is_said(room, pic, evidence, code):
    with pytest.raises(Refused) as refused:
        say_collector(by=pic, registered=True, evidence=evidence)
    assert [(one.code, one.field) for one in refused.value.problems] == [(code, "evidence")]
    assert not CollectorStanding.objects.exists()


# What it changes


@pytest.mark.parametrize(
    ("drug", "cite"),
    [("alprazolam", "21 CFR 1317.30 to 1317.75"), ("lisinopril", "40 CFR 266.506")],
)
def test_where_nobody_is_a_collector_leftovers_are_refused_by_the_law(room, drug, cite):
    with pytest.raises(Refused) as refused:
        brings(room, drug)
    assert [(one.code, one.cite) for one in refused.value.problems] == [("no-collector", cite)]
    assert room.at(PlaceKind.PATIENT, drug) > 0
    assert not PatientReturn.objects.exists()


def test_a_collector_takes_leftovers_that_are_not_controlled(room, pic):
    say_collector(by=pic, registered=True, evidence=SAYS)
    assert brings(room, "lisinopril").purpose == "take-back"
    assert room.at(PlaceKind.RETURNED) == 10


def test_at_a_collector_no_hand_takes_a_controlled_drug_the_receptacle_does(room, pic):
    say_collector(by=pic, registered=True, evidence=SAYS)
    with pytest.raises(Refused) as refused:
        brings(room, "alprazolam")
    (one,) = refused.value.problems
    assert (one.code, one.cite, one.field) == ("receptacle", "21 CFR 1317.75", "purpose")
    assert not PatientReturn.objects.exists()


def test_who_gave_the_registration_up_takes_nothing_any_more(room, pic):
    say_collector(by=pic, registered=True, evidence=SAYS)
    later = pic.at_time(pic.at + timedelta(days=1), pic.today)
    say_collector(by=later, registered=False, evidence="given up")
    with pytest.raises(Refused) as refused:
        brings(room, "lisinopril")
    assert codes(refused) == ["no-collector"]


@pytest.mark.parametrize("collector", [True, False])
@pytest.mark.parametrize("purpose", ["error", "recall"])
def test_our_own_error_or_a_recall_needs_no_collector(room, pic, purpose, collector):
    say_collector(by=pic, registered=collector, evidence=SAYS)
    assert brings(room, "alprazolam", purpose=purpose).purpose == purpose


@pytest.mark.parametrize(
    ("purpose", "controlled", "collector", "stopped"),
    [
        ("take-back", True, True, True),
        ("take-back", True, False, False),
        ("take-back", False, True, False),
        ("error", True, True, False),
        ("recall", True, True, False),
        ("", True, True, False),
    ],
)
def test_only_a_controlled_leftover_at_a_collector_is_the_receptacles(
    purpose, controlled, collector, stopped
):
    found = receptacle_problems(purpose=purpose, controlled=controlled, collector=collector)
    assert bool(found) == stopped


# The page


def test_the_page_says_what_stands_and_only_the_steward_may_say_otherwise(room, browser):
    there = "/returns/brought"
    assert b"Nobody has said it" in browser(Role.TECHNICIAN).get(there).content
    assert b'name="registered"' not in browser(Role.TECHNICIAN).get(there).content
    steward = browser(Role.IN_CHARGE)
    assert b'name="registered"' in steward.get(there).content
    said = {"registered": "yes", "evidence": SAYS}
    assert steward.post("/returns/collector", said).status_code == 302
    shown = browser(Role.TECHNICIAN).get(there).content.decode()
    assert SAYS in shown
    assert "go into the receptacle" in shown


@pytest.mark.parametrize("registered", ["", "maybe", "YES"])
def test_neither_yes_nor_no_is_refused_by_field(room, browser, registered):
    said = {"registered": registered, "evidence": SAYS}
    answer = browser(Role.IN_CHARGE).post("/returns/collector", said)
    assert answer.status_code == 409
    assert not CollectorStanding.objects.exists()
