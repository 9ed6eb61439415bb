"""The label in plain English: whole sentences, the verb that fits, nothing error-prone."""

import re
from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.directions.direction import Directions
from apothecary.directions.english import english, number
from apothecary.directions.step import Step
from apothecary.directions.tests.typed_values import SERIES, directions, with_timing
from apothecary.directions.timing import every, times_in

# Read with caution, printed never: ISMP's list in our own words, those that are whole words.
ERROR_PRONE = {
    *("u", "iu", "qd", "qod", "ms", "mso4", "mgso4", "ug", "cc", "ad", "as", "au", "od", "os"),
    *("ou", "bt", "d/c", "ij", "in", "hs", "qhs", "oj", "qn", "q1d", "sc", "sq", "ss", "ssri"),
    *("ssi", "i/d", "tiw", "biw", "bid", "tid", "qid", "po", "pr", "prn", "gtt", "tsp", "tbsp"),
}
# Words of English that are also on the list.
ENGLISH = {"as", "in"}


def step(
    dose: str = "1", unit: str = "tablet", verb: str = "take", route: str = "oral", to: str = ""
) -> Step:
    low, _, high = dose.partition("-")
    one = Step(
        verb=verb,
        dose_min=Decimal(low),
        dose_max=Decimal(high or low),
        dose_unit=unit,
        route=route,
        site=to,
    )
    return with_timing(one, times_in(1, 1, 1, "day"))


def but(one: Step, **changes: object) -> Step:
    fields: Mapping[str, object] = {name: getattr(one, name) for name in Step.__slots__}
    return Step(**{**fields, **changes})  # type: ignore[arg-type]  # fields by their name


def said(*steps: Step, directed: bool = False, notes: tuple[str, ...] = ()) -> str:
    return english(steps, as_directed=directed, notes=notes)


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (step(), "Take 1 tablet by mouth once daily."),
        (step("2"), "Take 2 tablets by mouth once daily."),
        (step("0.5"), "Take one-half tablet by mouth once daily."),
        (step("1.5"), "Take 1 and one-half tablets by mouth once daily."),
        (step("0.25-0.75"), "Take one-quarter to three-quarters tablet by mouth once daily."),
        (step("2.5", "mL"), "Take 2.5 mL by mouth once daily."),
        (step("0.5", "mL"), "Take 0.5 mL by mouth once daily."),
        (step("1000", "mL"), "Take 1,000 mL by mouth once daily."),
        (step("0.125", "mg"), "Take 0.125 mg by mouth once daily."),
        (step("2", "puff", "inhale", "inhalation"), "Inhale 2 puffs by mouth once daily."),
        (step("3", "mL", "inhale", "nebulization"), "Inhale 3 mL by nebulizer once daily."),
        (step("1", "drop", "instill", "ophthalmic", "both eyes"),
         "Put 1 drop into both eyes once daily."),
        (step("4", "drop", "instill", "otic", "left ear"),
         "Put 4 drops into the left ear once daily."),
        (step("2", "spray", "use", "nasal", "each nostril"),
         "Use 2 sprays into each nostril once daily."),
        (step("1", "patch", "apply", "transdermal"), "Apply 1 patch to the skin once daily."),
        (step("1", "patch", "apply", "topical"),
         "Apply 1 patch on the skin surface once daily."),
        (step("1", "application", "apply", "topical", "face, neck and both feet"),
         "Apply 1 application to the face, the neck and both feet once daily."),
        (step("2", "g", "apply", "topical", "right knee"),
         "Apply 2 g to the right knee once daily."),
        (step("2", "g", "apply", "topical", "both feet"),
         "Apply 2 g to both feet once daily."),
        (step("10", "unit", "inject", "subcutaneous"),
         "Inject 10 units under the skin once daily."),
        (step("10", "unit", "inject", "subcutaneous", "abdomen"),
         "Inject 10 units in the abdomen once daily."),
        (step("1", "mL", "inject", "intramuscular"), "Inject 1 mL into a muscle once daily."),
        (step("1", "suppository", "insert", "rectal"),
         "Insert 1 suppository into the rectum once daily."),
        (step("2", "suppository", "insert", "vaginal"),
         "Insert 2 suppositories into the vagina once daily."),
        (step("1", "tablet", "place", "sublingual"),
         "Place 1 tablet under the tongue once daily."),
        (step("1", "tablet", "chew"), "Chew 1 tablet by mouth once daily."),
        (step("1", "film", "dissolve", "buccal"),
         "Dissolve 1 film inside the cheek once daily."),
        (step("30", "mL", "give", "gastrostomy tube"),
         "Give 30 mL by gastrostomy tube once daily."),
    ],
)  # fmt: skip
def test_the_verb_and_the_place_fit_the_form_and_the_way(one: Step, text: str) -> None:
    assert said(one) == text


