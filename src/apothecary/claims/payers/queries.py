"""What the page of a fill's payers and the page of a patient's cards show."""

from dataclasses import dataclass
from decimal import Decimal

from apothecary.claims.cards import cards_of, good_on
from apothecary.claims.eligibility import Found, found_by
from apothecary.claims.models import Claim, Inquiry, Report
from apothecary.claims.states import ClaimState, Kind
from apothecary.patients.models import Coverage, Patient
from apothecary.prescriptions.models import Fill
from apothecary.staff.worker import Worker

NOTHING = Decimal("0.00")
INQUIRIES = 5


@dataclass(frozen=True, slots=True)
class Paying:
    """One card and what it said to the last claim; ``place`` is none where it is not asked."""

    card: Coverage
    place: int | None
    good: bool
    claim: Claim | None


@dataclass(frozen=True, slots=True)
class PayersPage:
    """Everybody who pays for a fill, and who could."""

    fill: Fill
    lines: list[Paying]
    shares: list[tuple[str, Decimal]]
    patient_pays_usd: Decimal | None
    ended: bool
    reports: list[Report]


def payers_page(*, by: Worker, fill: Fill) -> PayersPage:
    """The cards of the patient, those asked for this fill first (4 queries)."""
    asked = [card.pk for card in cards_of(fill, by=by)]
    claims = Claim.objects.filter(fill_id=fill.pk, kind=Kind.BILLING.value).order_by("pk")
    # A card's last claim is its word; earlier ones stand on the page of the tries.
    last = {claim.coverage_id: claim for claim in claims}
    cards = Coverage.objects.filter(
        pharmacy_id=by.pharmacy_id, patient_id=fill.patient_id
    ).order_by("order")
    lines = [
        Paying(
            card=card,
            place=asked.index(card.pk) + 1 if card.pk in asked else None,
            good=good_on(card, by.today),
            claim=last.get(card.pk),
        )
        for card in cards
    ]
    lines.sort(key=lambda line: (line.place is None, line.place or line.card.order))
    return PayersPage(
        fill=fill,
        lines=lines,
        shares=shares_of(fill, lines),
        patient_pays_usd=fill.copay_usd,
        ended=fill.state in {"sold", "returned", "cancelled"},
        reports=list(Report.objects.filter(fill_id=fill.pk).order_by("pk")),
    )


def shares_of(fill: Fill, lines: list[Paying]) -> list[tuple[str, Decimal]]:
    """Who carries how much of what is paid for a fill; empty as long as nobody has paid."""
    paid = [
        (line.card.plan_name, line.claim.paid_usd or NOTHING)
        for line in lines
        if line.claim is not None and line.claim.state == ClaimState.PAID
    ]
    if paid and fill.copay_usd is not None:
        paid.append(("Patient", fill.copay_usd))
    # A payer that takes back more than it gives stands in the table, not in the picture.
    return paid if all(usd >= 0 for _, usd in paid) else []


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a payer and what it found."""

    inquiry: Inquiry
    found: Found | None


def asked_about(patient: Patient) -> list[Asked]:
    """The last questions to payers about a patient, the newest first (1 query)."""
    rows = (
        Inquiry.objects.filter(patient_id=patient.pk)
        .select_related("outgoing", "coverage")
        .order_by("-pk")[:INQUIRIES]
    )
    return [Asked(inquiry, found_by(inquiry)) for inquiry in rows]


def fill_of(*, by: Worker, fill_id: int) -> Fill | None:
    """The fill with what its page shows of it (1 query)."""
    return (
        Fill.objects.select_related("prescription", "patient", "package__product")
        .filter(pharmacy_id=by.pharmacy_id, pk=fill_id)
        .first()
    )


def cards_on_file(patient: Patient) -> list[Coverage]:
    """All cards of a patient in their order, over or not (1 query)."""
    return list(Coverage.objects.filter(patient_id=patient.pk).order_by("order"))


def card_on_file(*, by: Worker, coverage_id: int) -> Coverage | None:
    """One card of this pharmacy with its patient (1 query)."""
    return (
        Coverage.objects.select_related("patient")
        .filter(pharmacy_id=by.pharmacy_id, pk=coverage_id)
        .first()
    )
