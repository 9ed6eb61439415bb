"""Wrong secrets: where a door shuts, for whom, for how long, and who may open it."""

import json
from datetime import timedelta

import pytest

from apothecary.config.tests.world import NOON, PASSWORD, PIN
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.law.problem import Refused
from apothecary.staff import actions, guesses
from apothecary.staff.duties import Duty, Role
from apothecary.staff.models import Guesses, Machine, Person, Session, Way
from apothecary.staff.signon import new_token, sign_on, token_hash
from apothecary.staff.worker import NotAllowed, Worker

TECH, VICTIM = "stechnician", "spharmacist"
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def machine(world, name: str = "counter 1") -> tuple[Machine, str]:
    """A machine that the pharmacy knows, and its cookie."""
    token = new_token()
    made = Machine.objects.create(
        pharmacy=world.pharmacy, token_hash=token_hash(token), name=name, first_used_at=NOON
    )
    return made, token


def sign_in(username: str = TECH, *, at=NOON, cookie: str = "", password: str = PASSWORD):
    inside = actions.sign_in(
        username=username, password=password, station="counter", at=at, machine_token=cookie
    )
    assert isinstance(inside, actions.SignedIn)
    return inside


def guess(times: int, *, cookie: str = "", at=NOON, username: str = VICTIM) -> None:
    for _ in range(times):
        with pytest.raises(Refused):
            sign_in(username, password="wrong", cookie=cookie, at=at)


def at_machine(cookie: str, *, username: str = TECH, at=NOON) -> Worker:
    """Somebody who has signed in at this machine."""
    signed_on = sign_on(sign_in(username, cookie=cookie, at=at).token, now=at)
    assert signed_on is not None
    return signed_on.worker


def later(worker: Worker, after: timedelta) -> Worker:
    return worker.at_time(worker.at + after, worker.today)


def guess_pin(by: Worker, times: int, *, initials: str) -> None:
    for _ in range(times):
        with pytest.raises(Refused):
            actions.switch_user(by=by, initials=initials, pin="0000")


def problem(by: Worker, *, initials: str, pin: str = PIN) -> str:
    """The code of the refusal, or nothing where the PIN took the station over."""
    try:
        actions.sign_step(by=by, initials=initials, pin=pin, duty=Duty.READ_RECORDS)
    except Refused as refusal:
        return refusal.problems[0].code
    return ""


@pytest.fixture
def initials(pharmacy) -> str:
    return pharmacy.people[Role.PHARMACIST].initials


def last_entry() -> tuple[str, dict[str, object]]:
    entry = Entry.objects.latest("id")
    return entry.deed, json.loads(entry.details)


def test_whoever_guesses_from_outside_does_not_keep_the_owner_from_their_own_machine(pharmacy):
    _, cookie = machine(pharmacy)
    guess(5)
    with pytest.raises(Refused, match="locked"):
        sign_in(VICTIM)
    assert sign_in(VICTIM, cookie=cookie).token


def test_whoever_guesses_at_one_machine_shuts_that_one_alone(pharmacy):
    _, here = machine(pharmacy)
    _, there = machine(pharmacy, "counter 2")
    guess(5, cookie=here)
    with pytest.raises(Refused, match="locked"):
        sign_in(VICTIM, cookie=here)
    assert sign_in(VICTIM, cookie=there).token
    assert sign_in(VICTIM).token
    assert sign_in(TECH, cookie=here).token


def test_a_right_password_elsewhere_does_not_open_the_machine_that_was_guessed_at(pharmacy):
    _, here = machine(pharmacy)
    guess(5, cookie=here)
    assert sign_in(VICTIM).token
    with pytest.raises(Refused, match="locked"):
        sign_in(VICTIM, cookie=here)


@pytest.mark.parametrize("minutes", [1, 7, 14])
def test_tries_at_a_shut_door_neither_count_nor_keep_it_shut_for_longer(pharmacy, minutes):
    guess(5)
    guess(40, at=NOON + minutes * MINUTE)
    with pytest.raises(Refused, match="locked"):
        sign_in(VICTIM, at=NOON + 15 * MINUTE - SECOND)
    # Four more are free: those at the shut door were not counted.
    guess(4, at=NOON + 15 * MINUTE)
    assert sign_in(VICTIM, at=NOON + 15 * MINUTE).token


