"""At the match: what stands anywhere is listed and held at once, and no bag of it is sold.

The lots are quarantined in one transaction that holds their packages in the ledger's order and
no fill; from then on the ledger lets none of them go to a patient, whoever stands at the
register. Fills are taken back afterwards, each in an act of its own that holds the fill first,
as a sale does: nobody waits in a circle, and what a crash leaves undone the next round does.
"""

import logging
from collections.abc import Iterable
from decimal import Decimal

from django.db import connection, transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.journal.writes import Writes
from apothecary.law.problem import Refused, refuse
from apothecary.prescriptions.compound_tables import is_compound
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance, lock_fill
from apothecary.returns.recalls.finding import KEY, Stands, where_it_stands, who_got_it
from apothecary.returns.recalls.models import Recall, RecallCall, RecallHit, RecallItem
from apothecary.returns.recalls.states import Depth, Look, RecallState, next_state
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.actions import take_out_of_use
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.ledger import hold_packages
from apothecary.stock.models import Lot, LotState

log = logging.getLogger("apothecary.returns")
# Fills whose units are of a recalled lot and which have not left the house: those in a bag, and
# those whose promise was given back when the lot was quarantined and that have no other.
TO_TAKE_BACK = f"""
WITH lots AS (
    SELECT DISTINCT l.id, l.number FROM stock_recalledlot r
    JOIN stock_lot l ON l.pharmacy_id = r.pharmacy_id AND l.package_id = r.package_id
    WHERE r.pharmacy_id = %(pharmacy)s AND r.recall = %(recall)s AND r.lifted_at IS NULL
      AND r.lot_key IN ('', {KEY.format(column="l.number")})
)
SELECT f.id, min(lots.number) FROM lots
JOIN stock_reservation r ON r.pharmacy_id = %(pharmacy)s AND r.lot_id = lots.id
JOIN prescriptions_fill f ON f.id = r.fill_id AND f.pharmacy_id = %(pharmacy)s
WHERE f.state = ANY(%(working)s) AND r.state = 'voided'
  AND NOT EXISTS (SELECT 1 FROM stock_reservation o WHERE o.pharmacy_id = %(pharmacy)s
                  AND o.fill_id = f.id AND o.state = 'pending')
GROUP BY f.id
UNION
SELECT f.id, min(lots.number) FROM lots
JOIN stock_move m ON m.pharmacy_id = %(pharmacy)s AND m.lot_id = lots.id
JOIN prescriptions_fill f ON f.id = m.fill_id AND f.pharmacy_id = %(pharmacy)s
WHERE %(bags)s AND f.state = 'ready' AND m.reason = 'filled'
  AND NOT EXISTS (SELECT 1 FROM stock_move x WHERE x.reverses_id = m.id)
GROUP BY f.id
ORDER BY 1
"""  # noqa: S608 a constant of ours
WORKING = [FillState.WAITING.value, FillState.FILLING.value, FillState.CHECK.value]
Known = dict[tuple[int, int, int | None], list[RecallHit]]
OUT_OF_BIN = "UPDATE prescriptions_fill SET bin = '' WHERE id = %s AND pharmacy_id = %s"


def lock_recall(*, by: Worker, recall_id: int) -> Recall:
    """The recall of this pharmacy, held until the act is done (1 query)."""
    rows = Recall.objects.select_for_update(no_key=True)
    recall = rows.filter(pharmacy_id=by.pharmacy_id, pk=recall_id).first()
    if recall is None:
        raise refuse("No such recall here.", code="no-recall", field="recall_id")
    return recall


def match(*, by: Worker, recall_id: int) -> int:
    """Hold and list what stands here of a recall, take fills back, list its patients; how much
    was new. Done again it finds what has come since.
    """
    by.must(Duty.WORK_RECALLS)
    new = hold_and_list(by=by, recall_id=recall_id)
    new += take_fills_back(by=by, recall_id=recall_id)
    return new + list_patients(by=by, recall_id=recall_id)