@pytest.mark.parametrize(
    ("one", "ending"),
    [
        (with_timing(step(), times_in(2, 2, 1, "day")), "twice daily."),
        (with_timing(step(), times_in(3, 4, 1, "day")), "3 to 4 times daily."),
        (with_timing(step(), times_in(1, 1, 1, "week")), "once a week."),
        (with_timing(step(), times_in(1, 1, 2, "day")), "every other day."),
        (with_timing(step(), times_in(1, 1, 3, "day")), "every 3 days."),
        (with_timing(step(), times_in(3, 3, 2, "week")), "3 times every 2 weeks."),
        (with_timing(step(), every(6, 6, "hour")), "every 6 hours."),
        (with_timing(step(), every(1, 1, "hour")), "every 1 hour."),
        (with_timing(step(), every(4, 6, "hour")), "every 4 to 6 hours."),
        (but(step(), when=("at bedtime",)), "once daily at bedtime."),
        (but(step(), when=("in the morning", "with breakfast")),
         "once daily in the morning with breakfast."),
        (but(with_timing(step(), times_in(2, 2, 1, "day")), when=("at 8 AM", "at 8:30 PM")),
         "twice daily at 8 AM and at 8:30 PM."),
        (but(step(), when=("with food", "with water")), "once daily with food and with water."),
        (but(with_timing(step(), times_in(2, 2, 1, "week")), weekdays=("Monday", "Friday")),
         "by mouth on Monday and Friday."),
        (but(step(), duration=1, duration_unit="day"), "once daily for 1 day."),
        (but(step(), duration=10, duration_unit="day"), "once daily for 10 days."),
        (but(step(), doses=3), "once daily for 3 doses."),
        (but(step(), doses=3, as_needed=True), "once daily as needed up to 3 doses."),
        (but(step(), as_needed=True, as_needed_for="pain"), "once daily as needed for pain."),
        (but(step(), purpose="blood pressure"), "once daily for blood pressure."),
        (but(step(), max_per_day=Decimal(8), max_per_day_unit="tablet"),
         "Do not use more than 8 tablets a day."),
        (but(step(), limit=Decimal(3), limit_unit="tablet", limit_span=1,
             limit_span_unit="week"), "Do not use more than 3 tablets in 1 week."),
        (but(step(), limit=Decimal(1), limit_unit="tablet", limit_span=2,
             limit_span_unit="month"), "Do not use more than 1 tablet in 2 months."),
        (but(step(), repeat_after_min=2, repeat_after_max=2, repeat_unit="hour", repeats=1),
         "You may repeat once after 2 hours if needed."),
        (but(step(), repeat_after_min=1, repeat_after_max=1, repeat_unit="hour"),
         "You may repeat after 1 hour if needed."),
        (but(step(), repeat_after_min=5, repeat_after_max=10, repeat_unit="minute",
             repeats=2), "You may repeat every 5 to 10 minutes if needed, up to 2 more times."),
    ],
)  # fmt: skip
def test_how_often_how_long_and_how_much_at_most(one: Step, ending: str) -> None:
    assert said(one).endswith(ending)


