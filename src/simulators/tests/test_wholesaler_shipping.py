"""Totes, bottles and ship notices: what goes out, and that the papers tell it."""

from collections import Counter as Tally
from datetime import date, timedelta

import pytest

from simulators.tests.wholesale import (
    BACKORDERED,
    COLD,
    GOOD,
    NO_DAY,
    REPLACED,
    REPLACEMENT,
    SCHEDULE_2,
    SCHEDULE_4,
    SHORT,
    TODAY,
    Counter,
    Want,
)
from simulators.wholesaler import gs1
from simulators.wholesaler.packing import LOT_HOLDS, TOTE_HOLDS
from simulators.wholesaler.records import Package, SoldLine, Tote
from simulators.wholesaler.shipping import CannotShip

HOUSES = ["caprock", "guadalupe", "blanco"]


@pytest.fixture
def counter() -> Counter:
    return Counter()


def test_every_bottle_ordered_is_packed_once(counter: Counter) -> None:
    assert counter.shipped(Want(GOOD, 5), Want(COLD, 2)) == 7
    tally = Tally(one.ndc for one in counter.bottles())
    assert tally == {"65162-007-09": 5, "0169-3303-12": 2}
    assert len({(one.gtin, one.serial) for one in counter.bottles()}) == 7


def test_only_what_ships_is_packed_and_the_rest_waits(counter: Counter) -> None:
    assert counter.shipped(Want(SHORT, 5)) == 2
    (line,) = counter.shop.memory.rows(SoldLine)
    assert (line.sent, line.ready, line.back) == (2, 0, 3)


def test_a_back_order_goes_out_when_it_is_there(counter: Counter) -> None:
    counter.shipped(Want(SHORT, 5))
    assert counter.yard.shipping.release(counter.sold()) == 3
    (line,) = counter.shop.memory.rows(SoldLine)
    assert (line.sent, line.back) == (5, 0)
    first, second = counter.papers("856")
    assert first.one("BSN")[2] != second.one("BSN")[2]
    assert [one.one("PRF")[1] for one in (first, second)] == ["PO-1", "PO-1"]
    assert [one.one("SN1")[2] for one in (first, second)] == ["2", "3"]


def test_nothing_ships_twice(counter: Counter) -> None:
    counter.shipped(Want(GOOD, 5))
    with pytest.raises(CannotShip, match="nothing of 'PO-1' is ready"):
        counter.ship()
    assert len(counter.bottles()) == 5


@pytest.mark.parametrize("ndc11", [BACKORDERED, SCHEDULE_2])
def test_an_order_with_nothing_ready_does_not_ship(counter: Counter, ndc11: str) -> None:
    counter.order(Want(ndc11))
    with pytest.raises(CannotShip):
        counter.ship()
    assert counter.papers("856") == []
    assert counter.bottles() == []


def test_a_substitute_is_what_really_goes_out(counter: Counter) -> None:
    counter.shipped(Want(REPLACED, 2))
    assert {gs1.ndc11(one.ndc) for one in counter.bottles()} == {REPLACEMENT}


def test_cold_controlled_and_other_goods_travel_apart(counter: Counter) -> None:
    counter.shipped(Want(GOOD, 2), Want(COLD, 1), Want(SCHEDULE_4, 1))
    totes = counter.shop.memory.rows(Tote)
    inside = {
        tote.sscc: {one.ndc for one in counter.bottles() if one.tote == tote.sscc}
        for tote in totes
    }
    assert sorted(map(sorted, inside.values())) == [
        ["0169-3303-12"], ["0228-2029-10"], ["65162-007-09"],
    ]  # fmt: skip
    cold = [tote for tote in totes if tote.is_cold]
    assert [tote.arrived_c for tote in cold] == ["4.1"]
    assert {tote.arrived_c for tote in totes if not tote.is_cold} == {"21.0"}


@pytest.mark.parametrize(
    ("bottles", "totes"),
    [(1, 1), (TOTE_HOLDS - 1, 1), (TOTE_HOLDS, 1), (TOTE_HOLDS + 1, 2), (3 * TOTE_HOLDS, 3)],
)
def test_a_tote_holds_no_more_than_it_can(counter: Counter, bottles: int, totes: int) -> None:
    counter.shipped(Want(GOOD, bottles))
    assert len(counter.shop.memory.rows(Tote)) == totes
    tally = Tally(one.tote for one in counter.bottles())
    assert max(tally.values()) <= TOTE_HOLDS
    assert sum(tally.values()) == bottles


@pytest.mark.parametrize(("bottles", "lots"), [(1, 1), (LOT_HOLDS, 1), (LOT_HOLDS + 1, 2)])
def test_many_bottles_come_from_more_than_one_lot(
    counter: Counter, bottles: int, lots: int
) -> None:
    counter.shipped(Want(GOOD, bottles))
    assert len({one.lot for one in counter.bottles()}) == lots


def test_a_lot_keeps_its_expiry_from_shipment_to_shipment(counter: Counter) -> None:
    counter.shipped(Want(GOOD), po="PO-1")
    counter.shipped(Want(GOOD), po="PO-2")
    assert len({(one.lot, one.expires_on) for one in counter.bottles()}) == 1


def test_good_stock_is_good_for_more_than_a_year(counter: Counter) -> None:
    counter.shipped(*[Want(one.ndc11) for one in counter.shop.catalogue.items
                      if one.schedule == "0"][:60])  # fmt: skip
    for one in counter.bottles():
        assert date.fromisoformat(one.expires_on) > TODAY + timedelta(days=365)


