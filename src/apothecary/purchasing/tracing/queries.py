"""What the screens of tracing show; each states how often it asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, IntegerField, Prefetch, Value, When

from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.states import Condition
from apothecary.purchasing.tracing.cases.models import (
    DrugNotification,
    PartnerNotice,
    SuspectCase,
    SuspectPackage,
)
from apothecary.purchasing.tracing.cases.rules import hours_left
from apothecary.purchasing.tracing.cases.standing import Stands, on_hand
from apothecary.purchasing.tracing.models import TracedShipment, TracingDocument
from apothecary.purchasing.tracing.states import OPEN, CaseState, Verdict
from apothecary.purchasing.tracing.verifying.models import Verification
from apothecary.staff.snapshot import at_one_instant

ROWS, LONGEST_RAW = 50, 200_000
WAITS = (Condition.SUSPECT.value, Condition.NO_INFORMATION.value)
OPEN_STATES = sorted(one.value for one in OPEN)
# Whose clock runs stands first.
URGENT = Case(
    When(state=CaseState.ILLEGITIMATE.value, then=Value(0)),
    When(state=CaseState.HELD.value, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


@dataclass(frozen=True, slots=True)
class Held:
    """A package in quarantine that tracing keeps there, and what is to be done about it."""

    row: ReceivedPackage
    case_id: int | None

    @property
    def waits(self) -> bool:
        """Whether its document is all that is missing."""
        return self.row.condition == Condition.NO_INFORMATION

    @property
    def says(self) -> str:
        if self.waits:
            seller = self.row.receipt.wholesaler.name
            return f"Ask {seller} for its document: when that comes and agrees, it goes in."
        if self.case_id is None:
            return "It is suspect and has no case: open one."
        return f"It is looked into: case {self.case_id}."


@dataclass(frozen=True, slots=True)
class Clock:
    """An open case with what is to be done next, and how long there is for it."""

    case: SuspectCase
    hours: int | None

    @property
    def tone(self) -> str:
        return "stop" if self.hours is not None else "look"

    @property
    def says(self) -> str:
        """The next step in words."""
        return NEXT[CaseState(self.case.state)]


NEXT = {
    CaseState.HELD: "Verify packages and write down what is found; a pharmacist decides.",
    CaseState.ILLEGITIMATE: "Tell the FDA and whoever sold it.",
    CaseState.NOTIFIED: "Dispose of it, keep a sample, and write that down.",
    CaseState.DISPOSED: "Consult the FDA to end the notification.",
    CaseState.CLEARED: "It is cleared: nothing is left to do.",
    CaseState.TERMINATED: "It is over: nothing is left to do.",
}


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything of one case."""

    case: SuspectCase
    packages: Sequence[SuspectPackage]
    stands: Sequence[Stands]
    verifications: Sequence[Verification]
    forms: Sequence[DrugNotification]
    notices: Sequence[PartnerNotice]
    hours: int | None

    @property
    def says(self) -> str:
        return NEXT[CaseState(self.case.state)]


def held_packages(*, pharmacy_id: int, limit: int = ROWS) -> list[Held]:
    """What stands in quarantine for tracing, the oldest first (2 queries)."""
    rows = ReceivedPackage.objects.filter(
        pharmacy_id=pharmacy_id, condition__in=WAITS, undone_at=None, put_away_at=None
    )
    found = list(
        rows.select_related("lot__package__product", "receipt__wholesaler", "place").order_by(
            "received_at", "pk"
        )[:limit]
    )
    cases = SuspectPackage.objects.filter(
        pharmacy_id=pharmacy_id, received__in=found, case__state__in=OPEN_STATES
    )
    of = dict(cases.values_list("received_id", "case_id"))
    return [Held(row, of.get(row.pk)) for row in found]


