"""The log of the vault's door runs forward, with a witness where the house asks for one."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.journal.models import Entry
from apothecary.staff.duties import Role
from apothecary.stock.kinds import PlaceKind
from apothecary.vault.book.access import log_access
from apothecary.vault.book.models import AccessRecord, ClockFault
from apothecary.vault.book.policy import Asks, say_policy, vault_policy
from apothecary.vault.book.rules import Access, access_problems, clock_problems
from apothecary.vault.book.tests.hands import deeds, not_allowed, refused, sign_of, spot

MINUTE = timedelta(minutes=1)


def log(world, kind=Access.OPENED, *, minutes=0, by=None, **said):
    who = (by or world.technician).at_time(NOON + minutes * MINUTE, TODAY)
    return log_access(by=who, place_id=spot(world, PlaceKind.VAULT), kind=kind, **said)


def test_who_opened_and_shut_the_vault_is_written_down(pharmacy):
    row = log(pharmacy)
    log(pharmacy, Access.SHUT, minutes=5)
    assert (row.by_id, row.at, row.written_at) == (pharmacy.technician.person_id, NOON, NOON)
    assert deeds("accessrecord", row.pk) == ["opened the vault"]
    assert [each.kind for each in AccessRecord.objects.order_by("id")] == ["opened", "shut"]


def asks(days):
    """A policy unlike any other, told apart by how long the cameras keep."""
    return Asks(access_witness=True, inventory_witness=False, camera_days=days)


@pytest.mark.parametrize(("seconds", "stands"), [(-1, False), (0, True), (1, True)])
def test_a_record_before_its_predecessor_is_refused_and_that_is_kept(pharmacy, seconds, stands):
    log(pharmacy)
    back = pharmacy.technician.at_time(NOON + timedelta(seconds=seconds), TODAY)
    place = spot(pharmacy, PlaceKind.VAULT)

    def shut():
        return log_access(by=back, place_id=place, kind=Access.SHUT)

    if stands:
        assert shut().kind == "shut"
        assert not ClockFault.objects.exists()
        return
    assert refused(shut) == {"clock-back": "at"}
    fault = ClockFault.objects.get()
    assert (fault.kind, fault.said_at, fault.last_at) == ("shut", back.at, NOON)
    assert AccessRecord.objects.count() == 1
    assert "refused" in deeds("clockfault", fault.pk)[0]


def test_the_noting_of_a_clock_set_back_outlives_the_refusal(pharmacy):
    log(pharmacy)
    refused(lambda: log(pharmacy, Access.SHUT, minutes=-60))
    assert Entry.objects.filter(about="clockfault").count() == 1


def test_what_happened_while_the_log_was_out_is_written_down_later_with_the_reason(pharmacy):
    log(pharmacy)
    then = NOON + 2 * MINUTE
    assert refused(lambda: log(pharmacy, Access.SHUT, minutes=9, happened_at=then)) == {
        "no-reason": "because"
    }
    row = log(pharmacy, Access.SHUT, minutes=9, happened_at=then, because="no power")
    assert (row.at, row.written_at) == (then, NOON + 9 * MINUTE)


def test_a_record_of_a_time_to_come_is_refused(pharmacy):
    then = NOON + 2 * MINUTE
    said = refused(lambda: log(pharmacy, minutes=1, happened_at=then, because="because"))
    assert said == {"clock-ahead": "at"}
    assert not ClockFault.objects.exists()


@pytest.mark.parametrize(
    ("kind", "door", "failed", "code"),
    [
        (Access.OPENED, None, False, ""),
        (Access.SHUT, None, False, "access-door"),
        (Access.OPENED, Access.OPENED, False, "access-door"),
        (Access.SHUT, Access.OPENED, False, ""),
        (Access.OPENED, Access.SHUT, True, ""),
        (Access.SHUT, Access.SHUT, False, "access-door"),
        (Access.POWER_FAILED, None, False, ""),
        (Access.POWER_FAILED, Access.OPENED, True, "access-power"),
        (Access.POWER_BACK, Access.OPENED, True, ""),
        (Access.POWER_BACK, None, False, "access-power"),
    ],
)
def test_a_door_is_opened_once_and_shut_once_and_so_is_the_power(kind, door, failed, code):
    problems = access_problems(kind, door=door, power_failed=failed)
    assert [problem.code for problem in problems] == ([code] if code else [])


def test_the_first_record_has_no_predecessor_to_lie_before():
    assert clock_problems(NOON, last=None, now=NOON) == []


def test_a_power_failure_is_written_down_and_ends(pharmacy):
    log(pharmacy, Access.POWER_FAILED)
    assert refused(lambda: log(pharmacy, Access.POWER_FAILED, minutes=1)) == {
        "access-power": "kind"
    }
    log(pharmacy, Access.OPENED, minutes=2)
    assert log(pharmacy, Access.POWER_BACK, minutes=3).kind == "power back"


def test_where_the_house_asks_for_it_the_vault_opens_with_a_witness(pharmacy):
    say_policy(by=pharmacy.workers[Role.IN_CHARGE], asks=Asks(access_witness=True))
    assert refused(lambda: log(pharmacy)) == {"access-witness": "initials"}
    alone = sign_of(pharmacy, Role.TECHNICIAN)
    assert refused(lambda: log(pharmacy, signature=alone)) == {"same-person": "initials"}
    row = log(pharmacy, signature=sign_of(pharmacy, Role.CERTIFIED))
    assert row.witness_id == pharmacy.people[Role.CERTIFIED].pk
    assert log(pharmacy, Access.SHUT, minutes=1).witness_id is None


@pytest.mark.parametrize("role", [Role.CLERK, Role.TRAINEE])
def test_who_may_not_open_the_vault_is_told_so(pharmacy, role):
    said = not_allowed(lambda: log(pharmacy, by=pharmacy.workers[role]))
    assert "may not open the vault" in said
    assert not AccessRecord.objects.exists()


def test_only_a_vault_has_such_a_log_and_only_ones_own(pharmacy):
    shelf = spot(pharmacy, PlaceKind.SHELF)
    by = pharmacy.technician
    assert refused(lambda: log_access(by=by, place_id=shelf, kind=Access.OPENED)) == {
        "no-place": "place"
    }
    vault = spot(pharmacy, PlaceKind.VAULT)
    theirs = pharmacy.stranger
    assert refused(lambda: log_access(by=theirs, place_id=vault, kind=Access.OPENED)) == {
        "no-place": "place"
    }


@pytest.mark.parametrize("table", ["vault_accessrecord", "vault_clockfault"])
def test_no_record_of_the_log_is_ever_changed(pharmacy, table):
    log(pharmacy)
    refused(lambda: log(pharmacy, Access.SHUT, minutes=-1))
    model = AccessRecord if table == "vault_accessrecord" else ClockFault
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.update(kind="shut")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.all().delete()


def test_policy_is_said_by_who_is_in_charge_and_the_last_word_counts(pharmacy):
    assert vault_policy(pharmacy_id=pharmacy.pharmacy.pk) == Asks()
    not_allowed(lambda: say_policy(by=pharmacy.pharmacist, asks=asks(7)))
    boss = pharmacy.workers[Role.IN_CHARGE]
    say_policy(by=boss, asks=asks(7))
    say_policy(by=boss, asks=asks(14))
    assert vault_policy(pharmacy_id=pharmacy.pharmacy.pk) == asks(14)
    assert vault_policy(pharmacy_id=pharmacy.other.pk) == Asks()


@pytest.mark.parametrize(
    ("days", "stands"), [(-1, False), (0, True), (3660, True), (3661, False)]
)
def test_cameras_keep_pictures_for_a_possible_number_of_days(pharmacy, days, stands):
    boss = pharmacy.workers[Role.IN_CHARGE]
    if stands:
        assert say_policy(by=boss, asks=Asks(camera_days=days)).camera_days == days
    else:
        assert refused(lambda: say_policy(by=boss, asks=Asks(camera_days=days))) == {
            "camera-days": "camera_days"
        }
