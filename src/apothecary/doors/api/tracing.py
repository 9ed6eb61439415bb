"""Tracing: documents, an inspector's answer, verifications, and suspect product."""

from django.http import HttpRequest
from ninja import Router

from apothecary.doors.api import tracing_shapes as shapes
from apothecary.doors.api.money import bytes_of
from apothecary.doors.api.prescriptions import REFUSALS
from apothecary.doors.api.said import Id, Word
from apothecary.doors.api.schemas import BecauseIn
from apothecary.doors.asking import worker_of
from apothecary.law.problem import refuse
from apothecary.purchasing.forms import read_door_scan
from apothecary.purchasing.tracing import queries
from apothecary.purchasing.tracing.answering import trace
from apothecary.purchasing.tracing.cases import deciding, standing, telling
from apothecary.purchasing.tracing.cases.hands import suspect_received
from apothecary.purchasing.tracing.cases.opening import Suspicion, suspect_lot, take_notice
from apothecary.purchasing.tracing.holding import waive
from apothecary.purchasing.tracing.size import say_size
from apothecary.purchasing.tracing.taking import take_document
from apothecary.purchasing.tracing.verifying.asking import ask, is_late
from apothecary.purchasing.tracing.verifying.models import Verification
from apothecary.purchasing.tracing.verifying.rules import Identifier
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker

router = Router(tags=["tracing"])
CASE = {200: shapes.CaseOut, **REFUSALS}
MOST_ANSWERED = 20_000


def keeper(request: HttpRequest) -> Worker:
    """Who asks, with the duty of whoever keeps the stock."""
    by = worker_of(request)
    by.must(Duty.MANAGE_STOCK)
    return by


def case_page(by: Worker, case_id: int) -> shapes.CaseOut:
    """A case as it is now."""
    page = queries.case_page(pharmacy_id=by.pharmacy_id, case_id=case_id, at=by.at)
    if page is None:
        raise refuse("No such case here.", code="no-case", field="case_id")
    asked = [
        shapes.verification_out(one, late=is_late(one, by=by)) for one in page.verifications
    ]
    return shapes.case_out(page.case, asked)


@router.get("/tracing/documents", response={200: list[shapes.DocumentOut], **REFUSALS})
def documents(request: HttpRequest, aside: bool = False) -> list[shapes.DocumentOut]:
    """The last documents that were taken over, or those that were set aside."""
    by = worker_of(request)
    by.must(Duty.ORDER_STOCK)
    rows = queries.documents(pharmacy_id=by.pharmacy_id, aside=aside)
    return [shapes.document_out(one) for one in rows]


@router.post("/tracing/documents", response={200: shapes.DocumentOut, **REFUSALS})
def take_in(request: HttpRequest, sent: shapes.DocumentIn) -> shapes.DocumentOut:
    """Take a document in; one that is not whole or not for us is kept with its reason."""
    by = worker_of(request)
    by.must(Duty.ORDER_STOCK)
    raw = bytes_of(sent.base64)
    row = take_document(by=by, partner=sent.partner, raw=raw, name=sent.name)
    return shapes.document_out(row)


@router.get("/tracing/answer", response={200: shapes.AnswerOut, **REFUSALS})
def answer(request: HttpRequest, said: Word = "") -> shapes.AnswerOut:
    """Everything that fits an NDC, GTIN, lot or serial number."""
    found = trace(by=worker_of(request), said=said)
    if len(found.packages) > MOST_ANSWERED:
        says = f"Over {MOST_ANSWERED:,} packages fit: ask by lot, or by the command."
        raise refuse(says, code="too-many", field="said")
    packages = [shapes.TracedOut(**one._asdict()) for one in found.packages]
    return shapes.AnswerOut(said=found.said, asked_at=found.asked_at, packages=packages)


@router.get("/tracing/held", response={200: list[shapes.HeldOut], **REFUSALS})
def held(request: HttpRequest) -> list[shapes.HeldOut]:
    """What stands in quarantine for tracing, and what to do about each."""
    rows = queries.held_packages(pharmacy_id=keeper(request).pharmacy_id)
    return [
        shapes.HeldOut(
            received_id=one.row.pk,
            ndc=one.row.lot.package.ndc,
            lot=one.row.lot.number,
            serial=one.row.serial,
            condition=one.row.condition,
            case_id=one.case_id,
            next=one.says,
        )
        for one in rows
    ]


