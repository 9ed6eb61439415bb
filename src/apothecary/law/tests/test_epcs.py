from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from apothecary.law import epcs
from apothecary.law.epcs import (
    ApplicationFacts,
    application_problems,
    clock_problems,
    incident_due_on,
    receipt_problems,
)
from apothecary.law.problem import Problem
from apothecary.law.tables import Row, federal
from apothecary.law.tests.cases import ON, asks_for_exactly, codes, fields, with_change

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
# What each part of the application has to do, in the order of the law.
PARTS = {
    "limits_access_to": ("annotate", "alter", "delete"),
    "module": (
        "module_fips_140_2",
        "signature_fips_186_3",
        "hash_fips_180_3",
        "private_key_encrypted",
        "password_cleared",
    ),
    "keeps": ("full_dea_number", "prescription_content", "dispensing_data"),
    "found_by": ("practitioner", "patient", "drug", "date"),
    "audits": (
        "receipt",
        "annotation",
        "alteration",
        "deletion",
        "access_control_change",
        "auditable_event",
    ),
    "audit_entry": ("happened_at", "kind", "person", "outcome"),
    "auditable": (
        "unauthorized_access",
        "unauthorized_change",
        "interference_with_operation",
        "access_control_change",
        "audit_trail_interference",
        "provider_staff_act",
    ),
}
READY = with_change(
    ApplicationFacts(
        audited_on=date(2025, 6, 1),
        backed_up_on=date(2026, 3, 3),
        audit_reviewed_on=date(2026, 3, 3),
    ),
    {part: frozenset(names) for part, names in PARTS.items()},
)


def judged(facts: ApplicationFacts, on: date = ON) -> list[Problem]:
    return application_problems(facts, on=on)


def test_an_audited_application_that_does_its_part_may_be_used() -> None:
    assert judged(READY) == []


@pytest.mark.parametrize("part", PARTS)
def test_each_part_does_all_the_law_asks(part: str) -> None:
    asks_for_exactly(lambda names: judged(with_change(READY, {part: names})), *PARTS[part])


def test_an_application_as_it_ships_is_disabled_and_lists_what_is_missing() -> None:
    problems = judged(ApplicationFacts())
    assert codes(problems)[0] == "epcs-not-audited"
    assert "it is disabled" in problems[0].says
    wanted = [name for names in PARTS.values() for name in names]
    assert fields(problems) == ["audited_on", *wanted, "backup_on", "review_on"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2025, 5, 31), ["epcs-not-audited"]),
        (date(2025, 6, 1), []),
        (date(2027, 5, 30), []),
        (date(2027, 5, 31), []),
        (date(2027, 6, 1), ["epcs-audit-old"]),
    ],
)
def test_an_audit_is_good_for_two_years(day: date, expected: list[str]) -> None:
    fresh = replace(READY, backed_up_on=day, audit_reviewed_on=day)
    assert codes(judged(fresh, day)) == expected


@pytest.mark.parametrize(
    ("changed_on", "expected"),
    [
        (None, []),
        (date(2025, 6, 1), []),
        (date(2025, 6, 2), ["epcs-changed"]),
    ],
)
def test_a_change_of_these_functions_asks_for_a_new_audit(
    changed_on: date | None, expected: list[str]
) -> None:
    assert codes(judged(replace(READY, changed_on=changed_on))) == expected


@pytest.mark.parametrize(
    ("field", "code"), [("backed_up_on", "epcs-backup"), ("audit_reviewed_on", "epcs-review")]
)
@pytest.mark.parametrize(("day", "late"), [(4, False), (3, False), (2, True)])
def test_backup_and_review_of_the_audit_trail_are_daily(
    field: str, code: str, day: int, late: bool
) -> None:
    facts = with_change(READY, {field: date(2026, 3, day)})
    assert codes(judged(facts)) == ([code] if late else [])
    assert codes(judged(with_change(READY, {field: None}))) == [code]


@pytest.mark.parametrize("sealed", ["signed_on_receipt", "signed_by_intermediary"])
def test_a_prescription_is_sealed_on_receipt_or_by_the_last_intermediary(sealed: str) -> None:
    assert receipt_problems(sealed, set(), practitioner_signed=False, on=ON) == []


@pytest.mark.parametrize("sealed", ["", "something else"])
def test_a_prescription_nobody_sealed_is_not_worked_on(sealed: str) -> None:
    problems = receipt_problems(sealed, set(), practitioner_signed=False, on=ON)
    assert codes(problems) == ["epcs-not-sealed"]


def test_a_practitioners_own_signature_is_checked_archived_and_noted() -> None:
    asks_for_exactly(
        lambda steps: receipt_problems(
            "signed_on_receipt", steps, practitioner_signed=True, on=ON
        ),
        "signature_verified",
        "revocation_checked",
        "archived",
        "indicator_stored",
    )


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("apart", "expected"),
    [
        (timedelta(minutes=5) - SECOND, []),
        (timedelta(minutes=5), []),
        (timedelta(minutes=5) + SECOND, ["epcs-clock"]),
    ],
)
def test_a_clock_more_than_five_minutes_off_either_way_signs_nothing(
    sign: int, apart: timedelta, expected: list[str]
) -> None:
    assert codes(clock_problems(NOON + sign * apart, NOON, on=ON)) == expected


def test_a_security_incident_is_reported_within_one_business_day() -> None:
    assert incident_due_on(date(2026, 3, 5), on=ON) == date(2026, 3, 6)
    assert incident_due_on(date(2026, 3, 6), on=ON) == date(2026, 3, 9)
    monday = frozenset({date(2026, 3, 9)})
    assert incident_due_on(date(2026, 3, 6), on=ON, holidays=monday) == date(2026, 3, 10)


def test_would_no_audit_be_asked_for_none_were_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    def changed(row_id: str, *, on: date) -> Row:
        row = federal(row_id, on=on)
        return replace(row, value=False) if row_id == "DEA-160" else row

    monkeypatch.setattr(epcs, "federal", changed)
    assert judged(replace(READY, audited_on=None)) == []
