"""The papers of the book: what an inspector gets on paper or as a table. Never typed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from zoneinfo import ZoneInfo

from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.law.problem import refuse
from apothecary.patients.models import Patient
from apothecary.staff.duties import Allowed, Duty, Role, duty_table
from apothecary.staff.models import Person, Pharmacy
from apothecary.staff.worker import Worker
from apothecary.vault.book.attorneys import powers
from apothecary.vault.book.inventory_rules import InventoryState
from apothecary.vault.book.models import (
    AccessRecord,
    ClockFault,
    DiscrepancyCase,
    Inventory,
    InventoryLine,
)
from apothecary.vault.book.perpetual import book_lines, book_sums, drug_of, period_of
from apothecary.vault.book.rules import ROMAN
from apothecary.vault.inspection import (
    InspectorPaper,
    Said,
    add_paper,
    days_asked,
    number_asked,
)
from apothecary.vault.paper import Column, Paper
from apothecary.workbench.filters import BILLING_UNITS, plain

EVERY = 1_000_000
MOST_ROWS = 20_000
MARKS = {
    Allowed.YES: "yes",
    Allowed.NO: "no",
    Allowed.SUPERVISED: "supervised",
    Allowed.STATE: "by state",
}


@dataclass(frozen=True, slots=True)
class House:
    """The registrant as every paper names it, and its time."""

    row: Pharmacy

    @property
    def head(self) -> list[tuple[str, str]]:
        row = self.row
        where = f"{row.street}, {row.city}, {row.state} {row.postal_code}"
        return [("Registrant", row.name), ("Address", where), ("DEA registration", row.dea)]

    def stamp(self, at: datetime | None) -> str:
        """An instant in the pharmacy's own time."""
        zone = ZoneInfo(self.row.time_zone)
        return f"{at.astimezone(zone):%m/%d/%Y %H:%M}" if at else ""


def house_of(by: Worker) -> House:
    return House(Pharmacy.objects.get(pk=by.pharmacy_id))


def said_units(value: Decimal | None) -> str:
    return "" if value is None else plain(value)


def names_of(ids: Iterable[int | None]) -> dict[int | None, str]:
    """The names of people by their numbers (1 query)."""
    people = Person.objects.filter(pk__in={each for each in ids if each})
    return dict(people.values_list("pk", "name"))


BOOK = (
    Column("When", 80), Column("What", 238), Column("Lot", 78), Column("In", 54, right=True),
    Column("Out", 54, right=True), Column("Balance", 62, right=True), Column("By", 92),
    Column("Witness", 62),
)  # fmt: skip


def book_paper(by: Worker, said: Said) -> Paper:
    """The perpetual book of a drug over a period (5 queries)."""
    house = house_of(by)
    drug = drug_of(number_asked(said, "product"), alone="alone" in said)
    first, last = days_asked(said, today=by.today)
    period = period_of(first, last, zone=house.row.time_zone)
    sums = book_sums(pharmacy_id=by.pharmacy_id, drug=drug, period=period)
    lines = book_lines(pharmacy_id=by.pharmacy_id, drug=drug, period=period, rows=EVERY)
    opening = ("", "opening balance", "", "", "", said_units(sums.opening), "", "")
    rows = [
        (
            house.stamp(line.at),
            line.says,
            line.lot,
            said_units(line.came),
            said_units(line.went),
            said_units(line.balance),
            line.by,
            line.witness,
        )
        for line in lines
    ]
    unit = BILLING_UNITS.get(drug.unit, drug.unit)
    return Paper(
        title=f"Perpetual book: {drug.says} (C-{drug.roman})",
        head=[
            *house.head,
            ("Period", f"{first:%m/%d/%Y} through {last:%m/%d/%Y}, in {unit}"),
            ("Products (NDC)", ", ".join(drug.ndcs[:8]) + (" …" if len(drug.ndcs) > 8 else "")),
        ],
        columns=BOOK,
        rows=[opening, *rows],
        below=[
            f"Came in {plain(sums.came)}, went out {plain(sums.went)},"
            f" closing balance {plain(sums.closing)}.",
            f"Drawn from the ledger on {house.stamp(by.at)} by {by.name}.",
        ],
    )


