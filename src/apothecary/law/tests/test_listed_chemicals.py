from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.law.listed_chemicals import (
    Listed,
    StateAsks,
    StateSale,
    grams_of_base,
    is_listed,
    salt_problems,
    state_asks,
    state_sale_problems,
)
from apothecary.law.problem import Problem
from apothecary.law.pseudoephedrine import PseSale, amount_problems
from apothecary.law.tests.cases import ON, codes

BUYER = StateSale(born_on=date(1990, 1, 1), packages=1, log_number="N-1")
HCL, SULFATE = "pseudoephedrine hydrochloride", "pseudoephedrine sulfate"
E_HCL, E_SULFATE = "ephedrine hydrochloride", "ephedrine sulfate"

# The DEA's own table (Chemical Handler's Manual, appendix I): how many tablets or millilitres
# of so many milligrams are at most 3.6 g, 7.5 g and 9 g of base.
TABLE = [
    (E_HCL, "25", 175, 366, 439),
    (E_SULFATE, "25", 186, 389, 466),
    (HCL, "30", 146, 305, 366),
    (HCL, "60", 73, 152, 183),
    (HCL, "120", 36, 76, 91),
    (SULFATE, "30", 155, 324, 389),
    (SULFATE, "60", 77, 162, 194),
    (SULFATE, "120", 38, 81, 97),
    (SULFATE, "240", 19, 40, 48),
    (HCL, "1.5", 2929, 6103, 7323),
    (HCL, "3", 1464, 3051, 3661),
    (E_HCL, "1.25", 3515, 7323, 8788),
]


def of(substance: str, milligrams: str, units: int) -> Decimal:
    listed = [Listed(substance=substance, milligrams=Decimal(milligrams))]
    return grams_of_base(listed, Decimal(units), on=ON)


@pytest.mark.parametrize(("salt", "milligrams", "day", "mail", "month"), TABLE)
def test_the_base_of_each_salt_gives_the_numbers_of_the_deas_own_table(
    salt: str, milligrams: str, day: int, mail: int, month: int
) -> None:
    for most, limit in ((day, "3.6"), (mail, "7.5"), (month, "9")):
        assert of(salt, milligrams, most) <= Decimal(limit)
        assert of(salt, milligrams, most + 1) > Decimal(limit)


@pytest.mark.parametrize(
    ("salt", "grams"),
    [(HCL, "8.1923"), (E_HCL, "8.1923"), (SULFATE, "7.7113"), (E_SULFATE, "7.7113")],
)
def test_ten_grams_of_a_salt_hold_the_base_of_their_molecular_weights(
    salt: str, grams: str
) -> None:
    assert of(salt, "100", 100) == Decimal(grams)


@pytest.mark.parametrize(("tablets", "expected"), [(146, []), (147, ["pse-day"])])
def test_146_tablets_of_30_mg_are_a_day_and_147_are_not(
    tablets: int, expected: list[str]
) -> None:
    sale = PseSale(sold_on=ON, grams_base=of(HCL, "30", tablets))
    assert codes(amount_problems(sale, [], on=ON)) == expected


def test_two_listed_chemicals_in_one_product_count_together() -> None:
    both = [
        Listed(substance=HCL, milligrams=Decimal(30)),
        Listed(substance=E_SULFATE, milligrams=Decimal(25)),
    ]
    assert grams_of_base(both, Decimal(10), on=ON) == of(HCL, "30", 10) + of(
        E_SULFATE, "25", 10
    )


@given(st.decimals("0.001", "240", places=3), st.integers(1, 4000))
def test_what_is_rounded_never_makes_room(milligrams: Decimal, units: int) -> None:
    exact = milligrams * units * Decimal("0.81923") / 1000
    found = of(HCL, str(milligrams), units)
    assert exact <= found < exact + Decimal("0.000001")


def test_of_a_product_without_listed_chemicals_there_is_no_base() -> None:
    assert grams_of_base([], Decimal(100), on=ON) == 0


@pytest.mark.parametrize(
    "salt", ["pseudoephedrine", "pseudoephedrine tannate", "phenylpropanolamine", ""]
)
def test_a_salt_without_a_row_is_never_guessed(salt: str) -> None:
    unknown = [Listed(substance=salt, milligrams=Decimal(30))]
    (problem,) = salt_problems(unknown, on=ON)
    assert problem.code == "pse-salt"
    assert salt in problem.says
    with pytest.raises(LookupError, match="no row"):
        grams_of_base(unknown, Decimal(1), on=ON)


@pytest.mark.parametrize("salt", [HCL, SULFATE, E_HCL, E_SULFATE, HCL.upper(), f" {HCL} "])
def test_a_salt_with_a_row_is_known_however_it_is_written(salt: str) -> None:
    assert salt_problems([Listed(substance=salt, milligrams=Decimal(30))], on=ON) == []


