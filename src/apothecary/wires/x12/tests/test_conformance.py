import gc
import weakref
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.wires.errors import Malformed
from apothecary.wires.x12.conformance import Envelope, conformance, findings, read_strictly
from apothecary.wires.x12.interchange import FUNCTIONAL, read
from apothecary.wires.x12.segments import stream
from apothecary.wires.x12.tests.papers import (
    DIALECTS,
    ORDER,
    Dialect,
    group,
    interchange,
    order,
    paper,
)

TWO_SETS = interchange(
    [
        group([paper("850", ORDER), paper("850", ORDER, control="0002")], functional="PO"),
        group([paper("855", ORDER)], functional="PR", control="902"),
    ]
)


def faults(raw: bytes) -> list[str]:
    return [str(one).rpartition(" (byte")[0] for one in conformance(read(raw))]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_envelope_in_order_has_no_fault_in_any_dialect(dialect: Dialect) -> None:
    assert faults(order(dialect)) == []
    assert read_strictly(order(dialect)).to_bytes() == order(dialect)


def test_an_envelope_that_was_checked_goes_at_once_without_the_collector() -> None:
    checked = Envelope()
    for segment in read(TWO_SETS).interchanges[0].segments:
        checked.take(segment)
    assert checked.close() == []
    gone = weakref.ref(checked)
    gc.disable()
    try:
        del checked
        assert gone() is None
    finally:
        gc.enable()


def test_many_groups_and_sets_in_order_have_no_fault() -> None:
    assert faults(TWO_SETS + order(control="000000902")) == []


def test_groups_and_sets_are_found_where_they_belong() -> None:
    (one,) = read(TWO_SETS).interchanges
    assert [(g.functional, g.control, len(g.sets)) for g in one.groups] == [
        ("PO", "901", 2),
        ("PR", "902", 1),
    ]
    assert [(s.kind, s.control, s.version) for s in one.sets()] == [
        ("850", "0001", "004010"),
        ("850", "0002", "004010"),
        ("855", "0001", "004010"),
    ]
    assert [s.control for s in one.sets("855")] == ["0001"]
    first = next(one.sets())
    assert [row.id for row in first.body] == ["BEG", "REF", "N1", "PO1", "CTT"]
    assert (one.sender, one.receiver) == (("ZZ", "SENDER"), ("ZZ", "RECEIVER"))
    assert (one.control, one.is_test, one.loose) == ("000000901", True, ())
    assert one.trailer is one.segments[-1]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b"SE*7*0001", b"SE*8*0001",
         "segment 9 SE01: says '8' segments, counted were 7"),
        (b"SE*7*0001", b"SE*x*0001",
         "segment 9 SE01: says 'x' segments, counted were 7"),
        (b"SE*7*0001", b"SE**0001",
         "segment 9 SE01: says '' segments, counted were 7"),
        (b"SE*7*0001", b"SE*7*0002",
         "segment 9 SE02: is '0002', but segment 3 ST02 is '0001'"),
        (b"GE*1*901", b"GE*2*901",
         "segment 10 GE01: says '2' transaction sets, counted were 1"),
        (b"GE*1*901", b"GE*1*902",
         "segment 10 GE02: is '902', but segment 2 GS06 is '901'"),
        (b"IEA*1*", b"IEA*0*",
         "segment 11 IEA01: says '0' groups, counted were 1"),
        (b"IEA*1*000000901", b"IEA*1*000000902",
         "segment 11 IEA02: is '000000902', but segment 1 ISA13 is '000000901'"),
        (b"SE*7*0001~\n", b"", "segment 3 ST: has no trailer SE"),
        (b"GE*1*901~\n", b"", "segment 2 GS: has no trailer GE"),
        (b"IEA*1*000000901~\n", b"", "segment 1 ISA: has no trailer IEA"),
        (b"REF*IA*", b"R*IA*", "segment 5 R: 'R' is no segment id"),
        (b"REF*IA*", b"ref*IA*", "segment 5 ref: 'ref' is no segment id"),
        (b"REF*IA*0012345", b"REF*IA*001\n2345", "segment 5 REF: is broken by a line end"),
        (b"ST*850*", b"ST*85*", "segment 3 ST01: must be three digits, is '85'"),
        (b"ST*850*", b"ST*855*", "segment 3 ST01: 855 does not belong into a group PO"),
        (b"ST*850*0001", b"ST*850*1",
         "segment 3 ST02: must have 4 to 9 characters, is '1'"),
        (b"*901*X*", b"*9x1*X*", "segment 2 GS06: must be up to nine digits, is '9x1'"),
        (b"*0*T*", b"*0*I*", "segment 1 ISA15: must be P (production) or T (test), is 'I'"),
        (b"*260115*0800*^", b"*260230*0800*^",
         "segment 1 ISA09: is no day of the calendar: '260230'"),
        (b"*260115*0800*^", b"*260115*2400*^",
         "segment 1 ISA10: is no time of the day: '2400'"),
        (b"*SENDER   ", b"*SENDER  ",
         "segment 1 ISA06: must have 15 characters, has 14"),
    ],
)  # fmt: skip
def test_each_fault_of_an_envelope_is_named_with_its_place(
    old: bytes, new: bytes, fault: str
) -> None:
    assert old in order()
    assert fault in faults(order().replace(old, new, 1))


