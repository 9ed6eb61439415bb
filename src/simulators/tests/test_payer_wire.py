"""The payer's bytes: frames however TCP cuts them, amounts, quantities."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.payer.wire import (
    MAX_FRAME_BYTES,
    BadValue,
    Framer,
    FrameTooLong,
    frame,
    read_money,
    read_quantity,
    split_request,
    write_money,
    write_quantity,
)
from simulators.tests.counter import changed, header, written

bodies = st.lists(
    st.binary(max_size=40).map(lambda b: b.replace(b"\x02", b"").replace(b"\x03", b""))
)


@given(bodies, st.lists(st.integers(1, 30), min_size=1))
def test_frames_come_out_whole_however_the_stream_is_cut(
    sent: list[bytes], cuts: list[int]
) -> None:
    stream = b"".join(b"\x02" + body + b"\x03" for body in sent)
    framer, got, at, turn = Framer(), [], 0, 0
    while at < len(stream):
        step = cuts[turn % len(cuts)]
        got += framer.feed(stream[at : at + step])
        at, turn = at + step, turn + 1
    assert got == sent
    assert framer.noise_bytes == 0


def test_noise_between_frames_is_counted_and_dropped() -> None:
    framer = Framer()
    assert framer.feed(b"\r\n\x02one\x03junk\x02two\x03\n") == [b"one", b"two"]
    assert framer.noise_bytes == 7


def test_a_frame_without_end_is_refused() -> None:
    framer = Framer()
    framer.feed(b"\x02" + b"x" * MAX_FRAME_BYTES)
    with pytest.raises(FrameTooLong):
        framer.feed(b"x")


@given(st.integers(-99_999_999, 99_999_999).map(lambda cents: Decimal(cents) / 100))
def test_money_survives_the_wire(usd: Decimal) -> None:
    assert read_money(write_money(usd)) == usd
    assert len(write_money(usd)) == 8


@pytest.mark.parametrize(
    ("text", "usd"),
    [
        ("123{", "12.30"),
        ("0000123E", "12.35"),
        ("250}", "-25.00"),
        ("0007K", "-0.72"),
        ("A", "0.01"),
    ],
)
def test_overpunched_amounts_read_as_the_field_tables_say(text: str, usd: str) -> None:
    assert read_money(text) == Decimal(usd)


@pytest.mark.parametrize("text", ["", "ID", "12.3{", "1234", "-12{", "1 2{", "١{"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        read_money(text)


def test_money_that_does_not_fit_is_refused() -> None:
    with pytest.raises(BadValue):
        write_money(Decimal("1000000.00"))


@given(st.integers(0, 9_999_999_999).map(lambda thousandths: Decimal(thousandths) / 1000))
def test_quantities_survive_the_wire(quantity: Decimal) -> None:
    assert read_quantity(write_quantity(quantity)) == quantity


@pytest.mark.parametrize("text", ["", "1.5", "-1", "12345678901", "٣"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        read_quantity(text)


def test_repeats_and_unknown_fields_are_kept_in_order() -> None:
    raw = written(header(), changed()) + b"\x1e\x1cAM99\x1c#!one\x1c#!two"
    request = split_request(raw)
    assert request.claims[0][-1].pairs == [("#!", "one"), ("#!", "two")]
    assert request.header["provider_id"] == "2900000110"
    assert frame("x") == b"\x02x\x03"
