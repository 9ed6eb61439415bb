"""What programs send and get about tracing and suspect product."""

from datetime import date, datetime
from decimal import Decimal

from ninja import Field, Schema

from apothecary.doors.api.purchasing_shapes import LARGEST
from apothecary.doors.api.said import Day, Id, Sent, Word
from apothecary.purchasing.tracing.cases.models import SuspectCase
from apothecary.purchasing.tracing.models import TracingDocument
from apothecary.purchasing.tracing.states import FormKind, Grounds, Source
from apothecary.purchasing.tracing.verifying.models import Verification

LONG = 8_000


class DocumentIn(Sent):
    """A tracing document (EPCIS 1.2 XML or 2.0 JSON) of a wholesaler, by its code."""

    partner: Word
    base64: str = Field(max_length=LARGEST)
    name: Word = ""


class DocumentOut(Schema):
    """A document: with a problem nothing of it was taken over."""

    id: int
    wholesaler: str
    instance: str
    name: str
    arrived_at: datetime
    packages: int
    problem: str
    notes: str


class TracedOut(Schema):
    """Transaction information and statement of one package, and what became of it here."""

    ndc: str
    gtin: str
    serial: str
    lot: str
    expires_on: date | None
    name: str
    strength: str
    form: str
    container: str
    containers: Decimal
    transaction_on: date
    shipped_at: datetime
    seller: str
    seller_address: str
    buyer: str
    buyer_address: str
    orders: str
    despatches: str
    invoices: str
    statement: str
    document: str
    received_at: datetime | None
    condition: str
    lot_now: str


class AnswerOut(Schema):
    """An inspector's answer."""

    said: str
    asked_at: datetime
    packages: list[TracedOut]


class HeldOut(Schema):
    """A package in quarantine for tracing, and what to do about it."""

    received_id: int
    ndc: str
    lot: str
    serial: str
    condition: str
    case_id: int | None
    next: str


class IdentifierIn(Sent):
    """A product identifier, by its code or as typed; of no wholesaler, its seller is asked."""

    code: str = Field(default="", max_length=400)
    gtin: Word = ""
    serial: Word = ""
    lot: Word = ""
    expires_on: Day | None = None
    wholesaler_id: Id | None = None


class VerificationOut(Schema):
    """A question and what came of it; `asked` is no answer."""

    id: int
    wholesaler: str
    gtin: str
    serial: str
    lot: str
    expires_on: date
    verdict: str
    says: str
    asked_at: datetime
    due_at: datetime
    answered_at: datetime | None
    late: bool
    case_id: int | None
    raw: str


class WaiveIn(Sent):
    """By which exemption a package needs no information, and how that is known."""

    exemption: Word
    because: Word


class HoldIn(Sent):
    """A package that came, or a lot that stands here, and why it is suspect."""

    says: str = Field(max_length=LONG)
    source: Source = Source.HANDS
    reference: Word = ""
    wholesaler_id: Id | None = None
    received_id: Id | None = None
    lot_id: Id | None = None


class NoticeIn(Sent):
    """A notice of the FDA or of a partner; without lots all are meant."""

    says: str = Field(max_length=LONG)
    source: Source = Source.PARTNER
    reference: Word = ""
    wholesaler_id: Id | None = None
    ndc: Word
    lots: list[Word] = Field(default=[], max_length=200)


class NoteIn(Sent):
    """What was found out."""

    says: str = Field(max_length=LONG)


class CarryInIn(Sent):
    """The key makes it one act."""

    key: Word


class IllegitimateIn(Sent):
    """What it is, and why."""

    grounds: Grounds
    because: str = Field(max_length=LONG)


class FormIn(Sent):
    """What a pharmacist adds to the facts of the case."""

    kind: FormKind
    event: str = Field(max_length=LONG)
    why_over: str = Field(default="", max_length=LONG)
    quantity: Word = ""
    elsewhere: Word = ""


class ToldFdaIn(Sent):
    """How it was sent, and the number the FDA gave, if it has."""

    how: Word
    incident: Word = ""