def test_tries_at_a_shut_door_are_written_down_as_such(pharmacy):
    guess(5)
    assert last_entry()[0] == Deed.LOCKED_OUT
    guess(1, at=NOON + MINUTE)
    deed, said = last_entry()
    assert (deed, said["while"], said["way"]) == (Deed.SIGN_IN_FAILED, "locked", "password")
    assert Person.objects.get(username=VICTIM).failures == 5


def test_the_lock_names_what_it_shut_and_where(pharmacy):
    held, cookie = machine(pharmacy)
    guess(4, cookie=cookie)
    assert "locked" not in last_entry()[1]
    guess(1, cookie=cookie)
    deed, said = last_entry()
    assert (deed, said["locked"], said["machine"]) == (Deed.LOCKED_OUT, ["password"], held.pk)


def test_a_guessed_pin_leaves_the_password_open_at_the_same_machine(pharmacy, initials):
    _, cookie = machine(pharmacy)
    guess_pin(at_machine(cookie), 5, initials=initials)
    assert problem(at_machine(cookie), initials=initials) == "locked-out"
    assert sign_in(VICTIM, cookie=cookie).token
    # Whoever gave the right password has proved more than a PIN would.
    assert problem(at_machine(cookie), initials=initials) == ""


def test_a_guessed_password_leaves_the_pin_open(pharmacy, initials):
    _, cookie = machine(pharmacy)
    by = at_machine(cookie)
    guess(5, cookie=cookie)
    assert problem(by, initials=initials) == ""


def test_a_pin_guessed_at_one_station_goes_on_at_the_next(pharmacy, initials):
    _, here = machine(pharmacy)
    _, there = machine(pharmacy, "counter 2")
    guess_pin(at_machine(here), 5, initials=initials)
    assert problem(at_machine(there), initials=initials) == ""
    assert problem(at_machine(here), initials=initials) == "locked-out"


def test_another_name_of_the_station_is_no_other_machine(pharmacy, initials):
    _, cookie = machine(pharmacy)
    guess_pin(at_machine(cookie), 5, initials=initials)
    renamed = actions.sign_in(
        username=TECH, password=PASSWORD, station="another", at=NOON, machine_token=cookie
    )
    signed_on = sign_on(renamed.token, now=NOON)
    assert signed_on is not None
    assert problem(signed_on.worker, initials=initials) == "locked-out"


def test_who_tried_a_colleagues_pin_stands_in_the_journal(pharmacy, initials):
    _, cookie = machine(pharmacy)
    guess_pin(at_machine(cookie), 1, initials=initials)
    entry = Entry.objects.latest("id")
    assert entry.by_id == pharmacy.people[Role.PHARMACIST].pk
    assert json.loads(entry.details)["session_of"] == pharmacy.people[Role.TECHNICIAN].pk


def test_the_own_pin_opens_again_after_a_quarter_of_an_hour_and_not_a_second_before(pharmacy):
    _, cookie = machine(pharmacy)
    by = at_machine(cookie)
    for _ in range(5):
        with pytest.raises(Refused):
            actions.unlock(by=by, pin="0000")
    with pytest.raises(Refused, match="locked for 1 more"):
        actions.unlock(by=later(by, 15 * MINUTE - SECOND), pin=PIN)
    actions.unlock(by=later(by, 15 * MINUTE), pin=PIN)
    assert Guesses.objects.get().locked_until is None


@pytest.mark.parametrize(("misses", "code"), [(19, ""), (20, "locked-out"), (21, "locked-out")])
def test_twenty_misses_in_a_row_shut_a_pin_everywhere_until_the_password_is_given(
    pharmacy, initials, misses, code
):
    Person.objects.filter(username=VICTIM).update(failures=misses)
    assert problem(pharmacy.technician, initials=initials) == code
    Person.objects.filter(username=VICTIM).update(failures=misses)
    assert sign_in(VICTIM).token
    assert problem(pharmacy.technician, initials=initials) == ""


