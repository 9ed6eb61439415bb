from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from apothecary.law import tables
from apothecary.law.cv_sales import CvBuyer, CvSale, cv_sale_problems
from apothecary.law.problem import Problem
from apothecary.law.tables import federal
from apothecary.law.tests.cases import ON, asks_for_exactly, codes

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
BOOK = (
    "buyer_name",
    "buyer_address",
    "drug_name",
    "quantity",
    "sold_on",
    "pharmacist_initials",
)
BUYER = CvBuyer(
    birth_date=date(1990, 1, 1),
    identification_seen=True,
    shown=frozenset(BOOK),
    state_confirmed=True,
)


def a_sale(
    amount: str = "100", *, liquid: bool = True, opium: bool = False, at: datetime = NOON
) -> CvSale:
    return CvSale(at=at, amount=Decimal(amount), liquid=liquid, opium=opium)


def judged(
    sale: CvSale, buyer: CvBuyer = BUYER, *, state: str = "TX", role: str = "pharmacist"
) -> list[Problem]:
    return cv_sale_problems(sale, buyer, state_code=state, role=role, on=ON)


LIMITS = [
    (True, True, "240"),
    (False, True, "48"),
    (True, False, "120"),
    (False, False, "24"),
]


@pytest.mark.parametrize(("liquid", "opium", "most"), LIMITS)
def test_each_kind_of_c_v_has_its_limit(liquid: bool, opium: bool, most: str) -> None:
    for amount, expected in (
        (Decimal(most) - 1, []),
        (Decimal(most), []),
        (Decimal(most) + Decimal("0.001"), ["cv-amount"]),
    ):
        sale = a_sale(str(amount), liquid=liquid, opium=opium)
        assert codes(judged(sale)) == expected


@pytest.mark.parametrize(
    ("ago", "expected"),
    [
        (timedelta(hours=48) - SECOND, ["cv-amount"]),
        (timedelta(hours=48), []),
        (timedelta(hours=48) + SECOND, []),
    ],
)
def test_sales_of_the_last_48_hours_count_together(ago: timedelta, expected: list[str]) -> None:
    buyer = replace(BUYER, earlier=(a_sale("60", at=NOON - ago),))
    assert codes(judged(a_sale("61"), buyer)) == expected


def test_two_registers_do_not_double_the_limit() -> None:
    earlier = (a_sale("60", at=NOON - SECOND), a_sale("60", at=NOON - 2 * SECOND))
    problems = judged(a_sale("1"), replace(BUYER, earlier=earlier))
    assert codes(problems) == ["cv-amount"]
    assert "121 mL within 48 hours" in problems[0].says


def test_each_kind_is_counted_for_itself() -> None:
    earlier = (a_sale("240", opium=True), a_sale("24", liquid=False))
    assert judged(a_sale("120"), replace(BUYER, earlier=earlier)) == []


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_nothing_is_no_sale(amount: str) -> None:
    problems = judged(a_sale(amount))
    assert (codes(problems), problems[0].field) == (["cv-nothing"], "amount")


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (date(2008, 3, 5), ["cv-age"]),
        (date(2008, 3, 4), []),
        (date(2008, 3, 3), []),
    ],
)
def test_a_buyer_is_eighteen(born: date, expected: list[str]) -> None:
    assert codes(judged(a_sale(), replace(BUYER, birth_date=born))) == expected


@pytest.mark.parametrize(
    ("known", "seen", "expected"),
    [(False, False, ["cv-identification"]), (True, False, []), (False, True, [])],
)
def test_an_unknown_buyer_shows_identification(
    known: bool, seen: bool, expected: list[str]
) -> None:
    buyer = replace(BUYER, known=known, identification_seen=seen)
    assert codes(judged(a_sale(), buyer)) == expected


@pytest.mark.parametrize(
    ("role", "expected"),
    [("pharmacist", []), ("technician", ["cv-by"]), ("something else", ["cv-by"])],
)
def test_only_a_pharmacist_decides_the_sale(role: str, expected: list[str]) -> None:
    assert codes(judged(a_sale(), role=role)) == expected


def test_the_bound_book_shows_the_sale() -> None:
    asks_for_exactly(lambda shown: judged(a_sale(), replace(BUYER, shown=shown)), *BOOK)


@pytest.mark.parametrize(
    ("state", "code"), [("TX", "law-missing-row"), ("VT", "law-unknown-state")]
)
def test_a_state_that_says_nothing_of_such_sales_refuses_by_name(state: str, code: str) -> None:
    buyer = replace(BUYER, state_confirmed=False)
    (problem,) = judged(a_sale(), buyer, state=state)
    assert problem.code == code
    assert state in problem.says


@pytest.mark.parametrize(("allows", "expected"), [(True, []), (False, ["cv-state"])])
def test_a_state_that_has_spoken_of_such_sales_is_followed(
    monkeypatch: pytest.MonkeyPatch, allows: bool, expected: list[str]
) -> None:
    word = replace(federal("DEA-175", on=ON), id="cv_without_prescription", value=allows)
    monkeypatch.setattr(tables, "states", lambda: {"TX": {word.id: (word,)}})
    assert codes(judged(a_sale(), replace(BUYER, state_confirmed=False))) == expected
