"""Invoices as an inspector reads them: who supplied what, at which DEA number, when it came.

Of Schedules III to V the invoice with the day of receipt on it is the record of receipt.
"""

from collections.abc import Sequence

from django.db.models import Prefetch, QuerySet

from apothecary.law.facts import schedule_name
from apothecary.law.problem import refuse
from apothecary.purchasing.matching.models import InvoiceLine
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.book.papers import DAYS, MOST_ROWS, House, house_of
from apothecary.vault.inspection import InspectorPaper, Said, add_paper, days_asked
from apothecary.vault.paper import Column, Paper

ALL = "all"
CONTROLLED = (2, 3, 4, 5)
COLUMNS = (
    Column("Invoice", 66), Column("Dated", 52), Column("Supplier", 110), Column("DEA", 54),
    Column("PO", 50), Column("C", 34), Column("Item", 128), Column("NDC", 74),
    Column("Billed", 38, right=True), Column("Received", 94), Column("State", 50),
)  # fmt: skip


def invoices_paper(by: Worker, said: Said) -> Paper:
    """The lines of the invoices of a period with what came of each (3 queries)."""
    house = house_of(by)
    first, last = days_asked(said, today=by.today)
    which = said.get("schedule", "").strip().lower()
    rows = of_schedule(
        InvoiceLine.objects.filter(
            pharmacy_id=by.pharmacy_id,
            invoice__invoiced_on__gte=first,
            invoice__invoiced_on__lte=last,
        ),
        which,
    )
    came = ReceivedPackage.objects.filter(undone_at=None).order_by("received_at", "id")
    found = list(
        rows.select_related("invoice__wholesaler", "invoice__order", "package__product")
        .prefetch_related(Prefetch("line__received", queryset=came))
        .order_by("invoice__invoiced_on", "invoice_id", "number")[:MOST_ROWS]
    )
    return Paper(
        title=f"Invoices of {titled(which)}",
        head=[*house.head, ("Dated", f"{first:%m/%d/%Y} through {last:%m/%d/%Y}")],
        columns=COLUMNS,
        rows=[row_of(line, house) for line in found],
        below=[] if found else ["No such invoice is of this period."],
    )


def of_schedule(rows: QuerySet[InvoiceLine], which: str) -> QuerySet[InvoiceLine]:
    """Lines of one schedule, of II to V where nothing is said, or of everything."""
    if which == ALL:
        return rows
    if not which:
        return rows.filter(package__product__schedule__in=CONTROLLED)
    if which not in [str(each) for each in CONTROLLED]:
        says = f"{which!r} is no schedule: 2 to 5, or all; empty for II to V together."
        raise refuse(says, field="schedule", code="no-schedule")
    return rows.filter(package__product__schedule=int(which))


def titled(which: str) -> str:
    """Of what they are."""
    if which == ALL:
        return "all goods"
    return f"Schedule {schedule_name(int(which))}" if which else "controlled substances"


def row_of(line: InvoiceLine, house: House) -> tuple[str, ...]:
    """One line as it was billed, and what is written down of its coming."""
    invoice, package = line.invoice, line.package
    product = package.product if package else None
    return (
        invoice.number,
        f"{invoice.invoiced_on:%m/%d/%Y}",
        invoice.wholesaler.name,
        invoice.wholesaler.dea,
        invoice.order.po if invoice.order else invoice.po,
        schedule_name(product.schedule) if product and product.schedule else "",
        f"{product.name} {product.strength_said}" if product else line.description,
        package.ndc if package else line.ndc,
        str(line.packages),
        came_of(list(line.line.received.all()) if line.line else [], house),
        invoice.state,
    )


def came_of(received: Sequence[ReceivedPackage], house: House) -> str:
    """Packages by the day on which they came; an invoice without its goods says so."""
    days: dict[str, int] = {}
    for each in received:
        day = f"{house.row.day_of(each.received_at):%m/%d/%Y}"
        days[day] = days.get(day, 0) + each.packages
    return "; ".join(f"{many} on {day}" for day, many in days.items()) or "nothing yet"


add_paper(
    InspectorPaper(
        "invoices",
        "Invoices",
        "Who supplied what, and when it came: Schedules II to V, one of them, or all goods.",
        "21 CFR 1304.21, 1304.22(c)",
        Duty.READ_RECORDS,
        invoices_paper,
        ("schedule", *DAYS),
    )
)
