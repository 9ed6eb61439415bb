from dataclasses import replace
from datetime import date

import pytest

from apothecary.law.losses import (
    LossFacts,
    form106_due_on,
    form106_problems,
    form106_substance_problems,
    is_loss,
    listed_chemical_problems,
    loss_problems,
    notice_due_on,
    transit_reporter,
)
from apothecary.law.problem import Refused
from apothecary.law.tests.cases import ON, asks_for_exactly, codes

WEDNESDAY = date(2026, 3, 4)
FACTORS = ("quantity", "drug", "access", "pattern", "candidates", "local_trends")
FORM = (
    "registrant_name",
    "registrant_address",
    "phone",
    "dea",
    "lost_on",
    "business_kind",
    "police_notified",
    "thefts_in_24_months",
    "kind",
    "purchase_value_usd",
    "substances",
)
THEFT = LossFacts(kind="theft", discovered_on=WEDNESDAY)
LOSS = LossFacts(
    kind="loss", discovered_on=WEDNESDAY, significant=True, weighed=frozenset(FACTORS)
)


@pytest.mark.parametrize(
    ("kind", "loss"),
    [
        ("theft", True),
        ("loss", True),
        ("something else", True),
        ("breakage", False),
        ("spillage", False),
    ],
)
def test_breakage_and_spillage_are_no_loss(kind: str, loss: bool) -> None:
    assert is_loss(kind, on=ON) is loss
    facts = LossFacts(kind=kind, discovered_on=WEDNESDAY)
    assert bool(loss_problems(facts, on=date(2027, 1, 1))) is loss


@pytest.mark.parametrize("facts", [THEFT, LOSS])
@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 4), []),
        (date(2026, 3, 5), []),
        (date(2026, 3, 6), ["loss-notice-late"]),
    ],
)
def test_dea_is_told_in_writing_within_one_business_day(
    facts: LossFacts, day: date, expected: list[str]
) -> None:
    assert codes(loss_problems(facts, on=day)) == expected


def test_a_weekend_and_a_holiday_do_not_count_for_the_notice() -> None:
    friday = date(2026, 9, 4)
    labor_day = frozenset({date(2026, 9, 7)})
    assert notice_due_on(friday, on=ON) == date(2026, 9, 7)
    assert notice_due_on(friday, on=ON, holidays=labor_day) == date(2026, 9, 8)
    facts = replace(THEFT, discovered_on=friday, holidays=labor_day)
    assert loss_problems(facts, on=date(2026, 9, 8)) == []
    assert codes(loss_problems(facts, on=date(2026, 9, 9))) == ["loss-notice-late"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 4, 17), []),
        (date(2026, 4, 18), []),
        (date(2026, 4, 19), ["loss-report-late"]),
    ],
)
def test_form_106_is_filed_within_45_days_of_discovery(day: date, expected: list[str]) -> None:
    told = replace(THEFT, noticed_on=date(2026, 3, 5))
    assert codes(loss_problems(told, on=day)) == expected
    filed = replace(told, reported_on=day)
    assert codes(loss_problems(filed, on=date(2027, 1, 1))) == expected
    assert form106_due_on(WEDNESDAY, on=ON) == date(2026, 4, 18)


def test_the_45_days_begin_with_the_rule_of_july_2023() -> None:
    with pytest.raises(Refused):
        form106_due_on(date(2023, 7, 23), on=date(2023, 7, 23))
    assert form106_due_on(date(2023, 7, 24), on=date(2023, 7, 24)) == date(2023, 9, 7)
    assert form106_due_on(date(2023, 7, 24), on=date(2023, 7, 25)) == date(2023, 9, 7)


def test_notice_and_report_in_time_leave_nothing_open() -> None:
    done = replace(THEFT, noticed_on=WEDNESDAY, reported_on=date(2026, 3, 20))
    assert loss_problems(done, on=date(2028, 1, 1)) == []


def test_both_that_are_late_are_told_at_once() -> None:
    problems = loss_problems(THEFT, on=date(2026, 6, 1))
    assert codes(problems) == ["loss-notice-late", "loss-report-late"]
    assert [problem.field for problem in problems] == ["notice_on", "report_on"]


def test_a_loss_that_is_not_significant_is_not_reported() -> None:
    assert loss_problems(replace(LOSS, significant=False), on=date(2027, 1, 1)) == []


def test_whether_a_loss_is_significant_is_judged_by_six_factors() -> None:
    for factor in FACTORS:
        facts = replace(LOSS, weighed=frozenset(FACTORS) - {factor})
        (problem,) = loss_problems(facts, on=WEDNESDAY)
        assert problem.code == "loss-not-judged"
        assert problem.says.endswith(f": {factor.replace('_', ' ')}.")
    nothing = replace(LOSS, weighed=frozenset())
    says = loss_problems(nothing, on=WEDNESDAY)[0].says
    assert says.endswith(": quantity, drug, access, pattern, candidates, local trends.")


def test_the_judgement_itself_is_asked_for() -> None:
    (problem,) = loss_problems(replace(LOSS, significant=None), on=WEDNESDAY)
    assert problem.says.endswith("the judgement itself.")


def test_a_theft_is_reported_without_weighing_it() -> None:
    assert loss_problems(THEFT, on=WEDNESDAY) == []


def test_form_106_says_who_lost_what_when_and_how() -> None:
    asks_for_exactly(lambda shown: form106_problems(shown, in_transit=False, on=ON), *FORM)


def test_a_loss_in_transit_names_carrier_and_consignee() -> None:
    asks_for_exactly(
        lambda shown: form106_problems(shown, in_transit=True, on=ON),
        *FORM,
        "carrier",
        "consignee",
        "consignee_dea",
    )


def test_each_substance_on_form_106_is_named_in_full() -> None:
    asks_for_exactly(
        lambda shown: form106_substance_problems(shown, line=1, on=ON),
        "ndc",
        "name",
        "strength",
        "form",
        "package_size",
        "quantity",
    )
    says = form106_substance_problems(set(), line=2, on=ON)[0].says
    assert says == "Substance 2 does not show ndc."


@pytest.mark.parametrize(
    ("day", "expected"),
    [(18, []), (19, []), (20, ["loss-chemical-late"])],
)
def test_an_unusual_loss_of_a_listed_chemical_is_reported_within_15_days(
    day: int, expected: list[str]
) -> None:
    on = date(2026, 3, day)
    assert codes(listed_chemical_problems(WEDNESDAY, None, on=on)) == expected
    assert codes(listed_chemical_problems(WEDNESDAY, on, on=date(2027, 1, 1))) == expected


def test_what_a_carrier_lost_is_the_suppliers_to_report_until_it_was_accepted() -> None:
    assert transit_reporter(in_custody=False, on=ON) == "supplier"
    assert transit_reporter(in_custody=True, on=ON) == "registrant"
