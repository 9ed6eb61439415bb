"""The order pad, orders, and what wholesalers answer: one endpoint per action."""

from django.http import HttpRequest
from ninja import Router

from apothecary.doors.api.prescriptions import REFUSALS
from apothecary.doors.api.purchasing_shapes import (
    AnswerOut,
    OrderOut,
    OrderRowOut,
    PackagesIn,
    PadLineIn,
    ProgrammeIn,
    SuggestedOut,
    line_out,
)
from apothecary.doors.api.said import Id
from apothecary.doors.api.schemas import BecauseIn
from apothecary.doors.asking import worker_of
from apothecary.law.problem import refuse
from apothecary.purchasing import queries
from apothecary.purchasing.ordering import answers, going, pad
from apothecary.purchasing.ordering.models import LineAnswer, Order
from apothecary.purchasing.states import Decided
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker

router = Router(tags=["purchasing"])
ROW = {200: OrderRowOut, **REFUSALS}
ANSWER = {200: AnswerOut, **REFUSALS}


def ordering(request: HttpRequest) -> Worker:
    """Who asks, with the duty of the order pad."""
    by = worker_of(request)
    by.must(Duty.ORDER_STOCK)
    return by


def row_out(order: Order) -> OrderRowOut:
    """An order as programs see it."""
    return OrderRowOut(
        id=order.pk,
        po=order.po,
        wholesaler=order.wholesaler.code,
        programme=order.programme,
        state=order.state,
        due_on=order.due_on,
        sent_at=order.sent_at,
        receipt_at=order.receipt_at,
        because=order.because,
    )


def answer_out(row: LineAnswer) -> AnswerOut:
    """What was said of a line as programs see it."""
    return AnswerOut(
        id=row.pk,
        line_id=row.line_id,
        said=row.said,
        code=row.code,
        packages=row.packages,
        price_usd=row.price_usd,
        ndc=row.package.ndc if row.package else row.ndc,
        known=row.package_id is not None,
        needs_decision=row.needs_decision,
        decided=row.decided,
    )


@router.get("/purchasing/pad", response={200: list[OrderRowOut], **REFUSALS})
def the_pad(request: HttpRequest) -> list[OrderRowOut]:
    """The drafts, and what was approved and is not sent."""
    of = ordering(request).pharmacy_id
    return [row_out(one) for one in queries.pad(pharmacy_id=of)]


@router.post("/purchasing/pad/fill", response={200: SuggestedOut, **REFUSALS})
def fill_pad(request: HttpRequest, sent: ProgrammeIn) -> SuggestedOut:
    """Put on the pad what the levels ask for."""
    found = pad.fill_pad(by=ordering(request), programme=sent.programme)
    left_out = [one.says for one in found.left_out]
    return SuggestedOut(lines=len(found.lines), left_out=left_out)


@router.post("/purchasing/pad/lines", response=ROW)
def add(request: HttpRequest, sent: PadLineIn) -> OrderRowOut:
    """Put a package on the pad; answers the order it stands on."""
    line = pad.put_ndc_on_pad(
        by=ordering(request),
        ndc=sent.ndc,
        packages=sent.packages,
        wholesaler_id=sent.wholesaler_id,
        programme=sent.programme,
    )
    return row_out(line.order)


@router.post("/purchasing/lines/{line_id}", response=ROW)
def change(request: HttpRequest, line_id: Id, sent: PackagesIn) -> OrderRowOut:
    """So many of a line of the pad."""
    by = ordering(request)
    return row_out(pad.change_line(by=by, line_id=line_id, packages=sent.packages))


@router.get("/purchasing/orders", response={200: list[OrderRowOut], **REFUSALS})
def orders(request: HttpRequest) -> list[OrderRowOut]:
    """The orders that went out, those under way first."""
    of = ordering(request).pharmacy_id
    return [row_out(one) for one in queries.orders(pharmacy_id=of)]


@router.get("/purchasing/orders/{order_id}", response={200: OrderOut, **REFUSALS})
def order(request: HttpRequest, order_id: Id) -> OrderOut:
    """One order with everything that came of it."""
    of = ordering(request).pharmacy_id
    page = queries.order_page(pharmacy_id=of, order_id=order_id)
    if page is None:
        raise refuse("No such order here.", code="no-order", field="order_id")
    return OrderOut(
        **row_out(page.order).dict(),
        cost_usd=page.cost_usd,
        lines=[line_out(line, rest.received) for line, rest, _ in page.lines],
        answers=[answer_out(one) for _, _, said in page.lines for one in said],
        notices=[one.pk for one in page.notices],
        receipts=[one.pk for one in page.receipts],
        invoices=[one.pk for one in page.invoices],
    )


@router.post("/purchasing/orders/{order_id}/approve", response=ROW)
def approve(request: HttpRequest, order_id: Id) -> OrderRowOut:
    """It may go out as it stands."""
    return row_out(going.approve_order(by=ordering(request), order_id=order_id))


@router.post("/purchasing/orders/{order_id}/send", response=ROW)
def send(request: HttpRequest, order_id: Id) -> OrderRowOut:
    """It goes out."""
    return row_out(going.send_order(by=ordering(request), order_id=order_id))


@router.post("/purchasing/orders/{order_id}/reopen", response=ROW)
def reopen(request: HttpRequest, order_id: Id) -> OrderRowOut:
    """Back on the pad."""
    return row_out(going.reopen_order(by=ordering(request), order_id=order_id))


@router.post("/purchasing/orders/{order_id}/cancel", response=ROW)
def cancel(request: HttpRequest, order_id: Id, sent: BecauseIn) -> OrderRowOut:
    """Called off."""
    by = ordering(request)
    return row_out(going.cancel_order(by=by, order_id=order_id, because=sent.because))


@router.post("/purchasing/orders/{order_id}/close", response=ROW)
def close(request: HttpRequest, order_id: Id, sent: BecauseIn) -> OrderRowOut:
    """Nothing more of it is expected."""
    by = ordering(request)
    return row_out(going.close_order(by=by, order_id=order_id, because=sent.because))


@router.post("/purchasing/orders/{order_id}/again", response=ROW)
def again(request: HttpRequest, order_id: Id) -> OrderRowOut:
    """The lines of an order that was called off, on the pad anew."""
    return row_out(going.order_again(by=ordering(request), order_id=order_id))


@router.post("/purchasing/answers/{answer_id}/take", response=ANSWER)
def take(request: HttpRequest, answer_id: Id) -> AnswerOut:
    """What the wholesaler changed is taken."""
    by = ordering(request)
    return answer_out(answers.decide(by=by, answer_id=answer_id, decision=Decided.TAKEN))


@router.post("/purchasing/answers/{answer_id}/refuse", response=ANSWER)
def refuse_answer(request: HttpRequest, answer_id: Id, sent: BecauseIn) -> AnswerOut:
    """What the wholesaler changed is refused."""
    row = answers.decide(
        by=ordering(request),
        answer_id=answer_id,
        decision=Decided.REFUSED,
        because=sent.because,
    )
    return answer_out(row)
