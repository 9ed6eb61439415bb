"""Batch 1.2: a header, details with their reference numbers, a trailer that counts."""

import itertools
import json
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apothecary.wires.command import decode, encode
from apothecary.wires.errors import Malformed
from apothecary.wires.telecom.batch import (
    BatchHeader,
    read_batch_strictly,
    records,
    write_batch,
)
from apothecary.wires.telecom.message import Kind
from apothecary.wires.telecom.tests.batches import (
    ANSWERS,
    CREATED,
    HEAD,
    WHOLE,
    faults,
    parts,
)
from apothecary.wires.telecom.tests.generated import EVERY, drawn
from apothecary.wires.telecom.tests.messages import BILLING, PAID, REJECTED

HEADER_WIDTH, TRAILER_WIDTH = 73, 54


def test_a_batch_has_the_columns_of_the_standard() -> None:
    header, *details, trailer = parts()
    assert header == (
        b"\x0200T"
        + b"STORE1".ljust(24)
        + b"0000007202601150930T12"
        + b"PAYER9".ljust(24)
        + b"\x03"
    )
    assert trailer == b"\x02990000007" + b"0000000005" + b" " * 35 + b"\x03"
    assert [one[:13] for one in details] == [
        b"\x02G1A1        ",
        b"\x02G1A2        ",
        b"\x02G1A3        ",
    ]
    assert all(one[13:-1] == BILLING for one in details)
    assert (len(header), len(trailer)) == (HEADER_WIDTH + 2, TRAILER_WIDTH + 2)


def test_a_batch_is_read_back_with_its_columns_and_its_claims() -> None:
    header, first, *_, trailer = read_batch_strictly([WHOLE])
    assert header.fields["sender"].rstrip(" ") == "STORE1"
    assert header.fields["created_on"] == "20260115"
    assert header.fields["file_type"] == "T"
    assert trailer.fields["record_count"] == "0000000005"
    assert first.fields == {}
    assert (first.place, first.at, first.reference) == (2, 75, "A1")
    assert first.message().transactions[0].raw("07", "D2") == "7001234"
    assert (header.reference, trailer.reference) == ("", "")


def test_answers_travel_in_a_batch_of_responses_under_the_reference_numbers() -> None:
    raw = b"".join(write_batch(ANSWERS, [("A1", PAID), ("A2", REJECTED)], message="done"))
    found = read_batch_strictly([raw])
    assert [one.reference for one in found] == ["", "A1", "A2", ""]
    assert found[0].fields["file_type"] == "P"
    assert found[-1].fields["message"].rstrip(" ") == "DONE"


def test_a_batch_without_details_counts_its_two_records() -> None:
    raw = b"".join(write_batch(HEAD, []))
    assert faults(raw) == []
    assert read_batch_strictly([raw])[-1].fields["record_count"] == "0000000002"


def test_a_writer_draws_its_details_one_by_one() -> None:
    drawn_so_far: list[int] = []

    def endless() -> Iterator[tuple[str, bytes]]:
        for number in range(10**9):
            drawn_so_far.append(number)
            yield str(number), BILLING

    writing = write_batch(HEAD, endless())
    next(writing)
    assert drawn_so_far == []
    next(writing)
    next(writing)
    assert drawn_so_far == [0, 1]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, len(WHOLE)), max_size=8), st.sampled_from([b"", b"\r\n", b"\n"]))
def test_a_file_in_pieces_of_any_size_has_the_same_records(
    cuts: list[int], ends: bytes
) -> None:
    raw = WHOLE.replace(b"\x03", b"\x03" + ends)
    places = [0, *sorted(cuts), len(raw)]
    chunks = [raw[a:b] for a, b in itertools.pairwise(places)]
    found = list(records(chunks))
    assert found == list(records([raw]))
    assert b"".join(one.to_bytes() for one in found) == raw
    assert [one.kind for one in found] == ["header", "detail", "detail", "detail", "trailer"]
    assert [one.at for one in found] == [raw.index(one.to_bytes()) for one in found]


