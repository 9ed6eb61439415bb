"""What is no document, or leaves a doubt: refused with the event, the field and the reason."""

import json
from collections.abc import Callable

import pytest

from apothecary.wires.epcis import read, write_xml
from apothecary.wires.epcis.tests.documents import (
    BOTTLES,
    CASE,
    SHIPMENT,
    SHIPMENT_JSON,
    commissioned,
    document,
    packed,
    shipped,
)
from apothecary.wires.errors import Malformed

MADE, BOXED, SOLD = commissioned(*BOTTLES), packed(CASE, *BOTTLES), shipped(CASE)
TIME = "<eventTime>2026-01-11T08:00:00Z</eventTime>"
NOTHING = MADE.replace("epcList", "x").replace("<x>", '<x xmlns="u:x">')
BELOW_ZERO = (
    "<quantityList><quantityElement><epcClass>u:c</epcClass><quantity>-1</quantity>"
    "</quantityElement></quantityList><sourceList>"
)
ZONE = "<eventTimeZoneOffset>-06:00</eventTimeZoneOffset>"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "is neither XML nor a JSON object"),
        (b"hello", "is neither XML nor a JSON object"),
        (b"<a/>", "is no EPCISDocument"),
        (SHIPMENT.replace(b"xsd:1", b"xsd:9"), "is no EPCISDocument"),
        (SHIPMENT[:-30], "is not well-formed XML"),
        (SHIPMENT.replace(b"We affirm", b"We \xff"), "is not well-formed XML"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]>' + SHIPMENT[39:], "document type declaration"),
        (SHIPMENT.replace(b"?>", b"?><!--x--><!DOCTYPE a>", 1), "document type declaration"),
        (SHIPMENT.replace(b"We affirm", b"&b;"), "is not well-formed XML"),
        (SHIPMENT.replace(b"UTF-8", b"UTF-16"), "declares the encoding 'UTF-16'"),
        (SHIPMENT.decode().encode("utf-16"), "is neither XML nor a JSON object"),
        (SHIPMENT.replace(b'"1.2"', b'"3.0"'), "schemaVersion: must be one of 1.1, 1.2, 2.0"),
        (SHIPMENT.replace(b'"2026-01-15T10:00:00.000Z"', b'"soon"'), "creationDate: must be"),
        (b"{", "is not JSON"),
        (b"[]", "is neither XML nor a JSON object"),
        (b'{"a": NaN}', "NaN is no number"),
        (b'{"type": "EPCISQueryDocument"}', "type: must be EPCISDocument"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too deep inside each other"),
        (b'{"a": "\xff"}', "is not UTF-8 text"),
        (b'{"a": 0.' + b"1" * 40 + b"}", "a number of 42 characters"),
    ],
)  # fmt: skip
def test_what_is_no_document_is_refused(raw: bytes, reason: str) -> None:
    with pytest.raises(Malformed) as caught:
        read(raw)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("event", "field", "reason"),
    [
        (BOXED.replace(TIME, ""), "eventTime", "is missing"),
        (BOXED.replace(TIME, TIME.replace("Z<", "<")), "eventTime", "a zone, is '2026"),
        (BOXED.replace(TIME, TIME.replace("01-11", "02-30")), "eventTime", "of the calendar"),
        (BOXED.replace(ZONE, ""), "eventTimeZoneOffset", "is missing"),
        (BOXED.replace("-06:00", "CST"), "eventTimeZoneOffset", "must be a zone as +hh:mm"),
        (BOXED.replace("-06:00", "+15:00"), "eventTimeZoneOffset", "must be a zone"),
        (BOXED.replace(">ADD<", ">PUT<"), "action", "must be one of ADD, OBSERVE, DELETE"),
        (BOXED.replace("<action>ADD</action>", ""), "action", "is ''"),
        (BOXED.replace(TIME + ZONE, ZONE + TIME), "eventTime", "stands behind what must"),
        (BOXED.replace(ZONE, ZONE + ZONE), "eventTimeZoneOffset", "stands twice"),
        (BOXED.replace(f"<parentID>{CASE}</parentID>", ""), "parentID", "is missing"),
        (BOXED.replace("childEPCs", "kids"), "kids", "is no element of this event"),
        (packed(CASE, "bottle 1"), "childEPCs", "what is no identifier: 'bottle 1'"),
        (MADE.replace("2027-06-30", "June"), "itemExpirationDate", "must be a day"),
        (NOTHING, "epcList", "is missing"),
        (SOLD.replace("<sourceList>", BELOW_ZERO), "quantity", "must not be below zero"),
    ],
)  # fmt: skip
def test_an_event_in_doubt_is_refused_by_its_number_and_field(
    event: str, field: str, reason: str
) -> None:
    with pytest.raises(Malformed) as caught:
        read(document(MADE, event))
    found = {one.field: one.reason for one in caught.value.faults}
    (name,) = [one for one in found if one.endswith(f" {field}") and one.startswith("event 2 ")]
    assert reason in found[name]


