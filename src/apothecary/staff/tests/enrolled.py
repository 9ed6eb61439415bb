"""People with second factors, and sign-ins as they make them."""

from datetime import datetime, timedelta

import pyotp
import pytest

from apothecary.config.tests.world import NOON, PASSWORD, World
from apothecary.law.problem import Refused
from apothecary.staff import actions, second
from apothecary.staff.duties import Role
from apothecary.staff.factors import unsealed
from apothecary.staff.models import Factor, HalfIn, Machine, Person, Pharmacy
from apothecary.staff.second import Answer, HalfSignedIn
from apothecary.staff.signon import new_token, sign_on, token_hash
from apothecary.staff.tests.softkey import SoftKey
from apothecary.staff.worker import Worker

PIC, ADMIN, TECH = "spharmacist-in-charge", "sadministrator", "stechnician"
HOST, ORIGIN = "pharmacy.example", "https://pharmacy.example"
STEP = timedelta(seconds=30)


def code_of(factor: Factor, *, at: datetime) -> str:
    """What the app of this factor shows at that instant."""
    key = unsealed(bytes(factor.secret))
    assert key is not None
    return pyotp.TOTP(key).at(at)


def with_app(by: Worker) -> tuple[Factor, list[str]]:
    """Add an authenticator app; the factor and the recovery codes that came with it."""
    factor, _ = second.begin_app(by=by, password=PASSWORD)
    code = code_of(factor, at=by.at)
    codes = second.confirm_app(by=by, factor_id=factor.pk, code=code, name="phone")
    return Factor.objects.get(pk=factor.pk), codes


def with_passkey(by: Worker, key: SoftKey | None = None) -> tuple[SoftKey, list[str]]:
    """Add a passkey; the key and the recovery codes that came with it."""
    key = key or SoftKey(HOST, ORIGIN)
    factor, asked = second.begin_passkey(by=by, password=PASSWORD, host=key.host)
    codes = second.confirm_passkey(by=by, factor_id=factor.pk, reply=key.made(asked))
    return key, codes


def knock(
    username: str, *, at: datetime = NOON, cookie: str = "", password: str = PASSWORD
) -> actions.SignedIn | HalfSignedIn:
    """The password at the door."""
    return actions.sign_in(
        username=username, password=password, station="home", at=at, machine_token=cookie
    )


def asked(username: str, *, at: datetime = NOON, cookie: str = "") -> str:
    """The token of a sign-in that waits for the second factor."""
    half = knock(username, at=at, cookie=cookie)
    assert isinstance(half, HalfSignedIn)
    return half.token


def answer(
    token: str, *, code: str = "", passkey: str = "", host: str = HOST, at: datetime = NOON
) -> actions.SignedIn:
    given = Answer(code=code, passkey=passkey, host=host)
    return actions.answer_second_factor(token=token, answer=given, at=at)


def worker_of(token: str, *, at: datetime = NOON) -> Worker:
    signed_on = sign_on(token, now=at)
    assert signed_on is not None
    return signed_on.worker


def machine(world: World, *, trusted: bool = False) -> tuple[Machine, str]:
    """A machine that the pharmacy knows, and its cookie."""
    token = new_token()
    made = Machine.objects.create(
        pharmacy=world.pharmacy,
        token_hash=token_hash(token),
        name="counter 1",
        first_used_at=NOON,
        trusted_at=NOON if trusted else None,
    )
    return made, token


def seated(world: World, role: Role, *, trusted: bool = False) -> Worker:
    """Somebody signed in by password at a machine of the pharmacy."""
    _, cookie = machine(world, trusted=trusted)
    inside = knock(world.people[role].username, cookie=cookie)
    return worker_of(inside.token)


def require(world: World, *, required: bool = True) -> None:
    """Turn the site's policy on without asking anybody."""
    Pharmacy.objects.filter(pk=world.pharmacy.pk).update(second_factor_required=required)


def waiting() -> int:
    """How many sign-ins wait for a second factor."""
    return HalfIn.objects.filter(ended_at=None).count()


def failures(username: str) -> int:
    return Person.objects.get(username=username).failures


def question(token: str, *, host: str = HOST, at: datetime = NOON) -> str:
    """What a passkey is asked on the second page."""
    found = second.question(token=token, host=host, at=at)
    assert found is not None
    return found


def refused_code(
    token: str, *, code: str = "", passkey: str = "", host: str = HOST, at: datetime = NOON
) -> str:
    """The code of the refusal that an answer gets."""
    with pytest.raises(Refused) as refusal:
        answer(token, code=code, passkey=passkey, host=host, at=at)
    return refusal.value.problems[0].code
