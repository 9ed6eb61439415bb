"""Strength and directions as they are written, read into facts or left out, never guessed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.screening.rules.tables import tables
from apothecary.screening.strengths import contents_of, dose_matters, one_content, use_of


@pytest.mark.parametrize(
    ("text", "amount", "unit", "per"),
    [
        ("10 mg", "10", "mg", "each"),
        ("0.5 mg", "0.5", "mg", "each"),
        ("50 mcg", "0.05", "mg", "each"),
        ("1 g", "1000", "mg", "each"),
        ("1,000 mg", "1000", "mg", "each"),
        ("400 mg/5 mL", "80", "mg", "mL"),
        ("2 mg/mL", "2", "mg", "mL"),
        ("25 mcg/h", "25", "mcg/h", "each"),
        ("0.1 mg/24 h", "4.166666666666666666666666667", "mcg/h", "each"),
    ],
)
def test_a_strength_is_so_much_in_each_or_in_a_ml(text, amount, unit, per):
    content = one_content("drug", text)
    assert content is not None
    assert (content.amount, content.unit, content.per) == (Decimal(amount), unit, per)


@pytest.mark.parametrize(
    "text", ["", "10", "mg", "100 unit/mL", "20 mEq", "0.05 %", "10 mg/g", "0 mg", "5 mg/0 mL"]
)
def test_what_is_no_weight_in_something_countable_is_left_out(text):
    assert one_content("drug", text) is None


@pytest.mark.parametrize(
    ("ingredients", "strength", "amounts"),
    [
        (("acetaminophen", "hydrocodone"), "325 mg / 5 mg", {"325", "5"}),
        (("amphetamine",), "5 mg / 5 mg", {"5"}),
        (("a", "b"), "325 mg", set()),
        (("a",), "", set()),
        (("a", "b"), "325 mg / some", set()),
        (("a", "b", "c"), "1 mg / 2 mg", set()),
    ],
)
def test_a_combination_is_read_whole_or_not_at_all(ingredients, strength, amounts):
    found = contents_of(ingredients, strength)
    assert {f"{each.amount.normalize():f}" for each in found} == amounts


@pytest.mark.parametrize(
    ("text", "a_day", "unit", "days"),
    [
        ("Take 1 tablet by mouth once daily.", "1", "tablet", 7),
        ("Take 1 to 2 tablets every 6 hours as needed for pain.", "8", "tablet", 7),
        ("take 2 tabs q4h prn pain, max 8 tablets per day", "8", "tablet", 7),
        ("Take 1/2 tablet twice daily", "1", "tablet", 7),
    ],
)
def test_directions_say_the_most_of_a_day(text, a_day, unit, days):
    use = use_of(text, "tablet", "drug 10 mg")
    assert (use.a_day, use.unit, use.days_a_week) == (Decimal(a_day), unit, days)
    assert use.asked == ()


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Take 6 tablets by mouth once weekly on Monday.", 1),
        ("Take 1 tablet on Monday and Thursday.", 2),
        ("Take 1 tablet every other day.", 4),
        ("Take 1 tablet by mouth every 3 days.", 3),
        ("Take 1 tablet by mouth once monthly.", 1),
        ("Take 1 tablet by mouth once daily.", 7),
    ],
)
def test_directions_say_on_how_many_days_of_the_week(text, days):
    assert use_of(text, "tablet", "drug 10 mg").days_a_week == days


@pytest.mark.parametrize("text", ["use as directed", "take some", "once in a while"])
def test_what_directions_leave_open_is_asked_and_no_dose_is_given(text):
    use = use_of(text, "tablet", "drug 10 mg")
    assert use.a_day is None
    assert use.asked


def test_no_directions_are_no_question():
    use = use_of("  ", "tablet", "drug")
    assert (use.a_day, use.asked) == (None, ())


def test_directions_are_read_only_where_a_rule_asks_for_the_dose():
    assert dose_matters(["acetaminophen"])
    assert dose_matters(["lactose", "oxycodone"])
    assert not dose_matters(["latanoprost"])
    assert not dose_matters([])
    assert set(tables().factors) <= {key for key in tables().factors if dose_matters([key])}


@given(
    amount=st.decimals(min_value="0.001", max_value=5000, places=3),
    unit=st.sampled_from(["mg", "mcg", "g"]),
)
def test_a_printed_strength_reads_back_as_the_same_weight(amount: Decimal, unit: str):
    content = one_content("drug", f"{amount.normalize():f} {unit}")
    assert content is not None
    factor = {"mg": Decimal(1), "mcg": Decimal("0.001"), "g": Decimal(1000)}[unit]
    assert content.amount == amount * factor
