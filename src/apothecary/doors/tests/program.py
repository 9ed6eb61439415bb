"""A program that asks at the JSON API, and one right body for every endpoint that takes one."""

import json
from typing import Any

from django.test import Client

from apothecary.config.tests.world import PIN, World
from apothecary.doors.tests import counter_world
from apothecary.doors.tests.emergency_world import emergency_bodies
from apothecary.doors.tests.money_world import a_file
from apothecary.doors.tests.recalls_world import recalls_bodies
from apothecary.doors.tests.returns_world import returns_bodies
from apothecary.doors.tests.stock_world import stock_bodies
from apothecary.doors.tests.supply_world import supply_bodies
from apothecary.doors.tests.tracing_world import tracing_bodies
from apothecary.doors.tests.vault_world import vault_bodies
from apothecary.filling.tests.bench import symbol
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.staff.models import Person
from apothecary.staff.signon import stand_in

BECAUSE = {"because": "because"}
# The pharmacist of the world is the sixth of its people.
SIGNED = {"initials": "S5", "pin": PIN}
# Strokes as the pad sends them.
DRAWN = "600x180 M40,90 L80,40 L120,130 L160,50 L200,120 L240,70 L280,110 L320,60"


class Program:
    """Asks as one person, by bearer token."""

    def __init__(self, world: World, role: Role) -> None:
        self.at = world.technician.at
        self.become(world.people[role])

    def become(self, person: Person) -> "Program":
        """Ask as somebody else from now on."""
        stand_in(person.pharmacy_id)
        self.token = worker_token(person=person, station="api", at=self.at)
        self.client = Client(headers={"authorization": f"Bearer {self.token}"})
        return self

    def post(self, path: str, body: object = None, *, key: str = "") -> Any:
        """Send a body as JSON; bytes and text go as they are."""
        said = body if isinstance(body, str | bytes) else json.dumps(body or {})
        headers = {"Idempotency-Key": key} if key else {}
        return self.client.post(
            f"/api{path}", data=said, content_type="application/json", headers=headers
        )

    def get(self, path: str) -> Any:
        return self.client.get(f"/api{path}")


def codes(answer: Any) -> set[str]:
    """The codes of a refusal."""
    return {problem["code"] for problem in answer.json()["problems"]}


def fields(answer: Any) -> set[str]:
    """The fields that a refusal names."""
    return {problem["field"] for problem in answer.json()["problems"]}


def order_body(world: World) -> dict[str, Any]:
    """A clean prescription, every field of it said."""
    return {
        "patient_id": world.patient.pk,
        "prescriber_id": world.prescriber.pk,
        "ndc": world.drugs["lisinopril"].ndc,
        "quantity": "30",
        "days_supply": 30,
        "refills": 2,
        "daw": "0",
        "origin": "3",
        "directions": "Take 1 tablet by mouth once daily.",
        "directions_spanish": "Tome 1 tableta por boca una vez al día.",
        "written_on": "2026-11-20",
        "earliest_fill_on": "2026-11-20",
        "diagnosis": "I10",
        "carried": {
            "original_seen": True,
            "fax_case": "hospice",
            "mandate_exception": "outage",
            "condition_code": "B",
            "acute_pain": "acute",
            "made_as": "reissued",
            "doubt": "Looks copied.",
        },
        "note": "note",
        "pay": "cash",
        "price_usd": "12.00",
        "waiter": True,
    }


CARD = {
    "bin": "610500", "cardholder_id": "X1", "plan_name": "Plan", "pcn": "PCN", "group": "G",
    "person_code": "01", "relationship": "1", "kind": "workers compensation",
    "starts_on": "2026-01-01", "ends_on": "2026-12-31", "injured_on": "2026-11-01",
    "claim_reference": "WC1", "employer": "Mill",
}  # fmt: skip


def coverage_id(world: World | None) -> int:
    """The patient's last card."""
    card = world.insured.coverages.order_by("-order").first() if world else None
    return card.pk if card else 1


