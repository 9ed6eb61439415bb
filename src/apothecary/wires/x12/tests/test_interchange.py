from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apothecary.wires.errors import Malformed
from apothecary.wires.x12.acknowledge import verdicts
from apothecary.wires.x12.conformance import Envelope, Finding, findings
from apothecary.wires.x12.interchange import Interchange, TransactionSet, read
from apothecary.wires.x12.segments import stream
from apothecary.wires.x12.tests.papers import (
    DIALECTS,
    ORDER,
    Dialect,
    group,
    interchange,
    isa,
    order,
    paper,
    written,
)


def only(raw: bytes) -> Interchange:
    (one,) = read(raw).interchanges
    return one


def shape(raw: bytes) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
    """Groups by code and number, each with its sets by kind, number and whether they end."""
    return [
        (
            one.functional,
            one.control,
            [(part.kind, part.control, part.trailer is not None) for part in one.sets],
        )
        for one in only(raw).groups
    ]


TWO = interchange(
    [
        group([paper("850", ORDER), paper("850", ORDER, control="0002")], functional="PO"),
        group([paper("810", ORDER)], functional="IN", control="902"),
    ]
)


def test_groups_hold_their_sets_in_order() -> None:
    assert shape(TWO) == [
        ("PO", "901", [("850", "0001", True), ("850", "0002", True)]),
        ("IN", "902", [("810", "0001", True)]),
    ]


@pytest.mark.parametrize(
    ("lost", "found"),
    [
        (
            b"SE*7*0002~\n",
            [
                ("PO", "901", [("850", "0001", True), ("850", "0002", False)]),
                ("IN", "902", [("810", "0001", True)]),
            ],
        ),
        (
            b"GE*2*901~\n",
            [
                ("PO", "901", [("850", "0001", True), ("850", "0002", True)]),
                ("IN", "902", [("810", "0001", True)]),
            ],
        ),
        (
            b"ST*850*0002~\n",
            [("PO", "901", [("850", "0001", True)]), ("IN", "902", [("810", "0001", True)])],
        ),
        (
            b"GS*IN*SENDER*RECEIVER*20260115*0800*902*X*004010~\n",
            [("PO", "901", [("850", "0001", True), ("850", "0002", True)])],
        ),
    ],
)
def test_a_missing_edge_costs_no_more_than_its_own_paper(
    lost: bytes, found: list[tuple[str, str, list[tuple[str, str, bool]]]]
) -> None:
    assert lost in TWO
    raw = TWO.replace(lost, b"", 1)
    assert shape(raw) == found
    assert read(raw).to_bytes() == raw


def test_segments_of_a_set_without_its_header_are_loose() -> None:
    one = only(TWO.replace(b"ST*850*0002~\n", b""))
    assert [segment.id for segment in one.loose] == [row[0] for row in ORDER] + ["SE"]


def test_every_segment_is_in_a_set_an_edge_or_loose() -> None:
    for raw in (TWO, TWO.replace(b"GE*2", b"ZZ*2"), TWO.replace(b"GS*IN", b"XX*IN")):
        one = only(raw)
        in_sets = [segment for part in one.sets() for segment in part.segments]
        edges = [
            segment for segment in one.segments if segment.id in ("ISA", "IEA", "GS", "GE")
        ]
        assert len({*in_sets, *edges, *one.loose}) == len(one.segments)


def test_a_set_gives_its_body_with_or_without_a_trailer() -> None:
    whole = next(only(TWO).sets())
    cut_off = next(only(TWO.replace(b"SE*7*0001~\n", b"")).sets())
    ids = [row[0] for row in ORDER]
    assert [one.id for one in whole.body] == [one.id for one in cut_off.body] == ids
    assert (whole.trailer is None, cut_off.trailer is None) == (False, True)


@pytest.mark.parametrize(
    ("convention", "group_version", "version"),
    [
        ("005010X221A1", "005010X221A1", "005010X221A1"),
        ("", "005010X221A1", "005010X221A1"),
        ("005010X221", "005010", "005010X221"),
    ],
)
def test_the_convention_of_a_set_is_its_own_or_its_groups(
    convention: str, group_version: str, version: str
) -> None:
    sets = [paper("835", [["LX", "1"]], convention=convention)]
    raw = interchange([group(sets, functional="HP", version=group_version)])
    one: TransactionSet = next(only(raw).sets())
    assert one.version == version


def test_the_sets_of_all_interchanges_of_a_file_come_in_order() -> None:
    file = read(TWO + order(control="000000902"))
    assert [one.kind for one in file.sets()] == ["850", "850", "810", "850"]
    assert [one.kind for one in file.sets("810")] == ["810"]
    assert list(file.sets("835")) == []


@pytest.mark.parametrize(("mark", "test"), [("T", True), ("P", False), ("I", False)])
def test_a_test_says_that_it_is_one(mark: str, *, test: bool) -> None:
    assert only(order().replace(b"*0*T*", b"*0*%s*" % mark.encode())).is_test is test


def test_an_interchange_of_nothing_has_no_groups() -> None:
    one = only(interchange([]))
    assert (one.groups, one.loose, list(one.sets())) == ((), (), [])
    alone = only(written([isa()]).encode())
    assert (alone.groups, alone.trailer) == ((), None)


# Damage anywhere


@given(
    st.sampled_from(DIALECTS),
    st.integers(0, 400),
    st.binary(max_size=3),
    st.integers(0, 3),
)
@settings(max_examples=100)
def test_bytes_put_in_or_lost_anywhere_lose_nothing_else(
    dialect: Dialect, place: int, put: bytes, lost: int
) -> None:
    whole = order(dialect) + order(dialect, control="000000902")
    raw = whole[:place] + put + whole[place + lost :]
    try:
        file = read(raw)
    except Malformed:
        return
    assert file.to_bytes() == raw
    for one in file.interchanges:
        held = [segment for part in one.sets() for segment in part.segments]
        edges = [seg for seg in one.segments if seg.id in ("ISA", "IEA", "GS", "GE")]
        assert {*held, *edges, *one.loose} == set(one.segments)
        assert all(said.received == len(said.sets) for said in verdicts(one))


@given(st.sampled_from(DIALECTS), st.integers(107, 330), st.binary(max_size=3))
def test_a_stream_is_judged_as_the_whole_file_is(
    dialect: Dialect, place: int, put: bytes
) -> None:
    whole = order(dialect)
    raw = whole[:place] + put + whole[place:] + order(dialect, control="000000902")
    try:
        file = read(raw)
    except Malformed:
        return
    envelope = Envelope()
    for segment in stream(BytesIO(raw), block=64):
        envelope.take(segment)
    each: list[Finding] = []
    for part in file.interchanges:
        each.extend(findings(part.segments))
    assert envelope.close() == each
