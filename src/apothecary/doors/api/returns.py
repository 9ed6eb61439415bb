"""Returns and their credits: one endpoint per action."""

from django.http import HttpRequest
from ninja import Router

from apothecary.doors.api.prescriptions import REFUSALS
from apothecary.doors.api.returns_shapes import (
    BegunIn,
    BookedOut,
    CallIn,
    DayIn,
    DistributorIn,
    DistributorOut,
    FormIn,
    OwedOut,
    PickIn,
    ReturnLineOut,
    ReturnOut,
    ShippedIn,
    WaitingOut,
    return_out,
    waiting_out,
)
from apothecary.doors.api.said import Id
from apothecary.doors.api.schemas import BecauseIn
from apothecary.doors.asking import worker_of
from apothecary.law.problem import refuse
from apothecary.returns.shipments import asking, picking, queries, shipping
from apothecary.returns.shipments.credits import book, write_off
from apothecary.returns.shipments.models import Shipment
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker

router = Router(tags=["returns"])
RETURN = {200: ReturnOut, **REFUSALS}
LINE = {200: ReturnLineOut, **REFUSALS}
ONE = "/returns/shipments/{shipment_id}"


def managing(request: HttpRequest) -> Worker:
    """Who asks, with the duty of the stock."""
    by = worker_of(request)
    by.must(Duty.MANAGE_STOCK)
    return by


def told(row: Shipment) -> ReturnOut:
    """A return as it stands now."""
    found = queries.page(pharmacy_id=row.pharmacy_id, shipment_id=row.pk)
    if found is None:
        raise refuse("No such return here.", code="no-return", field="shipment_id")
    return return_out(found)


@router.get("/returns/waiting", response={200: list[WaitingOut], **REFUSALS})
def waiting(request: HttpRequest) -> list[WaitingOut]:
    """What stands set aside and goes nowhere yet."""
    by = managing(request)
    rows = queries.waiting(pharmacy_id=by.pharmacy_id)
    return [waiting_out(row, on=by.today) for row in rows]


@router.get("/returns/distributors", response={200: list[DistributorOut], **REFUSALS})
def distributors(request: HttpRequest) -> list[DistributorOut]:
    """Who takes drugs back."""
    rows = queries.distributors(pharmacy_id=managing(request).pharmacy_id)
    return [DistributorOut.from_orm(row) for row in rows]


@router.post("/returns/distributors", response={200: DistributorOut, **REFUSALS})
def keep(request: HttpRequest, sent: DistributorIn) -> DistributorOut:
    """Say who takes drugs back; one of the same code is said anew."""
    by = worker_of(request)
    by.must(Duty.KEEP_WHOLESALERS)
    row = picking.keep_distributor(by=by, given=sent.particulars())
    return DistributorOut.from_orm(row)


@router.get("/returns/shipments", response={200: list[int], **REFUSALS})
def shipments(request: HttpRequest, over: bool = False) -> list[int]:
    """The returns under way, or those that are over, newest first."""
    rows = queries.shipments(pharmacy_id=managing(request).pharmacy_id, closed=over)
    return [row.pk for row in rows]


@router.post("/returns/shipments", response=RETURN)
def begin(request: HttpRequest, sent: BegunIn) -> ReturnOut:
    """Begin a return."""
    row = picking.begin_return(
        by=managing(request),
        group=sent.group,
        distributor_id=sent.distributor_id,
        wholesaler_id=sent.wholesaler_id,
    )
    return told(row)


@router.get(ONE, response=RETURN)
def shipment(request: HttpRequest, shipment_id: Id) -> ReturnOut:
    """One return, line by line."""
    of = managing(request).pharmacy_id
    found = queries.page(pharmacy_id=of, shipment_id=shipment_id)
    if found is None:
        raise refuse("No such return here.", code="no-return", field="shipment_id")
    return return_out(found)


@router.post(f"{ONE}/lines", response=LINE)
def pick(request: HttpRequest, shipment_id: Id, sent: PickIn) -> ReturnLineOut:
    """Put units of a lot on it."""
    line = picking.pick(
        by=managing(request),
        shipment_id=shipment_id,
        lot_id=sent.lot_id,
        place_id=sent.place_id,
        quantity=sent.quantity,
        received_id=sent.received_id,
    )
    return ReturnLineOut.from_orm(line)


