"""What must be known of a buyer, how two sales are known to be one buyer's, what is kept."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.law.problem import Problem
from apothecary.pickup.behind_counter.rules import (
    LONGEST,
    Buyer,
    buyer_problems,
    clock_problems,
    is_kept,
)
from apothecary.pickup.behind_counter.tests.shop import BUYER

DAY = timedelta(days=1)


def fields(buyer: Buyer, *, signs: bool = True) -> list[str]:
    return [problem.field for problem in buyer_problems(buyer, signs=signs, on=TODAY)]


def test_a_buyer_who_has_shown_and_signed_is_in_order():
    assert fields(BUYER) == []


@pytest.mark.parametrize(
    ("until", "expected"),
    [(TODAY - DAY, ["id_until"]), (TODAY, []), (TODAY + DAY, [])],
    ids=["ended yesterday", "ends today", "ends tomorrow"],
)
def test_an_identification_is_good_through_its_last_day(until, expected):
    problems = buyer_problems(replace(BUYER, id_until=until), signs=True, on=TODAY)
    assert [problem.field for problem in problems] == expected
    assert all(problem.code == "id-expired" for problem in problems)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id_kind": ""}, "id_kind"),
        ({"id_number": " "}, "id_number"),
        ({"id_issuer": " "}, "id_issuer"),
        ({"id_until": None}, "id_until"),
        ({"born_on": None}, "born_on"),
        ({"born_on": TODAY}, "born_on"),
        ({"born_on": TODAY + DAY}, "born_on"),
        ({"born_on": date(1900, 1, 1)}, "born_on"),
        ({"signature": ""}, "signature"),
        ({"signature": "600x180 M1,1"}, "signature"),
        ({"name": "x" * (LONGEST + 1)}, "buyer"),
        ({"address": "x" * (LONGEST + 1)}, "address"),
        ({"id_number": "x" * (LONGEST + 1)}, "id_number"),
        ({"log_number": "x" * (LONGEST + 1)}, "log_number"),
    ],
)
def test_what_is_missing_or_cannot_be_true_is_refused_by_field(changes, field):
    assert fields(replace(BUYER, **changes)) == [field]


def test_no_identification_at_all_is_a_question_of_the_law_not_of_the_form():
    bare = replace(BUYER, id_kind="", id_number="", id_issuer="", id_until=None)
    assert fields(bare) == []


def test_where_no_signature_is_asked_none_is_missed():
    assert fields(replace(BUYER, signature=""), signs=False) == []


@pytest.mark.parametrize(
    "name", ["Jane Doe", "JANE  DOE", "Jane A. Doe", "jane ann doe", "Jáne Doe"]
)
def test_a_name_is_compared_by_its_first_and_last_word(name):
    assert replace(BUYER, name=name).folded == "jane doe"


@pytest.mark.parametrize("name", ["Joan Doe", "Jane Dow", "Doe"])
def test_another_name_is_another_name(name):
    assert replace(BUYER, name=name).folded != "jane doe"


@pytest.mark.parametrize("number", ["12345678", "1234-5678", " 1234 5678", "1234.5678"])
def test_a_paper_is_compared_by_its_letters_and_digits(number):
    assert replace(BUYER, id_number=number).paper == BUYER.paper == "driver licence 12345678"


def test_a_paper_without_number_is_none():
    assert replace(BUYER, id_number=" - ").paper == ""


@pytest.mark.parametrize(
    ("back", "expected"),
    [(0, []), (119, []), (120, []), (121, ["counter-clock"]), (86_400, ["counter-clock"])],
)
def test_a_clock_that_was_set_back_stops_the_log(back, expected):
    problems = clock_problems(NOON - timedelta(seconds=back), last=NOON)
    assert [problem.code for problem in problems] == expected


def test_an_empty_log_begins_at_any_hour():
    assert clock_problems(NOON, last=None) == []


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("pse-day", True),
        ("pse-month", True),
        ("pse-state-age", True),
        ("pse-certification", True),
        ("cv-amount", True),
        ("cv-age", True),
        ("id-expired", True),
        ("law-unknown-state", True),
        ("counter-clock", True),
        ("pse-log-no-buyer-name", False),
        ("cv-book-no-buyer-address", False),
        ("pse-state-log", False),
        ("missing", False),
        ("signature", False),
        ("not-there", False),
        ("", False),
    ],
)
def test_a_sale_that_a_rule_stood_against_is_kept_and_an_unfinished_form_is_not(code, kept):
    assert is_kept([Problem("no", code=code)]) is kept
    assert is_kept([Problem("no", code="missing"), Problem("no", code=code)]) is kept
