from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.wires.errors import Malformed
from apothecary.wires.telecom import conformance, read, read_strictly
from apothecary.wires.telecom.message import (
    GS,
    LARGEST_MESSAGE,
    MOST_TRANSACTIONS,
    RS,
    Message,
    Segment,
)
from apothecary.wires.telecom.tables import VERSIONS
from apothecary.wires.telecom.tests.messages import (
    BILLING,
    COORDINATED,
    PAID,
    REJECTED,
    REQUEST_HEADER,
    RESPONSE_HEADER,
    wire,
)


def test_a_billing_is_read_into_header_segments_and_typed_values() -> None:
    message = read_strictly(BILLING)
    assert message.kind == "request"
    assert message.transaction_code == "B1"
    assert message.header["bin"] == "999999"
    assert message.header["pcn"] == "TESTPCN"
    assert message.header_raw["pcn"] == "TESTPCN   "
    assert message.service_on == date(2026, 1, 15)
    assert [segment.id for segment in message.transmission] == ["04", "01"]
    (claim,) = message.transactions
    assert [segment.id for segment in claim] == ["07", "11", "03"]
    assert claim.value("07", "E7") == Decimal("30.000")
    assert claim.value("07", "D5") == 30
    assert claim.value("11", "DU") == Decimal("105.00")
    assert claim.raw("07", "D7") == "00093310501"
    assert message.transmission.value("01", "C4") == date(1980, 2, 29)
    assert claim.value("07", "ZZ") is None
    assert claim.value("99", "E7") is None


@pytest.mark.parametrize("raw", [BILLING, PAID, REJECTED, COORDINATED])
def test_what_was_read_is_written_back_byte_for_byte(raw: bytes) -> None:
    for ending in (b"", b"\x03", b"\x03\r\n"):
        for lead in (b"", b"\x02"):
            message = read(lead + raw + ending)
            assert message.to_bytes() == lead + raw + ending
            assert message.groups
            assert message.to_bytes() == lead + raw + ending


def test_a_trailing_end_of_text_is_no_part_of_the_last_value() -> None:
    message = read(PAID + b"\x03")
    assert message.transactions[0].value("23", "F9") == Decimal("76.50")


def test_repeats_keep_their_number_and_order() -> None:
    (claim,) = read(REJECTED).transactions
    status = claim.segment("21")
    assert status is not None
    assert status.all("FB") == ["79", "76"]
    assert [one.shown("FB") for one in status.repeats("FA")] == ["79", "76"]


def test_repeats_inside_repeats_stay_with_their_own_payer() -> None:
    segment = read(COORDINATED).transactions[0].segment("05")
    assert segment is not None
    first, second = segment.repeats("4C")
    assert [one.decimal("DV") for one in first.repeats("HB")] == [
        Decimal("12.30"),
        Decimal("0.11"),
    ]
    assert first.repeats("5E") == []
    assert second.shown("7C") == "610002"
    assert [one.shown("6E") for one in second.repeats("5E")] == ["70", "75"]


def test_a_running_counter_opens_each_occurrence() -> None:
    raw = wire(REQUEST_HEADER, "^~|AM08|7E1|E4DD|E5M0|E61B|7E2|E4HD|E61B")
    segment = read(raw).transactions[0].segment("08")
    assert segment is not None
    assert [one.shown("E4") for one in segment.repeats("7E")] == ["DD", "HD"]
    assert [one.shown("E5") for one in segment.repeats("7E")] == ["M0", ""]


def test_unknown_fields_and_segments_are_kept_in_place_and_no_fault() -> None:
    raw = wire(REQUEST_HEADER, "~|AM99|zzprivate|#!x~|AMXQ|A1?^~|AM07|EM1|?!odd|D27001234")
    message = read(raw)
    assert [segment.id for segment in message.transmission] == ["99", "XQ"]
    assert message.transmission.segments[0].fields[1] == ("zz", "private")
    assert message.transactions[0].raw("07", "?!") == "odd"
    assert message.to_bytes() == raw
    assert conformance(message) == []


def test_a_missing_segment_separator_is_read_leniently_and_named() -> None:
    raw = wire(REQUEST_HEADER, "|AM04|C2X~|AM01|C52^|AM07|EM1")
    message = read(raw)
    assert message.transmission.raw("04", "C2") == "X"
    assert message.transactions[0].raw("07", "EM") == "1"
    assert message.to_bytes() == raw
    faults = [str(fault) for fault in conformance(message)]
    assert faults == [
        "segment 04: has no segment separator before it",
        "segment 07: has no segment separator before it",
    ]
    with pytest.raises(Malformed, match="segment 04: has no segment separator"):
        read_strictly(raw)


