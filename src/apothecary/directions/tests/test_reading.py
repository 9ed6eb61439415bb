import csv
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.directions.reading import expand, read_directions
from apothecary.directions.words import sig_codes

with (Path(__file__).parent / "directions.csv").open(encoding="utf-8", newline="") as file:
    TABLE = list(csv.DictReader(file))
CERTAIN = [row for row in TABLE if row["certain"] == "yes"]


@pytest.mark.parametrize("row", TABLE, ids=[row["sig"] for row in TABLE])
def test_a_direction_is_read_as_the_table_says(row: dict[str, str]) -> None:
    directions = read_directions(row["sig"], form=row["form"])
    found = directions.as_json()
    said = {
        "certain": "yes" if directions.certain else "no",
        "quantity_per_day": _text(found["quantity_per_day"]),
        "max_per_day": _text(found["max_quantity_per_day"]),
    }
    assert {key: row[key] for key in said} == said


def _text(value: object) -> str:
    return "" if value is None else str(value)


def test_the_table_is_large_and_holds_what_must_be_asked() -> None:
    assert len(TABLE) >= 200
    assert len(TABLE) - len(CERTAIN) >= 30


@pytest.mark.parametrize("row", CERTAIN, ids=[row["sig"] for row in CERTAIN])
def test_the_label_reads_back_as_the_same_direction(row: dict[str, str]) -> None:
    first = read_directions(row["sig"], form=row["form"])
    again = read_directions(first.english(), form=row["form"])
    assert again.certain
    assert again.english() == first.english()
    assert again.quantity_per_day() == first.quantity_per_day()
    assert again.max_quantity_per_day() == first.max_quantity_per_day()


@pytest.mark.parametrize("row", CERTAIN, ids=[row["sig"] for row in CERTAIN])
def test_one_word_that_is_not_understood_ends_all_certainty(row: dict[str, str]) -> None:
    directions = read_directions(f"{row['sig']}. zzyzx", form=row["form"])
    assert not directions.certain
    assert any("zzyzx" in question for question in directions.questions)
    assert directions.quantity_per_day() is None
    assert directions.max_quantity_per_day() is None


def test_no_error_prone_abbreviation_is_ever_printed() -> None:
    codes = {c.word.phrase.casefold() for c in sig_codes() if c.word.error_prone}
    # These are also words; here they may only stand as English words.
    codes -= {"as", "in", "d", "i", "g", "it", "m", "l"}
    assert {"qd", "qod", "u", "hs", "sc", "od", "cc"} <= codes
    for row in CERTAIN:
        said = read_directions(row["sig"], form=row["form"]).english()
        words = set(re.findall(r"[a-z&/.]+", said.casefold().rstrip(".")))
        assert not words & codes, said
        assert not re.search(r"\d\.0\b|(?<!\d)\.\d", said)


@pytest.mark.parametrize(
    ("sig", "question"),
    [
        ("Take 1 tablet by mouth", "How often is it taken?"),
        ("Take tablets by mouth daily", "How much is one dose?"),
        ("Take 1 by mouth daily", "The dose has no unit: of what?"),
        ("1 drop daily", "The drops go where: eye, ear or mouth?"),
        ("1 tab po bid q8h", "Two different frequencies are named: which one is meant?"),
        ("1 tab po daily for 5 days for 7 days", "For how long: 5 days or 7 days?"),
        ("1 tab po pr daily", "Two routes are named: oral and rectal."),
        ("1 tablet 5 mL by mouth daily", "Two doses are named: 1 and 5."),
        ("1 tab po once bid", "One time only, or repeated?"),
        ("1 tab po bid once", "One time only, or repeated?"),
        ("1 tab po q6h max 3 tablets per day", "The dose and frequency come to more than"),
        ("1 tab po prn pain max 4", "Is 4 the most for one day?"),
        ("1 tab po tid max 4/day max 6/day", "Two maximums are named: 4 and 6."),
        ("take 1 tab 1.5 times a day", "'1.5' is not a whole number"),
        ("1 tab po with each meal", "How many times a day? 3 is usual with meals"),
        ("take 1 tablet once at bedtime", "Once at bedtime: every day, or one time only?"),
        ("1 tab daily on days 2-5", "Day 2 does not follow day 0."),
        ("1 tab on Monday and Friday twice daily", "How often a week, and on which days?"),
        ("1 tablet by mouth twice", "Twice in what time?"),
        ("1 tablet by mouth 3 times", "3 times in what time?"),
        ("1 tablet by mouth daily x 3", "What does 'x 3' mean?"),
        ("Take and insert 1 tablet daily", "Take or insert?"),
        ("1 drop right eye left eye daily", "Which one: right eye or left eye?"),
        ("1 tab od", "Does 'OD' mean an eye or ear, or something else?"),
        ("1 drop OD OD", "What does 'od' mean?"),
        ("1 tab qd pain scale 7-10", "What does '7 to 10' mean?"),
        ("1 tab q6h prn pain, may take 2 at bedtime", "What does 'may take' mean?"),
        ("1 tab q6h prn pain do not exercise", "What is not to be done?"),
        ("1 tab q6h prn if dizzy", "Under which condition is it taken"),
        ("1 tab daily as needed or at bedtime", "What does 'or' mean?"),
        ("1 tab qd for 1.5 doses", "'1.5' is not a whole number"),
        ("1 tab on day 1.5", "'1.5' is not a whole number"),
        ("-1 tablet daily", "What does '-' mean?"),
        ("0 tablets daily", "A dose of 0 to 0 is not possible."),
        ("", "No direction was understood."),
        ("as directed", "How much is taken, how, and how often at most?"),
        ("Take 1 tablet daily. Inject 1 tablet", "inject"),
        ("1 tab po every 1.5 hours", "'1.5' is not a whole number"),
        ("1 tab po every 1.5 to 2 hours", "'1.5' is not a whole number"),
        ("1 tab po 2 times every 1.5 days", "How often is it taken?"),
        ("1 tab po daily 2 hours with food", "What does '2 hours' mean?"),
        ("1 tab po daily, then 2 tabs daily", "When does the next step begin?"),
        ("1 tab po for 12 hours daily", "What does 'for 12 hours' mean?"),
        ("1 tab po every 6-4 hours", "6 to 4 is not a range."),
        ("1 tab po bid except Sunday", "Which days of the week, if not Sunday?"),
        ("apply to acne daily, not to exceed 24 per day", "At most 24 a day: of what?"),
        ("1 tab po weekdays to Sunday", "weekdays to sunday: which days are meant?"),
    ],
)
def test_what_is_missing_or_contradicts_itself_becomes_a_question(
    sig: str, question: str
) -> None:
    directions = read_directions(sig)
    assert not directions.certain
    assert any(question in asked for asked in directions.questions), directions.questions
    assert directions.quantity_per_day() is None


