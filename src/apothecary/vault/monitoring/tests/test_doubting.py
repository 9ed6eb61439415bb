"""What came back after its sale: held or laid before a pharmacist, who decides what is told."""

import pytest

from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.staff.worker import NotAllowed
from apothecary.vault.monitoring.calendar import to_mend
from apothecary.vault.monitoring.filing import file_due
from apothecary.vault.monitoring.mending import (
    doubt_told,
    let_stand,
    mend,
    release,
    take_back,
)
from apothecary.vault.monitoring.models import MonitoringRecord
from apothecary.vault.monitoring.rules import standing_problems
from apothecary.vault.monitoring.states import RecordState, Told
from apothecary.vault.monitoring.tests.hands import (
    Says,
    answer,
    fresh,
    house,
    outgoing,
    segments,
    send,
    sold,
    tonight,
    written,
)
from apothecary.vault.monitoring.tests.test_mending import LATER
from apothecary.vault.monitoring.tests.test_pages import page_of, text

CAME_BACK = "30 came back, an error: the bag of somebody else"


def doubted(world, row, says=CAME_BACK):
    """The record after some of it came back."""
    doubt_told(by=world.technician, fill_id=row.fill_id, doubt=says)
    return fresh(row)


@pytest.fixture
def accepted(pharmacy):
    row = sold(pharmacy)
    send(pharmacy, Says(answer(written(pharmacy))))
    return fresh(row)


def waits(world):
    return [row.pk for row in to_mend(world.pharmacy.pk)]


def deeds(world, row):
    lines = history(pharmacy_id=world.pharmacy.pk, about=[("monitoringrecord", row.pk)])
    return [line.deed for line in lines]


def test_what_was_told_waits_for_a_pharmacist_with_what_came_back(pharmacy, accepted):
    assert waits(pharmacy) == []
    row = doubted(pharmacy, accepted)
    assert (row.state, row.doubt, row.with_them) == (RecordState.ACCEPTED, CAME_BACK, True)
    assert waits(pharmacy) == [row.pk]
    assert deeds(pharmacy, row)[-1] == Deed.MONITORING_DOUBTED
    shown = page_of(pharmacy).get(f"/vault/monitoring/records/{row.pk}/")
    assert CAME_BACK in text(shown)
    assert "Let it stand" in text(shown)
    assert CAME_BACK in text(page_of(pharmacy).get("/vault/monitoring/"))


def test_what_was_not_told_yet_is_held_and_not_told_tonight(pharmacy):
    row = doubted(pharmacy, sold(pharmacy))
    assert (row.state, row.problem) == (RecordState.HELD, CAME_BACK)
    file_due(house(pharmacy), tonight(pharmacy))
    assert fresh(row).file_id is None


def test_all_of_it_came_back_the_dispensing_is_void_at_the_programme(pharmacy, accepted):
    row = doubted(pharmacy, accepted)
    void = take_back(by=pharmacy.pharmacist, record_id=row.pk, because="never taken home")
    assert (void.tells, void.doubt, fresh(row).doubt) == (Told.VOID, "", "")
    assert waits(pharmacy) == []
    file = written(pharmacy, tonight(pharmacy) + LATER)
    assert [one[1] for one in segments(file, "DSP")] == ["02"]


def test_all_of_it_came_back_before_the_night_nothing_is_told(pharmacy):
    row = doubted(pharmacy, sold(pharmacy))
    gone = take_back(by=pharmacy.pharmacist, record_id=row.pk, because="never taken home")
    assert (gone.pk, gone.state, gone.doubt) == (row.pk, RecordState.WITHDRAWN, "")
    file_due(house(pharmacy), tonight(pharmacy))
    assert fresh(row).file_id is None


def test_some_of_it_came_back_what_is_left_is_a_revision(pharmacy, accepted):
    row = doubted(pharmacy, accepted, "10 came back, an error: ten too many were counted")
    (new,) = mend(
        by=pharmacy.pharmacist, record_id=row.pk, element="DSP09", value="20",
        because="ten came back",
    )  # fmt: skip
    assert (new.tells, new.doubt, fresh(row).doubt) == (Told.REVISED, "", "")
    file = written(pharmacy, tonight(pharmacy) + LATER)
    ((_, status, *rest),) = segments(file, "DSP")
    assert (status, rest[7]) == ("01", "20")


def test_a_pharmacist_lets_it_stand_with_a_reason_and_nothing_more_is_told(pharmacy, accepted):
    row = doubted(pharmacy, accepted)
    let_stand(by=pharmacy.pharmacist, record_id=row.pk, because="replaced on the same day")
    row = fresh(row)
    assert (row.doubt, row.state) == ("", RecordState.ACCEPTED)
    assert waits(pharmacy) == []
    assert deeds(pharmacy, row)[-1] == Deed.MONITORING_STANDS
    assert file_due(house(pharmacy), tonight(pharmacy) + LATER) == 0


