"""The day's refills with the pharmacists' signatures, and the trail of what was refilled."""

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from apothecary.law.problem import refuse
from apothecary.prescriptions.models import Prescriber
from apothecary.prescriptions.refill_log.models import DispensedRefill, RefillSignature
from apothecary.prescriptions.refill_log.queries import Line, lines_of
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.book.papers import House, house_of
from apothecary.vault.inspection import (
    InspectorPaper,
    Said,
    add_paper,
    day_asked,
    days_asked,
    number_asked,
)
from apothecary.vault.paper import Column, Paper
from apothecary.workbench.filters import plain

MOST_ROWS = 20_000
DAYS = ("first", "last")
NPI_DIGITS = 10
COLUMNS = (
    Column("Dispensed", 78),
    Column("Rx", 48, right=True),
    Column("Refill", 34, right=True),
    Column("Written", 54),
    Column("Drug", 116),
    Column("Sch", 28),
    Column("Quantity", 48, right=True),
    Column("Patient", 130),
    Column("Prescriber", 100),
    Column("Pharmacist", 84),
)
VERIFIED = (
    "Each line of mine is the refill I dispensed, as it is entered (21 CFR 1306.22(f)(3))."
)


def row_of(line: Line, house: House) -> tuple[str, ...]:
    """A refill as both papers show it."""
    signed = f", signed {house.stamp(line.signed_at)}" if line.signed_at else ""
    back = f" ({line.now})" if line.now in ("returned", "cancelled") else ""
    return (
        house.stamp(line.at),
        str(line.rx),
        f"{line.refill} of {line.authorized}",
        f"{line.written_on:%m/%d/%Y}",
        f"{line.drug} {line.form}{back}",
        line.schedule,
        f"{plain(line.quantity)} {line.unit}",
        f"{line.patient}, {line.address}",
        f"{line.prescriber}, DEA {line.dea}",
        f"{line.pharmacist}{signed}",
    )


def refills_paper(by: Worker, said: Said) -> Paper:
    """The refills of a day, each pharmacist's line to sign by hand below (4 queries)."""
    day = day_asked(said, "last") or day_asked(said, "first") or by.today
    house = house_of(by)
    lines = lines_of(of_period(by, day, day))
    signed = RefillSignature.objects.filter(pharmacy_id=by.pharmacy_id, day=day)
    below = [
        f"{row.by.name} verified and signed {row.refills} of them on {house.stamp(row.at)}"
        f"{', later than 72 hours' if row.late else ''}."
        for row in signed.select_related("by").order_by("id")
    ]
    if not lines:
        below.append("No refill of a controlled drug was dispensed on this day.")
    hands = list(dict.fromkeys(line.pharmacist for line in lines))
    return Paper(
        title=f"Refills of controlled drugs dispensed on {day:%m/%d/%Y}",
        head=house.head,
        columns=COLUMNS,
        rows=[row_of(line, house) for line in lines],
        below=[*below, *([VERIFIED] if hands else [])],
        signatures=hands,
    )


def trail_paper(by: Worker, said: Said) -> Paper:
    """Refills of a drug, of a prescriber or of a patient (21 CFR 1306.22(f)(4)) (4 queries)."""
    first, last = days_asked(said, today=by.today)
    house = house_of(by)
    rows = of_period(by, first, last)
    asked = []
    if said.get("product", "").strip():
        number = number_asked(said, "product")
        rows = rows.filter(fill__package__product_id=number)
        asked.append(f"drug {number}")
    if said.get("patient", "").strip():
        number = number_asked(said, "patient")
        rows = rows.filter(fill__patient_id=number)
        asked.append(f"patient {number}")
    if said.get("prescriber", "").strip():
        who = prescriber_asked(by, said)
        rows = rows.filter(fill__prescription__prescriber=who)
        asked.append(f"prescriber {who}")
    if not asked:
        says = "Say whose trail: of a drug, of a prescriber or of a patient."
        raise refuse(says, field="product", code="missing")
    lines = lines_of(rows)
    return Paper(
        title=f"Refill trail: {', '.join(asked)}",
        head=[*house.head, ("Period", f"{first:%m/%d/%Y} through {last:%m/%d/%Y}")],
        columns=COLUMNS,
        rows=[row_of(line, house) for line in lines],
        below=[] if lines else ["No refill of this kind was dispensed in this period."],
    )


def of_period(by: Worker, first: date, last: date) -> QuerySet[DispensedRefill]:
    """The log of a period in its order."""
    rows = DispensedRefill.objects.filter(
        pharmacy_id=by.pharmacy_id, day__gte=first, day__lte=last
    )
    return rows.order_by("at", "id")


def prescriber_asked(by: Worker, said: Said) -> Prescriber:
    """The prescriber of an NPI (1 query)."""
    npi = said.get("prescriber", "").strip()
    found = Prescriber.objects.filter(pharmacy_id=by.pharmacy_id, npi=npi[:NPI_DIGITS]).first()
    if found is None or len(npi) != NPI_DIGITS:
        raise refuse(f"No prescriber with NPI {npi!r} here.", field="prescriber", code="no-npi")
    return found


ASKED: Sequence[str] = ("product", "prescriber", "patient", *DAYS)
add_paper(
    InspectorPaper(
        "refills",
        "Refills of a day",
        "Each refill of a controlled drug of the day you give, signed within 72 hours.",
        "21 CFR 1306.22(f)(3)",
        Duty.READ_RECORDS,
        refills_paper,
        ("last",),
    )
)
add_paper(
    InspectorPaper(
        "refill-trail",
        "Refill trail",
        "Refills of a drug, a prescriber or a patient: within 48 hours of being asked for.",
        "21 CFR 1306.22(f)(4)",
        Duty.READ_RECORDS,
        trail_paper,
        tuple(ASKED),
    )
)