INVENTORY = (
    Column("C", 22), Column("Drug", 178), Column("Strength", 74), Column("Form", 82),
    Column("NDC", 84), Column("Container", 74, right=True), Column("Sealed", 46, right=True),
    Column("In opened", 56, right=True), Column("Total", 56, right=True), Column("How", 48),
)  # fmt: skip


def inventory_asked(by: Worker, said: Said) -> Inventory:
    """The inventory meant; the last one signed where none is named (1 query)."""
    rows = Inventory.objects.filter(pharmacy_id=by.pharmacy_id)
    if said.get("inventory", "").strip():
        found = rows.filter(pk=number_asked(said, "inventory")).first()
    else:
        found = (
            rows.filter(state=InventoryState.SIGNED.value).order_by("-taken_on", "-id").first()
        )
    if found is None:
        says = "No such inventory here." if said.get("inventory") else "None was signed yet."
        raise refuse(says, field="inventory", code="no-inventory")
    return found


def inventory_paper(by: Worker, said: Said) -> Paper:
    """A signed inventory as it was signed; one that is still counted says so (3 queries)."""
    house, found = house_of(by), inventory_asked(by, said)
    lines = list(found.lines.order_by("schedule", "drug", "strength", "ndc", "id"))
    draft = found.state != InventoryState.SIGNED
    rows = [package_row(list(same)) for _, same in groupby(lines, key=package_key)]
    signers = [f"signed: {found.signed_by_name or '________________'} (pharmacist)"]
    if found.witness_name or draft:
        signers.append(f"signed: {found.witness_name or '________________'} (second person)")
    return Paper(
        title=f"Inventory of controlled substances: {found.kind}"
        + (f" ({found.state}: not a record)" if draft else ""),
        head=[
            ("Registrant", found.registrant),
            ("Address", found.address),
            ("DEA registration", found.dea),
            ("Taken on", f"{found.taken_on:%m/%d/%Y}, at {found.business} of business"),
            ("Taken by", found.taken_by_names or "not signed yet"),
            ("Signed at", house.stamp(found.ended_at) or "not signed yet"),
        ],
        columns=INVENTORY,
        rows=rows,
        below=[
            "Nothing on hand." if not lines else f"{len(rows)} packages on hand.",
            "Schedule II is listed first and apart. How: exact, or estimated where an opened"
            " container may be (21 CFR 1304.11(e)(6)).",
        ],
        signatures=signers,
    )


def package_key(line: InventoryLine) -> tuple[int, str, str, str, str, Decimal]:
    """What is one line on paper: a package, wherever its lots stand."""
    return (line.schedule, line.drug, line.strength, line.form, line.ndc, line.container)


def package_row(lines: Sequence[InventoryLine]) -> Sequence[str]:
    """The lots of a package as one row."""
    one = lines[0]
    uncounted = any(line.counted is None for line in lines)
    opened = sum((line.opened or Decimal(0) for line in lines), Decimal(0))
    total = sum((line.counted or Decimal(0) for line in lines), Decimal(0))
    unit = BILLING_UNITS.get(one.unit, one.unit)
    return (
        ROMAN.get(one.schedule, "—"),
        one.drug,
        one.strength,
        one.form,
        one.ndc,
        f"{plain(one.container)} {unit}",
        str(sum(line.full or 0 for line in lines)),
        plain(opened),
        "not counted" if uncounted else plain(total),
        "estimate" if any(line.estimated for line in lines) else "exact",
    )


POWERS = (
    Column("Who may sign", 130), Column("Granted on", 66), Column("Granted by", 150),
    Column("Witnesses", 160), Column("Revoked on", 66), Column("Revoked by, why", 148),
)  # fmt: skip