class ToldIn(Sent):
    """Whom, and how."""

    how: Word


class IncidentIn(Sent):
    """The number the FDA gave."""

    incident: Word


class DisposedIn(Sent):
    """Which sample was kept, and how many units of it stand in quarantine."""

    sample: Word
    sample_units: Decimal = Field(default=Decimal(0), ge=0, max_digits=9, decimal_places=3)


class SizeIn(Sent):
    """How large the owning company is, and by what evidence."""

    size: Word
    evidence: str = Field(max_length=LONG)


class CasePackageOut(Schema):
    """A package or a lot of a case; without a lot's id nothing of it is in the books."""

    lot_id: int | None
    received_id: int | None
    lot: str
    serial: str


class FormOut(Schema):
    """A notification to the FDA."""

    id: int
    kind: str
    made_at: datetime
    told_at: datetime | None
    how: str


class PartnerNoticeOut(Schema):
    """What a trading partner is told."""

    id: int
    wholesaler: str
    kind: str
    text: str
    told_at: datetime | None
    how: str


class CaseOut(Schema):
    """A case of suspect product."""

    id: int
    ndc: str
    source: str
    state: str
    says: str
    reference: str
    opened_at: datetime
    decided_at: datetime | None
    because: str
    grounds: str
    tell_by: datetime | None
    incident: str
    notified_at: datetime | None
    disposed_at: datetime | None
    sample: str
    ended_at: datetime | None
    packages: list[CasePackageOut]
    verifications: list[VerificationOut]
    forms: list[FormOut]
    notices: list[PartnerNoticeOut]


def document_out(row: TracingDocument) -> DocumentOut:
    """A document as programs see it."""
    return DocumentOut(
        id=row.pk,
        wholesaler=row.wholesaler.code,
        instance=row.instance,
        name=row.name,
        arrived_at=row.arrived_at,
        packages=row.packages,
        problem=row.problem,
        notes=row.notes,
    )


def verification_out(row: Verification, *, late: bool) -> VerificationOut:
    """A question as programs see it, with the answer as it came."""
    answer = row.outgoing.answer if row.outgoing else None
    return VerificationOut(
        id=row.pk,
        wholesaler=row.wholesaler.code,
        gtin=row.gtin,
        serial=row.serial,
        lot=row.lot,
        expires_on=row.expires_on,
        verdict=row.verdict,
        says=row.says,
        asked_at=row.asked_at,
        due_at=row.due_at,
        answered_at=row.answered_at,
        late=late,
        case_id=row.case_id,
        raw=bytes(answer).decode("utf-8", "replace") if answer is not None else "",
    )


def case_out(case: SuspectCase, verifications: list[VerificationOut]) -> CaseOut:
    """A case as programs see it."""
    packages = case.packages.order_by("pk")
    notices = case.notices.select_related("wholesaler").order_by("pk")
    return CaseOut(
        id=case.pk,
        ndc=case.package.ndc,
        source=case.source,
        state=case.state,
        says=case.says,
        reference=case.reference,
        opened_at=case.opened_at,
        decided_at=case.decided_at,
        because=case.because,
        grounds=case.grounds,
        tell_by=case.tell_by,
        incident=case.incident,
        notified_at=case.notified_at,
        disposed_at=case.disposed_at,
        sample=case.sample,
        ended_at=case.ended_at,
        packages=[
            CasePackageOut(
                lot_id=one.lot_id,
                received_id=one.received_id,
                lot=one.lot_number,
                serial=one.serial,
            )
            for one in packages
        ],
        verifications=verifications,
        forms=[
            FormOut(
                id=one.pk, kind=one.kind, made_at=one.made_at, told_at=one.told_at, how=one.how
            )
            for one in case.forms.order_by("pk")
        ],
        notices=[
            PartnerNoticeOut(
                id=one.pk,
                wholesaler=one.wholesaler.code,
                kind=one.kind,
                text=one.text,
                told_at=one.told_at,
                how=one.how,
            )
            for one in notices
        ],
    )
