from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from apothecary.law.facts import PartialFacts, PartialReason, RxFacts
from apothecary.law.partial import Since, clock_of, partial_problems
from apothecary.law.problem import Problem, Refused
from apothecary.law.tables import federal
from apothecary.law.tests.cases import an_rx, codes

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def a_part(
    reason: PartialReason | None, *, dispensed: str = "10", now: str = "20"
) -> PartialFacts:
    return PartialFacts(reason=reason, dispensed=Decimal(dispensed), now=Decimal(now))


def judged(rx: RxFacts, part: PartialFacts, on: date) -> list[Problem]:
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    return partial_problems(rx, part, at=at, on=on)


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (timedelta(hours=72) - SECOND, []),
        (timedelta(hours=72), []),
        (timedelta(hours=72) + SECOND, ["part-too-late"]),
    ],
)
def test_the_rest_of_a_short_c_ii_fill_is_due_within_72_hours(
    later: timedelta, expected: list[str]
) -> None:
    part = replace(a_part(PartialReason.SHORT), first_part_at=NOON)
    problems = partial_problems(an_rx(2), part, at=NOON + later, on=(NOON + later).date())
    assert codes(problems) == expected
    assert all(problem.cite == "21 CFR 1306.13(a)" for problem in problems)


def test_72_hours_are_elapsed_hours_when_the_clocks_change() -> None:
    chicago = ZoneInfo("America/Chicago")
    first = datetime(2026, 3, 6, 9, tzinfo=chicago)
    part = replace(a_part(PartialReason.SHORT), first_part_at=first)
    same_wall_clock = datetime(2026, 3, 9, 9, 30, tzinfo=chicago)
    assert partial_problems(an_rx(2), part, at=same_wall_clock, on=date(2026, 3, 9)) == []
    hour_later = datetime(2026, 3, 9, 10, 0, 1, tzinfo=chicago)
    assert partial_problems(an_rx(2), part, at=hour_later, on=date(2026, 3, 9))


def test_the_first_part_starts_the_clock() -> None:
    part = a_part(PartialReason.SHORT, dispensed="0", now="10")
    assert judged(an_rx(2), part, date(2026, 3, 4)) == []


@pytest.mark.parametrize(
    ("reason", "last", "cite"),
    [
        (PartialReason.PATIENT_ASKED, date(2026, 4, 1), "21 CFR 1306.13(b); 21 USC 829(f)"),
        (PartialReason.PRESCRIBER_ASKED, date(2026, 4, 1), "21 CFR 1306.13(b); 21 USC 829(f)"),
        (PartialReason.LONG_TERM_CARE, date(2026, 5, 1), "21 CFR 1306.13(c)-(d)"),
        (PartialReason.TERMINALLY_ILL, date(2026, 5, 1), "21 CFR 1306.13(c)-(d)"),
    ],
)
def test_other_parts_of_a_c_ii_fill_are_counted_in_days_from_the_date_written(
    reason: PartialReason, last: date, cite: str
) -> None:
    rx = an_rx(2)
    assert judged(rx, a_part(reason), last - timedelta(days=1)) == []
    assert judged(rx, a_part(reason), last) == []
    late = judged(rx, a_part(reason), last + timedelta(days=1))
    assert codes(late) == ["part-too-late"]
    assert late[0].cite == cite


def test_parts_at_the_patients_request_have_no_law_before_august_2023() -> None:
    rx = replace(an_rx(2), written_on=date(2023, 8, 1))
    with pytest.raises(Refused):
        judged(rx, a_part(PartialReason.PATIENT_ASKED), date(2023, 8, 20))
    assert judged(rx, a_part(PartialReason.PATIENT_ASKED), date(2023, 8, 21)) == []


@pytest.mark.parametrize(
    "reason", [PartialReason.PATIENT_ASKED, PartialReason.PRESCRIBER_ASKED]
)
@pytest.mark.parametrize(("hours", "expected"), [(71, []), (72, []), (73, ["part-too-late"])])
def test_a_requested_part_of_an_emergency_order_is_due_within_72_hours_of_the_order(
    hours: int, expected: list[str], reason: PartialReason
) -> None:
    rx = replace(an_rx(2), emergency=True)
    part = replace(a_part(reason), oral_order_at=NOON)
    at = NOON + timedelta(hours=hours)
    assert codes(partial_problems(rx, part, at=at, on=at.date())) == expected


