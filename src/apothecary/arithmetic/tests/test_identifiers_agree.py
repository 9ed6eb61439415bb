"""Dates and check digits a second time: by the law, the drug file, biip and a calendar."""

from datetime import date, timedelta

from biip.checksums import gs1_standard_check_digit
from hypothesis import assume, given
from hypothesis import strategies as st

from apothecary.arithmetic.command import answer
from apothecary.drugs.ndc import Ndc
from apothecary.law.identifiers import dea_problems, npi_problems

ON = date(2026, 11, 22)


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


def value(key: str, **inputs: object) -> object:
    return answer({"calculation": key, "inputs": inputs})["value"]


@given(st.sampled_from(["AB", "BS", "M9", "FX"]), digits(7))
def test_a_dea_number_is_valid_here_when_it_is_by_law(letters: str, number: str) -> None:
    assert value("I01", num=letters + number) == int(not dea_problems(letters + number, on=ON))


@given(st.sampled_from("12"), digits(9))
def test_an_npi_is_valid_here_when_it_is_by_law(first: str, rest: str) -> None:
    assert value("I02", npi=first + rest) == int(not npi_problems(first + rest, on=ON))


@given(digits(13))
def test_a_gtin_has_the_check_digit_biip_finds(body: str) -> None:
    assert value("I04", body=body) == gs1_standard_check_digit(body)


@given(st.sampled_from([(4, 4, 2), (5, 3, 2), (5, 4, 1)]), digits(11))
def test_an_ndc_of_eleven_digits_is_the_one_of_the_drug_file(form, number: str) -> None:
    a, b, c = form
    assume(any(digit != "0" for digit in number[:a]))
    ndc = "-".join((number[:a], number[a : a + b], number[a + b : a + b + c]))
    assert value("I03", ndc=ndc) == int(Ndc.parse(ndc).ndc11)


def six_months_by_walking(day: date) -> date:
    """Month by month through the calendar, the day cut to the last month's length."""
    first = day.replace(day=1)
    for _ in range(6):
        first = (first + timedelta(days=31)).replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


@given(st.dates(date(2000, 1, 1), date(2150, 1, 1)), st.integers(1, 4000))
def test_a_repackaged_drug_expires_when_the_calendar_says(repack: date, left: int) -> None:
    expiry = repack + timedelta(days=left)
    quarter = max(d for d in range(left + 1) if 4 * d <= left)
    until = min(six_months_by_walking(repack), expiry, repack + timedelta(days=quarter))
    found = value("C19", repack=repack.isoformat(), exp=expiry.isoformat())
    assert found == until.isoformat()
