"""Which evidence counts: that of the turn which filled the bag, wherever the bag is now."""

from collections.abc import Sized

import pytest

from apothecary.filling.actions import add_photo, leave_filling, send_to_check, start_filling
from apothecary.filling.models import BottleScan, Count, LabelPrint, VialPhoto
from apothecary.filling.queries import (
    Counter,
    counter,
    counts_of,
    last_label,
    photo_of,
    scans_of,
    turn_of,
)
from apothecary.filling.tests.bench import labelled, now
from apothecary.journal.deeds import Deed
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import STEPS, FillState
from apothecary.prescriptions.writer import advance
from apothecary.verification.evidence import evidence

JPEG = b"\xff\xd8\xff\xe0 a picture"
ON_FROM_FILLING = {
    FillState.CHECK: (FillState.CHECK,),
    FillState.READY: (FillState.CHECK, FillState.READY),
    FillState.SOLD: (FillState.CHECK, FillState.READY, FillState.SOLD),
    FillState.RETURNED: (FillState.CHECK, FillState.READY, FillState.RETURNED),
}
OFF_THE_WAY = [
    (FillState.WAITING,),
    (FillState.SHORT,),
    (FillState.SCREENING,),
    (FillState.CANCELLED,),
    (FillState.CHECK, FillState.FILLING),
    (FillState.CHECK, FillState.ENTRY),
    (FillState.CHECK, FillState.CANCELLED),
    (FillState.CHECK, FillState.READY, FillState.CANCELLED),
]


@pytest.fixture
def proved(pharmacy) -> Fill:
    """A fill in hand with bottle, count, label and picture."""
    fill = labelled(pharmacy)
    add_photo(by=pharmacy.technician, fill_id=fill.pk, image=JPEG)
    return now(fill)


def walk(world, fill: Fill, path) -> Fill:
    """Take the fill along, step by step."""
    for state in path:
        advance(now(fill), state, by=world.pharmacist, did=Deed.FILL_MOVED, because="a walk")
    return now(fill)


def page(world, fill: Fill) -> Counter:
    found = counter(pharmacy_id=world.pharmacy.pk, fill_id=fill.pk)
    assert found is not None
    return found


def seen(world, fill: Fill) -> list[list[int]]:
    """What the counter, its parts and the check make of the evidence: each how much of it."""
    at, check = page(world, fill), evidence(fill)
    label, photo = last_label(fill), photo_of(fill)
    shown: list[tuple[Sized, Sized, object, object]] = [
        (at.scans, at.facts.counts, at.label, at.photo_id),
        (scans_of(fill), counts_of(fill), label, photo),
        (check.bottles, check.counts, check.label, check.photo_id),
    ]
    return [[len(b), len(c), int(bool(one)), int(bool(two))] for b, c, one, two in shown]


@pytest.mark.parametrize("state", ON_FROM_FILLING)
def test_what_filled_the_bag_is_its_evidence_at_the_check_in_its_bin_sold_and_returned(
    pharmacy, proved, state
):
    turn = proved.steps
    fill = walk(pharmacy, proved, ON_FROM_FILLING[state])
    assert (fill.state, turn_of(fill)) == (state, turn)
    assert seen(pharmacy, fill) == [[1, 1, 1, 1]] * 3


def test_in_hand_the_evidence_is_that_of_this_turn(pharmacy, proved):
    assert turn_of(proved) == proved.steps
    assert seen(pharmacy, proved) == [[1, 1, 1, 1]] * 3


@pytest.mark.parametrize("path", OFF_THE_WAY, ids="-".join)
def test_what_was_put_back_sent_back_or_called_off_proves_nothing(pharmacy, proved, path):
    fill = walk(pharmacy, proved, path)
    assert seen(pharmacy, fill) == [[0, 0, 0, 0]] * 3
    kept = [rows.objects.count() for rows in (BottleScan, Count, LabelPrint, VialPhoto)]
    assert kept == [1, 1, 1, 1]


def test_every_state_after_filling_has_its_row_and_no_other_has(pharmacy):
    """The table of turns follows the table of steps: on from the check, straight to the end."""
    after = {step.end for step in STEPS if step.start == FillState.READY}
    # What is cancelled or taken back for its lot is not filled any more.
    straight = {FillState.CHECK, FillState.READY} | after
    straight -= {FillState.CANCELLED, FillState.SHORT}
    assert set(ON_FROM_FILLING) == straight


def test_the_page_of_a_fill_that_was_put_back_shows_its_steps_as_not_done(pharmacy, proved):
    leave_filling(by=pharmacy.technician, fill_id=proved.pk)
    facts = page(pharmacy, now(proved)).facts
    assert (facts.bottles_scanned, facts.counts) == (0, ())
    again = start_filling(by=pharmacy.technician, fill_id=proved.pk)
    assert page(pharmacy, again).facts.counts == ()


def test_a_second_turn_is_proved_by_its_own_bottles_alone(pharmacy, proved):
    send_to_check(by=pharmacy.technician, fill_id=proved.pk)
    back = walk(pharmacy, proved, (FillState.FILLING,))
    assert seen(pharmacy, back)[0] == [0, 0, 0, 0]
    assert turn_of(back) == proved.steps + 2
