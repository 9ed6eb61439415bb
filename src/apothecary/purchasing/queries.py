"""What the screens of ordering and papers show; each states how often it asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from apothecary.purchasing.matching.models import Difference, Invoice, InvoiceLine
from apothecary.purchasing.ordering.expecting import LineRest, rest_of
from apothecary.purchasing.ordering.models import LineAnswer, Order, OrderLine
from apothecary.purchasing.papers.models import Paper
from apothecary.purchasing.receiving.models import Receipt, ShipNotice
from apothecary.purchasing.states import ON_ORDER, UNSETTLED, OrderState
from apothecary.wires import Malformed, x12

ROWS = 50
S = OrderState
LINES = Prefetch(
    "lines",
    OrderLine.objects.select_related("package__product", "item", "instead_of").order_by(
        "number"
    ),
)


def cost_usd(lines: Sequence[OrderLine]) -> Decimal:
    """What the lines cost at the prices that are known."""
    return sum(
        ((line.price_usd or Decimal(0)) * line.packages for line in lines), Decimal(0)
    ).quantize(Decimal("0.01"))


def pad(*, pharmacy_id: int) -> list[Order]:
    """The drafts and what was approved and not sent, with their lines (2 queries)."""
    rows = Order.objects.filter(
        pharmacy_id=pharmacy_id, state__in=[S.DRAFT.value, S.APPROVED.value]
    )
    return list(
        rows.select_related("wholesaler").prefetch_related(LINES).order_by("wholesaler__name")
    )


def orders(*, pharmacy_id: int, limit: int = ROWS) -> list[Order]:
    """The orders that went out, those under way first (1 query)."""
    going = Q(state__in=sorted(state.value for state in ON_ORDER))
    rows = (
        Order.objects.filter(pharmacy_id=pharmacy_id)
        .exclude(state__in=[S.DRAFT.value, S.APPROVED.value])
        .select_related("wholesaler", "outgoing")
        .annotate(
            many=Count("lines", distinct=True),
            to_decide=Count(
                "lines__answers",
                distinct=True,
                filter=Q(lines__answers__needs_decision=True, lines__answers__decided=""),
            ),
            going=Count("pk", filter=going, distinct=True),
        )
    )
    return list(rows.order_by("-going", "-number")[:limit])


@dataclass(frozen=True, slots=True)
class Alerts:
    """What somebody should look at, counted."""

    to_decide: int
    late_receipts: list[Order]
    unsent: list[Order]
    papers: int
    differences: int


def alerts(*, pharmacy_id: int, at: datetime) -> Alerts:
    """Answers to decide on, receipts that did not come in time, orders the line did not take,
    papers set aside, differences nobody has claimed (5 queries)."""
    sent = Order.objects.filter(pharmacy_id=pharmacy_id, state=S.SENT.value).select_related(
        "wholesaler", "outgoing"
    )
    return Alerts(
        to_decide=LineAnswer.objects.filter(
            pharmacy_id=pharmacy_id, needs_decision=True, decided=""
        ).count(),
        late_receipts=list(late_receipts(sent, at=at)),
        unsent=list(sent.exclude(outgoing__problem="")[:ROWS]),
        papers=papers_aside(pharmacy_id=pharmacy_id).count(),
        differences=Difference.objects.filter(pharmacy_id=pharmacy_id, state="open").count(),
    )


def late_receipts(sent: QuerySet[Order], *, at: datetime) -> QuerySet[Order]:
    """Orders whose 997 is overdue, and which nothing else has answered either."""
    late = sent.filter(receipt_at=None, acknowledged_at=None, receipt_due_at__lt=at)
    return late.order_by("receipt_due_at")[:ROWS]


def papers_aside(*, pharmacy_id: int) -> QuerySet[Paper]:
    """What nobody could act on, the newest first (1 query)."""
    rows = Paper.objects.filter(pharmacy_id=pharmacy_id, dismissed_at=None).exclude(problem="")
    return rows.select_related("wholesaler", "interchange").order_by("-arrived_at", "-pk")


def last_papers(*, pharmacy_id: int) -> QuerySet[Paper]:
    """What came last, whatever became of it (1 query)."""
    rows = Paper.objects.filter(pharmacy_id=pharmacy_id).select_related(
        "wholesaler", "interchange"
    )
    return rows.order_by("-arrived_at", "-pk")[:ROWS]


def paper_page(*, pharmacy_id: int, paper_id: int) -> tuple[Paper, list[str]] | None:
    """One paper with its segments as they came (1 query)."""
    paper = (
        Paper.objects.select_related("wholesaler", "interchange__incoming")
        .filter(pharmacy_id=pharmacy_id, pk=paper_id)
        .first()
    )
    if paper is None:
        return None
    return paper, segments_of(paper)


def segments_of(paper: Paper) -> list[str]:
    """The segments of a paper, a line each; of what cannot be cut, its text."""
    raw = bytes(paper.interchange.incoming.raw)
    try:
        came = x12.read(raw).interchanges[0]
    except (Malformed, IndexError):
        text = raw[:20_000].decode("latin-1")
        return [text[start : start + 100] for start in range(0, len(text), 100)]
    sets = [one for group in came.groups for one in group.sets]
    whole = paper.place == 0 or paper.place > len(sets)
    found = came.segments if whole else sets[paper.place - 1].segments
    return [segment.text.strip() for segment in found[:2_000]]


@dataclass(frozen=True, slots=True)
class OrderPage:
    """An order with all that hangs on it."""

    order: Order
    lines: list[tuple[OrderLine, LineRest, list[LineAnswer]]]
    notices: list[ShipNotice]
    receipts: list[Receipt]
    invoices: list[Invoice]
    differences: list[Difference]
    cost_usd: Decimal


def order_page(*, pharmacy_id: int, order_id: int) -> OrderPage | None:
    """One order: its lines, what was said of each, what came, what was billed (8 queries)."""
    order = (
        Order.objects.select_related("wholesaler", "outgoing")
        .prefetch_related(LINES)
        .filter(pharmacy_id=pharmacy_id, pk=order_id)
        .first()
    )
    if order is None:
        return None
    lines = list(order.lines.all())
    rest = {one.line_id: one for one in rest_of(pharmacy_id=pharmacy_id, order_id=order_id)}
    answers: dict[int, list[LineAnswer]] = {}
    said = LineAnswer.objects.filter(pharmacy_id=pharmacy_id, line__order=order)
    for answer in said.select_related("package__product").order_by("pk"):
        answers.setdefault(answer.line_id, []).append(answer)
    notices = ShipNotice.objects.filter(
        pharmacy_id=pharmacy_id, pk__in=order_notices(order).values("pk")
    )
    receipts = Receipt.objects.filter(pharmacy_id=pharmacy_id).filter(
        Q(order=order) | Q(notice__in=order_notices(order))
    )
    mine = Q(line__order=order) | Q(invoice__order=order)
    differences = Difference.objects.filter(mine, pharmacy_id=pharmacy_id)
    return OrderPage(
        order=order,
        lines=[(line, rest[line.pk], answers.get(line.pk, [])) for line in lines],
        notices=list(notices.order_by("pk")),
        receipts=list(receipts.order_by("pk")),
        invoices=list(Invoice.objects.filter(pharmacy_id=pharmacy_id, order=order)),
        differences=list(differences.distinct().order_by("pk")),
        cost_usd=cost_usd(lines),
    )


def order_notices(order: Order) -> QuerySet[ShipNotice]:
    """The ship notices that announce something of an order."""
    return ShipNotice.objects.filter(
        pharmacy_id=order.pharmacy_id, items__line__order=order
    ).distinct()


def invoices(*, pharmacy_id: int) -> list[Invoice]:
    """The invoices, those nobody has approved first (1 query)."""
    rows = Invoice.objects.filter(pharmacy_id=pharmacy_id).select_related("wholesaler", "order")
    counted = rows.annotate(
        differing=Count("differences"), done=Count("pk", filter=Q(state="approved"))
    )
    return list(counted.order_by("done", "-invoiced_on", "-pk")[:ROWS])


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """An invoice with its lines, charges, and what must be answered for."""

    invoice: Invoice
    lines: list[InvoiceLine]
    charges: list[tuple[str, Decimal]]
    differences: list[Difference]
    claimed_usd: Decimal


def invoice_page(
    *, pharmacy_id: int, invoice_id: int, differences: Sequence[Difference]
) -> InvoicePage | None:
    """One invoice (3 queries); ``differences`` are what ``matching.of_invoice`` found."""
    invoice = (
        Invoice.objects.select_related("wholesaler", "order", "paper")
        .filter(pharmacy_id=pharmacy_id, pk=invoice_id)
        .first()
    )
    if invoice is None:
        return None
    lines = InvoiceLine.objects.select_related("line", "package__product").filter(
        pharmacy_id=pharmacy_id, invoice=invoice
    )
    return InvoicePage(
        invoice=invoice,
        lines=list(lines.order_by("number")),
        charges=list(invoice.charges.order_by("pk").values_list("says", "usd")),
        differences=list(differences),
        claimed_usd=sum((one.usd for one in differences), Decimal(0)),
    )


def differences(*, pharmacy_id: int, settled: bool = False) -> list[Difference]:
    """What is not settled with wholesalers, the oldest first (1 query)."""
    unsettled = sorted(state.value for state in UNSETTLED)
    rows = Difference.objects.filter(pharmacy_id=pharmacy_id).select_related(
        "wholesaler", "package__product", "line__order", "invoice"
    )
    rows = rows.exclude(state__in=unsettled) if settled else rows.filter(state__in=unsettled)
    return list(rows.order_by("-closed_at", "found_at", "pk")[: 2 * ROWS])


def owed_by(*, pharmacy_id: int) -> list[tuple[str, Decimal]]:
    """What each wholesaler still owes us of what was claimed (1 query)."""
    rows = Difference.objects.filter(
        pharmacy_id=pharmacy_id, state__in=["claimed", "short-credited"]
    )
    by_name = rows.values_list("wholesaler__name").annotate(
        usd=Sum("usd"), credited=Sum("credited_usd")
    )
    ordered = by_name.order_by("wholesaler__name")
    return [(name, usd - credited) for name, usd, credited in ordered]