@router.post("/tracing/received/{received_id}/waive", response={200: int, **REFUSALS})
def let_in(request: HttpRequest, received_id: Id, sent: shapes.WaiveIn) -> int:
    """Let in a package that needs no transaction information."""
    row = waive(
        by=worker_of(request),
        received_id=received_id,
        exemption=sent.exemption,
        because=sent.because,
    )
    return row.pk


@router.post("/tracing/size", response={200: str, **REFUSALS})
def size(request: HttpRequest, sent: shapes.SizeIn) -> str:
    """Say how large the owner is."""
    return say_size(by=worker_of(request), size=sent.size, evidence=sent.evidence).size


@router.post("/tracing/verifications", response={200: shapes.VerificationOut, **REFUSALS})
def verify(request: HttpRequest, sent: shapes.IdentifierIn) -> shapes.VerificationOut:
    """Ask whether a package was really made; the answer comes later."""
    by = keeper(request)
    row = ask(by=by, asked=identifier_of(sent))
    return shapes.verification_out(row, late=is_late(row, by=by))


def identifier_of(sent: shapes.IdentifierIn) -> Identifier:
    """The identifier by its code, else as typed."""
    came = read_door_scan(sent.code).came if sent.code.strip() else None
    until = came.expires_on if came else sent.expires_on
    if until is None:
        raise refuse("The expiry is missing.", code="no-expiry", field="expires_on")
    if came is not None:
        return Identifier(came.gtin, came.serial, came.lot, until, sent.wholesaler_id)
    return Identifier(sent.gtin, sent.serial, sent.lot, until, sent.wholesaler_id)


@router.get(
    "/tracing/verifications/{verification_id}",
    response={200: shapes.VerificationOut, **REFUSALS},
)
def verification(request: HttpRequest, verification_id: Id) -> shapes.VerificationOut:
    """One question, with its answer as it came."""
    by = keeper(request)
    rows = Verification.objects.filter(pharmacy_id=by.pharmacy_id, pk=verification_id)
    row = rows.select_related("wholesaler", "outgoing").first()
    if row is None:
        raise refuse("No such question here.", code="no-verification", field="verification_id")
    return shapes.verification_out(row, late=is_late(row, by=by))


@router.get("/tracing/cases", response={200: list[shapes.CaseOut], **REFUSALS})
def cases(request: HttpRequest) -> list[shapes.CaseOut]:
    """The open cases, those whose clock runs first."""
    by = keeper(request)
    found = queries.open_cases(pharmacy_id=by.pharmacy_id, at=by.at)
    return [case_page(by, one.case.pk) for one in found]


@router.get("/tracing/cases/{case_id}", response=CASE)
def case(request: HttpRequest, case_id: Id) -> shapes.CaseOut:
    """One case."""
    return case_page(keeper(request), case_id)


def suspicion(sent: shapes.HoldIn | shapes.NoticeIn) -> Suspicion:
    """Why product is suspect, as the rooms know it."""
    return Suspicion(
        says=sent.says,
        source=sent.source,
        reference=sent.reference,
        wholesaler_id=sent.wholesaler_id,
    )


@router.post("/tracing/hold", response=CASE)
def hold(request: HttpRequest, sent: shapes.HoldIn) -> shapes.CaseOut:
    """Hold a package or a lot as suspect."""
    by = keeper(request)
    if (sent.received_id is None) == (sent.lot_id is None):
        says = "Name a package that came, or a lot: one of the two."
        raise refuse(says, code="nothing-named", field="lot_id")
    why = suspicion(sent)
    if sent.received_id is not None:
        row = suspect_received(by=by, received_id=sent.received_id, suspicion=why)
    else:
        row = suspect_lot(by=by, lot_id=sent.lot_id or 0, suspicion=why)
    return case_page(by, row.pk)


@router.post("/tracing/notices", response=CASE)
def notice(request: HttpRequest, sent: shapes.NoticeIn) -> shapes.CaseOut:
    """A notice of the FDA or of a partner: find what it names and hold it."""
    by = keeper(request)
    row = take_notice(by=by, ndc=sent.ndc, lots=sent.lots, suspicion=suspicion(sent))
    return case_page(by, row.pk)


