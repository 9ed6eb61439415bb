from io import BytesIO
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.wires.asap.segments import (
    LARGEST_SEGMENT,
    Cutter,
    Segment,
    Separators,
    cut,
    stream,
)
from apothecary.wires.asap.tests.reports import (
    ACKNOWLEDGED,
    COMPOUND,
    SINGLE,
    TAKEN_BACK,
    ZERO,
    raw,
)
from apothecary.wires.asap.transmission import File, read
from apothecary.wires.errors import Malformed

EVERY = [SINGLE, COMPOUND, ZERO, TAKEN_BACK, ACKNOWLEDGED]


def head(mark: str = "*", tail: str = "~~") -> str:
    return mark.join(["TH", "4.2", "C1", "01", "", "20260115", "101500", "T", "", tail])


def shape(segments: list[Segment]) -> list[tuple[str, int, int, str]]:
    return [(one.text, one.number, one.at, one.end) for one in segments]


def all_of(file: File) -> list[Segment]:
    return [one for each in file.transmissions for one in each.segments]


@pytest.mark.parametrize("text", EVERY)
def test_every_report_comes_back_byte_for_byte(text: str) -> None:
    assert read(raw(text)).to_bytes() == raw(text)


@pytest.mark.parametrize(
    ("mark", "end"),
    [("*", "~"), ("*", "\\"), ("|", "~"), ("^", "!"), ("*", "\n"), ("*", "\r"), (",", "\x1e")],
)
def test_the_header_says_which_characters_separate(mark: str, end: str) -> None:
    text = f"{head(mark, end + end)}IS{mark}A{mark}B{end}TT{mark}C1{mark}3{end}"
    (one,) = read(raw(text)).transmissions
    assert one.header.separators == Separators(mark, end)
    assert [each.id for each in one.segments] == ["TH", "IS", "TT"]
    assert one.header[9] == end
    assert one.segments[1].elements == ("IS", "A", "B")
    assert one.to_bytes() == raw(text)


def test_a_single_terminator_behind_the_header_can_mean_only_itself() -> None:
    text = f"{head(tail='~')}\r\nIS*A*B~TT*C1*3~"
    (one,) = read(raw(text)).transmissions
    assert one.header.separators.segment == "~"
    assert one.header[9] == ""
    assert [each.id for each in one.segments] == ["TH", "IS", "TT"]
    assert one.to_bytes() == raw(text)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "transmission 1: must begin with TH, begins with ''"),
        ("\r\n  ", "transmission 1: must begin with TH, begins with ''"),
        ("IS*A*B~", r"transmission 1: must begin with TH, begins with 'IS\*A\*B~'"),
        ("TH", "transmission 1 TH: is cut short: 0 of 9 elements"),
        ("TH*4.2*C1*01", "transmission 1 TH: is cut short: 3 of 9 elements"),
        (head(tail=""), "transmission 1 TH: is cut short: 9 of 9 elements"),
        (head(tail="A~IS"), "the segment terminator is 'A'"),
        (head(tail="  IS"), "the segment terminator is ' '"),
        (head(tail="~!IS*"), r"TH09 \(terminator\): must be one character and then that"),
        (head("\n", "~~IS"), "the element separator is blank"),
        ("TH44.24C1401443434343~~IS", "the element separator is '4'"),
        ("TH*4.2*C1*01**20260115*101500*T~\r\nIS*A*B*C~TT*C1*2~", "is cut short: 7 of 9"),
        (head().replace("C1", "~C1"), "transmission 1 TH02: holds the segment terminator"),
        (head().replace("01**", "01*A~*"), "transmission 1 TH04: holds the segment"),
        ("TH*4.2*C1*01**20260115*101500*T*123~IS*A*##C~TT", "is cut short: 8 of 9"),
    ],
)
def test_a_header_that_cannot_be_made_out_is_refused(text: str, fault: str) -> None:
    with pytest.raises(Malformed, match=fault):
        read(raw(text))


def test_a_refused_header_is_named_with_its_transmission_and_byte() -> None:
    first = raw(SINGLE)
    with pytest.raises(Malformed) as refused:
        read(first + b"TH*4.2")
    assert refused.value.field == "transmission 2 TH"
    assert refused.value.at == len(first)


def test_a_byte_order_mark_and_line_ends_before_the_header_are_kept() -> None:
    text = "\xef\xbb\xbf\r\n" + SINGLE
    (one,) = read(raw(text)).transmissions
    assert one.header.id == "TH"
    assert one.header.lead == "\xef\xbb\xbf\r\n"
    assert one.to_bytes() + b"\r\n" == raw(text)


def test_a_segment_knows_its_number_its_byte_and_its_name() -> None:
    (one,) = read(raw(SINGLE)).transmissions
    third = one.segments[2]
    assert (third.id, third.number) == ("PHA", 3)
    assert raw(SINGLE)[third.at :].startswith(b"\r\nPHA*")
    assert third.lead == "\r\n"
    assert third.where == "segment 3 PHA"
    assert third[3] == "AB1234563"
    assert third[99] == ""


