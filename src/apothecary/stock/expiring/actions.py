"""Pulling outdates, signing a sweep, and what the house flags by night."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.journal.writes import Writes
from apothecary.law.problem import refuse, refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.models import Person
from apothecary.staff.worker import Worker
from apothecary.stock.counting.asserting import hold_balance
from apothecary.stock.expiring.models import Sweep
from apothecary.stock.expiring.queries import KINDS, outdates
from apothecary.stock.expiring.rules import (
    REASONS,
    ahead_problems,
    pull_problems,
    reason_to_pull,
)
from apothecary.stock.kinds import PICKED_FROM, PlaceKind
from apothecary.stock.ledger import Line, post, run, void
from apothecary.stock.models import Balance, Lot, Move, Place, Reservation, ReservationState

# A second click is no second sweep.
AGAIN_AFTER = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Pulled:
    """What was carried to quarantine, why, and what stayed because it is promised."""

    quantity: Decimal
    reason: str
    stays: Decimal
    to: str


@transaction.atomic
def pull_outdate(*, by: Worker, place_id: int, lot_id: int, key: str) -> Pulled:
    """Carry what expires from where fills draw to quarantine.

    What expired is given back by the fills it was promised to and goes as a whole; of what is
    short-dated the promised part stays for its fills.
    """
    by.must(Duty.MANAGE_STOCK)
    balance = hold_balance(by=by, lot_id=lot_id, place_id=place_id)
    if balance.place.kind not in PICKED_FROM:
        raise refuse(f"Nothing is pulled from {balance.place.name}.", code="not-picked-from")
    reason = reason_to_pull(balance.lot.expires_on, today=by.today)
    if reason == "expired" and balance.reserved:
        give_back(balance, by=by)
        balance.refresh_from_db(fields=["on_hand", "reserved"])
    free = balance.on_hand - balance.reserved
    expires_on = balance.lot.expires_on
    refuse_if(pull_problems(expires_on=expires_on, free=free, today=by.today))
    to = quarantine_of(by.pharmacy_id, balance.place.programme)
    line = Line(place_id, to.pk, lot_id, free, reason)
    pulled = Pulled(free, reason, balance.reserved, to.name)
    if post(by=by, key=key, lines=[line]):
        said = {"quantity": free, "because": reason, "from": place_id, "to": to.pk}
        record(by=by, did=Deed.STOCK_PULLED, about=balance.lot, details=said)
    return pulled


def give_back(balance: Balance, *, by: Worker) -> None:
    """Void what fills were promised of a lot that expired: it may go to no patient."""
    promised = Reservation.objects.filter(
        pharmacy_id=by.pharmacy_id,
        lot_id=balance.lot_id,
        place_id=balance.place_id,
        state=ReservationState.PENDING,
    )
    for fill_id in sorted(set(promised.values_list("fill_id", flat=True))):
        writes = Writes()
        void(by=by, fill_id=fill_id, writes=writes)
        run(writes)


def quarantine_of(pharmacy_id: int, programme: str) -> Place:
    """Where outdates of a programme wait: each has its own (1 query)."""
    places = Place.objects.filter(
        pharmacy_id=pharmacy_id,
        kind=PlaceKind.QUARANTINE,
        programme=programme,
        closed_at=None,
    )
    place = places.order_by("id").first()
    if place is None:
        says = f"There is no quarantine for {programme} stock: open one first."
        raise refuse(says, code="no-place")
    return place


@transaction.atomic
def sign_sweep(*, by: Worker, area: str, days: int) -> Sweep:
    """Put one's name to an area that was gone through for what ends within so many days.

    What the books still have there is counted beside it: signing is no claim that nothing is.
    """
    by.must(Duty.MANAGE_STOCK)
    refuse_if(ahead_problems(days))
    places = Place.objects.filter(pharmacy_id=by.pharmacy_id, area=area, closed_at=None)
    if not places.filter(kind__in=KINDS).exists():
        raise refuse(f"There is no area {area!r} here.", field="area", code="no-area")
    last = Sweep.objects.filter(pharmacy_id=by.pharmacy_id, area=area).order_by("-signed_at")
    if last.filter(days=days, signed_at__gt=by.at - AGAIN_AFTER).exists():
        says = f"This was signed within the last {AGAIN_AFTER.seconds // 60} minutes."
        raise refuse(says, field="area", code="swept-already")
    person = Person.objects.get(pk=by.somebody)
    missed = outdates(pharmacy_id=by.pharmacy_id, today=by.today, days=days, area=area)
    since = last.values_list("signed_at", flat=True).first() or by.at - timedelta(days=days)
    sweep = Sweep.objects.create(
        pharmacy_id=by.pharmacy_id,
        area=area,
        days=days,
        signed_at=by.at,
        signed_by_id=person.pk,
        initials=person.initials,
        pulled=pulled_since(by.pharmacy_id, area, since=since),
        missed=len(missed),
    )
    said = {"area": area, "days": days, "pulled": sweep.pulled, "missed": sweep.missed}
    record(by=by, did=Deed.SWEEP_SIGNED, about=sweep, details=said)
    return sweep


def pulled_since(pharmacy_id: int, area: str, *, since: datetime) -> int:
    """How many lots were pulled of an area since then (1 query)."""
    pulled = Move.objects.filter(
        pharmacy_id=pharmacy_id,
        from_place__area=area,
        from_place__kind__in=KINDS,
        reason__in=REASONS,
        posting__happened_at__gt=since,
    )
    return pulled.count()


@transaction.atomic
def flag_expired(*, by: Worker) -> int:
    """Write down each lot that expired where fills draw from, once; how many there were.

    The ledger lets none of it go to a patient anyhow: this is so that somebody pulls it.
    """
    here = Balance.objects.filter(
        pharmacy_id=by.pharmacy_id, on_hand__gt=0, place__kind__in=KINDS
    )
    lots = Lot.objects.select_for_update(no_key=True).filter(
        pharmacy_id=by.pharmacy_id,
        flagged_on=None,
        expires_on__lt=by.today,
        pk__in=here.values("lot_id"),
    )
    found = list(lots.order_by("id"))
    for lot in found:
        lot.flagged_on = by.today
        lot.save(update_fields=["flagged_on"])
        record(by=by, did=Deed.STOCK_EXPIRED, about=lot, details={"lot": lot.number})
    return len(found)
