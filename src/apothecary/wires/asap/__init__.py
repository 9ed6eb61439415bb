"""ASAP: reports of controlled substances to monitoring programmes, and what comes back."""

from apothecary.wires.asap.answers import Answer, is_answer, read_answer
from apothecary.wires.asap.conformance import Check, conformance, read_strictly
from apothecary.wires.asap.corrections import (
    corrected,
    is_zero_report,
    key,
    voided,
    zero_period,
    zero_report,
)
from apothecary.wires.asap.findings import Finding, findings
from apothecary.wires.asap.overlays import USUAL, Overlay, installed, overlay, read_overlay
from apothecary.wires.asap.reading import read_header, read_report, read_store
from apothecary.wires.asap.records import (
    Additional,
    Dispensed,
    Dispensing,
    Header,
    Ingredient,
    Patient,
    Pharmacy,
    Prescriber,
    Report,
    Source,
    Status,
    Store,
)
from apothecary.wires.asap.segments import Cutter, Segment, Separators, stream
from apothecary.wires.asap.tables import VERSIONS, version
from apothecary.wires.asap.transmission import (
    File,
    RawDispensing,
    RawStore,
    Transmission,
    raw_stores,
    read,
    split_transmissions,
)
from apothecary.wires.asap.values import in_ascii
from apothecary.wires.asap.writing import (
    Written,
    pieces,
    write,
    write_stream,
    write_taking_back,
)

__all__ = [
    "USUAL",
    "VERSIONS",
    "Additional",
    "Answer",
    "Check",
    "Cutter",
    "Dispensed",
    "Dispensing",
    "File",
    "Finding",
    "Header",
    "Ingredient",
    "Overlay",
    "Patient",
    "Pharmacy",
    "Prescriber",
    "RawDispensing",
    "RawStore",
    "Report",
    "Segment",
    "Separators",
    "Source",
    "Status",
    "Store",
    "Transmission",
    "Written",
    "conformance",
    "corrected",
    "findings",
    "in_ascii",
    "installed",
    "is_answer",
    "is_zero_report",
    "key",
    "overlay",
    "pieces",
    "raw_stores",
    "read",
    "read_answer",
    "read_header",
    "read_overlay",
    "read_report",
    "read_store",
    "read_strictly",
    "split_transmissions",
    "stream",
    "version",
    "voided",
    "write",
    "write_stream",
    "write_taking_back",
    "zero_period",
    "zero_report",
]
