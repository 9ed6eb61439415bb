"""Orders, deliveries, papers and invoices that stand where each endpoint would take them."""

from base64 import b64encode
from typing import Any

from apothecary.config.tests.world import World
from apothecary.purchasing.matching.actions import claim_difference, match_invoice
from apothecary.purchasing.matching.models import Difference, Invoice
from apothecary.purchasing.ordering.going import approve_order, cancel_order
from apothecary.purchasing.ordering.models import LineAnswer, Order
from apothecary.purchasing.receiving.delivery import close_receipt, scan_tote
from apothecary.purchasing.states import Condition, OrderState
from apothecary.purchasing.tests.yard import Yard, yard_of

BECAUSE = {"because": "because"}
SSCC = "006141410000000012"
# Only the pharmacist in charge keeps wholesalers.
KEPT = ("/purchasing/wholesalers", "/purchasing/wholesalers/{wholesaler_id}")
# And only they let a dollar go that a wholesaler owes.
IN_CHARGE_ONLY = (*KEPT, "/purchasing/differences/{difference_id}/accept")
WHOLESALER = {
    "code": "plains", "name": "Plains Drug", "account": "0012345", "account_340b": "0012345B",
    "dialect": "plain", "edi_id": "ZZ:WHOLESALER", "our_edi_id": "ZZ:PHARMACY",
    "dea": "RC9001013", "gln": "0614141001019", "order_by": "18:00", "lead_days": 1,
    "priority": 1, "receipt_minutes": 60, "phone": "5125550100", "active": True,
}  # fmt: skip


def of_supply(world: World, path: str) -> dict[str, object]:
    """The parts of an address, each of a thing that stands where it must."""
    yard = yard_of(world)
    verb = path.rsplit("/", 1)[-1]
    if "{line_id}" in path:
        order = yard.padded(lisinopril=3)
        return {"line_id": order.lines.get().pk}
    if "{order_id}" in path:
        return {"order_id": an_order(yard, verb).pk}
    if "{answer_id}" in path:
        order = yard.sent(lisinopril=3)
        yard.takes(yard.answer(order, ("lisinopril", 3, [("IQ", 2), ("IB", 1)])))
        return {"answer_id": LineAnswer.objects.filter(needs_decision=True)[:1].get().pk}
    if "{difference_id}" in path or "{invoice_id}" in path:
        return of_invoices(yard, verb)
    if "{item_id}" in path:
        item = yard.items["lisinopril"]
        item.package, item.problem = None, "not in the drug file"
        item.save()
        return {"item_id": item.pk}
    if "{paper_id}" in path:
        # What it lacked is there by the time somebody looks at it.
        order = yard.sent(lisinopril=3)
        Order.objects.update(state=OrderState.CANCELLED.value)
        (paper,) = yard.takes(yard.notice(order, ("lisinopril", 3, "L7")))
        Order.objects.update(state=OrderState.SENT.value)
        return {"paper_id": paper.pk}
    return of_door(yard, path, verb) | {"wholesaler_id": yard.wholesaler.pk}


def an_order(yard: Yard, verb: str) -> Order:
    """An order that an act of this name would take."""
    if verb in {"approve", "cancel"}:
        return yard.padded(lisinopril=3)
    if verb in {"send", "reopen"}:
        return approve_order(by=yard.by, order_id=yard.padded(lisinopril=3).pk)
    order = yard.sent(lisinopril=3)
    if verb == "again":
        return cancel_order(by=yard.by, order_id=order.pk, because="called off")
    if verb == "close":
        receipt = yard.begun(order)
        yard.takes_in(receipt, yard.came())
        close_receipt(by=yard.by, receipt_id=receipt.pk)
    return order


