"""EPCIS as DSCSA uses it: 1.2 as XML, 2.0 as JSON, typed, both ways, and traced."""

from apothecary.wires.epcis.documents import read, stream_events, syntax_of
from apothecary.wires.epcis.epc import Epc, digital_link, epc_uri, read_epc
from apothecary.wires.epcis.json_writing import write_json
from apothecary.wires.epcis.model import (
    Document,
    ErrorDeclaration,
    Event,
    Extra,
    Item,
    Kind,
    Partner,
    Place,
    Quantity,
    Statement,
)
from apothecary.wires.epcis.tracing import (
    TransactionInformation,
    hierarchy,
    ndc_of,
    transaction_information,
)
from apothecary.wires.epcis.xml_writing import write_xml

__all__ = [
    "Document",
    "Epc",
    "ErrorDeclaration",
    "Event",
    "Extra",
    "Item",
    "Kind",
    "Partner",
    "Place",
    "Quantity",
    "Statement",
    "TransactionInformation",
    "digital_link",
    "epc_uri",
    "hierarchy",
    "ndc_of",
    "read",
    "read_epc",
    "stream_events",
    "syntax_of",
    "transaction_information",
    "write_json",
    "write_xml",
]
