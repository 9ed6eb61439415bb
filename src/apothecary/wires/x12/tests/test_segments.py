from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.wires.errors import Malformed
from apothecary.wires.x12.interchange import LARGEST_FILE, read, split_interchanges
from apothecary.wires.x12.segments import LARGEST_SEGMENT, Cutter, Delimiters, Segment, stream
from apothecary.wires.x12.tests.papers import (
    DIALECTS,
    PLAIN,
    Dialect,
    interchange,
    isa,
    order,
    written,
)


def texts(raw: bytes) -> list[str]:
    return [one.text for part in read(raw).interchanges for one in part.segments]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_comes_back_byte_for_byte(dialect: Dialect) -> None:
    raw = order(dialect)
    file = read(raw)
    assert file.to_bytes() == raw
    (one,) = file.interchanges
    assert one.delimiters.element == dialect.element
    assert one.delimiters.component == dialect.component
    assert one.delimiters.segment == dialect.segment
    assert [segment.id for segment in one.segments][:4] == ["ISA", "GS", "ST", "BEG"]
    assert one.segments[3].elements == ("BEG", "00", "NE", "PO-1", "", "20260115")


@pytest.mark.parametrize(
    ("version", "mark", "known"),
    [("00401", "U", ""), ("00401", "^", ""), ("00402", "^", "^"), ("00501", "U", "")],
)
def test_the_repetition_separator_is_known_from_version_402_on(
    version: str, mark: str, known: str
) -> None:
    (one,) = read(order(Dialect(repetition=mark, version=version))).interchanges
    assert one.delimiters.repetition == known


def test_interchanges_of_different_dialects_may_follow_each_other() -> None:
    parts = [order(dialect, control=f"{n:09}") for n, dialect in enumerate(DIALECTS, 1)]
    raw = b"".join(parts)
    file = read(raw)
    assert file.to_bytes() == raw
    assert [one.control for one in file.interchanges] == [
        f"{n:09}" for n in range(1, len(parts) + 1)
    ]
    assert [len(one.segments) for one in file.interchanges] == [11] * len(parts)


def test_a_segment_knows_its_number_and_its_byte() -> None:
    raw = b"\xef\xbb\xbf\r\n" + order() + b"\n\n" + order(control="000000902")
    for part in read(raw).interchanges:
        assert [one.number for one in part.segments] == list(range(1, 12))
        for one in part.segments:
            stands = raw[one.at : one.at + len(one.text) + 1]
            assert stands == (one.text + one.end).encode("latin-1")


def test_elements_are_counted_as_the_field_counts_them() -> None:
    marks = Delimiters(repetition="^")
    one = Segment("\r\nSVC*N4:123*10*^A^B**", 1, 0, marks, "~")
    assert (one.id, one.lead, one[2], one[4], one[5], one[9]) == (
        "SVC",
        "\r\n",
        "10",
        "",
        "",
        "",
    )
    assert one.components(1) == ("N4", "123")
    assert one.components(4) == ()
    assert one.repeats(3) == ("", "A", "B")
    assert one.repeats(4) == ()
    assert Segment("A*B^C", 1, 0, Delimiters(), "~").repeats(1) == ("B^C",)
    assert (one.path(), one.path(2)) == ("segment 1 SVC", "segment 1 SVC02")


def test_a_file_wrapped_at_a_column_reads_as_if_it_were_not() -> None:
    raw = order(Dialect(newline=""))
    wrapped = b"\r\n".join(raw[start : start + 80] for start in range(0, len(raw), 80))
    plain, broken = read(raw).interchanges[0], read(wrapped).interchanges[0]
    assert [one.elements for one in broken.segments] == [one.elements for one in plain.segments]
    assert read(wrapped).to_bytes() == wrapped
    assert any(one.wrapped for one in broken.segments)
    assert not any(one.wrapped for one in plain.segments)


