"""A desk with one of everything that a verb of the room can be about, and every verb of it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from apothecary.purchasing.matching import actions as matching
from apothecary.purchasing.matching.models import Difference, Invoice
from apothecary.purchasing.ordering import answers, going, pad
from apothecary.purchasing.ordering.models import LineAnswer, Order, OrderLine
from apothecary.purchasing.papers import taking
from apothecary.purchasing.papers.models import Paper
from apothecary.purchasing.receiving import corrections, delivery, door, shelving
from apothecary.purchasing.receiving.models import Receipt, ReceivedPackage
from apothecary.purchasing.states import Condition, Decided
from apothecary.purchasing.tests.yard import Yard, particulars
from apothecary.purchasing.wholesalers import actions as keeping
from apothecary.purchasing.wholesalers.models import CatalogueItem
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.actions import the_place
from apothecary.stock.kinds import PlaceKind

# What an act of the room may change; nothing of it may after a refusal.
WRITTEN = """
SELECT (SELECT count(*) FROM journal_entry), (SELECT count(*) FROM stock_posting),
       (SELECT count(*) FROM wires_outgoing),
       (SELECT coalesce(string_agg(o.id || o.state || o.because, ',' ORDER BY o.id), '')
        FROM purchasing_order o),
       (SELECT coalesce(string_agg(l.id || ':' || l.packages, ',' ORDER BY l.id), '')
        FROM purchasing_orderline l),
       (SELECT coalesce(string_agg(d.id || d.state || d.credited_usd, ',' ORDER BY d.id), '')
        FROM purchasing_difference d),
       (SELECT coalesce(string_agg(i.id || i.state, ',' ORDER BY i.id), '')
        FROM purchasing_invoice i),
       (SELECT count(*) FROM purchasing_receivedpackage WHERE undone_at IS NULL),
       (SELECT count(*) FROM purchasing_receipt WHERE closed_at IS NULL),
       (SELECT count(*) FROM purchasing_paper WHERE dismissed_at IS NOT NULL),
       (SELECT count(*) FROM purchasing_wholesaler)
