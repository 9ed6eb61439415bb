"""The day's file, the day without any, what goes at once, what cannot be written."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.journal.queries import history
from apothecary.staff.models import Pharmacy
from apothecary.vault.monitoring.filing import element_in, file_due
from apothecary.vault.monitoring.models import MonitoringFile, MonitoringRecord
from apothecary.vault.monitoring.states import FileKind, RecordState
from apothecary.vault.monitoring.tests.hands import (
    fresh,
    house,
    in_state,
    outgoing,
    segments,
    sold,
    tonight,
    written,
)
from apothecary.wires.asap import USUAL, installed, overlay, read_strictly, zero_period
from apothecary.wires.models import Outgoing

DAY, MOMENT = timedelta(days=1), timedelta(microseconds=1)


@pytest.fixture
def open_since(pharmacy):
    """Somebody has worked here for a week."""
    by = pharmacy.technician
    early = by.at_time(by.at - timedelta(days=7), by.today - timedelta(days=7))
    record(by=early, did=Deed.PAPER_PRINTED, about=("person", 1))
    assert Entry.objects.filter(pharmacy_id=by.pharmacy_id).order_by("id")[0].at <= by.at
    return pharmacy


def test_what_was_sold_by_day_is_told_at_night_in_one_file(pharmacy):
    one, two = sold(pharmacy), sold(pharmacy, "7000002")
    assert file_due(house(pharmacy), tonight(pharmacy) - MOMENT) == 0
    file = written(pharmacy)
    assert (file.kind, file.records, file.version) == (FileKind.DAILY, 2, "4.2B")
    assert [row[2] for row in segments(file, "DSP")] == ["7000001", "7000002"]
    assert {row[1] for row in segments(file, "DSP")} == {"00"}
    assert segments(file, "PHA")[0][3] == pharmacy.pharmacy.dea
    assert read_strictly(bytes(file.raw)).control == file.control
    assert {fresh(row).state for row in (one, two)} == {RecordState.FILED}
    assert bytes(outgoing(file).raw) == bytes(file.raw)
    about = [("monitoringfile", file.pk)]
    last = history(pharmacy_id=pharmacy.pharmacy.pk, about=about)[-1]
    assert (last.deed, last.details["records"]) == (Deed.MONITORING_FILED, 2)


def test_a_second_look_on_the_same_night_writes_no_second_file(pharmacy):
    sold(pharmacy)
    written(pharmacy)
    assert file_due(house(pharmacy), tonight(pharmacy) + timedelta(hours=1)) == 0
    assert MonitoringFile.objects.count() == 1


@pytest.mark.parametrize(("late", "files"), [(-MOMENT, 1), (timedelta(0), 0), (MOMENT, 0)])
def test_a_sale_at_the_hour_or_after_it_is_the_next_days(pharmacy, late, files):
    ends = tonight(pharmacy)
    sold(pharmacy, at=ends + late)
    assert file_due(house(pharmacy), ends + timedelta(minutes=1)) == files
    if not files:
        assert written(pharmacy, ends + DAY).records == 1


def test_what_was_written_late_for_its_day_still_goes(pharmacy):
    sold(pharmacy)
    written(pharmacy)
    late = sold(pharmacy, "7000002", at=tonight(pharmacy) - MOMENT)
    file = written(pharmacy, tonight(pharmacy) + timedelta(minutes=1))
    assert (file.kind, fresh(late).file_id) == (FileKind.AT_ONCE, file.pk)


def test_a_programme_that_wants_it_at_once_gets_it_at_once(pharmacy):
    in_state(pharmacy, "OK")
    row = sold(pharmacy)
    file = written(pharmacy, pharmacy.technician.at)
    assert (file.kind, fresh(row).state) == (FileKind.AT_ONCE, RecordState.FILED)
    assert file.held_to == "usual"


def test_a_day_without_any_is_reported_as_such(open_since):
    file = written(open_since)
    day = tonight(open_since).astimezone().date()
    assert (file.kind, file.records) == (FileKind.ZERO, 0)
    assert file.first_on == file.last_on
    assert segments(file, "IS")[0][3] == zero_period(file.first_on, file.last_on)
    assert segments(file, "PAT")[0][7:9] == ("REPORT", "ZERO")
    assert abs((file.last_on - day).days) <= 1
    assert file_due(house(open_since), tonight(open_since)) == 0


def test_days_on_which_the_house_was_shut_are_told_in_one_period(open_since):
    first = written(open_since)
    later = written(open_since, tonight(open_since) + 3 * DAY)
    assert later.kind == FileKind.ZERO
    assert (later.first_on, later.last_on) == (first.last_on + DAY, first.last_on + 3 * DAY)


def test_a_day_whose_only_record_is_held_is_not_reported_as_empty(open_since):
    row = sold(open_since)
    row.told["DSP"]["product_kind"] = "77"
    row.save()
    assert file_due(house(open_since), tonight(open_since)) == 0
    assert fresh(row).state == RecordState.HELD


def test_a_house_that_has_just_opened_claims_nothing_of_the_time_before(pharmacy):
    assert file_due(house(pharmacy), tonight(pharmacy)) == 0


def test_a_record_that_cannot_be_written_is_held_and_stops_no_other(pharmacy):
    bad, good = sold(pharmacy), sold(pharmacy, "7000002")
    bad.told["DSP"]["product_kind"] = "77"
    bad.save()
    file = written(pharmacy)
    assert [row[2] for row in segments(file, "DSP")] == ["7000002"]
    held = fresh(bad)
    assert (held.state, held.element) == (RecordState.HELD, "DSP07")
    assert "none of its codes" in held.problem
    assert fresh(good).state == RecordState.FILED


def test_a_name_without_plain_letters_is_held_and_never_guessed(pharmacy):
    row = sold(pharmacy)
    row.told["PAT"]["last_name"] = "Дое"
    row.save()
    assert file_due(house(pharmacy), tonight(pharmacy)) == 0
    assert fresh(row).element == "PAT07"


def test_a_fill_is_reported_once(pharmacy):
    sold(pharmacy)
    with pytest.raises(IntegrityError, match="monitoring_reported_once"), transaction.atomic():
        sold(pharmacy)
    assert MonitoringRecord.objects.count() == 1


def test_what_another_pharmacy_sold_is_not_in_our_file(pharmacy):
    sold(pharmacy)
    assert file_due(Pharmacy.objects.get(pk=pharmacy.other.pk), tonight(pharmacy)) == 0
    assert fresh(MonitoringRecord.objects.get()).state == RecordState.DUE


def test_a_file_that_was_not_laid_in_the_outbox_was_not_written(pharmacy):
    row = sold(pharmacy)
    with transaction.atomic():
        written(pharmacy)
        transaction.set_rollback(True)
    assert fresh(row).state == RecordState.DUE
    assert not MonitoringFile.objects.exists()
    assert not Outgoing.objects.exists()
    assert written(pharmacy).records == 1


@pytest.mark.parametrize(
    ("field", "element"),
    [
        ("pharmacy 1 record 1 DSP09 (quantity)", "DSP09"),
        ("segment 5 PAT07 (last name)", "PAT07"),
        ("state", ""),
        ("pharmacy 1 record 1 DSP", ""),
    ],
)
def test_the_element_of_a_fault_is_named(field, element):
    assert element_in(field) == element


# Where a programme's own table of the report is on file, and what it rests on.
TABLES = {"DC": "17 DCMR 10303", "NY": "3343-a"}


@pytest.mark.parametrize("state", ["DC", "NY", "TX", "OK", "AL", "AK", "AZ", "CA", "FL", "WY"])
def test_a_file_says_which_table_it_was_held_to_and_where_none_is_on_file(pharmacy, state):
    in_state(pharmacy, state)
    sold(pharmacy)
    at = tonight(pharmacy)
    file_due(house(pharmacy), at)
    file = MonitoringFile.objects.order_by("id")[0]
    assert file.held_to == (state if state in TABLES else USUAL.state)
    assert file.programme == state


def test_the_tables_on_file_are_those_the_law_was_read_for():
    assert set(installed()) == set(TABLES)
    for state, cite in TABLES.items():
        table = overlay(state)
        grounds = [row.ground for row in table.accepted]
        grounds += [row.ground for row in table.zero_reports]
        grounds += [row.ground for row in table.uses]
        assert any(cite in ground.cite for ground in grounds)


@pytest.mark.parametrize(("state", "at_once"), [("OK", True), ("TX", False), ("NY", False)])
def test_where_the_point_of_sale_counts_nothing_waits_for_the_night(pharmacy, state, at_once):
    in_state(pharmacy, state)
    row = sold(pharmacy)
    noon = row.made_at + timedelta(minutes=1)
    assert file_due(house(pharmacy), noon) == int(at_once)
    kinds = list(MonitoringFile.objects.values_list("kind", flat=True))
    assert kinds == ([FileKind.AT_ONCE] if at_once else [])
    # And the night's file has nothing of it again.
    file_due(house(pharmacy), tonight(pharmacy))
    assert sum(file.records for file in MonitoringFile.objects.all()) == 1
