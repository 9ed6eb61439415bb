"""What the pages of payers post is a card or an order of cards, or a refusal at its field."""

from datetime import date

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from apothecary.claims.payers.forms import card_in, day_or_none, order_in
from apothecary.law.problem import Refused
from apothecary.patients.cards import Card
from apothecary.patients.models import CoverageKind


def posted(fields: dict[str, str]) -> QueryDict:
    """A form as the browser sends it."""
    post = QueryDict(mutable=True)
    for name, value in fields.items():
        post[name] = value
    return post


def test_a_card_is_taken_as_typed_without_the_blanks_around():
    typed = {
        "plan_name": " Caprock ",
        "bin": " 999996",
        "cardholder_id": "CR1 ",
        "pcn": "TESTADV",
        "group": "CAP200",
        "person_code": "02",
        "relationship": "2",
        "starts_on": "2026-01-01",
        "ends_on": " 2026-12-31 ",
    }
    assert card_in(posted(typed)) == Card(
        plan_name="Caprock",
        bin="999996",
        cardholder_id="CR1",
        pcn="TESTADV",
        group="CAP200",
        person_code="02",
        relationship="2",
        kind=CoverageKind.COMMERCIAL.value,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
    )


def test_a_card_nobody_described_further_is_the_cardholders_of_a_commercial_plan():
    card = card_in(posted({"bin": "999996"}))
    assert (card.relationship, card.kind) == ("1", CoverageKind.COMMERCIAL.value)
    assert (card.starts_on, card.ends_on, card.injured_on) == (None, None, None)


@given(st.dates())
def test_a_day_of_a_card_reads_back(day):
    assert day_or_none(posted({"ends_on": day.isoformat()}), "ends_on") == day


@pytest.mark.parametrize("name", ["starts_on", "ends_on", "injured_on"])
@pytest.mark.parametrize("text", ["2027-02-29", "12/31/2026", "soon"])
def test_what_is_no_day_is_refused_at_its_own_field(name, text):
    with pytest.raises(Refused, match="is not a day") as caught:
        card_in(posted({"bin": "999996", name: text}))
    assert [one.field for one in caught.value.problems] == [name]


@given(st.lists(st.integers(1, 10**18 - 1), max_size=9, unique=True), st.randoms())
def test_cards_come_in_the_order_of_their_places_however_the_form_lists_them(cards, chance):
    fields = [(f"card-{card}", f"{place}") for place, card in enumerate(cards, 1)]
    chance.shuffle(fields)
    assert order_in(posted(dict(fields))) == cards


def test_an_empty_place_leaves_a_card_out_and_gaps_close():
    assert order_in(posted({"card-7": "9", "card-8": " ", "card-9": " 2 "})) == [9, 7]


@pytest.mark.parametrize("place", ["0", "10", "-1", "1.0", "first", "²", "٣", "01", "9" * 5000])
def test_a_place_that_is_none_is_refused_at_its_card(place):
    with pytest.raises(Refused, match="is no place in the order") as caught:
        order_in(posted({"card-7": place}))
    assert [one.field for one in caught.value.problems] == ["card-7"]


def test_two_cards_on_one_place_are_refused_at_the_second():
    with pytest.raises(Refused, match="Two cards have the place 1") as caught:
        order_in(posted({"card-7": "1", "card-8": "1"}))
    assert [one.field for one in caught.value.problems] == ["card-8"]


@pytest.mark.parametrize(
    "name",
    ["card", "card-", "card-²", "card-x", "card-1-2", "cards-7", "fill", "card-" + "9" * 19],
)
def test_a_field_that_names_no_card_of_ours_orders_nothing(name):
    assert order_in(posted({name: "1", "card-7": "2"})) == [7]
