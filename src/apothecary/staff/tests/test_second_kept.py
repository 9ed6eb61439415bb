"""Adding and ending a second factor, and who must have one."""

import json
from datetime import timedelta

import pytest

from apothecary.config.tests.world import NOON, PASSWORD
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.law.problem import Refused
from apothecary.staff import actions, second
from apothecary.staff.duties import Role
from apothecary.staff.models import Factor, HalfIn, RecoveryCode, Session
from apothecary.staff.second import HalfSignedIn
from apothecary.staff.signon import sign_on
from apothecary.staff.tests.enrolled import (
    ADMIN,
    HOST,
    ORIGIN,
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
    require,
    seated,
    with_app,
    with_passkey,
)
from apothecary.staff.tests.softkey import SoftKey
from apothecary.staff.worker import NotAllowed

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture
def pic(pharmacy):
    return pharmacy.workers[Role.IN_CHARGE]


# Adding


def test_adding_takes_the_password_again_and_a_wrong_one_counts(pharmacy, pic):
    for begin in (
        lambda: second.begin_app(by=pic, password="wrong"),
        lambda: second.begin_passkey(by=pic, password="wrong", host=HOST),
    ):
        with pytest.raises(Refused, match="do not match"):
            begin()
    assert not Factor.objects.exists()
    assert failures(PIC) == 2


def test_a_factor_counts_from_its_first_right_answer_on(pharmacy, pic):
    factor, key = second.begin_app(by=pic, password=PASSWORD)
    assert key.encode() not in bytes(factor.secret)
    assert isinstance(knock(PIC), actions.SignedIn)
    with pytest.raises(Refused, match="not the code"):
        second.confirm_app(by=pic, factor_id=factor.pk, code="000000")
    assert isinstance(knock(PIC), actions.SignedIn)
    code = code_of(factor, at=NOON)
    assert second.confirm_app(by=pic, factor_id=factor.pk, code=f"{code[:3]} {code[3:]}")
    assert isinstance(knock(PIC), HalfSignedIn)
    assert Entry.objects.filter(deed=Deed.FACTOR_ADDED).count() == 1


@pytest.mark.parametrize(("minutes", "open_"), [(4, True), (5, False)])
def test_what_was_begun_is_confirmed_within_five_minutes(pharmacy, pic, minutes, open_):
    factor, _ = second.begin_app(by=pic, password=PASSWORD)
    later = pic.at_time(NOON + minutes * MINUTE, pic.today)
    code = code_of(factor, at=later.at)
    if open_:
        assert second.confirm_app(by=later, factor_id=factor.pk, code=code)
    else:
        with pytest.raises(Refused, match="begin again"):
            second.confirm_app(by=later, factor_id=factor.pk, code=code)


def test_nobody_confirms_what_a_colleague_began_nor_twice_nor_what_was_begun_before(
    pharmacy, pic
):
    given_up, _ = second.begin_app(by=pic, password=PASSWORD)
    factor, _ = second.begin_app(by=pic, password=PASSWORD)
    code = code_of(factor, at=NOON)
    for by, number, shown in (
        (pharmacy.technician, factor.pk, code),
        (pic, given_up.pk, code_of(given_up, at=NOON)),
        (pic, 0, code),
    ):
        with pytest.raises(Refused, match="begin again"):
            second.confirm_app(by=by, factor_id=number, code=shown)
    second.confirm_app(by=pic, factor_id=factor.pk, code=code)
    with pytest.raises(Refused, match="begin again"):
        second.confirm_app(by=pic, factor_id=factor.pk, code=code)


def test_a_passkeys_reply_to_another_question_adds_nothing(pharmacy, pic):
    key = SoftKey(HOST, ORIGIN)
    _, asked_before = second.begin_passkey(by=pic, password=PASSWORD, host=HOST)
    factor, _ = second.begin_passkey(by=pic, password=PASSWORD, host=HOST)
    with pytest.raises(Refused, match="not the code or key"):
        second.confirm_passkey(by=pic, factor_id=factor.pk, reply=key.made(asked_before))
    assert not Factor.objects.exclude(confirmed_at=None).exists()


