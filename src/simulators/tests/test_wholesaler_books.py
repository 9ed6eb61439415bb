"""The books, the trade, the goods and the clock: what everything else stands on."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest

from simulators.check_digits import dea_is_valid
from simulators.tests.wholesale import DEARER, GOOD, SHORT, TODAY, Counter, Want
from simulators.wholesaler import gs1
from simulators.wholesaler.catalogue import (
    ALLOCATED,
    BACK,
    GONE,
    NO_DAY,
    SUBSTITUTE,
    item_number,
    list_price_usd,
    percent,
    price_usd,
    read_catalogue,
)
from simulators.wholesaler.catalogue import DEARER as PRICED
from simulators.wholesaler.catalogue import SHORT as SOLD_SHORT
from simulators.wholesaler.clock import Clock
from simulators.wholesaler.houses import read_trade
from simulators.wholesaler.memory import Memory
from simulators.wholesaler.records import Paper, Recall, SoldLine

TRADE, GOODS = read_trade(), read_catalogue()
LINE = SoldLine(0, 7, "1", "0001-0123-45", 3, "EA", Decimal("12.30"), "IA", 3, 0)


@pytest.fixture
def memory() -> Memory:
    return Memory()


def test_a_row_comes_back_as_it_was_written(memory: Memory) -> None:
    number = memory.add(LINE)
    (found,) = memory.rows(SoldLine)
    assert found == SoldLine(number, *[getattr(LINE, name) for name in (
        "order_id", "number", "ndc", "wanted", "unit", "price_usd", "status", "ready", "back"
    )])  # fmt: skip
    assert isinstance(found.price_usd, Decimal)


def test_bytes_of_a_paper_are_kept_byte_by_byte(memory: Memory) -> None:
    raw = bytes(range(256))
    memory.add(Paper(0, "caprock", "855", "n", "m", "1", "", raw, 1.5, 2.5, 1))
    found = memory.one(Paper)
    assert found is not None
    assert (found.body, found.made_at, found.ready_at) == (raw, 1.5, 2.5)


def test_rows_are_found_by_their_values_oldest_first(memory: Memory) -> None:
    for order in (7, 8, 7):
        memory.add(SoldLine(0, order, "1", "n", 3, "EA", Decimal(1), "IA", 3, 0))
    assert [one.id for one in memory.rows(SoldLine, order_id=7)] == [1, 3]
    newest = memory.one(SoldLine, order_id=7)
    assert newest is not None
    assert newest.id == 3
    assert memory.one(SoldLine, order_id=9) is None


def test_a_change_touches_one_row(memory: Memory) -> None:
    for _ in range(2):
        memory.add(LINE)
    memory.change(memory.rows(SoldLine)[0], ready=0, status="IB")
    assert [(one.ready, one.status) for one in memory.rows(SoldLine)] == [(0, "IB"), (3, "IA")]


def test_what_is_written_together_is_undone_together(memory: Memory) -> None:
    def half() -> None:
        with memory.together():
            memory.add(LINE)
            memory.count_up("order")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    assert memory.rows(SoldLine) == []
    assert memory.count_up("order") == 1


def test_one_togetherness_inside_another_is_one(memory: Memory) -> None:
    def nested() -> None:
        with memory.together():
            with memory.together():
                memory.add(LINE)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        nested()
    assert memory.rows(SoldLine) == []


def test_numbers_of_a_series_run_on_and_series_do_not_mix(memory: Memory) -> None:
    assert [memory.count_up("a") for _ in range(3)] == [1, 2, 3]
    assert memory.count_up("b") == 1


def test_an_interchange_is_known_by_house_sender_and_number(memory: Memory) -> None:
    memory.see("caprock", "P", "1", "digest")
    assert memory.seen("caprock", "P", "1") == "digest"
    for other in (("blanco", "P", "1"), ("caprock", "Q", "1"), ("caprock", "P", "2")):
        assert memory.seen(*other) == ""


def test_a_file_keeps_the_books(tmp_path: Path) -> None:
    path = str(tmp_path / "books")
    first = Memory(path)
    first.add(Recall(0, "D-1", "n", "A B", "I", "why", "2026-03-01"))
    first.count_up("recall")
    first.close()
    again = Memory(path)
    assert [one.lots for one in again.rows(Recall)] == ["A B"]
    assert again.count_up("recall") == 2
    again.close()


def test_the_newest_paper_is_known_by_its_hour(memory: Memory) -> None:
    assert memory.latest() == 0
    for made_at in (5.0, 9.0, 7.0):
        memory.add(Paper(0, "caprock", "855", "n", "m", "1", "", b"", made_at, made_at, 1))
    assert memory.latest() == 9.0


# The clock


def test_the_clock_begins_at_midday_and_runs_on() -> None:
    clock = Clock()
    clock.begin(TODAY)
    first = clock.moment()
    assert (first.date(), first.hour, clock.today()) == (TODAY, 12, TODAY)
    assert clock.moment() >= first


@pytest.mark.parametrize(("seconds", "day"), [(11 * 3600, 0), (12 * 3600, 1), (86400 * 30, 30)])
def test_time_passes_when_told(seconds: int, day: int) -> None:
    clock = Clock()
    clock.begin(TODAY)
    clock.advance(seconds)
    assert clock.today() == TODAY + timedelta(days=day)


def test_the_clock_catches_up_and_is_never_set_back() -> None:
    clock = Clock()
    clock.begin(TODAY)
    now = clock.moment().timestamp()
    clock.catch_up(now - 500)
    assert clock.moment().timestamp() - now < 60
    clock.catch_up(now + 500)
    assert 500 <= clock.moment().timestamp() - now < 560


# The trade


def test_everybody_has_a_right_dea_number_and_gln() -> None:
    parties = [one.party for one in TRADE.houses]
    parties += [TRADE.reverse, TRADE.pharmacy, TRADE.houses[0].stranger.buyer]
    for party in parties:
        assert dea_is_valid(party.dea), party.name
        assert gs1.check_digit(party.gln[:12]) == party.gln[12], party.name
    assert len({party.gln for party in parties}) == len(parties)


def test_every_mailbox_has_a_key_of_its_own() -> None:
    assert TRADE.keys == ("caprock", "guadalupe", "blanco", "mesquite")
    assert TRADE.house("mesquite") is None
    assert TRADE.house("nobody") is None


def test_no_two_wholesalers_write_alike() -> None:
    assert len({one.dialect for one in TRADE.houses}) == 3
    assert len({one.isa for one in TRADE.houses}) == 3
    for one in TRADE.houses:
        assert len(one.isa) <= 15


@pytest.mark.parametrize(
    ("key", "written"),
    [("caprock", "00093310501"), ("guadalupe", "000093310501"), ("blanco", "00093-3105-01")],
)
def test_each_dialect_writes_and_reads_its_ndc(key: str, written: str) -> None:
    house = TRADE.house(key)
    assert house is not None
    assert house.dialect.ndc("00093310501") == written
    assert house.dialect.ndc11(written) == "00093310501"
    assert house.dialect.ndc11("00093310501") == "00093310501"
    for wrong in ("0093310501", "x0093310501", "", "00093-310501", "100093310501"):
        assert house.dialect.ndc11(wrong) == ""


@pytest.mark.parametrize(
    ("key", "written"),
    [("caprock", "20270228"), ("guadalupe", "202702"), ("blanco", "270228")],
)
def test_each_dialect_writes_its_expiry(key: str, written: str) -> None:
    house = TRADE.house(key)
    assert house is not None
    assert house.dialect.expiry_day(date(2027, 2, 28)) == written


# The goods


def test_items_are_found_by_every_number_they_have() -> None:
    house = TRADE.houses[1]
    for item in GOODS.items:
        assert GOODS.by_ndc(item.ndc11) is item
        assert GOODS.by_hyphened(item.ndc) is item
        assert GOODS.by_gtin(item.gtin) is item
        assert GOODS.by_number(house, item_number(house, item)) is item


def test_numbers_of_nothing_find_nothing() -> None:
    house = TRADE.houses[0]
    assert GOODS.by_ndc("99999999999") is None
    assert GOODS.by_hyphened("") is None
    assert GOODS.by_gtin("00000000000000") is None
    assert GOODS.by_number(house, "1999999") is None
    assert GOODS.by_number(house, "") is None


def test_every_number_is_one_items_own() -> None:
    count = len(GOODS.items)
    assert len({one.ndc11 for one in GOODS.items}) == count
    assert len({one.gtin for one in GOODS.items}) == count
    assert len({one.item for one in GOODS.items}) == count


def test_every_item_can_be_sold_and_told() -> None:
    for item in GOODS.items:
        assert item.price_usd > 0, item.ndc
        assert item.quantity > 0, item.ndc
        assert item.unit in {"EA", "ML", "GM"}, item.ndc
        assert item.schedule in {"0", "2", "3", "4", "5"}, item.ndc
        assert item.says.isascii(), item.ndc
        # None of the separators of any dialect may stand in a text.
        assert not set("*|~>:\n") & set(item.says + item.labeler), item.ndc


def test_every_behaviour_is_one_that_is_known_and_has_what_it_needs() -> None:
    needs = {SOLD_SHORT: str.isdigit, ALLOCATED: str.isdigit, PRICED: str.isdigit}
    plain = {BACK, GONE, NO_DAY, ""}
    for item in GOODS.items:
        kind, value = item.does
        if kind == SUBSTITUTE:
            other = GOODS.by_hyphened(value)
            assert other is not None
            assert other.schedule == item.schedule
        elif kind in needs:
            assert needs[kind](value), item.ndc
        else:
            assert kind in plain
            assert not value


def test_the_table_of_behaviours_is_what_the_readme_says() -> None:
    text = files("simulators.wholesaler").joinpath("data/README.md").read_text()
    for item in GOODS.items:
        if item.behaviour and item.does[0] != SUBSTITUTE:
            assert f"`{item.behaviour}`" in text
        if item.behaviour:
            assert item.ndc in text


def test_every_price_names_its_source() -> None:
    text = files("simulators.wholesaler").joinpath("data/catalogue.csv").read_text()
    sources = {row["price_source"] for row in csv.DictReader(text.splitlines())}
    assert sources == {"nadac 2015-06-17"}


@pytest.mark.parametrize(
    ("usd", "of", "expected"),
    [
        ("10.00", "97", "9.70"),
        ("0.05", "50", "0.03"),
        ("0.01", "40", "0.00"),
        ("1", "100", "1.00"),
    ],
)
def test_a_percentage_of_dollars_is_rounded_half_up_to_the_cent(
    usd: str, of: str, expected: str
) -> None:
    assert percent(Decimal(usd), Decimal(of)) == Decimal(expected)


def test_contract_340b_and_list_price_lie_in_their_order() -> None:
    house = TRADE.houses[0]
    own, discounted = house.accounts
    for item in GOODS.items:
        paid = price_usd(house, own, item)
        assert price_usd(house, discounted, item) <= paid <= list_price_usd(item), item.ndc


# Orders at large


def test_hundreds_of_orders_keep_their_numbers_and_serials_apart() -> None:
    counter = Counter()
    for number in range(60):
        counter.shipped(Want(GOOD, 2), Want(SHORT, 1), Want(DEARER), po=f"PO-{number}")
    bottles = counter.bottles()
    assert len(bottles) == 240
    assert len({one.serial for one in bottles}) == 240
    assert len({one.tote for one in bottles}) == 60
    controls = [one.one("ISA")[13] for kind in ("997", "855", "856", "810")
                for one in counter.papers(kind)]  # fmt: skip
    assert len(set(controls)) == len(controls) == 240
