"""Mended, taken back, let go again: by a pharmacist, with a reason, never told twice."""

from datetime import timedelta

import pytest

from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.staff.worker import NotAllowed
from apothecary.vault.monitoring.mending import mend, release, take_back
from apothecary.vault.monitoring.models import MonitoringRecord
from apothecary.vault.monitoring.states import RecordState, Told
from apothecary.vault.monitoring.tests.hands import (
    Says,
    answer,
    fresh,
    segments,
    send,
    sold,
    tonight,
    written,
)

ERROR = "ERR*1*7000001*PRE02*401*not on file"
LATER = timedelta(hours=1)


@pytest.fixture
def accepted(pharmacy):
    row = sold(pharmacy)
    send(pharmacy, Says(answer(written(pharmacy))))
    return fresh(row)


@pytest.fixture
def rejected(pharmacy):
    row = sold(pharmacy)
    send(pharmacy, Says(answer(written(pharmacy), ERROR)))
    return fresh(row)


def dea(pharmacy, row, value="BS1234563", because="typed wrong"):
    return mend(
        by=pharmacy.pharmacist,
        record_id=row.pk,
        element="PRE02",
        value=value,
        because=because,
    )


def test_a_rejected_record_is_mended_and_goes_as_a_revision_that_is_accepted(
    pharmacy, rejected
):
    (new,) = dea(pharmacy, rejected)
    assert (new.tells, new.follows_id) == (Told.REVISED, rejected.pk)
    assert fresh(rejected).state == RecordState.REPLACED
    file = written(pharmacy, tonight(pharmacy) + LATER)
    assert segments(file, "DSP")[0][1:3] == ("01", "7000001")
    assert segments(file, "PRE")[0][2] == "BS1234563"
    send(pharmacy, Says(answer(file)), tonight(pharmacy) + LATER)
    assert fresh(new).state == RecordState.ACCEPTED
    about = [("monitoringrecord", rejected.pk)]
    last = history(pharmacy_id=pharmacy.pharmacy.pk, about=about)[-1]
    assert (last.deed, last.details["because"]) == (Deed.MONITORING_MENDED, "typed wrong")


def test_what_the_programme_finds_it_by_is_mended_by_a_void_and_a_new_record(
    pharmacy, accepted
):
    void, new = mend(
        by=pharmacy.pharmacist,
        record_id=accepted.pk,
        element="DSP05",
        value="2026-01-13",
        because="filled the day after",
    )
    assert (void.tells, new.tells) == (Told.VOID, Told.NEW)
    file = written(pharmacy, tonight(pharmacy) + LATER)
    told = [(row[1], row[5]) for row in segments(file, "DSP")]
    assert told == [("02", "20260112"), ("00", "20260113")]


def test_a_record_that_was_not_told_yet_is_changed_where_it_stands(pharmacy):
    row = sold(pharmacy)
    assert [one.pk for one in dea(pharmacy, row)] == [row.pk]
    assert MonitoringRecord.objects.count() == 1
    file = written(pharmacy, pharmacy.technician.at)
    assert segments(file, "DSP")[0][1] == "00"
    assert segments(file, "PRE")[0][2] == "BS1234563"


def test_an_accepted_record_is_taken_back_by_a_void(pharmacy, accepted):
    void = take_back(by=pharmacy.pharmacist, record_id=accepted.pk, because="never left")
    file = written(pharmacy, tonight(pharmacy) + LATER)
    assert segments(file, "DSP")[0][1:3] == ("02", "7000001")
    send(pharmacy, Says(answer(file)), tonight(pharmacy) + LATER)
    assert (fresh(void).state, fresh(void).with_them) == (RecordState.ACCEPTED, False)
    for again in (accepted, void):
        with pytest.raises(Refused):
            take_back(by=pharmacy.pharmacist, record_id=again.pk, because="again")


def test_what_the_programme_never_took_is_taken_back_without_a_word(pharmacy, rejected):
    gone = take_back(by=pharmacy.pharmacist, record_id=rejected.pk, because="never left")
    assert (gone.pk, gone.state) == (rejected.pk, RecordState.WITHDRAWN)
    assert MonitoringRecord.objects.count() == 1