def test_a_fault_says_its_byte() -> None:
    raw = order() + order(control="000000902").replace(b"SE*7", b"SE*6")
    (fault,) = conformance(read(raw))
    assert fault.at == raw.index(b"SE*6")


def test_control_numbers_that_repeat_are_named() -> None:
    twice = [paper("850", ORDER), paper("850", ORDER)]
    same = [group(twice, functional="PO"), group(twice[:1], functional="PO")]
    assert faults(interchange(same)) == [
        "segment 10 ST02: 0001 was already used in this group",
        "segment 18 GS06: 901 was already used",
    ]


def test_sets_of_kinds_nobody_knows_here_may_travel_in_any_group() -> None:
    assert "867" not in FUNCTIONAL
    raw = interchange([group([paper("867", ORDER)], functional="PT")])
    assert faults(raw) == []


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (order().replace(b"GS*PO", b"ZZ*PO"),
         "segment 2 ZZ: stands outside of any transaction set"),
        (order().replace(b"GS*PO", b"ZZ*PO"), "segment 3 ST: stands outside of any group"),
        (order().replace(b"GS*PO", b"ZZ*PO"), "segment 9 SE: closes no transaction set"),
        (order().replace(b"GS*PO", b"ZZ*PO"), "segment 10 GE: closes no group"),
        (order().replace(b"GE*", b"TA1*000000001*260115*0800*A*000~\nGE*"),
         "segment 10 TA1: must stand before the first group"),
        (order()[:-2], "segment 11 IEA: ends without its terminator"),
    ],
)  # fmt: skip
def test_what_stands_where_it_does_not_belong_is_named(raw: bytes, fault: str) -> None:
    assert fault in faults(raw)


def test_a_receipt_of_the_interchange_stands_before_the_groups() -> None:
    raw = order().replace(b"GS*", b"TA1*000000001*260115*0800*A*000~\nGS*", 1)
    assert faults(raw) == []
    (one,) = read(raw).interchanges
    assert [segment.id for segment in one.loose] == ["TA1"]


def test_a_set_without_its_trailer_ends_where_the_next_begins() -> None:
    raw = TWO_SETS.replace(b"SE*7*0001~\n", b"", 1)
    (one,) = read(raw).interchanges
    assert [(s.control, s.trailer is None, len(s.body)) for s in one.sets()] == [
        ("0001", True, 5),
        ("0002", False, 5),
        ("0001", False, 5),
    ]
    assert faults(raw) == ["segment 3 ST: has no trailer SE"]


def test_a_strict_reading_refuses_with_every_fault_at_once() -> None:
    raw = order().replace(b"SE*7", b"SE*9").replace(b"GE*1", b"GE*3")
    with pytest.raises(Malformed) as refused:
        read_strictly(raw)
    assert [one.field for one in refused.value.faults] == ["segment 9 SE01", "segment 10 GE01"]


def test_a_stream_is_checked_on_the_way() -> None:
    raw = order() + TWO_SETS.replace(b"GE*2", b"GE*1")
    envelope = Envelope()
    for segment in stream(BytesIO(raw), block=50):
        envelope.take(segment)
    (found,) = envelope.close()
    assert (found.level, found.code, found.header, found.segment) == ("group", "5", 2, 17)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_file_that_was_cut_short_passes_for_whole(dialect: Dialect) -> None:
    raw = order(dialect)
    whole = len(raw) - len(dialect.newline)
    for end in range(106, whole):
        assert conformance(read(raw[:end])), end
    assert conformance(read(raw[:whole])) == []


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_wrong_counts_are_named_and_right_ones_are_not(
    segments: int, sets: int, groups: int
) -> None:
    raw = order().replace(b"SE*7*", b"SE*%d*" % segments).replace(b"GE*1*", b"GE*%d*" % sets)
    raw = raw.replace(b"IEA*1*", b"IEA*%d*" % groups)
    places = {
        one.fault.field.split()[2] for one in findings(read(raw).interchanges[0].segments)
    }
    wanted = {("SE01", segments == 7), ("GE01", sets == 1), ("IEA01", groups == 1)}
    assert places == {place for place, right in wanted if not right}


@given(st.sampled_from(range(11)))
def test_a_line_lost_on_the_way_is_noticed(lost: int) -> None:
    lines = order().splitlines(keepends=True)
    raw = b"".join(line for number, line in enumerate(lines) if number != lost)
    if lost == 0:
        with pytest.raises(Malformed, match="must begin with ISA"):
            read(raw)
    else:
        assert conformance(read(raw))
