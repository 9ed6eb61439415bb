"""Two at the same instant, on the real database: a code opens once, each guess counts once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from apothecary.config.tests.world import NOON, PASSWORD, PIN
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.law.problem import Refused
from apothecary.staff import actions
from apothecary.staff.duties import Duty, Role
from apothecary.staff.models import Guesses, Machine, Person, RecoveryCode, Session
from apothecary.staff.signon import stand_in
from apothecary.staff.tests.enrolled import (
    answer,
    asked,
    machine,
    question,
    seated,
    with_app,
    with_passkey,
)

PIC, TECH = "spharmacist-in-charge", "stechnician"


def at_once(world, *deeds: Callable[[], object]) -> list[str]:
    """Do all of it at the same instant, each on a connection of its own: "done" or the code."""
    together = Barrier(len(deeds))

    def one(deed: Callable[[], object]) -> str:
        try:
            stand_in(world.pharmacy.pk)
            together.wait(timeout=20)
            deed()
        except Refused as refusal:
            return refusal.problems[0].code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(deeds)) as hands:
        return sorted(hands.map(one, deeds))


def test_one_recovery_code_given_twice_at_once_opens_one_door(town):
    _, codes = with_app(town.workers[Role.IN_CHARGE])
    first, other = asked(PIC), asked(PIC)
    said = at_once(
        town,
        lambda: answer(first, code=codes[0]),
        lambda: answer(other, code=codes[0]),
    )
    assert said == ["done", "second-factor"]
    assert Session.objects.count() == 1
    assert RecoveryCode.objects.exclude(used_at=None).count() == 1


def test_one_half_sign_in_finished_twice_at_once_opens_one_door(town):
    _, codes = with_app(town.workers[Role.IN_CHARGE])
    token = asked(PIC)
    said = at_once(
        town,
        lambda: answer(token, code=codes[0]),
        lambda: answer(token, code=codes[1]),
    )
    assert said == ["done", "half-in"]
    assert RecoveryCode.objects.filter(used_at=None).count() == 9


def test_one_signature_of_a_passkey_opens_one_door(town):
    key, _ = with_passkey(town.workers[Role.IN_CHARGE])
    token = asked(PIC)
    signed = key.signed(question(token))
    said = at_once(
        town, lambda: answer(token, passkey=signed), lambda: answer(token, passkey=signed)
    )
    assert said == ["done", "half-in"]


@pytest.mark.parametrize("guesses", [4, 6])
def test_guesses_at_the_same_instant_are_each_counted_and_the_fifth_shuts_the_door(
    town, guesses
):
    def guess() -> None:
        actions.sign_in(username=TECH, password="wrong", station="x", at=NOON)

    said = at_once(town, *[guess] * guesses)
    assert said == ["sign-in"] * guesses
    kept = Guesses.objects.get()
    assert (kept.locked_until is not None) is (guesses > 5)
    assert Person.objects.get(username=TECH).failures == min(guesses, 5)
    stand_in(town.pharmacy.pk)
    failed = Entry.objects.filter(deed__in=[Deed.SIGN_IN_FAILED, Deed.LOCKED_OUT])
    assert failed.count() == guesses


def test_guesses_at_several_people_from_one_machine_add_up(town):
    held, cookie = machine(town)
    names = [person.username for person in town.people.values()][:6]

    def guess_at(name: str) -> Callable[[], object]:
        return lambda: actions.sign_in(
            username=name, password="wrong", station="x", at=NOON, machine_token=cookie
        )

    assert at_once(town, *map(guess_at, names)) == ["sign-in"] * 6
    assert Machine.objects.get(pk=held.pk).failures == 6


def test_two_who_take_a_station_over_at_once_leave_no_session_open_of_the_one_before(town):
    tech = seated(town, Role.TECHNICIAN)
    initials = [town.people[role].initials for role in (Role.PHARMACIST, Role.INTERN)]
    at_once(
        town,
        *[
            lambda i=each: actions.switch_user(by=tech, initials=i, pin=PIN)
            for each in initials
        ],
    )
    assert not Session.objects.filter(person__username=TECH, ended_at=None).exists()


def test_a_step_signed_while_somebody_guesses_is_signed_or_told_and_never_half(town):
    initials = town.people[Role.PHARMACIST].initials
    by = seated(town, Role.TECHNICIAN)

    def sign(pin: str) -> Callable[[], object]:
        return lambda: actions.sign_step(by=by, initials=initials, pin=pin, duty=Duty.VERIFY)

    said = at_once(town, sign(PIN), sign("0000"), sign(PIN))
    assert said == ["done", "done", "sign-in"]
    assert Person.objects.get(username="spharmacist").failures <= 1


def test_first_sign_ins_of_two_browsers_at_once_are_two_machines(town):
    def enter() -> None:
        actions.sign_in(username=TECH, password=PASSWORD, station="x", at=NOON)

    assert at_once(town, enter, enter) == ["done", "done"]
    assert Machine.objects.count() == 2
