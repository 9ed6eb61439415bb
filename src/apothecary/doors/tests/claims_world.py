"""Claims that stand where a test needs them, and patients with several cards."""

from decimal import Decimal

from apothecary.claims.eligibility import ask_about_card, take_answer
from apothecary.claims.models import Claim
from apothecary.claims.states import ClaimState, Kind
from apothecary.config.tests.world import World
from apothecary.journal.deeds import Deed
from apothecary.patients.models import Coverage
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.wires.models import Outgoing, OutgoingState
from apothecary.wires.telecom import Draft, ResponseHeader, build_response

S = FillState
PAYING = ("payers", "next-card")


def of_payers(world: World, path: str) -> dict[str, object]:
    """A patient with two cards, one of whose payers has answered what it knows of him."""
    first = world.insured.coverages.get()
    parts: dict[str, object] = {"patient_id": world.insured.pk, "coverage_id": first.pk}
    if path.startswith("/inquiries/"):
        return parts | {"inquiry_id": answered_inquiry(world, first), "place": 1}
    if path.endswith(("/payers", "/next-card")):
        second_card(world)
    if path.endswith("/next-card"):
        return parts | {"claim_id": rejected_claim(world, unanswered=False, insured=True)}
    if path.endswith("/payers"):
        return parts | {"fill_id": insured_fill(world).pk}
    return parts


def second_card(world: World) -> None:
    """A further plan of the insured patient."""
    Coverage.objects.create(
        pharmacy=world.pharmacy,
        patient=world.insured,
        order=2,
        plan_name="Second",
        bin="610600",
        cardholder_id="S1",
    )


def insured_fill(world: World) -> Fill:
    """A fill of the insured patient, just entered."""
    order = world.order("lisinopril", patient=world.insured)
    return enter_prescription(by=world.technician, order=order)


def answered_inquiry(world: World, card: Coverage) -> int:
    """A question to a payer that knows the patient under another number, and another card."""
    asked = ask_about_card(by=world.technician, coverage_id=card.pk)
    head = ResponseHeader(
        transaction_code="E1",
        header_response_status="A",
        service_provider_id=world.pharmacy.npi,
        date_of_service=world.technician.today,
    )
    other = {"5C": "01", "6C": "03", "7C": "610700", "NU": "O1"}
    raw = build_response(
        head,
        transmission=[Draft("25", {"C1": "GX", "C2": "NEW1"})],
        transactions=[[Draft("21", {"AN": "A"}), Draft("28", {"NT": [other]})]],
    )
    take_answer(by=world.system, outgoing_id=asked.outgoing_id, raw=raw)
    return asked.pk


def rejected_claim(world: World, *, unanswered: bool, insured: bool = False) -> int:
    """A claim that the payer rejected, or never answered."""
    world.receive("lisinopril", "100")
    entered = insured_fill(world) if insured else world.enter()
    fill = advance(entered, S.CLAIM, by=world.system, did=Deed.FILL_MOVED)
    if not unanswered:
        advance(fill, S.REJECTED, by=world.system, did=Deed.FILL_MOVED, because="75")
    state = ClaimState.UNANSWERED if unanswered else ClaimState.REJECTED
    at = world.technician.at
    sent = Outgoing.objects.create(
        pharmacy_id=world.pharmacy.pk,
        party="payer",
        format="telecom",
        about="claim",
        about_id=fill.pk,
        key=f"claim-{fill.pk}",
        raw=b"as it was sent",
        state=OutgoingState.FAILED.value,
        made_at=at,
        next_try_at=at,
        tries=3,
    )
    return Claim.objects.create(
        pharmacy=world.pharmacy,
        fill=fill,
        kind=Kind.BILLING.value,
        try_number=1,
        state=state.value,
        outgoing=sent,
        made_at=at,
        service_on=world.technician.today,
        coverage=world.insured.coverages.first(),
        submitted_usd=Decimal("12.00"),
        codes=["75"],
    ).pk
