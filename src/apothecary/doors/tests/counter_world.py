"""Sales behind the counter, transfers, refills to sign: where each endpoint would take them."""

from collections.abc import Callable
from typing import Any

from apothecary.config.tests.world import World
from apothecary.intake.actions.transferred import Received, receive_transfer
from apothecary.pickup.behind_counter.tests.shop import certified, received, stands
from apothecary.pickup.tests.counter import SIGNED
from apothecary.prescriptions.refill_log.tests.log import refilled
from apothecary.prescriptions.transfers.tests.partners import filled, give, saying
from apothecary.staff.duties import Role

NDC = "99999-001-01"
SALES, ROOM, CERTIFY = "/counter/sales", "/counter/room", "/counter/certificates"
GIVE, BACK, TAKE_IN = (
    "/prescriptions/{rx_id}/transfer",
    "/transfers/{transfer_id}/back",
    "/transfers",
)
COMPLETE, FILE = "/arrivals/{arrival_id}/transfer", "/arrivals/{arrival_id}/file"
ON_FILE, SIGN = "/prescriptions/on-file", "/refills/sign"
BUYER = {
    "name": "Jane A. Doe", "address": "12 Elm Street, San Marcos TX 78666",
    "born_on": "1980-02-28", "id_kind": "driver licence", "id_number": "1234-5678",
    "id_issuer": "TX", "id_until": "2028-02-28", "known": False, "log_number": "N-1",
    "signature": SIGNED,
}  # fmt: skip
LAKESIDE = {
    "name": "Lakeside Pharmacy", "street": "9 Shore Rd", "city": "Anytown", "state": "TX",
    "postal_code": "78702", "phone": "5125550188", "dea": "BL7654329",
    "spoke_with": "Dana Wells", "title": "pharmacist",
}  # fmt: skip
GIVEN = {
    "other": LAKESIDE, "way": "phone", "shared_database": False, "reference": "MSG-1",
    "patient_asked": True, "unaltered": True, "state_allows": "22 TAC 291.34, read today",
}  # fmt: skip
TOLD = {
    "other": LAKESIDE, "way": "phone", "controlled": True, "shared_database": False,
    "says": "Jane Doe, alprazolam 0.5 mg, one at bedtime, 30, Dr. Lee",
    "their_number": "445566", "written_on": "2026-09-01", "refills_originally": 5,
    "refills_left": 4, "unfilled": False, "reference": "",
    "fills": [{"on": "2026-09-03", "quantity": "30", "place": "Lakeside", "number": "445566"}],
}  # fmt: skip


def counter_bodies(order: dict[str, Any], typed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A right body for each, every field said."""
    return {
        SALES: {"key": "k1", "lines": [{"ndc": NDC, "packages": 24}], "buyer": BUYER},
        ROOM: BUYER,
        CERTIFY: {
            "number": "SC-2", "certified_on": "2026-11-01", "trained_on": "2026-10-30",
            "listed_word": "looked up", "exempt_word": "looked up"},
        GIVE: GIVEN,
        BACK: {"spoke_with": "Dana Wells", "because": "no such message there"},
        TAKE_IN: TOLD | {"waiter": True},
        COMPLETE: TOLD,
        FILE: typed,
        ON_FILE: order,
        SIGN: {"day": "2026-11-23", "verified": True},
    }  # fmt: skip


def a_shelf(world: World) -> dict[str, object]:
    """Pseudoephedrine on the shelf of a store that is certified."""
    certified(world)
    received(world, stands(NDC))
    return {}


def given_away(world: World) -> dict[str, object]:
    return {"transfer_id": give(world, filled(world)).pk}


def taken_in(world: World) -> dict[str, object]:
    """A transfer that came, of which the other pharmacy has not said all."""
    given = Received(taking=saying(refills_originally=None))
    return {"arrival_id": receive_transfer(by=world.pharmacist, given=given).pk}


def to_give(world: World) -> dict[str, object]:
    return {"rx_id": filled(world).pk}


def to_sign(world: World) -> dict[str, object]:
    refilled(world)
    return {}


def nothing(world: World) -> dict[str, object]:
    return {}


MADE: dict[str, Callable[[World], dict[str, object]]] = {
    SALES: a_shelf,
    ROOM: a_shelf,
    CERTIFY: nothing,
    GIVE: to_give,
    BACK: given_away,
    TAKE_IN: nothing,
    COMPLETE: taken_in,
    ON_FILE: nothing,
    SIGN: to_sign,
}
# Whose act it is, where it is not the pharmacist's.
AS = {CERTIFY: Role.IN_CHARGE, SALES: Role.TECHNICIAN, ROOM: Role.TECHNICIAN}
# A second certificate, call or prescription may be meant.
TWICE = {CERTIFY, TAKE_IN, ON_FILE}
# What a buyer may still have is a question.
NO_DEED = {ROOM}
