"""Taking an electronic message in: raw first, understood second, acted on once."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from apothecary.intake.actions.cancel_by_message import cancel_by_message
from apothecary.intake.finding import find_drug, find_patient, find_prescriber
from apothecary.intake.matching import Match
from apothecary.intake.models import Arrival, Source, Sure
from apothecary.intake.reading import (
    mistyped,
    oddities,
    sent_drug,
    sent_patient,
    sent_values,
)
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.staff.models import Partner, Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker
from apothecary.vault.epcs.receiving import archive_prescription, held_says
from apothecary.wires import Fault
from apothecary.wires.models import Incoming
from apothecary.wires.script import (
    Address,
    CancelRx,
    Header,
    MalformedMessage,
    Message,
    NewRx,
    cancel_response,
    describe,
    error_reply,
    parse_message,
    status_reply,
)

FORMAT = "script"
ACKNOWLEDGEMENTS = frozenset({"Status", "Error", "Verify"})
# Read off the bytes, since they are kept before anything tries to understand them. Bytes cut
# short have no number of their own: the whole message may still come under it.
WHOLE = re.compile(rb"</(?:\w+:)?Message>\s*\Z")
NUMBER = re.compile(rb"<(?:\w+:)?MessageID>\s*([^<>\s\0]{1,35})\s*</")
SENDER = re.compile(rb"<(?:\w+:)?From\b[^>]*>\s*([^<>\0]{1,80}?)\s*</")
# The one thing in which a message sent again may differ from the first time.
SENT_AT = re.compile(rb"<(?:\w+:)?SentTime>[^<>]*</")
KEEP = """
INSERT INTO wires_incoming (pharmacy_id, partner, format, message_id, received_at, raw, sha256,
                            kind, problem)
VALUES (%s, %s, %s, %s, %s, %s, %s, '', '')
ON CONFLICT (pharmacy_id, partner, format, message_id) DO NOTHING
"""


COMPOUNDED = Match(Sure.NONE, why="Enter what it is made of.")


@dataclass(frozen=True, slots=True)
class Understood:
    """What became of a message: its kind, the answer, and why it was refused if it was."""

    kind: str
    answer: bytes
    problem: str = ""


def receive_script(*, partner: Partner, pharmacy: Pharmacy, raw: bytes, at: datetime) -> bytes:
    """Take in one SCRIPT message and answer it; the same message again gets the same answer.

    The bytes are kept in a transaction of their own. Whoever then holds their row and finds no
    answer in it understands the message: two at once, or a second try after a crash, end in
    one act and one answer. Another message under a number that is taken is kept under its
    digest and refused: answered as the first it would be lost, and its patient without it.
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
    read = number_taken if taken else understand
    done = read(incoming, bytes(incoming.raw), by=by, pharmacy=pharmacy)
    incoming.kind, incoming.problem, incoming.answer = done.kind, done.problem, done.answer
    incoming.save(update_fields=["kind", "problem", "answer"])
    if done.problem:
        said = {"partner": incoming.partner, "kind": done.kind, "problem": done.problem}
        record(by=by, did=Deed.MESSAGE_REFUSED, about=incoming, details=said)
    return done.answer


def same_message(first: bytes, raw: bytes) -> bool:
    """Whether these are the bytes of one message, sent once or again later."""
    return first == raw or SENT_AT.sub(b"", first) == SENT_AT.sub(b"", raw)


def message_key(raw: bytes) -> str:
    """Under which number the bytes are kept: their own with its sender, else their digest."""
    number, sender = NUMBER.search(raw), SENDER.search(raw)
    if number and WHOLE.search(raw):
        who = sender[1].decode(errors="replace") if sender else ""
        return f"{number[1].decode(errors='replace')}@{who}"
    return digest_key(raw)


def digest_key(raw: bytes) -> str:
    """The number of bytes that have none of their own."""
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def keep_raw(
    *, partner: Partner, pharmacy: Pharmacy, key: str, raw: bytes, at: datetime
) -> None:
    """Keep the bytes as they came, for good, before anyone reads them."""
    digest = hashlib.sha256(raw).digest()
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(KEEP, [pharmacy.pk, partner.name, FORMAT, key, at, raw, digest])


def understand(incoming: Incoming, raw: bytes, *, by: Worker, pharmacy: Pharmacy) -> Understood:
    """Read the message and do what it asks."""
    try:
        message = parse_message(raw)
    except MalformedMessage as error:
        return refused(error.header, error.kind, error.faults, by=by, pharmacy=pharmacy)
    if isinstance(message.body, NewRx):
        return take_new(incoming, message, message.body, by=by, pharmacy=pharmacy)
    if isinstance(message.body, CancelRx):
        return take_cancel(incoming, message, message.body, by=by)
    if message.kind in ACKNOWLEDGEMENTS:
        return Understood(message.kind, accepted(message.header, by=by))
    said = f"{message.kind} is not taken here"
    answer = error_reply(
        message.header, message_id=own_number(by), sent_at=by.at, code="601", description=said
    )
    return Understood(message.kind, answer, said)


def number_taken(
    incoming: Incoming, raw: bytes, *, by: Worker, pharmacy: Pharmacy
) -> Understood:
    """Another message came under this number before: the sender must give it a fresh one."""
    try:
        message = parse_message(raw)
    except MalformedMessage as error:
        return refused(error.header, error.kind, error.faults, by=by, pharmacy=pharmacy)
    number = message.header.message_id
    fault = Fault("MessageID", f"{number} was used for another message")
    return refused(message.header, message.kind, (fault,), by=by, pharmacy=pharmacy)


