"""The law this house goes by, row for row: where each is written, and how well it was read."""

from apothecary.law.tables import Row, every_row
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.vault.inspection import InspectorPaper, Said, add_paper
from apothecary.vault.paper import Column, Paper

GOES_BY = (
    Column("Table", 50), Column("Row", 130), Column("Says", 250), Column("Value", 90),
    Column("Written in", 130), Column("Mark", 28), Column("From", 52),
)  # fmt: skip
EVERYWHERE = frozenset({"federal", "policy", "substitution"})


def law_paper(by: Worker, said: Said) -> Paper:
    """Every row of law of this state and of all, in force or not (1 query)."""
    house = Pharmacy.objects.get(pk=by.pharmacy_id)
    rows = [
        law_row(table, row)
        for table, row in every_row()
        if table in (EVERYWHERE | {house.state}) or row.id.startswith(f"{house.state}_")
    ]
    return Paper(
        title="The law this pharmacy goes by",
        head=[
            ("Pharmacy", house.name),
            ("State", house.state),
            ("Marks", "V1 read at its source, V2 in a copy, K known, KQ off, C convention"),
        ],
        columns=GOES_BY,
        rows=rows,
        below=[],
    )


def law_row(table: str, row: Row) -> tuple[str, ...]:
    """A row as the paper shows it; a doubtful one is disabled and says so by its mark."""
    value = ", ".join(row.value) if isinstance(row.value, tuple) else str(row.value)
    from_on = f"{row.effective_from:%m/%d/%Y}"
    return (
        table, row.id, row.says, f"{value} {row.unit}".strip(), row.cite, row.verified, from_on
    )  # fmt: skip


add_paper(
    InspectorPaper(
        "law",
        "Law in force",
        "Each row this house goes by, its value, its citation, its mark and its day.",
        "each row's own",
        Duty.READ_RECORDS,
        law_paper,
        (),
    )
)
