from dataclasses import replace
from datetime import date

import pytest

from apothecary.law.signers import SignerFacts, kind_of, signer_problems
from apothecary.law.tables import Row, practice
from apothecary.law.tests.cases import ON, an_rx, codes


def signed_by(kind: str, state: str = "TX") -> SignerFacts:
    return SignerFacts(kind=kind, state=state)


@pytest.mark.parametrize(
    ("letters", "kind"),
    [
        ("MD", "physician"),
        ("M.D.", "physician"),
        ("DO", "physician"),
        ("DDS", "dentist"),
        ("DMD", "dentist"),
        ("DVM", "veterinarian"),
        ("DPM", "podiatrist"),
        ("APRN, FNP-C", "nurse_practitioner"),
        ("RN, CNM", "nurse_practitioner"),
        ("PA-C", "physician_assistant"),
        ("OD", "optometrist"),
        ("PharmD", "pharmacist"),
        ("", ""),
        ("Esq.", ""),
    ],
)
def test_the_letters_after_a_name_say_what_kind_of_practitioner_it_is(
    letters: str, kind: str
) -> None:
    assert kind_of(letters) == kind


@pytest.mark.parametrize("kind", ["physician", "dentist", "veterinarian", "podiatrist"])
@pytest.mark.parametrize("schedule", [2, 3, 4, 5])
def test_these_sign_for_every_schedule_in_every_state(kind: str, schedule: int) -> None:
    assert signer_problems(an_rx(schedule), signed_by(kind, "VT"), on=ON) == []


@pytest.mark.parametrize("kind", ["nurse_practitioner", "physician_assistant"])
@pytest.mark.parametrize(
    ("schedule", "expected"), [(2, ["signer-schedule"]), (3, []), (4, []), (5, []), (0, [])]
)
def test_in_texas_a_nurse_and_an_assistant_sign_for_c_iii_to_c_v(
    kind: str, schedule: int, expected: list[str]
) -> None:
    problems = signer_problems(an_rx(schedule), signed_by(kind), on=ON)
    assert codes(problems) == expected
    assert all("157.0511" in problem.cite for problem in problems)
    assert all("special settings" in problem.says for problem in problems)


@pytest.mark.parametrize(
    ("days", "refills", "expected"),
    [(30, 1, []), (30, 2, []), (90, 0, []), (91, 0, ["signer-days"]), (31, 2, ["signer-days"])],
)
@pytest.mark.parametrize("kind", ["nurse_practitioner", "physician_assistant"])
def test_in_texas_refills_included_they_prescribe_for_ninety_days(
    kind: str, days: int, refills: int, expected: list[str]
) -> None:
    rx = replace(an_rx(4), days_supply=days, refills_authorized=refills)
    assert codes(signer_problems(rx, signed_by(kind), on=ON)) == expected


def test_those_ninety_days_are_of_texas_and_of_those_who_prescribe_by_delegation() -> None:
    rx = replace(an_rx(4), days_supply=91)
    assert signer_problems(rx, signed_by("physician"), on=ON) == []
    assert codes(signer_problems(rx, signed_by("nurse_practitioner", "OH"), on=ON)) == [
        "law-missing-row"
    ]
    assert signer_problems(replace(rx, days_supply=None), signed_by("physician"), on=ON) == []
    unknown = replace(rx, days_supply=None)
    assert signer_problems(unknown, signed_by("nurse_practitioner"), on=ON) == []


@pytest.mark.parametrize(
    ("kind", "state", "expected"),
    [
        ("nurse_practitioner", "OH", "law-missing-row"),
        ("nurse_practitioner", "ZZ", "law-unknown-state"),
        ("nurse_practitioner", "", "law-unknown-state"),
        ("optometrist", "TX", "law-missing-row"),
        ("pharmacist", "TX", "law-missing-row"),
        ("", "TX", "signer-unknown"),
    ],
)
def test_what_is_not_on_file_is_said_and_left_to_the_pharmacist(
    kind: str, state: str, expected: str
) -> None:
    (problem,) = signer_problems(an_rx(4), signed_by(kind, state), on=ON)
    assert problem.code == expected
    assert "1300.01" in problem.cite
    assert problem.field == "prescriber_id"


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2024, 10, 31), ["law-not-in-force"]),
        (date(2024, 11, 1), []),
        (date(2024, 11, 2), []),
    ],
)
def test_the_row_of_texas_answers_from_its_day_on(on: date, expected: list[str]) -> None:
    rx = replace(an_rx(4), days_supply=91)
    found = signer_problems(rx, signed_by("nurse_practitioner"), on=on)
    assert codes(found) == (expected or ["signer-days"])


@pytest.mark.parametrize(
    ("dea", "expected"),
    [
        ("AB1234563", []),
        ("BB1234563", []),
        ("FB1234563", []),
        ("GB1234563", []),
        ("MB1234563", ["signer-unknown"]),
        ("PB1234563", ["signer-unknown"]),
        ("XB1234563", ["signer-unknown"]),
        ("", ["signer-unknown"]),
    ],
)
def test_without_letters_the_class_of_the_dea_number_tells_a_practitioner(
    dea: str, expected: list[str]
) -> None:
    facts = replace(signed_by(""), dea=dea)
    assert codes(signer_problems(an_rx(2), facts, on=ON)) == expected


@pytest.mark.parametrize("kind", ["something else", "alphabetical", "nurse"])
def test_no_other_kind_signs_by_a_licence_alone(kind: str) -> None:
    assert codes(signer_problems(an_rx(4), signed_by(kind), on=ON)) == ["law-missing-row"]


@pytest.mark.parametrize("letter", ["C", "D", "E", "H", "M", "R"])
def test_no_other_class_of_number_is_a_practitioners(letter: str) -> None:
    facts = replace(signed_by(""), dea=f"{letter}B1234563")
    assert codes(signer_problems(an_rx(4), facts, on=ON)) == ["signer-unknown"]


@pytest.mark.parametrize("kind", ["nurse_practitioner", "physician_assistant"])
def test_the_schedules_of_texas_are_three_to_five_and_no_other(kind: str) -> None:
    row = practice("TX", f"{kind}_schedules", on=ON)
    assert isinstance(row, Row)
    named = {schedule for schedule in "012345" if schedule in row.names()}
    assert named == {"3", "4", "5"}
    assert codes(signer_problems(an_rx(1), signed_by(kind), on=ON)) == ["signer-schedule"]