def attorneys_paper(by: Worker, said: Said) -> Paper:
    """Every power of attorney that was ever granted here (2 queries)."""
    house = house_of(by)
    rows = [
        (
            row.name,
            f"{row.granted_on:%m/%d/%Y}",
            f"{row.registrant_name}, {row.registrant_title}",
            f"{row.first_witness}; {row.second_witness}",
            f"{row.revoked_on:%m/%d/%Y}" if row.revoked_on else "in force",
            f"{row.revoked_by_name}: {row.revoked_because}" if row.revoked_on else "",
        )
        for row in powers(pharmacy_id=by.pharmacy_id)
    ]
    return Paper(
        title="Powers of attorney to sign orders for Schedule I and II (21 CFR 1305.05)",
        head=[*house.head, ("As of", f"{by.today:%m/%d/%Y}")],
        columns=POWERS,
        rows=rows,
        below=[] if rows else ["No power of attorney was ever granted here."],
    )


ACCESS = (
    Column("When", 96), Column("Vault", 110), Column("What", 120), Column("By", 130),
    Column("Witness", 130), Column("Written at", 96), Column("Why later", 38),
)  # fmt: skip


def access_paper(by: Worker, said: Said) -> Paper:
    """The log of the vault over a period, with what was refused for its time (4 queries)."""
    house = house_of(by)
    first, last = days_asked(said, today=by.today)
    period = period_of(first, last, zone=house.row.time_zone)
    span = {"pharmacy_id": by.pharmacy_id}
    log = AccessRecord.objects.filter(**span, at__gte=period.since, at__lt=period.until)
    faults = ClockFault.objects.filter(**span, said_at__gte=period.since,
                                       said_at__lt=period.until)  # fmt: skip
    written = list(log.select_related("place").order_by("id")[:MOST_ROWS])
    refused = list(faults.select_related("place").order_by("id")[:MOST_ROWS])
    who = names_of([each for row in written for each in (row.by_id, row.witness_id)]
                   + [row.by_id for row in refused])  # fmt: skip
    rows = [
        (house.stamp(row.at), row.place.name, row.kind, who.get(row.by_id, ""),
         who.get(row.witness_id, ""), house.stamp(row.written_at), row.because)
        for row in written
    ] + [
        (house.stamp(row.said_at), row.place.name, f"REFUSED: {row.kind}",
         who.get(row.by_id, ""), "", "", f"before {house.stamp(row.last_at)}")
        for row in refused
    ]  # fmt: skip
    return Paper(
        title="Log of the vault",
        head=[*house.head, ("Period", f"{first:%m/%d/%Y} through {last:%m/%d/%Y}")],
        columns=ACCESS,
        rows=rows,
        below=[] if rows else ["Nothing was written down in this period."],
    )


CASES = (
    Column("Case", 34), Column("Found at", 80), Column("Found by", 84),
    Column("Drug, lot", 158),
    Column("Books", 46, right=True), Column("Counted", 48, right=True),
    Column("Differs", 46, right=True), Column("State", 66), Column("Why, by whom, when", 158),
)  # fmt: skip


def cases_paper(by: Worker, said: Said) -> Paper:
    """Every discrepancy that was found in a period, and how it ended (3 queries)."""
    house = house_of(by)
    first, last = days_asked(said, today=by.today)
    period = period_of(first, last, zone=house.row.time_zone)
    cases = DiscrepancyCase.objects.filter(
        pharmacy_id=by.pharmacy_id, found_at__gte=period.since, found_at__lt=period.until
    )
    found = list(cases.select_related("lot__package__product").order_by("id")[:MOST_ROWS])
    who = names_of([each for case in found for each in (case.found_by_id, case.settled_by_id)])
    rows = [
        (
            str(case.pk),
            house.stamp(case.found_at),
            who.get(case.found_by_id, ""),
            f"{case.lot.package.product}, lot {case.lot.number}",
            plain(case.book),
            plain(case.counted),
            plain(case.difference),
            case.state,
            "; ".join(filter(None, [
                case.explanation, case.settled_because, who.get(case.settled_by_id, ""),
                house.stamp(case.settled_at)])),
        )
        for case in found
    ]  # fmt: skip
    return Paper(
        title="Discrepancies of controlled substances",
        head=[*house.head, ("Found", f"{first:%m/%d/%Y} through {last:%m/%d/%Y}")],
        columns=CASES,
        rows=rows,
        below=[] if rows else ["None was found in this period."],
    )


