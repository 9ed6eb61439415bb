"""Starting from the queue with the scanner: by the number of the prescription or the bottle."""

from django.db import transaction
from django.db.models import Q

from apothecary.drugs.barcode import package_of
from apothecary.filling.actions.hold import may_fill, unreadable
from apothecary.filling.actions.scan import scan_bottle
from apothecary.filling.actions.start import start_filling
from apothecary.filling.models import BottleScan
from apothecary.filling.queries import AT_THE_COUNTER, waiting_fills
from apothecary.law.problem import refuse
from apothecary.prescriptions.compound_tables import compounds_with
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.wires.errors import Malformed
from apothecary.wires.gs1 import Scan, ScanKind, read_scan


def start_by_scan(*, by: Worker, raw: str) -> Fill:
    """Take from the queue what was scanned, and count a bottle as this fill's first.

    A prescription's own code names its fill. A stock bottle takes the first fill of the queue
    that needs this very package: one's own that is being filled, else the next that waits.
    """
    by.must(Duty.FILL)
    try:
        scan = read_scan(raw)
    except Malformed as bad:
        raise unreadable(bad) from bad
    if scan.kind is ScanKind.LABEL:
        return start_filling_mine(by=by, fill=fill_of_label(scan, by=by))
    fill = start_filling_mine(by=by, fill=fill_for_bottle(scan, by=by))
    scan_bottle(by=by, fill_id=fill.pk, raw=raw)
    return fill


def scan_here(*, by: Worker, fill_id: int, raw: str) -> BottleScan | Fill:
    """A scan on the page of one fill: its bottle, or the code of another to go on with.

    A fill that still waits is started by its first bottle.
    """
    by.must(Duty.FILL)
    if names_a_label(raw):
        return start_by_scan(by=by, raw=raw)
    fill = Fill.objects.filter(pharmacy_id=by.pharmacy_id, pk=fill_id).first()
    if fill is not None and fill.state == FillState.WAITING:
        start_filling(by=by, fill_id=fill_id)
    return scan_bottle(by=by, fill_id=fill_id, raw=raw)


def names_a_label(raw: str) -> bool:
    """Whether this is the code of a prescription; what cannot be read is not."""
    try:
        return read_scan(raw).kind is ScanKind.LABEL
    except Malformed:
        return False


def start_next(*, by: Worker) -> Fill:
    """Go on with the fill in one's hands, else take the first of the queue that is free."""
    by.must(Duty.FILL)
    fills = [
        fill
        for fill in waiting_fills(by.pharmacy_id)
        if fill.owner_id in {None, by.person_id} and may_fill(fill, by=by)
    ]
    if not fills:
        raise refuse("Nothing waits to be filled.", code="nothing-to-fill")
    mine = next((fill for fill in fills if fill.owner_id == by.person_id), fills[0])
    return start_filling_mine(by=by, fill=mine)


@transaction.atomic
def start_filling_mine(*, by: Worker, fill: Fill) -> Fill:
    """Start it, unless this worker is filling it already."""
    if fill.state == FillState.FILLING and fill.owner_id == by.person_id:
        return fill
    return start_filling(by=by, fill_id=fill.pk)


def fill_of_label(scan: Scan, *, by: Worker) -> Fill:
    """The fill whose code was scanned (1 query)."""
    fill = Fill.objects.filter(
        pharmacy_id=by.pharmacy_id,
        prescription__number=int(scan.rx_number),
        number=scan.fill_number or 0,
        part=scan.part or 1,
    ).first()
    if fill is None:
        says = f"No fill {scan.raw.strip()} in this pharmacy."
        raise refuse(says, code="no-fill", field="code")
    if fill.state not in AT_THE_COUNTER:
        says = f"Prescription {scan.rx_number} is in {fill.state}, not at the filling counter."
        raise refuse(says, code="wrong-state", field="code")
    return fill


def fill_for_bottle(scan: Scan, *, by: Worker) -> Fill:
    """The first fill in line for this package that this worker may take (2 queries).

    A compound needs it too when it is one of its ingredients.
    """
    package = package_of(scan)
    fills = waiting_fills(by.pharmacy_id).filter(
        Q(package=package) | Q(package__in=compounds_with(package, pharmacy_id=by.pharmacy_id))
    )
    mine = [fill for fill in fills if fill.owner_id in {None, by.person_id}]
    if not mine:
        says = f"Nothing at the filling counter needs {package.product} ({package.ndc})."
        raise refuse(says, code="nothing-to-fill", field="code")
    return next((fill for fill in mine if fill.owner_id == by.person_id), mine[0])
