"""Orders for Schedule II: Form 222 from its number to the last package, or to its end."""

from django.http import HttpRequest
from ninja import Router

from apothecary.doors.api.prescriptions import REFUSALS
from apothecary.doors.api.said import Id
from apothecary.doors.api.schemas import BecauseIn
from apothecary.doors.api.vault_orders_shapes import (
    BeginOrderIn,
    EndorsedOrderIn,
    LostOrderIn,
    OrderLineIn,
    OrderOut,
    PaperOrderIn,
    RegistrantIn,
    SendOrderIn,
    SignOrderIn,
    VoidOrderIn,
    order_out,
)
from apothecary.doors.asking import worker_of
from apothecary.drugs.barcode import package_of
from apothecary.law.problem import refuse
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.forms import read_code
from apothecary.vault.orders import ending, queries, writing
from apothecary.vault.orders.registrant import name_registrant
from apothecary.vault.orders.taking_over import take_over_form

router = Router(tags=["vault"])
ORDER = {200: OrderOut, **REFUSALS}


@router.get("/vault/orders", response={200: list[OrderOut], **REFUSALS})
def orders(request: HttpRequest) -> list[OrderOut]:
    """Open forms, then the last that ended."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    found = queries.forms(pharmacy_id=by.pharmacy_id, on=by.today)
    return [order_out(row) for row in found]


@router.post("/vault/orders/taken-over", response=ORDER)
def take_over(request: HttpRequest, sent: PaperOrderIn) -> OrderOut:
    """Put a form on file that was written on paper."""
    by = worker_of(request)
    by.must(Duty.SIGN_DEA_ORDER)
    ids = {line.ndc: package_of(read_code(line.ndc)).pk for line in sent.lines}
    made = take_over_form(by=by, paper=sent.paper(ids), because=sent.because)
    return seen(by, made.pk)


@router.get("/vault/orders/{form_id}", response=ORDER)
def order(request: HttpRequest, form_id: Id) -> OrderOut:
    """One form, with what came on each line."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    return seen(by, form_id)


def seen(by: Worker, form_id: int) -> OrderOut:
    """A form as it stands now, after what was done about it."""
    row = queries.form_of(pharmacy_id=by.pharmacy_id, form_id=form_id, on=by.today)
    if row is None:
        raise refuse("No such Form 222 here.", code="no-form", field="form_id")
    return order_out(row)


@router.post("/vault/orders", response=ORDER)
def begin(request: HttpRequest, sent: BeginOrderIn) -> OrderOut:
    """Take a blank form by its number."""
    by = worker_of(request)
    made = writing.begin_form(by=by, serial=sent.serial, supplier=sent.supplier())
    return seen(by, made.pk)


@router.post("/vault/registrant", response={200: int, **REFUSALS})
def registrant(request: HttpRequest, sent: RegistrantIn) -> int:
    """Write down who signed the latest application for registration; answers its id."""
    by = worker_of(request)
    return int(name_registrant(by=by, person_id=sent.person_id, since=sent.since).pk)


@router.post("/vault/orders/{form_id}/lines", response=ORDER)
def write(request: HttpRequest, form_id: Id, sent: OrderLineIn) -> OrderOut:
    """Write the next line."""
    by = worker_of(request)
    by.must(Duty.PREPARE_DEA_ORDER)
    package = package_of(read_code(sent.ndc))
    writing.write_line(by=by, form_id=form_id, package_id=package.pk, packages=sent.packages)
    return seen(by, form_id)


@router.post("/vault/orders/{form_id}/drop", response=ORDER)
def drop(request: HttpRequest, form_id: Id) -> OrderOut:
    """Take the last line off a form that nobody has signed."""
    by = worker_of(request)
    writing.drop_last_line(by=by, form_id=form_id)
    return seen(by, form_id)


@router.post("/vault/orders/{form_id}/sign", response=ORDER)
def sign(request: HttpRequest, form_id: Id, sent: SignOrderIn) -> OrderOut:
    """Sign and date it, as registrant or by a power of attorney."""
    by = worker_of(request)
    writing.sign_form(
        by=by,
        form_id=form_id,
        lines_completed=sent.lines_completed,
        signed_on=sent.signed_on,
    )
    return seen(by, form_id)


@router.post("/vault/orders/{form_id}/send", response=ORDER)
def send(request: HttpRequest, form_id: Id, sent: SendOrderIn) -> OrderOut:
    """The original goes to the supplier."""
    by = worker_of(request)
    writing.send_form(by=by, form_id=form_id, copy_kept=sent.copy_kept)
    return seen(by, form_id)


@router.post("/vault/orders/{form_id}/void", response=ORDER)
def void(request: HttpRequest, form_id: Id, sent: VoidOrderIn) -> OrderOut:
    """Make the whole form void; it stays on file."""
    by = worker_of(request)
    ending.void_form(by=by, form_id=form_id, because=sent.because, defects=sent.defects)
    return seen(by, form_id)


@router.post("/vault/orders/lines/{line_id}/void", response=ORDER)
def void_line(request: HttpRequest, line_id: Id, sent: BecauseIn) -> OrderOut:
    """Make one line void, or what is open of it."""
    by = worker_of(request)
    line = ending.void_line(by=by, line_id=line_id, because=sent.because)
    return seen(by, line.form_id)


@router.post("/vault/orders/{form_id}/cancel", response=ORDER)
def cancel(request: HttpRequest, form_id: Id, sent: BecauseIn) -> OrderOut:
    """Cancel what the supplier has not filled."""
    by = worker_of(request)
    ending.cancel_form(by=by, form_id=form_id, because=sent.because)
    return seen(by, form_id)


@router.post("/vault/orders/{form_id}/lost", response=ORDER)
def lost(request: HttpRequest, form_id: Id, sent: LostOrderIn) -> OrderOut:
    """State that it never reached its supplier."""
    by = worker_of(request)
    said = ending.Lost(sent.not_received, sent.because, sent.new_form_id)
    ending.state_lost(by=by, form_id=form_id, lost=said)
    return seen(by, form_id)


@router.post("/vault/orders/{form_id}/endorsed", response=ORDER)
def endorsed(request: HttpRequest, form_id: Id, sent: EndorsedOrderIn) -> OrderOut:
    """Write down that the supplier passed it on to another."""
    by = worker_of(request)
    ending.note_endorsed(
        by=by, form_id=form_id, to=sent.supplier(), endorsed_on=sent.endorsed_on
    )
    return seen(by, form_id)
