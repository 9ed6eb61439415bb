"""Facts taken from a payer's text or put into words: days, amounts, numbers, check digits."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.claims.coach import Known, Limits, Member, corrections
from apothecary.claims.coach.drug_causes import money, npi_checks
from apothecary.claims.coach.found import day_said, plain
from apothecary.claims.coach.tests.cases import case

# 45 CFR 162.406: the example of the rule's own check digit, 123456789 with 3.
EXAMPLE = "1234567893"
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
GROUP_RULE = Limits(allowed={"group_from_eligibility"})


@given(DAYS)
def test_a_day_is_read_in_each_of_the_three_ways_payers_write_it(day):
    for text in (f"{day:%Y%m%d}", f"{day:%Y-%m-%d}", f"{day.month}/{day.day}/{day.year}"):
        assert day_said(f"NEXT FILL {text}.") == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CALL 5125550190",
        # No such day in any year, or not in this one.
        "COVERAGE ENDED 20260230",
        "COVERAGE ENDED 2026-13-01",
        "COVERAGE ENDED 2/29/2027",
        "COVERAGE ENDED 13/1/2026",
        # A day inside a longer number is part of that number.
        "PAID UNDER 120260614",
        "PAID UNDER 202606140",
        "PAID UNDER 6/14/20261",
        # Two digits of a year may be of any century.
        "COVERAGE ENDED 6/14/26",
    ],
)
def test_what_is_no_day_is_never_taken_for_one(text):
    assert day_said(text) is None


def test_the_last_day_of_february_is_one_in_a_leap_year_only():
    assert day_said("ENDED 20280229") == date(2028, 2, 29)
    assert day_said("ENDED 20270229") is None


@given(st.decimals("0", "99999.999", places=3))
def test_a_quantity_in_words_is_the_same_quantity_without_idle_zeros(quantity):
    said = plain(quantity)
    assert Decimal(said) == quantity
    assert not ("." in said and said.endswith(("0", ".")))
    assert "E" not in said


@pytest.mark.parametrize(
    ("quantity", "said"),
    [("100", "100"), ("1E+2", "100"), ("8.500", "8.5"), ("30.000", "30"), ("0.000", "0")],
)
def test_a_zero_before_the_point_is_kept(quantity, said):
    assert plain(Decimal(quantity)) == said


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("{", "{"),
        ("0{", "$0.00"),
        ("0I", "$0.09"),
        ("9I", "$0.99"),
        ("10{", "$1.00"),
        ("100{", "$10.00"),
        ("1176C", "$117.63"),
        # Below zero, unsigned and torn amounts stay as they were sent: nothing is supposed.
        ("1176}", "1176}"),
        ("1176", "1176"),
        ("11.7{", "11.7{"),
        ("²{", "²{"),
    ],
)
def test_an_amount_of_the_wire_is_dollars_or_stays_as_it_was(sent, said):
    assert money(sent) == said


@given(st.integers(0, 999_999_999))
def test_of_ten_last_digits_one_alone_makes_an_npi(stem):
    assert sum(npi_checks(f"{stem:09d}{digit}") for digit in range(10)) == 1


@given(st.integers(0, 9), st.integers(1, 9))
def test_an_npi_with_one_digit_mistyped_is_none(place, off):
    assert npi_checks(EXAMPLE)
    wrong = (int(EXAMPLE[place]) + off) % 10
    assert not npi_checks(f"{EXAMPLE[:place]}{wrong}{EXAMPLE[place + 1 :]}")


@pytest.mark.parametrize("number", ["", EXAMPLE[:9], f"{EXAMPLE}0", "123456789O", "²234567893"])
def test_what_has_not_ten_digits_is_no_npi(number):
    assert not npi_checks(number)


@pytest.mark.parametrize(
    ("code", "place"), [("06", ("04", "C1")), ("52", ("04", "C2")), ("07", ("04", "C2"))]
)
@pytest.mark.parametrize("named", ["", "SAME1"])
def test_a_member_the_plan_names_as_it_was_billed_corrects_nothing(code, place, named):
    member = Member("its answer", group=named, cardholder_id=named)
    refused = case(code, fields={place: "SAME1"}, known=Known(member=member))
    assert corrections(refused, GROUP_RULE) == ()


@given(st.sampled_from(["06", "51", "52", "07", "65"]), st.text("ABC123", max_size=3))
def test_a_correction_once_in_the_claim_is_not_made_again(code, sent):
    place = ("04", "C1") if code in {"06", "51"} else ("04", "C2")
    known = Known(member=Member("its answer", group="A1", cardholder_id="A1"))
    found = corrections(case(code, fields={place: sent}, known=known), GROUP_RULE)
    assert [one.after for one in found] == ([] if sent == "A1" else ["A1"])
    again = case(code, fields={place: "A1"}, known=known)
    assert corrections(again, GROUP_RULE) == ()
