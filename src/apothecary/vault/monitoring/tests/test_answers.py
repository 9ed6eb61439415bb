"""A programme's answer is kept, acted on once, and never guessed at; a silent one waits."""

from datetime import timedelta

import pytest

from apothecary.law.problem import Refused
from apothecary.staff.worker import NotAllowed
from apothecary.vault.monitoring.answering import say_received, say_refused, take_answer
from apothecary.vault.monitoring.lines import NoAnswer, NotConnected
from apothecary.vault.monitoring.models import MonitoringFile
from apothecary.vault.monitoring.sending import LONGEST_REST, MonitoringPost, rest_after
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
from apothecary.wires.errors import Rejected
from apothecary.wires.models import OutgoingState

BAD_DEA = "ERR*2*7000002*PRE02*401*the DEA number is not on file"


@pytest.fixture
def two(pharmacy):
    """Two records in one file."""
    return sold(pharmacy), sold(pharmacy, "7000002"), written(pharmacy)


def now(file):
    return MonitoringFile.objects.get(pk=file.pk)


def test_an_acknowledged_file_is_accepted_with_all_its_records(pharmacy, two):
    one, other, file = two
    line = Says(answer(file))
    assert send(pharmacy, line) == 1
    assert line.heard == [(file.control, bytes(file.raw))]
    assert now(file).state == FileState.ACCEPTED
    assert bytes(now(file).answer) == answer(file)
    for row in (one, other):
        assert (fresh(row).state, fresh(row).with_them) == (RecordState.ACCEPTED, True)
    assert outgoing(file).state == OutgoingState.ANSWERED
    assert send(pharmacy, line, tonight(pharmacy) + timedelta(hours=1)) == 0


def test_one_record_refused_leaves_the_others_accepted_and_says_which_element(pharmacy, two):
    one, other, file = two
    send(pharmacy, Says(answer(file, BAD_DEA)))
    assert fresh(one).state == RecordState.ACCEPTED
    bad = fresh(other)
    assert (bad.state, bad.element, bad.with_them) == (RecordState.REJECTED, "PRE02", False)
    assert bad.problem == "401 the DEA number is not on file"


@pytest.mark.parametrize("said", ["failed", "refused"])
def test_a_file_refused_as_a_whole_holds_its_records_and_is_not_sent_by_itself(
    pharmacy, two, said
):
    one, _, file = two
    end = answer(file, kind="03") if said == "failed" else Rejected("422 no")
    send(pharmacy, Says(end))
    assert now(file).state == FileState.REJECTED
    assert fresh(one).state == RecordState.HELD
    assert fresh(one).problem.startswith("the whole file: ")
    assert send(pharmacy, Says(end), tonight(pharmacy) + timedelta(hours=1)) == 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: b"",
        lambda file: b"<html>sign in</html>",
        lambda file: answer(file)[:-9],
        lambda file: answer(file, about="another-file"),
        lambda file: answer(file, kind="01"),
        lambda file: answer(file, "ERR*3*7000002*PRE02*401*no such record"),
        lambda file: answer(file, "ERR*0*7000002*PRE02*401*no such record"),
        lambda file: answer(file, "ERR*1*7000002*PRE02*401*another number"),
        lambda file: answer(file, "ERR*2*7000002"),
        lambda file: answer(file, "XYZ*1*2"),
    ],
)
def test_an_answer_nobody_understands_settles_no_record(pharmacy, two, spoil):
    one, other, file = two
    raw = spoil(file)
    send(pharmacy, Says(raw))
    assert now(file).state == FileState.UNCLEAR
    assert now(file).problem
    assert bytes(now(file).answer) == raw
    assert {fresh(one).state, fresh(other).state} == {RecordState.FILED}


def test_a_lost_answer_is_asked_for_again_with_the_same_bytes(pharmacy, two):
    file = two[2]
    line = Says(NoAnswer("the line broke"), answer(file))
    at = tonight(pharmacy)
    send(pharmacy, line, at)
    assert outgoing(file).problem == "the line broke"
    assert send(pharmacy, line, at + rest_after(1) - timedelta(seconds=1)) == 0
    assert send(pharmacy, line, at + rest_after(1)) == 1
    assert line.heard[0] == line.heard[1]
    assert now(file).state == FileState.ACCEPTED


def test_without_a_line_a_file_waits_and_is_not_tried(pharmacy, two):
    post = MonitoringPost({})
    assert post.send_due(house(pharmacy), tonight(pharmacy)) == 0
    assert outgoing(two[2]).tries == 0


def test_with_the_network_away_at_the_hour_a_file_goes_once_it_is_back(pharmacy, two):
    file = two[2]
    away, back = Says(NotConnected("no line")), Says(answer(file))
    at = tonight(pharmacy)
    for tries in range(1, 4):
        assert send(pharmacy, away, at) == 1
        at += rest_after(tries)
    assert send(pharmacy, back, at) == 1
    assert len(back.heard) == 1
    assert now(file).state == FileState.ACCEPTED


def test_an_answer_that_comes_twice_counts_once(pharmacy, two):
    one, _, file = two
    send(pharmacy, Says(answer(file)))
    late = answer(file, "ERR*1*7000001*PRE02*401*too late")
    take_answer(by=pharmacy.system, outgoing_id=outgoing(file).pk, raw=late)
    assert fresh(one).state == RecordState.ACCEPTED


def test_rests_grow_and_end(pharmacy):
    rests = [rest_after(tries) for tries in range(1, 40)]
    assert rests == sorted(rests)
    assert rests[0] == timedelta(seconds=15)
    assert rests[-1] == LONGEST_REST


def test_a_pharmacist_settles_by_hand_what_nobody_understood(pharmacy, two):
    one, _, file = two
    send(pharmacy, Says(b"?"))
    say_received(by=pharmacy.pharmacist, file_id=file.pk, because="their page shows it")
    assert (now(file).state, fresh(one).state) == (FileState.ACCEPTED, RecordState.ACCEPTED)
    with pytest.raises(Refused, match="accepted already"):
        say_refused(by=pharmacy.pharmacist, file_id=file.pk, because="no")


def test_what_is_answered_by_letter_is_not_sent_again(pharmacy, two):
    one, _, file = two
    say_refused(by=pharmacy.pharmacist, file_id=file.pk, because="their letter")
    assert fresh(one).state == RecordState.HELD
    assert send(pharmacy, Says(answer(file))) == 0


@pytest.mark.parametrize("verb", [say_received, say_refused])
def test_settling_by_hand_is_a_pharmacists_says_why_and_is_of_our_own_file(pharmacy, two, verb):
    file = two[2]
    with pytest.raises(NotAllowed):
        verb(by=pharmacy.technician, file_id=file.pk, because="seen")
    with pytest.raises(Refused, match="how that is known"):
        verb(by=pharmacy.pharmacist, file_id=file.pk, because=" ")
    with pytest.raises(Refused, match="No such file"):
        verb(by=pharmacy.stranger, file_id=file.pk, because="seen")
    assert now(file).state == FileState.SENT
