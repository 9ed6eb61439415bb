"""What leaves the counter is told to the state, once, and put right where it was wrong."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from apothecary.intake.looking_up import ask_at_entry
from apothecary.intake.models import Arrival
from apothecary.pickup.actions import Receiver, return_to_stock, sell
from apothecary.pickup.tests.counter import SIGNED, controlled
from apothecary.returns.disposal.bringing import take_back as bring_back
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import NotAllowed
from apothecary.stock.models import Lot
from apothecary.vault.monitoring.filing import file_due
from apothecary.vault.monitoring.lines import line_to
from apothecary.vault.monitoring.lookup.asking import history_of, sign_look_up
from apothecary.vault.monitoring.lookup.models import LookUp
from apothecary.vault.monitoring.lookup.sending import HistoryPost, history_lines
from apothecary.vault.monitoring.lookup.states import LookUpState
from apothecary.vault.monitoring.mending import mend, take_back
from apothecary.vault.monitoring.models import MonitoringFile, MonitoringRecord
from apothecary.vault.monitoring.sending import MonitoringPost
from apothecary.vault.monitoring.states import FileState, RecordState
from apothecary.vault.monitoring.tests.hands import tonight
from simulators.monitoring.books import Books
from simulators.monitoring.web import Desk, server

JANE = Receiver(
    name="Jane Doe",
    relationship="patient",
    identifiers=("name", "birth_date"),
    counsel="refused",
    signature=SIGNED,
    method="card",
    id_kind="driver licence",
    id_number="12345678",
    id_state="TX",
)


class Night:
    """The worker's rounds from the hour on, with a programme at the end of a real line."""

    def __init__(self, world, desk, port):
        self.house = Pharmacy.objects.get(pk=world.pharmacy.pk)
        self.desk, self.at = desk, tonight(world)
        self.post = MonitoringPost({"TX": line_to(f"http://127.0.0.1:{port}/TX")})

    def passes(self, minutes=1):
        """One round, some minutes later."""
        self.at += timedelta(minutes=minutes)
        file_due(self.house, self.at)
        self.post.send_due(self.house, self.at)


