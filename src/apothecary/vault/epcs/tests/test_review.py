"""The audit trail of a day: drawn from the journal, looked at by a pharmacist, signed once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from apothecary.config.tests.world import NOON, TODAY
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Refused
from apothecary.law.tables import federal
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.vault.epcs.models import EpcsReview
from apothecary.vault.epcs.review import (
    EVENTS,
    MOST_DAYS,
    QUIET,
    TO_LOOK_AT,
    days,
    digest_of,
    sign_day,
    trail,
)
from apothecary.vault.epcs.tests.receiver import YESTERDAY

MORNING = NOON - timedelta(days=1)


def did(world, deed, *, at=MORNING, details=None):
    by = world.technician.at_time(at, YESTERDAY)
    record(by=by, did=deed, about=("prescription", 7), details=details or {"note": "x"})


def trail_of(world, day=YESTERDAY):
    return trail(house=world.pharmacy, day=day)


def signs(world, *, by=None, day=YESTERDAY, because="looked", seen=None):
    held = digest_of(trail_of(world, day)) if seen is None else seen
    return sign_day(by=by or world.pharmacist, day=day, because=because, seen=held)


def fields(refusal):
    return [problem.field for problem in refusal.value.problems]


@pytest.mark.parametrize("deed", [deed for deed in EVENTS if deed not in QUIET])
def test_each_auditable_deed_stands_in_the_trail_with_who_when_what_and_outcome(pharmacy, deed):
    did(pharmacy, deed)
    (event,) = trail_of(pharmacy)
    assert (event.at, event.by, event.station) == (
        MORNING,
        pharmacy.technician.name,
        "counter 1",
    )
    assert (event.deed, event.kind, event.outcome) == (deed.value, EVENTS[deed], "note: x")


def test_every_event_of_the_law_and_every_kind_of_trail_is_drawn_from_some_deed():
    kinds = set(EVENTS.values())
    assert set(federal("DEA-172", on=TODAY).names()) <= kinds
    assert set(federal("DEA-169", on=TODAY).names()) - {"auditable_event"} <= kinds
    assert set(TO_LOOK_AT) == set(federal("DEA-172", on=TODAY).names())


@pytest.mark.parametrize(
    ("deed", "details", "shown"),
    [
        (Deed.BOOKS_PROVED, {"faults": 0}, 0),
        (Deed.BOOKS_PROVED, {"faults": 1}, 1),
        (Deed.EPCS_CLOCK_READ, {"too_far": False}, 0),
        (Deed.EPCS_CLOCK_READ, {"too_far": True}, 1),
        (Deed.SOLD, {"x": 1}, 0),
        (Deed.COUNTED, {"x": 1}, 0),
    ],
)
def test_what_only_says_that_all_is_well_is_no_event(pharmacy, deed, details, shown):
    did(pharmacy, deed, details=details)
    assert len(trail_of(pharmacy)) == shown


@pytest.mark.parametrize(
    ("at", "here"),
    [
        (datetime(2026, 11, 22, 5, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 22, 6, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 5, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 6, 0, tzinfo=UTC), False),
    ],
)
def test_a_day_is_a_day_on_the_pharmacys_own_wall(pharmacy, at, here):
    did(pharmacy, Deed.SIGN_IN_FAILED, at=at)
    assert bool(trail_of(pharmacy)) is here


def test_a_real_refusal_of_a_duty_comes_into_the_trail(pharmacy, client):
    did(pharmacy, Deed.REFUSED_DUTY, details={"duty": "keep_epcs"})
    (event,) = trail_of(pharmacy)
    assert event.to_look_at
    assert event.outcome == "duty: keep_epcs"


def test_a_pharmacist_looks_and_signs(pharmacy):
    did(pharmacy, Deed.SIGN_IN_FAILED)
    row = signs(pharmacy)
    assert (row.day, row.events, row.signed_by_name) == (
        YESTERDAY, 1, pharmacy.pharmacist.name,
    )  # fmt: skip


@pytest.mark.parametrize(
    "role", [Role.TECHNICIAN, Role.CERTIFIED, Role.INTERN, Role.ADMINISTRATOR]
)
def test_nobody_but_a_pharmacist_signs(pharmacy, role):
    with pytest.raises(NotAllowed):
        signs(pharmacy, by=pharmacy.workers[role])
    assert not EpcsReview.objects.exists()


def test_a_day_without_events_is_signed_without_words_and_one_with_them_is_not(pharmacy):
    quiet = YESTERDAY - timedelta(days=1)
    assert signs(pharmacy, day=quiet, because="").events == 0
    did(pharmacy, Deed.LOCKED_OUT)
    with pytest.raises(Refused) as refusal:
        signs(pharmacy, because=" ")
    assert fields(refusal) == ["because"]


def test_an_ordinary_note_or_correction_asks_for_no_words(pharmacy):
    did(pharmacy, Deed.PRESCRIPTION_CORRECTED)
    assert signs(pharmacy, because="").events == 1


@pytest.mark.parametrize(
    ("days_ago", "code"),
    [
        (-1, "epcs-day-open"),
        (0, "epcs-day-open"),
        (1, ""),
        (MOST_DAYS, ""),
        (MOST_DAYS + 1, "epcs-day-past"),
    ],
)
def test_a_day_is_signed_once_it_is_over_and_not_months_afterwards(pharmacy, days_ago, code):
    day = TODAY - timedelta(days=days_ago)
    if not code:
        assert signs(pharmacy, day=day).day == day
        return
    with pytest.raises(Refused) as refusal:
        signs(pharmacy, day=day)
    assert [problem.code for problem in refusal.value.problems] == [code]
    assert not EpcsReview.objects.exists()


def test_who_looked_at_less_than_there_is_looks_again(pharmacy):
    seen = digest_of(trail_of(pharmacy))
    did(pharmacy, Deed.SIGN_IN_FAILED)
    with pytest.raises(Refused) as refusal:
        signs(pharmacy, seen=seen)
    assert fields(refusal) == ["seen"]


def test_a_day_is_signed_once(pharmacy):
    signs(pharmacy)
    with pytest.raises(Refused, match="signed"):
        signs(pharmacy)
    assert EpcsReview.objects.count() == 1


def test_words_without_end_are_refused(pharmacy):
    with pytest.raises(Refused) as refusal:
        signs(pharmacy, because="x" * 10_000)
    assert fields(refusal) == ["because"]


def test_another_pharmacys_trail_is_its_own(pharmacy):
    did(pharmacy, Deed.SIGN_IN_FAILED)
    assert trail(house=pharmacy.other, day=YESTERDAY) == []
    signs(pharmacy)
    theirs = days(pharmacy_id=pharmacy.other.pk, today=TODAY)
    assert all(day.review is None for day in theirs)


def test_a_signature_is_never_changed(pharmacy):
    row = signs(pharmacy)
    for act in (row.save, row.delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()


def test_unsigned_days_are_shown_back_to_the_day_it_was_turned_on(house):
    pharmacy_id = house.world.pharmacy.pk
    before = days(pharmacy_id=pharmacy_id, today=TODAY)
    assert [day.day for day in before] == [TODAY - timedelta(days=n) for n in range(1, 8)]
    house.open()
    later = TODAY + timedelta(days=10)
    shown = days(pharmacy_id=pharmacy_id, today=later)
    assert [day.day for day in shown if day.review] == [YESTERDAY]
    assert shown[0].day == later - timedelta(days=1)
    assert shown[-1].day == YESTERDAY
    far = days(pharmacy_id=pharmacy_id, today=TODAY + timedelta(days=400))
    assert len(far) == MOST_DAYS
