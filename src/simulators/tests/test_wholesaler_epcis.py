"""Tracing documents: both forms tell the same, and exactly what was packed."""

import json
import re
from typing import Any

import pytest
from lxml import etree

from simulators.tests.wholesale import COLD, GOOD, SCHEDULE_4, Counter, Want
from simulators.wholesaler import gs1

STATEMENT = "{http://epcis.gs1us.org/hc/ns}"
HEADER = "{http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader}"
LOT_DATA = "{urn:epcglobal:cbv:mda}"
WANTS = [Want(GOOD, 14), Want(COLD, 2), Want(SCHEDULE_4, 1)]
Json = dict[str, Any]


@pytest.fixture
def counter() -> Counter:
    return Counter()


def as_xml(counter: Counter, *wants: Want, key: str = "caprock") -> etree._Element:
    counter.shipped(*(wants or WANTS), key=key)
    (paper,) = counter.waiting("epcis", key)
    assert paper.media == "application/xml"
    return etree.fromstring(paper.body, etree.XMLParser(resolve_entities=False))


def as_json(counter: Counter, *wants: Want) -> Json:
    counter.shipped(*(wants or WANTS), key="guadalupe")
    (paper,) = counter.waiting("epcis", "guadalupe")
    assert paper.media == "application/json"
    found: Json = json.loads(paper.body)
    return found


def texts(root: etree._Element, path: str) -> list[str]:
    return [one.text or "" for one in root.findall(path)]


def test_the_document_is_epcis_1_2_with_its_header(counter: Counter) -> None:
    root = as_xml(counter)
    assert root.tag == "{urn:epcglobal:epcis:xsd:1}EPCISDocument"
    assert root.get("schemaVersion") == "1.2"
    names = [etree.QName(one).localname for one in root[0]]
    assert names == ["StandardBusinessDocumentHeader", "extension", "dscsaTransactionStatement"]
    assert texts(root, f".//{HEADER}Sender/{HEADER}Identifier") == [
        "urn:epc:id:sgln:0614141.00101.0"
    ]
    assert texts(root, f".//{HEADER}Receiver/{HEADER}Identifier") == [
        "urn:epc:id:sgln:0614141.99901.0"
    ]


def test_the_statement_of_the_law_is_affirmed(counter: Counter) -> None:
    root = as_xml(counter)
    assert texts(root, f".//{STATEMENT}affirmTransactionStatement") == ["true"]
    assert "581(27)" in texts(root, f".//{STATEMENT}legalNotice")[0]


def test_every_package_is_commissioned_with_its_lot_and_expiry(counter: Counter) -> None:
    root = as_xml(counter)
    found = {}
    for event in root.findall(".//ObjectEvent"):
        if event.findtext("action") == "ADD":
            lot = event.findtext(f".//{LOT_DATA}lotNumber")
            last = event.findtext(f".//{LOT_DATA}itemExpirationDate")
            for epc in texts(event, "epcList/epc"):
                found[epc] = (lot, last)
    assert found == {
        gs1.sgtin_urn(one.ndc, one.serial): (one.lot, one.expires_on)
        for one in counter.bottles()
    }


def test_every_package_lies_in_its_tote(counter: Counter) -> None:
    root = as_xml(counter)
    found = {
        epc: event.findtext("parentID")
        for event in root.findall(".//AggregationEvent")
        for epc in texts(event, "childEPCs/epc")
    }
    assert found == {
        gs1.sgtin_urn(one.ndc, one.serial): gs1.sscc_urn(one.tote, "0614141")
        for one in counter.bottles()
    }


def test_what_is_shipped_is_the_totes_under_order_and_ship_notice(counter: Counter) -> None:
    root = as_xml(counter)
    event = root.findall(".//ObjectEvent")[-1]
    assert event.findtext("bizStep") == "urn:epcglobal:cbv:bizstep:shipping"
    assert event.findtext("disposition") == "urn:epcglobal:cbv:disp:in_transit"
    totes = {gs1.sscc_urn(one.tote, "0614141") for one in counter.bottles()}
    assert set(texts(event, "epcList/epc")) == totes
    papers = {one.get("type"): one.text for one in event.findall(".//bizTransaction")}
    assert papers == {
        "urn:epcglobal:cbv:btt:po": "urn:epcglobal:cbv:bt:0614141999019:PO-1",
        "urn:epcglobal:cbv:btt:desadv": "urn:epcglobal:cbv:bt:0614141001019:CS000001",
    }


