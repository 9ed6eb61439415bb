"""What waits to be entered, and how much of it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from apothecary.drugs.models import Package
from apothecary.intake.models import OPEN, Arrival, ArrivalState, Source, Sure
from apothecary.intake.reading import shown_amount

ORIGIN_NAMES = {
    Source.ELECTRONIC: "erx",
    Source.FAX: "fax",
    Source.PAPER: "paper",
    Source.PHONE: "phone",
    Source.WALK_IN: "walkin",
    Source.TRANSFER: "transfer",
}
MATCHED = ("patient", "prescriber", "package")
# Who pays is typed with the rest: until then it is neither a plan nor cash.
UNTYPED = "—"
# In intake stands what has an open question or was set aside; in entry what can be typed.
QUESTIONED = ~Q(question="") | Q(state=ArrivalState.SET_ASIDE)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why an arrival waits, and the key that goes on with it from the list."""

    because: str
    does: str
    tone: str = "look"
    key: str = "Enter"

    @property
    def says(self) -> str:
        """All of it, with the key at the end."""
        return f"{self.because} {self.key} {self.does}."

    @property
    def brief(self) -> str:
        """One line a prescription: the question without its reasons, and the key."""
        asks, mark, _ = self.because.partition("?")
        return f"{asks}{mark} {self.key} {self.does}."


@dataclass(frozen=True, slots=True)
class ArrivalLine:
    """One line of the list; what nobody knows yet is none."""

    id: int
    url: str
    patient: str
    born: date | None
    drug: str
    strength: str
    amount: Decimal | None
    unit: str
    waits: Waiting
    due_at: datetime
    waiter: bool
    origin: str
    plan: str
    owner: str

    @property
    def edge(self) -> str:
        return "W" if self.waiter else ""


def open_arrivals(*, pharmacy_id: int, stage: str = "") -> QuerySet[Arrival]:
    """What has come in and is not entered, by stage "intake" or "entry", waiters first."""
    found = Arrival.objects.filter(pharmacy_id=pharmacy_id, state__in=OPEN)
    if stage == "intake":
        found = found.filter(QUESTIONED)
    elif stage == "entry":
        found = found.exclude(QUESTIONED)
    return found.select_related("patient", "package__product", "owner").order_by(
        "-waiter", "promised_at", "id"
    )


def arrival_counts(*, pharmacy_id: int) -> dict[str, int]:
    """How many arrivals stand in intake and in entry (1 query)."""
    return Arrival.objects.filter(pharmacy_id=pharmacy_id, state__in=OPEN).aggregate(
        intake=Count("id", filter=QUESTIONED), entry=Count("id", filter=~QUESTIONED)
    )


def next_arrival(*, pharmacy_id: int, person_id: int | None) -> Arrival | None:
    """The next one to type that nobody else has taken: waiters, then by promise (1 query)."""
    free = Q(owner=None) | Q(owner_id=person_id)
    ready = open_arrivals(pharmacy_id=pharmacy_id, stage="entry").filter(free).first()
    if ready is not None:
        return ready
    asked = open_arrivals(pharmacy_id=pharmacy_id, stage="intake").filter(free)
    return asked.filter(state=ArrivalState.ARRIVED).first()


def arrival_page(*, pharmacy_id: int, arrival_id: int) -> Arrival | None:
    """An arrival with what its page needs (1 query)."""
    return (
        Arrival.objects.select_related("pharmacy", "owner", "incoming", "prescription")
        .filter(pharmacy_id=pharmacy_id, pk=arrival_id)
        .first()
    )


def waiting_for(arrival: Arrival) -> Waiting:
    """Where it is and why it waits, the tone, the next key."""
    if arrival.state == ArrivalState.SET_ASIDE:
        return Waiting(f"Set aside: {arrival.because.rstrip('.')}.", "to take it up again")
    if arrival.question:
        which = arrival.question.startswith("Which")
        return Waiting(arrival.question, "to choose" if which else "to settle it")
    if arrival.unsure_list:
        return Waiting(arrival.unsure_list[0], "to settle it")
    if likely := [name for name in MATCHED if getattr(arrival, f"{name}_sure") == Sure.LIKELY]:
        return Waiting(f"Confirm the {' and the '.join(likely)}.", "to look")
    if arrival.source == Source.ELECTRONIC:
        return Waiting("Everything matched.", "to enter it", tone="", key="F10")
    return Waiting(f"Came by {arrival.get_source_display()}.", "to type it in", tone="")


def arrival_line(arrival: Arrival, *, url: str) -> ArrivalLine:
    """The arrival as one line of the queue."""
    sent = arrival.sent_values
    patient, package = arrival.patient, arrival.package
    named = ", ".join(
        part
        for part in (sent.get("patient_last_name", ""), sent.get("patient_first_name", ""))
        if part
    )
    return ArrivalLine(
        id=arrival.pk,
        url=url,
        patient=str(patient) if patient else named or "not yet known",
        born=patient.birth_date if patient else None,
        drug=package.product.name if package else sent.get("drug", "") or "not yet typed",
        strength=package.product.strength_said if package else "",
        amount=shown_amount(sent),
        unit=unit_of(package, sent),
        waits=waiting_for(arrival),
        due_at=arrival.promised_at,
        waiter=arrival.waiter,
        origin=ORIGIN_NAMES[Source(arrival.source)],
        plan="plan" if sent.get("card_bin") else UNTYPED,
        owner=arrival.owner.initials if arrival.owner else "",
    )


def unit_of(package: Package | None, sent: dict[str, str]) -> str:
    """The word for one unit: the product's, else what the message counts in."""
    if package is not None:
        return package.unit_word or package.unit
    return sent.get("quantity_unit", "")