@pytest.mark.parametrize(
    ("sig", "said"),
    [
        ("1 tab q6h prn, for pain", "Take 1 tablet by mouth every 6 hours as needed for pain."),
        ("1 tab hs at bedtime", "Take 1 tablet by mouth once daily at bedtime."),
        ("1 tab on monday mon", "Take 1 tablet by mouth on Monday."),
        ("inhale 3 mL po bid", "Inhale 3 mL by mouth twice daily."),
        ("3 mL by nebulizer po bid", "Inhale 3 mL by nebulizer twice daily."),
        ("2 tabs po for 1 dose", "Take 2 tablets by mouth one time only."),
        ("1 tab q6h prn pain or headache", "Take 1 tablet by mouth every 6 hours as needed for "
         "pain or headache."),
        ("1 tab bid prn leg cramps", "Take 1 tablet by mouth twice daily as needed for "
         "leg cramps."),
        ("1 tab prn q6h for pain", "Take 1 tablet by mouth every 6 hours as needed for pain."),
    ],
)  # fmt: skip
def test_what_is_said_twice_or_apart_is_said_once(sig: str, said: str) -> None:
    directions = read_directions(sig)
    assert directions.certain, directions.questions
    assert directions.english() == said


@pytest.mark.parametrize(
    ("sig", "most"),
    [
        ("2 tabs stat then 1 tab q6h", 6),
        ("2 tabs now then 1 tab after each loose stool, max 8 tablets per day", 8),
        ("4 tabs qd x 3 days then 1 tab bid x 3 days", 4),
        ("1 tab bid x 3 days then 1 tab qid x 3 days", 4),
        ("2 tabs po once", 2),
        ("1 tab po qmo", None),
        ("2 tabs po once then 1 tab po qmo", None),
    ],
)
def test_the_most_of_a_day_counts_a_single_first_dose_with_what_follows(
    sig: str, most: int | None
) -> None:
    directions = read_directions(sig)
    assert directions.certain
    assert directions.quantity_per_day() is None
    assert directions.max_quantity_per_day() == most


def test_od_is_the_right_eye_only_where_drops_or_the_form_say_so() -> None:
    assert read_directions("1 gtt od bid").certain
    assert read_directions("apply od bid", form="ophthalmic ointment").certain
    assert not read_directions("1 tab po od").certain


@pytest.mark.parametrize(
    ("form", "unit"),
    [
        ("TABLET, FILM COATED", "tablet"),
        ("Capsule", "capsule"),
        ("Rectal Suppository", "suppository"),
    ],
)
def test_a_dose_without_unit_is_counted_in_the_form(form: str, unit: str) -> None:
    directions = read_directions("1 bid po", form=form)
    assert directions.steps[0].dose_unit == unit


def test_drops_go_where_the_form_says() -> None:
    assert read_directions("2 drops bid", form="Otic Solution").steps[0].route == "otic"
    assert (
        read_directions("1 drop bid", form="ophthalmic solution").steps[0].route == "ophthalmic"
    )