def test_owner_and_place_are_named_at_both_ends(counter: Counter) -> None:
    event = as_xml(counter).findall(".//ObjectEvent")[-1]
    for path, gln in (("source", "00101"), ("destination", "99901")):
        ends = event.findall(f"extension/{path}List/{path}")
        assert [one.get("type") for one in ends] == [
            "urn:epcglobal:cbv:sdt:owning_party", "urn:epcglobal:cbv:sdt:location",
        ]  # fmt: skip
        assert {one.text for one in ends} == {f"urn:epc:id:sgln:0614141.{gln}.0"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("additionalTradeItemIdentification", "0169-3303-12"),
        ("additionalTradeItemIdentificationTypeCode", "US_FDA_NDC"),
        ("regulatedProductName", "NOVOLOG"),
        ("manufacturerOfTradeItemPartyName", "Novo Nordisk"),
        ("dosageFormType", "INJECTION, SOLUTION"),
        ("strengthDescription", "100 unit/mL"),
        ("netContentDescription", "15 ML"),
    ],
)
def test_master_data_say_what_the_product_is(counter: Counter, name: str, value: str) -> None:
    root = as_xml(counter, Want(COLD, 3))
    (element,) = root.findall(".//Vocabulary[@type='urn:epcglobal:epcis:vtype:EPCClass']"
                              "/VocabularyElementList/VocabularyElement")  # fmt: skip
    assert element.get("id") == gs1.class_urn("0169-3303-12")
    assert element.findtext(f"attribute[@id='urn:epcglobal:cbv:mda#{name}']") == value


def test_master_data_say_who_and_where_both_parties_are(counter: Counter) -> None:
    root = as_xml(counter)
    kind = "urn:epcglobal:epcis:vtype:Location"
    places = root.findall(f".//Vocabulary[@type='{kind}']//VocabularyElement")
    told = [[one.text for one in place] for place in places]
    assert told[0][:3] == ["CAPROCK DRUG", "1 CAPROCK ESCARPMENT", "LUBBOCK"]
    assert told[1] == [
        "PECAN STREET DEMO PHARMACY", "100 PECAN LEDGER LANE", "SAN MARCOS",
        "TX", "78666", "US",
    ]  # fmt: skip


def test_events_come_in_the_order_they_happened(counter: Counter) -> None:
    times = texts(as_xml(counter), ".//eventTime")
    assert times == sorted(times)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", one) for one in times)


def test_the_elements_of_an_event_follow_the_schema(counter: Counter) -> None:
    root = as_xml(counter)
    order = [
        "eventTime", "eventTimeZoneOffset", "parentID", "childEPCs", "epcList", "action",
        "bizStep", "disposition", "readPoint", "bizTransactionList", "extension",
    ]  # fmt: skip
    for event in root.findall(".//EventList/*"):
        places = [order.index(str(etree.QName(one).localname)) for one in event]
        assert places == sorted(places)


def test_the_json_form_is_epcis_2_0_with_statement(counter: Counter) -> None:
    found = as_json(counter)
    assert (found["type"], found["schemaVersion"]) == ("EPCISDocument", "2.0")
    assert found["@context"][1] == {"gs1ushc": "http://epcis.gs1us.org/hc/ns"}
    said = found["gs1ushc:dscsaTransactionStatement"]
    assert said["gs1ushc:affirmTransactionStatement"] is True
    assert found["sender"].endswith("/414/0614141001026")
    assert found["receiver"].endswith("/414/0614141999019")


def _events(found: Json, kind: str, step: str) -> list[Json]:
    every: list[Json] = found["epcisBody"]["eventList"]
    return [one for one in every if (one["type"], one["bizStep"]) == (kind, step)]


