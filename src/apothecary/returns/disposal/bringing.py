"""What patients bring back: refused by the name of the law, or kept where it is never stock."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection, transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.law.waste import patient_return_problems, reuse_of_returned
from apothecary.returns.disposal.collecting import is_collector, receptacle_problems
from apothecary.returns.disposal.models import PatientReturn
from apothecary.returns.disposal.rules import brought_problems
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.ledger import Line, hold_lot, post
from apothecary.stock.models import Lot, Place
from apothecary.stock.places.queries import the_place
from apothecary.vault.monitoring.mending import doubt_told

# Of a lot, what went out to the patient with a fill and has not come back.
STILL_OUT = """
SELECT coalesce(sum(CASE WHEN t.kind = 'patient' THEN m.quantity ELSE -m.quantity END), 0)
FROM stock_move m
JOIN stock_place f ON f.id = m.from_place_id
JOIN stock_place t ON t.id = m.to_place_id
WHERE m.pharmacy_id = %(pharmacy)s AND m.fill_id = %(fill)s AND m.lot_id = %(lot)s
  AND (t.kind = 'patient') <> (f.kind = 'patient')
"""
# What went out with a prescription's fills and is still out, by lot.
WENT_OUT = """
SELECT f.id, f.number, l.id, l.number, l.expires_on, r.name, r.strength,
       coalesce(nullif(k.unit_word, ''), k.unit),
       sum(CASE WHEN t.kind = 'patient' THEN m.quantity ELSE -m.quantity END)
FROM prescriptions_prescription p
JOIN prescriptions_fill f ON f.prescription_id = p.id AND f.pharmacy_id = p.pharmacy_id
JOIN stock_move m ON m.pharmacy_id = f.pharmacy_id AND m.fill_id = f.id
JOIN stock_place a ON a.id = m.from_place_id
JOIN stock_place t ON t.id = m.to_place_id
JOIN stock_lot l ON l.id = m.lot_id
JOIN drugs_package k ON k.id = l.package_id
JOIN drugs_product r ON r.id = k.product_id
WHERE p.pharmacy_id = %(pharmacy)s AND p.number = %(rx)s
  AND (t.kind = 'patient') <> (a.kind = 'patient')
GROUP BY f.id, f.number, l.id, l.number, l.expires_on, r.name, r.strength, k.id
HAVING sum(CASE WHEN t.kind = 'patient' THEN m.quantity ELSE -m.quantity END) > 0
ORDER BY f.number DESC, l.number LIMIT 50
"""
RX_DIGITS = 15
ERROR = "error"
PURPOSES = (ERROR, "recall", "take-back", "dispense again")


@dataclass(frozen=True, slots=True)
class Out:
    """Units of a lot that a patient has of a fill."""

    fill_id: int
    fill: int
    lot_id: int
    lot: str
    expires_on: date
    name: str
    strength: str
    unit: str
    units: Decimal


def went_out(*, by: Worker, rx: str) -> list[Out]:
    """What a patient still has of a prescription, newest fill first (1 query at most)."""
    by.must(Duty.MANAGE_STOCK)
    if not (rx.isascii() and rx.isdigit() and len(rx) <= RX_DIGITS):
        return []
    with connection.cursor() as cursor:
        cursor.execute(WENT_OUT, {"pharmacy": by.pharmacy_id, "rx": int(rx)})
        return [Out(*row) for row in cursor.fetchall()]


@transaction.atomic
def take_back(
    *,
    by: Worker,
    fill_id: int,
    lot_id: int,
    quantity: Decimal,
    purpose: str,
    because: str,
    key: str,
) -> PatientReturn:
    """Take back what a patient was given by our error or under a recall.

    It is kept apart and leaves as a return or as waste: never to a shelf. For anything else
    the pharmacy must be a registered collector (``collecting``). Same key, one act.
    """
    by.must(Duty.MANAGE_STOCK)
    hold_lot(by=by, lot_id=lot_id)
    before = PatientReturn.objects.filter(pharmacy_id=by.pharmacy_id, key=key).first()
    if before is not None:
        return before
    lots = Lot.objects.select_related("package__product")
    lot = lots.filter(pharmacy_id=by.pharmacy_id, pk=lot_id).first()
    if lot is None:
        raise refuse("No such lot here.", code="no-lot", field="lot_id")
    refuse_if(problems_of(lot, fill_id, quantity, purpose, because, by=by))
    row = PatientReturn.objects.create(
        pharmacy_id=by.pharmacy_id,
        fill_id=fill_id,
        lot=lot,
        quantity=quantity,
        purpose=purpose,
        because=because.strip(),
        key=key,
        taken_at=by.at,
        taken_by=by.person_id,
    )
    patient = the_place(by.pharmacy_id, PlaceKind.PATIENT)
    says = f"brought back, {purpose}: {because.strip()}"
    kept = kept_apart(by.pharmacy_id)
    line = Line(patient.pk, kept.pk, lot_id, quantity, says, fill=fill_id)
    post(by=by, key=f"brought-{row.pk}", lines=[line])
    details = {"fill": fill_id, "lot": lot.number, "quantity": quantity, "purpose": purpose}
    record(by=by, did=Deed.PATIENT_RETURN_TAKEN, about=row, details=details)
    if purpose == ERROR and lot.package.product.schedule:
        # Whether it was dispensed at all, and how much of it, a pharmacist tells the state.
        doubt = f"{quantity.normalize():f} came back, an error: {row.because}"
        doubt_told(by=by, fill_id=fill_id, doubt=doubt)
    return row


def problems_of(
    lot: Lot, fill_id: int, quantity: Decimal, purpose: str, because: str, *, by: Worker
) -> list[Problem]:
    """Why it may not be taken back: by law, and by what went out (3 queries)."""
    product = lot.package.product
    state = Pharmacy.objects.get(pk=by.pharmacy_id).state
    collector, controlled = is_collector(pharmacy_id=by.pharmacy_id), product.schedule > 0
    lawful = patient_return_problems(
        reuse=reuse_of_returned(state, on=by.today),
        purpose=purpose,
        controlled=controlled,
        collector=collector,
        on=by.today,
    )
    lawful += receptacle_problems(purpose=purpose, controlled=controlled, collector=collector)
    given = still_out(by.pharmacy_id, fill_id=fill_id, lot_id=lot.pk)
    return lawful + brought_problems(
        quantity=quantity, given=given, because=because, drug=str(product)
    )


def still_out(pharmacy_id: int, *, fill_id: int, lot_id: int) -> Decimal:
    """How much of a lot a patient still has of a fill (1 query)."""
    asked = {"pharmacy": pharmacy_id, "fill": fill_id, "lot": lot_id}
    with connection.cursor() as cursor:
        cursor.execute(STILL_OUT, asked)
        return Decimal(cursor.fetchone()[0])


def kept_apart(pharmacy_id: int) -> Place:
    """Where it waits; a pharmacy older than that kind of place gets it now."""
    place, _ = Place.objects.get_or_create(
        pharmacy_id=pharmacy_id,
        kind=PlaceKind.RETURNED,
        defaults={"name": str(PlaceKind.RETURNED.label).capitalize()},
    )
    return place
