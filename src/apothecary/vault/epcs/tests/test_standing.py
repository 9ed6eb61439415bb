"""Shut as it ships, with every reason; open only with all of it."""

from datetime import timedelta

import pytest

from apothecary.config.tests.world import NOON, TODAY
from apothecary.law.epcs import ApplicationFacts
from apothecary.vault.epcs.backups import BACKED_UP, write_backed_up
from apothecary.vault.epcs.opening import type_report
from apothecary.vault.epcs.requirements import Standing, names_of, requirements, vouchable
from apothecary.vault.epcs.standing import backed_up_on, stands
from apothecary.vault.epcs.tests.receiver import report

MODULE = {"module_fips_140_2", "private_key_encrypted", "password_cleared"}


def now(house, at=NOON, today=TODAY):
    return stands(pharmacy_id=house.world.pharmacy.pk, at=at, today=today)


def codes(found):
    return [problem.code for problem in found.problems]


def test_as_it_ships_it_is_shut_and_says_all_that_is_missing(house):
    found = now(house)
    assert not found.is_open
    assert codes(found) == [
        "epcs-not-audited",
        "epcs-module-no-module-fips-140-2",
        "epcs-module-no-private-key-encrypted",
        "epcs-module-no-password-cleared",
        "epcs-backup",
        "epcs-review",
        "epcs-clock-unknown",
        "epcs-off",
    ]
    assert all(problem.cite for problem in found.problems)


def test_with_everything_but_the_setting_it_stays_shut(house):
    house.ready()
    assert codes(now(house)) == ["epcs-off"]


def test_with_everything_it_is_open(house):
    house.open()
    found = now(house)
    assert (found.is_open, found.is_on, found.problems) == (True, True, ())


def test_what_code_cannot_prove_counts_only_when_the_auditor_vouches_for_it(house):
    house.open()
    part = report(vouches=frozenset({"module_fips_140_2"}), report="R-2")
    type_report(by=house.boss, report=part)
    assert codes(now(house)) == [
        "epcs-module-no-private-key-encrypted",
        "epcs-module-no-password-cleared",
    ]


def test_an_open_house_shuts_by_itself_when_its_audit_its_day_or_its_clock_runs_out(house):
    house.open()
    tomorrow = now(house, NOON + timedelta(hours=24), TODAY + timedelta(days=1))
    assert codes(tomorrow) == ["epcs-review"]
    later = now(house, NOON + timedelta(days=2), TODAY + timedelta(days=2))
    assert codes(later) == ["epcs-backup", "epcs-review", "epcs-clock-old"]
    years = now(house, NOON + timedelta(days=700), TODAY + timedelta(days=700))
    assert "epcs-audit-old" in codes(years)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{NOON.isoformat()}\n", TODAY),
        ("2026-11-23T05:59:59+00:00", TODAY - timedelta(days=1)),
        ("2026-11-23T06:00:00+00:00", TODAY),
        ("2026-11-24T06:00:00+00:00", None),
        ("2026-11-23T18:00:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_the_day_of_a_backup_is_the_pharmacys_own_and_none_is_of_the_future(house, text, found):
    (house.data / BACKED_UP).write_text(text)
    pharmacy_id = house.world.pharmacy.pk
    assert backed_up_on(house.data, pharmacy_id=pharmacy_id, today=TODAY) == found


def test_a_backup_says_when_it_ended(house):
    pharmacy_id = house.world.pharmacy.pk
    assert backed_up_on(house.data, pharmacy_id=pharmacy_id, today=TODAY) is None
    write_backed_up(house.data, at=NOON)
    assert backed_up_on(house.data, pharmacy_id=pharmacy_id, today=TODAY) == TODAY


def test_another_pharmacys_opening_does_not_open_this_one(house):
    house.open()
    other = stands(pharmacy_id=house.world.other.pk, at=NOON, today=TODAY)
    assert {"epcs-not-audited", "epcs-off", "epcs-clock-unknown"} <= set(codes(other))


def test_every_requirement_rests_on_a_row_of_the_law_and_every_element_has_one():
    for each in requirements():
        row = each.row(on=TODAY)
        assert row.cite.startswith("21 CFR 1311"), each.key
        assert not each.field or each.key in row.names(), each.key
        assert each.says.endswith("."), each.key
    for field in {each.field for each in requirements() if each.field}:
        asked = [each for each in requirements() if each.field == field]
        assert {each.key for each in asked} == set(asked[0].row(on=TODAY).names())
        assert field in ApplicationFacts.__dataclass_fields__


def test_what_is_built_is_shown_by_a_test_that_is_there(request):
    src = request.config.rootpath / "src" / "apothecary"
    for each in requirements():
        if each.state is Standing.BUILT:
            assert (src / each.shown_by).is_file(), each.shown_by


def test_only_what_code_cannot_prove_is_vouched_for():
    assert {each.key for each in vouchable()} == MODULE
    assert not names_of("module", vouched=frozenset()) & MODULE
    assert names_of("module", vouched=frozenset({"two_people"})) == {
        "signature_fips_186_3",
        "hash_fips_180_3",
    }