def test_a_shortened_response_header_is_read_leniently_and_named() -> None:
    raw = wire("D0B11A01123456", "^~|AM21|ANP")
    message = read(raw)
    assert message.header["service_provider_id"] == "123456"
    assert message.header["date_of_service"] == ""
    assert message.service_on is None
    assert message.to_bytes() == raw
    assert "header: has 14 characters, not 31 (byte 0)" in map(str, conformance(message))


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("~|AM01|C419800230", "segment 01 field C4 (Date of birth): is not a day"),
        ("~|AM01|CAABCDEFGHIJKLM", "Patient first name): may have 12 characters, has 13"),
        ("~|AM07|EM1", "segment 07: does not belong in the transmission level"),
        ("^~|AM04|C2X", "segment 04: does not belong in transaction 1"),
        ("^~|AM11|DQ00001205", "ends in a bare digit where the sign belongs"),
        ("^~|AM11|DQID", "must be digits before its sign character"),
        (
            "^~|AM07|NX2|DK42",
            "segment 07 field NX (Submission clarification code count): says 2",
        ),
        ("^~|AM07|DK42", "is missing before 1 repeats"),
        ("^~|AM07|NXx|DK42", "must be digits, is 'x'"),
        ("^~|EM1|AM07", "does not begin with its id"),
        ("^~stray|AM07", "begins with stray text 'stray'"),
        ("^~|AM07||EM1", "a field separator without a field id"),
        ("^~|AM07^~|AM07", "header transaction_count: says 1, the message holds 2"),
    ],
)
def test_each_departure_from_the_standard_is_named(body: str, fault: str) -> None:
    raw = wire(REQUEST_HEADER, body)
    message = read(raw)
    assert any(fault in str(found) for found in conformance(message))
    assert message.to_bytes() == raw
    with pytest.raises(Malformed) as refused:
        read_strictly(raw)
    assert fault in str(refused.value)


def test_an_ill_typed_value_is_refused_naming_segment_field_and_reason() -> None:
    claim = read(wire(REQUEST_HEADER, "^~|AM07|E712,5|D5030")).transactions[0]
    with pytest.raises(Malformed) as refused:
        claim.value("07", "E7")
    assert refused.value.field == "segment 07 field E7 (Quantity dispensed)"
    assert refused.value.reason == "must be digits, is '12,5'"
    segment = claim.segment("07")
    assert segment is not None
    with pytest.raises(Malformed, match="field E7"):
        segment.typed()
    assert segment.number("D5") == 30


def test_the_second_of_two_repeats_is_checked_like_the_first() -> None:
    segment = read(wire(REQUEST_HEADER, "^~|AM05|HB2|DV0000100{|DVtwenty")).transactions[0]
    with pytest.raises(Malformed, match=r"segment 05 field DV \(Other payer amount paid\)"):
        segment.segments[0].typed()


def test_a_segment_that_does_not_name_itself_is_still_readable() -> None:
    segment = (
        read(wire(REQUEST_HEADER, "^~|D27001234|E70000030000")).transactions[0].segments[0]
    )
    assert segment.id == ""
    assert segment.decimal("E7") == Decimal("30.000")
    assert segment.path("E7") == "segment ? field E7 (Quantity dispensed)"
    assert segment.path("ZZ") == "segment ? field ZZ (Field ZZ)"


@pytest.mark.parametrize(
    ("field", "as_decimal", "as_number", "as_day"),
    [
        ("E7", Decimal("30.000"), None, None),
        ("D5", None, 30, None),
        ("DE", None, None, date(2026, 1, 15)),
        ("D2", None, None, None),
        ("ZZ", None, None, None),
    ],
)
def test_a_value_is_given_only_as_what_it_is(
    field: str, as_decimal: Decimal | None, as_number: int | None, as_day: date | None
) -> None:
    segment = read(BILLING).transactions[0].segment("07")
    assert segment is not None
    assert segment.decimal(field) == as_decimal
    assert segment.number(field) == as_number
    assert segment.day(field) == as_day


@pytest.mark.parametrize(("field", "value"), [("E7", "   "), ("D5", ""), ("DE", "00000000")])
def test_a_blank_field_has_no_value(field: str, value: str) -> None:
    transaction = read(wire(REQUEST_HEADER, f"^~|AM07|{field}{value}")).transactions[0]
    assert transaction.value("07", field) is None
    assert transaction.raw("07", field) == value


