"""A fact is shown from its threshold on, never below it, with the number and its mark."""

from datetime import date
from decimal import Decimal

import pytest

from apothecary.vault.unusual.facts import (
    Dispensing,
    Early,
    Facts,
    Month,
    Prescribed,
    Shortages,
)
from apothecary.vault.unusual.rules import flags, period_start, threshold, thresholds

TODAY = date(2026, 11, 23)
DAYS = [date(2026, month, 1) for month in range(5, 12)]


def months(*, received, dispensed, days=DAYS) -> list[Month]:
    """The running month last; what is missing in front is no month."""
    rows = list(zip(days[-len(received) :], received, dispensed, strict=True))
    return [
        Month(7, "oxycodone 5 mg", day, Decimal(came), Decimal(went))
        for day, came, went in rows
    ]


def kinds(facts: Facts) -> list[str]:
    return [flag.kind for flag in flags(facts, on=TODAY)]


def prescribed(fills=0, schedule_ii=0, cash=0, number=1) -> Prescribed:
    return Prescribed(number, f"Grey, {number}", fills, schedule_ii, cash)


def of(*rows: Prescribed) -> Facts:
    return Facts(dispensing=Dispensing(prescribed=rows))


def test_every_threshold_is_house_policy_and_says_so():
    for (row,) in thresholds().values():
        assert row.verified == "C"
        assert row.cite.startswith("house policy")


def test_three_calendar_months_are_looked_at():
    assert period_start(TODAY) == date(2026, 9, 1)
    assert period_start(date(2026, 1, 31)) == date(2025, 11, 1)


@pytest.mark.parametrize(
    ("received", "dispensed", "shown"),
    [
        ([100, 100, 100], [100, 100, 0], True),  # 300 to 200: one and a half times
        ([100, 100, 99], [100, 100, 0], False),
        ([0, 0, 199], [0, 0, 0], False),  # too little to be anything
        ([0, 0, 200], [0, 0, 0], True),  # nothing was dispensed at all
        ([100, 100, 100], [100, 100, 100], False),
    ],
)
def test_own_ordering_is_shown_beside_dispensing(received, dispensed, shown):
    facts = Facts(months=months(received=received, dispensed=dispensed))
    assert ("ordering" in kinds(facts)) is shown


def test_a_flag_says_its_numbers_and_its_threshold():
    facts = Facts(months=months(received=[100, 100, 130], dispensed=[100, 60, 0]))
    (flag,) = [flag for flag in flags(facts, on=TODAY) if flag.kind == "ordering"]
    assert "330 units of oxycodone 5 mg received, 160 dispensed" in flag.says
    assert "2.1 times" in flag.says
    assert (flag.subject, flag.threshold.amount()) == ("drug 7", Decimal("1.5"))


@pytest.mark.parametrize(
    ("dispensed", "shown"),
    [
        ([200, 200, 200, 300], True),  # half as much again
        ([200, 200, 200, 299], False),
        ([200, 200, 300], False),  # two months are no usual one
        ([20, 20, 20, 199], False),
        ([0, 0, 0, 200], True),
    ],
)
def test_use_above_the_usual_month_is_shown(dispensed, shown):
    facts = Facts(months=months(received=[0] * len(dispensed), dispensed=dispensed))
    assert ("dispensed above usual" in kinds(facts)) is shown


@pytest.mark.parametrize(("received", "shown"), [(399, False), (400, True)])
def test_growth_of_the_own_ordering_is_shown(received, shown):
    facts = Facts(months=months(received=[200] * 3 + [received], dispensed=[400] * 4))
    assert ("received above usual" in kinds(facts)) is shown


def test_a_month_that_is_older_than_six_makes_no_usual_one():
    old = [date(2026, month, 1) for month in (2, 3, 4)] + [date(2026, 11, 1)]
    facts = Facts(months=months(received=[0] * 4, dispensed=[1, 1, 1, 900], days=old))
    assert "dispensed above usual" not in kinds(facts)


@pytest.mark.parametrize(("cases", "shown"), [(1, []), (2, ["shortages"])])
def test_the_same_drug_short_again_is_shown(cases, shown):
    assert kinds(Facts(shortages=[Shortages(7, "oxycodone", cases)])) == shown


@pytest.mark.parametrize(
    ("cash", "fills", "shown"), [(5, 10, True), (4, 10, False), (9, 9, False), (50, 101, False)]
)
def test_a_prescribers_share_of_cash_is_shown(cash, fills, shown):
    assert kinds(of(prescribed(fills, 0, cash))) == (["cash"] if shown else [])


@pytest.mark.parametrize(
    ("mine", "others", "shown"), [(4, 6, True), (39, 61, False), (40, 60, True), (9, 0, False)]
)
def test_a_prescribers_share_of_schedule_ii_is_shown(mine, others, shown):
    spread = [prescribed(schedule_ii=1, number=number) for number in range(2, 2 + others)]
    found = kinds(of(prescribed(schedule_ii=mine), *spread))
    assert found == (["share of Schedule II"] if shown else [])


@pytest.mark.parametrize(("fills", "shown"), [(1, []), (2, ["early fills"])])
def test_early_fills_of_one_drug_for_one_patient_are_shown(fills, shown):
    early = [Early(3, "Roe, Sam", 7, "oxycodone", fills, 6)]
    assert kinds(Facts(dispensing=Dispensing(early=early))) == shown


def test_where_nothing_is_known_nothing_is_shown():
    assert flags(Facts(), on=TODAY) == []


def test_a_threshold_that_is_not_there_stops():
    with pytest.raises(KeyError):
        threshold("distance")
