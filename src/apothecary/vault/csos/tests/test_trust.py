"""Whom the house believes: each way in which a certificate does not hold, by name."""

from base64 import b64decode
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.law.problem import Refused
from apothecary.vault.csos.bearer import (
    IN_CERTIFICATE,
    TYPED,
    Bearer,
    bearer_in,
    bearer_problems,
    date_problems,
    schedules_in,
)
from apothecary.vault.csos.tests.authority import DAY, Authority, Issued
from apothecary.vault.csos.trust import (
    FOLDER,
    Profile,
    trust_in,
    trust_of_installation,
    trust_problems,
)

SECOND = timedelta(seconds=1)
DEA = "AB1234563"
ALL = frozenset({2, 3, 4, 5})


@pytest.fixture
def authority() -> Authority:
    return Authority()


def said(folder: Path, issued: Issued, at: datetime = NOON) -> list[str]:
    found = trust_problems(trust_in(folder), issued.certificate, issued.others, at=at)
    assert all((each.cite, each.field) == ("21 CFR 1305.22(c), 1305.25(a)", "certificate")
               for each in found)  # fmt: skip
    return [each.code for each in found]


def test_a_certificate_of_a_trusted_authority_holds(authority, tmp_path):
    assert said(authority.lay(tmp_path), authority.issue()) == []


def test_a_certificate_of_a_stranger_of_the_same_name_does_not(authority, tmp_path):
    stranger = Authority(authority.name)
    assert said(authority.lay(tmp_path), stranger.issue()) == ["csos-chain"]


def test_a_bearer_is_no_authority(authority, tmp_path):
    bearer = authority.issue()
    forger = Authority("Forger", key=bearer.key)
    forged = Issued(bearer.key, forger.issue().certificate, (bearer.certificate,))
    assert said(authority.lay(tmp_path), forged) == ["csos-chain"]


def test_an_authority_between_is_followed_and_needs_a_list_of_its_own(authority, tmp_path):
    middle = authority.below()
    issued = middle.issue()
    issued = Issued(issued.key, issued.certificate, (middle.certificate,))
    authority.lay(tmp_path)
    assert said(tmp_path, issued) == ["csos-crl-missing"]
    (tmp_path / "middle.crl").write_bytes(middle.crl())
    assert said(tmp_path, issued) == []


def test_an_authority_between_that_was_revoked_vouches_for_nobody(authority, tmp_path):
    middle = authority.below()
    issued = middle.issue()
    issued = Issued(issued.key, issued.certificate, (middle.certificate,))
    authority.revoked.append((middle.certificate.serial_number, NOON - DAY))
    authority.lay(tmp_path)
    (tmp_path / "middle.crl").write_bytes(middle.crl())
    assert said(tmp_path, issued) == ["csos-certificate-revoked"]


def test_a_revoked_certificate_does_not_hold(authority, tmp_path):
    issued = authority.issue()
    authority.revoke(issued, NOON - DAY)
    assert said(authority.lay(tmp_path), issued) == ["csos-certificate-revoked"]


def test_what_an_old_list_revokes_stays_revoked(authority, tmp_path):
    issued = authority.issue()
    authority.revoke(issued, NOON - 9 * DAY)
    old = authority.crl(since=NOON - 8 * DAY, until=NOON - DAY)
    assert said(authority.lay(tmp_path, crl=old), issued) == ["csos-certificate-revoked"]


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (-DAY, timedelta(0), []),
        (-DAY, -SECOND, ["csos-crl-old"]),
        (timedelta(0), DAY, []),
        (SECOND, DAY, ["csos-crl-old"]),
    ],
)
def test_a_revocation_list_counts_in_its_own_time(authority, tmp_path, since, until, expected):
    crl = authority.crl(since=NOON + since, until=NOON + until)
    assert said(authority.lay(tmp_path, crl=crl), authority.issue()) == expected


def test_the_newest_list_counts(authority, tmp_path):
    issued = authority.issue()
    authority.lay(tmp_path)
    authority.revoke(issued, NOON - SECOND)
    (tmp_path / "newer.crl").write_bytes(authority.crl(since=NOON - SECOND))
    assert said(tmp_path, issued) == ["csos-certificate-revoked"]


def test_a_list_that_another_signed_under_the_name_is_no_list(authority, tmp_path):
    forged = Authority(authority.name).crl()
    assert said(authority.lay(tmp_path, crl=forged), authority.issue()) == ["csos-crl-missing"]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (NOON - SECOND, ["csos-not-yet-valid"]),
        (NOON, []),
        (NOON + DAY, []),
        (NOON + DAY + SECOND, ["csos-expired"]),
    ],
)
def test_a_certificate_is_good_from_its_first_second_to_its_last(authority, at, expected):
    issued = authority.issue(since=NOON, until=NOON + DAY)
    assert [each.code for each in date_problems(issued.certificate, at=at)] == expected


