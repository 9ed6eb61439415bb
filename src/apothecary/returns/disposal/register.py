"""The register of destroyed controlled drugs, put on the inspector's list of papers."""

from apothecary.returns.disposal.models import DestroyedLine
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.book.papers import DAYS, MOST_ROWS, house_of
from apothecary.vault.inspection import InspectorPaper, Said, add_paper, days_asked
from apothecary.vault.paper import Column, Paper
from apothecary.workbench.filters import quantity

ROMAN = {2: "II", 3: "III", 4: "IV", 5: "V"}
COLUMNS = (
    Column("Record", 40), Column("Destroyed on", 62), Column("C", 22), Column("Drug", 150),
    Column("NDC", 80), Column("Lot", 60), Column("Quantity", 66, right=True),
    Column("Where, how", 130), Column("Seen by", 110),
)  # fmt: skip


def destructions_paper(by: Worker, said: Said) -> Paper:
    """Every controlled drug destroyed in a period, before whom and how (2 queries)."""
    house = house_of(by)
    first, last = days_asked(said, today=by.today)
    lines = DestroyedLine.objects.filter(
        pharmacy_id=by.pharmacy_id,
        destruction__destroyed_on__gte=first,
        destruction__destroyed_on__lte=last,
    ).select_related("destruction", "lot__package__product")
    found = list(lines.order_by("destruction__number", "id")[:MOST_ROWS])
    return Paper(
        title="Controlled substances destroyed (records for DEA Form 41)",
        head=[*house.head, ("Destroyed", f"{first:%m/%d/%Y} through {last:%m/%d/%Y}")],
        columns=COLUMNS,
        rows=[row_of(line) for line in found],
        below=[] if found else ["None was destroyed in this period."],
    )


def row_of(line: DestroyedLine) -> tuple[str, ...]:
    """One lot of a record as it is read."""
    record, package = line.destruction, line.lot.package
    return (
        str(record),
        f"{record.destroyed_on:%m/%d/%Y}",
        ROMAN.get(package.product.schedule, ""),
        f"{package.product.name} {package.product.strength_said}",
        package.ndc,
        line.lot.number,
        quantity(line.quantity, package.unit_word or package.unit),
        f"{record.place}; {record.method}",
        f"{record.by_name}, {record.by_title}; {record.witness_name}, {record.witness_title}",
    )


add_paper(
    InspectorPaper(
        "destructions",
        "Destructions",
        "What was destroyed here before two people, and how.",
        "21 CFR 1304.21(e), 1317.95",
        Duty.READ_RECORDS,
        destructions_paper,
        DAYS,
    )
)
