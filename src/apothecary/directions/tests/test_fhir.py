"""Directions as FHIR R4 Dosage, and back."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

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


def test_every_code_has_a_source_and_codes_of_a_kind_lead_back() -> None:
    for kind in ("route", "verb", "unit", "span", "when", "script unit", "period"):
        table = codings(kind)
        assert all(row.cite and row.verified in {"V1", "V2"} for row in table.values())
        assert set(values(kind).values()) <= set(table)
    with pytest.raises(KeyError):
        codings("colour")