def test_the_json_form_tells_the_same_packages(counter: Counter) -> None:
    found = as_json(counter)
    made = {
        epc: (one["ilmd"]["cbvmda:lotNumber"], one["ilmd"]["cbvmda:itemExpirationDate"])
        for one in _events(found, "ObjectEvent", "commissioning")
        for epc in one["epcList"]
    }
    assert made == {
        f"https://id.gs1.org/01/{one.gtin}/21/{one.serial}": (one.lot, one.expires_on)
        for one in counter.bottles()
    }
    packed = {
        epc: one["parentID"]
        for one in _events(found, "AggregationEvent", "packing")
        for epc in one["childEPCs"]
    }
    assert packed == {
        f"https://id.gs1.org/01/{one.gtin}/21/{one.serial}": f"https://id.gs1.org/00/{one.tote}"
        for one in counter.bottles()
    }


def test_the_json_form_tells_the_sale(counter: Counter) -> None:
    (sale,) = _events(as_json(counter), "ObjectEvent", "shipping")
    assert sale["disposition"] == "in_transit"
    papers = {one["type"]: one["bizTransaction"] for one in sale["bizTransactionList"]}
    assert papers == {
        "po": "urn:epcglobal:cbv:bt:0614141999019:PO-1",
        "desadv": "urn:epcglobal:cbv:bt:0614141001026:GS000001",
    }
    assert {one["type"] for one in sale["destinationList"]} == {"owning_party", "location"}
    assert {one["destination"] for one in sale["destinationList"]} == {
        "https://id.gs1.org/414/0614141999019"
    }


def test_the_json_form_names_ndcs_by_eleven_digits(counter: Counter) -> None:
    found = as_json(counter, Want(GOOD))
    listed = found["epcisHeader"]["epcisMasterData"]["vocabularyList"]
    (item,) = listed[0]["vocabularyElementList"]
    said = {one["id"]: one["attribute"] for one in item["attributes"]}
    assert said["cbvmda:additionalTradeItemIdentification"] == GOOD
    assert said["cbvmda:additionalTradeItemIdentificationTypeCode"] == "FDA_NDC_11"


def test_the_third_wholesaler_sends_xml(counter: Counter) -> None:
    assert as_xml(counter, Want(GOOD), key="blanco").get("schemaVersion") == "1.2"


@pytest.mark.parametrize("key", ["caprock", "guadalupe"])
def test_a_document_may_lack_its_statement(counter: Counter, key: str) -> None:
    counter.fault("no_statement")
    counter.shipped(Want(GOOD), key=key)
    (paper,) = counter.waiting("epcis", key)
    assert b"ransactionStatement" not in paper.body
    assert b"commissioning" in paper.body


@pytest.mark.parametrize("key", ["caprock", "guadalupe"])
def test_a_document_may_be_missing(counter: Counter, key: str) -> None:
    counter.fault("no_epcis")
    counter.shipped(Want(GOOD), key=key)
    assert counter.waiting("epcis", key) == []
    assert len(counter.waiting("856", key)) == 1


@pytest.mark.parametrize("key", ["caprock", "guadalupe"])
def test_a_document_may_name_another_lot_than_the_bottle(counter: Counter, key: str) -> None:
    counter.fault("epcis_lot")
    counter.shipped(Want(GOOD, 2), key=key)
    (paper,) = counter.waiting("epcis", key)
    first, second = counter.bottles()
    assert first.lot == second.lot
    assert f"{first.lot}X".encode() in paper.body
    assert f"{first.lot}X".encode() not in counter.paper("856", key).raw


def test_each_shipment_has_a_document_of_its_own(counter: Counter) -> None:
    counter.shipped(Want(GOOD), po="PO-1")
    counter.shipped(Want(GOOD), po="PO-2")
    ids = set()
    for paper in counter.waiting("epcis"):
        root = etree.fromstring(paper.body)
        ids.update(texts(root, f".//{HEADER}InstanceIdentifier"))
    assert len(ids) == 2
