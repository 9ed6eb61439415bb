"""Deliveries at the door and putting away: one endpoint per action."""

from django.http import HttpRequest
from ninja import Router

from apothecary.doors.api.prescriptions import REFUSALS
from apothecary.doors.api.purchasing_shapes import (
    AsideIn,
    AtTheDoorIn,
    CarryIn,
    DeliveryIn,
    DeliveryOut,
    DueOut,
    NoticeOut,
    ReceivedOut,
    TemperatureIn,
    ToCarryOut,
    ToteIn,
    received_out,
)
from apothecary.doors.api.said import Id
from apothecary.doors.api.schemas import BecauseIn
from apothecary.doors.asking import worker_of
from apothecary.drugs.barcode import package_of
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.purchasing.forms import read_door_scan
from apothecary.purchasing.receiving import corrections, delivery, queries, shelving
from apothecary.purchasing.receiving.door import Came, receive
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.forms import read_code
from apothecary.wires.gs1 import ScanKind

router = Router(tags=["receiving"])
DELIVERY = {200: DeliveryOut, **REFUSALS}
RECEIVED = {200: ReceivedOut, **REFUSALS}


def at_the_door(request: HttpRequest) -> Worker:
    """Who asks, with the duty of the receiving screens."""
    by = worker_of(request)
    by.must(Duty.MANAGE_STOCK)
    return by


def delivery_out(by: Worker, receipt_id: int) -> DeliveryOut:
    """A delivery as programs see it."""
    page = queries.receipt_page(pharmacy_id=by.pharmacy_id, receipt_id=receipt_id)
    if page is None:
        raise refuse("No such delivery here.", code="no-receipt", field="receipt_id")
    row = page.receipt
    return DeliveryOut(
        id=row.pk,
        wholesaler=row.wholesaler.code,
        notice_id=row.notice_id,
        order_id=row.order_id,
        cold=page.cold,
        temperature_c=row.temperature_c,
        closed_at=row.closed_at,
        due=[
            DueOut(
                line_id=line.line_id,
                ndc=line.ndc,
                storage=line.storage,
                announced=line.announced,
                good=line.good,
                aside=line.aside,
            )
            for line in page.due
        ],
    )


@router.get("/purchasing/announced", response={200: list[NoticeOut], **REFUSALS})
def announced(request: HttpRequest) -> list[NoticeOut]:
    """The ship notices nothing of which has come."""
    by = at_the_door(request)
    found = queries.deliveries(pharmacy_id=by.pharmacy_id, today=by.today)
    return [
        NoticeOut(
            id=one.pk, number=one.number, wholesaler=one.wholesaler.code, due_on=one.due_on
        )
        for one in found.announced
    ]


@router.post("/purchasing/totes", response=DELIVERY)
def tote(request: HttpRequest, sent: ToteIn) -> DeliveryOut:
    """The scan of a tote's label begins its delivery, or goes on with it."""
    by = at_the_door(request)
    scan = read_code(sent.code)
    if scan.kind is not ScanKind.LOGISTIC:
        raise refuse("That is no label of a tote.", code="not-a-tote", field="code")
    return delivery_out(by, delivery.scan_tote(by=by, sscc=scan.sscc).pk)


@router.post("/purchasing/receipts", response=DELIVERY)
def start(request: HttpRequest, sent: DeliveryIn) -> DeliveryOut:
    """Begin with a ship notice or with an order."""
    by = at_the_door(request)
    row = delivery.start_receipt(
        by=by, notice_id=sent.notice_id or 0, order_id=sent.order_id or 0
    )
    return delivery_out(by, row.pk)


@router.get("/purchasing/receipts/{receipt_id}", response=DELIVERY)
def receipt(request: HttpRequest, receipt_id: Id) -> DeliveryOut:
    """One delivery: what should come, and what has."""
    return delivery_out(at_the_door(request), receipt_id)


@router.post("/purchasing/receipts/{receipt_id}/temperature", response=DELIVERY)
def temperature(request: HttpRequest, receipt_id: Id, sent: TemperatureIn) -> DeliveryOut:
    """How cold it came."""
    by = at_the_door(request)
    delivery.take_temperature(
        by=by, receipt_id=receipt_id, temperature_c=sent.temperature_c, frozen=sent.frozen
    )
    return delivery_out(by, receipt_id)


