"""A controlled prescription as it comes by wire: archived, judged once, asked at entry.

Nothing is refused here: the message has its answer, and the reasons stay with its record. What
stands against it on the day it came is never judged anew; at entry the house must be open too.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.epcs import receipt_problems
from apothecary.law.problem import Problem, Refused, refuse
from apothecary.law.tables import federal
from apothecary.staff.worker import Worker
from apothecary.vault.csos.trust import Trust, trust_in
from apothecary.vault.epcs.models import EpcsRecord
from apothecary.vault.epcs.seal import Sealed, house_key, seal_on_receipt
from apothecary.vault.epcs.signature import (
    Believed,
    Signed,
    Signer,
    intermediaries_in,
    signature_of,
)
from apothecary.vault.epcs.standing import Stands, stands
from apothecary.wires.models import Incoming
from apothecary.wires.script import Message, NewRx

FOLDER = "APOTHECARY_EPCS_TRUST"
ON_RECEIPT, BY_INTERMEDIARY = "signed_on_receipt", "signed_by_intermediary"
# Without a valid audit nothing else is worth reading out: the page of the receipt lists it all.
UNAUDITED = frozenset({"epcs-not-audited", "epcs-audit-old", "epcs-changed"})
ALWAYS = frozenset({"archived", "indicator_stored"})
NOBODY_TRUSTED = Believed(Trust((), ()))
WHAT_TO_DO = (
    "It is not dispensed as it came: set it aside, and ask the prescriber for a signed paper "
    "prescription; one for C-III to C-V a pharmacist may take by telephone, as a new arrival."
)


@dataclass(frozen=True, slots=True)
class Judged:
    """What was proved of a message on receipt."""

    signed: Signed
    sealed: str
    seal: Sealed | None
    problems: tuple[Problem, ...]


def believed_here() -> Believed:
    """The authorities and intermediaries of the installation; refused when they are not to be
    read, and nobody where no folder is named.
    """
    named = os.environ.get(FOLDER, "").strip()
    if not named:
        return NOBODY_TRUSTED
    folder = Path(named)
    trust = trust_in(folder)
    try:
        return Believed(trust, intermediaries_in(folder))
    except (OSError, ValueError) as bad:
        says = f"The list of intermediaries cannot be read: {bad}."
        raise refuse(says, code="epcs-trust", field="signature") from bad


def is_controlled(rx: NewRx, *, schedule: int) -> bool:
    """Whether the message says a schedule, or the product it was matched with has one."""
    parts = rx.medication.compound.parts if rx.medication.compound else ()
    said = [rx.medication.dea_schedule, *(part.dea_schedule for part in parts)]
    return schedule > 0 or any(said)


def archive_prescription(
    *, by: Worker, incoming: Incoming, message: Message, rx: NewRx, schedule: int
) -> EpcsRecord | None:
    """Keep what came, who signed it, and every reason why it is not dispensed as it is; none
    where nothing says that it is controlled. ``schedule``: of the product it seems to mean.
    """
    if not is_controlled(rx, schedule=schedule):
        return None
    raw = bytes(incoming.raw)
    found = judge(raw, by=by, message=message, rx=rx)
    signed = found.signed
    row = EpcsRecord.objects.create(
        pharmacy_id=by.pharmacy_id,
        incoming=incoming,
        message_id=message.header.message_id,
        received_at=by.at,
        received_on=by.today,
        sha256=hashlib.sha256(raw).hexdigest(),
        signer=signed.signer.value,
        signed_by=signed.by,
        certificate=signed.certificate,
        sealed=found.sealed,
        seal=found.seal.seal if found.seal else None,
        seal_certificate=found.seal.certificate if found.seal else "",
        steps=sorted(signed.steps | ALWAYS),
        problems=[as_kept(problem) for problem in found.problems],
        schedule=rx.medication.dea_schedule or str(schedule),
        prescriber=f"{rx.prescriber.name.last}, {rx.prescriber.name.first}".upper(),
        dea=rx.prescriber.dea.upper(),
        patient=f"{rx.patient.name.last}, {rx.patient.name.first}".upper(),
        born_on=rx.patient.born_on,
        drug=rx.medication.description,
        quantity=f"{rx.medication.quantity.value}" if rx.medication.quantity else "",
        written_on=rx.medication.written_on,
    )
    outcome = [each.code for each in found.problems] or "good"
    said = {"message": row.message_id, "sha256": row.sha256, "signer": row.signer,
            "sealed": row.sealed, "outcome": outcome}  # fmt: skip
    did = Deed.EPCS_HELD if found.problems else Deed.EPCS_ARCHIVED
    record(by=by, did=did, about=row, details=said)
    return row


def judge(raw: bytes, *, by: Worker, message: Message, rx: NewRx) -> Judged:
    """Who signed, who sealed, and every reason against it on the day it came."""
    now = stands(pharmacy_id=by.pharmacy_id, at=by.at, today=by.today)
    problems: list[Problem] = []
    try:
        believed = believed_here()
    except Refused as unread:
        believed, problems = NOBODY_TRUSTED, list(unread.problems)
    signed = signature_of(raw, dea=rx.prescriber.dea, believed=believed, at=by.at)
    seal, unsealed = sealed_here(raw, now=now)
    by_other = signed.signer is Signer.INTERMEDIARY and not signed.problems
    sealed = ON_RECEIPT if seal else BY_INTERMEDIARY if by_other else ""
    practitioner = signed.signer is Signer.PRACTITIONER
    problems += [*now.problems, *unsealed, *signed.problems]
    problems += receipt_problems(
        sealed, signed.steps | ALWAYS, practitioner_signed=practitioner, on=by.today
    )
    if not practitioner and not message.header.signature:
        row = federal("DEA-166", on=by.today)
        says = "Nothing in the message says that the practitioner signed it."
        problems.append(row.problem(says, code="epcs-not-indicated", field="signature"))
    return Judged(signed, sealed, seal, tuple(dict.fromkeys(problems)))


def sealed_here(raw: bytes, *, now: Stands) -> tuple[Sealed | None, list[Problem]]:
    """The house's own signature, where it has a key and its clock is right."""
    if any(each.field == "clock" for each in now.problems):
        return None, []
    try:
        holder = house_key()
    except Refused as unread:
        return None, list(unread.problems)
    return (seal_on_receipt(raw, holder) if holder else None), []