def bodies(
    world: World | None = None, *, place: int = 1, fill_id: object = 1
) -> dict[str, dict[str, Any]]:
    """A body for each POST of the API that takes one, with every field said.

    Whether the house takes the body depends on where the thing stands; what matters is that
    each field of it can be spoiled. Without a world only the addresses are of use.
    """
    order = order_body(world) if world else {}
    code = symbol(world, "lisinopril") if world else ""
    typed = {"values": typed_form(world) if world else {}}
    return {
        "/arrivals": {"source": "phone", "caller": "Dr. Grey", "read_back": True,
                      "said": "lisinopril 10 mg", "waiter": False,
                      "patient_id": world.patient.pk if world else 1},
        "/arrivals/{arrival_id}/draft": typed,
        "/arrivals/{arrival_id}/finish": typed,
        "/arrivals/{arrival_id}/set-aside": BECAUSE,
        "/arrivals/{arrival_id}/cancel": BECAUSE,
        "/fills/{fill_id}/correct": typed,
        "/prescriptions": order,
        "/prescriptions/{rx_id}/refill": {"pay": "cash", "waiter": True},
        "/prescriptions/{rx_id}/cancel": BECAUSE,
        "/fills/{fill_id}/cancel": BECAUSE,
        "/fills/{fill_id}/part": {
            "quantity_now": "10", "reason": "short", "because": "because"},
        "/claims/{claim_id}/resubmit": {
            "cardholder_id": "A1", "group": "G", "person_code": "01", "relationship": "1",
            "daw": "0", "clarification": "2", "prior_authorization": "99",
            "safety_codes": "DD M0 1G", "bin": "610500", "pcn": "PCN",
            "authorization_type": "1", "other_coverage": "1", "delay_reason": "1"},
        "/claims/{claim_id}/date": {"on": "2026-12-01"},
        "/claims/{claim_id}/back-to-entry": BECAUSE,
        "/claims/{claim_id}/cancel": BECAUSE,
        "/claims/{claim_id}/settled": BECAUSE,
        "/calculate": {
            "calculation": "E11", "inputs": {"age": 58, "kg": "161 lb", "scr": "1.2"}},
        "/filling/start": {"code": "RX7000000-0-1"},
        "/fills/{fill_id}/leave": BECAUSE,
        "/fills/{fill_id}/short": BECAUSE,
        "/fills/{fill_id}/scan": {"code": code},
        "/fills/{fill_id}/scans/{scan_id}/set-aside": BECAUSE,
        "/fills/{fill_id}/scans/{scan_id}/bottles": {"bottles": 2},
        "/fills/{fill_id}/scans/{scan_id}/lot": {"lot": "L1"},
        "/fills/{fill_id}/count": {"quantity": "30", "method": "hand", "pass_number": 1},
        "/fills/{fill_id}/back-count": {"lot": "L1", "counted": "970", "try_number": 1},
        "/fills/{fill_id}/label": BECAUSE,
        "/findings/{finding_id}/resolve": {
            "service_code": "M0", "result_code": "1G", "text": "text"},
        "/fills/{fill_id}/back-to-entry": BECAUSE,
        "/fills/{fill_id}/approve": {"signature": SIGNED},
        "/fills/{fill_id}/dispense": {"codes": [code], "counts": ["30"]},
        "/fills/{fill_id}/send-back": {
            "reason_code": "wrong-count", "text": "text", "signature": SIGNED},
        "/fills/{fill_id}/bin": {"bin": "A1"},
        "/fills/{fill_id}/return-to-stock": BECAUSE,
        **payer_bodies(world),
        **stock_room_bodies(world),
        **(counter_bodies(order, place, fill_id) | counter_world.counter_bodies(order, typed)),
    }  # fmt: skip


def stock_room_bodies(world: World | None) -> dict[str, dict[str, Any]]:
    """The bodies of orders, deliveries, tracing and returns."""
    return (
        supply_bodies(world)
        | tracing_bodies(world)
        | returns_bodies(world)
        | recalls_bodies(world)
        | vault_bodies(world)
    )


def payer_bodies(world: World | None) -> dict[str, dict[str, Any]]:
    """The bodies of cards, of who pays, of consents and of payers' money."""
    return (
        consent_bodies()
        | emergency_bodies(world)
        | money_bodies(world)
        | apart_bodies(world)
        | {
            "/fills/{fill_id}/payers": {"coverage_ids": [coverage_id(world)]},
            "/patients/{patient_id}/cards": CARD,
            "/patients/{patient_id}/ask": {"bin": "610500", "pcn": "PCN"},
            "/cards/{coverage_id}/change": CARD,
        }
    )


