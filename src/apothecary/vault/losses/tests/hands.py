"""Who does what in the tests of losses, in short."""

from datetime import datetime
from decimal import Decimal

from apothecary.config.tests.world import World
from apothecary.config.tests.world_days import NOON, TODAY
from apothecary.staff.duties import Role
from apothecary.staff.worker import Worker
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Lot
from apothecary.vault.book.tests.hands import sign_of, spot
from apothecary.vault.losses.filing import Filed, file_form
from apothecary.vault.losses.judging import judge_loss, sign_breakage
from apothecary.vault.losses.models import Form106, Loss, LossNotice
from apothecary.vault.losses.noticing import Sent, give_notice
from apothecary.vault.losses.reporting import Discovery, Missing, report_loss, save_draft
from apothecary.vault.losses.rules import Judgement
from apothecary.vault.losses.states import Kind, Way

FACTORS = {
    "quantity": "twelve tablets of a hundred",
    "drug": "Schedule II, sold on the street",
    "access": "two technicians and the courier",
    "pattern": "none before",
    "candidates": "diversion is likely",
    "local_trends": "break-ins in this street in October",
}
DRAFT = {
    "lost_on": TODAY.isoformat(),
    "kind": "employee",
    "business_kind": "community pharmacy",
    "police_notified": "yes",
    "police": "Anytown Police, (512) 555-0100, report 26-118",
    "thefts_in_24_months": "0",
    "purchase_value_usd": "118.40",
}
CARRIER = {"carrier": "Acme Freight", "consignee": "Sample", "consignee_dea": "AS1234563"}
OFFICE = "DEA Dallas Field Division"


def missing(
    world: World, lot: Lot, units: str = "12", kind: PlaceKind = PlaceKind.SHELF
) -> Missing:
    return Missing(Decimal(units), lot_id=lot.pk, place_id=spot(world, kind))


def reported(
    world: World,
    kind: Kind = Kind.LOSS,
    *,
    lot: Lot | None = None,
    units: str = "12",
    by: Worker | None = None,
    at: datetime | None = None,
) -> Loss:
    """A technician writes down that twelve of a hundred tablets are gone."""
    held = lot or world.receive("oxycodone", "100")
    found = Discovery(kind, "short at the morning count", [missing(world, held, units)], at)
    return report_loss(by=by or world.technician, found=found)


def never_came(world: World, units: str = "100") -> Loss:
    """A bottle that the carrier lost: nothing of it was ever in the books."""
    line = Missing(Decimal(units), package_id=world.drugs["oxycodone"].pk)
    found = Discovery(Kind.TRANSIT, "the tote came open", [line])
    return report_loss(by=world.technician, found=found)


def said(
    kind: Kind = Kind.LOSS,
    *,
    significant: bool | None = True,
    in_custody: bool | None = None,
    told: str = "",
    because: str = "nothing explains it",
    **factors: str,
) -> Judgement:
    """A judgement with all six factors, those named here in other words."""
    return Judgement(
        kind=kind,
        because=because,
        factors=FACTORS | factors,
        significant=significant,
        in_custody=in_custody,
        supplier_told=told,
    )


def judged(world: World, loss: Loss, judgement: Judgement | None = None) -> Loss:
    by = at_hand(world, loss)
    return judge_loss(by=by, loss_id=loss.pk, said=judgement or said(Kind(loss.kind)))


def at_hand(world: World, loss: Loss) -> Worker:
    """The pharmacist, at the time of whoever wrote last."""
    return world.pharmacist.at_time(max(NOON, loss.written_at), TODAY)


def sent(at: datetime | None = None, because: str = "", to: str = OFFICE) -> Sent:
    return Sent(to, Way.FAX, "214-555-0100", at, because)


def noticed(world: World, loss: Loss, how: Sent | None = None) -> LossNotice:
    return give_notice(by=world.pharmacist, loss_id=loss.pk, sent=how or sent())


def drafted(world: World, loss: Loss, **typed: str) -> Loss:
    return save_draft(by=world.technician, loss_id=loss.pk, typed=DRAFT | typed)


def filed(world: World, loss: Loss, because: str = "") -> Form106:
    report = Filed(TODAY, "TL-2026-000118", because)
    return file_form(by=world.pharmacist, loss_id=loss.pk, filed=report)


def to_the_form(world: World, loss: Loss | None = None) -> Loss:
    """A loss from its discovery to the report."""
    found = loss or reported(world)
    judged(world, found)
    noticed(world, found)
    drafted(world, found)
    filed(world, found)
    found.refresh_from_db()
    return found


def broken(world: World, loss: Loss, *, recoverable: bool, role: Role = Role.TECHNICIAN):
    """The pharmacist and another who saw it sign."""
    return sign_breakage(
        by=world.pharmacist,
        loss_id=loss.pk,
        recoverable=recoverable,
        because="the bottle fell off the counter",
        signature=sign_of(world, role),
    )