@pytest.mark.parametrize(
    ("ingredient", "expected"),
    [
        ("pseudoephedrine", True),
        ("ephedrine", True),
        ("phenylpropanolamine", True),
        ("phenylephrine", False),
        ("something else", False),
    ],
)
def test_three_chemicals_are_listed(ingredient: str, expected: bool) -> None:
    assert is_listed(ingredient, on=ON) is expected


def asks(code: str) -> StateAsks:
    found = state_asks(code, on=ON)
    assert isinstance(found, StateAsks)
    return found


def judged(code: str, grams: str, *earlier: PseSale, buyer: StateSale = BUYER) -> list[Problem]:
    sale = PseSale(sold_on=ON, grams_base=Decimal(grams))
    return state_sale_problems(sale, earlier, buyer, asks(code), on=ON)


def sold(grams: str, *, ago: int) -> PseSale:
    return PseSale(sold_on=ON - timedelta(days=ago), grams_base=Decimal(grams))


STATES = ["FL", "IL", "MI", "TX"]


@pytest.mark.parametrize("code", STATES)
@pytest.mark.parametrize(
    ("grams", "expected"), [("3.599", []), ("3.6", []), ("3.601", ["pse-state-day"])]
)
def test_each_state_has_its_day(code: str, grams: str, expected: list[str]) -> None:
    problems = judged(code, grams)
    assert codes(problems) == expected
    assert all(problem.cite for problem in problems)


@pytest.mark.parametrize(
    ("code", "most"), [("FL", "9"), ("IL", "7.5"), ("MI", "9"), ("TX", "9")]
)
def test_each_state_has_its_thirty_days(code: str, most: str) -> None:
    earlier = [sold("3", ago=2), sold("3", ago=29)]
    room = Decimal(most) - 6
    for more, expected in (
        ("-0.001", []),
        ("0", []),
        ("0.001", ["pse-state-month"]),
    ):
        assert codes(judged(code, str(room + Decimal(more)), *earlier)) == expected
    assert judged(code, str(room + Decimal("0.1")), sold("3", ago=2), sold("3", ago=30)) == []


def test_a_state_may_allow_less_than_federal_law() -> None:
    earlier = [sold("3.5", ago=1), sold("3.5", ago=2)]
    sale = PseSale(sold_on=ON, grams_base=Decimal(1))
    assert amount_problems(sale, earlier, on=ON) == []
    (problem,) = judged("IL", "1", *earlier)
    assert problem.code == "pse-state-month"
    assert "8.0 g in 30 days; the state allows 7.5 g" in problem.says


@pytest.mark.parametrize(("code", "years"), [("FL", 18), ("IL", 18), ("MI", 18), ("TX", 16)])
def test_each_state_has_its_age(code: str, years: int) -> None:
    birthday = date(ON.year - years, ON.month, ON.day)
    for born, expected in (
        (birthday + timedelta(days=1), ["pse-state-age"]),
        (birthday, []),
        (birthday - timedelta(days=1), []),
    ):
        assert codes(judged(code, "1", buyer=replace(BUYER, born_on=born))) == expected


@pytest.mark.parametrize("code", STATES)
@pytest.mark.parametrize(("number", "expected"), [("N-1", []), (" ", ["pse-state-log"])])
def test_a_state_with_a_log_of_its_own_is_asked_first(
    code: str, number: str, expected: list[str]
) -> None:
    assert codes(judged(code, "1", buyer=replace(BUYER, log_number=number))) == expected


@pytest.mark.parametrize(("code", "most"), [("FL", 3), ("IL", 2)])
def test_some_states_count_packages(code: str, most: int) -> None:
    for packages, expected in ((most, []), (most + 1, ["pse-state-packages"])):
        buyer = replace(BUYER, packages=packages)
        assert codes(judged(code, "1", buyer=buyer)) == expected


@pytest.mark.parametrize("code", ["MI", "TX"])
def test_other_states_count_none(code: str) -> None:
    assert judged(code, "1", buyer=replace(BUYER, packages=40)) == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [("VT", "law-unknown-state"), ("ZZ", "law-unknown-state"), ("GA", "law-missing-row")],
)
def test_a_state_without_rows_says_so_and_nothing_is_assumed(code: str, expected: str) -> None:
    found = state_asks(code, on=ON)
    assert isinstance(found, list)
    assert {problem.code for problem in found} == {expected}
    assert all(code in problem.says for problem in found)


def test_a_state_told_of_in_part_names_each_row_that_is_missing() -> None:
    before = state_asks("TX", on=date(2024, 10, 31))
    assert isinstance(before, list)
    assert len(before) == 4
