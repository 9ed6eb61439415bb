from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.law import pseudoephedrine
from apothecary.law.pseudoephedrine import (
    PseCounter,
    PseSale,
    amount_problems,
    certification_problems,
    pse_sale_problems,
)
from apothecary.law.tables import Row, federal
from apothecary.law.tests.cases import ON, asks_for_exactly, codes

LOG = (
    "product",
    "quantity",
    "buyer_name",
    "buyer_address",
    "sold_on",
    "sold_time",
    "signature",
)
COUNTER = PseCounter(
    shown=frozenset(LOG),
    photo_identification=True,
    units_a_blister=2,
    certified_on=date(2025, 6, 1),
)


def grams(amount: str, *, ago: int = 0, by_mail: bool = False) -> PseSale:
    return PseSale(
        sold_on=ON - timedelta(days=ago), grams_base=Decimal(amount), by_mail=by_mail
    )


@pytest.mark.parametrize(
    ("amount", "expected"),
    [("3.599", []), ("3.6", []), ("3.601", ["pse-day"])],
)
def test_one_buyer_gets_3_6_grams_a_day(amount: str, expected: list[str]) -> None:
    problems = amount_problems(grams(amount), [], on=ON)
    assert codes(problems) == expected
    assert all(problem.cite == "21 CFR 1314.20(a)" for problem in problems)


@pytest.mark.parametrize(
    ("had", "left"), [("0", "3.6"), ("1.801", "1.799"), ("3.6", "0"), ("5", "0")]
)
def test_who_is_refused_is_told_how_many_grams_are_left_today(had: str, left: str) -> None:
    earlier = [grams(had)] if had != "0" else []
    problems = amount_problems(grams("3.601"), earlier, on=ON)
    assert f"to one buyer: {left} g are left." in problems[0].says


def test_the_thirty_days_leave_what_they_leave_beside_the_day() -> None:
    earlier = [grams("3.5", ago=2), grams("3.5", ago=1)]
    (month,) = amount_problems(grams("2.5"), earlier, on=ON)
    assert (month.code, month.says.endswith("2.0 g are left.")) == ("pse-month", True)


@pytest.mark.parametrize(("ago", "expected"), [(0, ["pse-day"]), (1, [])])
def test_a_purchase_split_over_two_registers_counts_as_one_day(
    ago: int, expected: list[str]
) -> None:
    problems = amount_problems(grams("1.8"), [grams("1.801", ago=ago)], on=ON)
    assert codes(problems) == expected


@pytest.mark.parametrize(
    ("now", "expected"), [("1.799", []), ("1.8", []), ("1.801", ["pse-month"])]
)
def test_one_buyer_gets_9_grams_in_30_days(now: str, expected: list[str]) -> None:
    earlier = [grams("3.6", ago=9), grams("3.6", ago=20)]
    problems = amount_problems(grams(now), earlier, on=ON)
    assert codes(problems) == expected
    assert all(problem.cite == "21 USC 844(a)" for problem in problems)


@pytest.mark.parametrize(
    ("ago", "expected"), [(28, ["pse-month"]), (29, ["pse-month"]), (30, [])]
)
def test_the_thirty_days_end_with_the_day_of_the_sale(ago: int, expected: list[str]) -> None:
    earlier = [grams("3.6", ago=ago), grams("3.6", ago=1)]
    assert codes(amount_problems(grams("1.801"), earlier, on=ON)) == expected


def test_a_sale_of_tomorrow_on_a_clock_set_back_does_not_make_room() -> None:
    later = [grams("3.6", ago=-1)]
    assert amount_problems(grams("3.6"), later, on=ON) == []


@pytest.mark.parametrize(
    ("now", "expected"), [("0.299", []), ("0.3", []), ("0.301", ["pse-mail"])]
)
def test_by_mail_one_buyer_gets_7_5_grams_in_30_days(now: str, expected: list[str]) -> None:
    earlier = [grams("3.6", ago=9, by_mail=True), grams("3.6", ago=20, by_mail=True)]
    problems = amount_problems(grams(now, by_mail=True), earlier, on=ON)
    assert codes(problems) == expected
    assert all("1314.100(b)" in problem.cite for problem in problems)


def test_what_was_bought_at_the_counter_does_not_count_as_mail_and_the_counter_is_no_mail() -> (
    None
):
    earlier = [grams("3.6", ago=9), grams("3.6", ago=20, by_mail=True)]
    assert amount_problems(grams("1.8", by_mail=True), earlier, on=ON) == []
    sent = [grams("3.6", ago=9, by_mail=True), grams("3.6", ago=20, by_mail=True)]
    assert amount_problems(grams("1.8"), sent, on=ON) == []


