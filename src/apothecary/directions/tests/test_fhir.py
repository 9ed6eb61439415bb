"""Directions as FHIR R4 Dosage, and back."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.directions.codings import codings, values
from apothecary.directions.direction import Directions
from apothecary.directions.fhir import fhir_dosage
from apothecary.directions.fhir_back import read_fhir
from apothecary.directions.reading import read_directions
from apothecary.directions.step import Step
from apothecary.directions.tests.typed_values import SERIES, directions

DOSAGE = {
    "sequence": int,
    "text": str,
    "additionalInstruction": list,
    "patientInstruction": str,
    "timing": dict,
    "asNeededBoolean": bool,
    "asNeededCodeableConcept": dict,
    "site": dict,
    "route": dict,
    "method": dict,
    "doseAndRate": list,
    "maxDosePerPeriod": dict,
}
REPEAT = {
    "boundsDuration": dict,
    "count": int,
    "frequency": int,
    "frequencyMax": int,
    "period": int,
    "periodMax": int,
    "periodUnit": str,
    "dayOfWeek": list,
    "timeOfDay": list,
    "when": list,
    "offset": int,
}
EVENTS = {
    *("MORN", "NOON", "AFT", "EVE", "NIGHT", "PHS", "HS", "WAKE", "C", "CM", "CD", "CV"),
    *("AC", "ACM", "ACD", "ACV", "PC", "PCM", "PCD", "PCV"),
}


def dosage_of(sig: str, form: str = "", language: str = "english") -> list[dict[str, Any]]:
    return through_json(fhir_dosage(read_directions(sig, form=form), language=language))


def through_json(found: object) -> Any:
    return json.loads(json.dumps(found))


def faults(dosage: dict[str, Any]) -> list[str]:
    """Every breach of the R4 layout and of the invariants of Timing, by its name."""
    found = [f"{key}: not in Dosage" for key in dosage if key not in DOSAGE]
    found += [
        f"{key}: type" for key, kind in DOSAGE.items() if not isinstance(dosage.get(key), kind)
        and key in dosage
    ]  # fmt: skip
    if "asNeededBoolean" in dosage and "asNeededCodeableConcept" in dosage:
        found.append("asNeeded[x]: two")
    repeat = dosage.get("timing", {}).get("repeat", {})
    found += [f"{key}: not in Timing" for key in repeat if key not in REPEAT]
    found += [f"{key}: type" for key in repeat if not isinstance(repeat[key], REPEAT[key])]
    if "period" in repeat and "periodUnit" not in repeat:
        found.append("tim-2")
    if repeat.get("period", 1) < 0:
        found.append("tim-5")
    if "periodMax" in repeat and "period" not in repeat:
        found.append("tim-6")
    if "offset" in repeat and (
        not repeat.get("when") or {"C", "CM", "CD", "CV"} & set(repeat["when"])
    ):
        found.append("tim-9")
    if "timeOfDay" in repeat and "when" in repeat:
        found.append("tim-10")
    if repeat.get("periodUnit", "d") not in {"s", "min", "h", "d", "wk", "mo", "a"}:
        found.append("periodUnit")
    if not set(repeat.get("when", [])) <= EVENTS:
        found.append("when")
    if not set(repeat.get("dayOfWeek", [])) <= {
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
    }:
        found.append("dayOfWeek")
    return found


@pytest.mark.parametrize(
    ("sig", "timing"),
    [
        ("1 tab po bid", {"frequency": 2, "period": 1, "periodUnit": "d"}),
        ("1 tab po q8h", {"frequency": 1, "period": 8, "periodUnit": "h"}),
        ("1 tab po q4-6h prn pain",
         {"frequency": 1, "period": 4, "periodMax": 6, "periodUnit": "h"}),
        ("1 tab po 2 to 3 times daily",
         {"frequency": 2, "frequencyMax": 3, "period": 1, "periodUnit": "d"}),
        ("1 tab po qod", {"frequency": 1, "period": 2, "periodUnit": "d"}),
        ("1 tab po once a week", {"frequency": 1, "period": 1, "periodUnit": "wk"}),
        ("1 tab po once", {"count": 1}),
        ("1 tab po qhs",
         {"frequency": 1, "period": 1, "periodUnit": "d", "when": ["HS"]}),
        ("1 tab po tid with meals",
         {"frequency": 3, "period": 1, "periodUnit": "d", "when": ["C"]}),
        ("1 tab po daily 30 minutes before breakfast",
         {"frequency": 1, "period": 1, "periodUnit": "d", "when": ["ACM"], "offset": 30}),
        ("1 tab po daily 1 hour before bedtime",
         {"frequency": 1, "period": 1, "periodUnit": "d", "when": ["HS"], "offset": 60}),
        ("1 tab po mon, wed and fri",
         {"frequency": 3, "period": 1, "periodUnit": "wk", "dayOfWeek": ["mon", "wed", "fri"]}),
        ("1 tab po bid x 10 days",
         {"frequency": 2, "period": 1, "periodUnit": "d",
          "boundsDuration": {"value": 10, "unit": "day",
                             "system": "http://unitsofmeasure.org", "code": "d"}}),
        ("1 tab po bid for 6 doses",
         {"frequency": 2, "period": 1, "periodUnit": "d", "count": 6}),
    ],
)  # fmt: skip
def test_how_often_is_written_as_timing_repeat(sig: str, timing: dict[str, object]) -> None:
    (dosage,) = dosage_of(sig)
    assert dosage["timing"]["repeat"] == timing
    assert faults(dosage) == []


def test_a_clock_time_is_a_time_of_day() -> None:
    step = Step(verb="take", dose_min=Decimal(1), dose_max=Decimal(1), dose_unit="tablet",
                route="oral", times_min=2, times_max=2, period_min=1, period_max=1,
                period_unit="day", when=("at 12:30 AM", "at 8 PM"))  # fmt: skip
    (dosage,) = through_json(fhir_dosage(directions([step])))
    assert dosage["timing"]["repeat"]["timeOfDay"] == ["00:30:00", "20:00:00"]


def test_a_dose_has_its_ucum_code_and_a_range_has_both_ends() -> None:
    (tablets,) = dosage_of("1-2 tabs po q6h prn pain max 8 tablets a day")
    assert tablets["doseAndRate"][0]["doseRange"] == {
        "low": {"value": 1, "unit": "tablet", "system": "http://unitsofmeasure.org",
                "code": "{tablet}"},
        "high": {"value": 2, "unit": "tablet", "system": "http://unitsofmeasure.org",
                 "code": "{tablet}"},
    }  # fmt: skip
    assert tablets["asNeededCodeableConcept"] == {"text": "pain"}
    assert tablets["maxDosePerPeriod"]["numerator"]["value"] == 8
    assert tablets["maxDosePerPeriod"]["denominator"]["code"] == "d"
    (liquid,) = dosage_of("2.5 ml po tid prn")
    assert liquid["doseAndRate"][0]["doseQuantity"]["code"] == "mL"
    assert liquid["doseAndRate"][0]["doseQuantity"]["value"] == 2.5
    assert liquid["asNeededBoolean"] is True
    (insulin,) = dosage_of("10 units sq qhs")
    assert insulin["doseAndRate"][0]["doseQuantity"]["code"] == "[iU]"


def test_the_route_has_the_code_that_the_fhir_value_set_publishes() -> None:
    (dosage,) = dosage_of("1 gtt od bid", "ophthalmic solution")
    assert dosage["route"] == {
        "coding": [{"system": "http://snomed.info/sct", "code": "54485002",
                    "display": "Ophthalmic route"}],
        "text": "ophthalmic",
    }  # fmt: skip
    assert dosage["site"] == {"text": "right eye"}


def test_steps_that_follow_each_other_are_numbered_and_those_beside_share_a_number() -> None:
    taper = dosage_of("2 tabs po qd x 3 days then 1 tab qd x 3 days")
    assert [one["sequence"] for one in taper] == [1, 2]
    beside = dosage_of("1 tab po qam and 2 tabs po qhs")
    assert [one["sequence"] for one in beside] == [1, 1]


def test_the_patient_reads_it_in_the_language_that_is_asked_for() -> None:
    (dosage,) = dosage_of("1 tab po bid", language="spanish")
    assert dosage["text"] == "Take 1 tablet by mouth twice daily."
    assert dosage["patientInstruction"] == "Tome 1 tableta por la boca 2 veces al día."
    with pytest.raises(ValueError, match="neither english nor spanish"):
        dosage_of("1 tab po bid", language="french")


def test_an_uncertain_direction_is_sent_as_text_and_no_code() -> None:
    assert dosage_of("1 tab po zz") == [{"sequence": 1, "text": "1 tab po zz"}]


def test_as_directed_and_notes_stand_in_words() -> None:
    whole = replace(read_directions("1 tab po bid"), as_directed=True, notes=("shake well",))
    (dosage,) = through_json(fhir_dosage(whole))
    assert dosage["additionalInstruction"] == [
        {"text": "as directed"},
        {"text": "Note: shake well"},
    ]
    back = read_fhir([dosage])
    assert (back.as_directed, back.notes, back.steps) == (True, ("shake well",), whole.steps)
    (bare,) = through_json(fhir_dosage(Directions(text="ud", as_directed=True)))
    assert bare["text"] == "Use as directed."


@given(SERIES)
def test_what_is_written_is_valid_and_reads_back_as_the_same_steps(whole: Directions) -> None:
    dosages = through_json(fhir_dosage(whole))
    assert [faults(dosage) for dosage in dosages] == [[]] * len(dosages)
    back = read_fhir(dosages)
    assert back.questions == ()
    assert back.steps == whole.steps


GOOD: dict[str, Any] = {
    "sequence": 1,
    "text": "1 tablet twice a day",
    "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
    "route": {"coding": [{"code": "26643006"}]},
    "method": {"coding": [{"code": "419652001"}]},
    "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "TABLETS"}}],
}


def test_the_dosage_of_somebody_else_is_read_by_its_codes() -> None:
    back = read_fhir([GOOD])
    assert back.questions == ()
    assert back.steps == read_directions("take 1 tablet by mouth twice daily").steps


@pytest.mark.parametrize(
    ("change", "asks"),
    [
        ({"rateRatio": 1}, "rateRatio"),
        ({"timing": {"code": {"text": "BID"}, "repeat": GOOD["timing"]["repeat"]}},
         "timing.code"),
        ({"timing": "BID"}, "timing: what"),
        ({"timing": {"repeat": {"frequency": 0, "period": 1, "periodUnit": "d"}}},
         "timing.repeat"),
        ({"timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "fortnight"}}},
         "timing.repeat"),
        ({"timing": {"repeat": {"frequency": 2, "period": 1.5, "periodUnit": "d"}}},
         "timing.repeat"),
        ({"timing": {"repeat": {"frequency": 3, "frequencyMax": 2, "period": 1,
                                "periodUnit": "d"}}}, "timing.repeat"),
        ({"timing": {"repeat": {"when": ["WAKE"]}}}, "timing.repeat"),
        ({"timing": {"repeat": {"when": ["HS"], "timeOfDay": ["08:00:00"]}}},
         "timing.repeat"),
        ({"timing": {"repeat": {"when": ["HS", "MORN"], "offset": 30}}}, "offset"),
        ({"timing": {"repeat": {"when": ["MORN"], "offset": 30}}}, "offset"),
        ({"timing": {"repeat": {"timeOfDay": ["25:00:00"]}}}, "timing.repeat"),
        ({"timing": {"repeat": {"dayOfWeek": ["monday"]}}}, "dayOfWeek"),
        ({"timing": {"repeat": {"count": "2"}}}, "count"),
        ({"timing": {"repeat": {"boundsPeriod": {"start": "2026-01-01"}}}},
         "timing.repeat.boundsPeriod"),
        ({"timing": {"repeat": {"boundsDuration": {"value": 2, "code": "a"}}}},
         "boundsDuration"),
        ({"timing": None}, "timing: how often"),
        ({"route": {"text": "by ear trumpet"}}, "route"),
        ({"route": 7}, "route"),
        ({"method": {"coding": "x", "text": ""}}, "method"),
        ({"site": {"text": " "}}, "site"),
        ({"doseAndRate": []}, "how much is one dose"),
        ({"doseAndRate": {}}, "doseAndRate"),
        ({"doseAndRate": [{"rateQuantity": {"value": 1}}]}, "doseAndRate"),
        ({"doseAndRate": [GOOD["doseAndRate"][0]] * 2}, "doseAndRate"),
        ({"doseAndRate": [{"doseQuantity": {"value": 0, "unit": "tablet"}}]}, "doseQuantity"),
        ({"doseAndRate": [{"doseQuantity": {"value": True, "unit": "tablet"}}]},
         "doseQuantity"),
        ({"doseAndRate": [{"doseQuantity": {"value": 1, "unit": "thing"}}]}, "doseQuantity"),
        ({"doseAndRate": [{"doseQuantity": {"value": 1e12, "unit": "tablet"}}]},
         "doseQuantity"),
        ({"doseAndRate": [{"doseRange": {"low": {"value": 2, "unit": "tablet"},
                                         "high": {"value": 1, "unit": "tablet"}}}]},
         "doseRange"),
        ({"asNeededBoolean": "yes"}, "asNeededBoolean"),
        ({"maxDosePerPeriod": 8}, "maxDosePerPeriod"),
        ({"additionalInstruction": "shake"}, "additionalInstruction"),
        ({"additionalInstruction": [{"text": "only half of it"}]}, "additionalInstruction"),
        ({"additionalInstruction": [{"coding": []}]}, "additionalInstruction"),
        ({"doseAndRate": [{"doseQuantity": 1}]}, "doseQuantity"),
        ({"doseAndRate": [{"doseRange": {"low": {"value": 1, "unit": "tablet"}}}]},
         "doseRange.high"),
        ({"doseAndRate": [{"doseQuantity": {"value": 0.12345678, "unit": "tablet"}}]},
         "doseQuantity"),
        ({"doseAndRate": [{"doseQuantity": {"value": 1, "code": 5, "unit": "x"}}]},
         "doseQuantity"),
        ({"method": {"coding": [3, {"code": 4}]}}, "method"),
        ({"timing": {"repeat": {"offset": 30}}}, "offset"),
        ({"timing": {"repeat": {"when": ["HS"], "offset": -5}}}, "offset"),
        ({"timing": {"repeat": {"count": 0}}}, "count"),
        ({"timing": {"repeat": {"boundsDuration": 3}}}, "boundsDuration"),
        ({"maxDosePerPeriod": {"numerator": {"value": 1, "unit": "tablet"}}},
         "maxDosePerPeriod"),
    ],
)  # fmt: skip
def test_an_element_that_is_not_understood_is_asked_and_not_dropped(
    change: dict[str, Any], asks: str
) -> None:
    questions = read_fhir([GOOD | change]).questions
    assert any(asks in question for question in questions), questions


@pytest.mark.parametrize(
    ("element", "changes"),
    [
        ({"asNeededBoolean": True}, {"as_needed": True}),
        ({"asNeededBoolean": False}, {"as_needed": False}),
        ({"asNeededCodeableConcept": {"text": "pain"}},
         {"as_needed": True, "as_needed_for": "pain"}),
        ({"maxDosePerPeriod": {"numerator": {"value": 4, "code": "{tablet}"},
                               "denominator": {"value": 24, "code": "h"}}},
         {"max_per_day": Decimal(4), "max_per_day_unit": "tablet"}),
        ({"maxDosePerPeriod": {"numerator": {"value": 4, "code": "{tablet}"},
                               "denominator": {"value": 1, "code": "wk"}}},
         {"limit": Decimal(4), "limit_unit": "tablet", "limit_span": 1,
          "limit_span_unit": "week"}),
        ({"site": {"text": "left arm"}}, {"site": "left arm"}),
        ({"additionalInstruction": [{"text": "with food"}, {"text": "for pain"}]},
         {"when": ("with food",), "purpose": "pain"}),
        ({"timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d",
                                "boundsDuration": {"value": 2, "code": "wk"}}}},
         {"duration": 2, "duration_unit": "week"}),
        ({"timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d",
                                "timeOfDay": ["08:00:00", "20:15:00"]}}},
         {"when": ("at 8 AM", "at 8:15 PM")}),
        ({"timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d",
                                "when": ["HS"], "offset": 90}}},
         {"when": ("90 minutes before bedtime",)}),
        ({"timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d",
                                "when": ["PCM"], "offset": 60}}},
         {"when": ("1 hour after breakfast",)}),
        ({"doseAndRate": [{"doseRange": {"low": {"value": 0.5, "code": "{tablet}"},
                                         "high": {"value": 1, "code": "{tablet}"}}}]},
         {"dose_min": Decimal("0.5")}),
        ({"doseAndRate": [{"doseQuantity": {"value": 2, "unit": "puffs"}}]},
         {"dose_min": Decimal(2), "dose_max": Decimal(2), "dose_unit": "puff"}),
        ({"doseAndRate": [{"doseQuantity": {"value": 100, "code": "ug"}}]},
         {"dose_min": Decimal(100), "dose_max": Decimal(100), "dose_unit": "mcg"}),
        ({"doseAndRate": [{"doseQuantity": {"value": 1}}]}, {"dose_unit": ""}),
    ],
)  # fmt: skip
def test_each_element_of_somebody_else_is_understood(
    element: dict[str, Any], changes: dict[str, object]
) -> None:
    back = read_fhir([GOOD | element])
    assert back.questions == ()
    (plain,) = read_fhir([GOOD]).steps
    (step,) = back.steps
    for name in Step.__slots__:
        assert getattr(step, name) == changes.get(name, getattr(plain, name)), name


def test_a_dose_without_a_unit_is_written_without_one() -> None:
    bare = Step(verb="take", dose_min=Decimal(1), dose_max=Decimal(1), once=True)
    (dosage,) = through_json(fhir_dosage(directions([bare])))
    assert dosage["doseAndRate"][0]["doseQuantity"] == {"value": 1}
    assert read_fhir([dosage]).steps == (bare,)


@pytest.mark.parametrize(
    ("when", "coded"),
    [
        (("60 minutes before breakfast",), None),
        (("1 hour before breakfast",), (["ACM"], 60)),
        (("59 minutes before breakfast",), (["ACM"], 59)),
        (("1 hour after bedtime",), None),
        (("30 minutes after meals",), (["PC"], 30)),
        (("at bedtime", "with food"), (["HS"], None)),
        (("at bedtime", "at 9 PM"), None),
    ],
)
def test_a_time_that_r4_cannot_code_stays_in_words(
    when: tuple[str, ...], coded: tuple[list[str], int | None] | None
) -> None:
    step = Step(verb="take", dose_min=Decimal(1), dose_max=Decimal(1), dose_unit="tablet",
                when=when, once=True)  # fmt: skip
    (dosage,) = through_json(fhir_dosage(directions([step])))
    repeat = dosage["timing"]["repeat"]
    assert (repeat.get("when"), repeat.get("offset")) == (coded or (None, None))
    assert "timeOfDay" not in repeat
    assert faults(dosage) == []
    assert read_fhir([dosage]).steps == (step,)


@pytest.mark.parametrize("given_list", [None, [], "1 tab", {}, 3])
def test_what_is_no_list_is_refused_by_name(given_list: object) -> None:
    assert read_fhir(given_list).questions == ("dosageInstruction: it is no list of Dosage.",)


def test_a_dosage_that_is_none_is_asked() -> None:
    assert "dosageInstruction" in read_fhir([GOOD, 3]).questions[0]


def test_a_text_alone_is_read_as_free_text() -> None:
    back = read_fhir([{"text": "1 tab po bid", "sequence": 1}])
    assert back == read_directions("1 tab po bid")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda kids: (
            st.lists(kids, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [*DOSAGE, *REPEAT, "repeat", "value", "unit", "code", "coding"]
                ),
                kids,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_no_json_of_anybody_breaks_the_reading(value: object) -> None:
    assert isinstance(read_fhir(value).questions, tuple)
    assert isinstance(read_fhir([value]).questions, tuple)


def test_every_code_has_a_source_and_codes_of_a_kind_lead_back() -> None:
    for kind in ("route", "verb", "unit", "span", "when", "script unit", "period"):
        table = codings(kind)
        assert all(row.cite and row.verified in {"V1", "V2"} for row in table.values())
        assert set(values(kind).values()) <= set(table)
    with pytest.raises(KeyError):
        codings("colour")
