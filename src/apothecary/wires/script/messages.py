"""A SCRIPT message: envelope and body, read from bytes or refused with every fault."""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from apothecary.wires.errors import Fault, Malformed
from apothecary.wires.script.bodies import read_body
from apothecary.wires.script.look import Look, Notes, read_instant
from apothecary.wires.script.model import Address, Body, Header
from apothecary.wires.script.xml import canonical, local_name, parse_document

VERSION = "20170715"
_KINDS = (
    "Status Error Verify GetMessage PasswordChange NewRx NewRxRequest "
    "NewRxResponseDenied CancelRx CancelRxResponse RxChangeRequest RxChangeResponse "
    "RxRenewalRequest RxRenewalResponse RxFill RxFillIndicatorChange Resupply "
    "Recertification DrugAdministration Census RxHistoryRequest RxHistoryResponse "
    "RxTransferRequest RxTransferResponse RxTransferConfirm PAInitiationRequest "
    "PAInitiationResponse PARequest PAResponse PACancelRequest PACancelResponse "
    "PAAppealRequest PAAppealResponse"
)
KINDS = frozenset(_KINDS.split())
_ANSWERS = frozenset(
    {"Status", "Error", "Verify", "CancelRxResponse", "RxRenewalResponse", "RxChangeResponse"}
)
_ATTRIBUTES = ("DatatypesVersion", "TransportVersion", "StructuresVersion", "ECLVersion")


class MalformedMessage(Malformed):
    """A message refused with every fault. What could be read of the envelope is kept, so that
    it can still be answered: ``header`` is None when not even the sender could be made out.
    """

    def __init__(self, faults: Sequence[Fault], header: Header | None, kind: str) -> None:
        super().__init__(faults[0].field, faults[0].reason, faults[0].at)
        self.faults = tuple(faults)
        self.header = header
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Message:
    """One message that may be acted on. ``warnings``: what is not schema-valid but clear."""

    kind: str
    header: Header
    body: Body
    warnings: tuple[Fault, ...]
    raw: bytes

    def canonical(self) -> bytes:
        """The canonical XML, in which nothing of the message is lost."""
        return canonical(self.raw)


def parse_message(raw: bytes) -> Message:
    """Read one SCRIPT 2017071 message.

    Raises MalformedMessage (a Malformed) with every fault at once: XML that is not well-formed
    or not safe, another version, an unknown message, missing, over-long or ill-typed fields,
    impossible dates, quantities that are zero, negative or absurd.
    """
    try:
        root = parse_document(raw)
    except Malformed as error:
        raise MalformedMessage(error.faults, None, "") from None
    notes = Notes()
    look = Look(root, "Message", notes)
    if local_name(root) != "Message":
        fault = Fault(local_name(root), "is not a SCRIPT message: the root must be Message")
        raise MalformedMessage([fault], None, "")
    _check_version(look)
    header = _read_header(look.need("Header"))
    found = look.need("Body")
    kind = _kind(found)
    _check_relation(look, header, kind)
    body = None
    if kind in KINDS:
        inner = Look(found.at(kind).element, kind, notes)
        sent_on = header.sent_at.date() if header.sent_at else None
        body = read_body(inner, kind, sent_on=sent_on)
    if notes.faults or body is None:
        raise MalformedMessage(notes.faults, header if header.message_id else None, kind)
    return Message(kind, header, body, tuple(notes.warnings), raw)


def _check_version(look: Look) -> None:
    root = look.element
    if root is None:
        return
    if isinstance(root.tag, str) and root.tag.startswith("{"):
        look.warn("", f"has the namespace {etree.QName(root).namespace}, 2017071 has none")
    stated = root.get("TransactionVersion") or root.get("version") or ""
    if stated != VERSION:
        look.fault("@TransactionVersion", f"must be {VERSION}, is {stated!r}")
    for name in _ATTRIBUTES:
        value = root.get(name)
        if value != VERSION:
            look.warn(f"@{name}", f"must be {VERSION}, is {value!r}")
    domain = root.get("TransactionDomain")
    if domain not in ("SCRIPT", "SPECIALIZED"):
        look.warn("@TransactionDomain", f"must be SCRIPT or SPECIALIZED, is {domain!r}")


def _kind(body: Look) -> str:
    names = [local_name(child) for child in body.children()]
    if body and len(names) != 1:
        body.fault("", f"must hold exactly one message, holds {len(names)}")
        return ""
    if names and names[0] not in KINDS:
        body.fault(names[0], "is not a known SCRIPT message")
    return names[0] if names else ""


def _check_relation(look: Look, header: Header, kind: str) -> None:
    if header.relates_to or kind not in _ANSWERS:
        return
    reason = f"is missing, {kind} answers a message"
    if kind == "Error":  # the other side may not have been able to read our number
        look.warn("Header/RelatesToMessageID", reason)
    else:
        look.fault("Header/RelatesToMessageID", reason)


def _read_header(look: Look) -> Header:
    sent = look.text("SentTime", need=True)
    sent_at = read_instant(sent)
    if sent and sent_at is None:
        look.fault("SentTime", f"must be a date and time, is {sent!r}")
    software = look.at("SenderSoftware")
    if look and not software:
        look.warn("SenderSoftware", "is missing")
    return Header(
        to=_address(look, "To"),
        sender=_address(look, "From"),
        message_id=look.text("MessageID", most=35, need=True),
        relates_to=look.text("RelatesToMessageID", most=35),
        sent_at=sent_at,
        software=(
            software.text("SenderSoftwareDeveloper", most=35),
            software.text("SenderSoftwareProduct", most=35),
            software.text("SenderSoftwareVersionRelease", most=50),
        ),
        is_test=look.text("TestMessage", most=5) in ("1", "true"),
        rx_reference_number=look.text("RxReferenceNumber", most=35),
        prescriber_order_number=look.text("PrescriberOrderNumber", most=35),
        signature=_signature(look.at("DigitalSignature")),
        version=VERSION,
    )


def _address(look: Look, name: str) -> Address:
    value = look.text(name, most=80, need=True)
    place = look.at(name)
    qualifier = place.element.get("Qualifier", "") if place.element is not None else ""
    if place and not qualifier:
        place.fault("@Qualifier", "is missing")
    return Address(value, qualifier)


def _signature(look: Look) -> str:
    if look.at("SignatureValue"):
        return "signed"
    if look.text("DigitalSignatureIndicator") in ("true", "1"):
        return "indicated"
    return ""
