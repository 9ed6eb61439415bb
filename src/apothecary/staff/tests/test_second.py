"""The second half of a sign-in: what is asked, taken once, counted and written down."""

import json
from datetime import timedelta

import pytest

from apothecary.config.tests.world import NOON
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.staff import second
from apothecary.staff.duties import Role
from apothecary.staff.models import Factor, Person, RecoveryCode, Session
from apothecary.staff.second import HalfSignedIn
from apothecary.staff.signon import sign_on
from apothecary.staff.tests.enrolled import (
    HOST,
    PIC,
    STEP,
    TECH,
    answer,
    asked,
    code_of,
    failures,
    knock,
    machine,
    question,
    refused_code,
    waiting,
    with_app,
    with_passkey,
    worker_of,
)

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture
def pic(pharmacy):
    return pharmacy.workers[Role.IN_CHARGE]


def test_the_password_alone_opens_no_session_for_whoever_has_a_factor(pharmacy, pic):
    with_app(pic)
    half = knock(PIC)
    assert isinstance(half, HalfSignedIn)
    assert sign_on(half.token, now=NOON) is None
    assert not Session.objects.exists()
    assert not Entry.objects.filter(deed=Deed.SIGNED_IN).exists()


def test_password_and_code_open_it_and_the_journal_says_by_what(pharmacy, pic):
    factor, _ = with_app(pic)
    at = NOON + STEP
    inside = answer(asked(PIC, at=at), code=code_of(factor, at=at), at=at)
    assert worker_of(inside.token, at=at).role is Role.IN_CHARGE
    entry = Entry.objects.get(deed=Deed.SIGNED_IN)
    assert json.loads(entry.details)["second"] == "totp"
    assert (waiting(), failures(PIC)) == (0, 0)


def test_a_code_that_has_opened_a_door_opens_no_other(pharmacy, pic):
    factor, _ = with_app(pic)
    at = NOON + STEP
    code = code_of(factor, at=at)
    first, other = asked(PIC, at=at), asked(PIC, at=at)
    assert answer(first, code=code, at=at).token
    assert refused_code(other, code=code, at=at) == "second-factor"


def test_the_code_that_confirmed_the_app_does_not_sign_in_as_well(pharmacy, pic):
    factor, _ = with_app(pic)
    assert refused_code(asked(PIC), code=code_of(factor, at=NOON)) == "second-factor"


def test_a_sign_in_that_was_finished_is_not_finished_again(pharmacy, pic):
    _, codes = with_app(pic)
    token = asked(PIC)
    answer(token, code=codes[0])
    assert refused_code(token, code=codes[1]) == "half-in"
    assert RecoveryCode.objects.filter(used_at=None).count() == 9


@pytest.mark.parametrize(("seconds", "open_"), [(0, True), (299, True), (300, False)])
def test_the_second_half_waits_five_minutes(pharmacy, pic, seconds, open_):
    _, codes = with_app(pic)
    token, at = asked(PIC), NOON + seconds * SECOND
    assert (second.question(token=token, host=HOST, at=at) is not None) is open_
    if open_:
        assert answer(token, code=codes[0], at=at).token
    else:
        assert refused_code(token, code=codes[0], at=at) == "half-in"


def test_whoever_left_meanwhile_is_not_let_in(pharmacy, pic):
    _, codes = with_app(pic)
    token = asked(PIC)
    Person.objects.filter(username=PIC).update(active=False)
    assert refused_code(token, code=codes[0]) == "half-in"


@pytest.mark.parametrize("token", ["", "x", "é" * 50])
def test_a_stranger_is_asked_nothing(pharmacy, token):
    assert second.question(token=token, host=HOST, at=NOON) is None
    assert refused_code(token, code="000000") == "half-in"


def test_the_fifth_wrong_code_shuts_the_second_door_here_and_the_password_is_no_way_round(
    pharmacy, pic
):
    _, codes = with_app(pic)
    token = asked(PIC)
    for _ in range(5):
        assert refused_code(token, code="12345x") == "second-factor"
    assert refused_code(token, code=codes[0]) == "locked-out"
    assert refused_code(asked(PIC), code=codes[0]) == "locked-out"
    _, cookie = machine(pharmacy)
    assert answer(asked(PIC, cookie=cookie), code=codes[0]).token
    later = NOON + 15 * MINUTE
    assert answer(asked(PIC, at=later), code=codes[1], at=later).token


