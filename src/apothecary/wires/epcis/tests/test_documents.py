"""Documents as they come and as they are written: both syntaxes, byte for byte."""

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from apothecary.wires.command import decode, encode, split_stream
from apothecary.wires.epcis import (
    Extra,
    Item,
    Kind,
    Partner,
    Quantity,
    Statement,
    read,
    stream_events,
    write_json,
    write_xml,
)
from apothecary.wires.epcis.tests.documents import (
    BOTTLES,
    BUYER,
    CASE,
    SELLER,
    SHIPMENT,
    SHIPMENT_JSON,
    commissioned,
    document,
    packed,
    shipped,
)
from apothecary.wires.errors import Malformed

DIALECTS = [
    SHIPMENT,
    SHIPMENT_JSON,
    b"\xef\xbb\xbf" + SHIPMENT,
    SHIPMENT.replace(b"\n", b"\r\n"),
    SHIPMENT.replace(b'"', b"'"),
    SHIPMENT.replace(b"<EventList>", b"<!-- made by hand --><?note x?><EventList\n>"),
    SHIPMENT.replace(b"We affirm.", b"<![CDATA[We affirm.]]>"),
    SHIPMENT.replace(b"epcis:EPCIS", b"e:EPCIS").replace(b"xmlns:epcis", b"xmlns:e"),
    document(version="1.1"),
    document(master="", statement=""),
    json.dumps(json.loads(SHIPMENT_JSON)).encode(),
]


def through_json(raw: bytes) -> dict[str, object]:
    loaded = json.loads(json.dumps(decode("epcis", raw)))
    assert isinstance(loaded, dict)
    return loaded


@pytest.mark.parametrize("raw", DIALECTS)
def test_a_document_comes_back_from_json_byte_for_byte(raw: bytes) -> None:
    assert encode("epcis", through_json(raw)) == raw


def test_a_change_of_what_it_says_reaches_the_wire() -> None:
    for raw in (SHIPMENT, SHIPMENT_JSON):
        shown = through_json(raw)
        shown["epcis"] = json.loads(json.dumps(shown["epcis"]).replace('"L1"', '"L2"'))
        changed = encode("epcis", shown)
        assert read(changed).events[0].lot == "L2"
        assert changed[:1] == raw[:1]


def test_a_document_may_be_made_from_what_it_says_alone() -> None:
    shown = through_json(SHIPMENT)
    del shown["raw"]
    made = encode("epcis", shown)
    assert made.startswith(b"<?xml")
    assert read(made).events == read(SHIPMENT).events
    assert encode("epcis", shown | {"syntax": "json"}).startswith(b"{")
    with pytest.raises(Malformed, match="syntax: must be xml or json"):
        encode("epcis", shown | {"syntax": "csv"})
    with pytest.raises(Malformed, match="epcis: must be an object"):
        encode("epcis", {"format": "epcis"})


def test_a_file_of_many_is_cut_into_documents() -> None:
    file = SHIPMENT + SHIPMENT_JSON + b"\n" + SHIPMENT + b"<cut"
    pieces = list(split_stream("epcis", file))
    assert pieces == [SHIPMENT, SHIPMENT_JSON + b"\n", SHIPMENT, b"<cut"]
    assert list(split_stream("epcis", b"\xff\xfe")) == [b"\xff\xfe"]
    assert list(split_stream("epcis", b'{"a": ')) == [b'{"a": ']