def test_the_header_names_an_impossible_date_of_service() -> None:
    raw = wire(REQUEST_HEADER.replace("20260115", "20260231"), "^~|AM07")
    with pytest.raises(Malformed, match="date_of_service: is not a day of the calendar"):
        read(raw).service_on  # noqa: B018 - reading is the act under test
    assert any("header date_of_service" in str(fault) for fault in conformance(read(raw)))


def test_four_claims_in_one_transmission_stay_apart() -> None:
    head = RESPONSE_HEADER.replace("B11A", "B14A")
    raw = wire(head, *(f"^~|AM21|AN{letter}~|AM22|EM1|D2{letter}1" for letter in "PRPD"))
    message = read_strictly(raw)
    assert [one.raw("21", "AN") for one in message.transactions] == ["P", "R", "P", "D"]


def test_an_eligibility_request_has_no_transactions() -> None:
    raw = wire(REQUEST_HEADER.replace("D0B1", "D0E1"), "~|AM04|C2X~|AM01|C419800229|C52")
    assert read_strictly(raw).transactions == []


def test_version_f6_is_read_with_its_eight_digit_issuer() -> None:
    raw = wire("61009777F6B1TESTPCN   1011234567893     20260115APOTHECARY^~|AM07|EM1")
    message = read(raw)
    assert message.version is VERSIONS["F6"]
    assert message.header["bin"] == "61009777"
    assert message.header["date_of_service"] == "20260115"
    assert message.to_bytes() == raw


@pytest.mark.parametrize("raw", [b"", b"\x03", b"HELLO", b"999999D9B1", b"\x1c\x1d\x1e" * 9])
def test_bytes_without_a_known_header_are_refused(raw: bytes) -> None:
    with pytest.raises(Malformed, match="header"):
        read(raw)


def test_a_message_beyond_the_size_limit_is_refused() -> None:
    with pytest.raises(Malformed, match="at most 1000000 are read"):
        read(BILLING.ljust(LARGEST_MESSAGE + 1))
    assert read(BILLING.ljust(LARGEST_MESSAGE)).kind == "request"


def test_a_message_of_more_claims_than_anybody_sends_is_refused() -> None:
    assert len(read(wire(REQUEST_HEADER, "^" * MOST_TRANSACTIONS)).transactions) == 1000
    with pytest.raises(Malformed, match="has 1001 claims, at most 1000 are read"):
        read(wire(REQUEST_HEADER, "^" * (MOST_TRANSACTIONS + 1)))


@pytest.mark.parametrize("raw", [BILLING, PAID, REJECTED, COORDINATED])
def test_a_message_cut_at_any_byte_is_refused_or_kept_but_never_crashes(raw: bytes) -> None:
    for length in range(len(raw)):
        try:
            message = read(raw[:length])
        except Malformed:
            assert length < 15
            continue
        assert message.to_bytes() == raw[:length]
        conformance(message)


_ANYTHING = st.text(st.characters(max_codepoint=255), max_size=120)


@given(st.sampled_from([REQUEST_HEADER, RESPONSE_HEADER]), _ANYTHING)
def test_any_bytes_behind_a_header_come_back_unchanged(header: str, body: str) -> None:
    raw = (header + body).encode("latin-1")
    message = read(raw)
    for group in message.groups:
        for segment in group:
            assert segment.fields is not None
    assert message.to_bytes() == raw
    conformance(message)


@given(st.binary(max_size=200))
def test_random_bytes_are_refused_or_come_back_unchanged(raw: bytes) -> None:
    try:
        message = read(raw)
    except Malformed:
        return
    assert message.to_bytes() == raw


_ID = st.text("ABCXYZ0123456789#?", min_size=2, max_size=2)
_TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=12)
_FIELDS = st.lists(st.tuples(_ID, _TEXT), max_size=8)


@given(_FIELDS)
def test_ordered_pairs_are_the_segment_and_nothing_is_merged(
    fields: list[tuple[str, str]],
) -> None:
    segment = Segment.of(fields, VERSIONS["D0"])
    again = Segment(segment.text, VERSIONS["D0"])
    assert list(again.fields) == fields
    assert again.lead == ""


def test_a_message_can_be_put_together_from_its_read_parts() -> None:
    read_one = read(b"\x02" + COORDINATED + b"\x03")
    again = Message.of(
        read_one.kind,
        read_one.version,
        read_one.header_text,
        read_one.groups,
        lead=read_one.lead,
        tail=read_one.tail,
    )
    assert again.to_bytes() == b"\x02" + COORDINATED + b"\x03"
    assert (RS.encode() in again.to_bytes(), GS.encode() in again.to_bytes()) == (True, True)