def test_a_wrong_code_is_written_down_and_a_spent_recovery_code_is_wrong(pharmacy, pic):
    _, codes = with_app(pic)
    answer(asked(PIC), code=codes[3])
    token = asked(PIC)
    assert refused_code(token, code=codes[3]) == "second-factor"
    entry = Entry.objects.latest("id")
    assert (entry.deed, json.loads(entry.details)["way"]) == (Deed.SIGN_IN_FAILED, "second")
    assert answer(token, code=f" {codes[4].upper().replace('-', ' ')} ").token


def test_a_recovery_code_is_kept_as_a_hash_and_said_in_the_journal(pharmacy, pic):
    _, codes = with_app(pic)
    assert len(codes) == 10
    plain = {code.replace("-", "").encode() for code in codes}
    for row in RecoveryCode.objects.all():
        assert bytes(row.code_hash) not in plain
        assert len(bytes(row.code_hash)) == 32
    answer(asked(PIC), code=codes[0])
    said = json.loads(Entry.objects.get(deed=Deed.SIGNED_IN).details)
    assert said["second"] == "recovery code"


def test_a_colleagues_recovery_code_and_app_are_not_ones_own(pharmacy, pic):
    _, codes = with_app(pic)
    theirs, _ = with_app(pharmacy.technician)
    at = NOON + STEP
    assert refused_code(asked(PIC, at=at), code=code_of(theirs, at=at), at=at)
    assert refused_code(asked(TECH), code=codes[0]) == "second-factor"


def test_a_passkey_signs_in(pharmacy, pic):
    key, codes = with_passkey(pic)
    assert len(codes) == 10
    token = asked(PIC)
    inside = answer(token, passkey=key.signed(question(token)))
    assert worker_of(inside.token).role is Role.IN_CHARGE
    said = json.loads(Entry.objects.get(deed=Deed.SIGNED_IN).details)
    assert said["second"] == "passkey"


def test_each_sign_in_asks_another_question(pharmacy, pic):
    key, _ = with_passkey(pic)
    first, other = asked(PIC), asked(PIC)
    assert question(first) != question(other)
    assert question(first) == question(first)
    assert refused_code(other, passkey=key.signed(question(first))) == "second-factor"


@pytest.mark.parametrize(("count", "taken"), [(4, False), (5, False), (6, True)])
def test_a_passkey_that_does_not_count_on_is_a_copy(pharmacy, pic, count, taken):
    key, _ = with_passkey(pic)
    Factor.objects.update(counter=5)
    token = asked(PIC)
    reply = key.signed_at_count(question(token), count)
    if taken:
        assert answer(token, passkey=reply).token
        assert Factor.objects.get().counter == 6
    else:
        assert refused_code(token, passkey=reply) == "second-factor"


def test_a_passkey_that_never_counts_signs_in_each_time(pharmacy, pic):
    key, _ = with_passkey(pic)
    for _ in range(2):
        token = asked(PIC)
        assert answer(token, passkey=key.signed_at_count(question(token), 0)).token


def test_a_passkey_of_another_name_of_the_house_is_not_asked_nor_taken(pharmacy, pic):
    key, codes = with_passkey(pic)
    token = asked(PIC)
    asked_here = question(token)
    assert question(token, host="other.example") == ""
    reply = key.signed(asked_here)
    assert refused_code(token, passkey=reply, host="other.example") == "second-factor"
    assert answer(token, code=codes[0], host="other.example").token


@pytest.mark.parametrize("reply", ["", "{}", "null", "[]", '{"id": 1}', "\x00", "x" * 9000])
def test_a_reply_that_is_none_counts_as_wrong(pharmacy, pic, reply):
    with_passkey(pic)
    assert refused_code(asked(PIC), passkey=reply) == "second-factor"
    assert failures(PIC) == 1