@router.post("/tracing/cases/{case_id}/notes", response=CASE)
def note(request: HttpRequest, case_id: Id, sent: shapes.NoteIn) -> shapes.CaseOut:
    """Write down what was found out."""
    by = keeper(request)
    deciding.add_note(by=by, case_id=case_id, says=sent.says)
    return case_page(by, case_id)


@router.post("/tracing/cases/{case_id}/sample", response=CASE)
def sample(request: HttpRequest, case_id: Id) -> shapes.CaseOut:
    """Ask about as many packages as the law wants."""
    by = keeper(request)
    deciding.verify_sample(by=by, case_id=case_id)
    return case_page(by, case_id)


@router.post("/tracing/cases/{case_id}/carry", response={200: int, **REFUSALS})
def carry(request: HttpRequest, case_id: Id, sent: shapes.CarryInIn) -> int:
    """Carry what stands on shelves into quarantine; from how many places."""
    return standing.carry_in(by=keeper(request), case_id=case_id, key=sent.key)


@router.post("/tracing/cases/{case_id}/clear", response=CASE)
def clear(request: HttpRequest, case_id: Id, sent: BecauseIn) -> shapes.CaseOut:
    """A pharmacist finds it fit."""
    by = worker_of(request)
    deciding.clear(by=by, case_id=case_id, because=sent.because)
    return case_page(by, case_id)


@router.post("/tracing/cases/{case_id}/illegitimate", response=CASE)
def illegitimate(
    request: HttpRequest, case_id: Id, sent: shapes.IllegitimateIn
) -> shapes.CaseOut:
    """A pharmacist determines that it is illegitimate: 24 hours to tell."""
    by = worker_of(request)
    deciding.call_illegitimate(
        by=by, case_id=case_id, grounds=sent.grounds, because=sent.because
    )
    return case_page(by, case_id)


@router.post("/tracing/cases/{case_id}/forms", response=CASE)
def write_form(request: HttpRequest, case_id: Id, sent: shapes.FormIn) -> shapes.CaseOut:
    """Write a notification to the FDA (Form FDA 3911)."""
    by = worker_of(request)
    said = telling.Said(
        event=sent.event,
        why_over=sent.why_over,
        quantity=sent.quantity,
        elsewhere=sent.elsewhere,
    )
    telling.write_form(by=by, case_id=case_id, kind=sent.kind, said=said)
    return case_page(by, case_id)


@router.post("/tracing/cases/{case_id}/incident", response=CASE)
def incident(request: HttpRequest, case_id: Id, sent: shapes.IncidentIn) -> shapes.CaseOut:
    """The number the FDA gave."""
    by = worker_of(request)
    telling.note_incident(by=by, case_id=case_id, incident=sent.incident)
    return case_page(by, case_id)


@router.post("/tracing/cases/{case_id}/disposed", response=CASE)
def disposed(request: HttpRequest, case_id: Id, sent: shapes.DisposedIn) -> shapes.CaseOut:
    """It is disposed of, but for a sample."""
    by = worker_of(request)
    telling.note_disposed(
        by=by, case_id=case_id, sample=sent.sample, sample_units=sent.sample_units
    )
    return case_page(by, case_id)


@router.post("/tracing/cases/{case_id}/end", response=CASE)
def end(request: HttpRequest, case_id: Id, sent: BecauseIn) -> shapes.CaseOut:
    """The FDA was consulted, and the notification is over."""
    by = worker_of(request)
    telling.end_notification(by=by, case_id=case_id, because=sent.because)
    return case_page(by, case_id)


@router.post("/tracing/forms/{form_id}/told", response=CASE)
def told_fda(request: HttpRequest, form_id: Id, sent: shapes.ToldFdaIn) -> shapes.CaseOut:
    """A notification went to the FDA."""
    by = worker_of(request)
    row = telling.told_fda(by=by, form_id=form_id, how=sent.how, incident=sent.incident)
    return case_page(by, row.pk)


@router.post("/tracing/partners/{notice_id}/told", response=CASE)
def told_partner(request: HttpRequest, notice_id: Id, sent: shapes.ToldIn) -> shapes.CaseOut:
    """A trading partner was told."""
    by = keeper(request)
    return case_page(by, telling.told_partner(by=by, notice_id=notice_id, how=sent.how).pk)