def test_the_twentieth_miss_is_told_as_such(pharmacy, initials):
    Person.objects.filter(username=VICTIM).update(failures=19)
    guess_pin(pharmacy.technician, 1, initials=initials)
    assert last_entry() == (
        Deed.LOCKED_OUT,
        {
            "way": "pin",
            "machine": None,
            "session_of": pharmacy.technician.person_id,
            "locked": ["PIN everywhere"],
        },
    )


def test_a_hundred_guesses_never_shut_a_password_everywhere(pharmacy):
    _, cookie = machine(pharmacy)
    for quarter in range(20):
        guess(5, at=NOON + 15 * quarter * MINUTE)
    assert Person.objects.get(username=VICTIM).failures == 100
    assert sign_in(VICTIM, cookie=cookie, at=NOON + 285 * MINUTE).token


def spread(world, cookie: str, misses: int, *, at=NOON) -> None:
    """Wrong passwords at one machine, of one colleague after the other."""
    names = [person.username for person in world.people.values()]
    for number in range(misses):
        guess(1, cookie=cookie, username=names[number % len(names)], at=at)


def test_whoever_tries_one_colleague_after_the_other_shuts_the_machine_at_the_fifteenth(
    pharmacy,
):
    _, cookie = machine(pharmacy)
    _, there = machine(pharmacy, "counter 2")
    spread(pharmacy, cookie, 14)
    assert sign_in(TECH, cookie=cookie).token
    spread(pharmacy, cookie, 1)
    assert last_entry()[1]["locked"] == ["machine"]
    with pytest.raises(Refused, match="locked"):
        sign_in(TECH, cookie=cookie)
    assert sign_in(TECH, cookie=there).token
    assert sign_in(TECH, cookie=cookie, at=NOON + 15 * MINUTE).token


@pytest.mark.parametrize(("minutes", "shut"), [(14, True), (15, False)])
def test_a_machine_forgets_slips_that_are_a_quarter_of_an_hour_old(pharmacy, minutes, shut):
    held, cookie = machine(pharmacy)
    spread(pharmacy, cookie, 14)
    spread(pharmacy, cookie, 1, at=NOON + minutes * MINUTE)
    held.refresh_from_db()
    assert (held.locked_until is not None) is shut


def test_a_success_does_not_wipe_the_machines_count(pharmacy):
    held, cookie = machine(pharmacy)
    spread(pharmacy, cookie, 14)
    sign_in(TECH, cookie=cookie)
    held.refresh_from_db()
    assert held.failures == 14


def test_an_unknown_browser_is_known_after_the_first_sign_in_and_not_made_twice(pharmacy):
    first = sign_in()
    assert first.machine_token
    assert Session.objects.get().machine == Machine.objects.get()
    again = sign_in(cookie=first.machine_token)
    assert (again.machine_token, Machine.objects.count()) == ("", 1)


def test_the_cookie_of_another_pharmacys_machine_is_no_cookie_here(pharmacy):
    token = new_token()
    Machine.objects.create(
        pharmacy=pharmacy.other, token_hash=token_hash(token), name="theirs", first_used_at=NOON
    )
    assert sign_in(cookie=token).machine_token
    assert Machine.objects.filter(pharmacy=pharmacy.pharmacy).count() == 1


@pytest.mark.parametrize("role", [Role.PHARMACIST, Role.IN_CHARGE, Role.ADMINISTRATOR])
def test_a_supervisor_opens_what_guesses_have_shut_at_every_machine(pharmacy, role):
    _, cookie = machine(pharmacy)
    guess(5, username=TECH)
    guess(5, username=TECH, cookie=cookie)
    Person.objects.filter(username=TECH).update(failures=30)
    tech = pharmacy.people[Role.TECHNICIAN]
    guesses.free_sign_in(by=pharmacy.workers[role], person_id=tech.pk)
    assert sign_in(TECH).token
    assert sign_in(TECH, cookie=cookie).token
    assert problem(pharmacy.pharmacist, initials=tech.initials) == ""
    freed = Entry.objects.get(deed=Deed.SIGN_IN_FREED)
    assert (freed.by_id, freed.about_id) == (pharmacy.people[role].pk, tech.pk)


