"""What a programme says of a file, kept as it came, and what it means for each record.

An acknowledgement is about a file as a whole. How single records are refused each programme
says in its own way; the house reads one, in segments of the answer (mark C, see ``Refusal``),
and whatever else stands there makes the file one that a person looks at.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.monitoring.models import MonitoringFile, MonitoringRecord
from apothecary.vault.monitoring.states import FileState, RecordState, Told
from apothecary.wires.asap import Answer, read, read_answer
from apothecary.wires.errors import Malformed
from apothecary.wires.models import Outgoing, OutgoingState

REFUSAL, REFUSAL_ELEMENTS = "ERR", 6


@dataclass(frozen=True, slots=True)
class Refusal:
    """One record refused: ``ERR*position*Rx number*element*code*reason``. The position counts
    the file's records from 1. A form of our own and of the simulator: no programme's is public.
    """

    position: int
    rx_number: str
    element: str
    says: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a file, and of which of its records."""

    state: FileState
    says: str = ""
    refused: tuple[Refusal, ...] = ()


def verdict_of(raw: bytes, *, control: str) -> Verdict:
    """What an answer says of the file of that number. Never raises: what is not understood is
    said to be so.
    """
    try:
        (told,) = read(raw).transmissions
        answer = read_answer(told)
        refused = tuple(refusal_of(row) for row in answer.rest)
    except Malformed as bad:
        return Verdict(FileState.UNCLEAR, f"the answer cannot be read: {bad}")
    except ValueError as bad:
        return Verdict(FileState.UNCLEAR, f"the answer cannot be read: {bad}")
    last = told.segments[-1].elements
    if last[0] != "TT" or last[-1] != str(len(told.segments)):
        return Verdict(FileState.UNCLEAR, "the answer is cut short")
    if not answer.is_about(control):
        about = answer.responds_to or "no file"
        return Verdict(FileState.UNCLEAR, f"the answer is about {about}, not {control}")
    return judged(answer, refused)


def judged(answer: Answer, refused: tuple[Refusal, ...]) -> Verdict:
    """The verdict of an answer about this very file."""
    if not answer.received:
        return Verdict(FileState.REJECTED, answer.said or "the file was not received")
    return Verdict(FileState.ACCEPTED, answer.said, refused)


def refusal_of(row: tuple[str, ...]) -> Refusal:
    """A segment as a refusal. ValueError when it is none."""
    if row[0] != REFUSAL or len(row) != REFUSAL_ELEMENTS or not row[1].isdecimal():
        raise ValueError(f"nobody has told us what {'*'.join(row)!r} means")
    says = f"{row[4]} {row[5]}".strip()
    return Refusal(int(row[1]), row[2], row[3], says)


@transaction.atomic
def take_answer(*, by: Worker, outgoing_id: int, raw: bytes) -> None:
    """Keep an answer and act on it, once."""
    outgoing = lock_outgoing(by=by, outgoing_id=outgoing_id)
    if outgoing.state == OutgoingState.ANSWERED:
        return
    file = lock_file(by=by, file_id=outgoing.about_id)
    outgoing.state, outgoing.answer = OutgoingState.ANSWERED, raw
    outgoing.answered_at, outgoing.held_by, outgoing.problem = by.at, None, ""
    outgoing.save()
    file.answer = raw
    settle(file, fitting(verdict_of(raw, control=file.control), file), by=by)


def fitting(verdict: Verdict, file: MonitoringFile) -> Verdict:
    """A verdict that names records which the file has not is not acted on."""
    rows = records_of(file)
    for each in verdict.refused:
        if not 0 < each.position <= len(rows):
            return Verdict(FileState.UNCLEAR, f"there is no record {each.position} in the file")
        number = rows[each.position - 1].told["DSP"].get("rx_number", "")
        if number != each.rx_number:
            says = f"record {each.position} is of {number}, not of {each.rx_number}"
            return Verdict(FileState.UNCLEAR, says)
    return verdict


def records_of(file: MonitoringFile) -> list[MonitoringRecord]:
    """The records of a file in the order they were written."""
    rows = MonitoringRecord.objects.filter(pharmacy_id=file.pharmacy_id, file=file)
    return list(rows.order_by("id"))


