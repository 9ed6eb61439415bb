"""The filter ``apothecary screen``: the contract, bad lines, and what no table knows."""

import json
import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.screening.command import answer
from apothecary.screening.rules.found import RANK, REASON

ON = date(2026, 11, 23)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["id", "patient", "new", "sig", "quantity", "days_supply", "current", "allergies"]
)


def asked(new: object, *current: str, sig: str = "", **patient: object) -> dict:
    line = {"id": "1", "new": new, "patient": {"current": list(current), **patient}}
    return answer(line | ({"sig": sig} if sig else {}), on=ON)


def told(said: dict) -> set[tuple[str, str]]:
    return {(each["kind"], each["severity"]) for each in said["findings"]}


def test_the_answer_has_the_fields_of_the_contract():
    said = asked("Zocor 20 mg", "Biaxin")
    assert set(said) == {"id", "findings", "unknown"}
    (finding,) = said["findings"]
    assert (finding["kind"], finding["severity"]) == ("interaction", "stop")
    assert finding["cite"].startswith("Phansalkar 2012")
    assert finding["because"] == ["new: Zocor 20 mg", "takes: Biaxin"]
    assert finding["verified"] == "V1"
    json.dumps(said)


@pytest.mark.parametrize(
    ("line", "wants"),
    [
        ({"new": "Nardil", "patient": {"current": ["Prozac 20 mg"]}}, ("interaction", "stop")),
        ({"new": "tizanidine", "patient": {"current": ["Cipro"]}}, ("interaction", "stop")),
        (
            {"new": "warfarin", "patient": {"current": ["amiodarone"]}},
            ("interaction", "pharmacist"),
        ),
        ({"new": "warfarin", "patient": {"current": ["Advil"]}}, ("interaction", "note")),
        (
            {"new": "Augmentin", "patient": {"allergies": ["penicillin (hives)"]}},
            ("allergy", "stop"),
        ),
        (
            {"new": "Keflex", "patient": {"allergies": ["amoxicillin"]}},
            ("allergy", "pharmacist"),
        ),
        (
            {"new": "Norvasc", "patient": {"current": ["amlodipine"]}},
            ("duplicate ingredient", "pharmacist"),
        ),
        (
            {"new": "losartan", "patient": {"current": ["lisinopril"]}},
            ("duplicate class", "pharmacist"),
        ),
        (
            {
                "new": "lisinopril 10 mg",
                "patient": {"sex": "female", "conditions": ["pregnant"]},
            },
            ("pregnancy", "stop"),
        ),
        ({"new": "codeine", "patient": {"birth_date": "2019-01-01"}}, ("age", "stop")),
        ({"new": "propranolol", "patient": {"conditions": ["J45.909"]}}, ("condition", "stop")),
        (
            {"new": "methotrexate 2.5 mg", "sig": "take 1 tablet by mouth daily"},
            ("dose", "stop"),
        ),
        (
            {"new": "ibuprofen 800 mg tablet", "sig": "take 2 tablets 3 times daily"},
            ("dose", "pharmacist"),
        ),
        (
            {"new": "oxycodone 20 mg tablet", "quantity": 120, "days_supply": 30},
            ("opioid load", "pharmacist"),
        ),
        ({"new": "ketorolac 10 mg tablet", "days_supply": 6}, ("duration", "pharmacist")),
        (
            {"new": "amoxicillin 250 mg capsule", "patient": {"allergies": ["red dye"]}},
            ("not screened", "note"),
        ),
    ],
)
def test_each_kind_of_finding_comes_through_the_filter(line, wants):
    said = answer({"id": 1, **line}, on=ON)
    assert said["unknown"] == []
    assert wants in told(said)


@pytest.mark.parametrize(
    ("new", "current", "unknown"),
    [
        ("wafarin", ["aspirin"], ["wafarin"]),
        ("warfarin", ["asprin", "lisinopril"], ["asprin"]),
        ("zz", ["yy", "yy", "zz"], ["zz", "yy"]),
        ("warfarin", ["aspirin"], []),
    ],
)
def test_what_no_table_knows_is_listed_and_said_and_never_passed(new, current, unknown):
    said = asked(new, *current)
    assert said["unknown"] == unknown
    unscreened = [each for each in said["findings"] if each["kind"] == "not screened"]
    assert bool(unscreened) == bool(unknown)
    if new in unknown:
        assert ("not screened", "pharmacist") in told(said)


