"""The second factor: who must have one, adding and ending it, and the second half of a sign-in.

A password is asked again wherever a factor is added or ended: the station may have been left
open, or been taken over with a PIN.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.staff import factors
from apothecary.staff.duties import Duty, Role
from apothecary.staff.guesses import (
    forget_failures,
    locked_problems,
    machine_of,
    note_failure,
    secret_problems,
)
from apothecary.staff.models import (
    Factor,
    FactorKind,
    HalfIn,
    Machine,
    Person,
    RecoveryCode,
    Session,
    Way,
)
from apothecary.staff.signon import new_token, stand_in, token_hash
from apothecary.staff.worker import Worker

# Whoever runs the place can let others in: their password alone is worth stealing.
LEADERS = frozenset({Role.IN_CHARGE, Role.ADMINISTRATOR})
ANSWER_WITHIN = timedelta(minutes=5)
LONGEST_NAME = 40
WRONG = "That is not the code or key that was asked for."


@dataclass(frozen=True, slots=True)
class Answer:
    """What was given as the second factor: a code, or what the browser's passkey signed."""

    code: str = ""
    passkey: str = ""
    host: str = ""


@dataclass(frozen=True, slots=True)
class HalfSignedIn:
    """The token of the second half (shown once) and the person who is asked."""

    token: str
    person: Person


def must_have(person: Person) -> bool:
    """Whether the site asks a second factor of this person's role."""
    return person.pharmacy.second_factor_required and Role(person.role) in LEADERS


def confirmed(person: Person) -> list[Factor]:
    """The factors somebody can sign in with, the oldest first (1 query)."""
    living = Factor.objects.filter(person=person, ended_at=None)
    return list(living.exclude(confirmed_at=None).order_by("id"))


def missing_problems(person: Person, machine: Machine | None) -> list[Problem]:
    """Whoever must have one and has none adds it inside the pharmacy, nowhere else."""
    if not must_have(person) or (machine and machine.trusted_at):
        return []
    says = "A second factor is needed here: add it at a trusted work station first."
    return [Problem(says, code="second-factor-missing", cite="45 CFR 164.312(d)")]


def ask_second(
    person: Person, machine: Machine | None, *, station: str, at: datetime
) -> HalfSignedIn:
    """The password was right: ask for the second factor."""
    token = new_token()
    HalfIn.objects.create(
        person=person,
        token_hash=token_hash(token),
        machine=machine,
        station=station,
        challenge=factors.new_challenge(),
        started_at=at,
    )
    return HalfSignedIn(token=token, person=person)


def half_in(token: str, *, at: datetime) -> HalfIn | None:
    """Who waits behind this token, for five minutes (1 query)."""
    return (
        HalfIn.objects.select_for_update(of=("self",))
        .select_related("person__pharmacy", "machine")
        .filter(
            token_hash=token_hash(token),
            ended_at=None,
            started_at__gt=at - ANSWER_WITHIN,
            person__active=True,
        )
        .first()
    )


def passkeys_of(person: Person, *, host: str) -> list[bytes]:
    """The public halves of the passkeys made under this name of the house."""
    return [
        bytes(factor.secret)
        for factor in confirmed(person)
        if factor.kind == FactorKind.PASSKEY and factor.host == host
    ]


@transaction.atomic
def question(*, token: str, host: str, at: datetime) -> str | None:
    """What the browser asks a passkey; empty where there is none, none for a stranger."""
    half = half_in(token, at=at)
    if half is None:
        return None
    keys = passkeys_of(half.person, host=host)
    if not keys:
        return ""
    return factors.request_options(host=host, known=keys, challenge=bytes(half.challenge))


def answer_second(
    *, token: str, answer: Answer, at: datetime
) -> tuple[HalfIn | None, str, list[Problem]]:
    """Take the second factor once: who, by what; or why not. A wrong one counts.

    In the caller's transaction, and without raising: what is counted must be kept.
    """
    half = half_in(token, at=at)
    if half is None:
        says = "That took too long: begin with the password again."
        return None, "", [Problem(says, code="half-in")]
    stand_in(half.person.pharmacy_id)
    person = Person.objects.select_for_update().get(pk=half.person_id)
    problems = locked_problems(person, half.machine, Way.SECOND, at=at)
    used = "" if problems else accepted(half, answer, at=at)
    if used:
        half.ended_at = at
        half.save(update_fields=["ended_at"])
        forget_failures(person, half.machine, Way.SECOND)
        return half, used, []
    note_failure(person, half.machine, Way.SECOND, station=half.station, at=at)
    return half, "", problems or [Problem(WRONG, code="second-factor", field="code")]