def test_an_item_without_a_day_of_expiry_says_00_and_means_the_last(counter: Counter) -> None:
    counter.shipped(Want(NO_DAY))
    (one,) = counter.bottles()
    assert one.symbol_expiry.endswith("00")
    last = date.fromisoformat(one.expires_on)
    assert (last + timedelta(days=1)).day == 1
    assert one.symbol_expiry[:4] == last.strftime("%y%m")


def _told(counter: Counter, key: str) -> Tally[tuple[str, str, str, str]]:
    """Tote, NDC, lot and expiry of each bottle, as the ship notice tells it."""
    house, said = counter.house(key), counter.paper("856", key)
    dialect, tally, tote = house.dialect, Tally[tuple[str, str, str, str]](), ""
    for loop in said.loops("HL"):
        found = {one[0]: one for one in loop}
        if loop[0][3] == "P":
            tote = found["MAN"][2]
        if loop[0][3] != "I":
            continue
        ids = dict(zip(found["LIN"][2::2], found["LIN"][3::2], strict=True))
        lot = ids[dialect.lot] if dialect.lot_in_line else found["REF"][2]
        key_of = (tote, dialect.ndc11(ids[dialect.ndc_qualifier]), lot, found["DTM"][2])
        tally[key_of] += int(found["SN1"][2])
    return tally


@pytest.mark.parametrize("key", HOUSES)
def test_a_ship_notice_tells_exactly_what_lies_in_each_tote(counter: Counter, key: str) -> None:
    counter.shipped(Want(GOOD, 30), Want(COLD, 2), Want(SCHEDULE_4, 3), key=key)
    form = {"caprock": "%Y%m%d", "guadalupe": "%Y%m", "blanco": "%y%m%d"}[key]
    truth = Tally(
        (
            one.tote,
            gs1.ndc11(one.ndc),
            one.lot,
            date.fromisoformat(one.expires_on).strftime(form),
        )
        for one in counter.bottles()
    )
    assert _told(counter, key) == truth


@pytest.mark.parametrize("key", HOUSES)
def test_the_levels_of_a_ship_notice_are_a_tree(counter: Counter, key: str) -> None:
    counter.shipped(Want(GOOD, 30), Want(COLD), key=key)
    levels = [one[1:4] for one in counter.paper("856", key).all("HL")]
    kinds = {number: kind for number, _, kind in levels}
    assert [number for number, _, _ in levels] == [str(n) for n in range(1, len(levels) + 1)]
    above = {"S": "", "O": "S", "P": "O", "I": "P"}
    for _, parent, kind in levels:
        assert kinds.get(parent, "") == above[kind]


def test_a_ship_notice_names_store_order_invoice_and_arrival(counter: Counter) -> None:
    counter.shipped(Want(GOOD, 2))
    said = counter.paper("856")
    assert said.one("BSN") == ["BSN", "00", "CS000001", "20260302", said.one("BSN")[4], "0001"]
    assert said.one("N1", "ST")[3:] == ["92", "0012345"]
    assert said.one("N1", "SF")[3:] == ["11", "RC9001013"]
    assert said.one("PRF") == ["PRF", "PO-1", "", "", "20260302"]
    assert said.one("REF", "IV")[2] == counter.paper("810").one("BIG")[2]
    assert said.one("DTM", "017")[2] == "20260302"
    assert said.one("CTT") == ["CTT", str(len(said.all("HL"))), "2"]


def test_totes_are_numbered_by_the_houses_own_prefix(counter: Counter) -> None:
    counter.shipped(Want(GOOD, 60))
    numbers = [one.sscc for one in counter.shop.memory.rows(Tote)]
    assert len(set(numbers)) == 3
    for number in numbers:
        assert number[1:8] == "0614141"
        assert gs1.check_digit(number[:17]) == number[17]


def test_orders_ship_by_themselves_when_their_hour_has_come() -> None:
    counter = Counter(ship_after=600)
    counter.order(Want(GOOD))
    counter.shop.clock.advance(599 - 5)
    counter.yard.pump()
    assert counter.bottles() == []
    counter.shop.clock.advance(6)
    counter.yard.pump()
    counter.yard.pump()
    assert len(counter.bottles()) == 1


def test_an_order_with_nothing_ready_is_not_waited_for() -> None:
    counter = Counter(ship_after=0)
    counter.order(Want(BACKORDERED))
    counter.yard.pump()
    assert counter.bottles() == []


def test_without_an_hour_orders_wait_until_told(counter: Counter) -> None:
    counter.order(Want(GOOD))
    counter.shop.clock.advance(30 * 86400)
    counter.yard.pump()
    assert counter.bottles() == []


def test_a_shipment_is_written_down_whole_or_not_at_all(counter: Counter) -> None:
    counter.order(Want(GOOD), Want(SHORT))
    # A line of a drug that was taken out of the catalogue since breaks the packing half way.
    line = counter.shop.memory.rows(SoldLine)[1]
    counter.shop.memory.change(line, ndc="1111-1111-11")
    with pytest.raises(LookupError, match="1111-1111-11"):
        counter.ship()
    assert counter.shop.memory.rows(Package) == []
    assert counter.shop.memory.rows(Tote) == []
    assert counter.papers("856") == []
    assert [one.ready for one in counter.shop.memory.rows(SoldLine)] == [1, 1]
