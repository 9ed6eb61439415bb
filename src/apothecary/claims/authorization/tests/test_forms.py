"""What the page of an authorization posts is typed values, or a refusal naming the field."""

from datetime import date
from decimal import Decimal

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from apothecary.claims.authorization.forms import (
    answers_in,
    day_in,
    decision_in,
    quantity_in,
    way_in,
)
from apothecary.claims.authorization.rules import Decision, decision_problems
from apothecary.claims.authorization.states import Way
from apothecary.law.problem import Refused


def posted(**fields: str | list[str]) -> QueryDict:
    """A form as the browser sends it; a list is a field that is there several times."""
    post = QueryDict(mutable=True)
    for name, value in fields.items():
        post.setlist(name, value if isinstance(value, list) else [value])
    return post


@pytest.mark.parametrize("way", Way)
def test_each_way_of_asking_is_taken_by_its_word(way):
    assert way_in(posted(way=way.value)) is way


@pytest.mark.parametrize("said", ["", "letter", "EPA", " line"])
def test_no_way_of_asking_is_supposed(said):
    with pytest.raises(Refused) as caught:
        way_in(posted(way=said))
    assert [one.field for one in caught.value.problems] == ["way"]


def test_answers_are_those_of_the_questions_alone_without_blanks():
    post = posted(told_by="Dana", send="1")
    post.setlist("q-1", [" 1A ", "", "1B"])
    post.setlist("q-2", ["   "])
    assert answers_in(post) == {"1": ("1A", "1B"), "2": ()}


@pytest.mark.parametrize("decided", ["", "maybe", "Yes", "yes "])
def test_whether_the_payer_agreed_is_never_guessed(decided):
    with pytest.raises(Refused) as caught:
        decision_in(posted(decided=decided, number="PH1", because="Kim"))
    assert [one.field for one in caught.value.problems] == ["decided"]


def test_a_decision_is_taken_as_typed_with_its_days_and_its_limit():
    post = posted(
        decided="yes",
        number=" PH1 ",
        from_on="2026-11-23",
        until_on="2027-11-22",
        quantity=" 180.5 ",
        because="Kim, by phone",
    )
    assert decision_in(post) == Decision(
        approved=True,
        number="PH1",
        from_on=date(2026, 11, 23),
        until_on=date(2027, 11, 22),
        quantity=Decimal("180.5"),
        because="Kim, by phone",
    )


def test_a_decision_without_days_or_limit_has_none():
    assert decision_in(posted(decided="no", because="letter")) == Decision(
        approved=False, because="letter"
    )


@given(st.dates())
def test_a_day_of_the_browser_reads_back(day):
    assert day_in(posted(from_on=day.isoformat()), "from_on") == day


@pytest.mark.parametrize("text", ["2026-02-29", "2026-13-01", "11/23/2026", "today", " "])
def test_what_is_no_day_is_refused_at_its_field(text):
    with pytest.raises(Refused, match="is not a day") as caught:
        day_in(posted(until_on=text), "until_on")
    assert [one.field for one in caught.value.problems] == ["until_on"]


@given(st.decimals("0", "1000000", places=3))
def test_a_quantity_to_the_thousandth_reads_back(quantity):
    assert quantity_in(posted(quantity=f"{quantity:f}")) == quantity


@pytest.mark.parametrize("text", ["1000000.001", "1000001", "0.0001", "1E+7", "NaN", "sNaN",
                                  "Infinity", "-Infinity", "-1E+30", "-1E+999", "1E-30",
                                  "sixty", "1,000", "6 0"])  # fmt: skip
def test_what_no_grant_could_be_is_refused_at_the_quantity(text):
    with pytest.raises(Refused, match="is no quantity") as caught:
        quantity_in(posted(quantity=text))
    assert [one.field for one in caught.value.problems] == ["quantity"]


@pytest.mark.parametrize("text", ["0", "-0.5", "-1000000"])
def test_a_quantity_not_above_zero_is_refused_by_the_rule_of_the_decision(text):
    said = decision_in(posted(decided="yes", number="PH1", because="Kim", quantity=text))
    assert [one.field for one in decision_problems(said)] == ["quantity"]
