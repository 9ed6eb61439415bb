from datetime import UTC, datetime, timedelta, timezone

import pytest
from lxml import etree

from apothecary.wires.errors import Fault, Malformed
from apothecary.wires.script import (
    Acknowledgement,
    Address,
    Header,
    MalformedMessage,
    Message,
    Response,
    cancel_response,
    describe,
    error_reply,
    parse_message,
    status_reply,
    verify_reply,
)
from apothecary.wires.script.tests.documents import CANCEL_RX, FULL_NEW_RX, NEW_RX

NOW = datetime(2026, 3, 2, 15, 31, tzinfo=UTC)


def header() -> Header:
    return parse_message(FULL_NEW_RX.encode()).header


def answered(raw: bytes) -> Message:
    message = parse_message(raw)
    assert message.warnings == ()
    return message


def test_a_status_goes_back_to_the_sender_and_names_the_message() -> None:
    message = answered(status_reply(header(), message_id="A1", sent_at=NOW))
    assert message.kind == "Status"
    assert message.body == Acknowledgement("000", (), "")
    assert message.header.to == Address("7001112223334", "D")
    assert message.header.sender == Address("4567890", "P")
    assert message.header.message_id == "A1"
    assert message.header.relates_to == "M-1001"
    assert message.header.sent_at == NOW


def test_both_order_numbers_are_echoed() -> None:
    message = answered(status_reply(header(), message_id="A1", sent_at=NOW))
    assert message.header.rx_reference_number == "R5"
    assert message.header.prescriber_order_number == "PO-77"


def test_a_number_the_sender_did_not_give_is_not_invented() -> None:
    plain = parse_message(NEW_RX.encode()).header
    raw = status_reply(plain, message_id="A1", sent_at=NOW)
    assert b"RxReferenceNumber" not in raw
    assert answered(raw).header.prescriber_order_number == "PO-77"


def test_the_time_goes_out_in_universal_time() -> None:
    chicago = NOW.astimezone(timezone(timedelta(hours=-6)))
    raw = status_reply(header(), message_id="A1", sent_at=chicago)
    assert b"<SentTime>2026-03-02T15:31:00.0Z</SentTime>" in raw
    with pytest.raises(Malformed, match="SentTime: needs a time zone"):
        status_reply(header(), message_id="A1", sent_at=NOW.replace(tzinfo=None))


def test_a_status_may_ask_for_patience_with_a_reason() -> None:
    raw = status_reply(
        header(),
        "010",
        message_id="A1",
        sent_at=NOW,
        description="Later",
        description_codes=["1"],
    )
    assert answered(raw).body == Acknowledgement("010", ("1",), "Later")


def test_an_error_says_why_the_message_was_refused() -> None:
    with pytest.raises(MalformedMessage) as refused:
        parse_message(NEW_RX.replace("<Value>30<", "<Value>0<").encode())
    error = refused.value
    raw = error_reply(
        error.header, message_id="A2", sent_at=NOW, description=describe(error.faults)
    )
    message = answered(raw)
    assert message.kind == "Error"
    assert message.header.relates_to == "M-1001"
    assert message.body == Acknowledgement(
        "900", (), "Quantity/Value: must be above zero, is 0"
    )


def test_bytes_without_a_sender_are_answered_to_nobody_in_particular() -> None:
    house = Address("4567890", "P")
    raw = error_reply(
        None, message_id="A3", sent_at=NOW, code="601", description="no XML", house=house
    )
    message = parse_message(raw)
    assert message.header.sender == house
    assert message.header.to == Address("UNKNOWN", "ZZZ")
    assert message.header.relates_to == ""
    assert message.body == Acknowledgement("601", (), "no XML")


def test_a_description_never_grows_beyond_its_seventy_characters() -> None:
    one = [Fault("NewRx/Patient/Name/LastName", "may have 35 characters, has 36")]
    assert describe(one) == "LastName: may have 35 characters, has 36"
    bare = (Fault("A/Quantity/Value", "must be above zero, is 0"),)
    assert describe(bare) == "Quantity/Value: must be above zero, is 0"
    assert describe(one * 3) == "LastName: may have 35 characters, has 36 (+2 more)"
    long = describe([Fault("A/B", "x" * 200)] * 12)
    assert len(long) == 70
    assert long.endswith("… (+11 more)")
    with pytest.raises(Malformed, match="Description: may have 70 characters, has 71"):
        error_reply(header(), message_id="A", sent_at=NOW, description="x" * 71)


