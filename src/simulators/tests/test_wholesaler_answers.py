"""What an 855 says of each line: accepted, short, substituted, dearer, allocated, refused."""

from decimal import Decimal

import pytest

from simulators.tests.wholesale import (
    ALLOCATED,
    BACKORDERED,
    DEARER,
    GONE,
    GOOD,
    REPLACED,
    REPLACEMENT,
    SCHEDULE_2,
    SHORT,
    UNKNOWN,
    Counter,
    Elements,
    Split,
    Want,
)
from simulators.wholesaler.catalogue import item_number, price_usd
from simulators.wholesaler.records import SoldLine

HOUSES = ["caprock", "guadalupe", "blanco"]


@pytest.fixture
def counter() -> Counter:
    return Counter()


def answered(counter: Counter, *wants: Want, key: str = "caprock") -> Split:
    counter.order(*wants, key=key)
    return counter.paper("855", key)


def statuses(said: Split) -> list[tuple[str, str]]:
    return [(one[1], one[2]) for one in said.all("ACK")]


def our_price(counter: Counter, ndc11: str, key: str = "caprock") -> Decimal:
    item, house = counter.shop.catalogue.by_ndc(ndc11), counter.house(key)
    assert item is not None
    return price_usd(house, house.accounts[0], item)


def test_a_good_line_is_accepted_with_its_ship_date(counter: Counter) -> None:
    said = answered(counter, Want(GOOD, 4))
    assert said.one("ACK")[:6] == ["ACK", "IA", "4", "EA", "068", "20260302"]
    assert said.one("BAK")[:5] == ["BAK", "00", "AD", "PO-1", "20260302"]


def test_the_heading_names_order_seller_order_and_day(counter: Counter) -> None:
    said = answered(counter, Want(GOOD))
    assert said.one("BAK")[8:] == ["CO000001", "20260302"]
    assert said.one("REF") == ["REF", "IA", "0012345"]
    assert said.one("N1", "ST")[3:] == ["92", "0012345"]
    assert said.one("N1", "SU")[2:] == ["CAPROCK DRUG", "11", "RC9001013"]


@pytest.mark.parametrize(
    ("wants", "parts", "kind"),
    [
        ([Want(SHORT, 2)], [("IA", "2")], "AD"),
        ([Want(SHORT, 3)], [("IQ", "2"), ("IB", "1")], "AC"),
        ([Want(BACKORDERED, 2)], [("IB", "2")], "AC"),
        ([Want(REPLACED, 2)], [("IS", "2")], "AC"),
        ([Want(GONE, 2)], [("IR", "2")], "RJ"),
        ([Want(ALLOCATED, 3)], [("IA", "3")], "AD"),
        ([Want(ALLOCATED, 4)], [("IQ", "3")], "AC"),
        ([Want(SCHEDULE_2, 1)], [("IR", "1")], "RJ"),
        ([Want(UNKNOWN, 1)], [("R2", "1")], "RJ"),
        ([Want(UNKNOWN, 1), Want(GOOD)], [("R2", "1"), ("IA", "1")], "AC"),
        ([Want(GOOD), Want(SHORT, 9)], [("IA", "1"), ("IQ", "2"), ("IB", "7")], "AC"),
    ],
)
def test_each_behaviour_has_its_statuses(
    counter: Counter, wants: list[Want], parts: list[tuple[str, str]], kind: str
) -> None:
    said = answered(counter, *wants)
    assert statuses(said) == parts
    assert said.one("BAK")[2] == kind
    assert said.one("CTT") == ["CTT", str(len(wants)), str(sum(one.quantity for one in wants))]


def test_a_schedule_ii_line_is_refused_with_the_law(counter: Counter) -> None:
    said = answered(counter, Want(GOOD), Want(SCHEDULE_2))
    assert said.one("N9") == ["N9", "L1", "2"]
    assert "1305.03" in said.one("MSG")[1]
    assert [one.ready for one in counter.shop.memory.rows(SoldLine)] == [1, 0]


@pytest.mark.parametrize(
    ("ndc11", "words"), [(GONE, "DISCONTINUED"), (UNKNOWN, "NO SUCH"), (ALLOCATED, "AT MOST 3")]
)
def test_a_refused_or_cut_line_says_why(counter: Counter, ndc11: str, words: str) -> None:
    assert words in answered(counter, Want(ndc11, 5)).one("MSG")[1]


@pytest.mark.parametrize("key", HOUSES)
def test_a_substitute_is_named_by_both_its_numbers(counter: Counter, key: str) -> None:
    said = answered(counter, Want(REPLACED), key=key)
    house = counter.house(key)
    other = counter.shop.catalogue.by_ndc(REPLACEMENT)
    assert other is not None
    shown = said.one("ACK", "IS")
    assert house.dialect.ndc(REPLACEMENT) in shown
    assert item_number(house, other) in shown
    assert house.dialect.ndc(REPLACED) in said.one("PO1")


def test_a_substitute_costs_what_it_costs_itself(counter: Counter) -> None:
    said = answered(counter, Want(REPLACED, 1, "0.01"))
    assert Decimal(said.one("PO1")[4]) == our_price(counter, REPLACEMENT)