def test_every_event_at_fault_is_named_at_once() -> None:
    bad = BOXED.replace(">ADD<", ">PUT<")
    with pytest.raises(Malformed) as caught:
        read(document(bad, MADE, bad.replace(ZONE, "")))
    fields = [fault.field for fault in caught.value.faults]
    assert [one.split(" (")[0] for one in fields] == ["event 1", "event 3", "event 3"]


def test_what_is_no_event_is_refused_and_kinds_we_do_not_read_are_named() -> None:
    with pytest.raises(Malformed, match="event 1: Party is no event"):
        read(document("<Party/>", MADE))
    found = read(document("<extension><TransformationEvent/></extension>", MADE))
    assert [one.number for one in found.events] == [2]
    assert [str(one) for one in found.faults] == ["event 1: is of a kind that is not read"]


def test_elements_of_others_are_kept_but_not_without_end() -> None:
    deep = "<x:a>" * 30 + "</x:a>" * 30
    event = MADE.replace("<ObjectEvent>", '<ObjectEvent xmlns:x="urn:x">')
    kept = read(document(event.replace("</ObjectEvent>", "<x:a>1</x:a></ObjectEvent>")))
    assert [(one.namespace, one.name, one.text) for one in kept.events[0].extras] == [
        ("urn:x", "a", "1")
    ]
    assert read(write_xml(kept)).events == kept.events
    with pytest.raises(Malformed, match="holds elements over 20 deep"):
        read(document(event.replace("</ObjectEvent>", deep + "</ObjectEvent>")))


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        (lambda one: one.pop("eventTime"), "eventTime", "is missing"),
        (lambda one: one.pop("eventTimeZoneOffset"), "eventTimeZoneOffset", "is missing"),
        (lambda one: one.pop("action"), "action", "must be one of"),
        (lambda one: one.update(action=1), "action", "must be text, is int"),
        (lambda one: one.update(type="PartyEvent"), "type", "is no event: 'PartyEvent'"),
        (lambda one: one.update(epcList="urn:x"), "epcList", "must be a list, is str"),
        (lambda one: one.update(epcList=[1]), "epcList", "must be text, is int"),
        (lambda one: one.update(readPoint="urn:x"), "readPoint", "must be an object"),
        (lambda one: one.update(ilmd=[]), "ilmd", "must be an object"),
        (lambda one: one.update(bizTransactionList=[7]), "bizTransactionList", "an object"),
        (
            lambda one: one.update(quantityList=[{"epcClass": "u:c", "quantity": "2"}]),
            "quantityList",
            "a quantity must be a number, is '2'",
        ),
        (
            lambda one: one.update(quantityList=[{"epcClass": "u:c", "quantity": True}]),
            "quantityList",
            "a quantity must be a number",
        ),
        (
            lambda one: one.update(errorDeclaration={"declarationTime": "now"}),
            "declarationTime",
            "must be a date",
        ),
    ],
)
def test_json_is_held_to_the_same(
    change: Callable[[dict[str, object]], object], field: str, reason: str
) -> None:
    obj = json.loads(SHIPMENT_JSON)
    change(obj["epcisBody"]["eventList"][0])
    with pytest.raises(Malformed) as caught:
        read(json.dumps(obj).encode())
    found = {one.field: one.reason for one in caught.value.faults}
    (name,) = [one for one in found if one.endswith(f" {field}")]
    assert name.startswith("event 1")
    assert reason in found[name]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (None, "epcisBody: must be an object"),
        ({}, "epcisBody.eventList: must be a list"),
        ({"eventList": {}}, "epcisBody.eventList: must be a list"),
        ({"eventList": [3]}, "event 1: must be an object, is int"),
    ],
)
def test_json_without_a_list_of_events_is_refused(body: object, reason: str) -> None:
    obj = json.loads(SHIPMENT_JSON) | {"epcisBody": body}
    with pytest.raises(Malformed, match=reason):
        read(json.dumps(obj).encode())


@pytest.mark.parametrize("raw", [SHIPMENT, SHIPMENT_JSON])
def test_a_document_cut_anywhere_is_refused(raw: bytes) -> None:
    for place in range(0, len(raw.rstrip()) - 1, 7):
        with pytest.raises(Malformed):
            read(raw[:place])


def test_a_name_that_is_none_is_never_written() -> None:
    obj = json.loads(SHIPMENT_JSON)
    obj["epcisBody"]["eventList"][0]["ilmd"]["x:a><b"] = "1"
    found = read(json.dumps(obj).encode())
    with pytest.raises(Malformed, match="cannot be the name of an element"):
        write_xml(found)
    obj["epcisBody"]["eventList"][0]["ilmd"] = {"cbvmda:lotNumber": "L\u0001"}
    with pytest.raises(Malformed, match="a character that XML cannot carry"):
        write_xml(read(json.dumps(obj).encode()))