def of_invoices(yard: Yard, verb: str) -> dict[str, object]:
    """An invoice that bills three bottles where two came, compared or not yet."""
    order = yard.sent(lisinopril=3)
    receipt = yard.begun(order)
    yard.takes_in(receipt, yard.came(packages=2))
    close_receipt(by=yard.by, receipt_id=receipt.pk)
    came = 2 if verb == "approve" else 3
    yard.takes(yard.invoice(order, ("lisinopril", came, "2.11")))
    invoice = Invoice.objects.get()
    if verb == "match":
        return {"invoice_id": invoice.pk}
    match_invoice(by=yard.by, invoice_id=invoice.pk)
    found = Difference.objects.first()
    if found is not None and verb == "credit":
        claim_difference(by=yard.by, difference_id=found.pk, because="called Kim")
    return {"invoice_id": invoice.pk, "difference_id": found.pk if found else 0}


def of_door(yard: Yard, path: str, verb: str) -> dict[str, object]:
    """A delivery that was begun, with a package in receiving where one is asked for."""
    order = yard.sent(lisinopril=3)
    yard.announced(order, ("lisinopril", 3, "L7"))
    if "{" not in path or "{wholesaler_id}" in path:
        return {}
    receipt = scan_tote(by=yard.by, sscc=SSCC)
    parts: dict[str, object] = {"receipt_id": receipt.pk}
    if "{received_id}" in path or "{lot_id}" in path:
        row = yard.takes_in(receipt, yard.came(serial="A1"))
        parts |= {"received_id": row.pk, "lot_id": row.lot_id}
    return parts


def supply_bodies(world: World | None) -> dict[str, dict[str, Any]]:
    """A right body for each endpoint of purchasing that takes one, every field said."""
    ndc = world.drugs["lisinopril"].ndc if world else ""
    own = {"programme": "own"}
    order, row = "/purchasing/orders/{order_id}", "/purchasing/differences/{difference_id}"
    receipt, received = (
        "/purchasing/receipts/{receipt_id}",
        "/purchasing/received/{received_id}",
    )
    notice = a_notice(world) if world else b""
    first = Order.objects.order_by("pk").first() if world else None
    return {
        "/purchasing/pad/fill": own,
        "/purchasing/pad/lines": own | {"ndc": ndc, "packages": 2, "wholesaler_id": None},
        "/purchasing/lines/{line_id}": {"packages": 4},
        f"{order}/cancel": BECAUSE,
        f"{order}/close": BECAUSE,
        "/purchasing/answers/{answer_id}/refuse": BECAUSE,
        "/purchasing/totes": {"code": f"]C100{SSCC}"},
        "/purchasing/receipts": {"notice_id": None, "order_id": first.pk if first else 1},
        f"{receipt}/temperature": {"temperature_c": "5.0", "frozen": False},
        f"{receipt}/packages": {
            "key": "p1", "code": "", "ndc": ndc, "lot": "L7", "expires_on": "2028-06-30",
            "packages": 1, "dea_order": "", "condition": Condition.GOOD.value,
            "because": "", "initials": "", "pin": ""},
        f"{received}/aside": BECAUSE | {"condition": Condition.DAMAGED.value},
        f"{received}/back": BECAUSE,
        "/purchasing/put-away/{lot_id}": own | {"place": "Shelf", "key": "s1"},
        f"{row}/claim": BECAUSE | {"reference": "C1"},
        f"{row}/credit": {"usd": "2.11", "reference": "CR1"},
        f"{row}/accept": BECAUSE,
        f"{row}/write-off": BECAUSE,
        KEPT[0]: WHOLESALER | {"code": "hill"},
        KEPT[1]: WHOLESALER,
        f"{KEPT[1]}/papers": {"base64": b64encode(notice).decode(), "name": "856.x12"},
        "/purchasing/papers/{paper_id}/dismiss": BECAUSE,
        "/purchasing/items/{item_id}/tie": {"ndc": ndc},
        "/purchasing/items/{item_id}/dismiss": BECAUSE,
    }  # fmt: skip


def a_notice(world: World) -> bytes:
    """A ship notice of the order that went out; of none, bytes nobody can read."""
    row = Order.objects.filter(lines__package=world.drugs["lisinopril"]).first()
    if row is None:
        return b"no paper"
    yard = Yard(world, row.wholesaler)
    yard.items["lisinopril"] = row.lines.get().item
    return yard.raw(yard.notice(row, ("lisinopril", 3, "L7"), shipment="SH2"))
