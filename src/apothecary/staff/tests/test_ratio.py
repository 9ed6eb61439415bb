"""How many technicians work under the pharmacists on duty, at sign-on and on the pages."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password

from apothecary.config.tests.world_days import NOON
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.law.problem import Refused
from apothecary.patients.tests.test_pages import client_of
from apothecary.staff.actions import (
    SignedIn,
    go_off_duty,
    lock_station,
    sign_in,
    sign_out,
    switch_user,
)
from apothecary.staff.duties import Role
from apothecary.staff.models import Licence, Person, Session, Shift
from apothecary.staff.ratio import at_work, ratio_now
from apothecary.staff.signon import sign_on

PIN, PASSWORD = "8899", "correct horse"


def hired(world: Any, number: int, role: Role = Role.TECHNICIAN) -> Person:
    """One more of a role, with everything sign-in asks."""
    return Person.objects.create(
        pharmacy=world.pharmacy,
        username=f"more{number}",
        name=f"More {number}",
        initials=f"M{number}",
        role=role.value,
        password=make_password(PASSWORD, hasher="md5"),
        pin=make_password(PIN, hasher="md5"),
    )


def comes(world: Any, number: int, role: Role = Role.TECHNICIAN, *, at: Any = NOON) -> Any:
    return enters(hired(world, number, role), at=at)


def enters(person: Person, *, at: Any = NOON) -> SignedIn:
    found = sign_in(username=person.username, password=PASSWORD, station=person.username, at=at)
    assert isinstance(found, SignedIn)
    return found


def in_state(world: Any, state: str) -> None:
    world.pharmacy.state = state
    world.pharmacy.save()
    Licence.objects.filter(kind="pharmacist", pharmacy=world.pharmacy).update(state=state)


def seen(world: Any, *, at: Any = NOON) -> Any:
    return ratio_now(pharmacy_id=world.pharmacy.pk, now=at, on=world.technician.today)


def said_of(person: Person, did: Deed) -> list[dict[str, Any]]:
    rows = Entry.objects.filter(about="person", about_id=person.pk, deed=did.value)
    return [json.loads(row.details) for row in rows]


def test_who_is_signed_on_is_counted_by_kind_once_each(pharmacy):
    comes(pharmacy, 1)
    comes(pharmacy, 2, Role.CERTIFIED)
    comes(pharmacy, 3, Role.TRAINEE)
    comes(pharmacy, 4, Role.INTERN)
    comes(pharmacy, 5, Role.CLERK)
    enters(Person.objects.get(username="more1"))
    who = seen(pharmacy).at_work
    assert (who.technicians, who.certified, who.trainees, who.interns) == (3, 1, 1, 1)
    assert who.pharmacists == 1
    assert who.says == (
        "3 technicians (1 certified, 1 in training) and 1 intern under 1 pharmacist"
    )


@pytest.mark.parametrize(("minutes", "counted"), [(10, 1), (11, 0)])
def test_who_has_been_idle_too_long_does_not_work(pharmacy, minutes, counted):
    comes(pharmacy, 1)
    at = NOON + timedelta(minutes=minutes)
    assert seen(pharmacy, at=at).at_work.technicians == counted


def test_who_locked_or_left_does_not_work_and_a_program_never(pharmacy):
    first, second = comes(pharmacy, 1), comes(pharmacy, 2)
    third = comes(pharmacy, 3)
    locked = sign_on(first.token, now=NOON)
    left = sign_on(second.token, now=NOON)
    assert locked is not None
    assert left is not None
    lock_station(by=locked.worker)
    sign_out(by=left.worker)
    assert seen(pharmacy).at_work.technicians == 1
    Session.objects.filter(person=third.person).update(by_token=True)
    assert seen(pharmacy).at_work.technicians == 0


def test_a_pharmacist_whose_licence_is_another_states_supervises_nobody(pharmacy):
    Licence.objects.filter(kind="pharmacist").update(state="OK")
    assert at_work(pharmacy_id=pharmacy.pharmacy.pk, now=NOON).pharmacists == 0


def test_other_pharmacies_are_not_counted(pharmacy):
    comes(pharmacy, 1)
    assert at_work(pharmacy_id=pharmacy.other.pk, now=NOON).technicians == 0


def test_in_new_york_the_fifth_technician_is_turned_away_with_the_citation(pharmacy):
    in_state(pharmacy, "NY")
    for number in range(4):
        comes(pharmacy, number)
    fifth = hired(pharmacy, 5)
    with pytest.raises(Refused) as refusal:
        enters(fifth)
    (problem,) = refusal.value.problems
    assert (problem.code, problem.verified) == ("ratio-technicians", "V2")
    assert "6832" in problem.cite
    assert not Session.objects.filter(person=fifth).exists()
    assert said_of(fifth, Deed.SIGN_IN_FAILED) == [{"codes": ["ratio-technicians"]}]


def test_who_works_already_signs_on_once_more_at_another_station(pharmacy):
    in_state(pharmacy, "NY")
    for number in range(4):
        comes(pharmacy, number)
    assert enters(Person.objects.get(username="more3")).token


def test_whoever_takes_over_a_station_takes_the_place_of_who_leaves_it(pharmacy):
    in_state(pharmacy, "NY")
    for number in range(4):
        last = comes(pharmacy, number)
    fifth = hired(pharmacy, 5)
    by = sign_on(last.token, now=NOON)
    assert by is not None
    taken = switch_user(by=by.worker, initials="M5", pin=PIN)
    assert taken.person == fifth
    assert seen(pharmacy).at_work.technicians == 4


def test_by_pin_over_a_pharmacists_station_nobody_slips_past_the_limit(pharmacy):
    in_state(pharmacy, "NY")
    for number in range(4):
        comes(pharmacy, number)
    hired(pharmacy, 5)
    theirs = comes(pharmacy, 6, Role.PHARMACIST)
    by = sign_on(theirs.token, now=NOON)
    assert by is not None
    with pytest.raises(Refused):
        switch_user(by=by.worker, initials="M5", pin=PIN)
    assert Session.objects.get(person=theirs.person).ended_at is None


@pytest.mark.parametrize("role", [Role.PHARMACIST, Role.IN_CHARGE, Role.INTERN, Role.CLERK])
def test_a_pharmacist_and_whoever_is_not_counted_is_never_locked_out(pharmacy, role):
    in_state(pharmacy, "NY")
    for number in range(4):
        comes(pharmacy, number)
    assert comes(pharmacy, 9, role).token


def test_a_second_pharmacist_on_duty_makes_room(pharmacy):
    in_state(pharmacy, "NY")
    for number in range(4):
        comes(pharmacy, number)
    Shift.objects.create(
        pharmacy=pharmacy.pharmacy, person=pharmacy.people[Role.IN_CHARGE], started_at=NOON
    )
    assert comes(pharmacy, 5).token


def test_what_a_survey_says_is_a_warning_in_the_journal_and_on_the_pages(pharmacy):
    in_state(pharmacy, "MS")
    comes(pharmacy, 1)
    second = comes(pharmacy, 2)
    assert "ratio" not in said_of(second.person, Deed.SIGNED_IN)[0]
    third = comes(pharmacy, 3)
    (warned,) = said_of(third.person, Deed.SIGNED_IN)
    assert "2 each" in warned["ratio"][0]
    found = seen(pharmacy)
    assert [one.code for one in found.problems] == ["ratio-technicians"]
    assert "[V2]" in found.limit


@pytest.mark.parametrize(
    ("state", "says"), [("TX", "doubtful"), ("VA", "no figure is on file")]
)
def test_a_doubtful_row_or_none_says_so_and_turns_nobody_away(pharmacy, state, says):
    in_state(pharmacy, state)
    for number in range(9):
        comes(pharmacy, number)
    found = seen(pharmacy)
    assert found.problems == []
    assert says in found.limit


def test_in_ohio_a_fourth_trainee_is_turned_away_and_a_technician_is_not(pharmacy):
    in_state(pharmacy, "OH")
    for number in range(3):
        comes(pharmacy, number, Role.TRAINEE)
    with pytest.raises(Refused) as refusal:
        comes(pharmacy, 4, Role.TRAINEE)
    assert [one.cite for one in refusal.value.problems] == ["OAC 4729:3-3-01(C)"]


def test_a_pharmacist_may_leave_duty_and_what_is_left_is_written_down(pharmacy):
    in_state(pharmacy, "NY")
    comes(pharmacy, 1)
    go_off_duty(by=pharmacy.pharmacist)
    entry = Entry.objects.get(deed=Deed.WENT_OFF_DUTY.value)
    assert json.loads(entry.details)["at_work"] == "1 technician under 0 pharmacists"
    assert [one.code for one in seen(pharmacy).problems] == ["ratio-no-pharmacist"]
    assert comes(pharmacy, 2).token


def test_the_pages_of_a_pharmacist_say_who_works_and_what_the_state_lets(pharmacy):
    client = client_of(pharmacy, Role.PHARMACIST)
    for path in ("/", "/people/"):
        page = client.get(path).content.decode()
        assert "under 1 pharmacist" in page
        assert "doubtful" in page
