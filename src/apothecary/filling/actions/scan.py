"""Scanning a stock bottle: the right one, another one, or one that may not be used.

What was scanned is kept whatever it was, so a refusal is raised only after the row is written.
"""

from dataclasses import dataclass, replace

from django.db import transaction

from apothecary.drugs.barcode import package_of
from apothecary.drugs.models import Package
from apothecary.filling.actions.hold import fill_in_hand, unreadable
from apothecary.filling.actions.lots import Found, find_lot, lots_of, next_lot
from apothecary.filling.models import SLIPS, BottleScan, Outcome
from apothecary.filling.offers import offer_of
from apothecary.filling.queries import facts_of, product_facts, scans_of, turn_of
from apothecary.filling.rules import MOST_BOTTLES, slip_problems
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.journal.writes import Writes
from apothecary.law.problem import Refused, refuse, refuse_if
from apothecary.prescriptions.compound_tables import is_compound
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.writer import drawn_from
from apothecary.staff.worker import Worker
from apothecary.wires.errors import Malformed
from apothecary.wires.gs1 import Scan, read_scan

LONGEST_KEPT = 400
DEEDS = {
    Outcome.RIGHT: Deed.BOTTLE_SCANNED,
    Outcome.WRONG: Deed.WRONG_PRODUCT_CAUGHT,
    Outcome.EQUIVALENT: Deed.WRONG_PRODUCT_CAUGHT,
    Outcome.REFUSED: Deed.BOTTLE_REFUSED,
}


@dataclass(frozen=True, slots=True)
class Understood:
    """A scan as far as it could be understood; ``refusal`` is why it cannot be used."""

    raw: str
    outcome: Outcome
    says: str
    scan: Scan | None = None
    package: Package | None = None
    found: Found | None = None
    refusal: Refused | None = None
    # The scan of this turn that this one repeats.
    before: BottleScan | None = None

    @property
    def key(self) -> str:
        """What tells one bottle from another; without a serial number the lot must do."""
        if self.scan is None or self.package is None:
            return ""
        return f"{self.package.pk}/{self.scan.lot}/{self.scan.serial}"


def scan_bottle(*, by: Worker, fill_id: int, raw: str) -> BottleScan:
    """Take a scan of a stock bottle; refuses, once it is kept, what may not be used.

    A wrong product is no refusal: the row comes back with ``outcome`` wrong or equivalent, and
    nothing goes on until ``set_aside_wrong`` or ``change_product``. The same bottle twice
    gives the first row again.
    """
    scan, refusal = keep_scan(by=by, fill_id=fill_id, raw=raw)
    if refusal is not None:
        raise refusal
    return scan


@transaction.atomic
def keep_scan(*, by: Worker, fill_id: int, raw: str) -> tuple[BottleScan, Refused | None]:
    """Write the scan down as what it is, and say whether it is to be refused."""
    fill = fill_in_hand(by=by, fill_id=fill_id)
    scans = scans_of(fill)
    understood = understand(fill, raw, scans, by=by)
    if understood.before is not None:
        return understood.before, None
    if understood.outcome is not Outcome.REFUSED:
        refuse_if(slip_problems(facts_of(fill, held=[], scans=scans, counts=())))
    return write(fill, understood, by=by), understood.refusal


def understand(fill: Fill, raw: str, scans: list[BottleScan], *, by: Worker) -> Understood:
    """What was scanned, beside what the fill needs; ``scans`` are those of this turn so far."""
    # PostgreSQL stores no NUL in a text; everything else is kept as it came.
    kept = raw.replace("\x00", "␀")[:LONGEST_KEPT]
    try:
        scan = read_scan(raw)
        package = package_of(scan)
    except Malformed as bad:
        refusal = unreadable(bad)
        return Understood(kept, Outcome.REFUSED, str(refusal), refusal=refusal)
    except Refused as refusal:
        return Understood(kept, Outcome.REFUSED, str(refusal), refusal=refusal)
    if package.pk not in drawn_from(fill):
        other = other_product(fill, kept, scan, package, by=by)
        return replace(other, before=same_bottle(scans, other))
    right = Understood(kept, Outcome.RIGHT, doubts(scan), scan, package)
    before = same_bottle(scans, right)
    if before is not None:
        return replace(right, before=before)
    find = find_lot if scan.lot else next_lot
    try:
        found = find(fill, package, scan, seen=lots_of(scans), by=by)
    except Refused as refusal:
        return replace(right, outcome=Outcome.REFUSED, says=str(refusal), refusal=refusal)
    return replace(right, found=found)