@transaction.atomic
def take_refusal(*, by: Worker, outgoing_id: int, says: str) -> None:
    """The line took the file and refused it as a whole, for good."""
    outgoing = lock_outgoing(by=by, outgoing_id=outgoing_id)
    if outgoing.state == OutgoingState.ANSWERED:
        return
    file = lock_file(by=by, file_id=outgoing.about_id)
    outgoing.state, outgoing.held_by = OutgoingState.ANSWERED, None
    outgoing.answered_at, outgoing.problem = by.at, says
    outgoing.save()
    settle(file, Verdict(FileState.REJECTED, says), by=by)


@transaction.atomic
def say_received(*, by: Worker, file_id: int, because: str) -> MonitoringFile:
    """Say that the programme has a file, as its own pages or letters show."""
    return decide(by=by, file_id=file_id, to=FileState.ACCEPTED, because=because)


@transaction.atomic
def say_refused(*, by: Worker, file_id: int, because: str) -> MonitoringFile:
    """Say that the programme refused a file as a whole: its records are held."""
    return decide(by=by, file_id=file_id, to=FileState.REJECTED, because=because)


def decide(*, by: Worker, file_id: int, to: FileState, because: str) -> MonitoringFile:
    """Settle by hand a file whose answer nobody understood or that is answered elsewhere."""
    by.must(Duty.MEND_MONITORING)
    file = lock_file(by=by, file_id=file_id)
    if file.state not in (FileState.UNCLEAR, FileState.SENT):
        raise refuse(f"This file is {file.state} already.", code="file-state")
    if not because.strip():
        raise refuse("Say how that is known.", field="because", code="no-reason")
    # What waits to go out is answered with this: nobody sends it again.
    Outgoing.objects.filter(
        pharmacy_id=by.pharmacy_id, key=f"monitoring {file.control}"
    ).update(state=OutgoingState.ANSWERED, answered_at=by.at, held_by=None)
    settle(file, Verdict(to, because.strip()), by=by)
    return file


def settle(file: MonitoringFile, verdict: Verdict, *, by: Worker) -> None:
    """Write down what became of a file and of each record in it."""
    file.state, file.answered_at, file.problem = verdict.state.value, by.at, verdict.says
    file.save(update_fields=["state", "answered_at", "problem", "answer"])
    refused = {each.position: each for each in verdict.refused}
    for position, row in enumerate(records_of(file), 1):
        if row.state == RecordState.FILED:
            settle_record(row, verdict, refused.get(position), at=by.at)
    said = {"state": verdict.state.value, "says": verdict.says, "refused": len(refused)}
    record(by=by, did=Deed.MONITORING_ANSWERED, about=file, details=said)


def settle_record(
    row: MonitoringRecord, verdict: Verdict, refused: Refusal | None, *, at: datetime
) -> None:
    """One record of a file that was answered."""
    if verdict.state is FileState.UNCLEAR:
        return
    row.answered_at = at
    if verdict.state is FileState.REJECTED:
        row.state, row.problem = RecordState.HELD.value, f"the whole file: {verdict.says}"
    elif refused is not None:
        row.state, row.element = RecordState.REJECTED.value, refused.element
        row.problem = refused.says
    else:
        row.state, row.with_them = RecordState.ACCEPTED.value, row.tells != Told.VOID
    row.save(update_fields=["state", "element", "problem", "answered_at", "with_them"])


def lock_outgoing(*, by: Worker, outgoing_id: int) -> Outgoing:
    """The row of the outbox, held until the answer is written."""
    rows = Outgoing.objects.select_for_update().filter(pharmacy_id=by.pharmacy_id)
    return rows.get(pk=outgoing_id)


def lock_file(*, by: Worker, file_id: int) -> MonitoringFile:
    """The file of this pharmacy, held until the act is done."""
    rows = MonitoringFile.objects.select_for_update().filter(pharmacy_id=by.pharmacy_id)
    file = rows.filter(pk=file_id).first()
    if file is None:
        raise refuse("No such file in this pharmacy.", code="no-file")
    return file