def accepted(half: HalfIn, answer: Answer, *, at: datetime) -> str:
    """Which kind of factor answered, used up; or nothing."""
    if answer.passkey:
        return accepted_passkey(half, answer, at=at)
    code = "".join(answer.code.split())
    for factor in confirmed(half.person):
        if factor.kind == FactorKind.TOTP and take_step(factor, code, at=at):
            return factor.kind
    spent = RecoveryCode.objects.filter(
        person=half.person, code_hash=factors.recovery_hash(code), used_at=None
    ).update(used_at=at)
    return "recovery code" if spent else ""


def take_step(factor: Factor, code: str, *, at: datetime) -> bool:
    """Take a code of an app, once; each later one must be of a later time step."""
    key = factors.unsealed(bytes(factor.secret))
    step = key and factors.app_step(key, code, at=at, after=factor.counter)
    if not step:
        return False
    factor.counter = int(step)
    factor.save(update_fields=["counter"])
    return True


def accepted_passkey(half: HalfIn, answer: Answer, *, at: datetime) -> str:
    """Take what a passkey signed, unless its own count says that it was copied."""
    keys = passkeys_of(half.person, host=answer.host)
    used = factors.signed_by(
        answer.passkey, host=answer.host, known=keys, challenge=bytes(half.challenge)
    )
    if used is None:
        return ""
    factor = next(f for f in confirmed(half.person) if bytes(f.secret) == used.public)
    # Many passkeys never count; one that does must have counted on (WebAuthn 7.2, step 22).
    if (used.counter or factor.counter) and used.counter <= factor.counter:
        return ""
    factor.counter = used.counter
    factor.save(update_fields=["counter"])
    return factor.kind


def password_again(by: Worker, password: str) -> Person:
    """The person, whose password was just given again; a wrong one counts."""
    with transaction.atomic():
        person = (
            Person.objects.select_for_update(of=("self",))
            .select_related("pharmacy")
            .get(pk=by.somebody)
        )
        machine = machine_of(by)
        problems = secret_problems(person, password, machine, Way.PASSWORD, at=by.at)
        if problems:
            note_failure(person, machine, Way.PASSWORD, station=by.station, at=by.at, by=by)
        else:
            forget_failures(person, machine, Way.PASSWORD)
    refuse_if(problems)
    return person


def begin_app(*, by: Worker, password: str) -> tuple[Factor, str]:
    """Start adding an authenticator app: the factor to confirm, and the key to show once."""
    person = password_again(by, password)
    key = factors.new_app_key()
    return pending(person, FactorKind.TOTP, factors.sealed(key), at=by.at), key


def begin_passkey(*, by: Worker, password: str, host: str) -> tuple[Factor, str]:
    """Start adding a passkey: the factor to confirm, and what the browser is asked."""
    person = password_again(by, password)
    challenge = factors.new_challenge()
    asked = factors.creation_options(
        host=host,
        person_id=person.pk,
        username=person.username,
        known=passkeys_of(person, host=host),
        challenge=challenge,
    )
    return pending(person, FactorKind.PASSKEY, challenge, at=by.at, host=host), asked


def pending(
    person: Person, kind: FactorKind, secret: bytes, *, at: datetime, host: str = ""
) -> Factor:
    """A factor that its first right answer makes good; one begun before is given up."""
    open_ones = Factor.objects.filter(person=person, confirmed_at=None, ended_at=None)
    open_ones.update(ended_at=at)
    return Factor.objects.create(
        person=person, kind=kind, name=kind.label, secret=secret, host=host, added_at=at
    )


def confirm_app(*, by: Worker, factor_id: int, code: str, name: str = "") -> list[str]:
    """The app's first code makes it good; answers with recovery codes where there are none."""
    return confirm(
        by, factor_id, name, lambda factor: take_step(factor, code.replace(" ", ""), at=by.at)
    )


