"""From a scanned bottle to the lot of the books that its units come from."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from apothecary.drugs.models import Package
from apothecary.filling.actions.hold import fill_in_hand
from apothecary.filling.models import BottleScan, Outcome
from apothecary.filling.queries import good_until, reservations, scans_of
from apothecary.filling.rules import LotFacts, lot_problems
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.writer import programme_of, reserve, shortage
from apothecary.staff.worker import Worker
from apothecary.stock.kinds import Programme
from apothecary.stock.models import Lot, LotState, Reservation
from apothecary.wires.gs1 import Scan


@dataclass(frozen=True, slots=True)
class Found:
    """The lot a bottle is of; ``drawn`` when the fill's units were promised from it anew."""

    lot: Lot
    drawn: bool = False


def find_lot(fill: Fill, package: Package, scan: Scan, *, seen: Set[int], by: Worker) -> Found:
    """The lot that the symbol names, with the fill's units promised from it, or a refusal.

    ``package`` is the fill's, or that of an ingredient of its compound; ``seen`` are the lots
    of which a right bottle has been scanned in this turn.
    """
    refuse_if(read_problems(scan.lot, scan.expires_on, fill, by=by))
    lots = list(
        Lot.objects.filter(
            pharmacy_id=by.pharmacy_id, package_id=package.pk, number__iexact=scan.lot
        )
    )
    if not lots:
        says = f"Lot {scan.lot} of {package.ndc} is not in the books: receive it first."
        raise refuse(says, code="lot-unknown")
    match = [lot for lot in lots if scan.expires_on in {None, lot.expires_on}]
    if not match:
        books = " and ".join(f"{lot.expires_on:%m/%d/%Y}" for lot in lots)
        says = (
            f"Lot {scan.lot}: the bottle says it expires on {scan.expires_on:%m/%d/%Y}, the "
            f"books say {books}. Have the receipt corrected first."
        )
        raise refuse(says, code="lot-expiry-differs")
    return draw_on(fill, match, seen=seen, by=by)


def lots_of(scans: Iterable[BottleScan]) -> set[int]:
    """The lots of the right bottles among these scans."""
    return {one.lot_id for one in scans if one.outcome == Outcome.RIGHT and one.lot_id}


def read_problems(
    number: str, expires_on: date | None, fill: Fill, *, by: Worker
) -> list[Problem]:
    """What the symbol alone already forbids, whatever the books say."""
    if expires_on is None:
        return []
    facts = LotFacts(number or "of this bottle", expires_on)
    return lot_problems(facts, on=by.today, good_until=good_until(fill, today=by.today))


def next_lot(fill: Fill, package: Package, scan: Scan, *, seen: Set[int], by: Worker) -> Found:
    """The lot for a code that carries none: the next of the pick list not yet scanned."""
    refuse_if(read_problems("", scan.expires_on, fill, by=by))
    held = held_or_reserved(fill, package.pk, by=by)
    unseen = [each.lot for each in held if each.lot_id not in seen]
    return Found(unseen[0] if unseen else held[0].lot)


def held_or_reserved(fill: Fill, package_id: int, *, by: Worker) -> list[Reservation]:
    """What is promised to the fill of a package; when a quarantine took it, it is anew."""
    held = held_of(fill, package_id)
    if held:
        return held
    if not reserve(fill, by=by):
        says = f"The stock for this fill is gone ({shortage(fill, by=by)}): mark it short."
        raise refuse(says, code="not-reserved")
    return held_of(fill, package_id)


def held_of(fill: Fill, package_id: int) -> list[Reservation]:
    """What is promised to the fill of one package: of a compound, of one ingredient."""
    return [each for each in reservations(fill) if each.lot.package_id == package_id]


def draw_on(fill: Fill, lots: list[Lot], *, seen: Set[int], by: Worker) -> Found:
    """Take the fill's units from one of these lots, as the bottle in hand says.

    The ledger can put one lot first. Once another lot's bottle has been scanned, a lot beyond
    the pick list would leave the books saying less of it than was poured: it is refused.
    """
    held = held_or_reserved(fill, lots[0].package_id, by=by)
    on_list = {each.lot_id for each in held}
    listed = [lot for lot in lots if lot.pk in on_list]
    lot = (listed or lots)[0]
    # What was promised days ago may have expired since; it was good for the supply then.
    until = by.today if listed else good_until(fill, today=by.today)
    refuse_if(lot_problems(lot_facts(lot), on=by.today, good_until=until))
    if listed:
        return Found(lot)
    if seen & on_list:
        names = " and ".join(sorted({each.lot.number for each in held}))
        says = (
            f"Lot {lot.number} is not on the pick list ({names}) and a bottle of it has been "
            "scanned: take the listed lots, or put the fill back and start with this one."
        )
        raise refuse(says, code="lot-not-listed")
    promise_from(lot, fill, by=by)
    return Found(lot, drawn=True)


@transaction.atomic
def promise_from(lot: Lot, fill: Fill, *, by: Worker) -> None:
    """Promise the fill its units anew, this lot first; refused, the old promise stands."""
    if not reserve(fill, by=by, first_lot=lot.pk):
        says = f"There is not enough on hand any more ({shortage(fill, by=by)})."
        raise refuse(says, code="not-reserved")
    if lot.pk not in {each.lot_id for each in reservations(fill)}:
        raise refuse(nothing_left(lot, fill), code="lot-empty")


def nothing_left(lot: Lot, fill: Fill) -> str:
    """Why nothing of a lot can be promised to the fill, and whose of it there may be."""
    says = f"By the books nothing of lot {lot.number} is left that is not promised to another "
    if programme_of(fill) is Programme.OWN:
        return f"{says}fill: have it counted."
    return f"{says}fill in 340B stock, and this fill is billed as bought under 340B."


def lot_facts(lot: Lot) -> LotFacts:
    """A lot of the books as the rules look at it."""
    why = "" if lot.state == LotState.AVAILABLE else lot.because or "no reason given"
    return LotFacts(lot.number, lot.expires_on, why)


@transaction.atomic
def take_lot(*, by: Worker, fill_id: int, scan_id: int, number: str) -> BottleScan:
    """Name the lot on a bottle whose code carries none, where it is not the one expected."""
    fill = fill_in_hand(by=by, fill_id=fill_id)
    scans = scans_of(fill)
    scan = next((one for one in scans if one.pk == scan_id), None)
    package = scan.package if scan else None
    if package is None or scan is None or scan.outcome != Outcome.RIGHT or scan.lot_read:
        raise refuse(
            "Only a bottle whose code carries no lot can be given one.", code="lot-set"
        )
    lots = list(
        Lot.objects.filter(
            pharmacy_id=by.pharmacy_id,
            package=package,
            number__iexact=number.strip(),
        )
    )
    if not lots:
        says = f"Lot {number.strip()} of {package.ndc} is not in the books: receive it."
        raise refuse(says, code="lot-unknown", field="lot")
    # This bottle's own lot is what is being named: it must not stand in its own way.
    seen = lots_of(one for one in scans if one.pk != scan.pk)
    found = draw_on(fill, lots, seen=seen, by=by)
    scan.lot, scan.lot_number = found.lot, found.lot.number
    scan.expires_on = found.lot.expires_on
    scan.save(update_fields=["lot", "lot_number", "expires_on"])
    said = {"scan": scan.pk, "lot": scan.lot_number, "typed": True}
    record(by=by, did=Deed.BOTTLE_SCANNED, about=fill, details=said)
    return scan
