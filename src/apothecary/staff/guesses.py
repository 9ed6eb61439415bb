"""Wrong secrets: counted per person at one machine, and per machine for everybody.

Whoever guesses shuts the door where the guessing happens and nowhere else: the person whose
secret it is goes on at every other machine, and by password where only the PIN was guessed.
A try at a shut door is written down; it neither counts nor keeps the door shut for longer.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse
from apothecary.staff.duties import Duty
from apothecary.staff.models import Guesses, Machine, Person, Session, Way
from apothecary.staff.signon import new_token, person_as_worker
from apothecary.staff.worker import Worker

FAILURES_ALLOWED = 5
# Of anybody at one machine: who tries one colleague after the other is stopped too.
FAILURES_OF_A_MACHINE = 15
# A PIN has as few as four digits: so many misses in a row, wherever, and only the password
# opens. A password is never shut everywhere, or anybody could keep somebody out.
PIN_FAILURES_IN_A_ROW = 20
LOCKED_FOR = timedelta(minutes=15)
MONITORING = "45 CFR 164.308(a)(5)(ii)(C)"
# At the door, where nobody is known yet, every no is the same one: an answer of its own for a
# locked sign-in would tell which names there are.
TURNED_AWAY = Problem(
    "The name and the password do not match, or failed tries have locked this sign-in for "
    "15 minutes: wait, or ask a supervisor to open it.",
    code="sign-in",
    cite=MONITORING,
)


def locked_problems(
    person: Person | None, machine: Machine | None, way: Way, *, at: datetime
) -> list[Problem]:
    """Why nothing may be tried here now (1 query)."""
    until = {guess.locked_until for guess in Guesses.objects.filter(
        person=person, machine=machine, way=way)}  # fmt: skip
    if machine:
        until.add(machine.locked_until)
    latest = max((instant for instant in until if instant), default=at)
    if latest > at:
        minutes = -((at - latest) // timedelta(minutes=1))
        says = f"Too many failed tries: this sign-in is locked for {minutes} more minutes."
        return [Problem(says, code="locked-out", cite=MONITORING)]
    if person and way is Way.PIN and person.failures >= PIN_FAILURES_IN_A_ROW:
        says = "This PIN was guessed at too often: sign in with the password."
        return [Problem(says, code="locked-out", cite=MONITORING)]
    return []


@cache
def nobodys_secret() -> str:
    """Checked in place of an unknown person's, so that the answer takes equally long."""
    return make_password(new_token())


def secret_problems(
    person: Person | None, given: str, machine: Machine | None, way: Way, *, at: datetime
) -> list[Problem]:
    """Why this password or PIN does not open the door; the sentence tells nothing more."""
    wrong = [Problem("The name and the secret do not match.", code="sign-in")]
    stored = getattr(person, way.value, "") if person else ""
    held = check_password(given, stored or nobodys_secret())
    # Whether the secret was right is not told at a shut door.
    shut = locked_problems(person, machine, way, at=at)
    if person is None:
        return wrong
    return shut or ([] if held and stored else wrong)


def note_failure(
    person: Person,
    machine: Machine | None,
    way: Way,
    *,
    station: str,
    at: datetime,
    by: Worker | None = None,
) -> None:
    """Write a failed try down and count it, unless the door was shut already."""
    actor = person_as_worker(person, now=at, station=station, on_duty=False)
    said: dict[str, object] = {"way": way.value, "machine": machine.pk if machine else None}
    if by:
        said["session_of"] = by.person_id
    shut = bool(locked_problems(person, machine, way, at=at))
    # A shut door is asked and written as often as an open one, so that it answers no sooner.
    tries = 0 if shut else 1
    person.failures += tries
    person.save(update_fields=["failures"])
    locked = [
        *count(person, machine, way, at=at, tries=tries),
        *count_machine(machine, at=at, tries=tries),
    ]
    if tries and way is Way.PIN and person.failures == PIN_FAILURES_IN_A_ROW:
        locked.append("PIN everywhere")
    if shut:
        said["while"] = "locked"
    if locked:
        said["locked"] = locked
    did = Deed.LOCKED_OUT if locked else Deed.SIGN_IN_FAILED
    record(by=actor, did=did, about=person, details=said)


def count(
    person: Person, machine: Machine | None, way: Way, *, at: datetime, tries: int
) -> Iterator[str]:
    """Count for the person at this machine; names what is shut now.

    The caller holds the person's row, so nobody else counts for this person meanwhile.
    """
    row = Guesses(person=person, machine=machine, way=way)
    Guesses.objects.bulk_create([row], ignore_conflicts=True)
    guesses = Guesses.objects.get(person=person, machine=machine, way=way)
    guesses.failures += tries
    if guesses.failures >= FAILURES_ALLOWED:
        guesses.failures, guesses.locked_until = 0, at + LOCKED_FOR
        yield way.value
    guesses.save(update_fields=["failures", "locked_until"])


def count_machine(machine: Machine | None, *, at: datetime, tries: int) -> Iterator[str]:
    """Count for the machine within a quarter of an hour; names what is shut now."""
    if machine is None:
        return
    held = Machine.objects.select_for_update().get(pk=machine.pk)
    over = held.failures_since is None or at - held.failures_since >= LOCKED_FOR
    if tries and over:
        held.failures, held.failures_since = 0, at
    held.failures += tries
    if held.failures >= FAILURES_OF_A_MACHINE:
        held.failures, held.locked_until = 0, at + LOCKED_FOR
        yield "machine"
    held.save(update_fields=["failures", "failures_since", "locked_until"])


class InVain(Exception):
    """Takes back what was written for a name that nobody has."""


def failed_at_the_door(
    person: Person, machine: Machine | None, *, known: bool, station: str, at: datetime
) -> None:
    """Write a failed sign-in down; for a name that nobody has, the same and then undone.

    The two must take equally long, or the time of the answer tells which names there are. It
    does not sleep: a door that waits is one a stranger can hold shut for everybody.
    """
    try:
        with transaction.atomic():
            note_failure(person, machine, Way.PASSWORD, station=station, at=at)
            if not known:
                raise InVain
    except InVain:
        return


def forget_failures(person: Person, machine: Machine | None, *ways: Way) -> None:
    """A right secret ends the row of wrong ones, at this machine."""
    person.failures = 0
    person.save(update_fields=["failures"])
    Guesses.objects.filter(person=person, machine=machine, way__in=ways).update(
        failures=0, locked_until=None
    )


def machine_of(by: Worker) -> Machine | None:
    """The machine at which somebody works (1 query); programs have none."""
    session = Session.objects.select_related("machine").filter(pk=by.session_id or 0).first()
    return session.machine if session else None


@transaction.atomic
def free_sign_in(*, by: Worker, person_id: int) -> None:
    """A supervisor opens what failed tries have shut for a colleague, at every machine."""
    by.must(Duty.FREE_SIGN_IN)
    person = (
        Person.objects.select_for_update()
        .filter(pk=person_id, pharmacy_id=by.pharmacy_id)
        .first()
    )
    if person is None:
        raise refuse("Nobody of this pharmacy is meant.", code="person")
    if person.pk == by.person_id:
        # Else whoever guesses at their own door would answer to nobody.
        raise refuse("Somebody else must open your own sign-in.", code="own-sign-in")
    Guesses.objects.filter(person=person).update(failures=0, locked_until=None)
    Machine.objects.filter(pharmacy_id=by.pharmacy_id, locked_until__gt=by.at).update(
        failures=0, locked_until=None
    )
    person.failures = 0
    person.save(update_fields=["failures"])
    record(by=by, did=Deed.SIGN_IN_FREED, about=person)