def consent_bodies() -> dict[str, dict[str, Any]]:
    """The bodies of prior authorizations."""
    given = [{"question": "1", "values": ["30"]}, {"question": "2", "values": ["metformin"]}]
    one = "/authorizations/{authorization_id}"
    return {
        f"{one}/ask": {"way": "epa"},
        f"{one}/answers": {"answers": given, "told_by": "Dr. Grey", "send": True},
        f"{one}/appeal": BECAUSE,
        f"{one}/withdraw": BECAUSE,
        f"{one}/decision": {
            "approved": True, "number": "PA77", "from_on": "2026-11-23",
            "until_on": "2027-11-23", "quantity": "90", "because": "by phone"},
    }  # fmt: skip


def money_bodies(world: World | None) -> dict[str, dict[str, Any]]:
    """The bodies of remittances and of what does not match."""
    verbs = ("dispute", "accept", "write-off", "reopen")
    closing = {f"/money/differences/{{difference_id}}/{verb}": BECAUSE for verb in verbs}
    tied = {"/money/differences/{difference_id}/tie": {"rx": "A9"}}
    return closing | tied | {"/money/files": {"base64": a_file(world), "name": "835.x12"}}


def apart_bodies(world: World | None) -> dict[str, dict[str, Any]]:
    """The bodies of what only some fills are: compounds, vaccines, 340B, residents."""
    return {
        "/compounds": compound_body(world) if world else {},
        "/fills/{fill_id}/billed-apart": {
            "cost_340b_usd": "1.00", "because_340b": "a patient of the clinic"},
        "/fills/{fill_id}/vaccine": {"site": "LD", "route": "IM"},
        "/patients/{patient_id}/residence": {"residence": "03", "place_of_service": "32"},
    }  # fmt: skip


def compound_body(world: World) -> dict[str, Any]:
    """A compound of two ingredients, every field of it said."""
    return {
        "name": "magic cream",
        "form": "03",
        "route": "6064005",
        "unit": "GM",
        "makes": "40",
        "beyond_use_days": 30,
        "ingredients": [
            {"ndc": world.drugs[drug].ndc, "quantity": quantity, "unit": unit,
             "basis": "05", "cost_usd": "1.00"}
            for drug, quantity, unit in (
                ("hydrocortisone", "30", "GM"), ("lisinopril", "7", "EA"))
        ],
    }  # fmt: skip


def typed_form(world: World) -> dict[str, str]:
    """The entry form, every field typed."""
    rows = {"patient_id": world.patient, "prescriber_id": world.prescriber}
    chosen = {name: str(row.pk) for name, row in rows.items()}
    return chosen | {
        "package_id": str(world.drugs["lisinopril"].pk), "package_source": "typed",
        "quantity": "30", "days_supply": "30", "refills": "2", "daw": "0", "origin": "1",
        "written_on": "11/20/2026", "earliest_fill_on": "11/20/2026", "pay": "cash",
        "directions": "1 tab po daily", "price_usd": "12.00", "waiter": "yes",
        "promised": "11/23/2026 13:30", "diagnosis": "I10", "note": "note",
    }  # fmt: skip


def counter_bodies(
    order: dict[str, Any], place: int, fill_id: object
) -> dict[str, dict[str, Any]]:
    """The bodies of the register and of the shelves."""
    line = {"quantity": "5", "because": "because", "key": "k1"}
    return {
        "/sales": {"fill_ids": [fill_id], "receiver": "Jane Doe", "relationship": "patient",
                   "identifiers": ["name", "birth_date"], "counsel": "refused",
                   "signature": DRAWN, "method": "card", "known": False, "id_kind": "",
                   "id_number": "", "id_state": "", "counsellor_initials": "",
                   "counsellor_pin": ""},
        "/stock/receipts": {"ndc": order.get("ndc"), "lot": "L9",
                            "expires_on": "2028-01-31", "quantity": "50",
                            "place_id": place, "key": "d1"},
        "/stock/lots/{lot_id}/quarantine": BECAUSE,
        "/stock/lots/{lot_id}/release": BECAUSE,
        "/stock/lots/{lot_id}/count": {"place_id": place, "counted": "90",
                                       "because": "because", "key": "c1"},
        **stock_bodies(place),
        "/stock/lots/{lot_id}/move": line | {"from_place": place, "to_place": place + 1},
    }  # fmt: skip
