"""What people do with stock: receive, move, quarantine, count, correct."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from apothecary.drugs.models import Package
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.journal.writes import Writes
from apothecary.law.problem import refuse, refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.counting.asserting import (
    Said,
    assert_units,
    details,
    hold_balance,
    is_controlled,
    post_difference,
)
from apothecary.stock.counting.models import Way
from apothecary.stock.counting.recounting import facts_of, have_recounted
from apothecary.stock.counting.rules import is_within
from apothecary.stock.kinds import KEPT_APART, Programme, Storage
from apothecary.stock.ledger import Line, hold_lot, post, run, void
from apothecary.stock.models import (
    Lot,
    LotState,
    Move,
    Place,
    PlaceKind,
    Posting,
    Reservation,
    ReservationState,
)
from apothecary.stock.places.queries import need_of, spot_of, the_place
from apothecary.stock.places.rules import fit_problems
from apothecary.stock.recalled.holding import recalled_because
from apothecary.stock.rules import (
    by_hand_problems,
    count_problems,
    reason_problems,
    receipt_problems,
)

__all__ = [
    "count_lot",
    "lock_lot",
    "may_carry",
    "move_stock",
    "open_places",
    "quarantine_lot",
    "receive_stock",
    "release_lot",
    "reverse_move",
    "the_place",
]
# Robots are bought, not found: each cell is opened by whoever sets one up.
OPENED_WITH = [kind for kind in PlaceKind if kind is not PlaceKind.ROBOT]


def open_places(*, pharmacy_id: int) -> None:
    """Give a new pharmacy the places every pharmacy has; a second time changes nothing."""
    for kind in OPENED_WITH:
        Place.objects.get_or_create(
            pharmacy_id=pharmacy_id, name=str(kind.label).capitalize(), defaults={"kind": kind}
        )
    Place.objects.get_or_create(
        pharmacy_id=pharmacy_id,
        name="Fridge",
        defaults={"kind": PlaceKind.SHELF, "storage": Storage.REFRIGERATOR},
    )


@transaction.atomic
def receive_stock(
    *,
    by: Worker,
    package: Package,
    lot_number: str,
    expires_on: date,
    quantity: Decimal,
    place: Place,
    key: str,
) -> Lot:
    """Take units of a lot from the supplier onto a shelf."""
    by.must(Duty.MANAGE_STOCK)
    refuse_if(
        [
            *receipt_problems(
                lot_number=lot_number, expires_on=expires_on, quantity=quantity, today=by.today
            ),
            *by_hand_problems(package.product.schedule, corrects=by.may(Duty.COUNT_CONTROLLED)),
        ]
    )
    refuse_recalled(package.pk, lot_number, by=by)
    lot, _ = Lot.objects.get_or_create(
        pharmacy_id=by.pharmacy_id,
        package=package,
        number=lot_number,
        expires_on=expires_on,
    )
    need = need_of(
        pharmacy_id=by.pharmacy_id,
        package_id=package.pk,
        programme=Programme(place.programme),
    )
    refuse_if(fit_problems(need, spot_of(place)))
    supplier = the_place(by.pharmacy_id, PlaceKind.SUPPLIER)
    line = Line(supplier.pk, place.pk, lot.pk, quantity, "received")
    if post(by=by, key=key, lines=[line]):
        details = {"quantity": quantity, "ndc": package.ndc, "lot": lot_number}
        record(by=by, did=Deed.STOCK_RECEIVED, about=lot, details=details)
    return lot


def lock_lot(*, by: Worker, lot_id: int) -> Lot:
    """The lot, held with its package: nothing is promised of it until the act is done."""
    hold_lot(by=by, lot_id=lot_id)
    found = Lot.objects.select_for_update(no_key=True)
    lot = found.filter(pharmacy_id=by.pharmacy_id, pk=lot_id).first()
    if lot is None:
        raise refuse("No such lot here.", code="no-lot", field="lot_id")
    return lot


@transaction.atomic
def quarantine_lot(*, by: Worker, lot_id: int, because: str) -> Lot:
    """Take a lot out of use: what was promised of it is given back, nothing more is drawn."""
    by.must(Duty.MANAGE_STOCK)
    lot = lock_lot(by=by, lot_id=lot_id)
    refuse_if(reason_problems(because, "the lot is quarantined"))
    if lot.state == LotState.QUARANTINED:
        # The reason it stands under stays: a recall is not overwritten by a second click.
        raise refuse(f"The lot is quarantined already: {lot.because}.", code="lot-quarantined")
    return take_out_of_use(lot, by=by, because=because)


def take_out_of_use(lot: Lot, *, by: Worker, because: str) -> Lot:
    """Quarantine a lot that is held by `lock_lot`; the duty is the caller's."""
    lot.state, lot.because = LotState.QUARANTINED, because
    lot.save(update_fields=["state", "because"])
    promised = Reservation.objects.filter(
        pharmacy_id=by.pharmacy_id, lot=lot, state=ReservationState.PENDING
    )
    for fill_id in sorted(set(promised.values_list("fill_id", flat=True))):
        writes = Writes()
        void(by=by, fill_id=fill_id, writes=writes)
        run(writes)
    record(by=by, did=Deed.LOT_QUARANTINED, about=lot, details={"because": because})
    return lot


