"""One sentence for every state: where it is, why it waits, whose turn, which key."""

import pytest

from apothecary.prescriptions.sentences import WhereFacts, where_it_is
from apothecary.prescriptions.states import ENDED, FillState

SOFTWARE_WORDS = ("claim", "reject", "queue", "stage", "screen", "state", "F10", "F6")


@pytest.mark.parametrize("state", list(FillState))
def test_every_state_has_a_sentence_for_the_staff_and_one_for_the_patient(state):
    said = where_it_is(WhereFacts(state=state))
    assert said.staff.endswith(".")
    assert said.patient.endswith(".")
    assert "{" not in said.staff + said.patient
    assert "()" not in said.staff


@pytest.mark.parametrize("state", list(FillState))
def test_what_is_still_on_its_way_names_whose_turn_it_is(state):
    said = where_it_is(WhereFacts(state=state))
    assert bool(said.turn) is (state not in ENDED)


@pytest.mark.parametrize("state", list(FillState))
def test_the_patient_hears_no_word_of_our_software(state):
    said = where_it_is(WhereFacts(state=state, because="79: refill too soon", bin="C3"))
    assert not [word for word in SOFTWARE_WORDS if word.lower() in said.patient.lower()]
    assert "79" not in said.patient


def test_the_key_that_helps_stands_in_the_sentence():
    for state in FillState:
        said = where_it_is(WhereFacts(state=state))
        if said.key.startswith("F") and state is not FillState.READY:
            assert said.key in said.staff, state


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        (
            WhereFacts(FillState.REJECTED, "79: refill too soon until June 14"),
            "Rejected 79: refill too soon until June 14: F6 to work it.",
        ),
        (
            WhereFacts(FillState.SHORT, "needs 30, 12 on hand"),
            "Out of stock (needs 30, 12 on hand): F10 when it has come.",
        ),
        (
            WhereFacts(FillState.FILLING, owner="Tess Technician"),
            "Being filled by Tess Technician: scan the bottle.",
        ),
        (
            WhereFacts(FillState.READY, bin="C3"),
            "Ready in bin C3: scan the bag to sell it.",
        ),
        (
            WhereFacts(FillState.READY),
            "Ready, not in a bin yet: scan the bag to sell it.",
        ),
        (
            WhereFacts(FillState.ENTRY, "sent back: wrong count"),
            "In entry (sent back: wrong count): F10 when it is right.",
        ),
    ],
)
def test_the_sentence_holds_the_reason(facts, says):
    assert where_it_is(facts).staff == says


def test_whose_turn_it_is_changes_along_the_way():
    turns = {state: where_it_is(WhereFacts(state=state)).turn for state in FillState}
    assert turns[FillState.CHECK] == turns[FillState.REVIEW] == "pharmacist"
    assert turns[FillState.CLAIM] == turns[FillState.SCREENING] == "Apothecary"
    assert turns[FillState.REJECTED] == turns[FillState.FILLING] == "technician"
