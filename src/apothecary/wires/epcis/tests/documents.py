"""Documents for tests, written by hand: one case of two bottles, sold and shipped."""

SGTIN = "urn:epc:id:sgtin:0355154.009449.{}"
CASE = "urn:epc:id:sscc:0355154.0000000017"
SELLER, BUYER = "urn:epc:id:sgln:0399999.00001.0", "urn:epc:id:sgln:0388888.00002.0"
NAMESPACES = (
    'xmlns:epcis="urn:epcglobal:epcis:xsd:1" xmlns:cbvmda="urn:epcglobal:cbv:mda" '
    'xmlns:gs1ushc="http://epcis.gs1us.org/hc/ns" xmlns:sbdh="http://www.unece.org/cefact/'
    'namespaces/StandardBusinessDocumentHeader"'
)
SBDH = f"""<sbdh:StandardBusinessDocumentHeader><sbdh:HeaderVersion>1.0</sbdh:HeaderVersion>
<sbdh:Sender><sbdh:Identifier Authority="SGLN">{SELLER}</sbdh:Identifier></sbdh:Sender>
<sbdh:Receiver><sbdh:Identifier Authority="SGLN">{BUYER}</sbdh:Identifier></sbdh:Receiver>
<sbdh:DocumentIdentification><sbdh:Standard>EPCglobal</sbdh:Standard>
<sbdh:TypeVersion>1.0</sbdh:TypeVersion><sbdh:InstanceIdentifier>D-1</sbdh:InstanceIdentifier>
<sbdh:Type>Events</sbdh:Type>
<sbdh:CreationDateAndTime>2026-01-15T10:00:00Z</sbdh:CreationDateAndTime>
</sbdh:DocumentIdentification></sbdh:StandardBusinessDocumentHeader>"""


def attribute(name: str, value: str) -> str:
    return f'<attribute id="urn:epcglobal:cbv:mda#{name}">{value}</attribute>'


def place(gln: str, name: str, street: str) -> str:
    """Master data of a business."""
    inner = "".join(
        [
            attribute("name", name),
            attribute("streetAddressOne", street),
            attribute("city", "ANYTOWN"),
            attribute("state", "MN"),
            attribute("postalCode", "55401"),
            attribute("countryCode", "US"),
        ]
    )
    return f'<VocabularyElement id="{gln}">{inner}</VocabularyElement>'


ITEM = "".join(
    [
        '<VocabularyElement id="urn:epc:idpat:sgtin:0355154.009449.*">',
        attribute("additionalTradeItemIdentification", "55154-0944-9"),
        attribute("additionalTradeItemIdentificationTypeCode", "US_FDA_NDC"),
        attribute("regulatedProductName", "Samplol"),
        attribute("manufacturerOfTradeItemPartyName", "Sample Labs"),
        attribute("dosageFormType", "TABLET"),
        attribute("strengthDescription", "10 mg"),
        attribute("netContentDescription", "100 TABLET in 1 BOTTLE"),
        "</VocabularyElement>",
    ]
)
PLACES = place(SELLER, "Sample Wholesale", "1 DOCK ST") + place(
    BUYER, "Sample Pharmacy", "100 MAIN ST"
)
MASTER_DATA = f"""<extension><EPCISMasterData><VocabularyList>
<Vocabulary type="urn:epcglobal:epcis:vtype:EPCClass"><VocabularyElementList>{ITEM}
</VocabularyElementList></Vocabulary>
<Vocabulary type="urn:epcglobal:epcis:vtype:Location"><VocabularyElementList>{PLACES}
</VocabularyElementList></Vocabulary></VocabularyList></EPCISMasterData></extension>"""
STATEMENT = """<gs1ushc:dscsaTransactionStatement>
<gs1ushc:affirmTransactionStatement>true</gs1ushc:affirmTransactionStatement>
<gs1ushc:legalNotice>We affirm.</gs1ushc:legalNotice></gs1ushc:dscsaTransactionStatement>"""


def when(at: str) -> str:
    return f"<eventTime>{at}</eventTime><eventTimeZoneOffset>-06:00</eventTimeZoneOffset>"


def epcs(*uris: str, name: str = "epcList") -> str:
    return f"<{name}>" + "".join(f"<epc>{uri}</epc>" for uri in uris) + f"</{name}>"


def cbv(step: str, disposition: str) -> str:
    return (
        f"<bizStep>urn:epcglobal:cbv:bizstep:{step}</bizStep>"
        f"<disposition>urn:epcglobal:cbv:disp:{disposition}</disposition>"
    )


def commissioned(*uris: str, lot: str = "L1", expires_on: str = "2027-06-30") -> str:
    """Packages that were made, of one lot."""
    return (
        f"<ObjectEvent>{when('2026-01-10T08:00:00.000Z')}{epcs(*uris)}<action>ADD</action>"
        f"{cbv('commissioning', 'active')}<readPoint><id>{SELLER}</id></readPoint>"
        f"<extension><ilmd><cbvmda:lotNumber>{lot}</cbvmda:lotNumber>"
        f"<cbvmda:itemExpirationDate>{expires_on}</cbvmda:itemExpirationDate></ilmd>"
        "</extension></ObjectEvent>"
    )


