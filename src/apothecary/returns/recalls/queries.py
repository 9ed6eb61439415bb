"""What the screens of recalls show: the board, one recall, its call list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from apothecary.drugs.models import Package
from apothecary.drugs.recalled_lots import lot_key, lots_in
from apothecary.patients.models import Patient
from apothecary.returns.recalls.calling import Told, words_for_machine, words_to_say
from apothecary.returns.recalls.finding import Bottle, Got, bottles_that_came, who_got_it
from apothecary.returns.recalls.models import Recall, RecallCall, RecallHit, RecallTry
from apothecary.returns.recalls.rules import Standing
from apothecary.returns.recalls.states import Look, RecallState
from apothecary.returns.recalls.working import standing_of
from apothecary.staff.snapshot import at_one_instant
from apothecary.stock.models import Lot
from apothecary.stock.recalled.models import RecalledLot

CLOSED_SHOWN = 50
LOTS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One recall of the board: how far it is, and how its clock stands."""

    recall: Recall
    places: int
    places_left: int
    patients: int
    patients_left: int
    late: bool
    says_due: str

    @property
    def done(self) -> int:
        return self.places - self.places_left + self.patients - self.patients_left

    @property
    def all(self) -> int:
        return self.places + self.patients


def board(*, pharmacy_id: int, today: date, closed: bool = False) -> list[Line]:
    """The recalls that are worked, the first due on top, or the last closed ones (1 query)."""
    rows = counted(Recall.objects.filter(pharmacy_id=pharmacy_id))
    if closed:
        found = rows.filter(state=RecallState.CLOSED.value).order_by("-closed_at")
    else:
        found = rows.exclude(state=RecallState.CLOSED.value).order_by("due_on", "pk")
    return [line_of(row, today=today) for row in found[: CLOSED_SHOWN if closed else 500]]


def counted(rows: QuerySet[Recall]) -> QuerySet[Recall]:
    """With how many places and patients each has, and how many are left."""
    waits = Q(hits__look=Look.TO_LOOK.value)
    return rows.annotate(
        places=Count("hits", distinct=True),
        places_left=Count("hits", filter=waits, distinct=True),
        patients=Count("calls", distinct=True),
        patients_left=Count("calls", filter=Q(calls__done_at=None), distinct=True),
    )


def line_of(row: Recall, *, today: date) -> Line:
    """A row of the board."""
    open_still = row.state != RecallState.CLOSED
    return Line(
        recall=row,
        places=row.places,  # type: ignore[attr-defined]  # annotated above
        places_left=row.places_left,  # type: ignore[attr-defined]  # likewise
        patients=row.patients,  # type: ignore[attr-defined]  # likewise
        patients_left=row.patients_left,  # type: ignore[attr-defined]  # likewise
        late=open_still and row.due_on < today,
        says_due=clock_said(row.due_on, today=today) if open_still else "closed",
    )


def clock_said(due_on: date, *, today: date) -> str:
    """How long there is still, in words."""
    days = (due_on - today).days
    if days < 0:
        return f"{-days} day{'s' if days < -1 else ''} late"
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


@dataclass(frozen=True, slots=True)
class Page:
    """One recall with everything that was found of it."""

    recall: Recall
    packages: Sequence[Package]
    lots: Sequence[str]
    every_lot: bool
    hits: Sequence[RecallHit]
    got: Sequence[Got]
    bottles: Sequence[Bottle]
    standing: Standing
    says_due: str
    late: bool

    @property
    def to_look(self) -> list[RecallHit]:
        return [hit for hit in self.hits if hit.look == Look.TO_LOOK]

    @property
    def found_units(self) -> Decimal:
        return sum((hit.found or Decimal(0) for hit in self.hits), Decimal(0))

    @property
    def people(self) -> int:
        return len({one.patient_id for one in self.got})