def test_a_verify_says_the_message_arrived() -> None:
    message = answered(verify_reply(header(), message_id="A4", sent_at=NOW))
    assert message.kind == "Verify"
    assert message.body == Acknowledgement("010", (), "")


@pytest.mark.parametrize("code", ["", "0", "900", "011"])
def test_a_status_with_an_unknown_code_is_not_sent(code: str) -> None:
    with pytest.raises(Malformed, match="Status/Code: must be one of 000"):
        status_reply(header(), code, message_id="A", sent_at=NOW)


@pytest.mark.parametrize("code", ["000", "010", "603"])
def test_an_error_with_an_unknown_code_is_not_sent(code: str) -> None:
    with pytest.raises(Malformed, match="Error/Code: must be one of 600"):
        error_reply(header(), message_id="A", sent_at=NOW, code=code)


def test_an_approved_cancellation_is_answered() -> None:
    asked = parse_message(CANCEL_RX.encode()).header
    raw = cancel_response(
        asked, approved=True, message_id="C1", sent_at=NOW, note="Stopped", reference="RX7"
    )
    message = answered(raw)
    assert message.kind == "CancelRxResponse"
    assert message.header.relates_to == "M-1001"
    assert message.body == Response("Approved", (), "", "Stopped", "RX7", ())


def test_a_denied_cancellation_says_why() -> None:
    asked = parse_message(CANCEL_RX.encode()).header
    raw = cancel_response(
        asked,
        approved=False,
        message_id="C1",
        sent_at=NOW,
        reason_codes=["AC", "AR"],
        denial_reason="Sold yesterday",
    )
    assert answered(raw).body == Response("Denied", ("AC", "AR"), "Sold yesterday", "", "", ())


@pytest.mark.parametrize(
    ("approved", "reasons", "text", "fault"),
    [
        (False, [], "", "a denial needs a reason"),
        (True, ["AA"], "", "an approval gives no reason"),
        (True, [], "because", "an approval gives no reason"),
        (False, [], "x" * 261, "DenialReason: may have 260 characters, has 261"),
    ],
)
def test_a_cancellation_is_not_answered_in_contradictions(
    approved: bool, reasons: list[str], text: str, fault: str
) -> None:
    asked = parse_message(CANCEL_RX.encode()).header
    with pytest.raises(Malformed, match=fault):
        cancel_response(
            asked,
            approved=approved,
            message_id="C1",
            sent_at=NOW,
            reason_codes=reasons,
            denial_reason=text,
        )


@pytest.mark.parametrize(("number", "fine"), [("", False), ("M" * 35, True), ("M" * 36, False)])
def test_an_answer_needs_a_number_that_fits(number: str, fine: bool) -> None:
    if fine:
        assert parse_message(status_reply(header(), message_id=number, sent_at=NOW))
    else:
        with pytest.raises(Malformed, match="MessageID"):
            status_reply(header(), message_id=number, sent_at=NOW)


def test_the_parts_of_the_header_stand_in_the_order_of_the_standard() -> None:
    raw = status_reply(header(), message_id="A1", sent_at=NOW)
    root = etree.fromstring(raw)
    names = [child.tag for child in root.iterfind("Header/*")]
    assert names == [
        "To",
        "From",
        "MessageID",
        "RelatesToMessageID",
        "SentTime",
        "SenderSoftware",
        "RxReferenceNumber",
        "PrescriberOrderNumber",
    ]
    assert set(root.attrib.values()) == {"SCRIPT", "20170715"}
    assert len(root.attrib) == 6


def test_text_from_outside_cannot_break_out_of_an_answer() -> None:
    raw = error_reply(
        header(), message_id="<&>", sent_at=NOW, description="</Description><Code>000</Code>"
    )
    message = answered(raw)
    assert message.header.message_id == "<&>"
    assert isinstance(message.body, Acknowledgement)
    assert message.body.description == "</Description><Code>000</Code>"