def test_a_single_dose_and_the_step_that_follows() -> None:
    first = but(step("2"), once=True, times_min=None, times_max=None, period_min=None,
                period_max=None, period_unit="")  # fmt: skip
    assert said(first, but(step(), then=True)) == (
        "Take 2 tablets by mouth one time only. Then take 1 tablet by mouth once daily."
    )
    assert said(step(), step("2")) == (
        "Take 1 tablet by mouth once daily. Take 2 tablets by mouth once daily."
    )


def test_as_directed_and_notes_come_last() -> None:
    assert said(directed=True) == "Use as directed."
    assert said(step(), directed=True, notes=("shake well", "keep cold.")) == (
        "Take 1 tablet by mouth once daily. Follow the prescriber's directions. "
        "Note: shake well. Note: keep cold."
    )
    assert said() == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [("1.0", "1"), (".5", "0.5"), ("0.50", "0.5"), ("10", "10"), ("100", "100"),
     ("1000", "1,000"), ("1000000", "1,000,000"), ("2.250", "2.25"), ("1E+2", "100")],
)  # fmt: skip
def test_a_number_has_a_leading_zero_and_never_a_trailing_one(value: str, text: str) -> None:
    assert number(Decimal(value)) == text


@given(st.decimals(min_value="0.0001", max_value="99999", places=4))
def test_no_number_can_be_read_ten_times_too_much(value: Decimal) -> None:
    text = number(value)
    assert not re.search(r"(?<!\d)\.\d|\.\d*0$|\.$", text)
    assert Decimal(text.replace(",", "")) == value


@given(SERIES)
def test_every_label_is_made_of_whole_sentences_without_error_prone_words(
    whole: Directions,
) -> None:
    text = whole.english()
    assert text.endswith(".")
    assert all(part[0].isupper() for part in re.split(r"(?<=[a-z])\. ", text))
    words = {word.strip(".,").casefold() for word in text.split()}
    assert not words & (ERROR_PRONE - ENGLISH)
    assert not re.search(r"(?<!\d)\.\d|\d\.0+\b|[&@+<>]|  ", text)


SIMPLE = [
    step(),
    with_timing(step("2", "capsule"), times_in(3, 3, 1, "day")),
    but(with_timing(step("1-2"), every(4, 6, "hour")), as_needed=True, as_needed_for="pain",
        max_per_day=Decimal(8), max_per_day_unit="tablet"),
    with_timing(step("2", "puff", "inhale", "inhalation"), every(6, 6, "hour")),
    with_timing(step("1", "drop", "instill", "ophthalmic", "both eyes"),
                times_in(2, 2, 1, "day")),
    but(step("10", "unit", "inject", "subcutaneous"), when=("at bedtime",)),
    but(step("5", "mL"), when=("in the morning", "with breakfast"), duration=10,
        duration_unit="day"),
    but(step("1", "patch", "apply", "topical"), when=("12 hours on and 12 hours off",)),
    but(step("2", "g", "apply", "topical", "affected area"), when=("in a thin layer",)),
    but(with_timing(step("2", "spray", "use", "nasal", "each nostril"),
                    times_in(1, 1, 1, "day")), purpose="allergies"),
]  # fmt: skip


def grade(text: str) -> Decimal:
    """The school grade of Flesch and Kincaid, syllables as runs of vowels."""
    words = re.findall(r"[A-Za-z]+", text)
    sentences = max(1, len(re.findall(r"\.(?:\s|$)", text)))
    syllables = sum(
        max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word.casefold()))))
        for word in words
    )
    ratio = Decimal(len(words)) / sentences
    return Decimal("0.39") * ratio + Decimal("11.8") * syllables / len(words) - Decimal("15.59")


def test_common_directions_can_be_read_in_the_sixth_year_of_school() -> None:
    grades = [grade(directions([one]).english()) for one in SIMPLE]
    # A grade of 6.9 is still the sixth year; one "capsule" or "allergies" costs a whole year.
    assert max(grades) < Decimal(7)
    assert sum(grades) / len(grades) < Decimal(5)