@pytest.mark.parametrize("act", [let_stand, release])
def test_what_was_held_goes_as_it_is_when_it_stands(pharmacy, act):
    row = doubted(pharmacy, sold(pharmacy))
    act(by=pharmacy.pharmacist, record_id=row.pk, because="it was given out again")
    row = fresh(row)
    assert (row.state, row.doubt, row.problem) == (RecordState.DUE, "", "")
    assert written(pharmacy).records == 1


def test_a_second_return_is_said_beside_the_first(pharmacy, accepted):
    doubted(pharmacy, accepted, "10 came back")
    assert doubted(pharmacy, accepted, "20 came back").doubt == "10 came back; 20 came back"


def test_what_comes_back_while_the_answer_is_on_its_way_waits_for_it(pharmacy):
    row = sold(pharmacy)
    file = written(pharmacy)
    row = doubted(pharmacy, row)
    assert (row.state, waits(pharmacy)) == (RecordState.FILED, [])
    with pytest.raises(Refused) as refusal:
        let_stand(by=pharmacy.pharmacist, record_id=row.pk, because="x")
    assert refusal.value.problems[0].code == "record-state"
    send(pharmacy, Says(answer(file)))
    assert outgoing(file).answered_at is not None
    assert waits(pharmacy) == [row.pk]


def test_of_what_is_not_told_or_taken_back_already_nothing_is_doubted(pharmacy, accepted):
    assert doubt_told(by=pharmacy.technician, fill_id=999, doubt="x") is None
    take_back(by=pharmacy.pharmacist, record_id=accepted.pk, because="came back")
    assert doubt_told(by=pharmacy.technician, fill_id=accepted.fill_id, doubt="x") is None
    assert not MonitoringRecord.objects.exclude(doubt="").exists()


def test_the_last_word_on_a_fill_is_the_one_that_is_doubted(pharmacy, accepted):
    (new,) = mend(
        by=pharmacy.pharmacist, record_id=accepted.pk, element="DSP10", value="16", because="x"
    )
    found = doubt_told(by=pharmacy.technician, fill_id=accepted.fill_id, doubt="came back")
    assert found is not None
    assert (found.pk, found.state, fresh(accepted).doubt) == (new.pk, RecordState.HELD, "")


def test_a_technician_lets_nothing_stand(pharmacy, accepted):
    row = doubted(pharmacy, accepted)
    with pytest.raises(NotAllowed):
        let_stand(by=pharmacy.technician, record_id=row.pk, because="x")
    assert fresh(row).doubt == CAME_BACK


def test_another_pharmacys_record_is_neither_doubted_nor_let_stand(pharmacy, accepted):
    row = doubted(pharmacy, accepted)
    with pytest.raises(Refused) as refusal:
        let_stand(by=pharmacy.stranger, record_id=row.pk, because="x")
    assert refusal.value.problems[0].code == "no-record"
    assert doubt_told(by=pharmacy.stranger, fill_id=row.fill_id, doubt="theirs") is None
    assert fresh(row).doubt == CAME_BACK


@pytest.mark.parametrize(("because", "field"), [("", "because"), ("   ", "because")])
def test_to_let_it_stand_says_why(pharmacy, accepted, because, field):
    row = doubted(pharmacy, accepted)
    with pytest.raises(Refused) as refusal:
        let_stand(by=pharmacy.pharmacist, record_id=row.pk, because=because)
    assert refusal.value.problems[0].field == field
    assert fresh(row).doubt == CAME_BACK


@pytest.mark.parametrize(
    ("state", "doubt", "fine"),
    [
        (RecordState.ACCEPTED, "x", True), (RecordState.HELD, "x", True),
        (RecordState.REJECTED, "x", True), (RecordState.FILED, "x", False),
        (RecordState.REPLACED, "x", False), (RecordState.WITHDRAWN, "x", False),
        (RecordState.ACCEPTED, "", False), (RecordState.HELD, "", False),
    ],
)  # fmt: skip
def test_only_a_doubted_record_that_counts_is_let_stand(state, doubt, fine):
    assert (standing_problems(state, doubt) == []) is fine


def test_the_key_on_the_page_lets_it_stand_and_goes_on(pharmacy, accepted):
    row = doubted(pharmacy, accepted)
    there = f"/vault/monitoring/records/{row.pk}/stands"
    went = page_of(pharmacy).post(there, {"because": "replaced on the same day"})
    assert (went.status_code, went.headers["Location"]) == (302, "/vault/monitoring/")
    assert (fresh(row).doubt, fresh(row).because) == ("", "replaced on the same day")