@transaction.atomic
def hold_and_list(*, by: Worker, recall_id: int) -> int:
    """Quarantine every lot and list every place it stands at, in one act; how many places."""
    recall = lock_recall(by=by, recall_id=recall_id)
    items = RecallItem.objects.filter(pharmacy_id=by.pharmacy_id, recall=recall)
    packages = sorted(items.values_list("package_id", flat=True))
    hold_packages(by=by, package_ids=packages)
    standing = where_it_stands(pharmacy_id=by.pharmacy_id, recall=recall.number)
    new = new_hits(recall, standing, by=by)
    RecallHit.objects.bulk_create(new)
    quarantine(recall, by=by)
    if new and recall.state == RecallState.CLOSED:
        recall.state = next_state(RecallState.CLOSED, state_of(recall)).value
        recall.closed_at = recall.closed_by = None
        recall.save(update_fields=["state", "closed_at", "closed_by"])
    if new:
        told = {"places": len(new), "units": sum((hit.expected for hit in new), Decimal(0))}
        record(by=by, did=Deed.RECALL_MATCHED, about=recall, details=told)
    return len(new)


def state_of(recall: Recall) -> RecallState:
    """Where a recall that is worked stands, by whether its text is read for certain."""
    return RecallState.DOUBTFUL if recall.doubt else RecallState.OPEN


def quarantine(recall: Recall, *, by: Worker) -> None:
    """Take its lots out of use; one that stands in quarantine already keeps its reason."""
    lots = Lot.objects.raw(
        f"""
        SELECT DISTINCT l.* FROM stock_recalledlot r
        JOIN stock_lot l ON l.pharmacy_id = r.pharmacy_id AND l.package_id = r.package_id
        WHERE r.pharmacy_id = %s AND r.recall = %s AND r.lifted_at IS NULL AND l.state = %s
          AND r.lot_key IN ('', {KEY.format(column="l.number")})
        ORDER BY l.id
        """,  # noqa: S608 a constant of ours
        [by.pharmacy_id, recall.number, LotState.AVAILABLE.value],
    )
    for lot in lots:
        take_out_of_use(lot, by=by, because=because_of(recall))


def because_of(recall: Recall) -> str:
    """Why its lots are held, as it stands with the lot and is read at the door."""
    words = f"{recall.kind} {recall.number} of {recall.firm.rstrip('.')}: {recall.reason[:200]}"
    return f"{words} ({recall.doubt})" if recall.doubt else words


def new_hits(recall: Recall, standing: Iterable[Stands], *, by: Worker) -> list[RecallHit]:
    """The lines of the work list that are not on it yet (1 query).

    A place that was looked at comes back only with what has come since; one that nobody has
    looked at yet stays one line.
    """
    standing = list(standing)
    known, carried = known_hits(recall, by=by)
    back = units_back(known, {(one.lot_id, one.place_id, one.fill_id) for one in standing})
    new = []
    for one in standing:
        before = known.get((one.lot_id, one.place_id, one.fill_id), [])
        units = one.units - sum((hit.uncounted for hit in before), Decimal(0))
        if one.kind == PlaceKind.QUARANTINE:
            units -= carried.get(one.lot_id, Decimal(0))
        if one.fill_id is None:
            units -= back.get((one.lot_id, one.place_id), Decimal(0))
        waits = [hit for hit in before if hit.look == Look.TO_LOOK]
        if waits or units <= 0 or (before and one.fill_id is not None):
            continue
        new.append(
            RecallHit(
                pharmacy_id=by.pharmacy_id,
                recall=recall,
                lot_id=one.lot_id,
                place_id=one.place_id,
                fill_id=one.fill_id,
                round=len(before) + 1,
                bin=one.bin,
                expected=units,
                listed_at=by.at,
            )
        )
    return new


def known_hits(recall: Recall, *, by: Worker) -> tuple[Known, dict[int, Decimal]]:
    """The lines on the list, and how much of each lot was carried to quarantine (1 query)."""
    known: Known = {}
    carried: dict[int, Decimal] = {}
    rows = RecallHit.objects.filter(pharmacy_id=by.pharmacy_id, recall=recall)
    for hit in rows.select_related("fill__package"):
        known.setdefault((hit.lot_id, hit.place_id, hit.fill_id), []).append(hit)
        if hit.look == Look.FOUND and hit.found is not None:
            carried[hit.lot_id] = carried.get(hit.lot_id, Decimal(0)) + hit.found
    return known, carried


