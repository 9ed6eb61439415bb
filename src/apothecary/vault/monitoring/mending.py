"""Putting right what a programme is told: mend a record, take it back, let it go again."""

from dataclasses import replace

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.monitoring.models import MonitoringRecord
from apothecary.vault.monitoring.rules import (
    because_problems,
    mending_problems,
    releasing_problems,
    standing_problems,
    taking_back_problems,
)
from apothecary.vault.monitoring.states import AT_HOME, RecordState, Told
from apothecary.vault.monitoring.told import from_json, to_json, with_element
from apothecary.wires.asap import Dispensing, Status, corrected

TELLS = {Status.NEW: Told.NEW, Status.REVISED: Told.REVISED, Status.VOID: Told.VOID}


@transaction.atomic
def mend(
    *, by: Worker, record_id: int, element: str, value: str, because: str
) -> list[MonitoringRecord]:
    """Change one element of what is told; gives the rows that tell it now.

    What was not told yet is changed where it stands. What was told is followed by a revision,
    or by a void and a new record where the programme would not find it again.
    """
    by.must(Duty.MEND_MONITORING)
    old = lock_record(by=by, record_id=record_id)
    refuse_if(mending_problems(old.state, old.tells) + because_problems(because))
    before = from_json(old.told)
    after = with_element(before, element, value)
    if after == before:
        raise refuse("It says that already.", field="value", code="no-change")
    said = {"element": element.upper(), "value": value.strip(), "because": because.strip()}
    record(by=by, did=Deed.MONITORING_MENDED, about=old, details=said)
    if old.state in AT_HOME:
        old.told, old.state = to_json(after), RecordState.DUE.value
        old.because, old.by_id = because.strip(), by.person_id
        old.element, old.problem, old.doubt = "", "", ""
        old.save()
        return [old]
    found, last = [], replaced(old)
    for one in corrected(clean(before), clean(after)):
        last = follow(last, one, because, by=by)
        found.append(last)
    return found


def clean(one: Dispensing) -> Dispensing:
    """Without what a record does: that is the row's to say."""
    return replace(one, dispensed=replace(one.dispensed, reporting_status=""))


def replaced(old: MonitoringRecord) -> MonitoringRecord:
    """The row, which counts no more: what follows it does."""
    old.state, old.doubt = RecordState.REPLACED.value, ""
    old.save(update_fields=["state", "doubt"])
    return old


def follow(
    old: MonitoringRecord, told: Dispensing, because: str, *, by: Worker
) -> MonitoringRecord:
    """The next row of a dispensing."""
    return MonitoringRecord.objects.create(
        pharmacy_id=by.pharmacy_id,
        programme=old.programme,
        fill_id=old.fill_id,
        label=old.label,
        drug=old.drug,
        schedule=old.schedule,
        tells=TELLS[told.dispensed.status].value,
        told=to_json(clean(told)),
        dispensed_at=old.dispensed_at,
        made_at=by.at,
        due_on=old.due_on,
        due_at=old.due_at,
        due_says=old.due_says,
        real_time=old.real_time,
        with_them=old.with_them,
        follows=old,
        by_id=by.person_id,
        because=because.strip(),
    )


@transaction.atomic
def take_back(*, by: Worker, record_id: int, because: str) -> MonitoringRecord:
    """Take a dispensing back: by a void where the programme holds it, else by telling nothing.

    Gives the void, or the row that is told no more.
    """
    by.must(Duty.MEND_MONITORING)
    old = lock_record(by=by, record_id=record_id)
    refuse_if(taking_back_problems(old.state, old.tells) + because_problems(because))
    # A void that the programme would not take is let go: there is nothing to take back.
    void = old.with_them and old.tells != Told.VOID
    said = {"because": because.strip(), "void": void}
    record(by=by, did=Deed.MONITORING_TAKEN_BACK, about=old, details=said)
    if not void:
        old.state, old.because = RecordState.WITHDRAWN.value, because.strip()
        old.by_id, old.doubt = by.person_id, ""
        old.save(update_fields=["state", "because", "by_id", "doubt"])
        return old
    held = from_json(old.told)
    dispensed = replace(held.dispensed, reporting_status=Status.VOID.value)
    return follow(replaced(old), replace(held, dispensed=dispensed), because, by=by)


@transaction.atomic
def doubt_told(*, by: Worker, fill_id: int, doubt: str) -> MonitoringRecord | None:
    """Lay what is told of a fill before a pharmacist: it may say no longer what was dispensed.

    What was not told yet is held. None where nothing is told of the fill: it is not
    controlled, or it was taken back already.
    """
    rows = MonitoringRecord.objects.select_for_update().filter(pharmacy_id=by.pharmacy_id)
    row = rows.filter(fill_id=fill_id).order_by("-id").first()
    if row is None or row.tells == Told.VOID or row.state == RecordState.WITHDRAWN:
        return None
    row.doubt = "; ".join(filter(None, (row.doubt, doubt.strip())))
    if row.state == RecordState.DUE:
        row.state, row.problem, row.answered_at = RecordState.HELD.value, row.doubt, by.at
    row.save(update_fields=["doubt", "state", "problem", "answered_at"])
    record(by=by, did=Deed.MONITORING_DOUBTED, about=row, details={"doubt": row.doubt})
    return row


@transaction.atomic
def let_stand(*, by: Worker, record_id: int, because: str) -> MonitoringRecord:
    """Say that a doubted record says what was dispensed all the same."""
    by.must(Duty.MEND_MONITORING)
    row = lock_record(by=by, record_id=record_id)
    refuse_if(standing_problems(row.state, row.doubt) + because_problems(because))
    details = {"because": because.strip(), "doubt": row.doubt}
    if row.state == RecordState.HELD:
        row.state, row.problem, row.element = RecordState.DUE.value, "", ""
    row.doubt, row.because, row.by_id = "", because.strip(), by.person_id
    row.save(update_fields=["state", "problem", "element", "doubt", "because", "by_id"])
    record(by=by, did=Deed.MONITORING_STANDS, about=row, details=details)
    return row


@transaction.atomic
def release(*, by: Worker, record_id: int, because: str) -> MonitoringRecord:
    """Let a held record, or a void that was refused, go again: the fault was not in it."""
    by.must(Duty.MEND_MONITORING)
    row = lock_record(by=by, record_id=record_id)
    refuse_if(releasing_problems(row.state, row.tells) + because_problems(because))
    row.state, row.element, row.problem = RecordState.DUE.value, "", ""
    row.because, row.by_id, row.doubt = because.strip(), by.person_id, ""
    row.save(update_fields=["state", "element", "problem", "because", "by_id", "doubt"])
    said = {"because": row.because}
    record(by=by, did=Deed.MONITORING_RELEASED, about=row, details=said)
    return row


def lock_record(*, by: Worker, record_id: int) -> MonitoringRecord:
    """The record of this pharmacy, held until the act is done."""
    rows = MonitoringRecord.objects.select_for_update().filter(pharmacy_id=by.pharmacy_id)
    row = rows.filter(pk=record_id).first()
    if row is None:
        raise refuse("No such record in this pharmacy.", code="no-record")
    return row
