"""A shipment as an EPCIS 2.0 JSON-LD document: bare words, GS1 Digital Link ids."""

import json
from collections.abc import Sequence

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

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
STATEMENT = "http://epcis.gs1us.org/hc/ns"
Json = dict[str, object]


def document(deal: Deal, packages: Sequence[Traced]) -> bytes:
    """The whole document, UTF-8."""
    made: Json = {
        "@context": [CONTEXT, {"gs1ushc": STATEMENT}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": instant(deal.at),
        "sender": _place(deal.seller),
        "receiver": _place(deal.buyer),
        "instanceIdentifier": deal.instance,
    }
    if deal.with_statement:
        made["gs1ushc:dscsaTransactionStatement"] = {
            "gs1ushc:affirmTransactionStatement": True,
            "gs1ushc:legalNotice": NOTICE,
        }
    made["epcisHeader"] = {"epcisMasterData": {"vocabularyList": _master_data(deal, packages)}}
    listed = [_event(event, deal) for event in events(deal, packages)]
    made["epcisBody"] = {"eventList": listed}
    return json.dumps(made, indent=1).encode()


def _master_data(deal: Deal, packages: Sequence[Traced]) -> list[Json]:
    rows = {
        "EPCClass": [
            (_link(one.gtin), about_item(one, by_eleven=True)) for one in items(packages)
        ],
        "Location": [(_place(one), about_party(one)) for one in (deal.seller, deal.buyer)],
    }
    return [
        {
            "type": f"urn:epcglobal:epcis:vtype:{kind}",
            "vocabularyElementList": [
                {
                    "id": number,
                    "attributes": [
                        {"id": f"cbvmda:{name}", "attribute": text} for name, text in attributes
                    ],
                }
                for number, attributes in found
            ],
        }
        for kind, found in rows.items()
    ]


def _link(gtin: str, serial: str = "") -> str:
    return f"{gs1.LINKS}/01/{gtin}" + (f"/21/{serial}" if serial else "")


def _tote(sscc: str) -> str:
    return f"{gs1.LINKS}/00/{sscc}"


def _place(party: Party) -> str:
    return f"{gs1.LINKS}/414/{party.gln}"


def _event(event: Event, deal: Deal) -> Json:
    children = [_link(one.item.gtin, one.serial) for one in event.packages]
    made: Json = {
        "type": event.kind,
        "eventTime": instant(event.at),
        "eventTimeZoneOffset": "+00:00",
    }
    if event.kind == AGGREGATION:
        made |= {"parentID": _tote(event.parent), "childEPCs": children}
    else:
        made["epcList"] = [*children, *(_tote(one) for one in event.totes)]
    made |= {
        "action": event.action,
        "bizStep": event.step,
        "disposition": event.disposition,
    }
    if event.expires_on is None:
        made["readPoint"] = {"id": _place(deal.seller)}
    else:
        made["ilmd"] = {
            "cbvmda:lotNumber": event.lot,
            "cbvmda:itemExpirationDate": event.expires_on.isoformat(),
        }
    if event.is_sale:
        made |= _sale(deal)
    return made


def _sale(deal: Deal) -> Json:
    papers = (("po", deal.buyer, deal.po), ("desadv", deal.seller, deal.shipment))
    ends = ("owning_party", "location")
    return {
        "bizTransactionList": [
            {"type": kind, "bizTransaction": f"urn:epcglobal:cbv:bt:{party.gln}:{number}"}
            for kind, party, number in papers
        ],
        "sourceList": [{"type": kind, "source": _place(deal.seller)} for kind in ends],
        "destinationList": [{"type": kind, "destination": _place(deal.buyer)} for kind in ends],
    }