def test_an_interchange_without_a_trailer_ends_where_the_next_begins() -> None:
    cut_off = order().replace(b"IEA*1*000000901~\n", b"")
    file = read(cut_off + order(control="000000902"))
    assert [one.control for one in file.interchanges] == ["000000901", "000000902"]
    assert [one.trailer is None for one in file.interchanges] == [True, False]


def test_a_trailer_without_its_terminator_swallows_nothing() -> None:
    raw = order().rstrip(b"~\n") + b"\r\n" + order(control="000000902")
    file = read(raw)
    assert [one.control for one in file.interchanges] == ["000000901", "000000902"]
    assert file.interchanges[0].segments[-1].elements == ("IEA", "1", "000000901")
    assert file.interchanges[0].segments[-1].end == ""
    assert file.to_bytes() == raw


@pytest.mark.parametrize("tail", [b"", b"\n", b"\r\n\r\n", b"\x1a", b" \x00\n"])
def test_blank_text_at_the_end_is_kept_as_the_tail(tail: bytes) -> None:
    raw = order(Dialect(newline="")) + tail
    assert read(raw).tail == tail.decode("latin-1")
    assert read(raw).to_bytes() == raw


@pytest.mark.parametrize(
    ("raw", "fault", "at"),
    [
        (b"", "interchange 1: must begin with ISA", 0),
        (b"  \r\n", "interchange 1: must begin with ISA", 4),
        (b"EDIFACT+1'", "interchange 1: must begin with ISA, begins with", 0),
        (b"is", "interchange 1: must begin with ISA", 0),
        (b"ISA", "interchange 1 ISA: is cut short: 0 of 16 elements", 0),
        (order()[:60], "interchange 1 ISA: is cut short: 8 of 16 elements", 0),
        (order()[:105], "interchange 1 ISA: is cut short: 16 of 16 elements", 0),
        (order() + b"junk", "interchange 2: must begin with ISA, begins with 'junk'", None),
        (order() + order()[:40], "interchange 2 ISA: is cut short: 6 of 16", None),
    ],
)
def test_bytes_that_are_no_interchange_are_refused_by_place(
    raw: bytes, fault: str, at: int | None
) -> None:
    with pytest.raises(Malformed, match=fault) as refused:
        read(raw)
    if at is not None:
        assert refused.value.at == at


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b":~", b"*~", "two separators are the same character"),
        (b":~", b"A~", "the component separator is 'A'"),
        (b":~", b" ~", "the component separator is ' '"),
        (b":~", b":Z", "the segment separator is 'Z'"),
        (b":~", b"\n~", "the component separator is a line end"),
        (b"*^*00501", b"*~*00501", "two separators are the same"),
    ],
)
def test_separators_that_cannot_be_told_apart_are_refused(
    old: bytes, new: bytes, fault: str
) -> None:
    with pytest.raises(Malformed, match=fault):
        read(order().replace(old, new, 1))


def test_an_element_separator_that_is_a_letter_is_refused() -> None:
    with pytest.raises(Malformed, match="the element separator is 'X'"):
        read(written([isa()]).replace("*", "X").encode() + b"GSXPO~")


