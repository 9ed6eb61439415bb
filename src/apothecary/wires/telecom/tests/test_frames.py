import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.wires.errors import Malformed
from apothecary.wires.telecom.frames import Frames, frame
from apothecary.wires.telecom.tests.messages import BILLING, PAID, REJECTED


def test_a_transmission_is_framed_and_comes_out_whole() -> None:
    assert frame(BILLING) == b"\x02" + BILLING + b"\x03"
    assert Frames().feed(frame(BILLING)) == [BILLING]


@pytest.mark.parametrize("bad", [b"\x02", b"a\x03b", b"\x02x\x03"])
def test_a_message_with_a_framing_byte_is_not_sent(bad: bytes) -> None:
    with pytest.raises(Malformed, match="holds a framing byte"):
        frame(bad)


@given(st.lists(st.sampled_from([BILLING, PAID, REJECTED, b""]), max_size=4), st.data())
def test_the_line_may_cut_anywhere(messages: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(frame(message) for message in messages)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    frames, found = Frames(), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += frames.feed(stream[start:end])
    assert found == messages


@pytest.mark.parametrize("size", [1, 2, 7])
def test_the_line_may_come_in_drops(size: int) -> None:
    stream, frames, found = frame(PAID) + frame(REJECTED), Frames(), []
    for start in range(0, len(stream), size):
        found += frames.feed(stream[start : start + size])
    assert found == [PAID, REJECTED]


def test_noise_between_frames_is_dropped() -> None:
    frames = Frames()
    assert frames.feed(b"noise\x03" + frame(PAID) + b"\r\n\x00") == [PAID]
    assert frames.feed(b"more" + frame(REJECTED)) == [REJECTED]


def test_a_new_start_gives_up_the_message_that_never_ended() -> None:
    assert Frames().feed(b"\x02half of one" + frame(PAID)) == [PAID]
    frames = Frames()
    assert frames.feed(b"\x02half") == []
    assert frames.feed(frame(PAID)) == [PAID]


def test_a_frame_without_end_is_refused_at_its_limit() -> None:
    frames = Frames(largest=10)
    assert frames.feed(b"\x02" + b"x" * 9) == []
    with pytest.raises(Malformed, match="grew beyond 10 bytes without an end"):
        frames.feed(b"x")


def test_noise_without_end_is_not_kept() -> None:
    frames = Frames(largest=10)
    for _ in range(100):
        assert frames.feed(b"y" * 9) == []
    assert frames.feed(frame(b"D0B1")) == [b"D0B1"]
