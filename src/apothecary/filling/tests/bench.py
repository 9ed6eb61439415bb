"""The filling counter of the tests: fills that wait, bottles to scan, and the plain way."""

from datetime import date
from decimal import Decimal

from apothecary.config.tests.world import LONG_GOOD, World
from apothecary.filling.actions import (
    count_and_label,
    count_back,
    record_count,
    scan_bottle,
    start_filling,
)
from apothecary.filling.left import left_by_the_books
from apothecary.filling.models import BottleScan
from apothecary.filling.rules import SCHEDULE_II
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import Line, history
from apothecary.patients.models import Patient
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.models import Fill, Prescription
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.stock.models import Reservation
from apothecary.wires.gs1 import FNC1


def symbol(
    world: World, drug: str, *, lot: str = "L1", until: date = LONG_GOOD, serial: str = "1"
) -> str:
    """The DataMatrix of a stock bottle, as a scanner types it."""
    gtin = gtin14(world, drug)
    return f"]d201{gtin}17{until:%y%m%d}10{lot}{FNC1}21SN{serial}"


def gtin14(world: World, drug: str) -> str:
    """The trade number of a package, with a check digit computed here once more."""
    body = f"003{world.drugs[drug].ndc10}"
    weighted = [int(d) * (3 if n % 2 == 0 else 1) for n, d in enumerate(reversed(body))]
    return f"{body}{-sum(weighted) % 10}"


def upc(world: World, drug: str) -> str:
    """The linear code of a package: no lot, no expiry."""
    return gtin14(world, drug)[2:]


def waiting(
    world: World,
    drug: str = "lisinopril",
    *,
    quantity: str = "30",
    stock: str = "1000",
    patient: Patient | None = None,
    **changes: object,
) -> Fill:
    """A fill on the queue, with lot L1 of its drug on the shelf."""
    if stock != "0":
        world.receive(drug, stock)
    refills = 0 if drug == "oxycodone" else 2
    fill = enter_prescription(
        by=world.technician,
        order=world.order(drug, quantity=quantity, refills=refills, patient=patient),
    )
    if changes:
        Prescription.objects.filter(pk=fill.prescription_id).update(**changes)
    return advance(fill, FillState.WAITING, by=world.system, did=Deed.FILL_MOVED)


def filling(world: World, drug: str = "lisinopril", *, quantity: str = "30") -> Fill:
    """A fill in the technician's hands."""
    fill = waiting(world, drug, quantity=quantity)
    return start_filling(by=world.technician, fill_id=fill.pk)


def scanned(world: World, drug: str = "lisinopril", *, quantity: str = "30") -> Fill:
    """A fill whose right bottle was scanned."""
    fill = filling(world, drug, quantity=quantity)
    scan_bottle(by=world.technician, fill_id=fill.pk, raw=symbol(world, drug))
    return fill


def labelled(world: World, drug: str = "lisinopril", *, quantity: str = "30") -> Fill:
    """A fill with bottle, count and label."""
    fill = scanned(world, drug, quantity=quantity)
    if drug == "oxycodone":
        record_count(by=world.technician, fill_id=fill.pk, quantity=Decimal(quantity))
    count_and_label(
        by=world.technician,
        fill_id=fill.pk,
        quantity=Decimal(quantity),
        pass_number=2 if drug == "oxycodone" else 1,
    )
    return fill


def counted_back(world: World, fill: Fill) -> Fill:
    """The same with what is left of each lot counted, as the books say, where that is asked."""
    for held in Reservation.objects.filter(fill_id=fill.pk, state="pending"):
        if fill.package.product.schedule == SCHEDULE_II:
            left = left_by_the_books(pharmacy_id=fill.pharmacy_id, lot_id=held.lot_id)
            count_back(by=world.technician, fill_id=fill.pk, lot=held.lot.number, counted=left)
    return fill


def now(fill: Fill) -> Fill:
    """The fill as the database has it."""
    return Fill.objects.select_related("package").get(pk=fill.pk)


def deeds(world: World, fill: Fill) -> list[str]:
    """What was done about a fill, oldest first."""
    return [line.deed for line in lines(world, fill)]


def lines(world: World, fill: Fill) -> list[Line]:
    return history(pharmacy_id=world.pharmacy.pk, about=[("fill", fill.pk)])


def drawn(fill: Fill) -> dict[str, Decimal]:
    """How many units each lot has promised to a fill."""
    held = Reservation.objects.filter(fill_id=fill.pk, state="pending").select_related("lot")
    return {each.lot.number: each.quantity for each in held}


def outcomes(fill: Fill) -> list[str]:
    return list(
        BottleScan.objects.filter(fill=fill).order_by("id").values_list("outcome", flat=True)
    )
