"""X12: envelopes read and written byte for byte, receipts (997, 999), remittances (835)."""

from apothecary.wires.x12.acknowledge import (
    ElementError,
    GroupVerdict,
    SegmentError,
    SetVerdict,
    acknowledge,
    read_acknowledgement,
    verdicts,
)
from apothecary.wires.x12.balance import (
    Disagreement,
    Imbalance,
    Reversal,
    balance,
    reversal_differs,
    reversals,
)
from apothecary.wires.x12.build import Draft, GroupDraft, SetDraft, build
from apothecary.wires.x12.conformance import (
    Envelope,
    Finding,
    conformance,
    findings,
    read_strictly,
)
from apothecary.wires.x12.interchange import (
    File,
    Group,
    Interchange,
    TransactionSet,
    read,
    split_interchanges,
)
from apothecary.wires.x12.remittance import Claim, Remittance, ServiceLine
from apothecary.wires.x12.remittance_reader import read_remittance, read_remittances
from apothecary.wires.x12.segments import Cutter, Delimiters, Segment, stream

__all__ = [
    "Claim",
    "Cutter",
    "Delimiters",
    "Disagreement",
    "Draft",
    "ElementError",
    "Envelope",
    "File",
    "Finding",
    "Group",
    "GroupDraft",
    "GroupVerdict",
    "Imbalance",
    "Interchange",
    "Remittance",
    "Reversal",
    "Segment",
    "SegmentError",
    "ServiceLine",
    "SetDraft",
    "SetVerdict",
    "TransactionSet",
    "acknowledge",
    "balance",
    "build",
    "conformance",
    "findings",
    "read",
    "read_acknowledgement",
    "read_remittance",
    "read_remittances",
    "read_strictly",
    "reversal_differs",
    "reversals",
    "split_interchanges",
    "stream",
    "verdicts",
]
