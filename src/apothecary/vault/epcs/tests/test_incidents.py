"""A security incident is told to DEA and to the maker within one business day, each once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from apothecary.config.tests.world import NOON, TODAY
from apothecary.law.problem import Refused
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.vault.epcs.incidents import Telling, Told, is_late, tell, write_incident
from apothecary.vault.epcs.models import EpcsIncident


def written(world, found_on=TODAY, what="A token was found on a USB stick."):
    return write_incident(by=world.pharmacist, found_on=found_on, what=what)


def told(world, row, whom=Told.DEA, at=NOON, how="field division, by telephone", by=None):
    return tell(by=by or world.pharmacist, incident_id=row.pk, telling=Telling(whom, at, how))


def fields(refusal):
    return [problem.field for problem in refusal.value.problems]


@pytest.mark.parametrize(
    ("found_on", "due_on"),
    [
        (date(2026, 11, 23), date(2026, 11, 24)),
        (date(2026, 11, 20), date(2026, 11, 23)),
        (date(2026, 11, 21), date(2026, 11, 23)),
        (date(2026, 11, 10), date(2026, 11, 12)),
    ],
)
def test_it_is_told_on_the_next_business_day_weekends_and_holidays_apart(
    pharmacy, found_on, due_on
):
    assert written(pharmacy, found_on).due_on == due_on


@pytest.mark.parametrize(
    ("found_on", "what", "field"),
    [
        (TODAY + timedelta(days=1), "x", "found_on"),
        (TODAY, " ", "what"),
        (TODAY, "x" * 9_999, "what"),
    ],
)
def test_what_is_no_incident_is_refused_by_its_field(pharmacy, found_on, what, field):
    with pytest.raises(Refused) as refusal:
        written(pharmacy, found_on, what)
    assert fields(refusal) == [field]
    assert not EpcsIncident.objects.exists()


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.INTERN, Role.ADMINISTRATOR])
def test_a_pharmacist_writes_and_tells_and_nobody_else(pharmacy, role):
    row = written(pharmacy)
    with pytest.raises(NotAllowed):
        write_incident(by=pharmacy.workers[role], found_on=TODAY, what="x")
    with pytest.raises(NotAllowed):
        told(pharmacy, row, by=pharmacy.workers[role])


@pytest.mark.parametrize("whom", Told)
def test_each_is_told_once(pharmacy, whom):
    row = written(pharmacy)
    assert getattr(told(pharmacy, row, whom), f"told_{whom.value}_at") == NOON
    with pytest.raises(Refused) as refusal:
        told(pharmacy, row, whom)
    assert fields(refusal) == ["whom"]


@pytest.mark.parametrize(
    ("at", "how", "field"),
    [
        (NOON + timedelta(seconds=1), "mail", "at"),
        (NOON - timedelta(days=1), "mail", "at"),
        (NOON, "", "how"),
    ],
)
def test_telling_is_after_the_finding_not_to_come_and_said_how(pharmacy, at, how, field):
    row = written(pharmacy)
    with pytest.raises(Refused) as refusal:
        told(pharmacy, row, at=at, how=how)
    assert fields(refusal) == [field]


def test_another_pharmacys_incident_is_not_told_here(pharmacy):
    row = written(pharmacy)
    with pytest.raises(Refused, match="No such incident"):
        told(pharmacy, row, by=pharmacy.stranger)


def test_it_is_late_from_the_day_after_its_day_until_both_are_told(pharmacy):
    house, row = pharmacy.pharmacy, written(pharmacy)
    due = row.due_on
    assert not is_late(row, house=house, today=due)
    assert is_late(row, house=house, today=due + timedelta(days=1))
    told(pharmacy, row)
    row = told(pharmacy, row, Told.MAKER, how="issue on the project's tracker")
    assert not is_late(row, house=house, today=due + timedelta(days=30))


def test_telling_after_its_day_stays_late(pharmacy):
    row = written(pharmacy, date(2026, 11, 10))
    told(pharmacy, row, at=datetime(2026, 11, 12, 20, tzinfo=UTC))
    row = told(pharmacy, row, Told.MAKER, at=datetime(2026, 11, 13, 20, tzinfo=UTC))
    assert is_late(row, house=pharmacy.pharmacy, today=date(2026, 11, 23))


def test_what_was_written_and_told_stays(pharmacy):
    row = told(pharmacy, written(pharmacy))
    for name, value in (("what", "nothing"), ("due_on", TODAY), ("told_dea_how", "never")):
        changed = EpcsIncident.objects.get(pk=row.pk)
        setattr(changed, name, value)
        with pytest.raises(DatabaseError, match="is a record"), transaction.atomic():
            changed.save()
    with pytest.raises(DatabaseError, match="is a record"), transaction.atomic():
        row.delete()
