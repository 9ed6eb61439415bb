"""Trusted work stations: where a PIN stands for a second factor, and who says so."""

import pytest

from apothecary.config.tests.world import NOON, PIN
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.law.problem import Refused
from apothecary.staff import actions, stations
from apothecary.staff.duties import Duty, Role
from apothecary.staff.models import Machine, Pharmacy, Session
from apothecary.staff.signon import sign_on
from apothecary.staff.tests.enrolled import machine, require, seated, with_app, worker_of
from apothecary.staff.worker import NotAllowed, Worker


@pytest.fixture
def initials(pharmacy) -> str:
    return pharmacy.people[Role.IN_CHARGE].initials


def signs(by, initials: str) -> str:
    """Why this PIN does not sign a step here; nothing when it does."""
    try:
        actions.sign_step(by=by, initials=initials, pin=PIN, duty=Duty.VERIFY)
    except Refused as refusal:
        return refusal.problems[0].code
    return ""


def session_of(by: Worker) -> Session:
    return Session.objects.get(pk=by.session_id or 0)


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("because", ["has one", "must have one", "neither"])
def test_a_pin_stands_for_a_second_factor_at_a_trusted_station_alone(
    pharmacy, initials, trusted, because
):
    tech = seated(pharmacy, Role.TECHNICIAN, trusted=trusted)
    if because == "has one":
        with_app(pharmacy.workers[Role.IN_CHARGE])
    require(pharmacy, required=because == "must have one")
    open_ = trusted or because == "neither"
    assert signs(tech, initials) == ("" if open_ else "station-not-trusted")
    if open_:
        token = actions.switch_user(by=tech, initials=initials, pin=PIN).token
        assert worker_of(token).role is Role.IN_CHARGE
    else:
        with pytest.raises(Refused, match="password and second factor"):
            actions.switch_user(by=tech, initials=initials, pin=PIN)
        assert session_of(tech).ended_at is None


def test_taking_over_keeps_the_machine_so_that_the_next_is_trusted_too(pharmacy, initials):
    tech = seated(pharmacy, Role.TECHNICIAN, trusted=True)
    with_app(pharmacy.workers[Role.IN_CHARGE])
    second = worker_of(actions.switch_user(by=tech, initials=initials, pin=PIN).token)
    third = actions.switch_user(by=second, initials=tech.initials, pin=PIN)
    assert signs(worker_of(third.token), initials) == ""


def test_a_wrong_pin_does_not_tell_who_has_a_second_factor(pharmacy, initials):
    tech = seated(pharmacy, Role.TECHNICIAN)
    with_app(pharmacy.workers[Role.IN_CHARGE])
    for who in (initials, pharmacy.people[Role.PHARMACIST].initials):
        with pytest.raises(Refused) as refusal:
            actions.sign_step(by=tech, initials=who, pin="0000", duty=Duty.VERIFY)
        assert refusal.value.problems[0].code == "sign-in"


def test_whoever_is_in_goes_on_after_a_lock_with_the_pin_wherever_that_is(pharmacy):
    pic = seated(pharmacy, Role.IN_CHARGE)
    with_app(pic)
    require(pharmacy)
    actions.lock_station(by=pic)
    actions.unlock(by=pic, pin=PIN)
    assert session_of(pic).locked_at is None


def test_a_program_that_the_house_gave_a_token_is_inside(pharmacy, initials):
    with_app(pharmacy.workers[Role.IN_CHARGE])
    person = pharmacy.people[Role.TECHNICIAN]
    robot = worker_of(actions.worker_token(person=person, station="robot", at=NOON))
    assert signs(robot, initials) == ""
    assert signs(pharmacy.technician, initials) == "station-not-trusted"


@pytest.mark.parametrize("role", [Role.IN_CHARGE, Role.ADMINISTRATOR])
def test_whoever_runs_the_people_trusts_the_machine_they_sit_at(pharmacy, role):
    by = seated(pharmacy, role)
    held = stations.trust_station(by=by)
    assert (held.trusted_at, held.name) == (NOON, by.station)
    stations.trust_station(by=by)
    assert Entry.objects.filter(deed=Deed.STATION_TRUSTED).count() == 1


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.PHARMACIST, Role.CLERK])
def test_nobody_else_trusts_a_machine_or_ends_it(pharmacy, role):
    by = seated(pharmacy, role)
    held, _ = machine(pharmacy, trusted=True)
    with pytest.raises(NotAllowed):
        stations.trust_station(by=by)
    with pytest.raises(NotAllowed):
        stations.distrust_station(by=by, machine_id=held.pk)
    assert Machine.objects.exclude(trusted_at=None).get() == held


def test_a_program_sits_at_no_machine(pharmacy):
    with pytest.raises(Refused, match="with the password first"):
        stations.trust_station(by=pharmacy.workers[Role.IN_CHARGE])


def test_ending_the_trust_signs_out_whoever_is_there_but_oneself(pharmacy, initials):
    pic = seated(pharmacy, Role.IN_CHARGE)
    held, cookie = machine(pharmacy, trusted=True)
    there = actions.sign_in(
        username="stechnician", password="correct horse", station="x", at=NOON,
        machine_token=cookie,
    )  # fmt: skip
    stations.distrust_station(by=pic, machine_id=held.pk)
    assert sign_on(there.token, now=NOON) is None
    assert session_of(pic).ended_at is None
    held.refresh_from_db()
    assert held.trusted_at is None
    assert Entry.objects.filter(deed=Deed.STATION_DISTRUSTED).count() == 1
    own = stations.trust_station(by=pic)
    stations.distrust_station(by=pic, machine_id=own.pk)
    assert session_of(pic).ended_at is None


def test_a_machine_of_another_pharmacy_or_without_trust_is_not_ended(pharmacy):
    pic = seated(pharmacy, Role.IN_CHARGE)
    plain, _ = machine(pharmacy)
    theirs, _ = machine(pharmacy, trusted=True)
    Machine.objects.filter(pk=theirs.pk).update(pharmacy=pharmacy.other)
    for machine_id in (plain.pk, theirs.pk, 0):
        with pytest.raises(Refused, match="not trusted"):
            stations.distrust_station(by=pic, machine_id=machine_id)
    assert Machine.objects.get(pk=theirs.pk).trusted_at is not None


def required(world) -> bool:
    return Pharmacy.objects.get(pk=world.pharmacy.pk).second_factor_required


def test_the_policy_is_turned_on_by_a_hand_that_does_not_lock_itself_out(pharmacy):
    pic = seated(pharmacy, Role.IN_CHARGE)
    with pytest.raises(Refused, match="of your own first"):
        stations.require_second_factor(by=pic, required=True)
    with_app(pic)
    with pytest.raises(Refused, match="Trust a work station first"):
        stations.require_second_factor(by=pic, required=True)
    assert not required(pharmacy)
    stations.trust_station(by=pic)
    stations.require_second_factor(by=pic, required=True)
    assert required(pharmacy)
    assert not Pharmacy.objects.get(pk=pharmacy.other.pk).second_factor_required
    assert Entry.objects.filter(deed=Deed.POLICY_CHANGED).count() == 1


def test_the_policy_is_turned_off_by_the_pharmacist_in_charge_from_anywhere(pharmacy):
    require(pharmacy)
    stations.require_second_factor(by=pharmacy.workers[Role.IN_CHARGE], required=False)
    assert not required(pharmacy)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.PHARMACIST, Role.TECHNICIAN])
def test_nobody_else_sets_the_policy(pharmacy, role):
    with pytest.raises(NotAllowed):
        stations.require_second_factor(by=pharmacy.workers[role], required=False)