def test_a_terminator_inside_a_text_makes_a_segment_that_is_kept() -> None:
    text = SINGLE.replace("200 OAK AVE", "200 OAK~AVE")
    (one,) = read(raw(text)).transmissions
    assert len(one.segments) == 10
    assert one.segments[4].id == "AVE"
    assert one.to_bytes() + b"\r\n" == raw(text)


def test_a_file_cut_off_in_the_middle_keeps_what_came() -> None:
    for size in range(60, len(SINGLE)):
        part = raw(SINGLE[:size])
        assert read(part).to_bytes() == part


def test_the_last_segment_may_lack_its_terminator() -> None:
    (one,) = read(raw(SINGLE.rstrip("\r\n")[:-1])).transmissions
    assert one.segments[-1].end == ""
    assert one.segments[-1].elements == ("TT", "CTL420001", "9")


@pytest.mark.parametrize("between", ["", "\r\n", "\n\n", " \t", "\x1a"])
def test_transmissions_may_follow_each_other_with_separators_of_their_own(
    between: str,
) -> None:
    text = between.join(one.rstrip("\r\n") for one in EVERY)
    file = read(raw(text))
    assert file.to_bytes() == raw(text)
    assert [one.control for one in file.transmissions] == [
        "CTL420001",
        "CTL42A001",
        "123456",
        "CTL9",
        "ANS1",
    ]
    assert [one.segments[-1].id for one in file.transmissions] == ["TT"] * 5
    assert [one.header.separators.segment for one in file.transmissions] == list("~~\\~~")


def test_a_header_some_way_behind_a_terminator_is_a_new_transmission() -> None:
    text = TAKEN_BACK + "\n" * 64 + TAKEN_BACK
    first, second = read(raw(text)).transmissions
    assert [each.id for each in first.segments] == ["TH", "TT"]
    assert [each.id for each in second.segments] == ["TH", "TT"]


def test_a_header_far_behind_a_terminator_is_no_new_transmission() -> None:
    text = TAKEN_BACK + "\n" * 65 + TAKEN_BACK
    (one,) = read(raw(text)).transmissions
    assert [each.id for each in one.segments] == ["TH", "TT", "TH", "", "TT"]


@pytest.mark.parametrize("block", [1, 2, 3, 5, 7, 11, 64, 1000])
def test_a_stream_gives_the_segments_of_the_whole_file(block: int) -> None:
    whole = raw("\r\n".join(EVERY))
    assert shape(list(stream(BytesIO(whole), block=block))) == shape(all_of(read(whole)))


def test_a_stream_cuts_its_first_segments_before_the_file_has_ended() -> None:
    cutter = Cutter()
    found = cutter.feed(SINGLE[:150])
    assert [one.id for one in found] == ["TH", "IS"]
    assert cutter.feed("") == []


def test_an_endless_segment_is_refused() -> None:
    blocks = [head(), "IS*", "A" * (LARGEST_SEGMENT + 1)]
    with pytest.raises(Malformed, match="segment 2: has over 100000 characters without an end"):
        list(cut(blocks))


def test_a_long_segment_that_ends_is_read() -> None:
    (one,) = read(raw(f"{head()}IS*{'A' * (LARGEST_SEGMENT + 9)}~")).transmissions
    assert len(one.segments[1][1]) == LARGEST_SEGMENT + 9


def test_empty_blocks_change_nothing() -> None:
    assert shape(list(cut(["", TAKEN_BACK, ""]))) == shape(list(cut([TAKEN_BACK])))


@pytest.mark.parametrize(
    ("separators", "faults"),
    [
        (Separators(), []),
        (Separators("|", "\n"), []),
        (Separators("*", "*"), ["the element separator ends segments too"]),
        (Separators("A", "~"), ["the element separator is 'A'"]),
        (Separators("*", "7"), ["the segment terminator is '7'"]),
        (Separators("*", ""), ["the segment terminator is ''"]),
        (Separators("*", "~~"), ["the segment terminator is '~~'"]),
        (Separators("*", "€"), ["the segment terminator is '€'"]),
        (Separators("\t", "~"), ["the element separator is blank"]),
    ],
)
def test_separators_must_be_told_from_each_other_and_from_text(
    separators: Separators, faults: list[str]
) -> None:
    assert separators.faults() == faults


@given(st.lists(st.sampled_from(EVERY), min_size=1, max_size=4), st.data())
def test_blocks_of_any_size_give_the_same_segments(texts: list[str], data) -> None:
    whole = "".join(texts)
    places = data.draw(st.lists(st.integers(0, len(whole)), max_size=6).map(sorted))
    edges = [0, *places, len(whole)]
    blocks = [whole[a:b] for a, b in pairwise(edges)]
    assert shape(list(cut(blocks))) == shape(all_of(read(raw(whole))))


@given(st.binary(max_size=300))
def test_any_bytes_behind_a_header_come_back(tail: bytes) -> None:
    text = raw(head()) + tail
    try:
        file = read(text)
    except Malformed:
        return
    assert file.to_bytes() == text