def duties_paper(by: Worker, said: Said) -> Paper:
    """Who may do what in this house, from the table that decides it (1 query)."""
    roles = [role for role in Role if role is not Role.SYSTEM]
    columns = [Column("Duty", 200), *(Column(role.value, 46) for role in roles)]
    rows = [
        (row.says, *(MARKS[row.allowed[role]] for role in roles), row.cite, row.verified)
        for row in duty_table().values()
    ]
    return Paper(
        title="Who may do what",
        head=[*house_of(by).head, ("As of", f"{by.today:%m/%d/%Y}")],
        columns=[*columns, Column("Written in", 110), Column("Mark", 26)],
        rows=rows,
    )


READS = (Column("When", 96), Column("By", 150), Column("At", 130), Column("What", 260))


def reads_paper(by: Worker, said: Said) -> Paper:
    """Who looked at a patient's record, from the journal (3 queries)."""
    house = house_of(by)
    patient = Patient.objects.filter(
        pharmacy_id=by.pharmacy_id, pk=number_asked(said, "patient")
    ).first()
    if patient is None:
        raise refuse("No such patient here.", field="patient", code="no-patient")
    first, last = days_asked(said, today=by.today)
    period = period_of(first, last, zone=house.row.time_zone)
    entries = Entry.objects.filter(
        pharmacy_id=by.pharmacy_id,
        about="patient",
        about_id=patient.pk,
        deed=Deed.PATIENT_READ.value,
        at__gte=period.since,
        at__lt=period.until,
    )
    rows = [
        (house.stamp(entry.at), entry.by_name, entry.station, entry.deed)
        for entry in entries.order_by("id")[:MOST_ROWS]
    ]
    return Paper(
        title=f"Reads of the record of {patient}, born {patient.birth_date:%m/%d/%Y}",
        head=[*house.head, ("Period", f"{first:%m/%d/%Y} through {last:%m/%d/%Y}")],
        columns=READS,
        rows=rows,
        below=[] if rows else ["Nobody looked at it in this period."],
    )


DAYS = ("first", "last")
for _key, _title, _says, _cite, _duty, _make, _asks in (
    ("book", "Perpetual book", "Every unit of one drug that came or went, with its balance.",
     "21 CFR 1304.21, 1304.22(c)", Duty.READ_RECORDS, book_paper, ("product", *DAYS)),
    ("inventory", "Inventory", "The last one signed, or the one whose number you give.",
     "21 CFR 1304.11", Duty.READ_RECORDS, inventory_paper, ("inventory",)),
    ("discrepancies", "Discrepancies", "What did not agree, and how it ended.",
     "21 CFR 1301.76(b)", Duty.READ_RECORDS, cases_paper, DAYS),
    ("access", "Log of the vault", "Who opened it, with whom, and records that were refused.",
     "21 CFR 1301.71", Duty.READ_RECORDS, access_paper, DAYS),
    ("attorneys", "Powers of attorney", "Who may sign orders for Schedule II.",
     "21 CFR 1305.05", Duty.READ_RECORDS, attorneys_paper, ()),
    ("duties", "Who may do what", "The table of duties that the house decides by.",
     "state pharmacy acts", Duty.READ_RECORDS, duties_paper, ()),
    ("reads", "Reads of a patient", "Who looked at a patient's record.",
     "45 CFR 164.312(b)", Duty.READ_JOURNAL, reads_paper, ("patient", *DAYS)),
):  # fmt: skip
    add_paper(InspectorPaper(_key, _title, _says, _cite, _duty, _make, _asks))
