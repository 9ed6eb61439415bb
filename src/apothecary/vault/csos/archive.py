"""The archive of electronic orders: what still stands as it was signed, and the paper of it."""

from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.vault.book.papers import house_of
from apothecary.vault.csos.models import CsosOrder, CsosReceipt
from apothecary.vault.csos.signing import archive_problems
from apothecary.vault.inspection import InspectorPaper, Said, add_paper, days_asked
from apothecary.vault.paper import Column, Paper

MOST_ROWS = 20_000
BATCH = 200
COLUMNS = (
    Column("Order", 62), Column("Signed on", 54), Column("Supplier", 112), Column("Item", 156),
    Column("Ordered", 46, right=True), Column("Received, when", 112), Column("State", 58),
    Column("Signed by, certificate", 120),
)  # fmt: skip


def archive_faults(pharmacy: Pharmacy) -> list[str]:
    """Every signed order of a pharmacy whose bytes no longer stand; none means all do."""
    rows = CsosOrder.objects.filter(pharmacy_id=pharmacy.pk, signed_at__isnull=False)
    rows = rows.select_related("certificate").order_by("pk")
    return [
        problem.says
        for order in rows.iterator(chunk_size=BATCH)
        for problem in archive_problems(order)
    ]


def orders_paper(by: Worker, said: Said) -> Paper:
    """Electronic orders written in a period with what came on each item (5 queries and two an
    order, since each signature is proved anew).
    """
    house = house_of(by)
    first, last = days_asked(said, today=by.today)
    rows = CsosOrder.objects.filter(
        pharmacy_id=by.pharmacy_id, written_on__gte=first, written_on__lte=last
    )
    orders = list(rows.select_related("certificate").order_by("written_on", "id")[:MOST_ROWS])
    came: dict[int, list[str]] = {}
    receipts = CsosReceipt.objects.filter(line__order__in=orders, undone_at=None)
    for each in receipts.order_by("id"):
        came.setdefault(each.line_id, []).append(
            f"{each.packages} on {each.received_on:%m/%d/%Y}"
        )
    faults = [problem.says for order in orders for problem in archive_problems(order)]
    table = [row for order in orders for row in order_rows(order, came)]
    proved = sum(1 for order in orders if order.signed_at) - len(faults)
    return Paper(
        title="Electronic orders for controlled substances (21 CFR 1305.21 to 1305.28)",
        head=[*house.head, ("Written", f"{first:%m/%d/%Y} through {last:%m/%d/%Y}")],
        columns=COLUMNS,
        rows=table,
        below=[
            f"{proved} signed orders stand as they were signed; {len(faults)} do not.",
            *faults[:10],
        ],
    )


def order_rows(order: CsosOrder, came: dict[int, list[str]]) -> list[tuple[str, ...]]:
    """A row for each item; an order without one is a row of its own (1 query)."""
    signed = f"{order.signed_on:%m/%d/%Y}" if order.signed_on and order.signed_at else ""
    held = order.certificate.serial if order.certificate else ""
    who = f"{order.signed_by_name}, {order.signed_as}, {held}" if held else "not signed"
    ended = f": {order.ended_because or order.answer_says}"
    state = order.state + (ended if order.state in {"void", "lost", "not accepted"} else "")
    head = (order.number, signed, f"{order.supplier_name} {order.supplier_dea}")
    lines = list(order.lines.order_by("number"))
    if not lines:
        return [(*head, "nothing", "0", "", state, who)]
    return [
        (
            *head,
            f"{line.number}. {line.item_name} {line.strength} {line.form}, {line.package_size}",
            str(line.packages),
            "; ".join([*came.get(line.pk, []), *([f"void: {line.void_because}"]
                      if line.void_on else [])]),
            state,
            who,
        )
        for line in lines
    ]  # fmt: skip


PAPER = add_paper(
    InspectorPaper(
        "csos",
        "Electronic orders",
        "Each order with what came on it, and whether its signature still stands.",
        "21 CFR 1305.22(g), 1305.27",
        Duty.READ_RECORDS,
        orders_paper,
        ("first", "last"),
    )
)
