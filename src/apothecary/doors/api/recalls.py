"""Recalls: notices, places, patients; one endpoint per action."""

from datetime import date, datetime
from decimal import Decimal

from django.http import HttpRequest
from ninja import Field, Router, Schema

from apothecary.doors.api.prescriptions import REFUSALS
from apothecary.doors.api.said import Day, Id, Sent, Word
from apothecary.doors.asking import worker_of
from apothecary.law.problem import refuse
from apothecary.returns.recalls import calling, queries, taking, working
from apothecary.returns.recalls.finding import Bottle
from apothecary.returns.recalls.forms import packages_typed
from apothecary.returns.recalls.models import RecallHit
from apothecary.returns.recalls.rules import Typed
from apothecary.returns.recalls.states import CallOutcome, Depth, Kind, Way
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker

router = Router(tags=["recalls"])
LONGEST, MOST_LOTS, MOST_CODES = 1_000, 500, 100


class NoticeIn(Sent):
    """A notice off a letter; either every lot or those that are named."""

    number: str = Field(min_length=1, max_length=60)
    kind: Kind = Kind.RECALL
    recall_class: str = Field("", max_length=3)
    depth: Depth = Depth.PHARMACY
    firm: Word
    product: Word
    reason: str = Field(min_length=1, max_length=LONGEST)
    ndc: list[Word] = Field(min_length=1, max_length=MOST_CODES)
    lots: list[Word] = Field(default_factory=list, max_length=MOST_LOTS)
    every_lot: bool = False
    issued_on: Day | None = None
    reply_by: Day | None = None
    patients_since: Day | None = None
    instructions: str = Field("", max_length=LONGEST)


class MeantIn(Sent):
    """Which lots a doubtful notice is about, and how that is known."""

    lots: list[Word] = Field(default_factory=list, max_length=MOST_LOTS)
    every_lot: bool = False
    because: str = Field(max_length=LONGEST)


class LookIn(Sent):
    """What was found at a place, in the package's billing unit; why, where it is less."""

    found: Decimal = Field(max_digits=12, decimal_places=3)
    because: Word = ""


class DepthIn(Sent):
    """How far down it goes."""

    depth: Depth


class ReplyIn(Sent):
    """What the firm was told."""

    reply: str = Field(max_length=LONGEST)


class CallIn(Sent):
    """One try to tell a patient."""

    way: Way
    outcome: CallOutcome
    note: str = Field("", max_length=LONGEST)


class RecallLineOut(Schema):
    """One recall of the board."""

    id: int
    number: str
    kind: str
    recall_class: str
    depth: str
    state: str
    firm: str
    product: str
    due_on: date
    late: bool
    places: int
    places_left: int
    patients: int
    patients_left: int


class HitOut(Schema):
    """A place to look at."""

    id: int
    lot: str
    ndc: str
    place: str
    bin: str
    fill_id: int | None
    expected: Decimal
    found: Decimal | None
    look: str
    initials: str


class GotOut(Schema):
    """What a patient took home."""

    patient_id: int
    fill_id: int
    rx_number: int
    lot: str
    units: Decimal
    on: date


class BottleOut(Schema):
    """A package of the lot that came."""

    lot: str
    serial: str
    gtin: str
    packages: int
    units: Decimal
    received_at: datetime
    wholesaler: str


class RecallOut(Schema):
    """One recall with everything that was found of it."""

    id: int
    number: str
    kind: str
    recall_class: str
    depth: str
    state: str
    doubt: str
    every_lot: bool
    lots: list[str]
    due_on: date
    reply_by: date | None
    replied_at: datetime | None
    closed_at: datetime | None
    fills_left: int
    places: list[HitOut]
    patients: list[GotOut]
    packages: list[BottleOut]


class CallOut(Schema):
    """A patient of the call list, with what may be said."""

    id: int
    patient_id: int
    patient: str
    phone: str
    language: str
    outcome: str
    tries: int
    done_at: datetime | None
    words: list[str]
    machine: str


RECALL = {200: RecallOut, **REFUSALS}


def recall_out(by: Worker, recall_id: int) -> RecallOut:
    """A recall as programs see it."""
    page = queries.recall_page(pharmacy_id=by.pharmacy_id, recall_id=recall_id, today=by.today)
    if page is None:
        raise refuse("No such recall here.", code="no-recall", field="recall_id")
    row = page.recall
    return RecallOut(
        id=row.pk,
        number=row.number,
        kind=row.kind,
        recall_class=row.recall_class,
        depth=row.depth,
        state=row.state,
        doubt=row.doubt,
        every_lot=page.every_lot,
        lots=list(page.lots),
        due_on=row.due_on,
        reply_by=row.reply_by,
        replied_at=row.replied_at,
        closed_at=row.closed_at,
        fills_left=page.standing.fills_left,
        places=[hit_out(hit) for hit in page.hits],
        patients=[
            GotOut(
                patient_id=one.patient_id,
                fill_id=one.fill_id,
                rx_number=one.rx_number,
                lot=one.lot,
                units=one.units,
                on=one.on,
            )
            for one in page.got
        ],
        packages=[bottle_out(one) for one in page.bottles],
    )


def hit_out(hit: RecallHit) -> HitOut:
    """A place as programs see it."""
    return HitOut(
        id=hit.pk,
        lot=hit.lot.number,
        ndc=hit.lot.package.ndc,
        place=hit.place.name,
        bin=hit.bin,
        fill_id=hit.fill_id,
        expected=hit.expected,
        found=hit.found,
        look=hit.look,
        initials=hit.initials,
    )