def test_a_shipment_is_read_with_everything_it_says() -> None:
    found = read(SHIPMENT)
    assert (found.version, found.instance) == ("1.2", "D-1")
    assert found.created_at == found.sent_at == datetime(2026, 1, 15, 10, tzinfo=UTC)
    assert (found.sender, found.receiver) == (Partner(SELLER, "SGLN"), Partner(BUYER, "SGLN"))
    assert found.statement == Statement(affirmed=True, notice="We affirm.")
    assert found.items == (
        Item(
            "urn:epc:idpat:sgtin:0355154.009449.*",
            name="Samplol",
            strength="10 mg",
            form="TABLET",
            container="100 TABLET in 1 BOTTLE",
            manufacturer="Sample Labs",
            ndc_sent="55154-0944-9",
            ndc_kind="US_FDA_NDC",
        ),
    )
    seller, buyer = found.places
    assert (seller.id, seller.name, seller.street) == (
        SELLER,
        "Sample Wholesale",
        ("1 DOCK ST",),
    )
    assert (buyer.city, buyer.state, buyer.postal_code, buyer.country) == (
        *("ANYTOWN", "MN", "55401", "US"),
    )
    made, boxed, sold = found.events
    assert (made.kind, made.action, made.step, made.disposition) == (
        *(Kind.OBJECT, "ADD", "commissioning", "active"),
    )
    assert (made.epcs, made.lot, made.expires_on) == (BOTTLES, "L1", date(2027, 6, 30))
    assert (boxed.kind, boxed.parent, boxed.epcs) == (Kind.AGGREGATION, CASE, BOTTLES)
    assert (sold.step, sold.zone, sold.read_point) == ("shipping", "-06:00", SELLER)
    assert sold.at == datetime(2026, 1, 12, 15, 30, tzinfo=UTC)
    assert sold.transactions[0] == ("po", "urn:epcglobal:cbv:bt:0388888000021:PO-7")
    assert sold.sources == (("owning_party", SELLER), ("location", SELLER))
    assert sold.destinations == (("owning_party", BUYER), ("location", BUYER))
    assert found.faults == ()


def test_json_says_the_same_in_bare_words() -> None:
    found = read(SHIPMENT_JSON)
    made, sold = found.events
    assert (made.step, made.disposition, made.lot) == ("commissioning", "active", "L1")
    assert (made.dispositions_set, made.dispositions_unset) == (
        *(("completeness_verified",), ("recalled",)),
    )
    x = "http://example.org/x"
    assert made.extras == (
        Extra(x, "note", children=(Extra(x, "a", "1"),)),
        Extra(x, "note", "two"),
    )
    assert sold.quantities == (
        Quantity("urn:epc:class:lgtin:0355154.009449.L7", Decimal("2.5"), "EA"),
    )
    assert found.statement == Statement(affirmed=True, notice="We affirm.")


@pytest.mark.parametrize("raw", DIALECTS)
def test_what_was_read_is_written_so_that_it_is_read_as_the_same(raw: bytes) -> None:
    found = read(raw)
    xml, as_json = write_xml(found), write_json(found)
    assert replace(read(xml), version=found.version, faults=()) == replace(found, faults=())
    assert write_xml(read(xml)) == xml
    again = read(as_json)
    assert (again.events, again.items, again.places) == (
        *(found.events, found.items, found.places),
    )
    assert write_json(again) == as_json


def test_a_stream_gives_the_same_events_one_after_another() -> None:
    many = document(*[commissioned(*BOTTLES), packed(CASE, *BOTTLES), shipped(CASE)] * 200)
    assert len(many) > 200_000
    assert list(stream_events(io.BytesIO(many))) == list(read(many).events)
    assert list(stream_events(io.BytesIO(SHIPMENT_JSON))) == list(read(SHIPMENT_JSON).events)


def test_a_stream_gives_what_came_before_a_fault() -> None:
    cut = SHIPMENT[: SHIPMENT.rindex(b"<ObjectEvent>") + 40]
    events = stream_events(io.BytesIO(cut))
    assert [next(events).kind, next(events).kind] == [Kind.OBJECT, Kind.AGGREGATION]
    with pytest.raises(Malformed, match="not well-formed XML"):
        next(events)
    bad = stream_events(io.BytesIO(SHIPMENT.replace(b">OBSERVE<", b">LOOK<")))
    assert [next(bad).number, next(bad).number] == [1, 2]
    with pytest.raises(Malformed, match=r"event 3 .* action: must be one of"):
        next(bad)


def test_a_case_of_two_hundred_thousand_packages_is_read() -> None:
    urns = [f"urn:epc:id:sgtin:0355154.009449.{number}" for number in range(200_000)]
    raw = document(packed(CASE, *urns))
    (event,) = read(raw).events
    assert event.epcs == tuple(urns)
    assert next(stream_events(io.BytesIO(raw))).epcs == tuple(urns)
