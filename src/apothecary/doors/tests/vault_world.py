"""Counts, cases, inventories and powers, standing where each endpoint would take them."""

from decimal import Decimal
from typing import Any

from apothecary.config.tests.world import PIN, World
from apothecary.doors.tests.electronic_world import SIGNED as SIGNED_ELECTRONIC
from apothecary.doors.tests.electronic_world import electronic_bodies, of_electronic
from apothecary.doors.tests.emergency_world import of_emergencies
from apothecary.doors.tests.flags_world import flags_bodies, of_flags
from apothecary.doors.tests.look_ups_world import look_ups_bodies, of_look_ups
from apothecary.doors.tests.losses_world import loss_bodies, of_losses
from apothecary.doors.tests.monitoring_world import monitoring_bodies, of_monitoring
from apothecary.doors.tests.orders_world import SIGNED, of_orders, orders_bodies
from apothecary.staff.duties import Role
from apothecary.stock.kinds import PlaceKind
from apothecary.vault.book.attorneys import Grant, grant_power
from apothecary.vault.book.cases import find_unexplained
from apothecary.vault.book.inventory import Counted, count_line, start_inventory
from apothecary.vault.book.inventory_rules import Business, Kind
from apothecary.vault.book.tests.hands import counting, short_case, spot

BECAUSE = {"because": "because"}
TODAY = "2026-11-23"
NAMES = {"first_witness": "Wanda One", "second_witness": "Will Two"}
# Only the pharmacist in charge keeps these.
IN_CHARGES = frozenset(
    {"/vault/policy", "/vault/attorneys", "/vault/attorneys/{power_id}/revoke", *SIGNED}
    | SIGNED_ELECTRONIC
)
OF_ROOMS = {
    "/monitoring/": of_monitoring,
    "/vault/orders": of_orders,
    "/vault/registrant": of_orders,
    "/vault/electronic": of_electronic,
    "/vault/certificates": of_electronic,
    "/emergency-orders/": of_emergencies,
    "/vault/flags": of_flags,
}
CASE = "/vault/discrepancies/{case_id}"


def of_vault(world: World, path: str) -> dict[str, object]:
    """The parts of an address, each of a thing that stands where it must."""
    if "/look-ups" in path:
        return of_look_ups(world, path)
    for begins, of_room in OF_ROOMS.items():
        if path.startswith(begins):
            return of_room(world, path)
    world.receive("oxycodone", "100")
    if path.startswith("/vault/losses"):
        return of_losses(world, path)
    if "{case_id}" in path:
        case = short_case(world, lot=world.receive("testosterone", "100"))
        if path.endswith(("/close", "/hand-on")):
            by = world.pharmacist
            find_unexplained(by=by, case_id=case.pk, explanation="all looked at")
        return {"case_id": case.pk}
    if "/counts/" in path:
        count = counting(world, by=world.pharmacist)
        return {"count_id": count.pk, "line_id": count.lines.get().pk}
    if "/inventories/" in path:
        taken = start_inventory(
            by=world.technician, kind=Kind.BIENNIAL, business=Business.CLOSE
        )
        line = taken.lines.get()
        if path.endswith("/sign"):
            count_line(by=world.technician, line_id=line.pk, found=Counted(1, Decimal(0)))
        return {"inventory_id": taken.pk, "line_id": line.pk}
    return {"power_id": a_power(world)} if "{power_id}" in path else {}


def a_power(world: World) -> int:
    """A power of attorney of the pharmacist."""
    said = Grant(
        person_id=world.people[Role.PHARMACIST].pk,
        registrant_name="Olivia Owner",
        registrant_title="president",
        granted_on=world.technician.today,
        first_witness=NAMES["first_witness"],
        second_witness=NAMES["second_witness"],
    )
    return int(grant_power(by=world.workers[Role.IN_CHARGE], grant=said).pk)


def vault_bodies(world: World | None) -> dict[str, dict[str, Any]]:
    """A right body for each, every field said."""
    second = {"initials": "S3", "pin": PIN}
    person = world.people[Role.PHARMACIST].pk if world else 1
    at = "2026-11-23T10:00:00Z"
    papers = orders_bodies(world) | electronic_bodies(world) | flags_bodies(world)
    return monitoring_bodies() | look_ups_bodies(world) | papers | {
        "/vault/counts": second | {"place_id": spot(world) if world else 1},
        "/vault/counts/{count_id}/give-up": BECAUSE,
        "/vault/counts/lines/{line_id}/count": {"counted": "100"},
        f"{CASE}/note": BECAUSE,
        f"{CASE}/explain": BECAUSE,
        f"{CASE}/unexplained": BECAUSE,
        f"{CASE}/close": BECAUSE | {"correct": True},
        f"{CASE}/hand-on": BECAUSE,
        "/vault/door": second | BECAUSE | {
            "place_id": spot(world, PlaceKind.VAULT) if world else 1,
            "kind": "opened", "at": at},
        "/vault/inventories": {"kind": "biennial", "business": "close", "product_id": None},
        "/vault/inventories/lines/{line_id}/count": {
            "full": 1, "opened": "0", "estimated": False},
        "/vault/inventories/{inventory_id}/sign": second,
        "/vault/inventories/{inventory_id}/give-up": BECAUSE,
        "/vault/attorneys": NAMES | {
            "person_id": person, "registrant_name": "Olivia Owner",
            "registrant_title": "president", "granted_on": TODAY},
        "/vault/attorneys/{power_id}/revoke": NAMES | BECAUSE | {
            "revoked_on": TODAY, "by_name": "Olivia Owner"},
        **loss_bodies(world),
        "/vault/policy": {
            "access_witness": True, "inventory_witness": True, "camera_days": 30},
    }  # fmt: skip
