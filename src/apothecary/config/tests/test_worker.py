"""The worker: every chore for every pharmacy, one fault does not stop the others."""

import threading

import pytest

from apothecary.claims.link import PayerLink
from apothecary.config import chores, worker
from apothecary.config.chores import THREADS, Chore
from apothecary.config.worker import Line
from apothecary.journal.models import Seal, Unsealed
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.models import Fill, PayKind
from apothecary.prescriptions.states import FillState
from apothecary.staff.signon import stand_in
from apothecary.wires import Malformed
from apothecary.wires.models import Outgoing


@pytest.fixture
def line(pharmacy, settings, tmp_path, monkeypatch):
    """The chores of the process, on this test's own connection."""
    settings.DATA = tmp_path
    monkeypatch.setattr(worker, "AFTER_A_FAULT_SECONDS", 0.0)
    chores = [chore for line in THREADS.values() for chore in line]
    return Line("all", chores, threading.Event())


def again(line: Line) -> bool:
    """One round in which everything is due."""
    line.due = dict.fromkeys(line.due, 0.0)
    return line.round()


def test_a_cash_fill_is_screened_and_goes_to_the_shelf_by_itself(pharmacy, line):
    pharmacy.receive("lisinopril", "100")
    fill = pharmacy.enter()
    assert again(line)
    stand_in(pharmacy.pharmacy.pk)
    assert Fill.objects.get(pk=fill.pk).state == FillState.WAITING


def test_an_insured_fill_is_screened_and_its_claim_waits_in_the_outbox(pharmacy, line):
    order = pharmacy.order(pay=PayKind.PLAN, patient=pharmacy.insured)
    fill = enter_prescription(by=pharmacy.technician, order=order)
    again(line)
    stand_in(pharmacy.pharmacy.pk)
    assert Fill.objects.get(pk=fill.pk).state == FillState.CLAIM
    assert bytes(Outgoing.objects.get().raw).startswith(b"999999D0B1")


def test_what_was_written_is_sealed_in_each_pharmacy(pharmacy, line):
    pharmacy.enter()
    again(line)
    again(line)
    stand_in(pharmacy.pharmacy.pk)
    assert Seal.objects.exists()
    assert not Unsealed.objects.exists()


def test_a_round_with_nothing_to_do_says_so(pharmacy, line):
    while again(line):
        pass
    assert not again(line)


def test_a_chore_that_fails_is_logged_and_the_others_go_on(pharmacy, caplog):
    done = []

    def fails(pharmacy, at):
        raise ValueError("broken chore")

    def works(pharmacy, at):
        done.append(pharmacy.pk)
        return 0

    chores = [Chore("fails", fails, 0.0), Chore("works", works, 0.0)]
    line = Line("two", chores, threading.Event())
    line.stop.set()
    assert not line.round()
    assert len(done) == 2
    assert "broken chore" in caplog.text


def test_a_chore_is_not_done_before_it_is_due_again(pharmacy):
    done = []

    def rare(pharmacy, at):
        done.append(pharmacy.pk)
        return 0

    chore = Chore("rare", rare, 3600.0)
    line = Line("rare", [chore], threading.Event())
    line.round()
    line.round()
    assert len(done) == 2  # two pharmacies, one round


def test_without_a_payer_the_outbox_waits(monkeypatch):
    monkeypatch.delenv("APOTHECARY_PAYER", raising=False)
    chores.payers.cache_clear()
    assert chores.payers() is None
    monkeypatch.setenv("APOTHECARY_PAYER", "127.0.0.1:9999,610011=127.0.0.1:9998")
    chores.payers.cache_clear()
    found = chores.payers()
    assert found is not None
    assert found.routes.switch == PayerLink("127.0.0.1", 9999)
    assert found.routes.own == {"610011": PayerLink("127.0.0.1", 9998)}
    chores.payers.cache_clear()


def test_the_lines_are_used_as_the_payers_sheets_say(monkeypatch, settings, tmp_path):
    sheet = (
        'name = "Our payer"\nsource = "its sheet of 2026"\nbins = ["610011"]\n'
        "answer_seconds = 7\nthrottle_per_second = 3\n"
    )
    (tmp_path / "ours.toml").write_text(sheet)
    settings.PAYER_SHEETS = tmp_path
    monkeypatch.setenv("APOTHECARY_PAYER", "127.0.0.1:9999")
    chores.payers.cache_clear()
    found = chores.payers()
    assert found is not None
    assert found.routes.patience["610011"] == 7
    assert found.lanes.per_second["610011"] == 3
    chores.payers.cache_clear()


def test_a_bad_sheet_of_the_site_stops_the_worker_with_its_name(
    monkeypatch, settings, tmp_path
):
    (tmp_path / "ours.toml").write_text('bins = ["61"]\n')
    settings.PAYER_SHEETS = tmp_path
    monkeypatch.setenv("APOTHECARY_PAYER", "127.0.0.1:9999")
    chores.payers.cache_clear()
    with pytest.raises(Malformed, match=r"ours\.toml"):
        chores.payers()
    chores.payers.cache_clear()


def test_an_address_that_is_none_stops_the_worker_with_its_name(monkeypatch):
    monkeypatch.setenv("APOTHECARY_PAYER", "the payer")
    chores.payers.cache_clear()
    with pytest.raises(ValueError, match="'the payer' is not host:port"):
        worker.main()
