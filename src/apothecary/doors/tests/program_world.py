"""For each endpoint of the API a thing in the state in which that endpoint would take it."""

from collections.abc import Callable

from apothecary.config.tests.world import World
from apothecary.doors.tests.claims_world import PAYING, of_payers, rejected_claim
from apothecary.doors.tests.consent_world import authorization
from apothecary.doors.tests.counter_world import AS, MADE
from apothecary.doors.tests.emergency_world import COVERS, papered
from apothecary.doors.tests.findings_world import finding
from apothecary.doors.tests.money_world import GIVEN_UP, a_difference
from apothecary.doors.tests.recalls_world import of_recalls
from apothecary.doors.tests.returns_world import COLLECTOR, KEPT, of_returns
from apothecary.doors.tests.stock_world import of_stock
from apothecary.doors.tests.supply_world import IN_CHARGE_ONLY, of_supply
from apothecary.doors.tests.tracing_world import SIZE, of_tracing
from apothecary.doors.tests.vault_world import IN_CHARGES, of_vault
from apothecary.filling.actions import record_count
from apothecary.filling.tests import bench
from apothecary.intake.models import Arrival
from apothecary.journal.deeds import Deed
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.tests.test_apart import ready
from apothecary.prescriptions.writer import advance
from apothecary.staff.duties import Role
from apothecary.stock.actions import the_place
from apothecary.stock.models import Lot, PlaceKind

S = FillState
SUPPLY = {
    "/purchasing/": of_supply,
    "/tracing/": of_tracing,
    "/returns/": of_returns,
    "/recalls/": of_recalls,
    "/vault/": of_vault,
    "/emergency-orders/": of_vault,
    "/monitoring/": of_vault,
    "/look-ups/": of_vault,
}
NOBODYS = 999_999_999
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
    if path in AS:
        return AS[path]
    if path.endswith(GIVEN_UP) or path in {*IN_CHARGE_ONLY, SIZE, KEPT, COLLECTOR, *IN_CHARGES}:
        return Role.IN_CHARGE
    if path.startswith(("/vault/", "/monitoring/")):
        return Role.PHARMACIST
    counter = path.rsplit("/", 1)[-1] in AT_THE_COUNTER or "/scans/" in path
    return Role.TECHNICIAN if counter else Role.PHARMACIST


def ready_for(world: World, path: str) -> dict[str, object]:
    """The parts of an endpoint's address, each of a thing that stands where it must."""
    parts: dict[str, object] = dict.fromkeys(NOT_MADE, NOBODYS)
    made = {**MADE, COVERS: papered}.get(path)
    if made:
        return parts | made(world)
    return made_for(world, path, parts)


def made_for(world: World, path: str, parts: dict[str, object]) -> dict[str, object]:
    """The same, by the room the address is of."""
    verb = path.rsplit("/", 1)[-1]
    if path.startswith("/arrivals/"):
        return parts | {"arrival_id": arrival(world)}
    if path.startswith(("/patients/", "/cards/", "/inquiries/")) or verb in PAYING:
        return parts | of_payers(world, path)
    if path.startswith("/authorizations/"):
        return parts | {"authorization_id": authorization(world, verb).pk}
    if path.startswith("/money/"):
        return parts | {"difference_id": a_difference(world, verb)}
    if path.startswith("/claims/"):
        insured = verb == "authorization"
        claim_id = rejected_claim(world, unanswered=verb == "later", insured=insured)
        return parts | {"claim_id": claim_id}
    room = f"/{path.split('/')[1]}/"
    if room in SUPPLY or verb == "look-ups":
        return parts | SUPPLY.get(room, of_vault)(world, path)
    if path.startswith("/stock/"):
        return parts | of_stock(world, path, lot(world, held=verb == "release"))
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
    if verb == "billed-apart":
        return world.enter()
    if verb == "vaccine":
        return ready(world)
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


def lot(world: World, *, held: bool) -> int:
    """A lot on the shelf, or taken out of use."""
    found = world.receive("lisinopril", "100")
    if held:
        Lot.objects.filter(pk=found.pk).update(state="quarantined")
    return found.pk