@transaction.atomic
def release_lot(*, by: Worker, lot_id: int, because: str) -> Lot:
    """Put a quarantined lot back into use."""
    by.must(Duty.VERIFY)
    lot = lock_lot(by=by, lot_id=lot_id)
    refuse_if(reason_problems(because, "the lot may be used again"))
    if lot.state != LotState.QUARANTINED:
        raise refuse("The lot is not quarantined: it is in use.", code="lot-in-use")
    refuse_recalled(lot.package_id, lot.number, by=by)
    lot.state, lot.because = LotState.AVAILABLE, because
    lot.save(update_fields=["state", "because"])
    record(by=by, did=Deed.LOT_RELEASED, about=lot, details={"because": because})
    return lot


def refuse_recalled(package_id: int, number: str, *, by: Worker) -> None:
    """Stop what would bring a lot under recall into use (1 query)."""
    because = recalled_because(pharmacy_id=by.pharmacy_id, package_id=package_id, lot=number)
    if because:
        raise refuse(because, code="recalled", field="lot_number")


@transaction.atomic
def count_lot(
    *, by: Worker, lot_id: int, place_id: int, counted: Decimal, because: str, key: str
) -> Decimal:
    """Assert how much of a lot is there; a difference is posted against over/short, signed.

    Returns what was posted. Above tolerance nothing is: the count is kept on a sheet of one
    line, and a second person counts before anybody signs, as with every other count.
    """
    by.must(Duty.MANAGE_STOCK)
    balance = hold_balance(by=by, lot_id=lot_id, place_id=place_id)
    if is_controlled(balance):
        by.must(Duty.COUNT_CONTROLLED)
    difference = counted - balance.on_hand
    refuse_if(count_problems(counted=counted, difference=difference, because=because))
    said = Said(counted, Way.LOT)
    # The same form sent again says nothing new.
    sent_before = Posting.objects.filter(pharmacy_id=by.pharmacy_id, key=key).exists()
    if not (sent_before or is_within(facts_of(balance, counted, by=by))):
        have_recounted(balance, said, by=by, because=because)
        return Decimal(0)
    if not sent_before:
        assert_units(by=by, balance=balance, said=said)
    if difference:
        post_difference(by=by, balance=balance, difference=difference, because=because, key=key)
    told = details(balance, said, difference)
    record(by=by, did=Deed.STOCK_COUNTED, about=balance.lot, details=told)
    return difference


@transaction.atomic
def move_stock(
    *,
    by: Worker,
    lot_id: int,
    from_place: int,
    to_place: int,
    quantity: Decimal,
    because: str,
    key: str,
) -> None:
    """Carry units of a lot from one place of the pharmacy to another."""
    by.must(Duty.MANAGE_STOCK)
    refuse_if(reason_problems(because, "it is carried"))
    may_carry(by=by, lot_id=lot_id, from_place=from_place, to_place=to_place)
    if post(by=by, key=key, lines=[Line(from_place, to_place, lot_id, quantity, because)]):
        record(
            by=by,
            did=Deed.STOCK_MOVED,
            about=("lot", lot_id),
            details={"quantity": quantity, "from": from_place, "to": to_place},
        )


def may_carry(*, by: Worker, lot_id: int, from_place: int, to_place: int) -> None:
    """Stop what no hand carries: a patient's units, a cold drug into the warm, own stock into
    340B by anybody but a pharmacist. Places that are not here the ledger refuses (3 queries).
    """
    rows = Place.objects.filter(pharmacy_id=by.pharmacy_id, pk__in=[from_place, to_place])
    places = {place.pk: place for place in rows}
    if {place.kind for place in rows} & {PlaceKind.WILL_CALL, PlaceKind.PATIENT}:
        says = "Only a fill moves units into or out of will-call and to a patient."
        raise refuse(says, code="move-by-fill-only")
    if PlaceKind.RETURNED in {place.kind for place in rows}:
        # Nobody knows how it was kept outside: it leaves as a return or as waste, in `returns`.
        says = "What a patient brought back is never stock again, and nothing is put beside it."
        raise refuse(says, code="returned-by-patient")
    start, end = places.get(from_place), places.get(to_place)
    lot = Lot.objects.filter(pharmacy_id=by.pharmacy_id, pk=lot_id).first()
    if start is None or end is None or lot is None:
        return
    if start.programme != end.programme and {start.kind, end.kind} <= KEPT_APART:
        by.must(Duty.CROSS_PROGRAMMES)
    programme = Programme(end.programme)
    need = need_of(pharmacy_id=by.pharmacy_id, package_id=lot.package_id, programme=programme)
    refuse_if(fit_problems(need, spot_of(end)))


@transaction.atomic
def reverse_move(*, by: Worker, move_id: int, because: str, key: str) -> None:
    """Correct a move by one the other way that names it; a fill's moves go with the fill."""
    by.must(Duty.MANAGE_STOCK)
    refuse_if(reason_problems(because, "the move is taken back"))
    move = Move.objects.filter(pharmacy_id=by.pharmacy_id, pk=move_id).first()
    if move is None:
        raise refuse("No such move here.", code="no-move")
    if move.fill_id is not None:
        raise refuse("A fill's move goes back with its fill.", code="move-by-fill-only")
    may_carry(
        by=by, lot_id=move.lot_id, from_place=move.to_place_id, to_place=move.from_place_id
    )
    line = Line(
        move.to_place_id,
        move.from_place_id,
        move.lot_id,
        move.quantity,
        f"reversed: {because}",
        reverses=move.pk,
    )
    if post(by=by, key=key, lines=[line]):
        details = {"because": because, "move": move.pk}
        record(by=by, did=Deed.STOCK_CORRECTED, about=("lot", move.lot_id), details=details)
