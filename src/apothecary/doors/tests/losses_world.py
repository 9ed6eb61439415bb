"""Losses that stand where each endpoint would take them."""

from datetime import timedelta
from typing import Any

from apothecary.config.tests.world import PIN, World
from apothecary.config.tests.world_days import NOON
from apothecary.stock.models import Lot
from apothecary.vault.book.cases import find_unexplained, hand_on
from apothecary.vault.book.tests.hands import short_case, spot
from apothecary.vault.losses.models import Loss
from apothecary.vault.losses.states import Kind
from apothecary.vault.losses.tests.hands import (
    DRAFT,
    FACTORS,
    OFFICE,
    drafted,
    judged,
    noticed,
    reported,
    said,
)

TODAY, SUNDAY = "2026-11-23", "2026-11-22"
BECAUSE = {"because": "because"}
ONE = "/vault/losses/{loss_id}"


def of_losses(world: World, path: str) -> dict[str, object]:
    """The parts of an address, each of a loss that stands where it must."""
    if "{case_id}" in path:
        case = short_case(world, lot=world.receive("testosterone", "100"))
        find_unexplained(by=world.pharmacist, case_id=case.pk, explanation="all looked at")
        hand_on(by=world.pharmacist, case_id=case.pk, because="theft is suspected")
        return {"case_id": case.pk}
    if "{loss_id}" not in path:
        return {}
    verb = path.rsplit("/", 1)[-1]
    return {"loss_id": loss_for(world, verb).pk}


def loss_for(world: World, verb: str) -> Loss:
    """A loss as the act of that name would take it."""
    lot = world.receive("testosterone", "100")
    if verb == "breakage":
        return reported(world, Kind.BREAKAGE, lot=lot)
    # A program acts at the time of the machine: what it goes on with was found before.
    loss = reported(world, lot=lot, at=NOON - timedelta(days=1))
    if verb in {"notice", "take-back", "file"}:
        judged(world, loss)
    if verb in {"take-back", "file"}:
        noticed(world, loss)
    if verb == "file":
        drafted(world, loss, lost_on=SUNDAY)
    if verb == "close":
        judged(world, loss, said(significant=False))
    return loss


def loss_bodies(world: World | None) -> dict[str, dict[str, Any]]:
    """A right body for each, every field said."""
    lot = Lot.objects.filter(package=world.drugs["oxycodone"]).first() if world else None
    at = "2026-11-22T19:00:00Z"
    line = {
        "quantity": "5", "lot_id": lot.pk if lot else 1,
        "place_id": spot(world) if world else 1, "package_id": None,
    }  # fmt: skip
    sent = {"to": OFFICE, "way": "fax", "reference": "1", "sent_at": at} | BECAUSE
    second = {"initials": "S3", "pin": PIN}
    return {
        "/vault/losses": {"kind": "theft", "what": "gone", "lines": [line],
                          "discovered_at": None},
        f"{ONE}/line": line,
        f"{ONE}/draft": {"fields": DRAFT | {"lost_on": SUNDAY}},
        f"{ONE}/judge": BECAUSE | {
            "kind": "loss", "factors": FACTORS, "significant": True, "in_custody": None,
            "supplier_told": ""},
        f"{ONE}/breakage": second | BECAUSE | {"recoverable": True},
        f"{ONE}/notice": sent,
        f"{ONE}/take-back": sent | {"found": "all were in the tote"},
        f"{ONE}/file": BECAUSE | {"filed_on": TODAY, "reference": "TL-1"},
        f"{ONE}/close": BECAUSE,
        f"{ONE}/call-off": BECAUSE,
    }  # fmt: skip
