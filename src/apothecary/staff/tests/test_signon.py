"""From a token to a worker: which licence counts, who supervises, whose rows are seen."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from apothecary.config.tests.world import NOON, TODAY
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.law.problem import Refused
from apothecary.staff import actions, signon
from apothecary.staff.duties import LICENCE_OF, Duty, Role
from apothecary.staff.models import Licence, Person, Pharmacy, Session, Shift
from apothecary.staff.queries import people
from apothecary.staff.worker import NotAllowed, Worker

PEOPLE = [role for role in Role if role is not Role.SYSTEM]


def token_of(world, role: Role = Role.TECHNICIAN) -> str:
    return actions.worker_token(person=world.people[role], station="counter", at=NOON)


def seen(token: str, *, at: datetime = NOON) -> Worker:
    signed_on = signon.sign_on(token, now=at)
    assert signed_on is not None
    return signed_on.worker


def licence(world, role: Role, *, days: int, state: str = "TX", kind: str = "") -> Licence:
    """One more licence, that ends so many days from today."""
    return Licence.objects.create(
        pharmacy=world.pharmacy,
        person=world.people[role],
        kind=kind or LICENCE_OF[role],
        number=f"more {days} {state} {kind}",
        state=state,
        expires_on=TODAY + timedelta(days=days),
    )


@pytest.mark.parametrize("role", PEOPLE)
def test_signing_on_and_asking_the_tables_give_the_same_worker(pharmacy, role):
    by_token = seen(token_of(pharmacy, role))
    asked = signon.person_as_worker(
        pharmacy.people[role], now=NOON, station="counter", on_duty=True
    )
    assert replace(by_token, session_id=None) == asked


def test_signing_on_is_one_statement_and_a_second_one_only_after_half_a_minute(
    pharmacy, django_assert_num_queries
):
    token = token_of(pharmacy)
    for seconds, statements in ((0, 1), (30, 1), (31, 2), (40, 1)):
        with django_assert_num_queries(statements):
            seen(token, at=NOON + timedelta(seconds=seconds))


@pytest.mark.parametrize("role", LICENCE_OF)
def test_of_two_licences_the_one_that_lasts_longer_counts(pharmacy, role):
    Licence.objects.all().delete()
    licence(pharmacy, role, days=-400)
    licence(pharmacy, role, days=5)
    assert seen(token_of(pharmacy, role)).standing.licence_until == TODAY + timedelta(days=5)


@pytest.mark.parametrize(("state", "kind"), [("NM", ""), ("TX", "barber")])
def test_a_licence_of_another_state_or_kind_is_none(pharmacy, state, kind):
    Licence.objects.all().delete()
    licence(pharmacy, Role.TECHNICIAN, days=500, state=state, kind=kind)
    standing = seen(token_of(pharmacy)).standing
    assert (standing.licence_state, standing.licence_until) == ("", None)


@pytest.mark.parametrize(("days", "supervised"), [(-1, False), (0, True), (1, True)])
def test_a_supervisors_licence_holds_through_its_last_day(pharmacy, days, supervised):
    Licence.objects.filter(person=pharmacy.people[Role.PHARMACIST]).delete()
    licence(pharmacy, Role.PHARMACIST, days=days)
    assert seen(token_of(pharmacy)).standing.pharmacist_on_duty is supervised


def test_the_day_is_the_pharmacys_own(pharmacy):
    Pharmacy.objects.filter(pk=pharmacy.pharmacy.pk).update(time_zone="America/Chicago")
    token = token_of(pharmacy)
    for hour, day in ((5, date(2026, 11, 22)), (6, date(2026, 11, 23))):
        assert seen(token, at=datetime(2026, 11, 23, hour, tzinfo=UTC)).today == day


@pytest.mark.parametrize("change", ["off duty", "left", "elsewhere"])
def test_whoever_is_not_there_supervises_nobody(pharmacy, change):
    pharmacist = pharmacy.people[Role.PHARMACIST]
    if change == "off duty":
        Shift.objects.update(ended_at=NOON)
    elif change == "left":
        Person.objects.filter(pk=pharmacist.pk).update(active=False)
    else:
        Shift.objects.filter(person=pharmacist).update(pharmacy=pharmacy.other)
    assert not seen(token_of(pharmacy)).standing.pharmacist_on_duty


def stands_in() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('apothecary.pharmacy', true)")
        return str(cursor.fetchone()[0])


def test_signing_on_tells_the_connection_its_pharmacy_and_nobody_stands_nowhere(pharmacy):
    token = token_of(pharmacy)
    signon.stand_in(None)
    assert stands_in() == "0"
    assert signon.sign_on("wrong", now=NOON) is None
    assert stands_in() == "0"
    seen(token)
    assert stands_in() == str(pharmacy.pharmacy.pk)


def test_tokens_are_256_random_bits_and_stored_as_their_hash_alone(pharmacy):
    tokens = {signon.new_token() for _ in range(50)}
    assert len(tokens) == 50
    assert {len(token) for token in tokens} == {43}
    token = token_of(pharmacy)
    assert bytes(Session.objects.get().token_hash) == signon.token_hash(token)
    entry = Entry.objects.get(deed=Deed.TOKEN_ISSUED)
    assert token not in entry.details


@pytest.mark.parametrize("role", PEOPLE)
def test_what_the_state_decides_is_no_where_the_state_has_no_row(role):
    assert signon.state_allows("ZZ", role, TODAY) == frozenset()


def test_the_house_itself_may_what_its_column_says_and_is_nobody(pharmacy):
    assert pharmacy.system.may(Duty.WORK_CLAIMS)
    assert not pharmacy.system.may(Duty.VERIFY)
    with pytest.raises(LookupError, match="house itself"):
        assert pharmacy.system.somebody
    with pytest.raises(NotAllowed, match="may not"):
        pharmacy.system.must(Duty.VERIFY)


def test_a_worker_at_another_instant_is_the_same_worker(pharmacy):
    later = NOON + timedelta(days=1)
    moved = pharmacy.technician.at_time(later, later.date())
    assert (moved.at, moved.today) == (later, later.date())
    assert replace(moved, at=NOON, today=pharmacy.technician.today) == pharmacy.technician


# Licences are unique within a pharmacy and state


@pytest.mark.parametrize(
    ("change", "taken"),
    [
        ({}, True),
        ({"state": "NM"}, False),
        ({"kind": "pharmacist"}, False),
        ({"number": "T-2"}, False),
        ({"pharmacy": "other"}, False),
    ],
)
def test_a_licence_number_is_given_once_per_pharmacy_state_and_kind(pharmacy, change, taken):
    row = {"kind": "technician", "state": "TX", "number": "T-1", "expires_on": TODAY}
    ours, theirs = pharmacy.people[Role.TECHNICIAN], Person.objects.get(username="otechnician")
    Licence.objects.create(pharmacy=pharmacy.pharmacy, person=ours, **row)
    elsewhere = "pharmacy" in change
    row |= {name: value for name, value in change.items() if name != "pharmacy"}
    again = Licence(
        pharmacy=pharmacy.other if elsewhere else pharmacy.pharmacy,
        person=theirs if elsewhere else ours,
        **row,
    )
    if taken:
        with pytest.raises(IntegrityError, match="licence_number"), transaction.atomic():
            again.save()
    else:
        again.save()
        assert again.pk


def hire(by: Worker, *, username: str) -> Person:
    return actions.add_person(
        by=by,
        username=username,
        name="Both Places",
        initials="BP",
        role=Role.TECHNICIAN,
        password="a first password",
        pin="2468",
        licence_number="T-77",
        licence_kind="technician",
        licence_until=TODAY,
    )


def test_somebody_works_in_two_pharmacies_under_the_same_licence(pharmacy):
    first = hire(pharmacy.workers[Role.IN_CHARGE], username="here")
    chief = Person.objects.get(username="opharmacist-in-charge")
    signon.stand_in(pharmacy.other.pk)
    there = signon.person_as_worker(chief, now=NOON, station="x", on_duty=True)
    second = hire(there, username="there")
    numbers = {each.licences.get().number for each in (first, second)}
    assert numbers == {"T-77"}
    with pytest.raises(Refused, match="on file for somebody already"):
        hire(there, username="again")


def test_the_list_shows_the_licence_of_this_pharmacy(pharmacy):
    hire(pharmacy.workers[Role.IN_CHARGE], username="here")
    line = next(x for x in people(pharmacy_id=pharmacy.pharmacy.pk) if x.username == "here")
    assert (line.licence, line.licence_until, line.on_duty) == ("T-77", TODAY, False)
    assert not any(x.username == "here" for x in people(pharmacy_id=pharmacy.other.pk))
