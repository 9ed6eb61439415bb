"""Two workers at once, and one that dies in the middle: one file, told once, nothing twice."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in
from apothecary.vault.book.tests.test_at_once import at_once
from apothecary.vault.monitoring import filing
from apothecary.vault.monitoring.answering import take_answer
from apothecary.vault.monitoring.filing import file_due
from apothecary.vault.monitoring.lookup.asking import Asked, ask_programme
from apothecary.vault.monitoring.lookup.models import LookUp
from apothecary.vault.monitoring.lookup.tests.hands import JANE
from apothecary.vault.monitoring.mending import mend, take_back
from apothecary.vault.monitoring.models import MonitoringFile, MonitoringRecord
from apothecary.vault.monitoring.sending import LEASE, MonitoringPost
from apothecary.vault.monitoring.states import FileKind, FileState, RecordState, Told
from apothecary.vault.monitoring.tests.hands import (
    answer,
    fresh,
    house,
    outgoing,
    sold,
    tonight,
    written,
)
from apothecary.wires.models import Outgoing, OutgoingState

pytestmark = pytest.mark.django_db(transaction=True)
ERROR = "ERR*1*7000001*PRE02*401*not on file"


class Dies:
    """A line whose worker is killed while it waits: nothing after it is done."""

    def __init__(self):
        self.heard = []

    def tell(self, raw, *, name):
        self.heard.append((name, raw))
        raise KeyboardInterrupt


class Accepts:
    """A programme that knows a file by its number, and takes each once."""

    def __init__(self, *before):
        self.heard = list(before)

    def tell(self, raw, *, name):
        self.heard.append((name, raw))
        return answer(MonitoringFile.objects.get(control=name))


def two_workers(town, at):
    """Two processes of the house find the same night at the same instant."""
    return at_once(town, [partial(file_due, house(town), at)] * 2)


def two_people(town, act):
    """The pharmacist and the one in charge do the same at the same instant."""
    people = (town.pharmacist, town.workers[Role.IN_CHARGE])
    return at_once(town, [partial(act, by) for by in people])


def refused_record(town):
    """A record that the programme would not take."""
    row = sold(town)
    file = written(town)
    take_answer(by=town.system, outgoing_id=outgoing(file).pk, raw=answer(file, ERROR))
    return fresh(row)


def test_two_workers_of_one_night_write_one_file_with_each_record_in_it_once(town):
    rows = [sold(town, f"700000{number}") for number in range(1, 5)]
    assert two_workers(town, tonight(town)) == ["done", "done"]
    file = MonitoringFile.objects.get()
    assert (file.kind, file.records) == (FileKind.DAILY, 4)
    assert {fresh(row).file_id for row in rows} == {file.pk}
    assert Outgoing.objects.filter(party="monitoring").count() == 1


def test_two_workers_of_a_night_without_any_report_it_once(town):
    record(by=town.technician, did=Deed.PAPER_PRINTED, about=("person", 1))
    sold(town)
    written(town)
    next_night = tonight(town) + timedelta(days=1)
    assert two_workers(town, next_night) == ["done", "done"]
    kinds = MonitoringFile.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == [FileKind.DAILY, FileKind.ZERO]


def test_a_correction_goes_at_once_in_one_file_whoever_finds_it(town):
    row = refused_record(town)
    mend(by=town.pharmacist, record_id=row.pk, element="PRE02", value="BS1234563", because="x")
    later = tonight(town) + timedelta(minutes=5)
    assert two_workers(town, later) == ["done", "done"]
    files = MonitoringFile.objects.filter(kind=FileKind.AT_ONCE.value)
    assert [file.records for file in files] == [1]


def test_a_worker_killed_while_it_writes_leaves_nothing_and_the_next_writes_all(
    town, monkeypatch
):
    rows = [sold(town), sold(town, "7000002")]

    def killed(**said):
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        # The last line of the transaction: file, records and outbox are written before it.
        cut.setattr(filing, "record", killed)
        with pytest.raises(KeyboardInterrupt):
            file_due(house(town), tonight(town))
    assert not MonitoringFile.objects.exists()
    assert not Outgoing.objects.filter(party="monitoring").exists()
    assert {fresh(row).state for row in rows} == {RecordState.DUE}
    assert written(town).records == 2


def test_a_worker_killed_on_the_line_is_followed_by_one_that_tells_the_same_bytes(town):
    row = sold(town)
    file = written(town)
    dying, at = Dies(), tonight(town)
    post = MonitoringPost({"TX": dying})
    with pytest.raises(KeyboardInterrupt):
        post.send_due(house(town), at)
    assert outgoing(file).state == OutgoingState.SENT
    assert fresh(row).state == RecordState.FILED
    # Its session goes with it, and so does what it held.
    connection.close()
    stand_in(town.pharmacy.pk)
    next_one = Accepts(*dying.heard)
    assert (
        MonitoringPost({"TX": next_one}).send_due(house(town), at + timedelta(seconds=1)) == 1
    )
    assert next_one.heard[0] == next_one.heard[1]
    assert fresh(row).state == RecordState.ACCEPTED
    assert MonitoringFile.objects.get().state == FileState.ACCEPTED
    assert MonitoringPost({"TX": next_one}).send_due(house(town), at + LEASE * 2) == 0


def test_two_workers_that_send_at_once_tell_a_file_once(town):
    sold(town)
    written(town)
    line, at = Accepts(), tonight(town)
    posts = [MonitoringPost({"TX": line}) for _ in range(2)]
    said = at_once(town, [partial(post.send_due, house(town), at) for post in posts])
    assert said == ["done", "done"]
    assert len(line.heard) == 1
    assert MonitoringFile.objects.get().state == FileState.ACCEPTED


def test_the_same_answer_taken_by_two_is_acted_on_once(town):
    row = sold(town)
    file = written(town)
    raw, number = answer(file, ERROR), outgoing(file).pk
    taking = partial(take_answer, by=town.system, outgoing_id=number, raw=raw)
    assert at_once(town, [taking] * 2) == ["done", "done"]
    assert fresh(row).state == RecordState.REJECTED
    assert MonitoringRecord.objects.count() == 1


def test_two_who_mend_the_same_record_leave_one_correction(town):
    row = refused_record(town)
    said = two_people(
        town,
        lambda by: mend(
            by=by, record_id=row.pk, element="PRE02", value="BS1234563", because="renewed"
        ),
    )
    assert said == ["done", "record-state"]
    assert MonitoringRecord.objects.filter(follows=row).count() == 1


def test_of_mending_and_taking_back_at_once_one_is_done(town):
    row = sold(town)
    file = written(town)
    take_answer(by=town.system, outgoing_id=outgoing(file).pk, raw=answer(file))
    acts: list[Callable[[], object]] = [
        partial(
            mend,
            by=town.pharmacist,
            record_id=row.pk,
            element="DSP10",
            value="16",
            because="counted again",
        ),
        partial(
            take_back, by=town.workers[Role.IN_CHARGE], record_id=row.pk, because="came back"
        ),
    ]
    assert sorted(at_once(town, acts)) == ["done", "record-state"]
    after = MonitoringRecord.objects.get(follows=row)
    assert after.tells in {Told.REVISED, Told.VOID}


def test_two_who_ask_about_one_fill_ask_the_programme_once(town):
    question = Asked(7, town.patient.pk, JANE)
    said = two_people(
        town, lambda by: ask_programme(by=by, asked=question, because="a prescription")
    )
    assert said == ["done", "look-up-asked"]
    assert LookUp.objects.count() == Outgoing.objects.filter(party="history").count() == 1
