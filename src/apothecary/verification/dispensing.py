"""A pharmacist who works alone: retrieve, count, label and check in one act.

Small clinics have nobody else behind the counter. The evidence is the same as on the long way:
the scans, the counts, the label and the check stand in their tables, for the same turn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from apothecary.drugs.barcode import package_of
from apothecary.filling.actions.hold import must_fill, unreadable
from apothecary.filling.actions.label import content_from
from apothecary.filling.label import fingerprint, written
from apothecary.filling.models import BottleScan, Count, CountMethod, LabelPrint, Outcome
from apothecary.filling.picks import bottles_of, lots_said
from apothecary.filling.queries import reservations
from apothecary.filling.rules import BottleFacts, FillingFacts, count_problems, label_problems
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.journal.writes import Writes
from apothecary.law.problem import Problem, Refused, refuse, refuse_if
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import (
    advance_through,
    drawn_from,
    lock_fill,
    must_be_in,
)
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.models import Lot, Reservation
from apothecary.verification.actions import approval_problems, approved, review_with_check
from apothecary.wires.errors import Malformed
from apothecary.wires.gs1 import Scan, read_scan

PATH = (FillState.FILLING, FillState.CHECK, FillState.READY)


@dataclass(frozen=True, slots=True)
class Bottle:
    """A scanned bottle of the right product, and the promised lot it is of."""

    raw: str
    scan: Scan
    lot: Lot
    package_id: int


def dispense(
    *, by: Worker, fill_id: int, codes: Sequence[str], counts: Sequence[Decimal]
) -> Fill:
    """Fill and approve a waiting fill alone; a wrong bottle is kept as a caught slip."""
    try:
        return dispense_alone(by=by, fill_id=fill_id, codes=codes, counts=counts)
    except WrongBottle as wrong:
        # In a transaction of its own: the act is refused, the slip is not forgotten.
        with transaction.atomic():
            record(
                by=by,
                did=Deed.WRONG_PRODUCT_CAUGHT,
                about=("fill", fill_id),
                details=wrong.said,
            )
        raise


class WrongBottle(Refused):
    """Another product than the fill's: full stop."""

    def __init__(self, problem: Problem, said: dict[str, object]) -> None:
        super().__init__([problem])
        self.said = said


@transaction.atomic
def dispense_alone(
    *, by: Worker, fill_id: int, codes: Sequence[str], counts: Sequence[Decimal]
) -> Fill:
    """The act itself: everything proved first, then written, then moved."""
    by.must(Duty.VERIFY)
    fill = lock_fill(by=by, fill_id=fill_id)
    must_fill(fill, by=by)
    must_be_in(fill, FillState.WAITING)
    held = reservations(fill)
    bottles = [bottle_of(fill, code, held) for code in codes]
    facts = facts_of(fill, held, bottles, counts)
    refuse_if(
        [problem for count in counts for problem in count_problems(facts, count)]
        + label_problems(facts)
        + approval_problems(fill, by=by)
    )
    label = written(content_from(fill, [each.lot for each in held], by=by))
    writes = Writes()
    writes.insert(
        *scans_of(fill, bottles, by=by),
        *counts_of(fill, counts, by=by),
        print_of(fill, label, by=by),
        approved(fill, by=by, alone=True),
    )
    if not fill.data_reviewed:
        review_with_check(fill, by=by, writes=writes)
    said = {
        "alone": True,
        "lots": sorted({bottle.lot.number for bottle in bottles}),
        "counted": [f"{count.normalize():f}" for count in counts],
        "label": fingerprint(label),
    }
    return advance_through(
        fill, PATH, by=by, did=Deed.FILL_APPROVED, details=said, writes=writes
    )


def bottle_of(fill: Fill, code: str, held: list[Reservation]) -> Bottle:
    """The bottle behind a scanned code; its lot is one that is promised to the fill."""
    try:
        scan = read_scan(code)
    except Malformed as bad:
        raise unreadable(bad) from bad
    package = package_of(scan)
    if package.pk not in drawn_from(fill):
        says = f"Wrong product: {package.product} ({package.ndc}), not {fill.package.ndc}."
        problem = Problem(says, code="wrong-product", field="codes")
        raise WrongBottle(problem, {"ndc": package.ndc, "wanted": fill.package.ndc})
    held = [each for each in held if each.lot.package_id == package.pk]
    if not held:
        raise refuse("Nothing is reserved for this fill any more.", code="not-reserved")
    lots = [each.lot for each in held]
    named = [lot for lot in lots if not scan.lot or lot.number.lower() == scan.lot.lower()]
    if not named:
        wanted = " or ".join(lot.number for lot in lots)
        says = f"Lot {scan.lot} is not promised to this fill: take lot {wanted}."
        raise refuse(says, code="lot-not-listed", field="codes")
    return Bottle(raw=code, scan=scan, lot=named[0], package_id=package.pk)


def facts_of(
    fill: Fill, held: list[Reservation], bottles: list[Bottle], counts: Sequence[Decimal]
) -> FillingFacts:
    """The act as the rules of filling look at it."""
    made_of = fill.made_of
    return FillingFacts(
        quantity=fill.quantity,
        unit=fill.package.unit,
        package_quantity=fill.package.quantity,
        schedule=fill.package.product.schedule,
        reserved=lots_said(held, made_of),
        bottles_of_ingredients=sum(bottles_of(one) for one in made_of),
        bottles=tuple(
            BottleFacts(right=True, open_slip=False, lot_id=bottle.lot.pk, bottles=1, says="")
            for bottle in bottles
        ),
        counts=tuple(counts),
    )


def scans_of(fill: Fill, bottles: Sequence[Bottle], *, by: Worker) -> list[BottleScan]:
    """The scans of this turn, as the long way leaves them."""
    return [
        BottleScan(
            pharmacy_id=by.pharmacy_id,
            fill=fill,
            turn=fill.steps + 1,
            raw=bottle.raw,
            symbology=bottle.scan.symbology,
            package_id=bottle.package_id,
            lot=bottle.lot,
            lot_number=bottle.lot.number,
            lot_read=bool(bottle.scan.lot),
            expires_on=bottle.lot.expires_on,
            serial=bottle.scan.serial,
            key=f"{bottle.package_id}/{bottle.scan.lot}/{bottle.scan.serial}/{number}",
            outcome=Outcome.RIGHT,
            at=by.at,
            by_id=by.somebody,
            station=by.station,
        )
        for number, bottle in enumerate(bottles)
    ]


def counts_of(fill: Fill, counts: Sequence[Decimal], *, by: Worker) -> list[Count]:
    """The counts of this turn, in their order."""
    return [
        Count(
            pharmacy_id=by.pharmacy_id,
            fill=fill,
            turn=fill.steps + 1,
            pass_number=number,
            method=CountMethod.HAND,
            quantity=count,
            at=by.at,
            by_id=by.somebody,
            station=by.station,
        )
        for number, count in enumerate(counts, start=1)
    ]


def print_of(fill: Fill, label: str, *, by: Worker) -> LabelPrint:
    """The label of this turn with all it says."""
    return LabelPrint(
        pharmacy_id=by.pharmacy_id,
        fill=fill,
        turn=fill.steps + 1,
        content=label,
        content_hash=fingerprint(label),
        at=by.at,
        by_id=by.somebody,
        station=by.station,
    )
