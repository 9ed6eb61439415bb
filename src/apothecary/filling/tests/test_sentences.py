"""One sentence says what to do next, and four steps how far it is."""

from dataclasses import replace
from decimal import Decimal

import pytest

from apothecary.filling.back_counts import LeftFacts
from apothecary.filling.rules import FillingFacts
from apothecary.filling.sentences import steps, what_next
from apothecary.filling.tests.test_rules import C2, FACTS, RIGHT, SLIP

BLIND = replace(FACTS, left=(LeftFacts(1, "L1"),))


def missed(times: int) -> FillingFacts:
    """As many counts of what is left that found one less than the books say."""
    return replace(FACTS, left=(LeftFacts(1, "L1", ((Decimal(969), Decimal(970)),) * times),))


BARE = replace(FACTS, bottles=(), counts=())
TWO_LOTS = replace(BARE, reserved=((1, "L1"), (2, "L2")))
LARGE = replace(BARE, quantity=Decimal(250), bottles=(RIGHT,))
CASES = [
    (BARE, False, "Take lot L1 and scan the bottle.", "scan"),
    (TWO_LOTS, False, "Take lot L1 and scan the bottle.", "scan"),
    (replace(TWO_LOTS, bottles=(RIGHT,)), False, "Now lot L2: scan that bottle too.", "scan"),
    (LARGE, False, "2 bottles more to scan.", "scan"),
    (replace(LARGE, quantity=Decimal(150)), False, "One bottle more to scan.", "scan"),
    (replace(BARE, reserved=()), False, "Nothing is reserved any more", ""),
    (replace(BARE, bottles=(SLIP,)), False, "Wrong.", ""),
    (replace(FACTS, bottles=(RIGHT, SLIP)), True, "Wrong.", ""),
    (replace(FACTS, counts=()), False, "Count 30 tablets.", "F10"),
    (replace(C2, counts=()), False, "Count 30 tablets.", "F10"),
    (C2, False, "Count 30 tablets again.", "F10"),
    (FACTS, False, "Counted. Print the label.", "F10"),
    (FACTS, True, "Stick the label on the vial.", "F10"),
]


@pytest.mark.parametrize(("facts", "labelled", "says", "key"), CASES)
def test_the_next_thing_to_do_is_said_with_its_key(facts, labelled, says, key):
    said = what_next(facts, unit="tablet", labelled=labelled)
    assert says in said.says
    assert said.key == key


@pytest.mark.parametrize(
    ("facts", "does"),
    [
        (replace(FACTS, counts=()), "print the label"),
        (replace(C2, counts=()), "first count"),
        (C2, "print the label"),
    ],
)
def test_only_the_last_count_prints(facts, does):
    assert what_next(facts, unit="tablet", labelled=False).key_says == does


@pytest.mark.parametrize(("facts", "labelled", "says", "key"), CASES)
def test_what_stops_is_red_and_what_is_done_is_green(facts, labelled, says, key):
    tone = what_next(facts, unit="tablet", labelled=labelled).tone
    stops = any(bottle.open_slip for bottle in facts.bottles) or not facts.reserved
    assert tone == ("stop" if stops else "done" if labelled else "plain")


@pytest.mark.parametrize(("facts", "labelled", "says", "key"), CASES)
def test_exactly_one_step_is_the_present_one_and_none_after_it_is_done(
    facts, labelled, says, key
):
    states = [is_ for _, is_, _ in steps(facts, unit="tablet", labelled=labelled)]
    assert states.count("now") == 1
    assert set(states[: states.index("now")]) <= {"done"}
    assert set(states[states.index("now") + 1 :]) <= {"later"}


def test_the_steps_say_how_far_each_is():
    shown = steps(replace(C2, quantity=Decimal(150)), unit="tablet", labelled=False)
    assert shown[0] == ("Scan every stock bottle", "now", "1 of 2")
    assert shown[1] == ("Count 150 tablets twice", "later", "1 of 2")
    assert [says for says, _, _ in shown[2:]] == [
        "Print and stick the label",
        "Basket to the pharmacist",
    ]


@pytest.mark.parametrize(("labelled", "now"), [(False, 2), (True, 3)])
def test_a_counted_vial_waits_for_its_label_and_then_for_the_basket(labelled, now):
    shown = steps(FACTS, unit="tablet", labelled=labelled)
    assert [is_ for _, is_, _ in shown].index("now") == now
    assert shown[0][0] == "Scan the stock bottle"
    assert shown[1] == ("Count 30 tablets", "done", "1 of 1")


def test_a_label_proves_nothing_of_a_vial_that_was_not_counted():
    shown = steps(replace(FACTS, counts=()), unit="tablet", labelled=True)
    assert [is_ for _, is_, _ in shown] == ["done", "now", "later", "later"]


def test_what_is_measured_is_said_in_its_unit():
    facts = replace(FACTS, quantity=Decimal("28.400"), unit="GM", counts=())
    assert "Count 28.4 g." in what_next(facts, unit="GM", labelled=False).says


@pytest.mark.parametrize(
    ("facts", "says", "tone", "does", "at"),
    [
        (
            BLIND,
            "count what is left of lot L1, all its bottles.",
            "plain",
            "that many are left",
            3,
        ),
        (missed(1), "Count what is left of lot L1 again.", "look", "that many are left", 3),
        (missed(2), "1 short. The pharmacist sees it.", "look", "send to the pharmacist", 4),
    ],
)
def test_what_is_left_is_the_step_after_the_label_and_a_second_miss_goes_on(
    facts, says, tone, does, at
):
    said = what_next(facts, unit="tablet", labelled=True)
    assert says in said.says
    assert (said.tone, said.key, said.key_says) == (tone, "F10", does)
    shown = steps(facts, unit="tablet", labelled=True)
    assert [is_ for _, is_, _ in shown].index("now") == at
    assert shown[3][0] == "Count what is left, blind"


def test_what_is_left_is_not_counted_before_the_label_is_on():
    shown = steps(BLIND, unit="tablet", labelled=False)
    assert [is_ for _, is_, _ in shown] == ["done", "done", "now", "later", "later"]
    assert what_next(BLIND, unit="tablet", labelled=False).says == "Counted. Print the label."