def test_a_segment_that_never_ends_is_refused_and_not_collected_for_ever() -> None:
    cutter = Cutter()
    cutter.feed(order().decode())
    cutter.feed(written([isa()]))
    for _ in range(LARGEST_SEGMENT // 50_000 - 1):
        assert cutter.feed("A" * 50_000) == []
    with pytest.raises(Malformed, match="segment 2: has over 1000000 characters") as refused:
        cutter.feed("A" * 50_000)
    assert refused.value.at == len(order()) + 106


@pytest.mark.parametrize("block", [1, 2, 3, 105, 106, 107, 1000])
def test_a_stream_gives_the_same_segments_whatever_the_blocks(block: int) -> None:
    raw = b"".join(order(dialect) for dialect in DIALECTS) + b"\n"
    found = [(one.text, one.number, one.at) for one in stream(BytesIO(raw), block=block)]
    whole = [
        (one.text, one.number, one.at)
        for part in read(raw).interchanges
        for one in part.segments
    ]
    assert found == whole


def test_a_file_too_large_to_be_read_at_once_is_refused_before_it_is_looked_at() -> None:
    with pytest.raises(Malformed, match="file: has 256000001 bytes, at most 256000000"):
        read(bytes(LARGEST_FILE + 1))


def test_a_segment_shows_its_number_and_text() -> None:
    one = read(order()).interchanges[0].segments[2]
    assert repr(one) == "Segment(3, '\\nST*850*0001')"
    assert (one.at, one.byte) == (order().index(b"ST*") - 1, order().index(b"ST*"))


def test_separators_are_any_characters_but_letters_digits_and_blanks() -> None:
    for mark in "|^!\x1c\x1d\x1f+'\xa7":
        assert Delimiters(element=mark).faults() == []
    for mark in ("", "**", "A", "7", " "):
        assert Delimiters(element=mark).faults()
    assert Delimiters(component="\n").faults()
    assert Delimiters(segment="\n").faults() == []
    assert Delimiters(repetition="*").faults() == ["two separators are the same character"]


def test_a_stream_of_nothing_is_refused() -> None:
    with pytest.raises(Malformed, match="interchange 1: must begin with ISA"):
        list(stream(BytesIO(b"")))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_file_cut_at_any_byte_is_read_to_the_same_bytes_or_refused(dialect: Dialect) -> None:
    raw = order(dialect)
    for end in range(len(raw)):
        part = raw[:end]
        try:
            file = read(part)
        except Malformed:
            assert end < 106
            continue
        assert file.to_bytes() == part


@given(st.lists(st.sampled_from(range(len(DIALECTS))), max_size=4), st.integers(1, 300))
def test_blocks_of_any_size_cut_files_of_any_dialects_alike(
    which: list[int], block: int
) -> None:
    raw = b"".join(order(DIALECTS[n]) for n in [0, *which])
    assert [one.text for one in stream(BytesIO(raw), block=block)] == texts(raw)


_PIECES = st.sampled_from(
    [
        b"~",
        b"\n",
        b"\r\n",
        b"ISA",
        b"IEA*1*1",
        b"GS*PO",
        b"ST*850*0001",
        b"SE*2*0001",
        b"*",
        b":",
    ]
)


@given(st.lists(st.one_of(_PIECES, st.binary(max_size=6)), max_size=25))
def test_whatever_follows_a_good_header_is_kept_or_refused(pieces: list[bytes]) -> None:
    raw = written([isa()]).encode() + b"".join(pieces)
    try:
        file = read(raw)
    except Malformed:
        assert b"".join(split_interchanges(raw)) == raw
        return
    assert file.to_bytes() == raw
    assert [one.text for one in stream(BytesIO(raw), block=7)] == texts(raw)


@given(st.binary(max_size=300))
def test_any_bytes_are_split_into_pieces_that_join_again(raw: bytes) -> None:
    assert b"".join(split_interchanges(raw)) == raw


def test_a_file_of_many_is_split_into_its_interchanges() -> None:
    parts = [order(control=f"{n:09}") for n in range(1, 4)]
    raw = b"".join(parts)
    pieces = list(split_interchanges(raw))
    assert len(pieces) == 3
    assert [read(piece).interchanges[0].control for piece in pieces] == [
        "000000001",
        "000000002",
        "000000003",
    ]


@pytest.mark.parametrize("bad", [b"junk", order()[:50], b"ISA*broken~GS*1~" * 80])
def test_a_bad_interchange_at_the_end_leaves_the_good_ones_readable(bad: bytes) -> None:
    pieces = list(split_interchanges(order() + order() + bad))
    assert len(pieces) == 3
    assert all(read(piece).interchanges for piece in pieces[:2])
    with pytest.raises(Malformed):
        read(pieces[2])


def test_ten_thousand_small_interchanges_are_read_in_the_time_of_one_file() -> None:
    raw = interchange([], PLAIN) * 10_000
    assert len(read(raw).interchanges) == 10_000
    never_ended = written([isa()]).encode() * 10_000
    assert len(read(never_ended).interchanges) == 10_000
