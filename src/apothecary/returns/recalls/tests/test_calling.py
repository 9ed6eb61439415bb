"""Telling patients: each try is a row, and nobody is told twice or forgotten."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.patients.models import Patient
from apothecary.prescriptions.states import FillState
from apothecary.returns.recalls.calling import (
    Told,
    note_call,
    words_for_machine,
    words_to_say,
)
from apothecary.returns.recalls.models import Recall, RecallCall, RecallTry
from apothecary.returns.recalls.states import CallOutcome, RecallState, Way
from apothecary.returns.recalls.tests.notices import take
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in
from apothecary.staff.worker import NotAllowed


@pytest.fixture
def call(pharmacy) -> RecallCall:
    """One patient to be told; her telephone number is on file."""
    Patient.objects.filter(pk=pharmacy.patient.pk).update(phone="5125550100")
    pharmacy.stocked(until=FillState.SOLD)
    recall = take(pharmacy, recall_class="I")
    return RecallCall.objects.get(recall=recall)


def tell(world, call, outcome, *, way=Way.PHONE, note="", by=None) -> RecallCall:
    return note_call(
        by=by or world.technician, call_id=call.pk, way=way, outcome=outcome, note=note
    )


@pytest.mark.parametrize("outcome", [CallOutcome.HAS_SOME, CallOutcome.HAS_NONE])
def test_a_patient_who_was_spoken_to_is_done(pharmacy, call, outcome):
    row = tell(pharmacy, call, outcome)
    assert (row.outcome, row.tries, row.done_at) == (outcome, 1, pharmacy.technician.at)
    lines = history(pharmacy_id=pharmacy.pharmacy.pk, about=[("recall", row.recall_id)])
    assert lines[-1].deed == Deed.RECALL_CALLED


@pytest.mark.parametrize(
    "outcome", [CallOutcome.NO_ANSWER, CallOutcome.MESSAGE, CallOutcome.WRONG_NUMBER]
)
def test_who_was_not_spoken_to_is_called_again(pharmacy, call, outcome):
    for tries in (1, 2):
        row = tell(pharmacy, call, outcome)
        assert (row.tries, row.done_at) == (tries, None)
    assert RecallTry.objects.filter(call=call).count() == 2


def test_after_three_calls_a_letter_is_enough(pharmacy, call):
    for _ in range(2):
        tell(pharmacy, call, CallOutcome.NO_ANSWER)
    with pytest.raises(Refused) as refusal, transaction.atomic():
        tell(pharmacy, call, CallOutcome.LETTER_SENT, way=Way.LETTER)
    assert refusal.value.problems[0].code == "too-early"
    tell(pharmacy, call, CallOutcome.NO_ANSWER)
    assert tell(pharmacy, call, CallOutcome.LETTER_SENT, way=Way.LETTER).done_at is not None


def test_who_has_no_number_gets_a_letter_at_once(pharmacy, call):
    Patient.objects.filter(pk=call.patient_id).update(phone="")
    assert tell(pharmacy, call, CallOutcome.LETTER_SENT, way=Way.LETTER).done_at is not None


def test_nobody_is_told_twice(pharmacy, call):
    tell(pharmacy, call, CallOutcome.HAS_NONE)
    with pytest.raises(Refused) as refusal:
        tell(pharmacy, call, CallOutcome.HAS_NONE)
    assert [(one.field, one.code) for one in refusal.value.problems] == [("call_id", "told")]


def test_of_a_closed_recall_nobody_is_called(pharmacy, call):
    Recall.objects.update(state=RecallState.CLOSED.value)
    with pytest.raises(Refused) as refusal:
        tell(pharmacy, call, CallOutcome.HAS_NONE)
    assert refusal.value.problems[0].code == "wrong-state"


def test_a_letter_has_no_answer(pharmacy, call):
    with pytest.raises(Refused) as refusal:
        tell(pharmacy, call, CallOutcome.HAS_NONE, way=Way.LETTER)
    assert refusal.value.problems[0].field == "outcome"
    assert not RecallTry.objects.exists()


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_who_does_not_work_recalls_calls_nobody(pharmacy, call, role):
    with pytest.raises(NotAllowed):
        tell(pharmacy, call, CallOutcome.HAS_NONE, by=pharmacy.workers[role])


def test_another_pharmacys_patient_is_not_there(pharmacy, call):
    stand_in(pharmacy.other.pk)
    with pytest.raises(Refused) as refusal:
        tell(pharmacy, call, CallOutcome.HAS_NONE, by=pharmacy.stranger)
    assert refusal.value.problems[0].code == "no-call"


def test_a_try_stays_as_it_was_written_down(pharmacy, call):
    tell(pharmacy, call, CallOutcome.NO_ANSWER)
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
        RecallTry.objects.update(outcome=CallOutcome.HAS_NONE.value)
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
        RecallTry.objects.all().delete()


# The words


def words(language: str) -> Told:
    return Told(
        pharmacy="Sample Pharmacy",
        patient="Jane Doe",
        drug="lisinopril 10 mg tablets",
        lots=("L1", "L2"),
        got_on=date(2026, 11, 2),
        reason="Failed dissolution specifications",
        language=language,
    )


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_before_the_drug_is_named_the_caller_asks_who_answers(language):
    first, second, third = words_to_say(words(language))
    assert "Jane Doe" in first
    assert "lisinopril" not in first
    assert "L1, L2" in second
    assert "Failed dissolution specifications" in second
    assert third.endswith(("now.", "ahora."))


@pytest.mark.parametrize(
    ("language", "says"), [("en", "November 2, 2026"), ("es", "02/11/2026")]
)
def test_the_day_is_said_as_the_patient_says_it(language, says):
    assert says in words_to_say(words(language))[1]


@pytest.mark.parametrize("language", ["en", "es"])
def test_nobody_is_told_to_stop_a_medicine(language):
    said = " ".join(words_to_say(words(language)))
    assert ("do not stop" in said) or ("No deje de tomar" in said)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_machine_hears_nothing_of_a_persons_health(language):
    said = words_for_machine(words(language))
    for secret in ("Jane", "Doe", "lisinopril", "L1", "recall", "medicine"):
        assert secret not in said
    assert "Sample Pharmacy" in said