def units_back(
    known: Known, there: set[tuple[int, int, int | None]]
) -> dict[tuple[int, int], Decimal]:
    """Units of vials that were taken back: the books have them at the place again, and their
    own line waits for them. A mixture's went to waste.
    """
    back: dict[tuple[int, int], Decimal] = {}
    for key, hits in known.items():
        for hit in hits:
            if hit.fill is None or key in there or is_compound(hit.fill.package):
                continue
            units = hit.expected if hit.look == Look.TO_LOOK else hit.uncounted
            at = (hit.lot_id, hit.place_id)
            back[at] = back.get(at, Decimal(0)) + units
    return back


def fills_to_take_back(recall: Recall) -> list[tuple[int, str]]:
    """Fills with units of its lots that have not left the house, and one lot of each (1 query).

    While it is doubtful which lots are meant, bags stay where they are: the ledger lets none of
    them go, and tomorrow they may be good.
    """
    asked: dict[str, int | str | bool | list[str]] = {
        "pharmacy": recall.pharmacy_id,
        "recall": recall.number,
        "working": WORKING,
        "bags": recall.state != RecallState.DOUBTFUL,
    }
    with connection.cursor() as cursor:
        cursor.execute(TO_TAKE_BACK, asked)
        return list(dict(cursor.fetchall()).items())


def take_fills_back(*, by: Worker, recall_id: int) -> int:
    """Take every fill of its lots back that is not sold; how many."""
    recall = Recall.objects.get(pharmacy_id=by.pharmacy_id, pk=recall_id)
    done = 0
    for fill_id, lot in fills_to_take_back(recall):
        try:
            done += take_fill_back(recall, fill_id, lot, by=by)
        except Refused as refusal:
            # Its shelf was closed, say. It cannot be sold; the recall cannot be closed either.
            log.warning("fill %s of recall %s: %s", fill_id, recall.number, refusal)
    return done


@transaction.atomic
def take_fill_back(recall: Recall, fill_id: int, lot: str, *, by: Worker) -> bool:
    """One fill, unless it was sold or ended while we waited for it. Raises Refused."""
    fill = lock_fill(by=by, fill_id=fill_id)
    if fill.state not in {*WORKING, FillState.READY.value}:
        return False
    because = f"lot {lot} is held for {recall.kind} {recall.number}: fill it from another lot"
    told = {"recall": recall.number, "lot": lot, "bin": fill.bin}
    if fill.bin:
        # An act of its own: one statement changes a row once.
        out = Writes()
        out.change(OUT_OF_BIN, [fill.pk, by.pharmacy_id])
        out.run()
    did, to = Deed.FILL_CALLED_BACK, FillState.SHORT
    advance(fill, to, by=by, did=did, because=because, details=told)
    return True


@transaction.atomic
def list_patients(*, by: Worker, recall_id: int) -> int:
    """Put everybody who is to be told on the call list; how many were new."""
    recall = lock_recall(by=by, recall_id=recall_id)
    if recall.state != RecallState.OPEN or recall.depth != Depth.CONSUMER:
        return 0
    got = who_got_it(
        pharmacy_id=by.pharmacy_id, recall=recall.number, since=recall.patients_since
    )
    listed = RecallCall.objects.filter(pharmacy_id=by.pharmacy_id, recall=recall)
    there = set(listed.values_list("patient_id", flat=True))
    new = sorted({one.patient_id for one in got} - there)
    RecallCall.objects.bulk_create(
        RecallCall(
            pharmacy_id=by.pharmacy_id, recall=recall, patient_id=patient_id, listed_at=by.at
        )
        for patient_id in new
    )
    if new:
        record(by=by, did=Deed.RECALL_MATCHED, about=recall, details={"patients": len(new)})
    return len(new)
