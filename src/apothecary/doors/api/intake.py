"""What has come in and is not yet a prescription: one endpoint per action."""

import json
from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Router, Schema

from apothecary.doors.api.prescriptions import FILL, REFUSALS
from apothecary.doors.api.said import Id, Sent, Word
from apothecary.doors.api.schemas import BecauseIn, FillOut, fill_out
from apothecary.doors.asking import worker_of
from apothecary.intake.actions.by_hand import ByHand, receive_by_hand
from apothecary.intake.actions.correct import correct_entry
from apothecary.intake.actions.entry import (
    cancel_arrival,
    finish_entry,
    save_draft,
    set_aside,
    take,
)
from apothecary.intake.models import OPEN, Arrival, Source
from apothecary.staff.duties import Duty

router = Router(tags=["intake"])
MOST = 200
# The entry form has some thirty fields; the longest is the note.
MOST_FIELDS = 80
Name = Annotated[str, Field(max_length=60)]
Typed = Annotated[str, Field(max_length=4000)]


class ArrivalOut(Schema):
    """Something that came in: what it says, who it may be, what is unsure."""

    id: int
    source: str
    state: str
    because: str
    message_id: str
    arrived_at: datetime
    promised_at: datetime
    sent: dict[str, str]
    unsure: list[str]
    question: str
    patient_id: int | None
    patient_sure: str
    prescriber_id: int | None
    prescriber_sure: str
    package_id: int | None
    package_sure: str
    owner_id: int | None
    prescription_id: int | None


class TypedIn(Sent):
    """The fields of the entry form as text, each with its `<name>_source` where it has one."""

    values: dict[Name, Typed] = Field(max_length=MOST_FIELDS)


class ByHandIn(Sent):
    """A prescription that no message and no image brought: a call or a walk-in."""

    source: Source
    caller: str = Field("", max_length=200)
    read_back: bool = False
    said: Typed = ""
    waiter: bool = False
    patient_id: Id | None = None


ARRIVAL = {200: ArrivalOut, **REFUSALS}


def arrival_out(arrival: Arrival) -> ArrivalOut:
    """An arrival as programs see it."""
    sent = {name: said(value) for name, value in arrival.sent_values.items()}
    return ArrivalOut(
        id=arrival.pk,
        source=arrival.source,
        state=arrival.state,
        because=arrival.because,
        message_id=arrival.message_id,
        arrived_at=arrival.arrived_at,
        promised_at=arrival.promised_at,
        sent=sent,
        unsure=arrival.unsure_list,
        question=arrival.question,
        patient_id=arrival.patient_id,
        patient_sure=arrival.patient_sure,
        prescriber_id=arrival.prescriber_id,
        prescriber_sure=arrival.prescriber_sure,
        package_id=arrival.package_id,
        package_sure=arrival.package_sure,
        owner_id=arrival.owner_id,
        prescription_id=arrival.prescription_id,
    )


def said(value: object) -> str:
    """A value of the message as text; nested ones as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@router.get("/arrivals", response={200: list[ArrivalOut], **REFUSALS}, summary="What came in")
def arrivals(
    request: HttpRequest,
    message_id: Word = "",
    limit: Annotated[int, Field(ge=1, le=MOST)] = 50,
) -> list[ArrivalOut]:
    """Open arrivals, the earliest promise first; by its message id also one that has ended."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    found = Arrival.objects.filter(pharmacy_id=by.pharmacy_id)
    wanted = {"message_id": message_id} if message_id else {"state__in": list(OPEN)}
    rows = found.filter(**wanted).order_by("promised_at", "id")[:limit]
    return [arrival_out(row) for row in rows]


@router.post("/arrivals", response=ARRIVAL, summary="Take one in by hand")
def by_hand(request: HttpRequest, sent: ByHandIn) -> ArrivalOut:
    """Take in a call or a walk-in; paper and fax come with their image through the screen."""
    given = ByHand(
        source=sent.source,
        caller=sent.caller,
        read_back=sent.read_back,
        said=sent.said,
        waiter=sent.waiter,
        patient_id=sent.patient_id,
    )
    return arrival_out(receive_by_hand(by=worker_of(request), given=given))


@router.post("/arrivals/{arrival_id}/take", response=ARRIVAL, summary="Take it for entry")
def take_it(request: HttpRequest, arrival_id: Id) -> ArrivalOut:
    """Take an arrival, so that nobody else types it too."""
    return arrival_out(take(by=worker_of(request), arrival_id=arrival_id))


@router.post("/arrivals/{arrival_id}/draft", response=ARRIVAL, summary="Keep what was typed")
def draft(request: HttpRequest, arrival_id: Id, sent: TypedIn) -> ArrivalOut:
    """Keep what was typed and chosen so far."""
    by = worker_of(request)
    return arrival_out(save_draft(by=by, arrival_id=arrival_id, typed=sent.values))


@router.post("/arrivals/{arrival_id}/finish", response=FILL, summary="Enter it")
def finish(request: HttpRequest, arrival_id: Id, sent: TypedIn) -> FillOut:
    """Enter what came in as a prescription: its first fill goes to screening."""
    by = worker_of(request)
    return fill_out(finish_entry(by=by, arrival_id=arrival_id, typed=sent.values))


@router.post("/arrivals/{arrival_id}/set-aside", response=ARRIVAL, summary="Set it aside")
def aside(request: HttpRequest, arrival_id: Id, sent: BecauseIn) -> ArrivalOut:
    """Lay an arrival aside with the reason."""
    by = worker_of(request)
    return arrival_out(set_aside(by=by, arrival_id=arrival_id, because=sent.because))


@router.post("/arrivals/{arrival_id}/cancel", response=ARRIVAL, summary="Call it off")
def cancel(request: HttpRequest, arrival_id: Id, sent: BecauseIn) -> ArrivalOut:
    """Call off what will not be entered; message and image are kept."""
    by = worker_of(request)
    return arrival_out(cancel_arrival(by=by, arrival_id=arrival_id, because=sent.because))


@router.post("/fills/{fill_id}/correct", response=FILL, summary="Correct the entry")
def correct(request: HttpRequest, fill_id: Id, sent: TypedIn) -> FillOut:
    """Correct a prescription that was sent back to entry; it is screened again."""
    by = worker_of(request)
    return fill_out(correct_entry(by=by, fill_id=fill_id, typed=sent.values))
