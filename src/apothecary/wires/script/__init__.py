"""NCPDP SCRIPT 2017071 (electronic prescriptions), XML."""

from apothecary.wires.script.messages import MalformedMessage, Message, parse_message
from apothecary.wires.script.model import (
    Acknowledgement,
    Address,
    CancelRx,
    Header,
    NewRx,
    Response,
    Untyped,
)
from apothecary.wires.script.replies import (
    cancel_response,
    describe,
    error_reply,
    status_reply,
    verify_reply,
)
from apothecary.wires.script.units import QuantityUnit, quantity_unit
from apothecary.wires.script.xml import canonical

__all__ = [
    "Acknowledgement",
    "Address",
    "CancelRx",
    "Header",
    "MalformedMessage",
    "Message",
    "NewRx",
    "QuantityUnit",
    "Response",
    "Untyped",
    "cancel_response",
    "canonical",
    "describe",
    "error_reply",
    "parse_message",
    "quantity_unit",
    "status_reply",
    "verify_reply",
]
