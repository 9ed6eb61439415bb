"""Signing in and out, switching by PIN, signing a step, coming on duty, and tokens."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, Refused, refuse, refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.guesses import (
    FAILURES_ALLOWED,
    LOCKED_FOR,
    TURNED_AWAY,
    failed_at_the_door,
    forget_failures,
    machine_of,
    note_failure,
    secret_problems,
)
from apothecary.staff.hiring import add_person
from apothecary.staff.models import Machine, Partner, Person, Session, Shift, Way
from apothecary.staff.ratio import crowd_problems, joined, passed_problems, ratio_now
from apothecary.staff.second import (
    Answer,
    HalfSignedIn,
    answer_second,
    ask_second,
    confirmed,
    missing_problems,
)
from apothecary.staff.signon import new_token, person_as_worker, stand_in, token_hash
from apothecary.staff.stations import pin_problems
from apothecary.staff.worker import Worker

__all__ = [
    "FAILURES_ALLOWED",
    "LOCKED_FOR",
    "SignedIn",
    "add_person",
    "answer_second_factor",
    "come_on_duty",
    "end_partner_token",
    "go_off_duty",
    "lock_station",
    "partner_token",
    "sign_in",
    "sign_out",
    "sign_step",
    "switch_user",
    "unlock",
    "worker_token",
]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The new session's token (shown once) and the person it is of."""

    token: str
    person: Person
    # For a browser that nobody knew: what it is known by from now on (shown once).
    machine_token: str = ""


def sign_in(
    *, username: str, password: str, station: str, at: datetime, machine_token: str = ""
) -> SignedIn | HalfSignedIn:
    """Let somebody in by user name and password, or ask for the second factor.

    ``machine_token`` is what this browser was given at an earlier sign-in.
    """
    with transaction.atomic():
        person, first = at_the_door(username)
        machine = None
        if asked := person or first:
            # The door is outside every pharmacy: what follows is written in this one's books.
            stand_in(asked.pharmacy_id)
            machine = known_machine(machine_token, pharmacy_id=asked.pharmacy_id)
        problems = secret_problems(person, password, machine, Way.PASSWORD, at=at)
        if person and not problems:
            forget_failures(person, machine, Way.PASSWORD, Way.PIN)
            if confirmed(person):
                return ask_second(person, machine, station=station, at=at)
            problems = missing_problems(person, machine) or crowd_at_the_door(person, at=at)
            if not problems:
                return enter(person, machine, station=station, at=at)
            turned_away(person, problems, station=station, at=at)
        else:
            problems = [TURNED_AWAY]
            if asked:
                failed_at_the_door(asked, machine, known=bool(person), station=station, at=at)
    raise Refused(problems)


def at_the_door(username: str) -> tuple[Person | None, Person | None]:
    """Who has that user name, held, and the first of all; two questions for any name."""
    people = Person.objects.select_related("pharmacy").filter(active=True)
    person = people.select_for_update(of=("self",)).filter(username=username).first()
    return person, people.order_by("id").first()


def answer_second_factor(*, token: str, answer: Answer, at: datetime) -> SignedIn:
    """Let somebody in whose password was right, by the second factor."""
    with transaction.atomic():
        half, used, problems = answer_second(token=token, answer=answer, at=at)
        if half and used:
            problems = crowd_at_the_door(half.person, at=at)
            if problems:
                turned_away(half.person, problems, station=half.station, at=at)
        if half and used and not problems:
            return enter(half.person, half.machine, station=half.station, at=at, second=used)
    raise Refused(problems)


def crowd_at_the_door(person: Person, *, at: datetime) -> list[Problem]:
    """Why one more technician may not sign on: the state's hard limit (1 query for them)."""
    return crowd_problems(joined(person, at=at), on=person.pharmacy.day_of(at))


def known_machine(token: str, *, pharmacy_id: int) -> Machine | None:
    """The machine of this pharmacy that was given the token (1 query)."""
    held = Machine.objects.filter(token_hash=token_hash(token), pharmacy_id=pharmacy_id)
    return held.first() if token else None


def turned_away(person: Person, problems: list[Problem], *, station: str, at: datetime) -> None:
    """Write down who had the right password and was not let in."""
    actor = person_as_worker(person, now=at, station=station, on_duty=False)
    said = {"codes": [problem.code for problem in problems]}
    record(by=actor, did=Deed.SIGN_IN_FAILED, about=person, details=said)


def enter(
    person: Person, machine: Machine | None, *, station: str, at: datetime, second: str = ""
) -> SignedIn:
    """Open a session by password; a machine that nobody knew is known from now on."""
    machine_token = ""
    if machine is None:
        machine_token = new_token()
        machine = Machine.objects.create(
            pharmacy_id=person.pharmacy_id,
            token_hash=token_hash(machine_token),
            name=station,
            first_used_at=at,
        )
    signed_in = open_session(
        person, machine=machine, station=station, at=at, did=Deed.SIGNED_IN, second=second
    )
    return replace(signed_in, machine_token=machine_token)


def switch_user(*, by: Worker, initials: str, pin: str) -> SignedIn:
    """Take over a shared work station by initials and PIN."""
    with transaction.atomic():
        machine = machine_of(by)
        person, problems = check_pin(by, machine, initials=initials, pin=pin)
        if person and not problems:
            end_session(by)
            refuse_if(crowd_at_the_door(person, at=by.at))
            return open_session(
                person, machine=machine, station=by.station, at=by.at, did=Deed.USER_SWITCHED
            )
    raise Refused(problems)