def test_a_rejected_revision_of_what_they_hold_is_taken_back_by_a_void(pharmacy, accepted):
    (revised,) = dea(pharmacy, accepted)
    send(
        pharmacy,
        Says(answer(written(pharmacy, tonight(pharmacy) + LATER), ERROR)),
        tonight(pharmacy) + LATER,
    )
    assert fresh(revised).state == RecordState.REJECTED
    void = take_back(by=pharmacy.pharmacist, record_id=revised.pk, because="never left")
    assert void.tells == Told.VOID


def test_a_refused_void_goes_again_or_is_let_go(pharmacy, accepted):
    void = take_back(by=pharmacy.pharmacist, record_id=accepted.pk, because="never left")
    at = tonight(pharmacy) + LATER
    send(pharmacy, Says(answer(written(pharmacy, at), ERROR)), at)
    assert fresh(void).state == RecordState.REJECTED
    release(by=pharmacy.pharmacist, record_id=void.pk, because="their fault")
    send(pharmacy, Says(answer(written(pharmacy, at), ERROR)), at)
    gone = take_back(by=pharmacy.pharmacist, record_id=void.pk, because="they hold none")
    assert gone.state == RecordState.WITHDRAWN


def test_the_records_of_a_refused_file_go_again_as_they_are(pharmacy):
    row = sold(pharmacy)
    send(pharmacy, Says(answer(written(pharmacy), kind="03")))
    release(by=pharmacy.pharmacist, record_id=row.pk, because="their system was down")
    file = written(pharmacy)
    assert segments(file, "DSP")[0][1] == "00"
    with pytest.raises(Refused, match="not held"):
        release(by=pharmacy.pharmacist, record_id=row.pk, because="again")


def test_what_is_on_its_way_is_left_alone_until_it_is_answered(pharmacy):
    row = sold(pharmacy)
    written(pharmacy)
    with pytest.raises(Refused, match="wait for it"):
        dea(pharmacy, row)
    with pytest.raises(Refused, match="wait for it"):
        take_back(by=pharmacy.pharmacist, record_id=row.pk, because="never left")
    assert fresh(row).state == RecordState.FILED


def test_a_record_is_mended_once(pharmacy, rejected):
    dea(pharmacy, rejected)
    with pytest.raises(Refused, match="what followed it counts"):
        dea(pharmacy, rejected, value="CS1234563")
    assert MonitoringRecord.objects.count() == 2


@pytest.mark.parametrize(
    ("element", "value", "because", "field"),
    [
        ("XXX01", "a", "typo", "element"),
        ("PAT18", "yesterday", "typo", "value"),
        ("PRE02", "AS1234563", "typo", "value"),
        ("PRE02", "BS1234563", " ", "because"),
    ],
)
def test_what_is_wrong_in_a_correction_is_named_and_nothing_changes(
    pharmacy, rejected, element, value, because, field
):
    with pytest.raises(Refused) as refusal:
        mend(
            by=pharmacy.pharmacist,
            record_id=rejected.pk,
            element=element,
            value=value,
            because=because,
        )
    assert [one.field for one in refusal.value.problems] == [field]
    assert fresh(rejected).state == RecordState.REJECTED
    assert MonitoringRecord.objects.count() == 1


def test_a_technician_mends_takes_back_and_releases_nothing(pharmacy, rejected):
    by, key = pharmacy.technician, rejected.pk
    with pytest.raises(NotAllowed):
        mend(by=by, record_id=key, element="PRE02", value="BS1234563", because="typo")
    with pytest.raises(NotAllowed):
        take_back(by=by, record_id=key, because="never left")
    with pytest.raises(NotAllowed):
        release(by=by, record_id=key, because="again")
    assert fresh(rejected).state == RecordState.REJECTED


def test_another_pharmacys_record_does_not_exist_here(pharmacy, rejected):
    by, key = pharmacy.stranger, rejected.pk
    with pytest.raises(Refused, match="No such record"):
        mend(by=by, record_id=key, element="PRE02", value="BS1234563", because="typo")
    with pytest.raises(Refused, match="No such record"):
        take_back(by=by, record_id=key, because="never left")
    with pytest.raises(Refused, match="No such record"):
        release(by=by, record_id=key, because="again")
