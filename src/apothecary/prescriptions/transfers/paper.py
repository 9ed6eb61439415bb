"""The record of a transfer on paper, and the list of all of a period for an inspector."""

from apothecary.prescriptions.transfers.models import Direction, Transfer
from apothecary.prescriptions.transfers.queries import transfers_of
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.vault.book.papers import house_of
from apothecary.vault.inspection import InspectorPaper, Said, add_paper, days_asked
from apothecary.vault.paper import Column, Paper

EVERY = 100_000
ROMAN = {0: "not controlled", 2: "C-II", 3: "C-III", 4: "C-IV", 5: "C-V"}
FILLS = (
    Column("Filled on", 110),
    Column("Quantity", 90, right=True),
    Column("Pharmacy", 360),
    Column("Number there", 160),
)
LIST = (
    Column("Day", 62),
    Column("Way", 34),
    Column("Rx", 60),
    Column("Drug", 150),
    Column("Schedule", 50),
    Column("Other pharmacy", 130),
    Column("Their number", 50),
    Column("DEA", 66),
    Column("Spoke", 118),
)


def transfer_paper(row: Transfer, pharmacy: Pharmacy) -> Paper:
    """The record of one transfer: what 21 CFR 1306.25(b) and 1306.08(g)-(h) ask for."""
    out = row.direction == Direction.OUT
    return Paper(
        title="Prescription transferred out" if out else "Transfer",
        head=[
            *sides(row, pharmacy),
            *prescription_head(row),
            ("Transferred on", f"{row.transferred_on:%m/%d/%Y} by {row.get_way_display()}"),
            *([("Message", row.reference)] if row.reference else []),
            *taken_back_head(row),
        ],
        columns=FILLS,
        rows=[
            (
                f"{one.on:%m/%d/%Y}",
                "" if one.quantity is None else f"{one.quantity.normalize():f}",
                one.place,
                one.number,
            )
            for one in row.past_fills
        ],
        below=below(row),
    )


def sides(row: Transfer, pharmacy: Pharmacy) -> list[tuple[str, str]]:
    """Both pharmacies with their pharmacists, the one that gives it away first."""
    ours = (
        f"{pharmacy.name}, {pharmacy.street}, {pharmacy.city}, {pharmacy.state} "
        f"{pharmacy.postal_code}, DEA {pharmacy.dea}"
    )
    theirs = f"{row.name}, {row.address}, DEA {row.dea or 'not asked'}"
    us = [ours, f"{row.by_name}, {row.by_title}"]
    them = [theirs, f"{row.spoke_with}, {row.spoke_with_title}"]
    giving, taking = (us, them) if row.direction == Direction.OUT else (them, us)
    return [
        ("From", giving[0]),
        ("Transferring", giving[1]),
        ("To", taking[0]),
        ("Receiving", taking[1]),
    ]


def prescription_head(row: Transfer) -> list[tuple[str, str]]:
    """The prescription: its numbers here and there, patient, drug, days, refills."""
    rx = row.prescription
    written = f"{row.written_on:%m/%d/%Y}" if row.written_on else "not said yet"
    refills = f"{said(row.refills_originally)} originally, {said(row.refills_left)} left"
    head = [("Said", row.says), ("Number there", row.their_number)]
    if rx is not None:
        who = f"{rx.patient}, born {rx.patient.birth_date:%m/%d/%Y}"
        head = [
            ("Number here", str(rx.number)),
            *head[1:],
            ("Patient", who),
            ("Drug", f"{rx.package.product}, {ROMAN.get(rx.schedule, '')}"),
            ("Prescriber", f"{rx.prescriber}, NPI {rx.prescriber.npi}"),
        ]
    named = [(label, value) for label, value in head if value]
    return [*named, ("Written on", written), ("Refills", refills)]


def said(number: int | None) -> str:
    """A number, or that nobody has said it."""
    return "not said" if number is None else str(number)


def taken_back_head(row: Transfer) -> list[tuple[str, str]]:
    """That it was taken back, by whom and why."""
    if row.taken_back_at is None:
        return []
    when = f"{row.taken_back_at:%m/%d/%Y} by {row.taken_back_by}"
    return [("Taken back", f"{when}, {row.taken_back_with}: {row.because}")]


def below(row: Transfer) -> list[str]:
    """What the mark of each side is, and how long it is kept."""
    mark = "VOID: transferred." if row.direction == Direction.OUT else "Transfer."
    lines = [mark if row.stands else "The transfer was taken back: it never came."]
    if row.unfilled:
        lines.append("Never filled before the transfer.")
    if row.state_allows:
        lines.append(f"The state allows it: {row.state_allows}")
    if row.kept_until:
        lines.append(f"Keep at hand until {row.kept_until:%m/%d/%Y}.")
    return lines


def transfers_paper(by: Worker, asked: Said) -> Paper:
    """The transfers of a period, both ways."""
    first, last = days_asked(asked, today=by.today)
    rows = transfers_of(pharmacy_id=by.pharmacy_id, first=first, last=last, limit=EVERY)
    return Paper(
        title="Prescriptions transferred",
        head=[*house_of(by).head, ("Period", f"{first:%m/%d/%Y} to {last:%m/%d/%Y}")],
        columns=LIST,
        rows=[line(row) for row in rows],
    )


def line(row: Transfer) -> tuple[str, ...]:
    """One transfer as a line of the list."""
    rx = row.prescription
    return (
        f"{row.transferred_on:%m/%d/%Y}",
        row.direction if row.stands else "back",
        "" if rx is None else str(rx.number),
        row.says if rx is None else str(rx.package.product),
        ("controlled" if row.controlled else "") if rx is None else ROMAN.get(rx.schedule, ""),
        f"{row.name}, {row.address}",
        row.their_number,
        row.dea,
        f"{row.by_name}; {row.spoke_with}",
    )


add_paper(
    InspectorPaper(
        "transfers",
        "Transfers of prescriptions",
        "What was given to other pharmacies and taken from them, and who spoke.",
        "21 CFR 1306.25(b); 1306.08(g)-(h)",
        Duty.READ_RECORDS,
        transfers_paper,
        ("first", "last"),
    )
)
