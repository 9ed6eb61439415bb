"""Interchanges as bytes: read with their faults named, written with their counts right."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.tests.wholesale import Split
from simulators.wholesaler.x12 import (
    MOST_BYTES,
    Envelope,
    Marks,
    Segment,
    Unreadable,
    element,
    enclose,
    read,
    split,
    write,
)

AT = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
PLAIN = Marks()
DIALECTS = [
    PLAIN,
    Marks("|", ">", "~", ""),
    Marks("*", ":", "\n", ""),
    Marks("*", ">", "~", "\r\n"),
    Marks("^", "!", "'", "\n"),
]
ORDER: list[Segment] = [("BEG", "00", "NE", "PO-1", "", "20260302"), ("CTT", "0")]


def envelope(marks: Marks = PLAIN, control: int = 7) -> Envelope:
    return Envelope("BUYER", "SELLER", control, AT, marks)


def whole(marks: Marks = PLAIN, *bodies: list[Segment]) -> bytes:
    return write(envelope(marks), "PO", [("850", body) for body in bodies or (ORDER,)])


@pytest.mark.parametrize("marks", DIALECTS)
def test_an_interchange_is_read_in_whatever_separators_its_first_segment_names(
    marks: Marks,
) -> None:
    found = read(whole(marks))
    assert (found.sender, found.receiver, found.control) == ("BUYER", "SELLER", "000000007")
    (group,) = found.groups
    (one,) = group.sets
    assert (group.code, group.control, one.kind, one.control) == ("PO", "7", "850", "0001")
    assert one.segments[1:-1] == ORDER
    assert not group.problems
    assert not one.problems


@pytest.mark.parametrize("marks", DIALECTS)
def test_the_first_segment_has_106_bytes_with_its_end(marks: Marks) -> None:
    raw = whole(marks)
    assert raw[105:106].decode() == marks.end
    assert raw[104:105].decode() == marks.component
    assert raw[3:4].decode() == marks.element


def test_counts_and_numbers_of_what_is_written_are_right() -> None:
    found = Split(whole(PLAIN, ORDER, [*ORDER, ("CTT", "1")]))
    assert [one[1:] for one in found.all("SE")] == [["4", "0001"], ["5", "0002"]]
    assert found.one("GE") == ["GE", "2", "7"]
    assert found.one("IEA") == ["IEA", "1", "000000007"]
    assert found.one("GS") == [
        "GS", "PO", "BUYER", "SELLER", "20260302", "0905", "7", "X", "004010"
    ]  # fmt: skip


def test_empty_elements_at_the_end_are_left_out_and_those_inside_are_kept() -> None:
    raw = whole(PLAIN, [("REF", "IA", "", ""), ("BEG", "", "x", "")])
    assert b"REF*IA~" in raw
    assert b"BEG**x~" in raw


def test_an_interchange_without_a_group_is_written_for_a_receipt() -> None:
    raw = enclose(envelope(), [("TA1", "000000009", "260302", "0905", "R", "023")], groups=0)
    assert Split(raw).one("IEA") == ["IEA", "0", "000000007"]


@pytest.mark.parametrize(
    ("old", "new", "note", "says"),
    [
        (b"IEA*1*000000007~", b"", "023", "no IEA"),
        (b"IEA*1*000000007~", b"IEA*1*000000008~", "001", "differ"),
        (b"IEA*1*", b"IEA*2*", "021", "does not count 1"),
        (b"GE*1*7~", b"", "022", "does not end"),
        (b"GS*PO*BUYER*SELLER*20260302*0905*7*X*004010~", b"", "022", "outside a group"),
        (b"ISA*00*  ", b"ISA*00* ", "026", "widths"),
        (b"ISA*", b"IZA*", "022", "whole ISA"),
        (b"BEG", b"B\xc3\xa9G", "024", "not ASCII"),
    ],
)
def test_an_envelope_that_is_broken_is_refused_with_its_note(
    old: bytes, new: bytes, note: str, says: str
) -> None:
    raw = whole()
    assert old in raw
    with pytest.raises(Unreadable, match=says) as refused:
        read(raw.replace(old, new, 1))
    assert refused.value.note == note


def test_a_refusal_tells_the_control_number_where_the_first_segment_is_whole() -> None:
    with pytest.raises(Unreadable) as refused:
        read(whole()[:-20])
    error = refused.value
    assert (error.control, error.sender, error.receiver) == ("000000007", "BUYER", "SELLER")


def test_a_refusal_tells_no_control_number_where_it_is_not() -> None:
    with pytest.raises(Unreadable) as refused:
        read(b"HELLO")
    assert (refused.value.control, refused.value.sender) == ("", "")


def test_more_than_can_be_meant_is_not_even_looked_at() -> None:
    with pytest.raises(Unreadable, match="longer than"):
        split(b"ISA" + b"x" * MOST_BYTES)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (b"SE*4*0001", b"SE*5*0001", "4"),
        (b"SE*4*0001", b"SE*4*0009", "3"),
        (b"SE*4*0001~", b"", "2"),
        (b"ST*850*0001~", b"", "6"),
    ],
)
def test_a_set_with_a_broken_frame_is_kept_and_named(
    old: bytes, new: bytes, problem: str
) -> None:
    (group,) = read(whole().replace(old, new, 1)).groups
    assert problem in group.sets[0].problems


@pytest.mark.parametrize(
    ("old", "new", "problem"), [(b"GE*1*7", b"GE*2*7", "5"), (b"GE*1*7", b"GE*1*8", "4")]
)
def test_a_group_with_a_broken_frame_is_kept_and_named(
    old: bytes, new: bytes, problem: str
) -> None:
    (group,) = read(whole().replace(old, new, 1)).groups
    assert group.problems == [problem]


def test_a_set_number_used_twice_in_a_group_is_named() -> None:
    raw = whole(PLAIN, ORDER, ORDER).replace(b"0002", b"0001")
    (group,) = read(raw).groups
    assert [one.problems for one in group.sets] == [[], ["23"]]


def test_leading_zeros_in_counts_are_no_fault() -> None:
    raw = whole().replace(b"SE*4*", b"SE*0004*").replace(b"GE*1*", b"GE*01*")
    (group,) = read(raw).groups
    assert not group.problems
    assert not group.sets[0].problems


def test_an_element_behind_the_end_of_its_segment_is_empty() -> None:
    assert element(("REF", "IA"), 2) == ""
    assert element(("REF", "IA"), 1) == "IA"


WORDS = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,-/", max_size=12)


def _ends_in_something(elements: list[str]) -> bool:
    return bool(elements[-1].strip())


BODIES = st.lists(
    st.lists(WORDS, min_size=1, max_size=6)
    .filter(_ends_in_something)
    .map(lambda found: ("REF", *found)),
    max_size=6,
)


@given(
    st.lists(BODIES, min_size=1, max_size=3),
    st.sampled_from(DIALECTS),
    st.integers(1, 999_999_999),
)
def test_what_is_written_is_read_back(
    bodies: list[list[Segment]], marks: Marks, control: int
) -> None:
    sets = [("850", body) for body in bodies]
    found = read(write(envelope(marks, control), "PO", sets))
    (group,) = found.groups
    assert [one.segments[1:-1] for one in group.sets] == bodies
    assert not any(one.problems for one in group.sets)
    assert found.control == f"{control:09}"


@given(st.integers(0, 400), st.sampled_from(DIALECTS))
def test_no_cut_is_ever_taken_for_a_whole_interchange(length: int, marks: Marks) -> None:
    raw = whole(marks)
    # Without the last segment's end an interchange is still whole; one byte less is not.
    kept = raw.rstrip(b"\r\n").removesuffix(marks.end.encode())
    cut = kept[: min(length, len(kept) - 1)]
    with pytest.raises(Unreadable):
        read(cut)


@given(st.binary(max_size=400))
def test_bytes_of_any_kind_are_refused_and_break_nothing(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        read(raw)


def test_a_receipt_outside_of_groups_is_kept() -> None:
    receipt = ("TA1", "000000009", "260302", "0905", "R", "023")
    found = read(enclose(envelope(), [receipt], groups=0))
    assert found.groups == ()
    assert found.receipts == (receipt,)


@pytest.mark.parametrize("count", ["", "x", "2", "00"])
def test_an_end_that_counts_nothing_or_wrong_is_refused(count: str) -> None:
    raw = whole().replace(b"IEA*1*", f"IEA*{count}*".encode())
    with pytest.raises(Unreadable, match="does not count"):
        read(raw)