@pytest.mark.parametrize(
    ("asked", "status"),
    [("", "IA"), ("too little", "IP"), ("exact", "IA"), ("too much", "IA")],
)
def test_a_price_below_ours_is_told_as_changed(
    counter: Counter, asked: str, status: str
) -> None:
    ours = our_price(counter, GOOD)
    prices = {"": "", "too little": ours - Decimal("0.01"), "exact": ours,
              "too much": ours + 1}  # fmt: skip
    said = answered(counter, Want(GOOD, 1, str(prices[asked])))
    assert statuses(said) == [(status, "1")]
    assert Decimal(said.one("PO1")[4]) == ours


def test_an_item_may_be_dearer_than_its_catalogue_said(counter: Counter) -> None:
    listed = our_price(counter, DEARER)
    said = answered(counter, Want(DEARER, 1, str(listed)))
    assert statuses(said) == [("IP", "1")]
    assert Decimal(said.one("PO1")[4]) == (listed * Decimal("1.08")).quantize(Decimal("0.01"))


def test_an_item_is_found_by_the_wholesalers_number_alone(counter: Counter) -> None:
    item = counter.shop.catalogue.by_ndc(GOOD)
    assert item is not None
    body = counter.body("caprock", [Want(GOOD)])
    number = item_number(counter.house(), item)
    made = [[*one[:6], "VN", number] if one[0] == "PO1" else one for one in body]
    counter.send(counter.written("caprock", made))
    said = counter.paper("855")
    assert statuses(said) == [("IA", "1")]
    assert GOOD in said.one("ACK")
    # What was ordered is echoed as it was: by that number only.
    assert said.one("PO1")[6:] == ["VN", number]


def _with(body: list[Elements], *pairs: str) -> list[Elements]:
    return [[*one, *pairs] if one[0] == "PO1" else one for one in body]


def test_two_numbers_of_different_items_are_no_item(counter: Counter) -> None:
    other = counter.shop.catalogue.by_ndc(SHORT)
    assert other is not None
    number = item_number(counter.house(), other)
    body = _with(counter.body("caprock", [Want(GOOD)]), "VN", number)
    counter.send(counter.written("caprock", body))
    assert statuses(counter.paper("855")) == [("R2", "1")]


def test_a_number_of_another_wholesaler_is_no_number_here(counter: Counter) -> None:
    item = counter.shop.catalogue.by_ndc(GOOD)
    assert item is not None
    theirs = item_number(counter.house("guadalupe"), item)
    assert counter.shop.catalogue.by_number(counter.house(), theirs) is None


@pytest.mark.parametrize("key", HOUSES)
def test_an_answer_speaks_the_dialect_of_its_house(counter: Counter, key: str) -> None:
    said = answered(counter, Want(GOOD), key=key)
    dialect = counter.house(key).dialect
    ids = said.one("ACK")[7:]
    pairs = dict(zip(ids[::2], ids[1::2], strict=True))
    assert pairs[dialect.ndc_qualifier] == dialect.ndc(GOOD)
    assert set(pairs) == {dialect.ndc_qualifier, dialect.item_qualifier}
    first = dialect.item_qualifier if dialect.is_item_first else dialect.ndc_qualifier
    assert ids[0] == first
    assert said.raw[3:4].decode() == dialect.marks.element


@pytest.mark.parametrize("key", HOUSES)
def test_every_set_counts_its_segments(counter: Counter, key: str) -> None:
    counter.shipped(Want(GOOD, 2), Want(SHORT, 3), key=key)
    for kind in ("997", "855", "856", "810"):
        said = counter.paper(kind, key)
        start = next(n for n, one in enumerate(said.segments) if one[0] == "ST")
        end = next(n for n, one in enumerate(said.segments) if one[0] == "SE")
        assert said.segments[end][1] == str(end - start + 1), kind


def test_each_paper_has_a_control_number_of_its_own(counter: Counter) -> None:
    counter.shipped(Want(GOOD))
    every = [
        Split(one.body).one("IEA")[2]
        for one in counter.yard.post.waiting("caprock")
        if one.kind in {"997", "855", "856", "810"}
    ]
    assert len(set(every)) == len(every) == 4


def test_with_the_same_seed_the_same_orders_get_the_same_papers() -> None:
    def papers() -> list[str]:
        counter = Counter(seed=3)
        counter.shipped(Want(GOOD, 3))
        return [line for one in counter.papers("856") for line in map(str, one.segments[3:])]

    assert papers() == papers()


def test_an_order_of_many_lines_is_answered_line_by_line(counter: Counter) -> None:
    every = [one.ndc11 for one in counter.shop.catalogue.items if one.schedule == "0"][:100]
    said = answered(counter, *[Want(ndc, 1) for ndc in every])
    assert [one[1] for one in said.all("PO1")] == [str(n) for n in range(1, 101)]
    assert len(said.loops("PO1")) == 100
    assert all(any(part[0] == "ACK" for part in loop) for loop in said.loops("PO1"))
