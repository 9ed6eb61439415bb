"""Signing in and out, switching by PIN, coming on duty, and keeping the list of people."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.staff.duties import PHARMACISTS, Duty, Role
from apothecary.staff.models import Licence, Partner, Person, Session, Shift
from apothecary.staff.signon import new_token, person_as_worker, stand_in, token_hash
from apothecary.staff.worker import Worker

FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=15)
PIN_LENGTH = (4, 8)
LONGEST = {"username": 80, "name": 120, "initials": 4}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The new session's token (shown once) and the person it is of."""

    token: str
    person: Person


def sign_in(*, username: str, password: str, station: str, at: datetime) -> SignedIn:
    """Let somebody in by user name and password; failures count and lock."""
    with transaction.atomic():
        person = (
            Person.objects.select_for_update(of=("self",))
            .select_related("pharmacy")
            .filter(username=username, active=True)
            .first()
        )
        if person:
            # The door is outside every pharmacy: what follows is written in this one's books.
            stand_in(person.pharmacy_id)
        problems = secret_problems(person, password, opened_by="password", at=at)
        if person and not problems:
            return open_session(person, station=station, at=at, did=Deed.SIGNED_IN)
        if person:
            note_failure(person, station=station, at=at)
    refuse_if(problems)
    raise AssertionError("a refusal without a reason")


def switch_user(*, by: Worker, initials: str, pin: str) -> SignedIn:
    """Take over a shared work station by initials and PIN."""
    with transaction.atomic():
        person = person_by_initials(by.pharmacy_id, initials)
        problems = secret_problems(person, pin, opened_by="pin", at=by.at)
        if person and not problems:
            end_session(by)
            return open_session(person, station=by.station, at=by.at, did=Deed.USER_SWITCHED)
        if person:
            note_failure(person, station=by.station, at=by.at)
    refuse_if(problems)
    raise AssertionError("a refusal without a reason")


def unlock(*, by: Worker, pin: str) -> None:
    """Go on at a station that locked itself, with one's own PIN."""
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=by.somebody)
        problems = secret_problems(person, pin, opened_by="pin", at=by.at)
        if problems:
            note_failure(person, station=by.station, at=by.at)
        else:
            Person.objects.filter(pk=person.pk).update(failures=0, locked_until=None)
            Session.objects.filter(pk=by.session_id or 0).update(locked_at=None, seen_at=by.at)
    refuse_if(problems)


def sign_step(*, by: Worker, initials: str, pin: str, duty: Duty) -> Worker:
    """Sign one step with initials and PIN: the signer, as worker, if the duty is theirs."""
    with transaction.atomic():
        person = person_by_initials(by.pharmacy_id, initials)
        problems = secret_problems(person, pin, opened_by="pin", at=by.at)
        if person and problems:
            note_failure(person, station=by.station, at=by.at)
    refuse_if(problems)
    if person is None:
        raise AssertionError("a refusal without a reason")
    Person.objects.filter(pk=person.pk).update(failures=0)
    on_duty = by.standing.pharmacist_on_duty
    signer = person_as_worker(person, now=by.at, station=by.station, on_duty=on_duty)
    signer.must(duty)
    return signer


def person_by_initials(pharmacy_id: int, initials: str) -> Person | None:
    """The one active person with these initials, locked for the check."""
    return (
        Person.objects.select_for_update(of=("self",))
        .select_related("pharmacy")
        .filter(pharmacy_id=pharmacy_id, initials=initials.strip().upper(), active=True)
        .first()
    )


@cache
def nobodys_password() -> str:
    """Checked in place of an unknown person's, so that the answer takes equally long."""
    return make_password(new_token())