@pytest.mark.parametrize("amount", ["0", "-0.1"])
def test_nothing_is_no_sale(amount: str) -> None:
    assert codes(amount_problems(grams(amount), [], on=ON)) == ["pse-nothing"]


def test_every_limit_that_is_passed_is_told_at_once() -> None:
    earlier = [grams("3.6", ago=5, by_mail=True), grams("3.6", ago=6, by_mail=True)]
    problems = amount_problems(grams("3.7", by_mail=True), earlier, on=ON)
    assert codes(problems) == ["pse-day", "pse-month", "pse-mail"]
    assert "10.9 g in 30 days" in problems[1].says


@given(st.lists(st.decimals("0.1", "2", places=1), min_size=1, max_size=12))
def test_however_a_day_is_split_no_more_than_3_6_grams_are_sold(parts: list[Decimal]) -> None:
    sold: list[PseSale] = []
    for part in parts:
        sale = PseSale(sold_on=ON, grams_base=part)
        if not amount_problems(sale, sold, on=ON):
            sold.append(sale)
    assert sum(sale.grams_base for sale in sold) <= Decimal("3.6")


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.decimals("0.1", "3.6", places=1)),
        min_size=1,
        max_size=30,
    )
)
def test_in_any_thirty_days_no_more_than_9_grams_are_sold(
    days: list[tuple[int, Decimal]],
) -> None:
    sold: list[PseSale] = []
    for day, amount in sorted(days, key=lambda each: each[0]):
        sale = PseSale(sold_on=ON + timedelta(days=day), grams_base=amount)
        if not amount_problems(sale, sold, on=ON):
            sold.append(sale)
    for day in range(61):
        window = range(day, day + 30)
        total = sum(s.grams_base for s in sold if (s.sold_on - ON).days in window)
        assert total <= 9


def test_a_sale_in_order_is_made() -> None:
    assert pse_sale_problems(grams("1"), [], COUNTER, on=ON) == []


def test_the_logbook_shows_the_sale() -> None:
    asks_for_exactly(
        lambda shown: pse_sale_problems(grams("1"), [], replace(COUNTER, shown=shown), on=ON),
        *LOG,
    )


def test_the_buyer_shows_a_photograph() -> None:
    counter = replace(COUNTER, photo_identification=False)
    problems = pse_sale_problems(grams("1"), [], counter, on=ON)
    assert codes(problems) == ["pse-identification"]


@pytest.mark.parametrize(
    ("milligrams", "free"), [(59, True), (60, True), (61, False), (None, False)]
)
def test_a_single_package_of_60_mg_needs_neither_log_nor_photograph(
    milligrams: int | None, free: bool
) -> None:
    bare = PseCounter(certified_on=COUNTER.certified_on, milligrams_in_package=milligrams)
    problems = pse_sale_problems(grams("0.06"), [], bare, on=ON)
    assert (problems == []) is free


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("behind_counter", []),
        ("locked_cabinet", []),
        ("something else", ["pse-place"]),
    ],
)
def test_the_product_stands_out_of_reach(place: str, expected: list[str]) -> None:
    problems = pse_sale_problems(grams("1"), [], replace(COUNTER, place=place), on=ON)
    assert codes(problems) == expected
    assert all("behind counter or locked cabinet" in problem.says for problem in problems)


@pytest.mark.parametrize(
    ("units", "expected"), [(None, []), (1, []), (2, []), (3, ["pse-blister"])]
)
def test_a_blister_holds_two_units(units: int | None, expected: list[str]) -> None:
    counter = replace(COUNTER, units_a_blister=units)
    assert codes(pse_sale_problems(grams("1"), [], counter, on=ON)) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2025, 5, 31), ["pse-certification"]),
        (date(2025, 6, 1), []),
        (date(2026, 5, 31), []),
        (date(2026, 6, 1), ["pse-certification"]),
    ],
)
def test_a_store_certifies_itself_every_year(day: date, expected: list[str]) -> None:
    assert codes(certification_problems(date(2025, 6, 1), on=day)) == expected
    assert codes(certification_problems(None, on=day)) == ["pse-certification"]


def test_would_no_photograph_be_asked_for_none_were_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def changed(row_id: str, *, on: date) -> Row:
        row = federal(row_id, on=on)
        return replace(row, value=False) if row_id == "DEA-153/identification" else row

    monkeypatch.setattr(pseudoephedrine, "federal", changed)
    counter = replace(COUNTER, photo_identification=False)
    assert pse_sale_problems(grams("1"), [], counter, on=ON) == []
