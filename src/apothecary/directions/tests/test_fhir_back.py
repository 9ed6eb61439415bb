"""A FHIR R4 Dosage of somebody else: each element is understood or asked, none is dropped."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.directions.fhir_back import read_fhir
from apothecary.directions.reading import read_directions
from apothecary.directions.step import Step
from apothecary.directions.tests.test_fhir import DOSAGE, REPEAT

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
