"""What has arrived and is not yet a prescription, as lines of the queue."""

from datetime import date
from decimal import Decimal, InvalidOperation

from django.db.models import QuerySet

from apothecary.config.ways import page_url
from apothecary.intake.models import OPEN, Arrival, ArrivalState, Source
from apothecary.prescriptions.queries import QueueLine

ORIGIN_NAMES = {
    Source.ELECTRONIC: "erx",
    Source.FAX: "fax",
    Source.PAPER: "paper",
    Source.PHONE: "phone",
    Source.WALK_IN: "walkin",
}


def open_arrivals(*, pharmacy_id: int, stage: str) -> QuerySet[Arrival]:
    """Arrivals of a stage (empty: of both), waiters first, then by promise."""
    found = Arrival.objects.filter(pharmacy_id=pharmacy_id, state__in=OPEN)
    ready = {"state": ArrivalState.ARRIVED, "question": ""}
    if stage == "entry":
        found = found.filter(**ready)
    elif stage == "intake":
        found = found.exclude(**ready)
    related = found.select_related("patient", "package__product", "owner")
    return related.order_by("-waiter", "promised_at", "id")


def arrival_line(arrival: Arrival) -> QueueLine:
    """One arrival as a line: what is matched, and where nothing is, what was sent."""
    sent = arrival.sent_values | arrival.draft_values
    product = arrival.package.product if arrival.package else None
    return QueueLine(
        id=f"a{arrival.pk}",
        url=page_url("intake:entry", arrival.pk) or "/?stage=intake",
        patient=patient_name(arrival, sent),
        born=arrival.patient.birth_date if arrival.patient else day(sent),
        drug=product.name if product else sent.get("drug", "") or "drug not read yet",
        strength=product.strength if product else "",
        amount=amount(sent),
        unit=(arrival.package.unit_word if arrival.package else "") or sent_unit(sent),
        state="entry",
        says=says(arrival),
        due_at=arrival.promised_at,
        waiter=arrival.waiter,
        tone="look" if arrival.question or arrival.state == ArrivalState.SET_ASIDE else "",
        origin=ORIGIN_NAMES[Source(arrival.source)],
        plan=sent.get("card_plan_name", ""),
        key="F10",
        owner=arrival.owner.initials if arrival.owner else "",
    )


def says(arrival: Arrival) -> str:
    """Why it waits, and the next key; the whole question stands on its own page."""
    if arrival.state == ArrivalState.SET_ASIDE:
        return f"Set aside ({arrival.because}): F10 to go on."
    if arrival.question:
        asks, mark, _ = arrival.question.partition("?")
        return f"{asks}{mark} F10 to settle it."
    unsure = len(arrival.unsure_list)
    return f"{unsure} to look at: F10 to enter." if unsure else "All matched: F10 to enter."


def patient_name(arrival: Arrival, sent: dict[str, str]) -> str:
    """The matched patient, or the name that was sent."""
    if arrival.patient:
        return str(arrival.patient)
    parts = (sent.get("patient_last_name", ""), sent.get("patient_first_name", ""))
    return ", ".join(part for part in parts if part) or "patient not read yet"


def sent_unit(sent: dict[str, str]) -> str:
    """The billing unit that was sent, as far as one was."""
    return sent.get("quantity_unit") or "EA"


def day(sent: dict[str, str]) -> date | None:
    """The birth date that was sent, where it is one."""
    try:
        return date.fromisoformat(sent.get("patient_born_on", ""))
    except ValueError:
        return None


def amount(sent: dict[str, str]) -> Decimal:
    """The quantity that was sent; what is no number yet counts as none."""
    try:
        return Decimal(sent.get("quantity") or 0)
    except InvalidOperation:
        return Decimal(0)
