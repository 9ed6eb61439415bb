"""For each endpoint of the API a thing in the state in which that endpoint would take it."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from apothecary.claims.eligibility import ask_about_card, take_answer
from apothecary.claims.models import Claim
from apothecary.claims.states import ClaimState, Kind
from apothecary.config.tests.world import World
from apothecary.filling.actions import record_count
from apothecary.filling.tests import bench
from apothecary.intake.models import Arrival
from apothecary.journal.deeds import Deed
from apothecary.patients.models import Coverage
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.screening.models import Finding
from apothecary.staff.duties import Role
from apothecary.stock.actions import the_place
from apothecary.stock.models import Lot, PlaceKind
from apothecary.wires.models import Outgoing, OutgoingState
from apothecary.wires.telecom import Draft, ResponseHeader, build_response

S = FillState
NOBODYS = 999_999_999
PAYING = ("payers", "next-card")
NOT_MADE = ("scan_id", "finding_id", "claim_id", "arrival_id")


def counted(world: World) -> Fill:
    """A fill with its bottle scanned and its units counted."""
    fill = bench.scanned(world)
    record_count(by=world.technician, fill_id=fill.pk, quantity=fill.quantity)
    return fill


# The filling counter's endpoints, and how far a fill must be for each.
AT_THE_COUNTER: dict[str, Callable[[World], Fill]] = {
    "start": bench.waiting,
    "leave": bench.filling,
    "short": bench.filling,
    "scan": bench.filling,
    "scans": bench.scanned,
    "count": bench.scanned,
    "label": counted,
    "back-count": lambda world: bench.labelled(world, "oxycodone"),
    "send-to-check": bench.labelled,
}
STATES = {
    "cancel": S.FILLING,
    "part": S.WAITING,
    "approve": S.CHECK,
    "dispense": S.WAITING,
    "send-back": S.CHECK,
    "bin": S.READY,
    "return-to-stock": S.READY,
}


def shelf(world: World) -> int:
    """The shelf that bodies name."""
    return the_place(world.pharmacy.pk, PlaceKind.SHELF).pk


def asks_as(path: str) -> Role:
    """Whose hands the thing is in."""
    counter = path.rsplit("/", 1)[-1] in AT_THE_COUNTER or "/scans/" in path
    return Role.TECHNICIAN if counter else Role.PHARMACIST


def ready_for(world: World, path: str) -> dict[str, object]:
    """The parts of an endpoint's address, each of a thing that stands where it must."""
    parts: dict[str, object] = dict.fromkeys(NOT_MADE, NOBODYS)
    verb = path.rsplit("/", 1)[-1]
    if path.startswith("/arrivals/"):
        return parts | {"arrival_id": arrival(world)}
    if path.startswith(("/patients/", "/cards/", "/inquiries/")) or verb in PAYING:
        return parts | of_payers(world, path)
    if path.startswith("/claims/"):
        return parts | {"claim_id": rejected_claim(world, unanswered=verb == "later")}
    if path.startswith("/stock/"):
        return parts | {"lot_id": lot(world, held=verb == "release")}
    fill = fill_for(world, path, verb)
    parts |= {"fill_id": fill.pk, "rx_id": fill.prescription_id}
    if "/scans/" in path:
        parts["scan_id"] = fill.bottle_scans.get().pk
    if path.startswith("/findings/"):
        parts["finding_id"] = finding(world, fill)
    return parts


def fill_for(world: World, path: str, verb: str) -> Fill:
    """A fill where the endpoint would take it."""
    if "/scans/" in path or verb in AT_THE_COUNTER:
        return AT_THE_COUNTER["scans" if "/scans/" in path else verb](world)
    if path.endswith("/prescriptions/{rx_id}/refill"):
        return world.stocked(until=S.SOLD)
    if path == "/sales":
        return world.stocked(until=S.READY)
    if verb in STATES:
        return world.stocked(until=STATES[verb])
    if verb in {"review", "back-to-entry", "resolve", "correct", "findings"}:
        return reviewed(world, until=S.ENTRY if verb == "correct" else S.REVIEW)
    if verb == "try-stock":
        short = advance(world.enter(), S.WAITING, by=world.system, did=Deed.FILL_MOVED)
        world.receive("lisinopril", "100")
        return short
    return world.stocked(until=S.WAITING)


def reviewed(world: World, *, until: FillState) -> Fill:
    """A fill that a pharmacist looks at, or has sent back to be entered anew."""
    world.receive("lisinopril", "100")
    fill = advance(world.enter(), S.REVIEW, by=world.system, did=Deed.FILL_MOVED)
    if until is S.ENTRY:
        advance(fill, S.ENTRY, by=world.pharmacist, did=Deed.FILL_MOVED, because="unclear")
    return fill


def arrival(world: World) -> int:
    """Paper that came in and that nobody has taken."""
    at = world.technician.at
    return Arrival.objects.create(
        pharmacy=world.pharmacy, source="paper", arrived_at=at, promised_at=at
    ).pk


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


def lot(world: World, *, held: bool) -> int:
    """A lot on the shelf, or taken out of use."""
    found = world.receive("lisinopril", "100")
    if held:
        Lot.objects.filter(pk=found.pk).update(state="quarantined")
    return found.pk


def finding(world: World, fill: Fill) -> int:
    """Something screening found, still open."""
    return Finding.objects.create(
        pharmacy=world.pharmacy,
        patient=world.patient,
        fill=fill,
        kind="interaction",
        severity="pharmacist",
        says="They interact.",
        because=json.dumps({"facts": ["new: lisinopril"]}),
        cite="a source",
        source_on=date(2026, 11, 22),
        verified="K",
        clears="another drug",
        fingerprint="f" * 32,
        found_at=world.technician.at,
    ).pk


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