def test_a_supervisor_opens_a_machine_that_was_shut_for_everybody(pharmacy):
    held, cookie = machine(pharmacy)
    spread(pharmacy, cookie, 15)
    freed = pharmacy.people[Role.CLERK]
    guesses.free_sign_in(by=pharmacy.pharmacist, person_id=freed.pk)
    assert sign_in(TECH, cookie=cookie).token
    held.refresh_from_db()
    assert held.failures == 0


@pytest.mark.parametrize(
    "role", [Role.CLERK, Role.TRAINEE, Role.TECHNICIAN, Role.CERTIFIED, Role.INTERN]
)
def test_nobody_else_opens_a_shut_sign_in(pharmacy, role):
    guess(5)
    victim = pharmacy.people[Role.PHARMACIST]
    with pytest.raises(NotAllowed):
        guesses.free_sign_in(by=pharmacy.workers[role], person_id=victim.pk)
    with pytest.raises(Refused, match="locked"):
        sign_in(VICTIM)


def test_nobody_opens_their_own_sign_in_nor_one_of_another_pharmacy(pharmacy):
    own = pharmacy.people[Role.PHARMACIST].pk
    with pytest.raises(Refused, match="Somebody else"):
        guesses.free_sign_in(by=pharmacy.pharmacist, person_id=own)
    for person_id in (pharmacy.stranger.somebody, 0):
        with pytest.raises(Refused, match="Nobody of this pharmacy"):
            guesses.free_sign_in(by=pharmacy.pharmacist, person_id=person_id)
    assert not Entry.objects.filter(deed=Deed.SIGN_IN_FREED).exists()


def test_freeing_one_leaves_what_is_shut_for_the_others(pharmacy):
    guess(5)
    guess(5, username=TECH)
    freed = pharmacy.people[Role.TECHNICIAN]
    guesses.free_sign_in(by=pharmacy.workers[Role.IN_CHARGE], person_id=freed.pk)
    with pytest.raises(Refused, match="locked"):
        sign_in(VICTIM)


def test_at_a_shut_door_a_right_secret_is_answered_like_a_wrong_one(pharmacy):
    guess(5)
    answers = set()
    for password in (PASSWORD, "wrong"):
        with pytest.raises(Refused) as refusal:
            sign_in(VICTIM, password=password)
        answers.add(str(refusal.value))
    assert len(answers) == 1


def test_a_person_without_a_pin_has_none_that_opens(pharmacy, initials):
    Person.objects.filter(username=VICTIM).update(pin="")
    for pin in ("", PIN, "0000"):
        assert problem(pharmacy.technician, initials=initials, pin=pin) == "sign-in"


def test_a_step_signed_with_the_right_pin_ends_the_row_of_wrong_ones(pharmacy, initials):
    for _ in range(3):
        assert problem(pharmacy.technician, initials=initials, pin="0000") == "sign-in"
        guess_pin(pharmacy.technician, 3, initials=initials)
        assert problem(pharmacy.technician, initials=initials) == ""
    assert Person.objects.get(username=VICTIM).failures == 0


def test_counts_are_kept_by_person_machine_and_way(pharmacy, initials):
    held, cookie = machine(pharmacy)
    by = at_machine(cookie)
    guess(2)
    guess(3, cookie=cookie)
    guess_pin(by, 1, initials=initials)
    victim = pharmacy.people[Role.PHARMACIST]
    kept = Guesses.objects.filter(person=victim).values_list("machine", "way", "failures")
    assert set(kept) == {
        (None, Way.PASSWORD.value, 2),
        (held.pk, Way.PASSWORD.value, 3),
        (held.pk, Way.PIN.value, 1),
    }