def test_a_requested_part_of_an_emergency_order_needs_the_time_of_the_order() -> None:
    rx = replace(an_rx(2), emergency=True)
    problems = judged(rx, a_part(PartialReason.PATIENT_ASKED), date(2026, 3, 4))
    assert codes(problems) == ["part-no-order-time"]


@pytest.mark.parametrize("schedule", [3, 4, 5])
def test_parts_of_c_iii_to_c_v_end_six_months_after_the_date_written(schedule: int) -> None:
    rx, part = an_rx(schedule), a_part(PartialReason.SHORT)
    assert judged(rx, part, date(2026, 9, 1)) == []
    assert judged(rx, part, date(2026, 9, 2)) == []
    late = judged(rx, part, date(2026, 9, 3))
    assert codes(late) == ["part-too-late"]
    assert late[0].cite == "21 CFR 1306.23"


def test_parts_of_a_non_controlled_drug_are_bound_by_quantity_alone() -> None:
    assert judged(an_rx(0), a_part(PartialReason.SHORT), date(2030, 1, 1)) == []


def test_without_a_written_date_the_days_of_a_c_ii_part_cannot_be_counted() -> None:
    rx = replace(an_rx(2), written_on=None)
    problems = judged(rx, a_part(PartialReason.PATIENT_ASKED), date(2026, 3, 4))
    assert codes(problems) == ["part-no-date"]
    c_iv = replace(an_rx(4), written_on=None)
    assert judged(c_iv, a_part(PartialReason.SHORT), date(2026, 3, 4)) == []


@pytest.mark.parametrize(
    ("dispensed", "now", "expected"),
    [
        ("10", "0.001", []),
        ("10", "1", []),
        ("10", "19.999", []),
        ("10", "20", []),
        ("10", "20.001", ["part-over-quantity"]),
        ("10", "0", ["part-quantity"]),
        ("10", "-1", ["part-quantity"]),
        ("31", "0", ["part-quantity", "part-over-quantity"]),
    ],
)
def test_a_part_is_above_zero_and_within_the_prescribed_quantity(
    dispensed: str, now: str, expected: list[str]
) -> None:
    part = a_part(PartialReason.SHORT, dispensed=dispensed, now=now)
    assert codes(judged(an_rx(0), part, date(2026, 3, 4))) == expected


def test_a_part_of_a_c_ii_without_its_reason_is_refused_and_every_reason_is_named() -> None:
    part = a_part(None, dispensed="0")
    problems = judged(an_rx(2), part, date(2026, 3, 4))
    assert codes(problems) == ["part-no-reason"]
    assert (problems[0].field, problems[0].verified) == ("reason", "K")
    assert problems[0].cite == "21 CFR 1306.13(b)(3), (c)"
    assert all(reason.words in problems[0].says for reason in PartialReason)


@pytest.mark.parametrize("schedule", [0, 3, 4, 5])
def test_only_a_part_of_a_c_ii_needs_its_reason(schedule: int) -> None:
    assert judged(an_rx(schedule), a_part(None), date(2026, 3, 4)) == []


@pytest.mark.parametrize("reason", list(PartialReason))
def test_every_reason_has_a_clock_whose_row_counts_hours_or_days(reason: PartialReason) -> None:
    clock = clock_of(reason, emergency=False)
    row = federal(clock.row, on=date(2026, 3, 4))
    assert row.unit == ("days" if clock.since is Since.WRITTEN else "hours")
    assert row.cite.startswith("21 CFR 1306.13(")


@pytest.mark.parametrize(
    ("reason", "row"),
    [
        (PartialReason.SHORT, "DEA-030"),
        (PartialReason.PATIENT_ASKED, "DEA-032"),
        (PartialReason.PRESCRIBER_ASKED, "DEA-032"),
        (PartialReason.LONG_TERM_CARE, "DEA-033"),
        (PartialReason.TERMINALLY_ILL, "DEA-033"),
    ],
)
def test_an_emergency_order_changes_the_clock_of_requested_parts_alone(
    reason: PartialReason, row: str
) -> None:
    assert clock_of(reason, emergency=True).row == row


@pytest.mark.parametrize("reason", sorted(set(PartialReason) - {PartialReason.SHORT}))
def test_parts_that_are_counted_from_the_date_written_know_no_hours(
    reason: PartialReason,
) -> None:
    part = replace(a_part(reason), first_part_at=NOON - timedelta(hours=73))
    assert judged(an_rx(2), part, NOON.date()) == []