def test_a_passkey_begun_is_not_confirmed_by_an_apps_code(pharmacy, pic):
    factor, _ = second.begin_passkey(by=pic, password=PASSWORD, host=HOST)
    with pytest.raises(Refused):
        second.confirm_app(by=pic, factor_id=factor.pk, code="000000")


def test_a_second_factor_more_makes_no_new_recovery_codes(pharmacy, pic):
    _, first = with_app(pic)
    key, more = with_passkey(pic)
    assert (len(first), more) == (10, [])
    token = asked(PIC)
    assert answer(token, passkey=key.signed(question(token))).token
    assert answer(asked(PIC), code=first[0]).token


def test_a_name_is_short_and_plain(pharmacy, pic):
    factor, _ = second.begin_app(by=pic, password=PASSWORD)
    code = code_of(factor, at=NOON)
    second.confirm_app(by=pic, factor_id=factor.pk, code=code, name="  my   " + "x" * 60)
    assert Factor.objects.get().name == ("my " + "x" * 60)[:40]


# Ending


def test_new_recovery_codes_end_the_old_ones_and_take_the_password(pharmacy, pic):
    _, old = with_app(pic)
    with pytest.raises(Refused, match="do not match"):
        second.new_codes(by=pic, password="wrong")
    new = second.new_codes(by=pic, password=PASSWORD)
    token = asked(PIC)
    assert refused_code(token, code=old[0]) == "second-factor"
    assert answer(token, code=new[0]).token


def test_recovery_codes_alone_are_no_second_factor(pharmacy, pic):
    with pytest.raises(Refused, match="add one first"):
        second.new_codes(by=pic, password=PASSWORD)
    assert not RecoveryCode.objects.exists()


def test_ending_the_last_factor_ends_its_codes_and_the_password_is_enough_again(pharmacy, pic):
    factor, _ = with_app(pic)
    with pytest.raises(Refused, match="do not match"):
        second.end_factor(by=pic, factor_id=factor.pk, password="wrong")
    second.end_factor(by=pic, factor_id=factor.pk, password=PASSWORD)
    assert isinstance(knock(PIC), actions.SignedIn)
    assert not RecoveryCode.objects.filter(used_at=None).exists()
    assert Entry.objects.filter(deed=Deed.FACTOR_REMOVED).count() == 1
    with pytest.raises(Refused, match="no second factor of yours"):
        second.end_factor(by=pic, factor_id=factor.pk, password=PASSWORD)


def test_ending_one_of_two_leaves_the_other_and_the_codes(pharmacy, pic):
    factor, codes = with_app(pic)
    with_passkey(pic)
    second.end_factor(by=pic, factor_id=factor.pk, password=PASSWORD)
    at = NOON + STEP
    token = asked(PIC, at=at)
    assert refused_code(token, code=code_of(factor, at=at), at=at) == "second-factor"
    assert answer(token, code=codes[0], at=at).token


def test_nobody_ends_a_colleagues_factor_as_their_own(pharmacy, pic):
    factor, _ = with_app(pic)
    with pytest.raises(Refused, match="no second factor of yours"):
        second.end_factor(by=pharmacy.technician, factor_id=factor.pk, password=PASSWORD)
    assert isinstance(knock(PIC), HalfSignedIn)


@pytest.mark.parametrize("required", [True, False])
def test_where_the_site_asks_for_one_the_last_is_not_ended(pharmacy, pic, required):
    factor, _ = with_app(pic)
    require(pharmacy, required=required)
    if not required:
        second.end_factor(by=pic, factor_id=factor.pk, password=PASSWORD)
        return
    with pytest.raises(Refused, match="add another first"):
        second.end_factor(by=pic, factor_id=factor.pk, password=PASSWORD)
    with_passkey(pic)
    second.end_factor(by=pic, factor_id=factor.pk, password=PASSWORD)


