"""Taking a transfer in: the other pharmacy's word is kept, and waits to be entered."""

import json
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from apothecary.intake.actions.by_hand import keep_picture
from apothecary.intake.actions.entry import lock_arrival, must_be_open
from apothecary.intake.forms import Picture
from apothecary.intake.models import Arrival, Source
from apothecary.intake.reading import shown_day
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.prescriptions.transfers.models import Transfer, Way
from apothecary.prescriptions.transfers.rules import fills_here
from apothecary.prescriptions.transfers.taking import (
    Taking,
    complete,
    missing_of,
    take_in,
    told_of,
)
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A transfer as it comes: what the other pharmacy says, the fax, who waits."""

    taking: Taking
    picture: Picture | None = None
    waiter: bool = False


@transaction.atomic
def receive_transfer(*, by: Worker, given: Received) -> Arrival:
    """Take a prescription from another pharmacy; it waits for entry, or for what is missing."""
    by.must(Duty.TRANSFER_PRESCRIPTION)
    refuse_if(picture_problems(given))
    row = take_in(by=by, given=given.taking)
    pharmacy = Pharmacy.objects.get(pk=by.pharmacy_id)
    arrival = Arrival.objects.create(
        pharmacy=pharmacy,
        source=Source.TRANSFER,
        transfer=row,
        image=keep_picture(given.picture, by=by) if given.picture else None,
        sent=sent_of(row),
        draft=draft_of(row),
        question=to_ask(row, by=by),
        caller=caller_of(row),
        read_back=True,
        taken_by=by.person_id,
        taken_by_name=by.name,
        may_take_controlled=by.may(Duty.TRANSFER_CONTROLLED),
        arrived_at=by.at,
        promised_at=by.at + timedelta(minutes=pharmacy.promise_minutes),
        waiter=given.waiter,
    )
    said = {"source": Source.TRANSFER.value, "caller": arrival.caller}
    record(by=by, did=Deed.MESSAGE_RECEIVED, about=arrival, details=said)
    return arrival


@transaction.atomic
def complete_transfer(*, by: Worker, arrival_id: int, given: Taking) -> Arrival:
    """Write down what the other pharmacy said when it was asked."""
    by.must(Duty.TRANSFER_PRESCRIPTION)
    arrival = lock_arrival(by=by, arrival_id=arrival_id)
    must_be_open(arrival, by=by)
    if arrival.transfer_id is None:
        raise refuse("It did not come from another pharmacy.", code="no-transfer")
    row = complete(by=by, transfer_id=arrival.transfer_id, given=given)
    arrival.sent, arrival.caller = sent_of(row), caller_of(row)
    arrival.draft = draft_of(row, over=arrival.draft_values)
    arrival.question = to_ask(row, by=by)
    # What a technician took is a controlled one once a pharmacist has spoken with theirs.
    arrival.may_take_controlled |= by.may(Duty.TRANSFER_CONTROLLED)
    arrival.save(update_fields=["sent", "caller", "draft", "question", "may_take_controlled"])
    return arrival


def picture_problems(given: Received) -> list[Problem]:
    """A fax is kept as it came."""
    if given.taking.way != Way.FAX or given.picture is not None:
        return []
    says = "Add the scanned fax."
    return [Problem(says, field="image", code="by-hand-image")]


def caller_of(row: Transfer) -> str:
    """Who spoke, and for whom."""
    return ", ".join(part for part in (row.spoke_with, row.name) if part)


def sent_of(row: Transfer) -> str:
    """What was said, beside the form."""
    return json.dumps({"said": row.says}, ensure_ascii=False)


def draft_of(row: Transfer, *, over: dict[str, str] | None = None) -> str:
    """What the entry form starts from: the day it was written, and what is left here."""
    values = dict(over or {})
    if row.written_on is not None:
        values["written_on"] = shown_day(row.written_on.isoformat())
        values["written_on_source"] = "sent"
    left = fills_here(told_of(row))
    if left is not None:
        values["refills"] = str(left)
        values["refills_source"] = "sent"
    return json.dumps(values, sort_keys=True, ensure_ascii=False) if values else ""


def to_ask(row: Transfer, *, by: Worker) -> str:
    """What the other pharmacy is still to be asked for, in one line; empty when nothing is."""
    missing = missing_of(row, on=by.today)
    if not missing:
        return ""
    wanted = ", ".join(
        problem.says.removeprefix("The record does not show ").rstrip(".")
        for problem in missing
    )
    return f"Ask {row.name} for: {wanted}."
