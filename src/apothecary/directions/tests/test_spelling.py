"""The many spellings of one thing, and what they are made into."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.directions.spelling import _EVEN, even, split


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("q6h", "every 6 hours"),
        ("Q 6 HRS", "every 6 hours"),
        ("q4-6h", "every 4 to 6 hours"),
        ("q4h-q6h", "every 4 to 6 hours"),
        ("q8hprn", "every 8 hours prn"),
        ("q12hx10", "every 12 hours x 10"),
        ("poq8h", "po every 8 hours"),
        ("q2wk", "every 2 weeks"),
        ("q3mo", "every 3 months"),
        ("q5min", "every 5 minutes"),
        ("b.i.d.", "bid"),
        ("p.o.", "po"),
        ("1½", "1 1/2"),
        ("1-1/2", "1 1/2"),
        ("1–2", "1 to 2"),
        ("1,000", "1000"),
        ("5mL", "5 ml"),
        ("T1T", "1 tablet"),
        ("1tpobid", "1 tablet pobid"),
        ("1c po", "1 capsule po"),
        ("2p inh", "2 puff inh"),
        ("3x/day", "3 times daily"),
        ("2x weekly", "2 times weekly"),
        ("bidx10", "bid x 10"),
        ("max 8/24h", "max 8 /day"),
        ("tabs/24 hrs", "tabs /day"),
        ("4-6/10", "4 to 6"),
        ("2nd", "2th"),
        ("10 mg/kg", "10 per-kg"),
        ("250 mg/5 mL", "strength:250·mg/5·ml"),
        ("25 mcg/hr", "strength:25·mcg/hr"),
        ("4 g/24 hours", "4 g /day"),
        ("2.5%", "strength:2.5·%"),
        ("in 4-8 oz of water", "mixed:4_to_8_ounces_of_water"),
        ("mix with 8 oz water", "mixed:8_ounces_of_water"),
        ("with 8 oz water", "with 8 oz water"),
        ("at 8 am", "§0800"),
        ("8:30pm", "§2030"),
        ("at 0800 and 2000", "§0800 and §2000"),
        ("at 8 am, 2 pm and 8 pm", "§0800 , §1400 and §2000"),
        ("12am", "§0000"),
        ("at noon", "at noon"),
        ("2 am 1 pm", "2 o'clock am 1 o'clock pm"),
        ("20 pm", "20 pm"),
        ("0.0625 mg", "0.0625 mg"),
        ("1000 mg", "1000 mg"),
        ("a&nbsp;b", "a b"),
        ("a<br/>b", "a b"),
        ("１", "1"),
        ("50 µg", "50 ug"),
    ],
)
def test_a_spelling_is_made_even(typed: str, words: str) -> None:
    assert " ".join(split(typed)) == words


@pytest.mark.parametrize("text", ["1" * 900, "q" * 900, "(" * 900, "1-" * 450, "at 8 am " * 99])
def test_the_longest_texts_stay_short_enough(text: str) -> None:
    assert len(even(text)) < 12 * len(text)


@given(st.text("0123456789abcdhinopqstvxy .,;:()/-%*'", max_size=40))
def test_no_rule_is_passed_over_that_would_change_a_text(text: str) -> None:
    for sign, pattern, simple in _EVEN:
        assert sign in text or pattern.sub(simple, text) == text
