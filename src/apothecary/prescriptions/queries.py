"""What the queue and the pages of a prescription show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.db.models import QuerySet

from apothecary.journal.queries import Line, history
from apothecary.prescriptions.models import Fill, Origin, Prescription
from apothecary.prescriptions.sentences import Where, WhereFacts, where_it_is
from apothecary.prescriptions.stages import STAGE_OF, STAGES
from apothecary.prescriptions.states import ENDED, FillState
from apothecary.stock.queries import LedgerLine, ledger_of_fills

# The ended states stand in it as they stand in the index, which is only of open fills. The
# frame and the live events ask it together with what has arrived.
OPEN_BY_STATE = """
SELECT state, count(*) FROM prescriptions_fill
WHERE pharmacy_id = %(pharmacy)s AND NOT state IN ('sold', 'returned', 'cancelled')
GROUP BY state
"""
MARK = """
SELECT coalesce(sum(steps), 0), coalesce(max(id), 0) FROM prescriptions_fill
WHERE pharmacy_id = %(pharmacy)s AND NOT state IN ('sold', 'returned', 'cancelled')
"""
NOT_DISPENSED = {FillState.CANCELLED, FillState.RETURNED}
# States that only a person can move on: a technician (red) or a pharmacist (amber).
TONES = {FillState.REJECTED: "stop", FillState.REVIEW: "look", FillState.SHORT: "look"}
ORIGIN_NAMES = {
    Origin.WRITTEN: "paper",
    Origin.TELEPHONE: "phone",
    Origin.ELECTRONIC: "erx",
    Origin.FAX: "fax",
    Origin.PHARMACY: "transfer",
}


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One line of the queue, in the words of the workbench's row; arrivals have them too."""

    id: str
    url: str
    patient: str
    born: date | None
    drug: str
    strength: str
    amount: Decimal
    unit: str
    state: str
    says: str
    due_at: datetime
    waiter: bool
    tone: str
    origin: str
    plan: str
    key: str
    owner: str

    @property
    def edge(self) -> str:
        return "W" if self.waiter else ""


def stage_counts(pharmacy_id: int) -> dict[str, int]:
    """How many open fills stand in each stage; every stage has a number (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_BY_STATE, {"pharmacy": pharmacy_id})
        return by_stage(cursor.fetchall())


def by_stage(rows: Sequence[tuple[str, int]]) -> dict[str, int]:
    """The numbers of the states added up to stages."""
    counts = dict.fromkeys((stage.slug for stage in STAGES), 0)
    for state, number in rows:
        counts[STAGE_OF[FillState(state)].slug] += number
    return counts


def open_fills(*, pharmacy_id: int, states: tuple[FillState, ...] = ()) -> QuerySet[Fill]:
    """The open fills of some states (none named: of all), waiters first, then by promise."""
    fills = Fill.objects.filter(pharmacy_id=pharmacy_id).exclude(
        state__in=[state.value for state in ENDED]
    )
    if states:
        fills = fills.filter(state__in=[state.value for state in states])
    return fills.select_related(
        "patient", "prescription", "package__product", "owner"
    ).order_by("-waiter", "promised_at", "id")


def where(fill: Fill) -> Where:
    """The one sentence about a fill; its owner must be selected with it."""
    owner = fill.owner.initials if fill.owner else ""
    facts = WhereFacts(FillState(fill.state), fill.because, owner, fill.bin, fill.waiter)
    return where_it_is(facts)


def queue_line(fill: Fill, *, url: str) -> QueueLine:
    """The fill as one line of the queue."""
    product, said = fill.package.product, where(fill)
    refill = fill.number > 0
    return QueueLine(
        id=str(fill.pk),
        url=url,
        patient=str(fill.patient),
        born=fill.patient.birth_date,
        drug=product.name,
        strength=product.strength_said,
        amount=fill.quantity,
        unit=fill.package.unit_word or fill.package.unit,
        state=fill.state,
        says=said.staff,
        due_at=fill.promised_at,
        waiter=fill.waiter,
        tone=TONES.get(FillState(fill.state), ""),
        origin="refill" if refill else ORIGIN_NAMES[Origin(fill.prescription.origin)],
        plan="plan" if fill.pay == "plan" else "",
        key=said.key,
        owner=fill.owner.initials if fill.owner else "",
    )


def prescription_page(*, pharmacy_id: int, number: int) -> Prescription | None:
    """A prescription with patient, prescriber and drug (1 query)."""
    return (
        Prescription.objects.select_related("patient", "prescriber", "package__product")
        .filter(pharmacy_id=pharmacy_id, number=number)
        .first()
    )


def fill_lines(rx: Prescription) -> list[Fill]:
    """Every fill of a prescription, the newest first (1 query)."""
    fills = rx.fills.select_related("package__product", "owner", "patient")
    return list(fills.order_by("-number", "-part"))


def fills_of_patient(*, pharmacy_id: int, patient_id: int, limit: int = 60) -> list[Fill]:
    """The last fills of a patient, the newest first (1 query)."""
    return list(
        Fill.objects.filter(pharmacy_id=pharmacy_id, patient_id=patient_id)
        .select_related("prescription", "package__product", "owner")
        .order_by("-created_at", "-id")[:limit]
    )


@dataclass(frozen=True, slots=True)
class Page:
    """What the page of a prescription shows beside the prescription itself."""

    fills: list[Fill]
    current: Fill | None
    said: Where | None
    tone: str
    refills_left: int
    moves: list[LedgerLine]
    deeds: list[Line]


def page_facts(rx: Prescription, *, fills: list[Fill], journal: bool) -> Page:
    """The ledger and the journal of a prescription's fills (1 query, 2 with the journal)."""
    current = fills[0] if fills else None
    dispensed = {fill.number for fill in fills if fill.state not in NOT_DISPENSED}
    about = [("prescription", rx.pk), *(("fill", fill.pk) for fill in fills)]
    return Page(
        fills=fills,
        current=current,
        said=where(current) if current else None,
        tone=TONES.get(FillState(current.state), "plain") if current else "plain",
        # The first of them is no refill.
        refills_left=max(0, rx.refills - max(0, len(dispensed) - 1)),
        moves=ledger_of_fills(pharmacy_id=rx.pharmacy_id, fill_ids=[fill.pk for fill in fills]),
        deeds=history(pharmacy_id=rx.pharmacy_id, about=about) if journal else [],
    )


def queue_mark(pharmacy_id: int) -> tuple[int, int]:
    """Two numbers of which one changes whenever a line of the queue does (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(MARK, {"pharmacy": pharmacy_id})
        steps, newest = cursor.fetchone() or (0, 0)
    return int(steps), int(newest)
