"""NCPDP Telecommunication (claims), version D.0 with F6 as data."""

from apothecary.wires.telecom.answers import (
    Answer,
    Consent,
    Finding,
    Insured,
    OtherCoverage,
    Preferred,
    Pricing,
    Reject,
    answers,
)
from apothecary.wires.telecom.build import (
    Draft,
    Fields,
    RequestHeader,
    ResponseHeader,
    build_request,
    build_response,
    cut,
)
from apothecary.wires.telecom.codes import CodeMeaning, code_meaning, codes_of, explain_code
from apothecary.wires.telecom.conformance import conformance, read_strictly
from apothecary.wires.telecom.frames import Frames, frame
from apothecary.wires.telecom.message import Message, Segment, Transaction, read
from apothecary.wires.telecom.rejects import RejectMeaning, known_rejects, reject_meaning
from apothecary.wires.telecom.values import Value

__all__ = [
    "Answer",
    "CodeMeaning",
    "Consent",
    "Draft",
    "Fields",
    "Finding",
    "Frames",
    "Insured",
    "Message",
    "OtherCoverage",
    "Preferred",
    "Pricing",
    "Reject",
    "RejectMeaning",
    "RequestHeader",
    "ResponseHeader",
    "Segment",
    "Transaction",
    "Value",
    "answers",
    "build_request",
    "build_response",
    "code_meaning",
    "codes_of",
    "conformance",
    "cut",
    "explain_code",
    "frame",
    "known_rejects",
    "read",
    "read_strictly",
    "reject_meaning",
]