def bottle_out(one: Bottle) -> BottleOut:
    """A package as programs see it."""
    return BottleOut(
        lot=one.lot,
        serial=one.serial,
        gtin=one.gtin,
        packages=one.packages,
        units=one.units,
        received_at=one.received_at,
        wholesaler=one.wholesaler,
    )


@router.get("/recalls", response={200: list[RecallLineOut], **REFUSALS})
def recalls(request: HttpRequest, *, closed: bool = False) -> list[RecallLineOut]:
    """The recalls that are worked, the first due first; or the closed ones."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    found = queries.board(pharmacy_id=by.pharmacy_id, today=by.today, closed=closed)
    return [
        RecallLineOut(
            id=one.recall.pk,
            number=one.recall.number,
            kind=one.recall.kind,
            recall_class=one.recall.recall_class,
            depth=one.recall.depth,
            state=one.recall.state,
            firm=one.recall.firm,
            product=one.recall.product,
            due_on=one.recall.due_on,
            late=one.late,
            places=one.places,
            places_left=one.places_left,
            patients=one.patients,
            patients_left=one.patients_left,
        )
        for one in found
    ]


@router.post("/recalls", response=RECALL)
def type_in(request: HttpRequest, sent: NoticeIn) -> RecallOut:
    """A notice off a letter: its lots are held at once."""
    by = worker_of(request)
    by.must(Duty.WORK_RECALLS)
    packages = packages_typed(" ".join(sent.ndc))
    typed = Typed(
        number=sent.number,
        kind=sent.kind,
        recall_class=sent.recall_class,
        depth=sent.depth,
        firm=sent.firm,
        product=sent.product,
        reason=sent.reason,
        packages=len(packages),
        lots=tuple(sent.lots),
        every_lot=sent.every_lot,
        issued_on=sent.issued_on,
        reply_by=sent.reply_by,
        patients_since=sent.patients_since,
    )
    row = taking.type_notice(
        by=by, typed=typed, packages=packages, instructions=sent.instructions
    )
    return recall_out(by, row.pk)


@router.get("/recalls/{recall_id}", response=RECALL)
def recall(request: HttpRequest, recall_id: Id) -> RecallOut:
    """One recall: places, patients, packages."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    return recall_out(by, recall_id)


@router.post("/recalls/{recall_id}/decide", response=RECALL)
def decide(request: HttpRequest, recall_id: Id, sent: MeantIn) -> RecallOut:
    """Which lots are meant; the others are free again."""
    by = worker_of(request)
    meant = working.Meant(tuple(sent.lots), sent.every_lot, sent.because)
    working.decide_lots(by=by, recall_id=recall_id, meant=meant)
    return recall_out(by, recall_id)


@router.post("/recalls/places/{hit_id}/look", response=RECALL)
def look(request: HttpRequest, hit_id: Id, sent: LookIn) -> RecallOut:
    """What was found at a place; it is carried to quarantine."""
    by = worker_of(request)
    row = working.look(by=by, hit_id=hit_id, found=sent.found, because=sent.because)
    return recall_out(by, row.recall_id)


@router.post("/recalls/{recall_id}/deepen", response=RECALL)
def deepen(request: HttpRequest, recall_id: Id, sent: DepthIn) -> RecallOut:
    """Further down than it went."""
    by = worker_of(request)
    working.deepen(by=by, recall_id=recall_id, depth=sent.depth)
    return recall_out(by, recall_id)


@router.post("/recalls/{recall_id}/reply", response=RECALL)
def reply(request: HttpRequest, recall_id: Id, sent: ReplyIn) -> RecallOut:
    """What the firm was told."""
    by = worker_of(request)
    working.reply_to_firm(by=by, recall_id=recall_id, reply=sent.reply)
    return recall_out(by, recall_id)


@router.post("/recalls/{recall_id}/close", response=RECALL)
def close(request: HttpRequest, recall_id: Id) -> RecallOut:
    """Close it, or hear everything that is left."""
    by = worker_of(request)
    working.close_recall(by=by, recall_id=recall_id)
    return recall_out(by, recall_id)


@router.get("/recalls/{recall_id}/calls", response={200: list[CallOut], **REFUSALS})
def calls(request: HttpRequest, recall_id: Id) -> list[CallOut]:
    """Who is to be told, those still to be called first."""
    by = worker_of(request)
    by.must(Duty.WORK_RECALLS)
    name = Pharmacy.objects.values_list("name", flat=True).get(pk=by.pharmacy_id)
    found = queries.call_list(
        pharmacy_id=by.pharmacy_id, recall_id=recall_id, pharmacy_name=name
    )
    if found is None:
        raise refuse("No such recall here.", code="no-recall", field="recall_id")
    return [call_out(person) for person in found[1]]


def call_out(person: queries.Person) -> CallOut:
    """A patient of the list as programs see them."""
    call = person.call
    return CallOut(
        id=call.pk,
        patient_id=call.patient_id,
        patient=str(call.patient),
        phone=call.patient.phone,
        language=call.patient.language,
        outcome=call.outcome,
        tries=call.tries,
        done_at=call.done_at,
        words=list(person.words),
        machine=person.machine,
    )


@router.post("/recalls/calls/{call_id}", response={200: None, **REFUSALS})
def call(request: HttpRequest, call_id: Id, sent: CallIn) -> None:
    """One try to tell a patient."""
    calling.note_call(
        by=worker_of(request),
        call_id=call_id,
        way=sent.way,
        outcome=sent.outcome,
        note=sent.note,
    )