def open_cases(*, pharmacy_id: int, at: datetime, limit: int = ROWS) -> list[Clock]:
    """The cases that somebody still has to do something about, clocks first (1 query)."""
    rows = SuspectCase.objects.filter(pharmacy_id=pharmacy_id, state__in=OPEN_STATES)
    found = rows.select_related("package__product", "wholesaler").order_by(
        URGENT, "tell_by", "opened_at", "pk"
    )
    return [Clock(case, hours_of(case, at=at)) for case in found[:limit]]


def closed_cases(*, pharmacy_id: int, limit: int = ROWS) -> list[SuspectCase]:
    """The last cases that are over (1 query)."""
    rows = SuspectCase.objects.filter(pharmacy_id=pharmacy_id).exclude(state__in=OPEN_STATES)
    return list(rows.select_related("package__product").order_by("-opened_at", "-pk")[:limit])


def hours_of(case: SuspectCase, *, at: datetime) -> int | None:
    """Whole hours left on the clock of a case; none where no clock runs."""
    if case.state != CaseState.ILLEGITIMATE or case.tell_by is None:
        return None
    return hours_left(case.tell_by, at=at)


def waiting_verifications(*, pharmacy_id: int, limit: int = ROWS) -> list[Verification]:
    """Questions without an answer, then the last answers (1 query)."""
    asked_first = Case(
        When(verdict=Verdict.ASKED.value, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    rows = Verification.objects.filter(pharmacy_id=pharmacy_id)
    return list(
        rows.select_related("wholesaler", "outgoing").order_by(asked_first, "-asked_at")[:limit]
    )


@at_one_instant()
def case_page(*, pharmacy_id: int, case_id: int, at: datetime) -> CasePage | None:
    """One case with all of its papers (7 queries)."""
    rows = SuspectCase.objects.filter(pharmacy_id=pharmacy_id, pk=case_id)
    case = (
        rows.select_related("package__product", "wholesaler")
        .prefetch_related(
            Prefetch("packages", SuspectPackage.objects.select_related("lot", "received")),
            Prefetch("verifications", Verification.objects.order_by("asked_at", "pk")),
            Prefetch("forms", DrugNotification.objects.order_by("made_at", "pk")),
            Prefetch("notices", PartnerNotice.objects.select_related("wholesaler")),
            "notes",
        )
        .first()
    )
    if case is None:
        return None
    return CasePage(
        case=case,
        packages=list(case.packages.all()),
        stands=on_hand(case),
        verifications=list(case.verifications.all()),
        forms=list(case.forms.all()),
        notices=list(case.notices.all()),
        hours=hours_of(case, at=at),
    )


def documents(*, pharmacy_id: int, aside: bool, limit: int = ROWS) -> list[TracingDocument]:
    """The last documents: those set aside, or those taken over (1 query)."""
    rows = TracingDocument.objects.filter(pharmacy_id=pharmacy_id)
    rows = rows.exclude(problem="") if aside else rows.filter(problem="")
    return list(rows.select_related("wholesaler").order_by("-arrived_at", "-pk")[:limit])


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A document with what it tells, and the beginning of its bytes as text."""

    row: TracingDocument
    shipments: Sequence[TracedShipment]
    raw: str
    is_cut: bool


def document_page(*, pharmacy_id: int, document_id: int) -> DocumentPage | None:
    """One document (3 queries)."""
    rows = TracingDocument.objects.filter(pharmacy_id=pharmacy_id, pk=document_id)
    row = rows.select_related("wholesaler", "incoming").first()
    if row is None:
        return None
    raw = bytes(row.incoming.raw)
    text = raw[:LONGEST_RAW].decode("utf-8", "replace")
    shipments = list(row.shipments.prefetch_related("items").order_by("event")[:ROWS])
    return DocumentPage(row, shipments, text, len(raw) > LONGEST_RAW)


def asked_of(*, pharmacy_id: int, gtin: str, serial: str) -> list[Verification]:
    """What was asked about one package, the last first (1 query)."""
    rows = Verification.objects.filter(pharmacy_id=pharmacy_id, gtin=gtin, serial=serial)
    return list(rows.select_related("wholesaler").order_by("-asked_at", "-pk")[:ROWS])
