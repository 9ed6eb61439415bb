"""A payer's answer to a prior authorization that comes by itself, as a SCRIPT message.

It is kept and answered as every message there is; what it means the claims know.
"""

import re
from datetime import datetime

from django.db import transaction

from apothecary.claims.authorization.answering import take_message
from apothecary.intake.actions.receive import (
    FORMAT,
    Understood,
    accepted,
    digest_key,
    keep_raw,
    message_key,
    number_taken,
    refused,
    same_message,
)
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.staff.models import Partner, Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker
from apothecary.wires import Fault, Malformed
from apothecary.wires.models import Incoming
from apothecary.wires.script import MalformedMessage, parse_message
from apothecary.wires.script.authorization_model import RESPONSES

# Only sorts the message to its reader, which reads it properly. Looks at one place and never
# goes back in it (``?>``, ``*+``), so that no bytes can make it slow.
BODY = re.compile(rb"<(?:\w+:)?Body\b[^<>]*>")
KIND = re.compile(rb"(?>\s+|<!--(?>.*?-->))*+<(?:\w+:)?(\w+)", re.DOTALL)
NOT_ASKED = "answers nothing that we wait for"


def is_consent(raw: bytes) -> bool:
    """Whether this looks like a payer's answer to a prior authorization."""
    body = BODY.search(raw)
    found = KIND.match(raw, body.end()) if body else None
    return found is not None and found[1].decode("ascii", errors="replace") in RESPONSES


def receive_consent(*, partner: Partner, pharmacy: Pharmacy, raw: bytes, at: datetime) -> bytes:
    """Take in one answer and acknowledge it; the same message again gets the same answer.

    The bytes are kept for good before anybody reads them. Another message under a number that
    is taken is kept under its digest, and refused.
    """
    for key in (message_key(raw), digest_key(raw)):
        keep_raw(partner=partner, pharmacy=pharmacy, key=key, raw=raw, at=at)
        with transaction.atomic():
            incoming = Incoming.objects.select_for_update().get(
                pharmacy_id=pharmacy.pk, partner=partner.name, format=FORMAT, message_id=key
            )
            if same_message(bytes(incoming.raw), raw):
                taken = key != message_key(raw)
                return answer_once(incoming, pharmacy=pharmacy, taken=taken, at=at)
    raise AssertionError("bytes that differ from those of their own digest")


def answer_once(incoming: Incoming, *, pharmacy: Pharmacy, taken: bool, at: datetime) -> bytes:
    """The answer a held message got, or the one it gets now; ``taken``: its number was."""
    if incoming.answer is not None:
        return bytes(incoming.answer)
    by = system_worker(pharmacy, now=at)
    raw = bytes(incoming.raw)
    if taken:
        done = number_taken(incoming, raw, by=by, pharmacy=pharmacy)
    else:
        done = understand(raw, by=by, pharmacy=pharmacy)
    incoming.kind, incoming.problem, incoming.answer = done.kind, done.problem, done.answer
    incoming.save(update_fields=["kind", "problem", "answer"])
    if done.problem:
        said = {"partner": incoming.partner, "kind": done.kind, "problem": done.problem}
        record(by=by, did=Deed.MESSAGE_REFUSED, about=incoming, details=said)
    return done.answer


def understand(raw: bytes, *, by: Worker, pharmacy: Pharmacy) -> Understood:
    """Act on the answer and say Status, or say in an Error why nothing came of it."""
    try:
        message = parse_message(raw)
    except MalformedMessage as error:
        return refused(error.header, error.kind, error.faults, by=by, pharmacy=pharmacy)
    header, kind = message.header, message.kind
    try:
        is_ours = take_message(by=by, raw=raw)
    except Malformed as error:
        return refused(header, kind, error.faults, by=by, pharmacy=pharmacy)
    if not is_ours:
        fault = Fault("Header/RelatesToMessageID", NOT_ASKED)
        return refused(header, kind, (fault,), by=by, pharmacy=pharmacy)
    return Understood(kind, accepted(header, by=by))
