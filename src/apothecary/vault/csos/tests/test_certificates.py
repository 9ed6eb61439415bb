"""A certificate is put on file once, by the pharmacist in charge, and ended when it is lost."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import DatabaseError, transaction

from apothecary.config.tests.world_days import NOON
from apothecary.staff.duties import Role
from apothecary.vault.book.tests.hands import deeds, not_allowed, refused
from apothecary.vault.csos.certificates import (
    Enrolled,
    end_certificate,
    note_reported,
    register_certificate,
    report_problems,
)
from apothecary.vault.csos.models import CsosCertificate
from apothecary.vault.csos.tests.authority import Authority
from apothecary.vault.csos.tests.desk import OrderDesk
from apothecary.vault.orders.tests.desk import attorney, elsewhere

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(pharmacy, tmp_path):
    return OrderDesk(pharmacy, tmp_path / "trust")


@pytest.fixture
def held(desk):
    return desk.file(desk.authority.issue("Ivy Incharge", dea=desk.dea, schedules="2,3"))


def test_a_certificate_on_file_says_whose_for_what_and_until_when(desk, held):
    assert (held.person_id, held.dea, held.schedules) == (desk.boss.person_id, desk.dea, "2,3")
    assert held.said == "in the certificate"
    assert held.schedules_held == frozenset({2, 3})
    assert "Ivy Incharge" in held.subject
    assert held.valid_from < NOON < held.valid_until
    assert "PRIVATE" not in held.pem
    assert deeds("csoscertificate", held.pk) == ["put an ordering certificate on file"]


def test_a_certificate_comes_in_pem_or_der(desk):
    issued = desk.authority.issue(dea=desk.dea)
    der = issued.certificate.public_bytes(Encoding.DER)
    enrolled = Enrolled(desk.boss.somebody, der)
    row = register_certificate(by=desk.boss, enrolled=enrolled, trust=desk.trust)
    assert row.pem.encode() == issued.pem


def test_the_same_certificate_stands_once(desk):
    issued = desk.authority.issue(dea=desk.dea)
    desk.file(issued)
    assert refused(lambda: desk.file(issued)) == {"csos-certificate-twice": "file"}


@pytest.mark.parametrize(
    "raw", [b"", b"nothing", b"-----BEGIN CERTIFICATE-----", b"x" * 100_001]
)
def test_what_is_no_certificate_is_refused_by_its_field(desk, raw):
    enrolled = Enrolled(desk.boss.somebody, raw)
    act = lambda: register_certificate(  # noqa: E731
        by=desk.boss, enrolled=enrolled, trust=desk.trust
    )
    assert refused(act) == {"no-certificate": "file"}


def test_a_key_file_is_not_taken_for_a_certificate(desk):
    enrolled = Enrolled(desk.boss.somebody, desk.authority.issue().file())
    act = lambda: register_certificate(  # noqa: E731
        by=desk.boss, enrolled=enrolled, trust=desk.trust
    )
    assert refused(act) == {"no-certificate": "file"}
    assert not CsosCertificate.objects.exists()


def test_a_certificate_of_a_strange_authority_is_not_put_on_file(desk):
    stranger = Authority("Strange CA").issue(dea=desk.dea)
    assert refused(lambda: desk.file(stranger)) == {"csos-chain": "certificate"}


def test_it_is_put_on_file_for_somebody_who_works_here(desk, pharmacy):
    issued = desk.authority.issue(dea=desk.dea)
    enrolled = Enrolled(pharmacy.stranger.somebody, issued.pem)
    act = lambda: register_certificate(  # noqa: E731
        by=desk.boss, enrolled=enrolled, trust=desk.trust
    )
    assert refused(act) == {"no-person": "person"}


@pytest.mark.parametrize("role", [Role.PHARMACIST, Role.TECHNICIAN, Role.ADMINISTRATOR])
def test_nobody_but_the_pharmacist_in_charge_puts_one_on_file(desk, pharmacy, role):
    issued = desk.authority.issue(dea=desk.dea)
    not_allowed(lambda: desk.file(issued, by=pharmacy.workers[role]))
    assert not CsosCertificate.objects.exists()


def test_what_stands_of_a_certificate_is_not_changed(held):
    rows = CsosCertificate.objects.filter(pk=held.pk)
    for change in (
        lambda: rows.update(dea="RB1234563"),
        lambda: rows.update(schedules="2,3,4,5"),
        lambda: rows.update(pem="other"),
        rows.delete,
    ):
        with pytest.raises(DatabaseError, match="is a record"), transaction.atomic():
            change()


def test_a_lost_certificate_is_ended_and_reported_in_its_hours(desk, held):
    known = NOON - 5 * HOUR
    row = end_certificate(
        by=desk.boss, certificate_id=held.pk, because="the stick was stolen", known_at=known
    )
    assert report_problems(row, by=desk.boss) == []
    late = replace(desk.boss, at=NOON + 2 * HOUR)
    (problem,) = report_problems(row, by=late)
    assert (problem.code, problem.cite) == ("csos-report-late", "21 CFR 1311.30")
    row = note_reported(by=late, certificate_id=held.pk, reported_at=NOON)
    assert report_problems(row, by=replace(desk.boss, at=NOON + 99 * HOUR)) == []


def test_one_that_is_no_longer_used_need_not_be_reported(desk, held):
    row = end_certificate(by=desk.boss, certificate_id=held.pk, because="renewed")
    assert report_problems(row, by=desk.boss) == []
    act = lambda: note_reported(  # noqa: E731
        by=desk.boss, certificate_id=held.pk, reported_at=NOON
    )
    assert refused(act) == {"csos-nothing-to-report": "certificate"}


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"because": " "}, {"missing": "because"}),
        ({"known_at": NOON + HOUR}, {"bad-instant": "known_at"}),
        ({"reported_at": NOON + HOUR}, {"bad-instant": "reported_at"}),
    ],
)
def test_what_is_said_of_an_ending_is_whole_and_past(desk, held, change, codes):
    said = {"because": "lost"} | change
    act = lambda: end_certificate(by=desk.boss, certificate_id=held.pk, **said)  # noqa: E731
    assert refused(act) == codes
    held.refresh_from_db()
    assert held.ended_at is None


def test_it_is_not_reported_before_it_was_known(desk, held):
    end_certificate(by=desk.boss, certificate_id=held.pk, because="lost", known_at=NOON)
    act = lambda: note_reported(  # noqa: E731
        by=desk.boss, certificate_id=held.pk, reported_at=NOON - HOUR
    )
    assert refused(act) == {"bad-instant": "reported_at"}


def test_it_is_ended_once(desk, held):
    end_certificate(by=desk.boss, certificate_id=held.pk, because="lost")
    act = lambda: end_certificate(  # noqa: E731
        by=desk.boss, certificate_id=held.pk, because="again"
    )
    assert refused(act) == {"csos-ended": "certificate"}


def test_its_bearer_ends_it_and_nobody_elses_pharmacist(desk, pharmacy, held):
    by = attorney(pharmacy)
    act = lambda: end_certificate(by=by, certificate_id=held.pk, because="lost")  # noqa: E731
    assert refused(act) == {"csos-not-bearer": "certificate"}
    not_allowed(
        lambda: end_certificate(by=pharmacy.technician, certificate_id=held.pk, because="lost")
    )
    theirs = elsewhere(pharmacy, Role.IN_CHARGE)
    act = lambda: end_certificate(by=theirs, certificate_id=held.pk, because="x")  # noqa: E731
    assert refused(act) == {"no-certificate": "certificate"}
