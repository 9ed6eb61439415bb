from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.wires.telecom.values import READERS, WRITERS


@pytest.mark.parametrize(
    ("raw", "dollars"),
    [
        ("123{", "12.30"),
        ("0000123E", "12.35"),
        ("250}", "-25.00"),
        ("0007K", "-0.72"),
        ("0000100{  ", "10.00"),
        ("{", "0.00"),
        ("A", "0.01"),
        ("J", "-0.01"),
        ("1234", "12.34"),
    ],
)
def test_money_is_read_with_its_overpunched_sign(raw: str, dollars: str) -> None:
    value = READERS["money"](raw)
    assert value == Decimal(dollars)
    assert str(value) == dollars


@pytest.mark.parametrize("raw", ["ID", "12.3{", "-12{", "12 {", "½{", "12é", "١{"])
def test_money_that_is_no_money_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="must be digits"):
        READERS["money"](raw)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("rate", "008250{", Decimal("8.2500")),
        ("quantity", "0000090000", Decimal("90.000")),
        ("quantity", "2500", Decimal("2.500")),
        ("quantity", "5", Decimal("0.005")),
        ("digits", "030", 30),
        ("date", "20240229", date(2024, 2, 29)),
        ("date", "00000000", None),
        ("time", "2359", time(23, 59)),
        ("text", "JANE   ", "JANE"),
        ("money", "   ", None),
        ("quantity", "", None),
        ("digits", "", None),
        ("time", "    ", None),
    ],
)
def test_each_kind_is_read_as_its_own_type(kind: str, raw: str, value: object) -> None:
    read = READERS[kind](raw)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("date", "20230229"),
        ("date", "20261301"),
        ("date", "2026011"),
        ("date", "2026O115"),
        ("time", "2360"),
        ("time", "2400"),
        ("time", "930"),
        ("digits", "-1"),
        ("digits", "1A"),
        ("quantity", "000000500}"),
        ("quantity", "1.5"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(kind: str, raw: str) -> None:
    with pytest.raises(ValueError, match=r"must be|calendar"):
        READERS[kind](raw)


@given(st.integers(-99_999_999, 99_999_999))
def test_every_amount_of_cents_comes_back_as_it_went(cents: int) -> None:
    amount = Decimal(cents).scaleb(-2)
    raw = WRITERS["money"](amount, 8)
    assert len(raw) == 8
    assert READERS["money"](raw) == amount


@given(st.integers(-9_999_999, 9_999_999))
def test_every_rate_comes_back_as_it_went(ten_thousandths: int) -> None:
    rate = Decimal(ten_thousandths).scaleb(-4)
    raw = WRITERS["rate"](rate, 7)
    assert len(raw) == 7
    assert READERS["rate"](raw) == rate


SIGNS = {"{ABCDEFGHI": 1, "}JKLMNOPQR": -1, "0123456789": 1}


@given(st.from_regex(r"[0-9]{0,7}", fullmatch=True), st.sampled_from(sorted(SIGNS)))
def test_the_last_character_carries_digit_and_sign_and_zeros_in_front_count_nothing(
    head: str, signs: str
) -> None:
    for digit, sign in enumerate(signs):
        cents = int(f"{head}{digit}") * SIGNS[signs]
        for raw in (head + sign, "00" + head + sign, head + sign + "  "):
            assert READERS["money"](raw) == Decimal(cents).scaleb(-2)
            assert READERS["rate"](raw) == Decimal(cents).scaleb(-4)


@given(st.characters(max_codepoint=255), st.from_regex(r"[0-9]{0,6}", fullmatch=True))
def test_any_other_last_character_is_refused(last: str, head: str) -> None:
    known = last == " " or any(last in signs for signs in SIGNS)
    if known:
        return
    with pytest.raises(ValueError, match="must be digits"):
        READERS["money"](head + last)


@given(st.integers(0, 9_999_999_999))
def test_every_quantity_comes_back_as_it_went(thousandths: int) -> None:
    quantity = Decimal(thousandths).scaleb(-3)
    raw = WRITERS["quantity"](quantity, 10)
    assert len(raw) == 10
    assert READERS["quantity"](raw) == quantity


@given(st.dates())
def test_every_day_comes_back_as_it_went(day: date) -> None:
    assert READERS["date"](WRITERS["date"](day, 8)) == day


@pytest.mark.parametrize(
    ("kind", "value", "length", "reason"),
    [
        ("money", Decimal("1000000.00"), 8, "may have 8 digits, has 9"),
        ("money", Decimal("999999.991"), 8, "may have 2 decimals"),
        ("money", Decimal("NaN"), 8, "finite"),
        ("money", 5, 8, "finite Decimal"),
        ("quantity", Decimal("-0.001"), 10, "below zero"),
        ("quantity", Decimal("0.0005"), 10, "may have 3 decimals"),
        ("digits", 1000, 3, "may have 3 digits, has 4"),
        ("digits", -1, 3, "not below zero"),
        ("digits", True, 3, "whole number"),
        ("date", datetime(2026, 1, 1, 12, 0), 8, "must be a date"),  # noqa: DTZ001 - refused
        ("date", "20260101", 8, "must be a date"),
        ("time", "0930", 4, "time of day"),
        ("text", "ABCDEF", 5, "may have 5 characters, has 6"),
        ("text", "A\x1cB", 5, "cannot carry"),
        ("text", "Ñandú", 9, "cannot carry"),
        ("text", Decimal(1), 5, "must be text"),
    ],
)
def test_a_value_that_cannot_be_written_is_refused_with_the_reason(
    kind: str, value: str, length: int, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        WRITERS[kind](value, length)


def test_the_largest_amount_and_quantity_still_fit() -> None:
    assert WRITERS["money"](Decimal("999999.99"), 8) == "9999999I"
    assert WRITERS["money"](Decimal("-999999.99"), 8) == "9999999R"
    assert WRITERS["rate"](Decimal("8.25"), 7) == "008250{"
    assert WRITERS["quantity"](Decimal("9999999.999"), 10) == "9999999999"
    assert WRITERS["time"](time(9, 5), 4) == "0905"
    assert WRITERS["text"]("Jane", 12) == "JANE"