def confirm_passkey(*, by: Worker, factor_id: int, reply: str, name: str = "") -> list[str]:
    """What the browser made makes the factor good; recovery codes as with an app."""

    def take(factor: Factor) -> bool:
        made = factors.created_passkey(reply, host=factor.host, challenge=bytes(factor.secret))
        if made is None:
            return False
        factor.secret, factor.counter = made.public, made.counter
        factor.save(update_fields=["secret", "counter"])
        return True

    return confirm(by, factor_id, name, take)


@transaction.atomic
def confirm(by: Worker, factor_id: int, name: str, take: Callable[[Factor], bool]) -> list[str]:
    """Make a factor good when its first answer is right."""
    factor = (
        Factor.objects.select_for_update()
        .filter(
            pk=factor_id,
            person_id=by.somebody,
            confirmed_at=None,
            ended_at=None,
            added_at__gt=by.at - ANSWER_WITHIN,
        )
        .first()
    )
    if factor is None:
        raise refuse("That took too long: begin again.", code="factor-begun")
    if not take(factor):
        raise refuse(WRONG, code="second-factor", field="code")
    factor.confirmed_at = by.at
    factor.name = " ".join(name.split())[:LONGEST_NAME] or factor.name
    factor.save(update_fields=["confirmed_at", "name"])
    record(by=by, did=Deed.FACTOR_ADDED, about=("person", by.somebody),
           details={"kind": factor.kind, "factor": factor.pk})  # fmt: skip
    unused = RecoveryCode.objects.filter(person_id=by.somebody, used_at=None)
    return [] if unused.exists() else fresh_codes(by)


def fresh_codes(by: Worker) -> list[str]:
    """Ten new recovery codes, shown once; what was left of the last ones ends."""
    RecoveryCode.objects.filter(person_id=by.somebody, used_at=None).update(used_at=by.at)
    codes = factors.new_recovery_codes()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(
            person_id=by.somebody, code_hash=factors.recovery_hash(code), made_at=by.at
        )
        for code in codes
    )
    record(by=by, did=Deed.RECOVERY_CODES_MADE, about=("person", by.somebody))
    return codes


def new_codes(*, by: Worker, password: str) -> list[str]:
    """Ten new recovery codes for somebody who has a factor."""
    person = password_again(by, password)
    if not confirmed(person):
        raise refuse("Recovery codes stand in for a second factor: add one first.", code="none")
    with transaction.atomic():
        return fresh_codes(by)


def end_factor(*, by: Worker, factor_id: int, password: str) -> None:
    """End one's own factor; the last one only where the site asks for none."""
    person = password_again(by, password)
    with transaction.atomic():
        left = {factor.pk: factor for factor in confirmed(person)}
        factor = left.pop(factor_id, None)
        if factor is None:
            raise refuse("That is no second factor of yours.", code="factor")
        if must_have(person) and not left:
            raise refuse("The site asks for one: add another first.", code="last-factor")
        finish(by, person, [factor])


@transaction.atomic
def reset_factors(*, by: Worker, person_id: int) -> None:
    """End a colleague's factors and codes, because they are lost; sessions end with them."""
    by.must(Duty.MANAGE_PEOPLE)
    person = Person.objects.filter(pk=person_id, pharmacy_id=by.pharmacy_id).first()
    if person is None or person.pk == by.person_id:
        raise refuse("This is done by and for somebody else.", code="person")
    held = confirmed(person)
    if not held:
        raise refuse(f"{person.name} has no second factor.", code="none")
    finish(by, person, held)
    Session.objects.filter(person=person, ended_at=None, by_token=False).update(ended_at=by.at)


def finish(by: Worker, person: Person, ended: list[Factor]) -> None:
    """End factors; with the last one its recovery codes end too."""
    Factor.objects.filter(pk__in=[factor.pk for factor in ended]).update(ended_at=by.at)
    if not confirmed(person):
        RecoveryCode.objects.filter(person=person, used_at=None).update(used_at=by.at)
    said = {"factors": [factor.pk for factor in ended]}
    record(by=by, did=Deed.FACTOR_REMOVED, about=person, details=said)
