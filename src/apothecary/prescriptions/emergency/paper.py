"""The record of an emergency order on paper, and the list of a period for an inspector."""

from apothecary.prescriptions.emergency.models import EmergencyNotice
from apothecary.prescriptions.emergency.queries import OrderLine, orders_of
from apothecary.prescriptions.emergency.taking import moment_of
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.book.papers import House, house_of
from apothecary.vault.inspection import InspectorPaper, Said, add_paper, days_asked
from apothecary.vault.paper import Column, Paper
from apothecary.workbench.filters import plain

RECORD = (Column("What", 170), Column("Written down", 550))
LIST = (
    Column("Ordered", 84),
    Column("Rx", 52),
    Column("Patient", 96),
    Column("Drug", 108),
    Column("Quantity", 50, right=True),
    Column("Prescriber", 96),
    Column("Pharmacist", 74),
    Column("Covered, or who was told", 160),
)


def order_paper(by: Worker, line: OrderLine) -> Paper:
    """One order with all that was written down of it; it is the notice's enclosure too."""
    house, row = house_of(by), line.order
    rx = row.prescription
    who, writer = rx.patient, rx.prescriber
    known = "known to the pharmacist" if row.prescriber_known else row.verified_how
    rows = [
        ("Prescription", f"{rx.number}, C-II, taken by telephone, no refills"),
        ("Patient", f"{who}, {who.street}, {who.city}, {who.state} {who.postal_code}"),
        ("Drug", f"{rx.package.product}, {plain(rx.quantity)} {rx.package.unit}"),
        ("Directions", rx.directions),
        ("Prescriber", f"{writer}, DEA {writer.dea}, {writer.practice} {writer.street}"),
        ("Oral order", f"{house.stamp(row.ordered_at)}, taken by {row.by_name}"),
        ("Put in writing", f"{house.stamp(row.recorded_at)}: {row.said}"),
        ("Emergency", row.because),
        ("Emergency period", row.period),
        ("Prescriber verified", known),
        ("Prescription due", f"{row.due_on:%m/%d/%Y} (21 CFR 1306.11(d)(4))"),
        ("Covered", covered(line)),
        *((f"Told: {one.get_whom_display()}", told(one, house)) for one in line.notices),
    ]
    return Paper(
        title=f"Emergency oral order, Rx {rx.number}",
        head=[*house.head, ("Stands", line.standing.where.value)],
        columns=RECORD,
        rows=rows,
        below=[f"Keep until {row.kept_until:%m/%d/%Y} at least (21 CFR 1304.04)."],
        signatures=[row.by_name],
    )


def covered(line: OrderLine) -> str:
    """What covers it, in words, or that nothing does."""
    cover = line.cover
    if cover is None:
        return "nothing has come"
    mailed = f", postmarked {cover.postmarked_on:%m/%d/%Y}" if cover.postmarked_on else ""
    how = (
        f"{cover.get_kind_display()} of {cover.written_on:%m/%d/%Y}, came "
        f"{cover.received_on:%m/%d/%Y}{mailed}, attached by {cover.by_name}"
    )
    return " ".join(part for part in (f"{how}.", cover.annotation, cover.late_by_state) if part)


def told(notice: EmergencyNotice, house: House) -> str:
    """Who was told, where, how and when, in words."""
    early = f" ({notice.because})" if notice.because else ""
    return (
        f"{notice.office}, {notice.spoke_with}, by {notice.how}, on "
        f"{house.stamp(notice.told_at)} by {notice.by_name}{early}"
    )


def emergencies_paper(by: Worker, said: Said) -> Paper:
    """The emergency orders of a period with what covers them (4 queries)."""
    first, last = days_asked(said, today=by.today)
    house = house_of(by)
    lines = orders_of(by.pharmacy_id, first, last, now=moment_of(house.row, by.at))
    return Paper(
        title="Emergency oral orders of Schedule II drugs",
        head=[*house.head, ("Period", f"{first:%m/%d/%Y} to {last:%m/%d/%Y}")],
        columns=LIST,
        rows=[listed(line, house) for line in lines],
        below=[] if lines else ["No emergency oral order was taken in these days."],
    )


def listed(line: OrderLine, house: House) -> tuple[str, ...]:
    """One order as a line of the list."""
    row = line.order
    rx = row.prescription
    notices = "; ".join(
        f"{one.get_whom_display()} told: {told(one, house)}" for one in line.notices
    )
    owed = f"{line.standing.where.value}, due {row.due_on:%m/%d/%Y}" if line.open else ""
    came = covered(line) if line.cover else ""
    return (
        house.stamp(row.ordered_at),
        str(rx.number),
        str(rx.patient),
        str(rx.package.product),
        f"{plain(rx.quantity)} {rx.package.unit}",
        f"{rx.prescriber}, DEA {rx.prescriber.dea}",
        row.by_name,
        "; ".join(part for part in (came, notices, owed) if part) or line.standing.where.value,
    )


add_paper(
    InspectorPaper(
        "emergencies",
        "Emergency oral orders",
        "Schedule II drugs taken by telephone, and the prescription that covers each.",
        "21 CFR 1306.11(d)",
        Duty.READ_RECORDS,
        emergencies_paper,
        ("first", "last"),
    )
)
