"""The duty table: each role's duties, licences to the day, supervision, state rows."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files

import pytest

from apothecary.staff.duties import (
    BEYOND_THE_TABLE,
    COLUMN,
    LICENCE_OF,
    Allowed,
    Duty,
    Role,
    Standing,
    duty_problems,
    duty_table,
)

TODAY = date(2026, 11, 23)
ROWS = {
    row["duty"]: row
    for row in csv.DictReader(
        files("apothecary.staff").joinpath("duties.csv").read_text().splitlines()
    )
}


def standing(role: Role, *, on_duty: bool = True, until: date | None = None) -> Standing:
    """Somebody of this role, licensed in Texas where the role needs it."""
    licensed = role in LICENCE_OF
    return Standing(
        name="Pat Example",
        role=role,
        licence_state="TX" if licensed else "",
        licence_until=(until or TODAY) if licensed else None,
        state="TX",
        pharmacist_on_duty=on_duty,
    )


def codes(who: Standing, duty: Duty, on: date = TODAY) -> set[str]:
    return {problem.code for problem in duty_problems(who, duty, on=on)}


def test_every_duty_has_its_row_and_every_row_its_citation_or_house_policy():
    assert set(ROWS) == {duty.value for duty in Duty}
    uncited = {name for name, row in ROWS.items() if not row["cite"]}
    assert uncited == set()


@pytest.mark.parametrize("duty", Duty)
@pytest.mark.parametrize("role", COLUMN)
def test_a_role_may_what_its_column_says_and_nothing_else(role, duty):
    says = ROWS[duty.value][COLUMN[role]]
    beyond = duty in BEYOND_THE_TABLE.get(role, set())
    expected = beyond or says in {"yes", "supervised"}
    assert (codes(standing(role), duty) == set()) == expected


@pytest.mark.parametrize("duty", Duty)
def test_an_administrator_runs_the_people_and_keeps_the_codes_and_nothing_else(duty):
    running = duty in {Duty.MANAGE_PEOPLE, Duty.FREE_SIGN_IN, Duty.KEEP_SIG_CODES}
    assert (codes(standing(Role.ADMINISTRATOR), duty) == set()) == running


def test_the_pharmacist_in_charge_is_a_pharmacist_who_runs_the_place():
    table = duty_table()
    more = {
        duty
        for duty in Duty
        if table[duty].allowed[Role.IN_CHARGE] is not table[duty].allowed[Role.PHARMACIST]
    }
    assert more == {
        Duty.MANAGE_PEOPLE,
        Duty.SET_POLICY,
        Duty.KEEP_SIG_CODES,
        Duty.KEEP_WHOLESALERS,
        Duty.KEEP_ATTORNEYS,
        Duty.KEEP_EPCS,
        Duty.KEEP_COUNTER_PAPERS,
        Duty.WRITE_OFF,
    }


@pytest.mark.parametrize(("days", "ok"), [(-1, False), (0, True), (1, True)])
@pytest.mark.parametrize("role", [Role.TRAINEE, Role.TECHNICIAN, Role.PHARMACIST])
def test_a_licence_holds_through_its_last_day(role, days, ok):
    who = standing(role, until=TODAY + timedelta(days=days))
    found = codes(who, Duty.FILL)
    assert found == (set() if ok else {"licence-expired"})


def test_no_licence_on_file_stops_whoever_works_under_one():
    none = replace(standing(Role.TECHNICIAN), licence_until=None, licence_state="")
    assert codes(none, Duty.FILL) == {"licence-missing"}
    elsewhere = replace(standing(Role.TECHNICIAN), licence_state="OK")
    assert codes(elsewhere, Duty.FILL) == {"licence-missing"}


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR, Role.SYSTEM])
def test_a_role_without_a_licence_needs_none(role):
    assert not codes(standing(role), Duty.OFFER_COUNSELLING) & {"licence-missing"}


@pytest.mark.parametrize("duty", [d for d in Duty if ROWS[d]["pharmacist_present"] == "yes"])
def test_without_a_pharmacist_on_duty_a_technician_does_not_what_needs_one(duty):
    alone = standing(Role.TECHNICIAN, on_duty=False)
    assert "no-pharmacist-on-duty" in codes(alone, duty)


@pytest.mark.parametrize("role", [Role.PHARMACIST, Role.IN_CHARGE, Role.SYSTEM])
def test_a_pharmacist_and_the_house_itself_need_no_other_pharmacist(role):
    assert "no-pharmacist-on-duty" not in codes(standing(role, on_duty=False), Duty.FILL)


def test_what_is_supervised_needs_the_supervisor_even_where_the_row_names_none():
    assert duty_table()[Duty.COUNSEL].allowed[Role.INTERN] is Allowed.SUPERVISED
    assert codes(standing(Role.INTERN), Duty.COUNSEL) == set()
    alone = standing(Role.INTERN, on_duty=False)
    assert codes(alone, Duty.COUNSEL) == {"no-pharmacist-on-duty"}


def test_some_work_goes_on_without_a_pharmacist():
    assert codes(standing(Role.TECHNICIAN, on_duty=False), Duty.READ_RECORDS) == set()


def test_what_the_state_decides_is_denied_until_the_state_says_yes():
    clerk = standing(Role.CLERK)
    assert codes(clerk, Duty.SELL) == {"duty-state-sell"}
    says = duty_problems(clerk, Duty.SELL, on=TODAY)[0].says
    assert "no rule on file says that TX does" in says
    allowed = replace(clerk, state_allows=frozenset({Duty.SELL}))
    assert codes(allowed, Duty.SELL) == set()
    assert codes(allowed, Duty.BIN) == {"duty-state-bin"}


def test_an_unknown_state_is_named_and_allows_nothing():
    nowhere = replace(standing(Role.CLERK), state="")
    assert "this state" in duty_problems(nowhere, Duty.SELL, on=TODAY)[0].says


def test_every_reason_is_given_at_once():
    who = standing(Role.TRAINEE, on_duty=False, until=TODAY - timedelta(days=1))
    assert codes(who, Duty.CANCEL_FILL) == {
        "duty-cancel_fill",
        "licence-expired",
        "no-pharmacist-on-duty",
    }


def test_a_duty_without_a_row_stops_the_house(monkeypatch):
    duty_table.cache_clear()
    monkeypatch.setattr(
        "apothecary.staff.duties.csv.DictReader",
        lambda lines: [row for row in ROWS.values() if row["duty"] != "verify"],
    )
    with pytest.raises(LookupError, match="verify"):
        duty_table()
    monkeypatch.undo()
    duty_table.cache_clear()
    assert duty_table()[Duty.VERIFY].says == "approve a filled prescription"
