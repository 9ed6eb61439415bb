"""What is wrong with a batch, record by record, and what stays readable around it."""

import pytest

from apothecary.wires.errors import Malformed
from apothecary.wires.telecom.batch import Record, read_batch_strictly, records, write_batch
from apothecary.wires.telecom.message import LARGEST_MESSAGE
from apothecary.wires.telecom.tests.batches import (
    ANSWERS,
    HEAD,
    WHOLE,
    faults,
    parts,
    readable,
    said,
)
from apothecary.wires.telecom.tests.messages import BILLING, PAID


def test_a_detail_without_its_id_is_named_and_the_others_stay_readable() -> None:
    raw = WHOLE.replace(b"\x02G1A2", b"\x02A2")
    second = raw.index(b"\x02A2")
    assert said(raw) == [f"record 3: begins with b'A2', not with 00, G1 or 99 (byte {second})"]
    assert readable(raw) == ["A1", "A3"]
    assert [one.kind for one in records([raw])][2] == "unknown"


@pytest.mark.parametrize(
    ("sent", "instead", "fault"),
    [
        (b"STORE1  ", b"STORE1 ", "record 1 (header): has 72 characters, not 73 (byte 0)"),
        (b"STORE1 ", b"STORE1\x07", "record 1 (header): holds the stray byte 0x07 (byte 10)"),
        (b"PAYER9 ", b"PAYER9\xe9", "record 1 (header): holds the stray byte 0xe9 (byte 56)"),
    ],
)
def test_a_header_of_the_wrong_width_or_with_a_stray_byte_leaves_the_details_readable(
    sent: bytes, instead: bytes, fault: str
) -> None:
    raw = WHOLE.replace(sent, instead, 1)
    assert said(raw)[0] == fault
    assert readable(raw) == ["A1", "A2", "A3"]
    with pytest.raises(Malformed, match=r"record 1 \(header\)"):
        read_batch_strictly([raw])


@pytest.mark.parametrize(
    ("sent", "instead", "fault"),
    [
        (
            b"00T",
            b"00X",
            "record 1 (header) transmission_type: must be one of T, R, E, is 'X' (byte 3)",
        ),
        (
            b"0930T12",
            b"0930X12",
            "record 1 (header) file_type: must be one of P, T, is 'X' (byte 47)",
        ),
        (b"0930T12", b"0930T11", "record 1 (header) version: must be 12, is '11' (byte 48)"),
        (
            b"20260115",
            b"20260231",
            "record 1 (header) created_on: is not a day of the calendar: '20260231' (byte 35)",
        ),
        (b"0930T", b"2460T", "record 1 (header) created_at: must be HHMM, is '2460' (byte 43)"),
        (
            b"0000007202",
            b"000000X202",
            "record 1 (header) batch_number: must be digits, is '000000X' (byte 28)",
        ),
    ],
)
def test_a_wrong_column_of_the_header_is_named_with_its_byte(
    sent: bytes, instead: bytes, fault: str
) -> None:
    assert len(sent) == len(instead)
    assert fault in said(WHOLE.replace(sent, instead, 1))


@pytest.mark.parametrize("count", [0, 3, 4, 6])
def test_a_count_that_does_not_hold_is_named(count: int) -> None:
    raw = WHOLE.replace(b"0000000005", f"{count:010}".encode())
    (fault,) = said(raw)
    assert fault == (
        f"record 5 (trailer) record_count: says {count}, the batch has 5 with header and "
        f"trailer (byte {raw.index(bytes([2]) + b'99')})"
    )
    assert readable(raw) == ["A1", "A2", "A3"]


def test_a_trailer_of_another_batch_is_named() -> None:
    raw = WHOLE.replace(b"990000007", b"990000008")
    (fault,) = said(raw)
    assert fault.startswith(
        "record 5 (trailer) batch_number: is 0000008, the header has 0000007"
    )


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"".join(parts()[:-1]), "trailer: is missing after 4 records"),
        (b"".join(parts()[1:]), "record 1: is the first and not the header (00) (byte 0)"),
        (
            b"".join([*parts(), parts()[1]]),
            f"record 6: stands behind the trailer (byte {len(WHOLE)})",
        ),
        (
            b"".join([parts()[0], *parts()]),
            "record 2: is a second header (byte 75)",
        ),
        (b"".join([*parts()[:3], *parts()[1:]]), "record 4 reference: A1 came before"),
        (
            WHOLE.replace(b"G1A1", b"G1  "),
            "record 2 reference: is empty (byte 75)",
        ),
        (
            WHOLE.replace(b"999999D0B1", b"999999X0B1", 1),
            "record 2 header: is no request or response header of version D0 or F6 (byte 88)",
        ),
        (
            b"".join(write_batch(HEAD, [("A1", PAID)])),
            "record 2: is a response, the header announces requests (byte 75)",
        ),
        (
            b"".join(write_batch(ANSWERS, [("A1", BILLING)])),
            "record 2: is a request, the header announces responses (byte 75)",
        ),
        (WHOLE.replace(b"\x02G1A1", b"G1A1"), "record 2: does not stand between STX and ETX"),
        (WHOLE[:-1], "record 5: does not stand between STX and ETX"),
        (b"", "trailer: is missing after 0 records"),
    ],
)
def test_each_departure_is_named_with_its_record(raw: bytes, fault: str) -> None:
    assert any(one.startswith(fault) for one in said(raw)), said(raw)
    assert b"".join(parts(raw)) == raw


def test_a_record_whose_end_was_lost_stops_where_the_next_begins() -> None:
    raw = WHOLE.replace(b"\x03\x02G1A2", b"\x02G1A2")
    assert readable(raw) == ["A1", "A2", "A3"]
    (fault,) = said(raw)
    assert fault.startswith("record 2: does not stand between STX and ETX")


def test_a_record_without_an_end_is_refused_at_the_size_limit() -> None:
    piece = b"X" * 100_000
    with pytest.raises(Malformed, match="record 6: grew beyond 1000012 bytes without an end"):
        list(records([WHOLE + b"\x02", *[piece] * 11]))
    fits = b"\x02G1A9        " + BILLING.ljust(LARGEST_MESSAGE) + b"\x03"
    *_, last = records([WHOLE, *[fits[at : at + 9999] for at in range(0, len(fits), 9999)]])
    assert last.reference == "A9"


@pytest.mark.parametrize("place", [1, 5])
def test_only_a_detail_holds_a_transmission(place: int) -> None:
    record = list(records([WHOLE]))[place - 1]
    with pytest.raises(Malformed, match=f"record {place}: is no detail"):
        record.message()


def test_a_record_keeps_what_is_no_text() -> None:
    (record,) = records([b"\x02G1\xff\x00\x03"])
    assert isinstance(record, Record)
    assert record.to_bytes() == b"\x02G1\xff\x00\x03"
    with pytest.raises(Malformed, match="record 1 header: is no request"):
        record.message()
    assert [str(one) for one in faults(record.to_bytes())][:1] == [
        "record 1: is the first and not the header (00) (byte 0)"
    ]
