"""Signing in and out, locking, switching by PIN, and what happens at the fifth failure."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, make_password

from apothecary.config.tests.world import NOON, PASSWORD, PIN
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.law.problem import Refused
from apothecary.staff import actions
from apothecary.staff.duties import Duty, Role
from apothecary.staff.guesses import TURNED_AWAY
from apothecary.staff.models import Licence, Session, Shift
from apothecary.staff.signon import sign_on, stand_in, token_hash
from apothecary.staff.worker import NotAllowed

TECH = "stechnician"


def sign_in(*, username: str = TECH, password: str = PASSWORD, at=NOON) -> actions.SignedIn:
    inside = actions.sign_in(username=username, password=password, station="counter", at=at)
    assert isinstance(inside, actions.SignedIn)
    return inside


def fail(times: int, *, at=NOON) -> None:
    for _ in range(times):
        with pytest.raises(Refused):
            sign_in(password="wrong", at=at)


def deeds() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("deed", flat=True))


def worker_of(token: str, *, at=NOON):
    signed_on = sign_on(token, now=at)
    assert signed_on is not None
    return signed_on.worker


def test_signing_in_gives_a_token_that_is_stored_only_as_its_hash(pharmacy):
    token = sign_in().token
    session = Session.objects.get()
    assert bytes(session.token_hash) == token_hash(token)
    assert token.encode() not in bytes(session.token_hash)
    assert worker_of(token).name == pharmacy.people[Role.TECHNICIAN].name
    assert deeds() == [Deed.SIGNED_IN]


def test_the_door_works_before_anybody_stands_in_a_pharmacy(pharmacy):
    stand_in(None)
    token = sign_in().token
    assert worker_of(token).pharmacy_id == pharmacy.pharmacy.pk


@pytest.mark.parametrize(
    ("username", "password"),
    [(TECH, "wrong"), (TECH, ""), (TECH, PIN), ("nobody", PASSWORD), ("", "")],
)
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(pharmacy, username, password):
    with pytest.raises(Refused) as refusal:
        sign_in(username=username, password=password)
    assert refusal.value.problems == [TURNED_AWAY]
    assert not Session.objects.exists()


def test_somebody_who_left_cannot_sign_in(pharmacy):
    person = pharmacy.people[Role.TECHNICIAN]
    person.active = False
    person.save()
    with pytest.raises(Refused, match="do not match"):
        sign_in()


def test_four_failures_leave_the_door_open_and_a_success_forgets_them(pharmacy):
    fail(4)
    assert sign_in().token
    fail(4)
    assert sign_in().token
    assert deeds().count(Deed.SIGN_IN_FAILED) == 8


def test_the_fifth_failure_locks_for_a_quarter_of_an_hour_even_with_the_right_password(
    pharmacy,
):
    fail(5)
    assert deeds()[-1] == Deed.LOCKED_OUT
    with pytest.raises(Refused, match="locked this sign-in"):
        sign_in()
    with pytest.raises(Refused, match="locked"):
        sign_in(at=NOON + timedelta(minutes=14, seconds=59))
    assert sign_in(at=NOON + timedelta(minutes=15)).token


def test_the_lock_is_of_one_person_and_not_of_the_station(pharmacy):
    fail(5)
    assert sign_in(username="spharmacist").token


def test_passwords_are_kept_with_argon2(pharmacy, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    kept = make_password("a long password")
    assert identify_hasher(kept).algorithm == "argon2"
    assert kept.startswith("argon2$argon2id$")
    assert check_password("a long password", kept)
    person = pharmacy.people[Role.TECHNICIAN]
    person.password = kept
    person.save()
    assert sign_in(password="a long password").token


def test_a_session_that_was_signed_out_is_nobodys(pharmacy):
    token = sign_in().token
    actions.sign_out(by=worker_of(token))
    assert sign_on(token, now=NOON) is None
    assert deeds()[-1] == Deed.SIGNED_OUT


@pytest.mark.parametrize("token", ["", "x", "é" * 40, "0" * 10_000])
def test_a_token_that_was_never_given_out_is_nobodys(pharmacy, token):
    assert sign_on(token, now=NOON) is None


@pytest.mark.parametrize(
    ("idle_seconds", "locked"), [(599, False), (600, False), (601, True), (86_400, True)]
)
def test_a_station_locks_itself_when_nobody_was_there_for_ten_minutes(
    pharmacy, idle_seconds, locked
):
    token = sign_in().token
    signed_on = sign_on(token, now=NOON + timedelta(seconds=idle_seconds))
    assert signed_on is not None
    assert signed_on.locked is locked


def test_work_keeps_a_station_open_and_a_page_that_asks_by_itself_does_not(pharmacy):
    attended, left = sign_in().token, sign_in().token
    for minute in range(1, 15):
        sign_on(attended, now=NOON + timedelta(minutes=minute))
        sign_on(left, now=NOON + timedelta(minutes=minute), attended=False)
    later = NOON + timedelta(minutes=15)
    here, away = sign_on(attended, now=later), sign_on(left, now=later)
    assert here is not None
    assert away is not None
    assert (here.locked, away.locked) == (False, True)


def test_a_bearer_token_of_a_program_does_not_lock_for_idleness(pharmacy):
    person = pharmacy.people[Role.TECHNICIAN]
    token = actions.worker_token(person=person, station="robot", at=NOON)
    signed_on = sign_on(token, now=NOON + timedelta(days=1))
    assert signed_on is not None
    assert not signed_on.locked


def test_a_locked_station_opens_with_the_pin_of_whoever_was_there(pharmacy):
    token = sign_in().token
    worker = worker_of(token)
    actions.lock_station(by=worker)
    locked = sign_on(token, now=NOON)
    assert locked is not None
    assert locked.locked
    with pytest.raises(Refused):
        actions.unlock(by=worker, pin="0000")
    again = sign_on(token, now=NOON)
    assert again is not None
    assert again.locked
    actions.unlock(by=worker, pin=PIN)
    opened = sign_on(token, now=NOON)
    assert opened is not None
    assert not opened.locked


def test_an_idle_station_opens_with_the_pin_too(pharmacy):
    token = sign_in().token
    late = NOON + timedelta(hours=1)
    idle = sign_on(token, now=late)
    assert idle is not None
    actions.unlock(by=idle.worker, pin=PIN)
    opened = sign_on(token, now=late)
    assert opened is not None
    assert not opened.locked


def test_guessing_the_pin_at_a_locked_station_locks_out(pharmacy):
    worker = worker_of(sign_in().token)
    for _ in range(5):
        with pytest.raises(Refused):
            actions.unlock(by=worker, pin="0000")
    with pytest.raises(Refused, match="locked for"):
        actions.unlock(by=worker, pin=PIN)


def test_switching_by_pin_ends_the_first_session_and_starts_the_others(pharmacy):
    first = sign_in().token
    initials = pharmacy.people[Role.PHARMACIST].initials.lower()
    second = actions.switch_user(by=worker_of(first), initials=f" {initials} ", pin=PIN).token
    assert sign_on(first, now=NOON) is None
    assert worker_of(second).role is Role.PHARMACIST
    assert deeds()[-1] == Deed.USER_SWITCHED


@pytest.mark.parametrize(("initials", "pin"), [("S5", "0000"), ("ZZ", PIN), ("", PIN)])
def test_a_switch_that_fails_leaves_the_station_to_whoever_has_it(pharmacy, initials, pin):
    token = sign_in().token
    with pytest.raises(Refused):
        actions.switch_user(by=worker_of(token), initials=initials, pin=pin)
    assert worker_of(token).role is Role.TECHNICIAN


def test_nobody_of_another_pharmacy_takes_the_station_over(pharmacy):
    token = sign_in().token
    with pytest.raises(Refused):
        actions.switch_user(by=worker_of(token), initials="O5", pin=PIN)


def test_a_pharmacist_signs_one_step_at_a_technicians_station(pharmacy):
    tech = pharmacy.technician
    initials = pharmacy.people[Role.PHARMACIST].initials
    signer = actions.sign_step(by=tech, initials=initials, pin=PIN, duty=Duty.VERIFY)
    assert (signer.role, signer.station) == (Role.PHARMACIST, tech.station)


def test_a_step_is_not_signed_by_whose_duty_it_is_not_nor_with_a_wrong_pin(pharmacy):
    tech, trainee = pharmacy.technician, pharmacy.people[Role.TRAINEE].initials
    with pytest.raises(NotAllowed):
        actions.sign_step(by=tech, initials=trainee, pin=PIN, duty=Duty.VERIFY)
    pharmacist = pharmacy.people[Role.PHARMACIST].initials
    with pytest.raises(Refused):
        actions.sign_step(by=tech, initials=pharmacist, pin="1", duty=Duty.VERIFY)
    with pytest.raises(Refused):
        actions.sign_step(by=tech, initials="??", pin=PIN, duty=Duty.VERIFY)


def test_coming_on_duty_twice_is_one_shift_and_going_off_ends_it(pharmacy):
    in_charge = pharmacy.workers[Role.IN_CHARGE]
    first, second = actions.come_on_duty(by=in_charge), actions.come_on_duty(by=in_charge)
    assert first.pk == second.pk
    actions.go_off_duty(by=in_charge)
    assert Shift.objects.get(pk=first.pk).ended_at == in_charge.at
    with pytest.raises(Refused, match="not on duty"):
        actions.go_off_duty(by=in_charge)
    assert deeds() == [Deed.CAME_ON_DUTY, Deed.WENT_OFF_DUTY]


def test_a_technician_cannot_come_on_duty_as_the_pharmacist(pharmacy):
    with pytest.raises(NotAllowed):
        actions.come_on_duty(by=pharmacy.technician)


def test_when_the_last_pharmacist_goes_off_duty_the_technicians_work_stops(pharmacy):
    token = sign_in().token
    assert worker_of(token).may(Duty.FILL)
    actions.go_off_duty(by=pharmacy.pharmacist)
    assert not worker_of(token).may(Duty.FILL)


def test_a_pharmacist_whose_licence_ran_out_supervises_nobody(pharmacy):
    token = sign_in().token
    licence = Licence.objects.get(person=pharmacy.people[Role.PHARMACIST])
    licence.expires_on = pharmacy.pharmacist.today - timedelta(days=1)
    licence.save()
    assert not worker_of(token).may(Duty.FILL)
