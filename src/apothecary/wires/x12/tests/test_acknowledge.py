from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.wires.errors import Malformed
from apothecary.wires.x12.acknowledge import (
    ElementError,
    GroupVerdict,
    Kind,
    SegmentError,
    SetVerdict,
    acknowledge,
    interchange_receipt,
    read_acknowledgement,
    verdicts,
)
from apothecary.wires.x12.conformance import conformance, read_strictly
from apothecary.wires.x12.interchange import Interchange, read
from apothecary.wires.x12.tests.papers import (
    DIALECTS,
    ORDER,
    Advice,
    Dialect,
    group,
    interchange,
    order,
    paper,
    simple_claim,
)

AT = datetime(2026, 1, 16, 7, 30, tzinfo=UTC)


def envelope(raw: bytes) -> Interchange:
    (one,) = read(raw).interchanges
    return one


def receipt(raw: bytes, kind: Kind = "997") -> bytes:
    said = acknowledge(envelope(raw), at=AT, control=77, kind=kind)
    assert said is not None
    return said


def lines(raw: bytes) -> list[str]:
    return raw.decode().replace("~", "").split()


def verdict(raw: bytes) -> GroupVerdict:
    (one,) = verdicts(envelope(raw))
    return one


def test_an_order_in_order_is_acknowledged_back_to_its_sender() -> None:
    text = receipt(order(Dialect(repetition="U", version="00401"))).decode()
    assert text.splitlines() == [
        "ISA*00*          *00*          *ZZ*RECEIVER       *ZZ*SENDER         *260116*0730"
        "*U*00401*000000077*0*T*:~",
        "GS*FA*RECEIVER*SENDER*20260116*0730*77*X*004010~",
        "ST*997*0001~",
        "AK1*PO*901~",
        "AK2*850*0001~",
        "AK5*A~",
        "AK9*A*1*1*1~",
        "SE*6*0001~",
        "GE*1*77~",
        "IEA*1*000000077~",
    ]


def test_a_remittance_is_acknowledged_by_a_999_without_a_convention_in_its_header() -> None:
    raw = Advice([simple_claim()]).raw()
    said = lines(receipt(raw, "999"))
    assert "GS*FA*RECEIVER*SENDER*20260116*0730*77*X*005010X231A1" in said
    assert "ST*999*0001*005010X231A1" in said
    assert said[-7:-2] == [
        "AK1*HP*901*005010X221A1",
        "AK2*835*0001",
        "IK5*A",
        "AK9*A*1*1*1",
        "SE*6*0001",
    ]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("kind", ["997", "999"])
def test_a_receipt_is_in_order_and_in_the_senders_dialect(dialect: Dialect, kind: Kind) -> None:
    said = receipt(order(dialect), kind)
    (one,) = read_strictly(said).interchanges
    assert one.delimiters == replace(
        envelope(order(dialect)).delimiters, repetition=one.delimiters.repetition
    )
    assert said.endswith((dialect.segment + dialect.newline).encode("latin-1"))


@pytest.mark.parametrize(
    ("old", "new", "status", "codes"),
    [
        (b"SE*7*0001~\n", b"", "R", ("2",)),
        (b"SE*7*0001", b"SE*7*0002", "R", ("3",)),
        (b"SE*7*0001", b"SE*9*0001", "R", ("4",)),
        (b"SE*7*0001", b"SE*9*0002", "R", ("3", "4")),
        (b"ST*850", b"ST*810", "R", ("6",)),
        (b"ST*850*0001", b"ST*850*1", "R", ("7", "3")),
        (b"REF*IA", b"R*IA", "E", ("5",)),
    ],
)
def test_a_set_with_a_broken_envelope_is_rejected_with_its_codes(
    old: bytes, new: bytes, status: str, codes: tuple[str, ...]
) -> None:
    (one,) = verdict(order().replace(old, new, 1)).sets
    assert (one.status, one.codes) == (status, codes)
    assert one.accepted is (status == "E")