def test_the_drugs_own_name_in_the_text_is_no_direction() -> None:
    sig = "Take two tablets of ibuprofen 3 times every week"
    alone = read_directions(sig)
    assert alone.certain
    assert alone.notes == ("ibuprofen",)
    known = read_directions(sig, drug="Ibuprofen 200 mg tablet")
    assert known.certain
    assert known.notes == ()
    assert known.as_json()["quantity_per_day"] == 0.8571
    other = read_directions(sig, drug="Naproxen 250 mg tablet")
    assert [q for q in other.questions if "ibuprofen" in q and "Naproxen" in q]


def test_the_step_carries_every_field_of_the_contract() -> None:
    directions = read_directions(
        "Take 1-2 tablets by mouth 3-4 times daily with meals for 10 days as needed for pain. "
        "Max 8 tablets per day."
    )
    assert directions.as_json()["steps"] == [
        {
            "dose_min": 1,
            "dose_max": 2,
            "dose_unit": "tablet",
            "route": "oral",
            "times_min": 3,
            "times_max": 4,
            "period_min": 1,
            "period_max": 1,
            "period_unit": "day",
            "when": ["with meals"],
            "duration": 10,
            "duration_unit": "day",
            "as_needed": True,
            "as_needed_for": "pain",
            "max_per_day": 8,
            "max_per_day_unit": "tablet",
        }
    ]
    assert directions.as_json()["quantity_per_day"] is None
    assert directions.as_json()["max_quantity_per_day"] == 8


@pytest.mark.parametrize(
    ("sig", "times", "period", "unit"),
    [
        ("1 tab po every 6 hours", (4, 4), (1, 1), "day"),
        ("1 tab po every 72 hours", (1, 1), (3, 3), "day"),
        ("1 tab po q4-6h", (4, 6), (1, 1), "day"),
        ("1 tab po q36h", (2, 2), (3, 3), "day"),
        ("1 tab po q72-96h", (1, 1), (3, 4), "day"),
        ("1 tab po q4-5h", (1, 1), (4, 5), "hour"),
        ("1 tab po every other day", (1, 1), (2, 2), "day"),
        ("1 tab po hourly", (24, 24), (1, 1), "day"),
        ("1 tab po 3 times every 2 weeks", (3, 3), (2, 2), "week"),
        ("1 tab po every 2 to 3 days", (1, 1), (2, 3), "day"),
        ("1 tab po once or twice daily", (1, 2), (1, 1), "day"),
        ("1 tab po q5min", (1, 1), (5, 5), "minute"),
        ("1 tab po on tue and thu", (2, 2), (1, 1), "week"),
    ],
)
def test_an_interval_is_times_in_a_period(
    sig: str, times: tuple[int, int], period: tuple[int, int], unit: str
) -> None:
    step = read_directions(sig).steps[0]
    assert (step.times_min, step.times_max) == times
    assert (step.period_min, step.period_max) == period
    assert step.period_unit == unit


@pytest.mark.parametrize(
    ("code", "language", "said"),
    [
        ("1 tab po bid", "english", "Take 1 tablet by mouth twice daily."),
        ("1 tab po bid", "spanish", "Tome 1 tableta por la boca 2 veces al día."),
        ("2 gtts ou qhs", "english", "Put 2 drops into both eyes once daily at bedtime."),
        ("aaa tid", "english", "Apply to the affected area 3 times daily."),
        ("1 supp pr qd", "english", "Insert 1 suppository into the rectum once daily."),
        ("10 u sc qam", "english", "Inject 10 units under the skin once daily in the morning."),
        ("3 ml neb q6h", "english", "Inhale 3 mL by nebulizer every 6 hours."),
    ],
)
def test_a_code_expands_with_the_verb_right_for_form_and_route(
    code: str, language: str, said: str
) -> None:
    assert expand(code, language=language) == said


def test_a_language_nobody_speaks_here_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="language: 'klingon'"):
        expand("1 tab po bid", language="klingon")


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *("take", "1", "2", "0", "1/2", "1/0", "tablet", "tablets", "mL", "po", "by"),
                *("mouth", "every", "6", "hours", "bid", "qd", "x", "for", "days", "then"),
                *("and", ",", ".", "(", ")", "-", "max", "per", "day", "prn", "pain", "od"),
                *("monday", "once", "twice", "times", "up", "to", "u", "q", "q6h", "4-6"),
                *("with", "meals", "on", "#", "/", "½", "9999999999999999999999"),
            ]
        ),
        st.text(max_size=6),
    ),
    max_size=14,
)


@given(PIECES)
def test_whatever_is_typed_is_answered_and_never_fails(pieces: list[str]) -> None:
    directions = read_directions(" ".join(pieces))
    found = json.loads(json.dumps(directions.as_json()))
    assert found["certain"] is (not found["questions"])
    assert found["certain"] or found["quantity_per_day"] is None
    assert found["certain"] or found["max_quantity_per_day"] is None