@pytest.fixture
def desk() -> Iterator[tuple[Desk, int]]:
    made = Desk(Books())
    with server(made, "127.0.0.1", 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield made, running.server_port
        running.shutdown()


@pytest.fixture
def night(pharmacy, desk):
    return Night(pharmacy, *desk)


def last_record():
    return MonitoringRecord.objects.order_by("-id")[0]


def test_a_schedule_ii_drug_is_sold_told_at_night_and_acknowledged(pharmacy, night):
    fill = controlled(pharmacy)
    sell(by=pharmacy.technician, fill_ids=[fill.pk], receiver=JANE)
    night.passes()
    assert last_record().state == RecordState.ACCEPTED
    assert MonitoringFile.objects.get().state == FileState.ACCEPTED
    ((_, number, _, refill),) = night.desk.books.held
    assert (number, refill) == (str(fill.prescription.number), "0")
    (told,) = night.desk.books.history("doe", "jane", "19800229")
    assert told["product"] == fill.package.ndc11


def test_a_refused_record_is_mended_and_its_revision_accepted(pharmacy, night):
    night.desk.books.refuse.add(pharmacy.prescriber.dea)
    fill = controlled(pharmacy)
    sell(by=pharmacy.technician, fill_ids=[fill.pk], receiver=JANE)
    night.passes()
    bad = last_record()
    assert (bad.state, bad.element) == (RecordState.REJECTED, "PRE02")
    assert not night.desk.books.held
    mend(
        by=pharmacy.pharmacist,
        record_id=bad.pk,
        element=bad.element,
        value="BS1234563",
        because="the registration was renewed under another number",
    )
    night.passes()
    assert last_record().state == RecordState.ACCEPTED
    (held,) = night.desk.books.held.values()
    assert held.rows["PRE"].at(2) == "BS1234563"


def test_what_never_left_is_taken_back_at_the_programme(pharmacy, night):
    fill = controlled(pharmacy)
    sell(by=pharmacy.technician, fill_ids=[fill.pk], receiver=JANE)
    night.passes()
    assert len(night.desk.books.held) == 1
    take_back(by=pharmacy.pharmacist, record_id=last_record().pk, because="wrong bag rung up")
    night.passes()
    assert not night.desk.books.held
    assert last_record().state == RecordState.ACCEPTED


def test_a_bag_that_went_back_to_the_shelf_is_not_told(pharmacy, night):
    fill = controlled(pharmacy)
    return_to_stock(by=pharmacy.technician, fill_id=fill.pk)
    night.passes()
    assert not night.desk.books.held


def test_with_the_line_away_or_the_answer_lost_it_is_told_once(pharmacy, night):
    fill = controlled(pharmacy)
    sell(by=pharmacy.technician, fill_ids=[fill.pk], receiver=JANE)
    night.desk.faults += ["down", "lost"]
    for _ in range(4):
        night.passes(minutes=20)
    books = night.desk.books
    assert (len(books.held), len(books.answers), books.again) == (1, 1, 1)
    assert last_record().state == RecordState.ACCEPTED
    assert MonitoringFile.objects.count() == 1


def test_nights_of_a_house_that_worked_and_sold_none_are_told_as_such(pharmacy, night):
    controlled(pharmacy)
    night.at += timedelta(days=1)
    night.passes()
    night.at += timedelta(days=1)
    night.passes()
    assert [one.kind for one in MonitoringFile.objects.all()] == ["zero", "zero"]
    assert len(night.desk.books.zeros) == 2
    assert {one.state for one in MonitoringFile.objects.all()} == {FileState.ACCEPTED}


def test_what_was_told_by_night_is_what_is_answered_at_the_next_entry_and_signed(
    pharmacy, night, desk, monkeypatch
):
    fill = controlled(pharmacy)
    sell(by=pharmacy.technician, fill_ids=[fill.pk], receiver=JANE)
    night.passes()
    there = f"TX=http://127.0.0.1:{desk[1]}/requests"
    monkeypatch.setenv("APOTHECARY_PMP", there)
    tess = pharmacy.technician
    arrival = Arrival.objects.create(
        pharmacy=pharmacy.pharmacy, source="paper", arrived_at=tess.at, promised_at=tess.at
    )
    asked = ask_at_entry(
        by=tess,
        arrival_id=arrival.pk,
        patient_id=pharmacy.patient.pk,
        package_id=fill.package_id,
    )
    # The first try is lost on the line; nobody at the counter waits for it.
    desk[0].faults += ["down"]
    post = HistoryPost(history_lines())
    for seconds in (0, 10):
        post.send_due(night.house, night.at + timedelta(seconds=seconds))
    row = LookUp.objects.get(pk=asked.pk)
    assert row.state == LookUpState.FOUND
    (told,) = history_of(row).fills
    assert (told.ndc11, told.pharmacy) == (fill.package.ndc11, pharmacy.pharmacy.dea)
    with pytest.raises(NotAllowed):
        sign_look_up(by=tess, look_up_id=row.pk)
    sign_look_up(by=pharmacy.pharmacist, look_up_id=row.pk)
    assert LookUp.objects.get(pk=row.pk).signed_by_id == pharmacy.pharmacist.person_id


def test_a_bag_brought_back_before_the_night_is_told_to_nobody(pharmacy, night):
    fill = controlled(pharmacy)
    sell(by=pharmacy.technician, fill_ids=[fill.pk], receiver=JANE)
    brought(pharmacy, fill)
    night.passes()
    assert not night.desk.books.held
    assert last_record().state == RecordState.HELD


def test_a_bag_brought_back_after_it_was_told_is_void_there_and_out_of_the_patients_hands(
    pharmacy, night
):
    fill = controlled(pharmacy)
    sell(by=pharmacy.technician, fill_ids=[fill.pk], receiver=JANE)
    night.passes()
    assert len(night.desk.books.held) == 1
    brought(pharmacy, fill)
    doubted = last_record()
    assert "came back, an error" in doubted.doubt
    take_back(by=pharmacy.pharmacist, record_id=doubted.pk, because="it was another's bag")
    night.passes()
    assert not night.desk.books.held
    assert last_record().state == RecordState.ACCEPTED


def brought(world, fill):
    """All of a fill comes back: it was the wrong bag."""
    lot = Lot.objects.get(package=fill.package)
    bring_back(
        by=world.technician,
        fill_id=fill.pk,
        lot_id=lot.pk,
        quantity=fill.quantity,
        purpose="error",
        because="the bag of somebody else",
        key="b1",
    )