def other_product(
    fill: Fill, raw: str, scan: Scan, package: Package, *, by: Worker
) -> Understood:
    """Another package: the same drug of another maker or size, or the wrong one."""
    name = f"{product_facts(package.product).says} ({package.ndc})"
    if is_compound(fill.package):
        says = f"Wrong product: {name} is no ingredient of {fill.package.product.name}."
        return Understood(raw, Outcome.WRONG, says, scan, package)
    problems = offer_of(fill, package, on=by.today).problems
    if problems:
        reasons = " ".join(problem.says for problem in problems)
        return Understood(
            raw, Outcome.WRONG, f"Wrong product: {name}. {reasons}", scan, package
        )
    says = f"Equivalent, but not the one that was billed: {name}."
    return Understood(raw, Outcome.EQUIVALENT, says, scan, package)


def doubts(scan: Scan) -> str:
    """What could not be read of an otherwise good code."""
    return "; ".join(str(fault) for fault in scan.problems)


def same_bottle(scans: list[BottleScan], understood: Understood) -> BottleScan | None:
    """The scan of this turn that this one repeats."""
    same = [scan for scan in scans if scan.key == understood.key]
    if understood.outcome in SLIPS:
        return next((scan for scan in same if scan.open_slip), None)
    return next((scan for scan in same if scan.outcome == Outcome.RIGHT), None)


def write(fill: Fill, understood: Understood, *, by: Worker) -> BottleScan:
    """The row and its line in the journal."""
    scan, found = understood.scan, understood.found
    row = BottleScan(
        pharmacy_id=by.pharmacy_id,
        fill=fill,
        turn=turn_of(fill),
        raw=understood.raw,
        symbology=scan.symbology if scan else "",
        package=understood.package,
        lot=found.lot if found else None,
        lot_number=found.lot.number if found else (scan.lot if scan else ""),
        lot_read=bool(scan and scan.lot),
        expires_on=found.lot.expires_on if found else (scan.expires_on if scan else None),
        serial=scan.serial if scan else "",
        key=understood.key,
        outcome=understood.outcome,
        says=understood.says,
        at=by.at,
        by_id=by.somebody,
        station=by.station,
    )
    said = {
        "ndc": understood.package.ndc if understood.package else "",
        "lot": row.lot_number,
        "wanted": fill.package.ndc,
        "says": understood.says,
    }
    writes = Writes()
    writes.insert(row)
    writes.record(by=by, did=DEEDS[understood.outcome], about=fill, details=said)
    writes.run()
    return row


def lock_scan(fill: Fill, scan_id: int) -> BottleScan:
    """A scan of this turn of the fill."""
    scans = BottleScan.objects.select_related("package__product", "lot")
    scan = scans.filter(
        pharmacy_id=fill.pharmacy_id, fill=fill, turn=turn_of(fill), pk=scan_id
    ).first()
    if scan is None:
        raise refuse("No such scan of this fill.", code="no-scan")
    return scan


@transaction.atomic
def set_aside_wrong(*, by: Worker, fill_id: int, scan_id: int, because: str) -> BottleScan:
    """Put the wrong bottle away and say why it was in hand; it stays on record as caught."""
    if not because.strip():
        raise refuse("Say why this bottle was in hand.", field="because", code="no-reason")
    fill = fill_in_hand(by=by, fill_id=fill_id)
    scan = lock_scan(fill, scan_id)
    if not scan.open_slip:
        raise refuse("There is nothing to set aside.", code="not-open")
    scan.aside_because, scan.aside_at = because.strip(), by.at
    scan.aside_by_id = by.somebody
    scan.save(update_fields=["aside_because", "aside_at", "aside_by"])
    said = {"scan": scan.pk, "because": scan.aside_because}
    record(by=by, did=Deed.WRONG_SET_ASIDE, about=fill, details=said)
    return scan


@transaction.atomic
def confirm_bottles(*, by: Worker, fill_id: int, scan_id: int, bottles: int) -> BottleScan:
    """Say that there are several bottles of one code, which no scan can tell apart."""
    fill = fill_in_hand(by=by, fill_id=fill_id)
    scan = lock_scan(fill, scan_id)
    if scan.outcome != Outcome.RIGHT:
        raise refuse("Only bottles of the right product are counted.", code="not-right")
    if scan.serial:
        says = "Each of these bottles has a number of its own: scan each."
        raise refuse(says, code="has-serial")
    if not 0 < bottles <= MOST_BOTTLES:
        says = f"Bottles are 1 to {MOST_BOTTLES}, not {bottles}."
        raise refuse(says, code="bottles", field="bottles")
    scan.bottles = bottles
    scan.save(update_fields=["bottles"])
    said = {"scan": scan.pk, "bottles": bottles}
    record(by=by, did=Deed.BOTTLE_SCANNED, about=fill, details=said)
    return scan