@router.post(f"{ONE}/form-222", response=RETURN)
def form_222(request: HttpRequest, shipment_id: Id, sent: FormIn) -> ReturnOut:
    """The distributor's Form 222 is here."""
    by = worker_of(request)
    by.must(Duty.COUNT_CONTROLLED)
    row = picking.give_form(by=by, shipment_id=shipment_id, form_222=sent.form_222)
    return told(row)


@router.post(f"{ONE}/ask", response=RETURN)
def ask(request: HttpRequest, shipment_id: Id) -> ReturnOut:
    """Send the manifest."""
    return told(asking.ask_return(by=managing(request), shipment_id=shipment_id))


@router.post(f"{ONE}/call-back", response=RETURN)
def call_back(request: HttpRequest, shipment_id: Id, sent: BecauseIn) -> ReturnOut:
    """Call a manifest back that nobody has seen."""
    by = managing(request)
    return told(asking.call_back(by=by, shipment_id=shipment_id, because=sent.because))


@router.post(f"{ONE}/ship", response=RETURN)
def ship(request: HttpRequest, shipment_id: Id, sent: ShippedIn) -> ReturnOut:
    """It leaves."""
    row = shipping.ship_return(
        by=managing(request),
        shipment_id=shipment_id,
        carrier=sent.carrier,
        tracking=sent.tracking,
    )
    return told(row)


@router.post(f"{ONE}/confirm", response=RETURN)
def confirm(request: HttpRequest, shipment_id: Id, sent: DayIn) -> ReturnOut:
    """They have it."""
    by = managing(request)
    return told(shipping.confirm_arrival(by=by, shipment_id=shipment_id, on=sent.on))


@router.post(f"{ONE}/follow-up", response={200: None, **REFUSALS})
def follow_up(request: HttpRequest, shipment_id: Id, sent: CallIn) -> None:
    """Somebody asked after the credit."""
    by = worker_of(request)
    by.must(Duty.ORDER_STOCK)
    shipping.follow_up(
        by=by, shipment_id=shipment_id, says=sent.says, promised_on=sent.promised_on
    )


@router.post(f"{ONE}/cancel", response=RETURN)
def cancel(request: HttpRequest, shipment_id: Id, sent: BecauseIn) -> ReturnOut:
    """It is given up."""
    by = managing(request)
    return told(picking.cancel_return(by=by, shipment_id=shipment_id, because=sent.because))


@router.post("/returns/lines/{line_id}/drop", response=LINE)
def drop(request: HttpRequest, line_id: Id, sent: BecauseIn) -> ReturnLineOut:
    """Take a line off."""
    by = managing(request)
    return ReturnLineOut.from_orm(
        picking.drop_line(by=by, line_id=line_id, because=sent.because)
    )


@router.post("/returns/lines/{line_id}/write-off", response=LINE)
def give_up(request: HttpRequest, line_id: Id, sent: BecauseIn) -> ReturnLineOut:
    """Give up what a line did not bring."""
    by = worker_of(request)
    by.must(Duty.WRITE_OFF)
    return ReturnLineOut.from_orm(write_off(by=by, line_id=line_id, because=sent.because))


@router.get("/returns/credits", response={200: list[OwedOut], **REFUSALS})
def owed(request: HttpRequest) -> list[OwedOut]:
    """What is still to be credited, by partner and age."""
    by = worker_of(request)
    by.must(Duty.ORDER_STOCK)
    rows = queries.owed(pharmacy_id=by.pharmacy_id, today=by.today)
    return [OwedOut.of(row) for row in rows]


@router.get("/returns/credits/aside", response={200: list[BookedOut], **REFUSALS})
def aside(request: HttpRequest) -> list[BookedOut]:
    """Credits nobody could book."""
    by = worker_of(request)
    by.must(Duty.ORDER_STOCK)
    rows = queries.credits_aside(pharmacy_id=by.pharmacy_id)
    return [BookedOut.from_orm(row) for row in rows]


@router.post("/returns/credits/{credit_id}/book", response={200: BookedOut, **REFUSALS})
def book_again(request: HttpRequest, credit_id: Id) -> BookedOut:
    """Try to book a credit again that was set aside."""
    by = worker_of(request)
    by.must(Duty.ORDER_STOCK)
    return BookedOut.from_orm(book(by=by, credit_id=credit_id))
