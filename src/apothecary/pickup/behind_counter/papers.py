"""The logbook, the bound book and the refused sales, as an inspector gets them."""

from datetime import date

from apothecary.law.retention import Kept, kept_until
from apothecary.pickup.behind_counter.models import Kind
from apothecary.pickup.behind_counter.queries import refusals_between, sales_between
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.book.papers import House, house_of
from apothecary.vault.inspection import InspectorPaper, Said, add_paper, days_asked
from apothecary.vault.paper import Column, Paper
from apothecary.workbench.filters import plain

MOST_ROWS = 20_000
DAYS = ("first", "last")
LOG = (
    Column("Entry", 36, right=True),
    Column("Sold", 78),
    Column("Product", 120),
    Column("Packages", 44, right=True),
    Column("Units", 40, right=True),
    Column("Base g", 50, right=True),
    Column("Buyer", 84),
    Column("Address", 108),
    Column("Born", 52),
    Column("Shown", 82),
    Column("By", 26),
)
BOOK = (
    Column("Entry", 40, right=True),
    Column("Date", 84),
    Column("Buyer", 110),
    Column("Address", 160),
    Column("Drug", 160),
    Column("Quantity", 60, right=True),
    Column("Pharmacist", 106),
)
REFUSED = (
    Column("When", 84),
    Column("Who asked", 110),
    Column("Born", 56),
    Column("Shown", 80),
    Column("Asked for", 110),
    Column("Why not", 250),
    Column("By", 30),
)


def head_of(house: House, first: date, last: date) -> list[tuple[str, str]]:
    """Whose book it is and of which days."""
    return [*house.head, ("Period", f"{first:%m/%d/%Y} through {last:%m/%d/%Y}")]


def logbook(by: Worker, said: Said) -> Paper:
    """Every sale of a listed chemical product (3 queries)."""
    first, last = days_asked(said, today=by.today)
    house = house_of(by)
    rows = [
        (
            str(sale.pk),
            house.stamp(sale.at),
            f"{line.package.product.name} {line.package.product.strength_said}".strip(),
            str(line.packages),
            plain(line.quantity),
            plain(line.grams_base),
            sale.buyer,
            sale.address,
            f"{sale.born_on:%m/%d/%Y}",
            f"{sale.id_kind} {sale.id_number}, {sale.id_issuer}",
            sale.by.initials,
        )
        for sale in sales_between(by.pharmacy_id, first, last, kinds=(Kind.LISTED, Kind.BOTH))[
            :MOST_ROWS
        ]
        for line in sale.lines.all()
        if line.grams_base
    ]
    until = kept_until(Kept.PSEUDOEPHEDRINE_LOG, last, on=by.today)
    says = f"kept at least until {until.on:%m/%d/%Y} ({until.row.cite})"
    below = [f"The signatures stand in the entries; the last entry is {says}."]
    return Paper(
        title="Logbook of pseudoephedrine and its like (21 CFR 1314.30)",
        head=head_of(house, first, last),
        columns=LOG,
        rows=rows,
        below=[*below, *([] if rows else ["Nothing was sold in this period."])],
    )


def bound_book(by: Worker, said: Said) -> Paper:
    """Every sale of Schedule V without a prescription (3 queries)."""
    first, last = days_asked(said, today=by.today)
    house = house_of(by)
    rows = [
        (
            str(sale.pk),
            house.stamp(sale.at),
            sale.buyer,
            sale.address,
            f"{line.package.product.name} {line.package.product.strength_said}".strip(),
            f"{plain(line.quantity)} {line.package.unit}",
            sale.by.name,
        )
        for sale in sales_between(by.pharmacy_id, first, last, kinds=(Kind.EXEMPT, Kind.BOTH))[
            :MOST_ROWS
        ]
        for line in sale.lines.all()
        if line.limit
    ]
    return Paper(
        title="Schedule V without a prescription (21 CFR 1306.26)",
        head=head_of(house, first, last),
        columns=BOOK,
        rows=rows,
        below=[] if rows else ["Nothing was sold in this period."],
    )


def refused_paper(by: Worker, said: Said) -> Paper:
    """Every sale that was asked for and refused (2 queries)."""
    first, last = days_asked(said, today=by.today)
    house = house_of(by)
    rows = [
        (
            house.stamp(row.at),
            row.buyer,
            f"{row.born_on:%m/%d/%Y}" if row.born_on else "",
            row.id_number,
            row.asked,
            row.because,
            row.by.initials,
        )
        for row in refusals_between(house.row, first, last)[:MOST_ROWS]
    ]
    return Paper(
        title="Refused sales from behind the counter",
        head=head_of(house, first, last),
        columns=REFUSED,
        rows=rows,
        below=[] if rows else ["No sale was refused in this period."],
    )


for _key, _title, _says, _cite, _make in (
    ("pse-log", "Logbook of pseudoephedrine", "Who bought how much of it, and when.",
     "21 CFR 1314.30", logbook),
    ("pse-refused", "Refused sales", "What was not sold behind the counter, and why.",
     "21 CFR 1314.20; 1306.26", refused_paper),
    ("cv-book", "Schedule V without prescription", "The bound book of the pharmacists.",
     "21 CFR 1306.26(e)", bound_book),
):  # fmt: skip
    add_paper(InspectorPaper(_key, _title, _says, _cite, Duty.READ_RECORDS, _make, DAYS))