"""


def written() -> tuple[object, ...]:
    """A picture of everything an act could have changed."""
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        row: tuple[object, ...] = cursor.fetchone()
    return row


@dataclass
class Desk:
    """Records by what they are for; each verb below acts on one of them."""

    yard: Yard
    draft: Order
    order: Order
    answer: LineAnswer
    receipt: Receipt
    package: ReceivedPackage
    invoice: Invoice
    difference: Difference
    item: CatalogueItem
    paper: Paper

    @property
    def line(self) -> OrderLine:
        return OrderLine.objects.filter(order=self.draft).earliest("pk")


def desk_of(yard: Yard) -> Desk:
    """A draft, an order half answered and half received, a bill, and what stands aside."""
    order = yard.sent(lisinopril=3, warfarin=2)
    parts = [("IQ", 2), ("IB", 1)]
    yard.takes(yard.answer(order, ("lisinopril", 3, parts), ("warfarin", 2, [("IA", 2)])))
    receipt = yard.begun(order)
    package = yard.takes_in(receipt, yard.came(serial="A1"))
    yard.takes_in(
        receipt, yard.came("warfarin"), condition=Condition.DAMAGED, because="crushed"
    )
    yard.takes(yard.invoice(order, ("lisinopril", 3, "2.11")))
    yard.takes_raw(b"no interchange at all")
    item = CatalogueItem.objects.create(
        pharmacy=yard.world.pharmacy,
        wholesaler=yard.wholesaler,
        item_number="X9",
        description="something",
        problem="it carries no NDC",
        seen_on=yard.by.today,
    )
    return Desk(
        yard=yard,
        draft=yard.padded(metformin=1),
        order=Order.objects.get(pk=order.pk),
        answer=LineAnswer.objects.get(said="back-ordered"),
        receipt=receipt,
        package=package,
        invoice=Invoice.objects.get(),
        difference=Difference.objects.get(),
        item=item,
        paper=Paper.objects.exclude(problem="").get(),
    )


@dataclass(frozen=True)
class Verb:
    """An act of the room: its name, whose duty it is, and how it is done at the desk."""

    name: str
    duty: Duty
    act: Callable[[Desk, Worker], object]


ORDERS, M, KEEPS, GIVES_UP = (
    Duty.ORDER_STOCK,
    Duty.MANAGE_STOCK,
    Duty.KEEP_WHOLESALERS,
    Duty.WRITE_OFF,
)
WHY = "for a reason"
ORDER_VERBS = {
    "approve": lambda by, pk: going.approve_order(by=by, order_id=pk),
    "reopen": lambda by, pk: going.reopen_order(by=by, order_id=pk),
    "send": lambda by, pk: going.send_order(by=by, order_id=pk),
    "cancel": lambda by, pk: going.cancel_order(by=by, order_id=pk, because=WHY),
    "close": lambda by, pk: going.close_order(by=by, order_id=pk, because=WHY),
    "again": lambda by, pk: going.order_again(by=by, order_id=pk),
    "receive": lambda by, pk: delivery.start_receipt(by=by, order_id=pk),
}
DIFFERENCE_VERBS = {
    "claim": lambda by, pk: matching.claim_difference(by=by, difference_id=pk, because=WHY),
    "credit": lambda by, pk: matching.credit_difference(
        by=by, difference_id=pk, usd=Decimal("1.00"), reference="C1"
    ),
    "accept": lambda by, pk: matching.accept_difference(by=by, difference_id=pk, because=WHY),
    "write off": lambda by, pk: matching.write_off_difference(
        by=by, difference_id=pk, because=WHY
    ),
}
INVOICE_VERBS = {
    "match": lambda by, pk: matching.match_invoice(by=by, invoice_id=pk),
    "approve": lambda by, pk: matching.approve_invoice(by=by, invoice_id=pk),
}
SHELF = PlaceKind.SHELF
# Each of these can be done at the desk as it is laid, by whoever has the duty.
VERBS = [
    Verb("approve an order", ORDERS, lambda d, by: ORDER_VERBS["approve"](by, d.draft.pk)),
    Verb("cancel an order", ORDERS, lambda d, by: ORDER_VERBS["cancel"](by, d.draft.pk)),
    Verb("close an order", ORDERS, lambda d, by: ORDER_VERBS["close"](by, d.order.pk)),
    Verb(
        "change a line",
        ORDERS,
        lambda d, by: pad.change_line(by=by, line_id=d.line.pk, packages=4),
    ),
    Verb(
        "decide an answer",
        ORDERS,
        lambda d, by: answers.decide(by=by, answer_id=d.answer.pk, decision=Decided.TAKEN),
    ),
    Verb(
        "take a paper in",
        ORDERS,
        lambda d, by: taking.load_paper(
            by=by, wholesaler_id=d.yard.wholesaler.pk, raw=b"nothing", name="n"
        ),
    ),
    Verb(
        "dismiss a paper",
        ORDERS,
        lambda d, by: taking.dismiss_paper(by=by, paper_id=d.paper.pk, because=WHY),
    ),
    Verb(
        "dismiss an item",
        ORDERS,
        lambda d, by: keeping.dismiss_item(by=by, item_id=d.item.pk, because=WHY),
    ),
    Verb(
        "tie an item",
        ORDERS,
        lambda d, by: keeping.tie_item(
            by=by, item_id=d.item.pk, ndc=d.yard.world.drugs["warfarin"].ndc
        ),
    ),
    Verb("claim", ORDERS, lambda d, by: DIFFERENCE_VERBS["claim"](by, d.difference.pk)),
    Verb(
        "write off", GIVES_UP, lambda d, by: DIFFERENCE_VERBS["write off"](by, d.difference.pk)
    ),
    Verb(
        "keep a wholesaler",
        KEEPS,
        lambda d, by: keeping.keep_wholesaler(
            by=by, given=particulars(), wholesaler_id=d.yard.wholesaler.pk
        ),
    ),
    Verb("go on receiving", M, lambda d, by: ORDER_VERBS["receive"](by, d.order.pk)),
    Verb(
        "take the temperature",
        M,
        lambda d, by: delivery.take_temperature(
            by=by, receipt_id=d.receipt.pk, temperature_c=Decimal(4)
        ),
    ),
    Verb(
        "receive a package",
        M,
        lambda d, by: door.receive(
            by=by, receipt_id=d.receipt.pk, came=d.yard.came(serial="A2")
        ),
    ),
    Verb(
        "set aside",
        M,
        lambda d, by: corrections.set_aside(
            by=by, received_id=d.package.pk, condition=Condition.DAMAGED, because=WHY
        ),
    ),
    Verb(
        "take back",
        M,
        lambda d, by: corrections.take_back(by=by, received_id=d.package.pk, because=WHY),
    ),
    Verb(
        "put away",
        M,
        lambda d, by: shelving.put_away_lot(
            by=by,
            lot_id=d.package.lot_id,
            place_id=the_place(d.yard.world.pharmacy.pk, SHELF).pk,
            key="k",
        ),
    ),
    Verb(
        "close a delivery",
        M,
        lambda d, by: delivery.close_receipt(by=by, receipt_id=d.receipt.pk),
    ),
]
