"""The whole way: an order, its answer, ship notice and invoice, and the hands between them."""

from decimal import Decimal

from apothecary.purchasing.matching.actions import (
    approve_invoice,
    claim_difference,
    credit_difference,
    last_cost,
    match_invoice,
)
from apothecary.purchasing.matching.models import Difference, Invoice
from apothecary.purchasing.ordering.models import Order
from apothecary.purchasing.receiving.delivery import close_receipt, scan_tote
from apothecary.purchasing.receiving.shelving import put_away_lot, waiting_to_put_away, where_to
from apothecary.purchasing.states import Condition, OrderState
from apothecary.stock.levels.models import Expected
from apothecary.stock.models import Balance
from apothecary.stock.queries import book_faults


def test_from_the_pad_to_the_shelf_and_to_the_cent(yard, pharmacy):
    by, of = yard.by, pharmacy.pharmacy.pk
    order = yard.sent(lisinopril=3, warfarin=2)
    assert Expected.objects.get(package=pharmacy.drugs["lisinopril"]).quantity == 300
    (paper,) = yard.takes(
        yard.answer(
            order, ("lisinopril", 3, [("IQ", 2), ("IB", 1)]), ("warfarin", 2, [("IA", 2)])
        )
    )
    assert paper.problem == ""
    order.refresh_from_db()
    assert order.state == OrderState.ACKNOWLEDGED
    yard.announced(order, ("lisinopril", 2, "L7"), ("warfarin", 2, "W1"))
    receipt = scan_tote(by=by, sscc="006141410000000012")
    yard.takes_in(receipt, yard.came("lisinopril", serial="A1"))
    yard.takes_in(receipt, yard.came("lisinopril", serial="A2"))
    damaged = yard.takes_in(
        receipt,
        yard.came("warfarin", serial="B1", lot="W1"),
        condition=Condition.DAMAGED,
        because="crushed",
    )
    close_receipt(by=by, receipt_id=receipt.pk)
    (one,) = waiting_to_put_away(pharmacy_id=of)
    where = where_to(pharmacy_id=of, one=one)
    assert where is not None
    assert put_away_lot(by=by, lot_id=one.lot_id, place_id=where.place_id, key="k") == 2
    assert Balance.objects.get(lot_id=one.lot_id, place_id=where.place_id).on_hand == 200
    assert Expected.objects.get(package=pharmacy.drugs["lisinopril"]).quantity == 100

    (paper,) = yard.takes(
        yard.invoice(order, ("lisinopril", 2, "2.11"), ("warfarin", 2, "11.50"), freight="2.00")
    )
    assert paper.problem == ""
    invoice = match_invoice(by=by, invoice_id=Invoice.objects.get().pk)
    kinds = {one.kind: one.usd for one in Difference.objects.all()}
    assert kinds == {
        "damaged": Decimal("11.00"),
        "short": Decimal("11.00"),
        "price": Decimal("1.00"),
    }
    for found in Difference.objects.all():
        claim_difference(by=by, difference_id=found.pk, because="called Kim", reference="C1")
    approve_invoice(by=by, invoice_id=invoice.pk)
    assert last_cost(pharmacy_id=of, package_id=pharmacy.drugs["warfarin"].pk) == Decimal("11")
    credit_difference(
        by=by, difference_id=damaged.difference.pk, usd=Decimal("11.00"), reference="CR1"
    )
    assert book_faults(pharmacy_id=of) == []
    assert Order.objects.get().state == OrderState.PART_RECEIVED