def unlock(*, by: Worker, pin: str) -> None:
    """Go on at a station that locked itself, with one's own PIN."""
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=by.somebody)
        machine = machine_of(by)
        problems = secret_problems(person, pin, machine, Way.PIN, at=by.at)
        if problems:
            note_failure(person, machine, Way.PIN, station=by.station, at=by.at, by=by)
        else:
            forget_failures(person, machine, Way.PIN)
            Session.objects.filter(pk=by.session_id or 0).update(locked_at=None, seen_at=by.at)
    refuse_if(problems)


def sign_step(*, by: Worker, initials: str, pin: str, duty: Duty) -> Worker:
    """Sign one step with initials and PIN: the signer, as worker, if the duty is theirs."""
    with transaction.atomic():
        person, problems = check_pin(by, machine_of(by), initials=initials, pin=pin)
    if person is None or problems:
        raise Refused(problems)
    on_duty = by.standing.pharmacist_on_duty
    signer = person_as_worker(person, now=by.at, station=by.station, on_duty=on_duty)
    signer.must(duty)
    return signer


def check_pin(
    by: Worker, machine: Machine | None, *, initials: str, pin: str
) -> tuple[Person | None, list[Problem]]:
    """Whose PIN it is and why it does not do; counted for or against its owner."""
    person = (
        Person.objects.select_for_update(of=("self",))
        .select_related("pharmacy")
        .filter(pharmacy_id=by.pharmacy_id, initials=initials.strip().upper(), active=True)
        .first()
    )
    problems = secret_problems(person, pin, machine, Way.PIN, at=by.at)
    if person and problems:
        note_failure(person, machine, Way.PIN, station=by.station, at=by.at, by=by)
    elif person:
        forget_failures(person, machine, Way.PIN)
        problems = pin_problems(person, by)
    return person, problems


def open_session(
    person: Person,
    *,
    station: str,
    at: datetime,
    did: Deed,
    machine: Machine | None = None,
    second: str = "",
) -> SignedIn:
    """Start a session at a station and write it down."""
    token = new_token()
    Session.objects.create(
        token_hash=token_hash(token),
        person=person,
        machine=machine,
        station=station,
        started_at=at,
        seen_at=at,
    )
    actor = person_as_worker(person, now=at, station=station, on_duty=False)
    said: dict[str, object] = {"machine": machine.pk if machine else None}
    if second:
        said["second"] = second
    passed = passed_problems(joined(person, at=at), on=actor.today)
    if passed:
        said["ratio"] = [f"{one.says} {one.cite}".strip() for one in passed]
    record(by=actor, did=did, about=person, details=said)
    return SignedIn(token=token, person=person)


def end_session(by: Worker) -> None:
    """Close the session somebody acts in."""
    Session.objects.filter(pk=by.session_id or 0, ended_at=None).update(ended_at=by.at)


@transaction.atomic
def sign_out(*, by: Worker) -> None:
    """Leave the work station."""
    end_session(by)
    record(by=by, did=Deed.SIGNED_OUT, about=("person", by.somebody))


@transaction.atomic
def lock_station(*, by: Worker) -> None:
    """Lock the work station; the PIN opens it again."""
    Session.objects.filter(pk=by.session_id or 0).update(locked_at=by.at)
    record(by=by, did=Deed.STATION_LOCKED, about=("person", by.somebody))


@transaction.atomic
def come_on_duty(*, by: Worker) -> Shift:
    """A pharmacist takes the supervision of the pharmacy."""
    by.must(Duty.SUPERVISE)
    shift, begun = Shift.objects.get_or_create(
        person_id=by.somebody,
        ended_at=None,
        defaults={"pharmacy_id": by.pharmacy_id, "started_at": by.at},
    )
    if begun:
        record(by=by, did=Deed.CAME_ON_DUTY, about=shift)
    return shift


@transaction.atomic
def go_off_duty(*, by: Worker) -> None:
    """A pharmacist gives the supervision up."""
    shift = (
        Shift.objects.select_for_update().filter(person_id=by.somebody, ended_at=None).first()
    )
    if shift is None:
        raise refuse("You are not on duty.", code="not-on-duty")
    shift.ended_at = by.at
    shift.save(update_fields=["ended_at"])
    left = ratio_now(pharmacy_id=by.pharmacy_id, now=by.at, on=by.today)
    said = {"at_work": left.at_work.says, "ratio": [one.says for one in left.problems]}
    record(by=by, did=Deed.WENT_OFF_DUTY, about=shift, details=said)


def worker_token(*, person: Person, station: str, at: datetime) -> str:
    """A bearer token with which a program acts as this person."""
    token = new_token()
    with transaction.atomic():
        Session.objects.create(
            token_hash=token_hash(token),
            person=person,
            station=station,
            by_token=True,
            started_at=at,
            seen_at=at,
        )
        actor = person_as_worker(person, now=at, station=station, on_duty=False)
        record(by=actor, did=Deed.TOKEN_ISSUED, about=person, details={"station": station})
    return token


def partner_token(*, partner: Partner, by: Worker) -> str:
    """A fresh credential for an outside system; the one before stops working."""
    token = new_token()
    with transaction.atomic():
        partner.token_hash = token_hash(token)
        partner.save(update_fields=["token_hash"])
        record(by=by, did=Deed.TOKEN_ISSUED, about=partner, details={"partner": partner.name})
    return token


@transaction.atomic
def end_partner_token(*, partner: Partner, by: Worker) -> None:
    """End the token of an outside system; its certificates, if it has any, go on."""
    held = Partner.objects.select_for_update().get(pk=partner.pk)
    # No SHA-256 is so short: nothing that is sent can match it.
    ended = f"ended {held.pk}".encode()
    if bytes(held.token_hash) == ended:
        raise refuse(f"{held.name} has no token.", field="end", code="no-token")
    held.token_hash = ended
    held.save(update_fields=["token_hash"])
    record(by=by, did=Deed.TOKEN_ENDED, about=held, details={"partner": held.name})