@at_one_instant()
def recall_page(*, pharmacy_id: int, recall_id: int, today: date) -> Page | None:
    """One recall (8 queries, one instant)."""
    recall = Recall.objects.filter(pharmacy_id=pharmacy_id, pk=recall_id).first()
    if recall is None:
        return None
    number = recall.number
    keys = set(
        RecalledLot.objects.filter(
            pharmacy_id=pharmacy_id, recall=recall.number, lifted_at=None
        ).values_list("lot_key", flat=True)
    )
    hits = RecallHit.objects.filter(pharmacy_id=pharmacy_id, recall=recall)
    packages = Package.objects.filter(recallitem__recall=recall).select_related("product")
    return Page(
        recall=recall,
        packages=list(packages.order_by("ndc")),
        lots=sorted(keys - {""}),
        every_lot="" in keys,
        hits=list(
            hits.select_related(
                "lot__package__product", "place", "fill__prescription__patient"
            ).order_by("place__name", "lot__number", "pk")
        ),
        got=who_got_it(pharmacy_id=pharmacy_id, recall=number, since=recall.patients_since),
        bottles=bottles_that_came(pharmacy_id=pharmacy_id, recall=number),
        standing=standing_of(recall),
        says_due=clock_said(recall.due_on, today=today),
        late=recall.state != RecallState.CLOSED and recall.due_on < today,
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """A lot on hand that a doubtful notice may mean; ``named`` is whether its text names it."""

    number: str
    expires_on: date
    named: bool


def lots_on_hand(recall: Recall) -> list[Choice]:
    """The lots of its packages that this house ever had, the named ones first (1 query)."""
    items = recall.items.values("package_id")
    rows = Lot.objects.filter(pharmacy_id=recall.pharmacy_id, package_id__in=items)
    read = lots_in(recall.lots_text)
    seen: dict[str, Choice] = {}
    for lot in rows.order_by("-expires_on", "number")[:LOTS_SHOWN]:
        choice = Choice(lot.number, lot.expires_on, read.names(lot.number))
        seen.setdefault(lot_key(lot.number), choice)
    return sorted(seen.values(), key=lambda one: (not one.named, one.number))


@dataclass(frozen=True, slots=True)
class Person:
    """A patient of the call list: what they got, what to say, what came of it so far."""

    call: RecallCall
    got: Sequence[Got]
    words: Sequence[str]
    machine: str
    attempts: Sequence[RecallTry]


@at_one_instant()
def call_list(
    *, pharmacy_id: int, recall_id: int, pharmacy_name: str
) -> tuple[Recall, list[Person]] | None:
    """Everybody who is to be told, those still to be called first (5 queries)."""
    recall = Recall.objects.filter(pharmacy_id=pharmacy_id, pk=recall_id).first()
    if recall is None:
        return None
    calls = RecallCall.objects.filter(pharmacy_id=pharmacy_id, recall=recall)
    ordered = calls.select_related("patient").order_by("done_at", "tries", "patient__folded")
    rows = sorted(ordered, key=lambda call: call.done_at is not None)
    got = who_got_it(pharmacy_id=pharmacy_id, recall=recall.number, since=recall.patients_since)
    tries: dict[int, list[RecallTry]] = {}
    attempts = RecallTry.objects.filter(pharmacy_id=pharmacy_id, call__in=calls)
    for one in attempts.order_by("pk"):
        tries.setdefault(one.call_id, []).append(one)
    return recall, [
        person_of(
            recall,
            call,
            [one for one in got if one.patient_id == call.patient_id],
            tries.get(call.pk, []),
            pharmacy_name=pharmacy_name,
        )
        for call in rows
    ]


def person_of(
    recall: Recall,
    call: RecallCall,
    got: Sequence[Got],
    attempts: Sequence[RecallTry],
    *,
    pharmacy_name: str,
) -> Person:
    """One line of the call list with its words."""
    patient: Patient = call.patient
    told = Told(
        pharmacy=pharmacy_name,
        patient=f"{patient.first_name} {patient.last_name}",
        drug=got[0].drug if got else recall.product,
        lots=tuple(dict.fromkeys(one.lot for one in got)),
        got_on=got[0].on if got else recall.pharmacy.day_of(call.listed_at),
        reason=recall.reason,
        language=patient.language,
    )
    return Person(call, got, words_to_say(told), words_for_machine(told), attempts)


Step = tuple[str, str, str]


def course(page: Page) -> list[Step]:
    """How far a recall is, as the steps of a task: what, its state, when or how many."""
    recall, standing = page.recall, page.standing
    decided = recall.state != RecallState.DOUBTFUL
    places = standing.places - standing.places_left
    told = standing.patients - standing.patients_left
    marks: list[tuple[str, bool, str]] = [
        ("Notice taken in, stock held", True, when(recall.received_at)),
        ("Lots read or decided", decided, when(recall.decided_at)),
        (
            "Every place looked at",
            decided and not standing.places_left and not standing.fills_left,
            f"{places} of {standing.places}",
        ),
        (
            "Every patient told",
            decided and not standing.patients_left,
            f"{told} of {standing.patients}" if standing.patients else "none to call",
        ),
        (
            "Firm told",
            standing.replied or recall.reply_by is None,
            when(recall.replied_at) or ("" if recall.reply_by else "no reply asked"),
        ),
        ("Closed", recall.state == RecallState.CLOSED, when(recall.closed_at)),
    ]
    return in_order(marks)


def in_order(marks: Iterable[tuple[str, bool, str]]) -> list[Step]:
    """The first that is not done is the one for now."""
    found: list[Step] = []
    now_given = False
    for says, done, aside in marks:
        state = "done" if done else ("later" if now_given else "now")
        now_given = now_given or not done
        found.append((says, state, aside))
    return found


def when(at: datetime | None) -> str:
    """A day in short; empty where it has not come."""
    return f"{at:%b} {at.day}" if at else ""