@given(st.binary(max_size=200), st.integers(1, 50))
def test_any_bytes_are_cut_into_records_that_join_to_the_same_bytes(
    raw: bytes, size: int
) -> None:
    chunks = [raw[at : at + size] for at in range(0, len(raw), size)]
    found = list(records(chunks))
    assert b"".join(one.to_bytes() for one in found) == raw
    assert [one.place for one in found] == list(range(1, len(found) + 1))
    assert [one.body for one in found] == [one.body for one in records([raw])]
    faults(raw)


@settings(deadline=None)
@given(st.lists(st.sampled_from([b"\x02", b"\x03", b"\r\n", b"00T", b"G1", b"99", b"D0B1"])))
def test_marks_in_any_order_are_cut_into_records_that_join_to_the_same_bytes(
    marks: list[bytes],
) -> None:
    raw = b"".join(marks)
    assert b"".join(parts(raw)) == raw
    if raw:
        assert encode("batch", json.loads(json.dumps(decode("batch", raw)))) == raw


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(EVERY))
def test_every_transaction_travels_in_a_batch_and_comes_back_as_it_was(
    dice: Random, which: tuple[Kind, str, str]
) -> None:
    sent = [
        (
            f"R{number}",
            drawn(dice, *which),
        )
        for number in range(dice.randint(0, 3))
    ]
    head = HEAD if which[0] == "request" else ANSWERS
    raw = b"".join(write_batch(head, [(one, made.raw) for one, made in sent]))
    found = read_batch_strictly([raw])[1:-1]
    assert [(one.reference, one.message().to_bytes()) for one in found] == [
        (reference, made.raw) for reference, made in sent
    ]
    assert encode("batch", json.loads(json.dumps(decode("batch", raw)))) == raw


# --- what is refused in writing -----------------------------------------------------------


@pytest.mark.parametrize(
    ("details", "fault"),
    [
        ([("", BILLING)], "record 2 reference: is empty"),
        ([("ELEVENCHARS", BILLING)], "record 2 reference: may have 10 characters, has 11"),
        ([("\xe9", BILLING)], "record 2 reference: holds a character"),
        ([("A1", BILLING), ("A1", BILLING)], "record 3 reference: A1 came before"),
        ([("A1", b"\x02" + BILLING)], "record 2: holds a framing byte"),
        ([("A1", BILLING + b"\n")], "record 2: holds a framing byte or a line end"),
        ([("A1", b"HELLO")], "record 2 header: is no request or response header"),
    ],
)
def test_a_detail_that_cannot_travel_is_refused(
    details: list[tuple[str, bytes]], fault: str
) -> None:
    with pytest.raises(Malformed) as refused:
        list(write_batch(HEAD, details))
    assert str(refused.value).startswith(fault)


@pytest.mark.parametrize(
    ("header", "message", "fault"),
    [
        (
            BatchHeader("X", "S", 1, CREATED, "R"),
            "",
            "batch transmission_type: must be one of T, R, E",
        ),
        (BatchHeader("T", "S", -1, CREATED, "R"), "", "batch batch_number: must be digits"),
        (BatchHeader("T", "S", 10**7, CREATED, "R"), "", "batch batch_number: may have 7"),
        (BatchHeader("T", "S" * 25, 1, CREATED, "R"), "", "batch sender: may have 24"),
        (BatchHeader("T", "S", 1, CREATED, "\xe9"), "", "batch receiver: holds a character"),
        (BatchHeader("T", "S", 1, CREATED, "R", "X"), "", "batch file_type: must be one of"),
        (HEAD, "M" * 36, "batch message: may have 35 characters, has 36"),
    ],
)
def test_a_header_that_does_not_fit_is_refused_before_anything_is_written(
    header: BatchHeader, message: str, fault: str
) -> None:
    writing = write_batch(header, [("A1", BILLING)], message=message)
    with pytest.raises(Malformed) as refused:
        next(writing)
    assert str(refused.value).startswith(fault)
