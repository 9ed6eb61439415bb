"""A typed audit opens, a change shuts, and nobody but the pharmacist in charge does either."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from apothecary.config.tests.world import NOON, TODAY
from apothecary.journal.models import Entry
from apothecary.law.problem import Refused
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.vault.epcs.backups import write_backed_up
from apothecary.vault.epcs.models import EpcsAudit, EpcsChange, EpcsSetting
from apothecary.vault.epcs.opening import say_change, turn, type_report
from apothecary.vault.epcs.standing import stands
from apothecary.vault.epcs.tests.receiver import REPORTED, report


def is_open(house, at=NOON, today=TODAY):
    return stands(pharmacy_id=house.world.pharmacy.pk, at=at, today=today).is_open


def fields(refusal):
    return [problem.field for problem in refusal.value.problems]


def test_a_report_is_typed_and_written_down(house):
    row = type_report(by=house.boss, report=report())
    assert (row.auditor, row.typed_by_name) == ("Avery Auditor", house.boss.name)
    entry = Entry.objects.filter(deed__startswith="put an audit report").get()
    assert "R-2026-17" in entry.details


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"auditor": " "}, "auditor"),
        ({"capacity": ""}, "capacity"),
        ({"capacity": "a friend"}, "capacity"),
        ({"report": ""}, "report"),
        ({"reported_on": TODAY + timedelta(days=1)}, "reported_on"),
        ({"vouches": frozenset({"audit"})}, "vouches"),
        ({"vouches": frozenset({"annotate"})}, "vouches"),
    ],
)
def test_what_is_no_report_is_refused_by_its_field(house, changed, field):
    with pytest.raises(Refused) as refusal:
        type_report(by=house.boss, report=report(**changed))
    assert fields(refusal) == [field]
    assert not EpcsAudit.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.IN_CHARGE])
def test_nobody_but_the_pharmacist_in_charge_opens_shuts_or_types(house, role):
    house.ready()
    by = house.world.system if role is Role.SYSTEM else house.world.workers[role]
    for act in (
        lambda: type_report(by=by, report=report()),
        lambda: say_change(by=by, changed_on=TODAY, what="x"),
        lambda: turn(by=by, on=True, because="x"),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert (EpcsAudit.objects.count(), EpcsSetting.objects.count()) == (1, 0)


def test_turning_it_on_without_an_audit_is_refused_with_every_reason(house):
    with pytest.raises(Refused) as refusal:
        turn(by=house.boss, on=True, because="we want to")
    found = {problem.code for problem in refusal.value.problems}
    assert {"epcs-not-audited", "epcs-backup", "epcs-review", "epcs-clock-unknown"} <= found
    assert "epcs-off" not in found
    assert not EpcsSetting.objects.exists()


@pytest.mark.parametrize(
    ("reported_on", "opens"),
    [
        (date(2024, 11, 23), False),
        (date(2024, 11, 24), True),
        (TODAY, True),
    ],
)
def test_a_report_is_good_for_two_years(house, reported_on, opens):
    house.read_clock()
    house.look()
    write_backed_up(house.data, at=NOON)
    type_report(by=house.boss, report=report(reported_on=reported_on))
    if opens:
        assert turn(by=house.boss, on=True, because="audited").on
        return
    with pytest.raises(Refused) as refusal:
        turn(by=house.boss, on=True, because="audited")
    assert [problem.code for problem in refusal.value.problems] == ["epcs-audit-old"]


def test_turning_it_on_and_off_is_said_with_a_reason_and_once(house):
    house.open()
    assert is_open(house)
    with pytest.raises(Refused, match="already"):
        turn(by=house.boss, on=True, because="again")
    with pytest.raises(Refused) as refusal:
        turn(by=house.boss, on=False, because=" ")
    assert fields(refusal) == ["because"]
    turn(by=house.boss, on=False, because="the network is changed")
    assert not is_open(house)
    assert EpcsSetting.objects.count() == 2


def test_turning_it_off_asks_for_nothing_but_a_reason(house):
    house.open()
    say_change(by=house.boss, changed_on=TODAY, what="another network")
    assert turn(by=house.boss, on=False, because="changed").on is False


@pytest.mark.parametrize(("days", "shuts"), [(-1, False), (0, False), (1, True), (100, True)])
def test_a_change_after_the_audit_shuts_until_a_new_report(house, days, shuts):
    house.open()
    say_change(by=house.boss, changed_on=REPORTED + timedelta(days=days), what="a new module")
    assert is_open(house) is not shuts
    type_report(by=house.boss, report=report(reported_on=TODAY, report="R-2"))
    assert is_open(house)


@pytest.mark.parametrize(
    ("changed_on", "what", "field"),
    [(TODAY + timedelta(days=1), "x", "changed_on"), (TODAY, "", "what")],
)
def test_a_change_to_come_or_without_words_is_refused(house, changed_on, what, field):
    with pytest.raises(Refused) as refusal:
        say_change(by=house.boss, changed_on=changed_on, what=what)
    assert fields(refusal) == [field]
    assert not EpcsChange.objects.exists()


@pytest.mark.parametrize("model", [EpcsAudit, EpcsSetting])
def test_what_was_said_is_neither_changed_nor_deleted(house, model):
    house.open()
    row = model.objects.get()
    for act in (row.save, row.delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()
    assert model.objects.count() == 1
