"""Who may sign orders for Schedule II: granted before two witnesses, revoked, never both."""

from dataclasses import replace
from datetime import timedelta

import pytest

from apothecary.config.tests.world_days import TODAY
from apothecary.staff.duties import Role
from apothecary.vault.book.attorneys import (
    Grant,
    Revocation,
    grant_power,
    order_signing_problems,
    powers,
    revoke_power,
)
from apothecary.vault.book.models import PowerOfAttorney
from apothecary.vault.book.tests.hands import deeds, not_allowed, refused

DAY = timedelta(days=1)


def paper(world, **other):
    said = Grant(
        person_id=world.people[Role.PHARMACIST].pk,
        registrant_name="Olivia Owner",
        registrant_title="president",
        granted_on=TODAY,
        first_witness="Wanda One",
        second_witness="Will Two",
    )
    return replace(said, **other)


def grant(world, *, by=None, **other):
    return grant_power(by=by or world.workers[Role.IN_CHARGE], grant=paper(world, **other))


def revoke(world, row, *, by=None, **other):
    said = Revocation(TODAY, "Olivia Owner", "left the house", "Wanda One", "Will Two")
    return revoke_power(
        by=by or world.workers[Role.IN_CHARGE],
        power_id=row.pk,
        revocation=replace(said, **other),
    )


def may(world, on=TODAY, role=Role.PHARMACIST):
    problems = order_signing_problems(
        pharmacy_id=world.pharmacy.pk, person_id=world.people[role].pk, on=on
    )
    return {problem.code for problem in problems}


def test_nobody_signs_orders_without_a_power_on_file(pharmacy):
    assert may(pharmacy) == {"power-none"}
    problems = order_signing_problems(pharmacy_id=pharmacy.pharmacy.pk, person_id=1, on=TODAY)
    assert problems[0].cite == "21 CFR 1305.05"


@pytest.mark.parametrize(("days", "codes"), [(-1, {"power-too-soon"}), (0, set()), (1, set())])
def test_a_power_holds_from_its_day(pharmacy, days, codes):
    row = grant(pharmacy)
    assert may(pharmacy, TODAY + days * DAY) == codes
    assert deeds("powerofattorney", row.pk) == ["granted a power of attorney to sign orders"]


@pytest.mark.parametrize(("days", "codes"), [(-1, set()), (0, {"power-revoked"})])
def test_a_power_ends_on_the_day_it_is_revoked_and_stays_on_the_list(pharmacy, days, codes):
    row = grant(pharmacy, granted_on=TODAY - 9 * DAY)
    revoke(pharmacy, row)
    assert may(pharmacy, TODAY + days * DAY) == codes
    (listed,) = powers(pharmacy_id=pharmacy.pharmacy.pk)
    assert (listed.revoked_on, listed.revoked_because) == (TODAY, "left the house")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
def test_only_who_is_in_charge_keeps_powers_of_attorney(pharmacy, role):
    if role is Role.IN_CHARGE:
        assert grant(pharmacy).pk
        return
    by = pharmacy.workers[role]
    said = not_allowed(lambda: grant(pharmacy, by=by))
    assert "21 CFR 1305.05" in said
    row = grant(pharmacy)
    not_allowed(lambda: revoke(pharmacy, row, by=by))
    assert may(pharmacy) == set()


@pytest.mark.parametrize(
    ("other", "problem"),
    [
        ({"registrant_name": " "}, {"missing": "registrant_name"}),
        ({"registrant_title": ""}, {"missing": "registrant_title"}),
        ({"first_witness": ""}, {"missing": "first_witness"}),
        ({"second_witness": " wanda ONE "}, {"same-person": "second_witness"}),
        ({"first_witness": "Pharmacist S"}, {"own-witness": "first_witness"}),
        ({"granted_on": TODAY + DAY}, {"too-soon": "granted_on"}),
        ({"person_id": 999_999}, {"no-person": "person"}),
        ({"second_witness": "x" * 121}, {"": "second_witness"}),
    ],
)
def test_a_power_that_lacks_something_is_refused_by_the_field(pharmacy, other, problem):
    assert refused(lambda: grant(pharmacy, **other)) == problem
    assert not PowerOfAttorney.objects.exists()


def test_a_person_holds_one_power_at_a_time(pharmacy):
    row = grant(pharmacy)
    assert refused(lambda: grant(pharmacy)) == {"power-on-file": "person"}
    revoke(pharmacy, row)
    assert grant(pharmacy).pk != row.pk
    assert may(pharmacy) == set()


@pytest.mark.parametrize("days", [-10, 1])
def test_a_power_is_revoked_between_its_grant_and_today(pharmacy, days):
    row = grant(pharmacy, granted_on=TODAY - 9 * DAY)
    bad = refused(lambda: revoke(pharmacy, row, revoked_on=TODAY + days * DAY))
    assert bad == {"bad-day": "revoked_on"}
    assert refused(lambda: revoke(pharmacy, row, because="")) == {"missing": "because"}
    row.refresh_from_db()
    assert row.revoked_on is None


def test_a_power_is_revoked_once_and_only_ones_own(pharmacy):
    row = grant(pharmacy)
    assert refused(lambda: revoke(pharmacy, row, by=their_boss(pharmacy))) == {"no-power": ""}
    revoke(pharmacy, row)
    assert refused(lambda: revoke(pharmacy, row)) == {"power-revoked": ""}


def their_boss(world):
    """The one in charge of the other pharmacy."""
    boss = world.workers[Role.IN_CHARGE]
    return replace(boss, pharmacy_id=world.other.pk)