@router.post("/purchasing/receipts/{receipt_id}/packages", response=RECEIVED)
def package(request: HttpRequest, receipt_id: Id, sent: AtTheDoorIn) -> ReceivedOut:
    """Receive a package; a refusal whose code is a condition is answered by that condition."""
    by = at_the_door(request)
    row = receive(
        by=by,
        receipt_id=receipt_id,
        came=came_of(sent),
        condition=sent.condition,
        because=sent.because,
        initials=sent.initials,
        pin=sent.pin,
    )
    return received_out(row)


def came_of(sent: AtTheDoorIn) -> Came:
    """The package by its code, else as typed; every missing field is named at once."""
    scanned = read_door_scan(sent.code).came if sent.code.strip() else None
    if sent.code.strip() and scanned is None:
        raise refuse("That is the label of a tote.", code="not-a-package", field="code")
    lot = (scanned.lot if scanned else "") or sent.lot.strip()
    until = (scanned.expires_on if scanned else None) or sent.expires_on
    missing = [
        Problem(f"The {label} is missing.", field=name, code="missing")
        for name, label, there in (
            ("ndc", "NDC or code", scanned is not None or sent.ndc.strip()),
            ("lot", "lot number", lot),
            ("expires_on", "expiry", until),
        )
        if not there
    ]
    refuse_if(missing)
    return Came(
        package=scanned.package if scanned else package_of(read_code(sent.ndc)),
        lot=lot,
        expires_on=until,
        key=sent.key,
        gtin=scanned.gtin if scanned else "",
        serial=scanned.serial if scanned else "",
        packages=sent.packages,
        dea_order=sent.dea_order,
    )


@router.post("/purchasing/receipts/{receipt_id}/close", response=DELIVERY)
def close(request: HttpRequest, receipt_id: Id) -> DeliveryOut:
    """The totes are empty; what is missing of them is a difference."""
    by = at_the_door(request)
    delivery.close_receipt(by=by, receipt_id=receipt_id)
    return delivery_out(by, receipt_id)


@router.post("/purchasing/received/{received_id}/aside", response=RECEIVED)
def aside(request: HttpRequest, received_id: Id, sent: AsideIn) -> ReceivedOut:
    """A package that was received as good is not."""
    row = corrections.set_aside(
        by=at_the_door(request),
        received_id=received_id,
        condition=sent.condition,
        because=sent.because,
    )
    return received_out(row)


@router.post("/purchasing/received/{received_id}/back", response=RECEIVED)
def back(request: HttpRequest, received_id: Id, sent: BecauseIn) -> ReceivedOut:
    """A receipt is taken back."""
    by = at_the_door(request)
    row = corrections.take_back(by=by, received_id=received_id, because=sent.because)
    return received_out(row)


@router.get("/purchasing/put-away", response={200: list[ToCarryOut], **REFUSALS})
def put_away(request: HttpRequest) -> list[ToCarryOut]:
    """What stands in receiving, and where it goes; cold things first."""
    of = at_the_door(request).pharmacy_id
    return [to_carry(of, one) for one in shelving.waiting_to_put_away(pharmacy_id=of)]


def to_carry(pharmacy_id: int, one: shelving.ToPutAway) -> ToCarryOut:
    """A lot in receiving with its place; no place is empty text."""
    where = shelving.where_to(pharmacy_id=pharmacy_id, one=one)
    return ToCarryOut(
        lot_id=one.lot_id,
        ndc=one.ndc,
        lot=one.lot,
        expires_on=one.expires_on,
        programme=one.programme,
        packages=one.packages,
        units=one.units,
        place=where.place if where else "",
        bin=where.bin if where else "",
        because=where.because if where else "",
        hint=where.hint if where else "",
    )


@router.post("/purchasing/put-away/{lot_id}", response={200: int, **REFUSALS})
def carry(request: HttpRequest, lot_id: Id, sent: CarryIn) -> int:
    """A lot goes to its place; answers how many packages went."""
    by = at_the_door(request)
    place = shelving.place_scanned(by=by, code=sent.place)
    return shelving.put_away_lot(
        by=by, lot_id=lot_id, place_id=place.pk, key=sent.key, programme=sent.programme
    )