def test_a_segment_nobody_knows_is_named_by_its_place_in_the_set() -> None:
    raw = order().replace(b"REF*IA", b"R*IA")
    (one,) = verdict(raw).sets
    assert one.errors == (SegmentError("R", 3, "1"),)
    assert "AK3*R*3**1" in lines(receipt(raw))


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        (b"GE*1*901~\n", b"", ("3",)),
        (b"GE*1*901", b"GE*1*902", ("4",)),
        (b"GE*1*901", b"GE*2*901", ("5",)),
        (b"*901*X*", b"*A*X*", ("6", "4")),
    ],
)
def test_a_group_with_a_broken_envelope_is_rejected_whole(
    old: bytes, new: bytes, codes: tuple[str, ...]
) -> None:
    said = verdict(order().replace(old, new, 1))
    assert (said.status, said.accepted, said.codes) == ("R", 0, codes)


def test_a_group_is_accepted_in_part() -> None:
    sets = [paper("850", ORDER, control=f"000{n}") for n in (1, 2, 3)]
    raw = interchange([group(sets, functional="PO")]).replace(b"SE*7*0002", b"SE*8*0002")
    said = verdict(raw)
    assert (said.status, said.included, said.received, said.accepted) == ("P", 3, 3, 2)
    assert [one.status for one in said.sets] == ["A", "R", "A"]


def test_each_group_gets_a_set_of_its_own() -> None:
    one = group([paper("850", ORDER)], functional="PO")
    other = group([paper("855", ORDER)], functional="PR", control="902")
    file = read_strictly(receipt(interchange([one, other])))
    assert [read_acknowledgement(said).control for said in file.sets("997")] == ["901", "902"]


def test_receipts_are_not_acknowledged_or_they_would_never_end() -> None:
    said = receipt(order())
    assert acknowledge(envelope(said), at=AT, control=78) is None
    assert verdicts(envelope(said)) == []


def test_an_interchange_that_asks_for_a_receipt_of_its_own_gets_it() -> None:
    one = group([paper("850", ORDER)], functional="PO")
    said = receipt(interchange([one], receipt="1"))
    assert said.splitlines()[1] == b"TA1*000000901*260115*0800*A*000~"
    assert conformance(read(said)) == []
    empty = interchange([], receipt="1")
    (alone,) = read_strictly(receipt(empty)).interchanges
    assert [segment.id for segment in alone.segments] == ["ISA", "TA1", "IEA"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"IEA*1*000000901", b"IEA*1*000000902", "001"),
        (b"IEA*1*", b"IEA*3*", "021"),
        (b"IEA*1*000000901~\n", b"", "023"),
        (b"*0*T*", b"*0*X*", "020"),
    ],
)
def test_a_broken_interchange_is_rejected_by_the_first_code(
    old: bytes, new: bytes, code: str
) -> None:
    assert interchange_receipt(envelope(order().replace(old, new, 1)))[4:] == ("R", code)


FOUND = SetVerdict(
    "850",
    "0001",
    "R",
    ("5",),
    (
        SegmentError("PO1", 5, "8", elements=(ElementError(2, "6", "1X", reference="330"),)),
        SegmentError("N1", 4, "3", loop="N1"),
    ),
)


@pytest.mark.parametrize("kind", ["997", "999"])
def test_what_a_reader_found_inside_is_told_segment_by_segment(kind: Kind) -> None:
    one = envelope(order())
    start = next(one.sets()).header.number
    said = acknowledge(one, at=AT, control=1, kind=kind, found={start: FOUND})
    assert said is not None
    third, fourth, fifth = ("IK3", "IK4", "IK5") if kind == "999" else ("AK3", "AK4", "AK5")
    assert lines(said)[-8:-2] == [
        f"{third}*PO1*5**8",
        f"{fourth}*2*330*6*1X",
        f"{third}*N1*4*N1*3",
        f"{fifth}*R*5",
        "AK9*R*1*1*0",
        "SE*9*0001",
    ]


def test_a_bad_value_that_would_break_the_receipt_is_told_by_its_place_alone() -> None:
    bad = ElementError(1, "6", "N4:1", component=2)
    inside = SetVerdict("850", "0001", "E", (), (SegmentError("SVC", 5, "8", elements=(bad,)),))
    said = acknowledge(envelope(order()), at=AT, control=1, found={3: inside})
    assert said is not None
    assert "AK4*1:2**6" in lines(said)
    (back,) = read_acknowledgement(next(read_strictly(said).sets())).sets
    assert (back.status, back.codes) == ("E", ("5",))
    assert back.errors[0].elements == (replace(bad, value=""),)


