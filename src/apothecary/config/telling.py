"""What higher rooms know of the vault's moves, and their papers: put on its lists on import.

The vault stands below purchasing and prescriptions and sees a fill as a number. Here, where all
rooms are known, the Rx number and the receipt get their words, and the papers their makers.
"""

from collections.abc import Mapping, Sequence

from apothecary.config import telling_epcs
from apothecary.journal.queries import history
from apothecary.law.problem import refuse
from apothecary.pickup.behind_counter import papers as counter_papers
from apothecary.prescriptions.dispensed_facts import dispensed_facts
from apothecary.prescriptions.emergency import paper as of_emergencies  # noqa: F401 its paper
from apothecary.prescriptions.models import Fill, Prescription
from apothecary.prescriptions.refill_log import papers as refill_papers
from apothecary.prescriptions.transfers import paper  # noqa: F401 puts its paper on the list
from apothecary.purchasing.matching import inspected
from apothecary.purchasing.matching.models import Invoice
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.returns.disposal import register  # noqa: F401 its paper
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.book.papers import house_of
from apothecary.vault.book.telling import ToldOf, tell_with
from apothecary.vault.csos import archive  # noqa: F401 its paper
from apothecary.vault.inspection import InspectorPaper, Said, add_paper, number_asked
from apothecary.vault.losses import papers as of_losses  # noqa: F401 its papers
from apothecary.vault.monitoring import papers as of_monitoring  # noqa: F401 its paper
from apothecary.vault.orders import papers  # noqa: F401 puts its papers on the list
from apothecary.vault.paper import Column, Paper
from apothecary.vault.unusual.facts import read_with

__all__ = [
    "counter_papers",
    "inspected",
    "refill_papers",
    "telling_epcs",
]
RECEIVED = "received-"
MOST_ENTRIES = 2_000
CHANGES = (
    Column("When", 96),
    Column("By", 120),
    Column("At", 100),
    Column("What", 190),
    Column("About", 64),
    Column("Details", 150),
)


def rx_numbers(*, pharmacy_id: int, moves: Sequence[ToldOf]) -> Mapping[int, str]:
    """The Rx number of each fill's move (1 query)."""
    wanted = {move.fill_id for move in moves if move.fill_id is not None}
    fills = Fill.objects.filter(pharmacy_id=pharmacy_id, pk__in=wanted)
    numbers = dict(fills.values_list("pk", "prescription__number"))
    return {
        move.move_id: f"Rx {numbers[move.fill_id]}"
        for move in moves
        if move.fill_id is not None and move.fill_id in numbers
    }


def receipts(*, pharmacy_id: int, moves: Sequence[ToldOf]) -> Mapping[int, str]:
    """From whom a package came, with the DEA order and the invoices (2 queries)."""
    named = ((received_id(move.key), move.move_id) for move in moves)
    keys = {package: move for package, move in named if package is not None}
    if not keys:
        return {}
    rows = ReceivedPackage.objects.filter(pharmacy_id=pharmacy_id, pk__in=keys)
    found = list(rows.select_related("receipt__wholesaler", "line"))
    orders = {row.line.order_id for row in found if row.line is not None}
    billed = Invoice.objects.filter(pharmacy_id=pharmacy_id, order_id__in=orders)
    invoices: dict[int | None, list[str]] = {}
    for order_id, number in billed.order_by("number").values_list("order_id", "number"):
        invoices.setdefault(order_id, []).append(number)
    return {
        keys[row.pk]: receipt_says(
            row, invoices.get(row.line.order_id, []) if row.line is not None else []
        )
        for row in found
    }


def received_id(key: str) -> int | None:
    """The package a posting's key names, if it is one of the door's."""
    number = key.removeprefix(RECEIVED)
    return int(number) if key.startswith(RECEIVED) and number.isdigit() else None


def receipt_says(row: ReceivedPackage, invoices: Sequence[str]) -> str:
    """A receipt in words."""
    said = [f"from {row.receipt.wholesaler.name}"]
    if row.dea_order:
        said.append(f"DEA order {row.dea_order}")
    if invoices:
        said.append(f"invoice {', '.join(invoices)}")
    return ", ".join(said)


def changes_paper(by: Worker, said: Said) -> Paper:
    """Everything that was done about a prescription and its fills, from the journal."""
    number = number_asked(said, "rx")
    rx = Prescription.objects.filter(pharmacy_id=by.pharmacy_id, number=number).first()
    if rx is None:
        raise refuse(f"No prescription {number} here.", field="rx", code="no-rx")
    fills = Fill.objects.filter(pharmacy_id=by.pharmacy_id, prescription=rx)
    about = [
        ("prescription", rx.pk),
        *(("fill", pk) for pk in fills.values_list("pk", flat=True)),
    ]
    house = house_of(by)
    rows = [
        (
            house.stamp(line.at),
            line.by,
            line.station,
            line.deed,
            line.about,
            "; ".join(f"{name}: {value}" for name, value in sorted(line.details.items())),
        )
        for line in history(pharmacy_id=by.pharmacy_id, about=about, limit=MOST_ENTRIES)
    ]
    return Paper(
        title=f"All changes of prescription {rx.number}",
        head=[*house.head, ("Prescription", f"{rx.number}, written {rx.written_on:%m/%d/%Y}")],
        columns=CHANGES,
        rows=rows,
    )


tell_with("prescriptions", rx_numbers)
read_with("prescriptions", dispensed_facts)
tell_with("purchasing", receipts)
add_paper(
    InspectorPaper(
        "changes",
        "All changes of a prescription",
        "Who did what about it and its fills, and when.",
        "21 CFR 1306.22(f)",
        Duty.READ_JOURNAL,
        changes_paper,
        ("rx",),
    )
)