def refused(
    header: Header | None,
    kind: str,
    faults: tuple[Fault, ...],
    *,
    by: Worker,
    pharmacy: Pharmacy,
) -> Understood:
    """An Error that names the field and the reason; all reasons stay with the raw bytes."""
    answer = error_reply(
        header,
        message_id=own_number(by),
        sent_at=by.at,
        description=describe(faults),
        house=Address(pharmacy.ncpdp_id, "P"),
    )
    return Understood(kind, answer, "; ".join(str(fault) for fault in faults))


def own_number(by: Worker) -> str:
    """A fresh number for our answer, at most 35 characters."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('wires_incoming_id_seq')")
        row = cursor.fetchone()
    return f"A{by.pharmacy_id}-{row[0] if row else 0}"


def accepted(header: Header, *, by: Worker) -> bytes:
    """Status 000: the pharmacy is the last receiver, and the message is kept and taken in."""
    return status_reply(header, "000", message_id=own_number(by), sent_at=by.at)


def take_new(
    incoming: Incoming, message: Message, rx: NewRx, *, by: Worker, pharmacy: Pharmacy
) -> Understood:
    """A new prescription becomes an arrival, matched as far as it can be."""
    faults = mistyped(rx, today=by.today)
    if faults:
        return refused(message.header, message.kind, tuple(faults), by=by, pharmacy=pharmacy)
    header = message.header
    values = sent_values(
        rx, order_number=header.prescriber_order_number, signature=header.signature
    )
    arrival = Arrival(
        pharmacy_id=by.pharmacy_id,
        source=Source.ELECTRONIC,
        incoming=incoming,
        partner=incoming.partner,
        message_id=header.message_id,
        order_number=header.prescriber_order_number,
        sent=json.dumps(values, ensure_ascii=False),
        unsure=json.dumps(oddities(rx, sent_to=header.to, ncpdp_id=pharmacy.ncpdp_id)),
        arrived_at=by.at,
        promised_at=by.at + timedelta(minutes=pharmacy.promise_minutes),
    )
    match_arrival(arrival, values, by=by)
    held = archive_prescription(
        by=by, incoming=incoming, message=message, rx=rx, schedule=schedule_of(arrival)
    )
    if held is not None and held.problems:
        arrival.unsure = json.dumps([held_says(held), *arrival.unsure_list])
    arrival.save(force_insert=True)
    said = {
        "message": header.message_id,
        "kind": message.kind,
        "patient": arrival.patient_sure,
        "prescriber": arrival.prescriber_sure,
        "package": arrival.package_sure,
    }
    record(by=by, did=Deed.MESSAGE_RECEIVED, about=arrival, details=said)
    return Understood(message.kind, accepted(header, by=by))


def schedule_of(arrival: Arrival) -> int:
    """The schedule of the product it seems to mean; 0 where none was found (1 query)."""
    return arrival.package.product.schedule if arrival.package else 0


def match_arrival(arrival: Arrival, values: dict[str, str], *, by: Worker) -> None:
    """Find whom and what it means, and put the first open question on it (at most 7)."""
    pharmacy_id = by.pharmacy_id
    patient = find_patient(sent_patient(values), pharmacy_id=pharmacy_id)
    prescriber = find_prescriber(
        values["prescriber_npi"], values["prescriber_last_name"], pharmacy_id=pharmacy_id
    )
    lasts = timedelta(days=int(values["days_supply"] or 0))
    # What a compound is called is no product: its ingredients are entered, and they are.
    drug = (
        COMPOUNDED
        if values.get("compound")
        else find_drug(sent_drug(values), pharmacy_id=pharmacy_id, good_until=by.today + lasts)
    )
    arrival.patient_id, arrival.patient_sure = patient.id, patient.sure
    arrival.patient_why = patient.why
    arrival.prescriber_id, arrival.prescriber_sure = prescriber.id, prescriber.sure
    arrival.prescriber_why = prescriber.why
    arrival.package_id, arrival.package_sure = drug.id, drug.sure
    arrival.package_why = drug.why
    arrival.question = first_question(patient, prescriber, drug)


def first_question(patient: Match, prescriber: Match, drug: Match) -> str:
    """What must be settled before it can be typed; empty when all three are found."""
    unknown = "A compound." if drug is COMPOUNDED else "Unknown drug."
    asked = {
        ("patient", Sure.SEVERAL): f"Which patient? {patient.why}",
        ("patient", Sure.NONE): f"New patient? {patient.why}",
        ("drug", Sure.SEVERAL): f"Which drug? {drug.why}",
        ("drug", Sure.NONE): f"{unknown} {drug.why}",
        ("prescriber", Sure.SEVERAL): f"Which prescriber? {prescriber.why}",
        ("prescriber", Sure.NONE): f"New prescriber? {prescriber.why}",
    }
    found = (("patient", patient), ("drug", drug), ("prescriber", prescriber))
    return next((asked[(of, it.sure)] for of, it in found if (of, it.sure) in asked), "")


def take_cancel(
    incoming: Incoming, message: Message, body: CancelRx, *, by: Worker
) -> Understood:
    """A request to cancel: done as far as nothing has been sold, and answered."""
    outcome = cancel_by_message(
        partner=incoming.partner, header=message.header, body=body, by=by
    )
    said = {
        "message": message.header.message_id,
        "kind": message.kind,
        "approved": outcome.approved,
        "says": outcome.says,
    }
    record(by=by, did=Deed.MESSAGE_RECEIVED, about=incoming, details=said)
    answer = cancel_response(
        message.header,
        approved=outcome.approved,
        message_id=own_number(by),
        sent_at=by.at,
        reason_codes=(outcome.code,) if outcome.code else (),
        denial_reason="" if outcome.approved else outcome.says,
        note=outcome.says if outcome.approved else "",
        reference=outcome.reference,
    )
    return Understood(message.kind, answer)
