"""A shipment as an EPCIS 1.2 XML document with the header US drug trade puts on it."""

from collections.abc import Sequence

from lxml import etree

from simulators.wholesaler import gs1
from simulators.wholesaler.houses import Party
from simulators.wholesaler.tracing import (
    AGGREGATION,
    NOTICE,
    Deal,
    Event,
    Traced,
    about_item,
    about_party,
    events,
    instant,
    items,
)

EPCIS = "urn:epcglobal:epcis:xsd:1"
HEADER = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
STATEMENT = "http://epcis.gs1us.org/hc/ns"
LOT_DATA = "urn:epcglobal:cbv:mda"
SPACES = {"epcis": EPCIS, "sbdh": HEADER, "gs1ushc": STATEMENT, "cbvmda": LOT_DATA}
Node = etree._Element


def document(deal: Deal, packages: Sequence[Traced]) -> bytes:
    """The whole document, UTF-8."""
    root = etree.Element(f"{{{EPCIS}}}EPCISDocument", nsmap=SPACES)
    root.set("schemaVersion", "1.2")
    root.set("creationDate", instant(deal.at))
    header = _add(root, "EPCISHeader")
    _envelope(header, deal)
    _master_data(header, deal, packages)
    if deal.with_statement:
        said = _add(header, "dscsaTransactionStatement", space=STATEMENT)
        _add(said, "affirmTransactionStatement", "true", space=STATEMENT)
        _add(said, "legalNotice", NOTICE, space=STATEMENT)
    listed = _add(_add(root, "EPCISBody"), "EventList")
    for event in events(deal, packages):
        _event(listed, event, deal)
    return bytes(
        etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    )


def _add(parent: Node, name: str, text: str = "", *, space: str = "") -> Node:
    node = etree.SubElement(parent, f"{{{space}}}{name}" if space else name)
    if text:
        node.text = text
    return node


def _envelope(header: Node, deal: Deal) -> None:
    top = _add(header, "StandardBusinessDocumentHeader", space=HEADER)
    _add(top, "HeaderVersion", "1.0", space=HEADER)
    for role, party in (("Sender", deal.seller), ("Receiver", deal.buyer)):
        told = _add(_add(top, role, space=HEADER), "Identifier", space=HEADER)
        told.set("Authority", "SGLN")
        told.text = gs1.sgln_urn(party.gln, deal.gs1_prefix)
    about = _add(top, "DocumentIdentification", space=HEADER)
    for name, text in (
        ("Standard", "EPCglobal"),
        ("TypeVersion", "1.0"),
        ("InstanceIdentifier", deal.instance),
        ("Type", "Events"),
        ("CreationDateAndTime", instant(deal.at)),
    ):
        _add(about, name, text, space=HEADER)


def _master_data(header: Node, deal: Deal, packages: Sequence[Traced]) -> None:
    data = _add(_add(header, "extension"), "EPCISMasterData")
    listed = _add(data, "VocabularyList")
    goods = [
        (gs1.class_urn(one.ndc), about_item(one, by_eleven=False)) for one in items(packages)
    ]
    places = [(_place(one, deal), about_party(one)) for one in (deal.seller, deal.buyer)]
    for kind, rows in (("EPCClass", goods), ("Location", places)):
        vocabulary = _add(listed, "Vocabulary")
        vocabulary.set("type", f"urn:epcglobal:epcis:vtype:{kind}")
        held = _add(vocabulary, "VocabularyElementList")
        for number, attributes in rows:
            element = _add(held, "VocabularyElement")
            element.set("id", number)
            for name, text in attributes:
                _add(element, "attribute", text).set("id", f"urn:epcglobal:cbv:mda#{name}")


def _place(party: Party, deal: Deal) -> str:
    return gs1.sgln_urn(party.gln, deal.gs1_prefix)


def _event(listed: Node, event: Event, deal: Deal) -> None:
    """In the schema's order: time, objects, action, why, where, transactions, extension."""
    node = _add(listed, event.kind)
    _add(node, "eventTime", instant(event.at))
    _add(node, "eventTimeZoneOffset", "+00:00")
    if event.kind == AGGREGATION:
        _add(node, "parentID", gs1.sscc_urn(event.parent, deal.gs1_prefix))
    objects = _add(node, "childEPCs" if event.kind == AGGREGATION else "epcList")
    for one in event.packages:
        _add(objects, "epc", gs1.sgtin_urn(one.item.ndc, one.serial))
    for tote in event.totes:
        _add(objects, "epc", gs1.sscc_urn(tote, deal.gs1_prefix))
    _add(node, "action", event.action)
    _add(node, "bizStep", f"urn:epcglobal:cbv:bizstep:{event.step}")
    _add(node, "disposition", f"urn:epcglobal:cbv:disp:{event.disposition}")
    if event.expires_on is None:
        _add(_add(node, "readPoint"), "id", _place(deal.seller, deal))
    if event.is_sale:
        _sale(node, deal)
    if event.expires_on is not None:
        lot = _add(_add(node, "extension"), "ilmd")
        _add(lot, "lotNumber", event.lot, space=LOT_DATA)
        _add(lot, "itemExpirationDate", event.expires_on.isoformat(), space=LOT_DATA)


def _sale(node: Node, deal: Deal) -> None:
    papers = _add(node, "bizTransactionList")
    for kind, party, number in (
        ("po", deal.buyer, deal.po),
        ("desadv", deal.seller, deal.shipment),
    ):
        paper = _add(papers, "bizTransaction", f"urn:epcglobal:cbv:bt:{party.gln}:{number}")
        paper.set("type", f"urn:epcglobal:cbv:btt:{kind}")
    extension = _add(node, "extension")
    for name, party in (("source", deal.seller), ("destination", deal.buyer)):
        ends = _add(extension, f"{name}List")
        for kind in ("owning_party", "location"):
            end = _add(ends, name, _place(party, deal))
            end.set("type", f"urn:epcglobal:cbv:sdt:{kind}")
