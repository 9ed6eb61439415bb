"""Emergency orders as pages and papers show them: the open ones, those of a period, one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from apothecary.law.emergency import state_follow_up
from apothecary.law.problem import Problem
from apothecary.law.tables import Row
from apothecary.prescriptions.emergency.models import (
    EmergencyCover,
    EmergencyNotice,
    EmergencyOrder,
    Told,
)
from apothecary.prescriptions.emergency.rules import (
    Elements,
    Moment,
    OrderFacts,
    Standing,
    Where,
    standing,
)
from apothecary.prescriptions.emergency.taking import moment_of
from apothecary.prescriptions.models import Fill, Prescription, PrescriptionState
from apothecary.prescriptions.states import FillState
from apothecary.staff.models import Pharmacy

MOST = 500
MOST_CHOICES = 50
FULL = (
    "cover",
    "prescription__patient",
    "prescription__prescriber",
    "prescription__package__product",
)


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order with where it stands at an instant, its cover and who was told.

    ``sooner``: the instant of a state's shorter time; without one it is due by the end of
    ``order.due_on``.
    """

    order: EmergencyOrder
    cover: EmergencyCover | None
    notices: Sequence[EmergencyNotice]
    standing: Standing
    left: str
    sooner: datetime | None = None

    @property
    def open(self) -> bool:
        return self.standing.where in {Where.WAITING, Where.OVERDUE} or bool(self.standing.owes)

    @property
    def tone(self) -> str:
        """How it looks: a stop when somebody must be told, else a look or done."""
        if self.standing.owes:
            return "stop"
        return "look" if self.standing.where is Where.WAITING else "plain"


def elements_of(rx: Prescription) -> Elements:
    """What the cover must agree in; the prescription comes with its product."""
    of = rx.package.product
    return Elements(
        patient_id=rx.patient_id,
        prescriber_id=rx.prescriber_id,
        drug=(of.name, of.strength, of.form),
        quantity=rx.quantity,
    )


def facts_of(row: EmergencyOrder) -> OrderFacts:
    """What its standing follows from (3 queries; none when it came from a list)."""
    cover = cover_of(row)
    called_off = row.prescription.state != PrescriptionState.ACTIVE and not dispensed(row)
    return OrderFacts(
        ordered_at=row.ordered_at,
        due_on=row.due_on,
        covered=cover is not None,
        late_by_state=cover is not None and bool(cover.late_by_state),
        told=frozenset(notice.whom for notice in row.notices.all()),
        called_off=called_off,
    )


def cover_of(row: EmergencyOrder) -> EmergencyCover | None:
    """What covers it, if anything does."""
    try:
        return row.cover
    except EmergencyCover.DoesNotExist:
        return None


def dispensed(row: EmergencyOrder) -> bool:
    """Whether anything of it was given out; a list has asked for all at once."""
    known: bool | None = getattr(row, "given", None)
    if known is not None:
        return known
    return Fill.objects.filter(
        prescription_id=row.prescription_id, state=FillState.SOLD
    ).exists()


def order_rows(pharmacy_id: int) -> QuerySet[EmergencyOrder]:
    """The orders of a pharmacy with all that their lines need (2 queries when read)."""
    sold = Fill.objects.filter(prescription=OuterRef("prescription"), state=FillState.SOLD)
    notices = EmergencyNotice.objects.order_by("told_at", "pk")
    return (
        EmergencyOrder.objects.filter(pharmacy_id=pharmacy_id)
        .select_related(*FULL)
        .prefetch_related(Prefetch("notices", queryset=notices))
        .annotate(given=Exists(sold))
    )


def line_of(row: EmergencyOrder, *, now: Moment) -> OrderLine:
    """A row with where it stands."""
    facts = facts_of(row)
    at = standing(facts, now=now)
    left = time_left(row.due_at - now.at) if at.where is Where.WAITING else ""
    # An end of day is said as the day: midnight reads as a day too many.
    sooner = row.due_at if now.day_of(row.due_at) <= row.due_on else None
    return OrderLine(row, cover_of(row), list(row.notices.all()), at, left, sooner)


def time_left(left: timedelta) -> str:
    """How much of the time is left, in days and hours."""
    days, hours = left.days, left.seconds // 3_600
    much = f"{hours} {'hour' if hours == 1 else 'hours'}"
    return f"{days} {'day' if days == 1 else 'days'} {much}" if days else much


def open_orders(pharmacy_id: int, *, now: Moment, limit: int = MOST) -> list[OrderLine]:
    """What waits for its prescription or for a notice, the soonest due first (2 queries)."""
    said = EmergencyNotice.objects.filter(order=OuterRef("pk"))
    dea = ~Exists(said.filter(whom=Told.DEA))
    by_state = ~Exists(said.filter(whom=Told.STATE))
    # Where the state has no time of its own nobody but DEA is to be told.
    owed = dea | by_state if isinstance(state_follow_up(now.state, on=now.on), Row) else dea
    called_off = ~Q(prescription__state=PrescriptionState.ACTIVE) & Q(given=False)
    rows = order_rows(pharmacy_id).filter(
        Q(Q(cover=None) & owed)
        | Q(Q(cover__isnull=False) & ~Q(cover__late_by_state="") & by_state)
    )
    rows = rows.exclude(called_off).order_by("due_at", "pk")[:limit]
    return [line for line in (line_of(row, now=now) for row in rows) if line.open]


def orders_of(pharmacy_id: int, first: date, last: date, *, now: Moment) -> list[OrderLine]:
    """The orders of a period, the newest first (2 queries)."""
    rows = order_rows(pharmacy_id).filter(ordered_on__gte=first, ordered_on__lte=last)
    return [line_of(row, now=now) for row in rows.order_by("-ordered_at", "-pk")[:MOST]]


def uncovered(pharmacy_id: int, patient_id: int | None, *, now: Moment) -> list[OrderLine]:
    """What something that came in may cover: of a patient, or of all (2 queries)."""
    rows = order_rows(pharmacy_id).filter(cover=None)
    if patient_id is not None:
        rows = rows.filter(prescription__patient_id=patient_id)
    return [line_of(row, now=now) for row in rows.order_by("due_at", "pk")[:MOST_CHOICES]]


def order_page(pharmacy_id: int, order_id: int, *, now: Moment) -> OrderLine | None:
    """One order (2 queries)."""
    row = order_rows(pharmacy_id).filter(pk=order_id).first()
    return None if row is None else line_of(row, now=now)


def order_of(rx: Prescription, *, at: datetime) -> OrderLine | None:
    """The emergency order of a prescription (3 queries; none for any other)."""
    if not rx.emergency:
        return None
    pharmacy = Pharmacy.objects.get(pk=rx.pharmacy_id)
    row = order_rows(rx.pharmacy_id).filter(prescription=rx).first()
    return None if row is None else line_of(row, now=moment_of(pharmacy, at))


def state_says(now: Moment) -> str:
    """The state's own time for what follows, with its citation, or that none is on file."""
    row = state_follow_up(now.state, on=now.on)
    if isinstance(row, Problem):
        return f"{now.state}: no shorter time of its own is on file; a pharmacist knows it."
    return f"{now.state}: {row.says} {row.cite} [{row.verified}]"
