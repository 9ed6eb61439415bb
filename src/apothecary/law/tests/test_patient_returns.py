"""What a patient brings back: refused by the state's name, taken for a fault or a recall."""

from dataclasses import replace
from datetime import date

import pytest

from apothecary.law.problem import Problem
from apothecary.law.tables import Row
from apothecary.law.waste import patient_return_problems, reuse_of_returned, waste_row

ON = date(2026, 11, 23)


def reused(reuse: Row | Problem) -> list[Problem]:
    return patient_return_problems(
        reuse=reuse, purpose="dispense again", controlled=False, collector=True, on=ON
    )


@pytest.mark.parametrize("state", ["TX", "CA", "FL", "NY", "IL", "MI"])
def test_without_a_row_of_the_state_nothing_returned_is_dispensed_again(state: str) -> None:
    (one,) = reused(reuse_of_returned(state, on=ON))
    assert (one.code, state in one.says) == ("law-missing-row", True)


def test_a_state_nobody_has_on_file_refuses_by_its_name() -> None:
    (one,) = reused(reuse_of_returned("ZZ", on=ON))
    assert (one.code, "'ZZ'" in one.says) == ("law-unknown-state", True)


@pytest.mark.parametrize(("allows", "codes"), [(True, []), (False, ["no-reuse"])])
def test_a_state_that_has_a_row_is_obeyed(allows: bool, codes: list[str]) -> None:
    row = replace(waste_row("sharps", on=ON), value=allows)
    assert [one.code for one in reused(row)] == codes


@pytest.mark.parametrize(
    ("purpose", "controlled", "collector", "codes"),
    [
        ("error", False, False, []),
        ("recall", True, False, []),
        ("take-back", False, True, []),
        ("take-back", True, True, []),
        ("take-back", False, False, ["no-collector"]),
        ("take-back", True, False, ["no-collector"]),
        ("refund", False, True, ["no-purpose"]),
        ("", False, False, ["no-purpose"]),
    ],
)
def test_what_a_patient_brings_is_taken_for_a_recall_an_error_or_by_a_collector(
    purpose: str, controlled: bool, collector: bool, codes: list[str]
) -> None:
    found = patient_return_problems(
        reuse=reuse_of_returned("TX", on=ON),
        purpose=purpose,
        controlled=controlled,
        collector=collector,
        on=ON,
    )
    assert [one.code for one in found] == codes
    cite = "21 CFR 1317.30 to 1317.75" if controlled else "40 CFR 266.506"
    assert codes != ["no-collector"] or found[0].cite == cite