def test_that_it_expired_is_not_called_a_wrong_chain(authority, tmp_path):
    issued = authority.issue(since=NOON - 2 * DAY, until=NOON - DAY)
    assert said(authority.lay(tmp_path), issued) == []


def refused(act) -> tuple[str, str]:
    with pytest.raises(Refused) as refusal:
        act()
    (one,) = refusal.value.problems
    return one.code, one.says


def test_without_a_folder_nobody_is_trusted(monkeypatch):
    monkeypatch.delenv(FOLDER, raising=False)
    code, says = refused(trust_of_installation)
    assert code == "csos-no-trust"
    assert FOLDER in says


def test_a_folder_without_an_authority_trusts_nobody(monkeypatch, tmp_path):
    monkeypatch.setenv(FOLDER, str(tmp_path))
    assert refused(trust_of_installation)[0] == "csos-no-trust"


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("bad.pem", b"no certificate"),
        ("bad.crl", b"no list"),
        ("profile.toml", b"registrant = 5"),
        ("profile.toml", b"registrar = '1.2.3'"),
        ("profile.toml", b"registrant ="),
    ],
)
def test_one_bad_file_in_the_folder_and_nobody_is_trusted(authority, tmp_path, name, raw):
    authority.lay(tmp_path)
    (tmp_path / name).write_bytes(raw)
    assert refused(lambda: trust_in(tmp_path))[0] == "csos-no-trust"


def test_a_list_may_lie_there_in_der(authority, tmp_path):
    base64 = "".join(authority.crl().decode().split("\n")[1:-2])
    der = b64decode(base64)
    assert said(authority.lay(tmp_path, crl=der), authority.issue()) == []


def test_a_certificate_says_its_registration_and_schedules(authority):
    issued = authority.issue(dea=DEA, schedules="2,4")
    assert bearer_in(issued.certificate, Profile()) == Bearer(DEA, frozenset({2, 4}))
    assert not bearer_in(authority.issue().certificate, Profile()).is_said
    assert not bearer_in(issued.certificate, Profile("", "")).is_said
    assert not bearer_in(issued.certificate, Profile("2.5.29.19", "no oid")).is_said


def test_the_folder_says_where_another_authority_writes_it(authority, tmp_path):
    authority.lay(tmp_path)
    (tmp_path / "profile.toml").write_text('registrant = "1.2.3.4"\nschedules = "1.2.3.5"\n')
    assert trust_in(tmp_path).profile == Profile("1.2.3.4", "1.2.3.5")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2", {2}), ("2,3,4,5", {2, 3, 4, 5}), (" 3 , 2", {2, 3}), ("", set()), ("1,2", set()),
     ("2,", set()), ("II", set()), ("2;3", set())],
)  # fmt: skip
def test_schedules_are_read_whole_or_not_at_all(text, expected):
    assert schedules_in(text) == expected


@pytest.mark.parametrize(
    ("in_it", "typed", "source", "codes"),
    [
        (Bearer(DEA, ALL), Bearer("", frozenset()), IN_CERTIFICATE, []),
        (Bearer(DEA, ALL), Bearer(DEA, ALL), IN_CERTIFICATE, []),
        (Bearer(DEA, ALL), Bearer("RB1234563", ALL), IN_CERTIFICATE, ["csos-said-otherwise"]),
        (Bearer(DEA, frozenset({3})), Bearer("", ALL), IN_CERTIFICATE, ["csos-said-otherwise"]),
        (Bearer("RB1234563", ALL), Bearer("", frozenset()), IN_CERTIFICATE,
         ["csos-certificate-registrant"]),
        (Bearer("", frozenset()), Bearer(DEA, ALL), TYPED, []),
        (Bearer("", ALL), Bearer(DEA, frozenset({2})), TYPED, ["csos-said-otherwise"]),
        (Bearer("", ALL), Bearer(DEA, ALL), TYPED, []),
        (Bearer(DEA, frozenset()), Bearer("RB1234563", ALL), TYPED, ["csos-said-otherwise"]),
        (Bearer("", frozenset()), Bearer("RB1234563", ALL), TYPED,
         ["csos-certificate-registrant"]),
        (Bearer("", frozenset()), Bearer(DEA, frozenset()), TYPED, ["missing"]),
        (Bearer("", frozenset()), Bearer("", ALL), TYPED, ["dea-form"]),
    ],
)  # fmt: skip
def test_what_the_certificate_says_counts_and_else_what_was_typed(in_it, typed, source, codes):
    _, where, problems = bearer_problems(in_it, typed, own_dea=DEA, on=TODAY)
    assert where == source
    assert [each.code for each in problems] == codes
