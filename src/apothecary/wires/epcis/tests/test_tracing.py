"""What a document says of each package: nothing guessed, everything that lacks named."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from apothecary.wires.epcis import (
    Item,
    hierarchy,
    ndc_of,
    read,
    read_epc,
    transaction_information,
)
from apothecary.wires.epcis.tests.documents import (
    BOTTLES,
    CASE,
    EVENTS,
    SELLER,
    SGTIN,
    SHIPMENT,
    commissioned,
    document,
    packed,
    shipped,
)
from apothecary.wires.epcis.words import local

GTIN = "00355154094499"
PALLET = "urn:epc:id:sscc:0355154.0000000099"


def said(raw: bytes) -> list[str]:
    return [str(one) for one in transaction_information(read(raw))[1]]


def test_each_package_has_everything_the_law_asks_for() -> None:
    rows, problems = transaction_information(read(SHIPMENT))
    assert problems == []
    assert [row.serial for row in rows] == ["S1", "S2"]
    one = rows[0]
    assert one.item is not None
    assert (one.item.name, one.item.strength, one.item.form, one.item.container) == (
        *("Samplol", "10 mg", "TABLET", "100 TABLET in 1 BOTTLE"),
    )
    assert (one.gtin, one.ndc, one.lot, one.expires_on) == (
        *(GTIN, "55154094409", "L1", date(2027, 6, 30)),
    )
    assert (one.containers, one.boxes) == (Decimal(2), (CASE,))
    assert one.shipped_at == datetime(2026, 1, 12, 15, 30, tzinfo=UTC)
    assert one.seller is not None
    assert one.buyer is not None
    assert (one.seller.name, one.buyer.name) == ("Sample Wholesale", "Sample Pharmacy")
    assert (one.orders, one.despatches, one.invoices) == (("PO-7",), ("SHIP-9",), ())
    assert one.statement is not None
    assert one.statement.affirmed


@pytest.mark.parametrize(
    ("at", "zone", "day"),
    [
        ("2026-01-12T23:30:00Z", "-06:00", date(2026, 1, 12)),
        ("2026-01-13T05:59:59Z", "-06:00", date(2026, 1, 12)),
        ("2026-01-13T06:00:00Z", "-06:00", date(2026, 1, 13)),
        ("2026-01-12T20:00:00-06:00", "-06:00", date(2026, 1, 12)),
        ("2026-01-12T23:30:00Z", "+05:30", date(2026, 1, 13)),
    ],
)
def test_the_day_of_the_shipment_is_that_of_the_place_it_left(
    at: str, zone: str, day: date
) -> None:
    offset = f"{at}</eventTime><eventTimeZoneOffset>{zone}<"
    told = b"2026-01-12T09:30:00-06:00</eventTime><eventTimeZoneOffset>-06:00<"
    sent = SHIPMENT.replace(told, offset.encode())
    assert sent != SHIPMENT
    rows, problems = transaction_information(read(sent))
    assert problems == []
    assert {row.shipped_at.date() for row in rows} == {day}


@pytest.mark.parametrize(
    ("at", "zone"),
    [
        (datetime(1, 1, 1, tzinfo=UTC), "-06:00"),
        (datetime(9999, 12, 31, 23, tzinfo=UTC), "+06:00"),
    ],
)
def test_at_the_ends_of_the_calendar_an_instant_keeps_its_own_clock(
    at: datetime, zone: str
) -> None:
    assert local(at, zone) is at


def test_a_box_in_a_box_is_unpacked_to_its_bottles() -> None:
    made, boxed, _ = EVENTS
    raw = document(
        made, boxed, packed(PALLET, CASE, at="2026-01-11T09:00:00Z"), shipped(PALLET)
    )
    rows, problems = transaction_information(read(raw))
    assert [row.boxes for row in rows] == [(PALLET, CASE)] * 2
    assert problems == []
    assert hierarchy(read(raw).events) == {CASE: BOTTLES, PALLET: (CASE,)}


def test_what_was_taken_out_before_is_not_shipped_with_the_box() -> None:
    made, boxed, sold = EVENTS
    out = packed(CASE, BOTTLES[0], action="DELETE", at="2026-01-11T10:00:00Z")
    rows, _ = transaction_information(read(document(made, boxed, out, sold)))
    assert [row.serial for row in rows] == ["S2"]
    emptied = packed(CASE, action="DELETE", at="2026-01-11T10:00:00Z")
    assert hierarchy(read(document(made, boxed, emptied)).events) == {}
    assert said(document(made, boxed, emptied, sold)) == [
        f"event 4 (ObjectEvent) epcList: does not say what lies in {CASE}"
    ]


def test_events_count_in_the_order_they_happened_not_in_that_they_stand() -> None:
    rows, problems = transaction_information(read(document(*reversed(EVENTS))))
    assert ([row.serial for row in rows], problems) == (["S1", "S2"], [])


def test_what_happens_after_the_shipment_changes_nothing_of_it() -> None:
    late = packed(CASE, SGTIN.format("S3"), at="2026-02-01T08:00:00Z")
    rows, _ = transaction_information(read(document(*EVENTS, late)))
    assert [row.serial for row in rows] == ["S1", "S2"]


def test_an_event_its_sender_took_back_does_not_count() -> None:
    error = (
        "<baseExtension><errorDeclaration><declarationTime>2026-01-13T08:00:00Z"
        "</declarationTime><reason>urn:epcglobal:cbv:er:did_not_occur</reason>"
        "</errorDeclaration></baseExtension>"
    )
    zone = "<eventTimeZoneOffset>-06:00</eventTimeZoneOffset>"
    made, boxed, sold = EVENTS
    raw = document(made, boxed, sold.replace(zone, zone + error))
    event = read(raw).events[2]
    assert event.error is not None
    assert event.error.reason == "did_not_occur"
    assert said(raw) == ["document: ships nothing: it has no shipping event"]


def test_a_bottle_lies_in_one_box_only() -> None:
    made, boxed, _ = EVENTS
    moved = packed(PALLET, BOTTLES[0], at="2026-01-11T09:00:00Z")
    raw = document(made, boxed, moved, shipped(CASE))
    rows, problems = transaction_information(read(raw))
    assert [row.serial for row in rows] == ["S2"]
    assert [one.reason for one in problems] == [
        f"{BOTTLES[0]} was still in {CASE} when it was put into {PALLET}"
    ]


def test_a_box_in_itself_is_named_and_does_not_go_on_for_ever() -> None:
    other = packed(PALLET, CASE, at="2026-01-11T09:00:00Z")
    circle = packed(CASE, PALLET, at="2026-01-11T10:00:00Z")
    (problem,) = said(document(other, circle, shipped(CASE)))
    assert "lies in itself" in problem


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (document(*EVENTS[1:]), f"lot: of {BOTTLES[0]} is not said"),
        (document(*EVENTS[1:]), f"expiry: of {BOTTLES[1]} is not said"),
        (document(*EVENTS, master=""), f"product: GTIN {GTIN} is not described"),
        (document(*EVENTS, master=""), f"sourceList: has no name and address of {SELLER}"),
        (document(*EVENTS, statement=""), "statement: no transaction statement was sent"),
        (SHIPMENT.replace(b">true<", b">false<"), "statement is not affirmed"),
        (SHIPMENT.replace(b">true<", b">yes, of course<"), "statement is not affirmed"),
        (SHIPMENT.replace(b"10 mg", b""), f"product: GTIN {GTIN} has no strength"),
        (SHIPMENT.replace(b"sdt:owning_party", b"sdt:other"), "names no owning party"),
        (SHIPMENT.replace(b"55154-0944-9", b"55154-0945-9"), "NDC 55154094509 is stated, but"),
        (SHIPMENT.replace(b"55154-0944-9", b""), f"ndc: of GTIN {GTIN} is not certain"),
        (document(EVENTS[0], shipped("urn:x:1")), "is no identifier we know"),
        (document(EVENTS[0]), "document: ships nothing"),
    ],
)
def test_what_a_document_leaves_unsaid_is_named(raw: bytes, problem: str) -> None:
    assert any(problem in one for one in said(raw)), said(raw)


def test_packages_without_serial_numbers_are_counted_by_lot() -> None:
    quantities = (
        "<quantityList><quantityElement><epcClass>urn:epc:class:lgtin:0355154.009449.L7"
        "</epcClass><quantity>12</quantity></quantityElement><quantityElement><epcClass>"
        "urn:epc:idpat:sgtin:0355154.009449.*</epcClass></quantityElement></quantityList>"
    )
    rows, problems = transaction_information(read(document(shipped(extension=quantities))))
    (one,) = rows
    assert (one.lot, one.serial, one.containers) == ("L7", "", Decimal(12))
    assert "does not say how many of" in "".join(str(found) for found in problems)


def test_containers_are_counted_by_product_and_lot() -> None:
    third = SGTIN.format("S3")
    made = commissioned(third, lot="L2")
    raw = document(EVENTS[0], made, packed(CASE, *BOTTLES, third), shipped(CASE))
    rows, _ = transaction_information(read(raw))
    assert [(row.lot, row.containers) for row in rows] == [
        *(("L1", Decimal(2)), ("L1", Decimal(2)), ("L2", Decimal(1))),
    ]


@pytest.mark.parametrize(
    ("sent", "uri", "ndc"),
    [
        ("", "urn:epc:id:sgtin:030001.0012345.S1", "00001012345"),
        ("", "urn:epc:id:sgtin:0350242.004062.S1", ""),
        ("50242-040-62", "urn:epc:id:sgtin:0350242.004062.S1", "50242004062"),
        ("50242004062", "https://id.gs1.org/01/00350242040624/21/S1", "50242004062"),
        ("5024204062", "urn:epc:id:sgtin:0350242.004062.S1", ""),
        ("0001012345", "urn:epc:id:sgtin:030001.0012345.S1", "00001012345"),
        ("50242/040", "urn:epc:id:sgtin:0350242.004062.S1", ""),
        ("50242-040-6-2", "urn:epc:id:sgtin:0350242.004062.S1", ""),
        ("50242004062", "urn:epc:id:sgtin:0614141.107346.S1", "50242004062"),
    ],
)
def test_a_drug_code_is_certain_or_empty(sent: str, uri: str, ndc: str) -> None:
    assert ndc_of(Item("x", ndc_sent=sent), read_epc(uri)) == ndc


def test_a_drug_code_of_another_product_is_refused() -> None:
    epc = read_epc("urn:epc:id:sgtin:0350242.004062.S1")
    with pytest.raises(ValueError, match="NDC 00001012345 is stated, but GTIN 00350242040624"):
        ndc_of(Item("x", ndc_sent="0001-0123-45"), epc)
    assert ndc_of(None, epc) == ""


def test_a_statement_of_the_event_stands_before_that_of_the_document() -> None:
    found = read(SHIPMENT)
    assert found.statement is not None
    refused = replace(found.statement, affirmed=False)
    sold = replace(found.events[2], statement=refused)
    rows, problems = transaction_information(replace(found, events=(*found.events[:2], sold)))
    assert {row.statement for row in rows} == {refused}
    assert [one.reason for one in problems] == ["the transaction statement is not affirmed"]