def as_kept(problem: Problem) -> dict[str, str]:
    """A reason as it stays with its record."""
    return {"says": problem.says, "cite": problem.cite, "code": problem.code,
            "verified": problem.verified, "field": problem.field}  # fmt: skip


def kept_problems(row: EpcsRecord) -> list[Problem]:
    """The reasons that stand with a record."""
    return [Problem(**each) for each in row.problems]


def dispensing_problems(*, by: Worker, incoming_id: int | None) -> list[Problem]:
    """Why a controlled drug may not be dispensed on what came electronically (1 or 7 queries).

    ``incoming_id``: the message it came by; none for what a program or a person calls
    electronic without one.
    """
    row = None
    if incoming_id is not None:
        rows = EpcsRecord.objects.filter(pharmacy_id=by.pharmacy_id, incoming_id=incoming_id)
        row = rows.first()
    against = kept_problems(row) if row else no_record(by)
    now = stands(pharmacy_id=by.pharmacy_id, at=by.at, today=by.today)
    shut = [each for each in now.problems if each.code in UNAUDITED] or list(now.problems)
    known = {problem.code for problem in now.problems}
    found = [*shut, *(each for each in against if each.code not in known)]
    # Under the field by which it came, whatever of it is missing: it is one thing to the entry.
    return [Problem(one.says, one.cite, one.code, one.verified, "origin") for one in found]


def no_record(by: Worker) -> list[Problem]:
    """The reason against what was not received as a controlled prescription."""
    law = federal("DEA-162", on=by.today)
    says = "No signed record of it was received as an electronic controlled prescription."
    return [law.problem(says, code="epcs-no-record", field="origin")]


def held_says(row: EpcsRecord) -> str:
    """Why a record is held, and what can be done, in one sentence for the entry screen."""
    first = row.problems[0]["says"] if row.problems else ""
    return f"Electronic controlled prescription held: {first} {WHAT_TO_DO}" if first else ""