def secret_problems(
    person: Person | None, given: str, *, opened_by: str, at: datetime
) -> list[Problem]:
    """Why this password or PIN does not open the door; the sentence tells nothing more."""
    wrong = [Problem("The name and the secret do not match.", code="sign-in")]
    stored = getattr(person, opened_by, "") if person else ""
    held = check_password(given, stored or nobodys_password())
    if person is None:
        return wrong
    if person.locked_until and person.locked_until > at:
        minutes = -((at - person.locked_until) // timedelta(minutes=1))
        says = f"Too many failed tries: this sign-in is locked for {minutes} more minutes."
        return [Problem(says, code="locked-out", cite="45 CFR 164.312(d)")]
    return [] if held and stored else wrong


def note_failure(person: Person, *, station: str, at: datetime) -> None:
    """Count a failed try; after too many the door stays shut for a while."""
    person.failures += 1
    actor = person_as_worker(person, now=at, station=station, on_duty=False)
    did = Deed.SIGN_IN_FAILED
    if person.failures >= FAILURES_ALLOWED:
        person.failures, person.locked_until = 0, at + LOCKED_FOR
        did = Deed.LOCKED_OUT
    person.save(update_fields=["failures", "locked_until"])
    record(by=actor, did=did, about=person)


def open_session(person: Person, *, station: str, at: datetime, did: Deed) -> SignedIn:
    """Start a session at a station and write it down."""
    Person.objects.filter(pk=person.pk).update(failures=0, locked_until=None)
    token = new_token()
    Session.objects.create(
        token_hash=token_hash(token), person=person, station=station, started_at=at, seen_at=at
    )
    actor = person_as_worker(person, now=at, station=station, on_duty=False)
    record(by=actor, did=did, about=person)
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
    record(by=by, did=Deed.WENT_OFF_DUTY, about=shift)


@transaction.atomic
def add_person(
    *,
    by: Worker,
    username: str,
    name: str,
    initials: str,
    role: Role,
    password: str,
    pin: str,
    licence_number: str = "",
    licence_kind: str = "",
    licence_until: date | None = None,
) -> Person:
    """Take somebody on, with role and licence."""
    by.must(Duty.MANAGE_PEOPLE)
    initials = initials.strip().upper()
    refuse_if(
        person_problems(by, username=username, initials=initials, role=role, pin=pin)
        + too_long_problems({"username": username, "name": name, "initials": initials})
        + licence_problems(by, kind=licence_kind, number=licence_number)
    )
    person = Person.objects.create(
        pharmacy_id=by.pharmacy_id,
        username=username,
        name=name,
        initials=initials,
        role=role.value,
        password=make_password(password),
        pin=make_password(pin),
    )
    if licence_number and licence_until:
        Licence.objects.create(
            person=person,
            kind=licence_kind,
            number=licence_number,
            state=by.standing.state,
            expires_on=licence_until,
        )
    record(by=by, did=Deed.PERSON_ADDED, about=person, details={"role": role.value})
    return person


def person_problems(
    by: Worker, *, username: str, initials: str, role: Role, pin: str
) -> list[Problem]:
    """Why this person may not be taken on as given."""
    problems = []
    if not username or Person.objects.filter(username=username).exists():
        problems.append(Problem("That user name is taken or empty.", field="username"))
    same = Person.objects.filter(pharmacy_id=by.pharmacy_id, initials=initials, active=True)
    if not initials or same.exists():
        problems.append(Problem("These initials are taken or empty.", field="initials"))
    if not (pin.isascii() and pin.isdigit()) or not PIN_LENGTH[0] <= len(pin) <= PIN_LENGTH[1]:
        problems.append(Problem("A PIN has 4 to 8 digits.", field="pin"))
    if role is Role.SYSTEM:
        problems.append(Problem("That role is the house's own.", field="role"))
    if role in PHARMACISTS and not by.is_pharmacist:
        problems.append(
            Problem("A pharmacist is taken on by the pharmacist in charge.", field="role")
        )
    return problems


def too_long_problems(said: dict[str, str]) -> list[Problem]:
    """What is longer than its column or any name."""
    return [
        Problem(f"At most {LONGEST[field]} characters, please.", field=field)
        for field, text in said.items()
        if len(text) > LONGEST[field]
    ]


def licence_problems(by: Worker, *, kind: str, number: str) -> list[Problem]:
    """A licence is of one person."""
    same = Licence.objects.filter(kind=kind, state=by.standing.state, number=number)
    if not number or not same.exists():
        return []
    says = f"Licence {number} is on file for somebody already."
    return [Problem(says, field="licence_number", code="licence-taken")]


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
