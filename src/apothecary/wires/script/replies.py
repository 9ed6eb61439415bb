"""Answers to a SCRIPT message: Status, Error, Verify and CancelRxResponse.

The header follows the rules of the standard: To and From change places, RelatesToMessageID is
the number of the message answered, and both sides' order numbers are echoed.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from lxml import etree

from apothecary.wires.errors import Fault, Malformed, malformed
from apothecary.wires.script.messages import VERSION
from apothecary.wires.script.model import Address, Header

SOFTWARE = ("Apothecary", "Apothecary", "1")
LONGEST_DESCRIPTION = 70
# Elements whose name says nothing without the one around them.
BARE = frozenset({"Value", "Code", "Date", "Text", "Number"})
_LONGEST_NOTE = 70
_LONGEST_DENIAL = 260
_STATUS_CODES = ("000", "001", "002", "003", "005", "010")
_ERROR_CODES = ("600", "601", "602", "700", "900")
# Who answers and whom, when the message was too broken to say.
NOBODY = Address("UNKNOWN", "ZZZ")


def status_reply(
    header: Header,
    code: str = "000",
    *,
    message_id: str,
    sent_at: datetime,
    description: str = "",
    description_codes: Sequence[str] = (),
) -> bytes:
    """A Status: 000 accepted for the last receiver, 010 accepted and to be verified later."""
    root, body = _envelope(header, message_id=message_id, sent_at=sent_at)
    _coded(body, "Status", code, _STATUS_CODES, description, description_codes)
    return _bytes(root)


def error_reply(
    header: Header | None,
    *,
    message_id: str,
    sent_at: datetime,
    code: str = "900",
    description: str = "",
    description_codes: Sequence[str] = (),
    house: Address = NOBODY,
) -> bytes:
    """An Error: 900 the message is refused, 601 we cannot process it, 602 our system failed.

    ``header`` None answers bytes of which not even the sender could be read; ``house`` then
    says who we are.
    """
    root, body = _envelope(header, message_id=message_id, sent_at=sent_at, house=house)
    _coded(body, "Error", code, _ERROR_CODES, description, description_codes)
    return _bytes(root)


def describe(faults: Sequence[Fault]) -> str:
    """Faults in the 70 characters of a Description: the first, and how many more there are."""
    more = f" (+{len(faults) - 1} more)" if len(faults) > 1 else ""
    room = LONGEST_DESCRIPTION - len(more)
    *above, last = faults[0].field.split("/")
    if last in BARE and above:
        last = f"{above[-1]}/{last}"
    text = f"{last}: {faults[0].reason}"
    if len(text) > room:
        text = text[: room - 1].rstrip() + "…"
    return text + more


def verify_reply(
    header: Header,
    code: str = "010",
    *,
    message_id: str,
    sent_at: datetime,
    description: str = "",
) -> bytes:
    """A Verify: the message has reached its last receiver."""
    root, body = _envelope(header, message_id=message_id, sent_at=sent_at)
    verify = etree.SubElement(body, "Verify")
    _coded(verify, "VerifyStatus", code, _STATUS_CODES, description, ())
    return _bytes(root)


def cancel_response(
    header: Header,
    *,
    approved: bool,
    message_id: str,
    sent_at: datetime,
    reason_codes: Sequence[str] = (),
    denial_reason: str = "",
    note: str = "",
    reference: str = "",
) -> bytes:
    """A CancelRxResponse. A denial carries reasons, an approval may carry a note.

    Raises Malformed when a denial gives no reason at all, or a text is too long.
    """
    faults = []
    if not approved and not (reason_codes or denial_reason):
        faults.append(Fault("DenialReason", "a denial needs a reason or a reason code"))
    if approved and (reason_codes or denial_reason):
        faults.append(Fault("DenialReason", "an approval gives no reason of denial"))
    faults += _too_long("DenialReason", denial_reason, _LONGEST_DENIAL)
    faults += _too_long("Note", note, _LONGEST_NOTE)
    faults += _too_long("ReferenceNumber", reference, 35)
    if faults:
        raise malformed(faults)
    root, body = _envelope(header, message_id=message_id, sent_at=sent_at)
    response = etree.SubElement(etree.SubElement(body, "CancelRxResponse"), "Response")
    answer = etree.SubElement(response, "Approved" if approved else "Denied")
    for reason in reason_codes:
        _put(answer, "ReasonCode", reason)
    _put(answer, "ReferenceNumber", reference)
    _put(answer, "DenialReason", denial_reason)
    _put(answer, "Note", note if approved else "")
    return _bytes(root)


def _envelope(
    header: Header | None, *, message_id: str, sent_at: datetime, house: Address = NOBODY
) -> tuple[etree._Element, etree._Element]:
    faults = _too_long("MessageID", message_id, 35)
    if not message_id:
        faults.append(Fault("MessageID", "is missing"))
    if sent_at.tzinfo is None:
        faults.append(Fault("SentTime", "needs a time zone"))
    if faults:
        raise malformed(faults)
    versions = ("DatatypesVersion", "TransportVersion", "StructuresVersion", "ECLVersion")
    root = etree.Element("Message")
    for name in (*versions[:2], "TransactionDomain", "TransactionVersion", *versions[2:]):
        root.set(name, "SCRIPT" if name == "TransactionDomain" else VERSION)
    out = etree.SubElement(root, "Header")
    to, sender = (header.sender, header.to) if header else (NOBODY, house)
    _put(out, "To", to.value).set("Qualifier", to.qualifier)
    _put(out, "From", sender.value).set("Qualifier", sender.qualifier)
    _put(out, "MessageID", message_id)
    _put(out, "RelatesToMessageID", header.message_id if header else "")
    _put(out, "SentTime", f"{sent_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.0Z}")
    software = etree.SubElement(out, "SenderSoftware")
    names = ("SenderSoftwareDeveloper", "SenderSoftwareProduct", "SenderSoftwareVersionRelease")
    for name, value in zip(names, SOFTWARE, strict=True):
        _put(software, name, value)
    if header:
        _put(out, "RxReferenceNumber", header.rx_reference_number)
        _put(out, "PrescriberOrderNumber", header.prescriber_order_number)
    return root, etree.SubElement(root, "Body")


def _coded(
    parent: etree._Element,
    name: str,
    code: str,
    allowed: tuple[str, ...],
    description: str,
    description_codes: Sequence[str],
) -> None:
    if code not in allowed:
        raise Malformed(f"{name}/Code", f"must be one of {', '.join(allowed)}, is {code!r}")
    faults = _too_long(f"{name}/Description", description, LONGEST_DESCRIPTION)
    if faults:
        raise malformed(faults)
    out = etree.SubElement(parent, name)
    _put(out, "Code", code)
    for one in description_codes:
        _put(out, "DescriptionCode", one)
    _put(out, "Description", description)


def _too_long(name: str, text: str, most: int) -> list[Fault]:
    if len(text) <= most:
        return []
    return [Fault(name, f"may have {most} characters, has {len(text)}")]


def _put(parent: etree._Element, name: str, text: str) -> etree._Element:
    """Add an element; an empty text adds none to the document."""
    element = etree.Element(name)
    if text:
        element.text = text
        parent.append(element)
    return element


def _bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