def test_whoever_runs_the_place_ends_a_colleagues_lost_factors_and_open_sessions(pharmacy):
    tech = seated(pharmacy, Role.TECHNICIAN)
    _, codes = with_app(tech)
    token = answer(asked(TECH), code=codes[0]).token
    half = asked(TECH)
    admin = pharmacy.workers[Role.ADMINISTRATOR]
    second.reset_factors(by=admin, person_id=tech.somebody)
    assert sign_on(token, now=NOON) is None
    assert refused_code(half, code=codes[1]) == "second-factor"
    assert isinstance(knock(TECH), actions.SignedIn)
    entry = Entry.objects.get(deed=Deed.FACTOR_REMOVED)
    assert (entry.by_id, entry.about_id) == (admin.person_id, tech.person_id)


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.PHARMACIST, Role.INTERN])
def test_nobody_else_ends_a_colleagues_factors(pharmacy, pic, role):
    with_app(pic)
    with pytest.raises(NotAllowed):
        second.reset_factors(by=pharmacy.workers[role], person_id=pic.somebody)
    assert isinstance(knock(PIC), HalfSignedIn)


def test_nobody_resets_their_own_nor_a_strangers_nor_what_is_not_there(pharmacy, pic):
    with_app(pic)
    for person_id in (pic.somebody, pharmacy.stranger.somebody, 0):
        with pytest.raises(Refused, match="somebody else"):
            second.reset_factors(by=pic, person_id=person_id)
    tech = pharmacy.people[Role.TECHNICIAN]
    with pytest.raises(Refused, match="has no second factor"):
        second.reset_factors(by=pic, person_id=tech.pk)


# Who must have one


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
def test_the_policy_asks_it_of_administrator_and_pharmacist_in_charge_alone(pharmacy, role):
    name = pharmacy.people[role].username
    assert isinstance(knock(name), actions.SignedIn)
    require(pharmacy)
    if role in {Role.IN_CHARGE, Role.ADMINISTRATOR}:
        with pytest.raises(Refused, match="trusted work station first"):
            knock(name)
        said = json.loads(Entry.objects.latest("id").details)
        assert said == {"codes": ["second-factor-missing"]}
    else:
        assert isinstance(knock(name), actions.SignedIn)


@pytest.mark.parametrize("trusted", [True, False])
def test_whoever_must_have_one_adds_it_at_a_trusted_station_alone(pharmacy, trusted):
    require(pharmacy)
    _, cookie = machine(pharmacy, trusted=trusted)
    if trusted:
        assert isinstance(knock(ADMIN, cookie=cookie), actions.SignedIn)
    else:
        with pytest.raises(Refused, match="trusted work station first"):
            knock(ADMIN, cookie=cookie)


def test_with_a_factor_they_come_in_from_anywhere_and_are_asked_at_a_trusted_station_too(
    pharmacy, pic
):
    _, codes = with_app(pic)
    require(pharmacy)
    _, cookie = machine(pharmacy, trusted=True)
    assert answer(asked(PIC), code=codes[0]).token
    assert answer(asked(PIC, cookie=cookie), code=codes[1]).token


def test_the_policy_of_one_pharmacy_is_not_anothers(pharmacy):
    require(pharmacy)
    assert isinstance(knock("oadministrator"), actions.SignedIn)


def test_the_second_half_remembers_the_machine_and_the_station(pharmacy, pic):
    _, codes = with_app(pic)
    held, cookie = machine(pharmacy)
    inside = answer(asked(PIC, cookie=cookie), code=codes[0])
    session = Session.objects.get()
    assert (session.machine, session.station, inside.machine_token) == (held, "home", "")
    fresh = answer(asked(PIC), code=codes[1])
    assert fresh.machine_token
    assert HalfIn.objects.filter(ended_at=None).count() == 0
