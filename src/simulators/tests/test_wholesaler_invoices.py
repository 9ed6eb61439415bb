"""Invoices and price lists: right to the cent, unless asked to be wrong."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.tests.wholesale import (
    COLD,
    DEARER,
    GOOD,
    SCHEDULE_2,
    SCHEDULE_4,
    SHORT,
    UNKNOWN,
    Counter,
    Split,
    Want,
    usd,
)
from simulators.wholesaler.papers import amount, cents
from simulators.wholesaler.records import Paper

HOUSES = ["caprock", "guadalupe", "blanco"]
FUEL, FREIGHT = Decimal("3.25"), Decimal("9.95")
CHEAP = [Want(GOOD, 2), Want(SHORT, 1)]
DEAR = [Want(COLD, 1), Want(GOOD, 3)]


@pytest.fixture
def counter() -> Counter:
    return Counter()


def billed(counter: Counter, *wants: Want, key: str = "caprock") -> Split:
    counter.shipped(*wants, key=key)
    return counter.paper("810", key)


def goods(said: Split) -> Decimal:
    return sum((Decimal(one[2]) * Decimal(one[4]) for one in said.all("IT1")), Decimal(0))


def charges(said: Split) -> Decimal:
    signs = {"C": 1, "A": -1}
    return sum((signs[one[1]] * usd(one[5]) for one in said.all("SAC")), Decimal(0))


@pytest.mark.parametrize("key", HOUSES)
@pytest.mark.parametrize("wants", [CHEAP, DEAR])
def test_an_invoice_adds_up_to_the_cent(counter: Counter, key: str, wants: list[Want]) -> None:
    said = billed(counter, *wants, key=key)
    assert usd(said.one("TDS")[1]) == goods(said) + charges(said)
    assert said.one("CTT")[1] == str(len(said.all("IT1")))


def test_small_orders_pay_freight_and_fuel(counter: Counter) -> None:
    said = billed(counter, *CHEAP)
    assert goods(said) < 250
    assert charges(said) == FUEL + FREIGHT
    assert [one[15] for one in said.all("SAC")] == ["FUEL", "FREIGHT"]


def test_freight_is_given_back_on_large_orders(counter: Counter) -> None:
    said = billed(counter, *DEAR)
    assert goods(said) >= 250
    assert charges(said) == FUEL
    assert [one[1] for one in said.all("SAC")] == ["C", "C", "A"]


def test_an_invoice_names_its_order_account_and_terms(counter: Counter) -> None:
    said = billed(counter, *CHEAP)
    assert said.one("BIG") == ["BIG", "20260302", "CI000001", "20260302", "PO-1"]
    assert said.one("REF") == ["REF", "IA", "0012345"]
    assert said.one("N1", "BY")[3:] == ["11", "FP9000011"]
    assert said.one("ITD")[7] == "30"


def test_only_what_was_shipped_is_billed(counter: Counter) -> None:
    said = billed(counter, Want(SHORT, 9), Want(SCHEDULE_2, 1))
    assert [one[2] for one in said.all("IT1")] == ["2"]


def test_lines_keep_the_numbers_of_the_order(counter: Counter) -> None:
    said = billed(counter, Want(SCHEDULE_2), Want(GOOD), Want(SCHEDULE_4))
    assert [one[1] for one in said.all("IT1")] == ["2", "3"]


def test_what_was_acknowledged_is_what_is_billed(counter: Counter) -> None:
    said = billed(counter, Want(DEARER, 2, "1.00"), Want(GOOD, 1))
    answered = counter.paper("855")
    assert [one[4] for one in said.all("IT1")] == [one[4] for one in answered.all("PO1")]


def test_a_bill_names_each_bottle_by_upc_too(counter: Counter) -> None:
    line = billed(counter, Want(GOOD)).one("IT1")
    assert line[5:] == ["DS", "N4", GOOD, "VN", line[9], "UP", "365162007091"]


def test_each_invoice_has_a_number_of_its_own(counter: Counter) -> None:
    counter.shipped(Want(GOOD), po="PO-1")
    counter.shipped(Want(GOOD), po="PO-2")
    assert [one.one("BIG")[2] for one in counter.papers("810")] == ["CI000001", "CI000002"]


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.integers(1, 40)), min_size=1, max_size=8,
        unique_by=lambda pair: pair[0],
    ),
    st.sampled_from(HOUSES),
)  # fmt: skip
def test_any_order_is_billed_to_the_cent(picks: list[tuple[int, int]], key: str) -> None:
    counter = Counter()
    items = counter.shop.catalogue.items
    wants = [Want(items[place].ndc11, count) for place, count in picks]
    counter.order(*wants, key=key)
    sold = counter.sold(key)
    answered = counter.paper("855", key)
    going = sum(
        int(one[2]) for one in answered.all("ACK") if one[1] in {"IA", "IP", "IQ", "IS"}
    )
    if not going:
        return
    assert counter.yard.shipping.ship(sold) == going == len(counter.bottles())
    said = counter.paper("810", key)
    assert sum(int(one[2]) for one in said.all("IT1")) == going
    assert usd(said.one("TDS")[1]) == goods(said) + charges(said)


@pytest.mark.parametrize(
    ("value", "text"),
    [("0", "0"), ("5", "5"), ("5.00", "5"), ("5.10", "5.1"), ("0.05", "0.05"), ("100", "100"),
     ("1E+3", "1000"), ("12.345", "12.345")],
)  # fmt: skip
def test_numbers_have_no_trailing_zeros_and_no_exponent(value: str, text: str) -> None:
    assert amount(Decimal(value)) == text


@given(st.decimals(0, 10**7, places=2))
def test_dollars_as_cents_lose_nothing(value: Decimal) -> None:
    assert usd(cents(value)) == value


def price_lists(counter: Counter, key: str) -> list[Split]:
    counter.yard.send_catalogues(counter.house(key))
    return counter.papers("832", key)


@pytest.mark.parametrize("key", HOUSES)
def test_a_price_list_names_every_item_once(counter: Counter, key: str) -> None:
    said = price_lists(counter, key)[0]
    dialect = counter.house(key).dialect
    found = []
    for one in said.all("LIN"):
        ids = dict(zip(one[2::2], one[3::2], strict=True))
        found.append(dialect.ndc11(ids[dialect.ndc_qualifier]))
    assert found == [one.ndc11 for one in counter.shop.catalogue.items]
    assert said.one("CTT")[1] == str(len(found)) == "402"


@pytest.mark.parametrize(("key", "place"), [("caprock", 3), ("guadalupe", 3), ("blanco", 4)])
def test_the_price_stands_where_the_dialect_has_it(
    counter: Counter, key: str, place: int
) -> None:
    said = price_lists(counter, key)[0]
    listed = said.all("CTP")
    assert {one[place - 1] for one in listed} == {"CON", "WAC"}
    assert all(Decimal(one[place]) > 0 for one in listed)


@pytest.mark.parametrize(("key", "percent"), [("caprock", 100), ("guadalupe", 97)])
def test_each_wholesaler_has_its_own_prices(counter: Counter, key: str, percent: int) -> None:
    said = price_lists(counter, key)[0]
    first = counter.shop.catalogue.items[0].price_usd
    expected = (first * percent / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert Decimal(said.all("CTP")[0][3]) == expected


def test_the_340b_account_gets_a_price_list_of_its_own(counter: Counter) -> None:
    own, discounted = price_lists(counter, "caprock")
    assert own.one("REF", "IA")[2] == "0012345"
    assert discounted.one("REF", "IA")[2] == "0012345B"
    for one, other in zip(own.all("CTP"), discounted.all("CTP"), strict=True):
        assert one[2] == other[2]
        if one[2] == "CON":
            assert Decimal(other[3]) < Decimal(one[3]) or Decimal(one[3]) < 1
        else:
            assert other[3] == one[3]


def test_schedule_and_storage_are_on_the_price_list(counter: Counter) -> None:
    said = price_lists(counter, "caprock")[0]
    by_ndc = {loop[0][3]: loop for loop in said.loops("LIN")}
    assert ["REF", "ZC", "4", "DEA SCHEDULE"] in by_ndc[SCHEDULE_4]
    assert ["REF", "ZZ", "REFRIGERATOR", "STORAGE"] in by_ndc[COLD]
    assert not [one for one in by_ndc[GOOD] if one[0] == "REF"]


def test_a_price_list_may_have_an_item_nobody_lists(counter: Counter) -> None:
    counter.fault("unknown_drug", house="caprock")
    said = price_lists(counter, "caprock")[0]
    assert said.all("LIN")[-1][3] == UNKNOWN
    assert said.one("CTT")[1] == str(len(said.all("LIN"))) == "403"
    ids = counter.papers("832")[1].all("LIN")
    assert len(ids) == 402


def test_price_lists_come_once_in_the_life_of_the_books(counter: Counter) -> None:
    counter.yard.open_shop()
    counter.yard.open_shop()
    lists = counter.shop.memory.rows(Paper, kind="832")
    assert [one.house for one in lists] == ["caprock", "caprock", "guadalupe", "blanco"]