def packed(
    parent: str, *uris: str, action: str = "ADD", at: str = "2026-01-11T08:00:00Z"
) -> str:
    """Packages that were put into a box, or taken out."""
    return (
        f"<AggregationEvent>{when(at)}<parentID>{parent}</parentID>"
        f"{epcs(*uris, name='childEPCs')}<action>{action}</action>"
        f"{cbv('packing', 'in_progress')}</AggregationEvent>"
    )


def party(name: str, one: str, gln: str) -> str:
    kinds = ("owning_party", "location")
    inner = "".join(
        f'<{one} type="urn:epcglobal:cbv:sdt:{kind}">{gln}</{one}>' for kind in kinds
    )
    return f"<{name}>{inner}</{name}>"


PAPERS = (
    "<bizTransactionList>"
    '<bizTransaction type="urn:epcglobal:cbv:btt:po">urn:epcglobal:cbv:bt:0388888000021:PO-7'
    '</bizTransaction><bizTransaction type="urn:epcglobal:cbv:btt:desadv">urn:epcglobal:cbv:bt:'
    "0399999000013:SHIP-9</bizTransaction></bizTransactionList>"
)
PARTIES = party("sourceList", "source", SELLER) + party("destinationList", "destination", BUYER)


def shipped(*uris: str, extension: str = PARTIES) -> str:
    """Things that went from seller to buyer."""
    return (
        f"<ObjectEvent>{when('2026-01-12T09:30:00-06:00')}{epcs(*uris)}<action>OBSERVE</action>"
        f"{cbv('shipping', 'in_transit')}<readPoint><id>{SELLER}</id></readPoint>{PAPERS}"
        f"<extension>{extension}</extension></ObjectEvent>"
    )


BOTTLES = (SGTIN.format("S1"), SGTIN.format("S2"))
EVENTS = (commissioned(*BOTTLES), packed(CASE, *BOTTLES), shipped(CASE))


def document(
    *events: str, master: str = MASTER_DATA, statement: str = STATEMENT, version: str = "1.2"
) -> bytes:
    """A whole document of EPCIS 1.2."""
    inner = "\n".join(events or EVENTS)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<epcis:EPCISDocument {NAMESPACES} '
        f'schemaVersion="{version}" creationDate="2026-01-15T10:00:00.000Z">\n'
        f"<EPCISHeader>{SBDH}{master}{statement}</EPCISHeader>\n"
        f"<EPCISBody><EventList>{inner}</EventList></EPCISBody>\n</epcis:EPCISDocument>\n"
    ).encode()


SHIPMENT = document()
SHIPMENT_JSON = b"""{
  "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
               {"gs1ushc": "http://epcis.gs1us.org/hc/ns", "x": "http://example.org/x"}],
  "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-01-15T10:00:00Z",
  "sender": "urn:epc:id:sgln:0399999.00001.0",
  "epcisHeader": {"gs1ushc:dscsaTransactionStatement": {
     "gs1ushc:affirmTransactionStatement": true, "gs1ushc:legalNotice": "We affirm."},
   "epcisMasterData": {"vocabularyList": [
    {"type": "urn:epcglobal:epcis:vtype:EPCClass", "vocabularyElementList": [
      {"id": "urn:epc:idpat:sgtin:0355154.009449.*", "attributes": [
        {"id": "urn:epcglobal:cbv:mda#additionalTradeItemIdentification",
         "attribute": "55154094409"},
        {"id": "urn:epcglobal:cbv:mda#additionalTradeItemIdentificationTypeCode",
         "attribute": "FDA_NDC_11"}]}]}]}},
  "epcisBody": {"eventList": [
   {"type": "ObjectEvent", "eventID": "urn:uuid:1", "eventTime": "2026-01-10T08:00:00Z",
    "eventTimeZoneOffset": "-06:00", "action": "ADD", "bizStep": "commissioning",
    "disposition": "https://ref.gs1.org/cbv/Disp-active",
    "epcList": ["https://id.gs1.org/01/00355154094499/21/S1"],
    "persistentDisposition": {"set": ["completeness_verified"], "unset": ["recalled"]},
    "ilmd": {"cbvmda:lotNumber": "L1", "cbvmda:itemExpirationDate": "2027-06-30"},
    "x:note": [{"x:a": "1"}, "two"]},
   {"type": "ObjectEvent", "eventTime": "2026-01-12T09:30:00-06:00",
    "eventTimeZoneOffset": "-06:00", "action": "OBSERVE", "bizStep": "shipping",
    "epcList": ["https://id.gs1.org/01/00355154094499/21/S1"],
    "quantityList": [{"epcClass": "urn:epc:class:lgtin:0355154.009449.L7", "quantity": 2.5,
                      "uom": "EA"}],
    "bizTransactionList": [{"type": "po", "bizTransaction": "PO-7"}],
    "sourceList": [{"type": "owning_party", "source": "urn:epc:id:pgln:0399999.00001"}]}
  ]}
}"""
