"""Stock and journal: one endpoint per action."""

from collections import defaultdict
from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Router

from apothecary.doors.api.prescriptions import REFUSALS, package_of
from apothecary.doors.api.said import Id, Word
from apothecary.doors.api.schemas import (
    BecauseIn,
    CountIn,
    JournalOut,
    LotOut,
    MoveIn,
    ReceiptIn,
)
from apothecary.doors.asking import worker_of
from apothecary.journal.queries import history
from apothecary.law.problem import refuse
from apothecary.staff.duties import Duty
from apothecary.stock.actions import (
    count_lot,
    move_stock,
    quarantine_lot,
    receive_stock,
    release_lot,
)
from apothecary.stock.models import Balance, Lot, Place

router = Router(tags=["stock and journal"])
LOT = {200: LotOut, **REFUSALS}
MOST = 500


def lots_out(pharmacy_id: int, lots: list[Lot]) -> list[LotOut]:
    """Lots with their balances (1 query)."""
    places: dict[int, dict[str, Decimal]] = defaultdict(dict)
    promised: dict[int, Decimal] = defaultdict(Decimal)
    balances = Balance.objects.filter(pharmacy_id=pharmacy_id, lot__in=lots)
    for balance in balances.select_related("place"):
        places[balance.lot_id][balance.place.name] = balance.on_hand
        promised[balance.lot_id] += balance.reserved
    return [
        LotOut(
            id=lot.pk,
            ndc=lot.package.ndc,
            lot=lot.number,
            expires_on=lot.expires_on,
            state=lot.state,
            places=places[lot.pk],
            promised=promised[lot.pk],
        )
        for lot in lots
    ]


@router.get("/stock/lots", response={200: list[LotOut], **REFUSALS})
def lots(
    request: HttpRequest, ndc: Word = "", limit: Annotated[int, Field(ge=1, le=MOST)] = 100
) -> list[LotOut]:
    """Lots of a package, or of all, the first to expire first."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    found = Lot.objects.filter(pharmacy_id=by.pharmacy_id).select_related("package")
    if ndc:
        found = found.filter(package=package_of(ndc))
    return lots_out(by.pharmacy_id, list(found.order_by("expires_on", "id")[:limit]))


@router.post("/stock/receipts", response=LOT, summary="Receive units")
def receive(request: HttpRequest, sent: ReceiptIn) -> LotOut:
    """Take units of a lot from the supplier onto a shelf, once per key."""
    by = worker_of(request)
    place = Place.objects.filter(pharmacy_id=by.pharmacy_id, pk=sent.place_id).first()
    if place is None:
        raise refuse("No such place here.", field="place_id", code="no-place")
    lot = receive_stock(
        by=by,
        package=package_of(sent.ndc),
        lot_number=sent.lot,
        expires_on=sent.expires_on,
        quantity=sent.quantity,
        place=place,
        key=sent.key,
    )
    return lots_out(by.pharmacy_id, [lot])[0]


@router.post("/stock/lots/{lot_id}/quarantine", response=LOT)
def quarantine(request: HttpRequest, lot_id: Id, sent: BecauseIn) -> LotOut:
    """Take a lot out of use."""
    by = worker_of(request)
    lot = quarantine_lot(by=by, lot_id=lot_id, because=sent.because)
    return lots_out(by.pharmacy_id, [lot])[0]


@router.post("/stock/lots/{lot_id}/release", response=LOT)
def release(request: HttpRequest, lot_id: Id, sent: BecauseIn) -> LotOut:
    """Put a quarantined lot back into use."""
    by = worker_of(request)
    lot = release_lot(by=by, lot_id=lot_id, because=sent.because)
    return lots_out(by.pharmacy_id, [lot])[0]


@router.post("/stock/lots/{lot_id}/count", response={200: Decimal, **REFUSALS})
def count(request: HttpRequest, lot_id: Id, sent: CountIn) -> Decimal:
    """Assert what is there; answers the difference that was posted."""
    return count_lot(
        by=worker_of(request),
        lot_id=lot_id,
        place_id=sent.place_id,
        counted=sent.counted,
        because=sent.because,
        key=sent.key,
    )


@router.post("/stock/lots/{lot_id}/move", response={200: None, **REFUSALS})
def move(request: HttpRequest, lot_id: Id, sent: MoveIn) -> None:
    """Carry units from one place to another."""
    move_stock(
        by=worker_of(request),
        lot_id=lot_id,
        from_place=sent.from_place,
        to_place=sent.to_place,
        quantity=sent.quantity,
        because=sent.because,
        key=sent.key,
    )


@router.get("/journal/{about}/{about_id}", response={200: list[JournalOut], **REFUSALS})
def journal(request: HttpRequest, about: Word, about_id: Id) -> list[JournalOut]:
    """The history of a record, oldest first."""
    by = worker_of(request)
    by.must(Duty.READ_JOURNAL)
    lines = history(pharmacy_id=by.pharmacy_id, about=[(about, about_id)])
    return [
        JournalOut(
            at=line.at,
            by=line.by,
            deed=line.deed,
            station=line.station,
            about=line.about,
            about_id=line.about_id,
            details=line.details,
        )
        for line in lines
    ]
