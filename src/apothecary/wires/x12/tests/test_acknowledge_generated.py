from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apothecary.wires.errors import Malformed
from apothecary.wires.x12.acknowledge import (
    ElementError,
    Kind,
    SegmentError,
    SetVerdict,
    acknowledge,
    read_acknowledgement,
    verdicts,
)
from apothecary.wires.x12.conformance import conformance, read_strictly
from apothecary.wires.x12.interchange import Interchange, read
from apothecary.wires.x12.tests.papers import (
    DIALECTS,
    ORDER,
    Dialect,
    group,
    interchange,
    order,
    paper,
)

AT = datetime(2026, 1, 16, 7, 30, tzinfo=UTC)


def envelope(raw: bytes) -> Interchange:
    (one,) = read(raw).interchanges
    return one


def receipt(raw: bytes, kind: Kind = "997") -> bytes:
    said = acknowledge(envelope(raw), at=AT, control=77, kind=kind)
    assert said is not None
    return said


_CODES = st.lists(st.sampled_from(["1", "2", "3", "4", "5", "23"]), max_size=5, unique=True)
_WORDS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=6)
_ELEMENT_ERRORS = st.builds(
    ElementError,
    place=st.integers(1, 99),
    code=st.sampled_from(["1", "6", "7"]),
    value=st.text("ABC 123.-", max_size=8).map(str.strip),
    component=st.integers(0, 9),
    reference=st.sampled_from(["", "66", "1029"]),
)
_SEGMENT_ERRORS = st.builds(
    SegmentError,
    id=st.sampled_from(["CLP", "SVC", "N1"]),
    place=st.integers(1, 9999),
    code=st.sampled_from(["1", "3", "8"]),
    loop=st.sampled_from(["", "2100"]),
    elements=st.lists(_ELEMENT_ERRORS, max_size=3).map(tuple),
)
_INSIDE = st.builds(
    SetVerdict,
    kind=st.just("850"),
    control=st.just("0001"),
    status=st.sampled_from(["A", "E", "R"]),
    codes=_CODES.map(tuple),
    errors=st.lists(_SEGMENT_ERRORS, max_size=3).map(tuple),
)


@given(
    st.dictionaries(st.sampled_from([3, 10, 17]), _INSIDE),
    st.sampled_from(DIALECTS),
    st.sampled_from(["997", "999"]),
)
@settings(max_examples=40)
def test_every_verdict_comes_back_as_it_was_said(
    found: dict[int, SetVerdict], dialect: Dialect, kind: Kind
) -> None:
    sets = [paper("850", ORDER, control=f"000{n}") for n in (1, 2, 3)]
    one = envelope(interchange([group(sets, functional="PO")], dialect))
    said = acknowledge(one, at=AT, control=1, kind=kind, found=found)
    assert said is not None
    (wanted,) = verdicts(one, found=found)
    if kind == "997":
        wanted = replace(wanted, version="")
    assert read_acknowledgement(next(read_strictly(said).sets())) == wanted
    assert wanted.accepted == sum(one.accepted for one in wanted.sets)
    assert (wanted.status == "R") == (wanted.accepted == 0)


@pytest.mark.parametrize(
    ("statuses", "status", "accepted"),
    [
        (["A", "A", "A"], "A", 3),
        (["A", "E", "A"], "E", 3),
        (["A", "E", "R"], "P", 2),
        (["R", "R", "A"], "P", 1),
        (["R", "R", "R"], "R", 0),
    ],
)
def test_the_group_is_judged_by_its_sets(
    statuses: list[str], status: str, accepted: int
) -> None:
    sets = [paper("850", ORDER, control=f"000{n}") for n in (1, 2, 3)]
    one = envelope(interchange([group(sets, functional="PO")]))
    starts = [part.header.number for part in one.sets()]
    found = {
        start: SetVerdict("850", "", said) for start, said in zip(starts, statuses, strict=True)
    }
    (said,) = verdicts(one, found=found)
    assert (said.status, said.accepted, [part.status for part in said.sets]) == (
        status,
        accepted,
        statuses,
    )


@given(_WORDS, _WORDS)
def test_a_receipt_goes_from_the_receiver_to_the_sender(sender: str, receiver: str) -> None:
    raw = order()
    raw = raw.replace(b"SENDER         ", sender.ljust(15).encode(), 1)
    raw = raw.replace(b"RECEIVER       ", receiver.ljust(15).encode(), 1)
    back = envelope(receipt(raw))
    assert back.sender == ("ZZ", receiver)
    assert back.receiver == ("ZZ", sender)
    assert (back.groups[0].header[2], back.groups[0].header[3]) == ("RECEIVER", "SENDER")


@given(st.integers(0, 330), st.binary(min_size=1, max_size=3))
def test_a_spoiled_order_is_answered_in_order_or_not_at_all(place: int, put: bytes) -> None:
    raw = order()[:place] + put + order()[place:]
    answers = answers_to(raw)
    assert [conformance(read(one)) for one in answers] == [[] for _ in answers]


def answers_to(raw: bytes) -> list[bytes]:
    """Our receipts for a file; none for what cannot be answered."""
    try:
        found = [acknowledge(one, at=AT, control=1) for one in read(raw).interchanges]
    except Malformed:
        return []
    return [one for one in found if one is not None]
