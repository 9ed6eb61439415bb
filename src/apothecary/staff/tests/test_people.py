"""Taking people on: who may, what is refused, what is written down."""

from datetime import date

import pytest
from django.contrib.auth.hashers import check_password
from django.http import QueryDict

from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.law.problem import Refused
from apothecary.staff.actions import add_person, partner_token
from apothecary.staff.duties import Role
from apothecary.staff.forms import read_newcomer, station_name
from apothecary.staff.models import Partner, Person
from apothecary.staff.queries import people
from apothecary.staff.signon import new_token, sign_on, token_hash
from apothecary.staff.worker import NotAllowed

UNTIL = date(2028, 6, 30)


def take_on(
    by,
    *,
    username: str = "fresh",
    initials: str = "fr",
    role: Role = Role.TECHNICIAN,
    pin: str = "2468",
) -> Person:
    return add_person(
        by=by,
        username=username,
        name="Fresh Face",
        initials=initials,
        role=role,
        password="a first password",
        pin=pin,
        licence_number="T-1",
        licence_kind="technician",
        licence_until=UNTIL,
    )


@pytest.mark.parametrize("role", [Role.IN_CHARGE, Role.ADMINISTRATOR])
def test_whoever_runs_the_place_takes_a_technician_on_with_a_licence(pharmacy, role):
    new = take_on(pharmacy.workers[role])
    assert (new.initials, new.licences.get().expires_on) == ("FR", UNTIL)
    assert check_password("a first password", new.password)
    assert "2468" not in new.pin
    assert Entry.objects.get(deed=Deed.PERSON_ADDED).about_id == new.pk


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.PHARMACIST, Role.CLERK])
def test_nobody_else_takes_people_on(pharmacy, role):
    with pytest.raises(NotAllowed):
        take_on(pharmacy.workers[role])
    assert not Person.objects.filter(username="fresh").exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"username": ""}, "username"),
        ({"username": "stechnician"}, "username"),
        ({"initials": ""}, "initials"),
        ({"initials": "s2"}, "initials"),
        ({"initials": "abcde"}, "initials"),
        ({"username": "u" * 81}, "username"),
        ({"pin": "²²²²"}, "pin"),
        ({"pin": "123"}, "pin"),
        ({"pin": "123456789"}, "pin"),
        ({"pin": "12a4"}, "pin"),
        ({"role": Role.SYSTEM}, "role"),
    ],
)
def test_what_cannot_be_is_refused_by_field_and_nobody_is_added(pharmacy, given, field):
    before = Person.objects.count()
    with pytest.raises(Refused) as refusal:
        take_on(pharmacy.workers[Role.IN_CHARGE], **given)
    assert field in {problem.field for problem in refusal.value.problems}
    assert Person.objects.count() == before


def test_an_administrator_does_not_make_a_pharmacist(pharmacy):
    with pytest.raises(Refused, match="pharmacist in charge"):
        take_on(pharmacy.workers[Role.ADMINISTRATOR], role=Role.PHARMACIST)
    assert take_on(pharmacy.workers[Role.IN_CHARGE], role=Role.PHARMACIST).pk


def test_the_list_says_licence_and_duty_and_names_nobody_of_another_pharmacy(
    pharmacy, django_assert_num_queries
):
    with django_assert_num_queries(1):
        lines = people(pharmacy_id=pharmacy.pharmacy.pk)
    assert len(lines) == len(pharmacy.people)
    on_duty = [line.role for line in lines if line.on_duty]
    assert on_duty == [Role.PHARMACIST]
    clerk = next(line for line in lines if line.role == Role.CLERK)
    assert (clerk.licence, clerk.licence_until) == ("", None)


def test_a_partners_new_token_ends_the_old_one(pharmacy):
    partner = Partner.objects.create(
        pharmacy=pharmacy.pharmacy,
        name="clinic",
        token_hash=token_hash(new_token()),
        may_send="script",
    )
    first = partner_token(partner=partner, by=pharmacy.system)
    second = partner_token(partner=partner, by=pharmacy.system)
    assert bytes(Partner.objects.get().token_hash) == token_hash(second) != token_hash(first)
    assert sign_on(second, now=pharmacy.system.at) is None  # a partner is nobody's worker


def typed(**fields: str) -> QueryDict:  # the fields of a form, by their own names
    good = {
        "username": "fresh",
        "name": " Fresh   Face ",
        "initials": "FF",
        "role": "technician",
        "password": "x",
        "pin": "2468",
        "licence_number": "T-1",
        "licence_until": "2028-06-30",
    }
    form = QueryDict(mutable=True)
    form.update(good | fields)
    return form


def test_a_typed_newcomer_is_read_into_values():
    new = read_newcomer(typed())
    assert (new.name, new.role, new.licence_kind) == (
        "Fresh Face",
        Role.TECHNICIAN,
        "technician",
    )
    assert new.licence_until == UNTIL


def test_a_clerk_needs_no_licence():
    new = read_newcomer(typed(role="clerk", licence_number="", licence_until=""))
    assert (new.licence_kind, new.licence_until) == ("", None)


@pytest.mark.parametrize(
    ("fields", "at_fault"),
    [
        ({"name": " "}, {"name"}),
        ({"role": "king"}, {"role"}),
        ({"role": ""}, {"role"}),
        ({"licence_number": ""}, {"licence_number"}),
        ({"licence_until": ""}, {"licence_until"}),
        ({"licence_until": "2028-02-30"}, {"licence_until"}),
        ({"licence_until": "next year"}, {"licence_until"}),
        ({"name": "", "pin": "", "password": ""}, {"name", "pin", "password"}),
    ],
)
def test_every_field_at_fault_is_named_at_once(fields, at_fault):
    with pytest.raises(Refused) as refusal:
        read_newcomer(typed(**fields))
    assert {problem.field for problem in refusal.value.problems} == at_fault


@pytest.mark.parametrize(
    ("said", "kept"), [("  drive   thru ", "drive thru"), ("", ""), ("x" * 99, "x" * 40)]
)
def test_a_station_has_a_short_plain_name(said, kept):
    assert station_name(said) == kept


def test_a_licence_that_is_on_file_is_not_given_to_a_second_person(pharmacy):
    take_on(pharmacy.workers[Role.IN_CHARGE])
    with pytest.raises(Refused) as refusal:
        take_on(pharmacy.workers[Role.IN_CHARGE], username="second", initials="se")
    assert [problem.field for problem in refusal.value.problems] == ["licence_number"]
    assert not Person.objects.filter(username="second").exists()
