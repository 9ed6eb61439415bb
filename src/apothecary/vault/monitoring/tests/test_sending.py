"""A file is told until somebody answers: the same bytes, at growing rests, by one at a time."""

from datetime import timedelta

import pytest

from apothecary.vault.monitoring.lookup.sending import MOST_TRIES, REST, HistoryPost
from apothecary.vault.monitoring.lookup.states import LookUpState
from apothecary.vault.monitoring.lookup.tests.hands import asked, question
from apothecary.vault.monitoring.lookup.tests.hands import fresh as fresh_look_up
from apothecary.vault.monitoring.models import MonitoringFile
from apothecary.vault.monitoring.sending import (
    A_ROUND,
    FIRST_REST,
    LONGEST_REST,
    MonitoringPost,
    rest_after,
)
from apothecary.vault.monitoring.states import FileState, RecordState
from apothecary.vault.monitoring.tests.hands import (
    Says,
    answer,
    fresh,
    house,
    outgoing,
    send,
    sold,
    tonight,
    written,
)
from apothecary.wires.errors import Rejected, Unreachable
from apothecary.wires.models import OutgoingState

DAY = timedelta(days=1)
AWAY = Unreachable("connection refused")


@pytest.fixture
def filed(pharmacy):
    """A record in a file that waits in the outbox."""
    row = sold(pharmacy)
    return row, written(pharmacy)


@pytest.mark.parametrize(
    ("tries", "seconds"),
    [(0, 15), (1, 15), (2, 30), (3, 60), (4, 120), (5, 240), (6, 480), (7, 900), (99, 900)],
)
def test_each_rest_is_twice_the_last_up_to_a_quarter_of_an_hour(tries, seconds):
    assert rest_after(tries) == timedelta(seconds=seconds)
    assert FIRST_REST <= rest_after(tries) <= LONGEST_REST


def test_a_line_that_is_away_is_tried_again_after_its_rest_and_not_before(pharmacy, filed):
    row, file = filed
    line = Says(AWAY, answer(file))
    at = tonight(pharmacy)
    assert send(pharmacy, line, at) == 1
    assert outgoing(file).problem == "connection refused"
    assert send(pharmacy, line, at + FIRST_REST - timedelta(seconds=1)) == 0
    assert fresh(row).state == RecordState.FILED
    assert send(pharmacy, line, at + FIRST_REST) == 1
    assert fresh(row).state == RecordState.ACCEPTED
    assert line.heard[0] == line.heard[1]
    assert line.heard[0][0] == file.control


def test_the_rests_grow_while_nobody_answers_and_no_second_file_is_written(pharmacy, filed):
    _, file = filed
    line, at = Says(AWAY), tonight(pharmacy)
    for tries in range(1, 6):
        assert send(pharmacy, line, at) == 1
        waiting = outgoing(file)
        assert (waiting.tries, waiting.next_try_at - at) == (tries, rest_after(tries))
        at = waiting.next_try_at
    assert len({raw for _, raw in line.heard}) == 1
    assert MonitoringFile.objects.count() == 1


def test_without_a_line_to_this_programme_nothing_is_tried(pharmacy, filed):
    _, file = filed
    line = Says(answer(file))
    post = MonitoringPost({"OK": line})
    assert post.send_due(house(pharmacy), tonight(pharmacy)) == 0
    assert (line.heard, outgoing(file).tries) == ([], 0)


def test_what_the_line_refuses_for_good_is_held_and_not_told_again(pharmacy, filed):
    row, _ = filed
    line = Says(Rejected("413 too large"))
    assert send(pharmacy, line) == 1
    assert fresh(row).state == RecordState.HELD
    assert "413 too large" in fresh(row).problem
    assert MonitoringFile.objects.get().state == FileState.REJECTED
    assert send(pharmacy, line, tonight(pharmacy) + DAY) == 0
    assert len(line.heard) == 1


def test_an_answered_file_is_never_told_again(pharmacy, filed):
    _, file = filed
    line = Says(answer(file))
    send(pharmacy, line)
    for hours in (1, 24, 240):
        assert send(pharmacy, line, tonight(pharmacy) + timedelta(hours=hours)) == 0
    assert outgoing(file).state == OutgoingState.ANSWERED
    assert len(line.heard) == 1


def test_a_round_takes_no_more_than_its_share_and_the_next_takes_the_rest(pharmacy):
    at = tonight(pharmacy)
    files = []
    for day in range(A_ROUND + 2):
        sold(pharmacy, f"70000{day:02}", at=at + DAY * day - timedelta(hours=1))
        files.append(written(pharmacy, at + DAY * day))
    line = Says(*(answer(file) for file in files))
    last = at + DAY * (A_ROUND + 2)
    assert send(pharmacy, line, last) == A_ROUND
    assert send(pharmacy, line, last) == 2
    # In the order of their days, so that a revision never comes before what it revises.
    assert [name for name, _ in line.heard] == [file.control for file in files]
    assert {file.state for file in MonitoringFile.objects.all()} == {FileState.ACCEPTED}


def test_another_pharmacys_files_are_not_told_with_ours(pharmacy, filed):
    _, file = filed
    line = Says(answer(file))
    assert MonitoringPost({"TX": line}).send_due(pharmacy.other, tonight(pharmacy)) == 0
    assert line.heard == []


@pytest.mark.parametrize(
    ("tries", "state"),
    [
        (1, LookUpState.ASKED),
        (MOST_TRIES - 1, LookUpState.ASKED),
        (MOST_TRIES, LookUpState.FAILED),
    ],
)
def test_a_question_is_given_up_after_its_last_try(pharmacy, tries, state):
    row = asked(pharmacy)
    post = HistoryPost({"TX": Says(AWAY)})
    for number in range(tries):
        assert post.send_due(house(pharmacy), pharmacy.system.at + REST * number) == 1
    assert fresh_look_up(row).state == state


def test_somebody_waits_for_a_question_so_that_it_rests_only_a_moment(pharmacy):
    row = asked(pharmacy)
    post, at = HistoryPost({"TX": Says(AWAY)}), pharmacy.system.at
    post.send_due(house(pharmacy), at)
    assert question(row).next_try_at - at == REST
    assert post.send_due(house(pharmacy), at + REST - timedelta(seconds=1)) == 0