@pytest.mark.parametrize("kind", ["997", "999"])
@pytest.mark.parametrize("found", [{}, {3: FOUND}, {3: replace(FOUND, status="E")}])
def test_a_receipt_says_the_verdict_and_nothing_else(
    kind: Kind, found: dict[int, SetVerdict]
) -> None:
    one = envelope(order())
    said = acknowledge(one, at=AT, control=1, kind=kind, found=found)
    assert said is not None
    (wanted,) = verdicts(one, found=found)
    if kind == "997":
        wanted = replace(wanted, version="")
    assert read_acknowledgement(next(read_strictly(said).sets())) == wanted


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ([["AK9", "A", "1", "1", "1"]], "AK1: is missing"),
        ([["AK1", "PO", "901"]], "AK9: is missing"),
        ([["AK1", "PO", "901"], ["AK9", "", "1", "1", "1"]], "segment 5 AK901: is missing"),
        ([["AK1", "PO", "901"], ["AK9", "A", "x", "1", "1"]],
         "segment 5 AK902: must be digits, is 'x'"),
        ([["AK1", "PO", "901"], ["AK2", "850", "1"], ["AK3", "N1", "y"],
          ["AK9", "A", "1", "1", "1"]], "segment 6 AK302: must be digits, is 'y'"),
        ([["AK1", "PO", "901"], ["AK2", "850", "1"], ["AK5"], ["AK9", "A", "1", "1", "1"]],
         "segment 6 AK501: is missing"),
    ],
)  # fmt: skip
def test_a_receipt_that_cannot_be_understood_is_refused_by_place(
    body: list[list[str]], fault: str
) -> None:
    raw = interchange([group([paper("997", body)], functional="FA")])
    with pytest.raises(Malformed, match=fault):
        read_acknowledgement(next(read(raw).sets()))


def test_what_else_stands_in_a_receipt_is_passed_over() -> None:
    body = [
        ["AK1", "PO", "901"],
        ["CTX", "BEFORE"],
        ["AK2", "850", "0001"],
        ["AK4", "1", "", "6"],
        ["AK3", "N1", "4", "", "8"],
        ["CTX", "SITUATIONAL TRIGGER"],
        ["AK4", "", "", "6"],
        ["AK5", "R", "5"],
        ["AK9", "R", "1", "1", "0"],
    ]
    raw = interchange([group([paper("997", body[:6] + body[7:])], functional="FA")])
    (one,) = read_acknowledgement(next(read(raw).sets())).sets
    assert (one.status, one.errors) == ("R", (SegmentError("N1", 4, "8"),))
    raw = interchange([group([paper("997", body)], functional="FA")])
    with pytest.raises(Malformed, match="segment 10 AK401: must be digits, is ''"):
        read_acknowledgement(next(read(raw).sets()))


def test_an_empty_interchange_is_answered_without_a_line_end_to_copy() -> None:
    raw = interchange([], Dialect(newline=""), receipt="1")
    assert b"\n" not in receipt(raw)
    alone = envelope(raw[:106])
    said = acknowledge(alone, at=AT, control=1)
    assert said is not None
    assert b"TA1*000000901*260115*0800*R*023~" in said


def test_an_order_is_no_receipt() -> None:
    with pytest.raises(Malformed, match="ST01: must be 997 or 999, is '850'"):
        read_acknowledgement(next(read(order()).sets()))


def test_a_sender_without_an_id_cannot_be_answered() -> None:
    raw = order().replace(b"*SENDER         *", b"*               *")
    with pytest.raises(Malformed, match="receiver id: must have 1 to 15 characters"):
        acknowledge(envelope(raw), at=AT, control=1)


@given(st.integers(107, len(order()) - 2))
def test_an_order_cut_off_anywhere_is_never_accepted(end: int) -> None:
    one = envelope(order()[:end])
    for said in verdicts(one):
        assert said.status == "R" or b"GE*1*901" in order()[:end]
    assert interchange_receipt(one)[4] == "R"