@pytest.mark.parametrize("pair", [("lisinopril", "cetirizine"), ("metformin", "atorvastatin")])
def test_two_drugs_that_go_together_say_nothing(pair):
    said = asked(*pair)
    assert (said["findings"], said["unknown"]) == ([], [])


@pytest.mark.parametrize("none", ["NKDA", "none", "No known allergies.", "nka"])
def test_no_known_allergies_are_none(none):
    assert asked("amoxicillin", allergies=[none])["findings"] == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ({}, "new: the drug is missing"),
        ({"new": ""}, "new: the drug is missing"),
        ({"new": ["x"]}, "new: ['x'] is no text"),
        ({"new": True}, "new: True is no text"),
        ({"new": "x" * 501}, "new: is longer than 500 characters"),
        ({"new": "a", "patient": []}, "patient: is no object"),
        ({"new": "a", "patient": {"current": "b"}}, "patient.current: is no list"),
        ({"new": "a", "patient": {"current": [{}]}}, "patient.current: {} is no text"),
        ({"new": "a", "patient": {"current": ["b"] * 1001}}, "patient.current: has more than"),
        ({"new": "a", "patient": {"birth_date": "1/2/80"}}, "birth_date: '1/2/80' is no date"),
        ({"new": "a", "patient": {"birth_date": "2026-11-24"}}, "still to come"),
        ({"new": "a", "patient": {"sex": "x"}}, "sex: 'x' is neither"),
        ({"new": "a", "patient": {"weight_kg": 0}}, "weight_kg: 0 is not a number above zero"),
        ({"new": "a", "patient": {"weight_kg": "heavy"}}, "weight_kg: 'heavy' is not a number"),
        ({"new": "a", "quantity": -1}, "quantity: -1 is not a number above zero"),
        ({"new": "a", "quantity": "NaN"}, "quantity: 'NaN' is not a number"),
        ({"new": "a", "days_supply": 1.5}, "days_supply: 1.5 is no whole number"),
        ({"new": "a", "days_supply": True}, "days_supply: True is not a number"),
        ({"new": "a", "sig": 1.5}, "sig: 1.5 is no text"),
    ],
)
def test_a_bad_field_is_refused_by_its_name_and_the_id_comes_back(line, says):
    said = answer({"id": "x9", **line}, on=ON)
    assert set(said) == {"id", "error"}
    assert said["id"] == "x9"
    assert says in str(said["error"])


def test_born_today_is_no_error_and_a_weight_may_be_a_text():
    patient = {"birth_date": "2026-11-23", "weight_kg": "3.5"}
    assert "error" not in answer({"id": 1, "new": "amoxicillin", "patient": patient}, on=ON)


def test_the_age_goes_by_the_day_that_is_given():
    line = {"id": 1, "new": "codeine", "patient": {"birth_date": "2014-11-23"}}
    assert told(answer(line, on=date(2026, 11, 22))) == {("age", "stop")}
    assert told(answer(line, on=ON)) == set()


@given(line=st.dictionaries(FIELDS, JSON))
def test_whatever_comes_in_something_with_an_id_comes_out(line):
    said = answer(line, on=ON)
    assert "error" in said or {"findings", "unknown"} <= set(said)
    findings = said.get("findings", [])
    assert isinstance(findings, list)
    for finding in findings:
        assert finding["kind"] in REASON
        assert finding["severity"] in RANK


def test_the_command_answers_line_by_line_in_order_without_a_server():
    lines = b'{"id":1,"new":"Nardil","patient":{"current":["Prozac"]}}\nno json\n{"id":3}\n'
    done = subprocess.run(
        [sys.executable, "-m", "apothecary.config.command", "screen"],
        input=lines,
        capture_output=True,
        check=True,
        timeout=120,
    )
    first, second, third = map(json.loads, done.stdout.splitlines())
    assert (first["id"], first["findings"][0]["severity"]) == (1, "stop")
    assert second["id"] is None
    assert "no JSON" in second["error"]
    assert third == {"id": 3, "error": "new: the drug is missing"}
