"""Orders that nobody would write: whatever comes, it is taken whole or refused whole."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.tests.wholesale import COLD, GOOD, SCHEDULE_4, SHORT, Counter, Split, Want
from simulators.wholesaler.desk import AGAIN, REFUSED, TAKEN
from simulators.wholesaler.records import Paper, Sold, SoldLine
from simulators.wholesaler.x12 import Unreadable, read

HOUSES = ["caprock", "guadalupe", "blanco"]
WANTS = [Want(GOOD, 2), Want(SHORT, 3), Want(COLD, 1), Want(SCHEDULE_4, 1)]
FEW = settings(deadline=None, max_examples=60)


def good(key: str) -> tuple[Counter, bytes]:
    counter = Counter()
    return counter, counter.written(key, counter.body(key, WANTS))


def consistent(counter: Counter, key: str) -> None:
    """An order has its lines and one answer; without one, no answer waits."""
    sold = counter.shop.memory.rows(Sold)
    lines = counter.shop.memory.rows(SoldLine)
    assert {line.order_id for line in lines} == {order.id for order in sold}
    assert len(counter.waiting("855", key)) == len(sold)
    for line in lines:
        assert line.ready >= 0
        assert line.back >= 0
        assert line.ready + line.back <= line.wanted
    for paper in counter.shop.memory.rows(Paper):
        Split(paper.body)
        for group in read(paper.body).groups:
            assert not group.problems
            assert not any(one.problems for one in group.sets)


@FEW
@given(st.sampled_from(HOUSES), st.integers(0, 2000), st.integers(0, 255))
def test_one_byte_changed_anywhere_breaks_nothing(key: str, place: int, byte: int) -> None:
    counter, raw = good(key)
    place %= len(raw)
    receipt = counter.send(raw[:place] + bytes([byte]) + raw[place + 1 :], key)
    assert receipt.state in {TAKEN, REFUSED}
    consistent(counter, key)


@FEW
@given(st.sampled_from(HOUSES), st.integers(0, 2000), st.integers(1, 200))
def test_a_part_left_out_breaks_nothing(key: str, place: int, length: int) -> None:
    counter, raw = good(key)
    place %= len(raw)
    counter.send(raw[:place] + raw[place + length :], key)
    consistent(counter, key)


@FEW
@given(st.sampled_from(HOUSES), st.integers(0, 2000), st.integers(0, 2000))
def test_a_part_said_twice_breaks_nothing(key: str, start: int, end: int) -> None:
    counter, raw = good(key)
    start, end = sorted((start % len(raw), end % len(raw)))
    counter.send(raw[:end] + raw[start:], key)
    consistent(counter, key)


@FEW
@given(st.sampled_from(HOUSES), st.randoms(use_true_random=False))
def test_segments_in_any_order_break_nothing(key: str, random: object) -> None:
    counter = Counter()
    body = counter.body(key, WANTS)
    getattr(random, "shuffle")(body)  # noqa: B009  a Random by its duck's name
    counter.send(counter.written(key, body), key)
    consistent(counter, key)
    assert len(counter.waiting("997", key)) == 1


@FEW
@given(
    st.sampled_from(HOUSES),
    st.integers(0, 30),
    st.integers(0, 8),
    st.text(alphabet="ABC0123456789 .-", max_size=30),
)
def test_any_element_set_to_anything_is_answered(
    key: str, segment: int, place: int, value: str
) -> None:
    counter = Counter()
    body = counter.body(key, WANTS)
    one = body[segment % len(body)]
    one += [""] * (place + 1 - len(one))
    one[place] = value
    receipt = counter.send(counter.written(key, body), key)
    assert receipt.state == TAKEN
    (answer,) = counter.waiting("997", key)
    said = Split(answer.body)
    accepted = said.one("AK5")[1] == "A"
    assert accepted == bool(counter.shop.memory.rows(Sold))
    assert accepted == (not said.has("AK3"))
    consistent(counter, key)


@FEW
@given(st.sampled_from(HOUSES), st.binary(max_size=300))
def test_bytes_of_any_kind_are_refused(key: str, raw: bytes) -> None:
    counter = Counter()
    receipt = counter.send(raw, key)
    assert receipt.state == REFUSED
    assert receipt.says
    assert counter.shop.memory.rows(Sold) == []


@FEW
@given(st.lists(st.sampled_from(range(4)), min_size=1, max_size=8))
def test_any_sequence_of_sending_again_makes_each_order_once(picks: list[int]) -> None:
    counter = Counter()
    raws = [counter.written("caprock", counter.body("caprock", WANTS, po=f"PO-{n}"))
            for n in range(4)]  # fmt: skip
    states = [counter.send(raws[pick]).state for pick in picks]
    expected = [AGAIN if pick in picks[:place] else TAKEN for place, pick in enumerate(picks)]
    assert states == expected
    orders = [order.po for order in counter.shop.memory.rows(Sold)]
    assert sorted(orders) == sorted({f"PO-{pick}" for pick in picks})
    consistent(counter, "caprock")


@FEW
@given(st.sampled_from(HOUSES), st.integers(1, 40))
def test_an_order_cut_anywhere_can_be_sent_whole_afterwards(key: str, parts: int) -> None:
    counter, raw = good(key)
    kept = raw[: len(raw) * parts // 41]
    assert counter.send(kept, key).state == REFUSED
    assert counter.shop.memory.rows(Sold) == []
    assert counter.send(raw, key).state == TAKEN
    assert len(counter.shop.memory.rows(Sold)) == 1


def test_every_cut_is_named_as_one() -> None:
    counter, raw = good("caprock")
    for length in range(0, len(raw) - 2, 7):
        with pytest.raises(Unreadable) as refused:
            read(raw[:length])
        assert refused.value.note in {"001", "021", "022", "023"}
        assert str(refused.value)
    assert counter.shop.memory.rows(Paper) == []
