"""The log of a day, what is unsigned of it, the trail of a drug, prescriber or patient."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Min, QuerySet

from apothecary.law.facts import schedule_name
from apothecary.law.problem import Problem
from apothecary.law.refill_records import Due, printout_problems
from apothecary.prescriptions.refill_log.models import DispensedRefill
from apothecary.staff.worker import Worker

SHOWN = (
    "fill__prescription__prescriber",
    "fill__patient",
    "fill__package__product",
    "by",
    "signature",
)
# More than a page of them is a printout's, not a screen's.
ROWS = 200


@dataclass(frozen=True, slots=True)
class Owed:
    """What a pharmacist has not signed of a day; ``late`` says why that is too long."""

    day: date
    by_id: int
    name: str
    refills: int
    since: datetime
    late: list[Problem]


@dataclass(frozen=True, slots=True)
class Line:
    """A refill as the log shows it (21 CFR 1306.22(f)(1)-(3)); quantity in the billing unit."""

    rx: int
    refill: int
    authorized: int
    written_on: date
    at: datetime
    drug: str
    form: str
    schedule: str
    ndc: str
    quantity: Decimal
    unit: str
    patient: str
    address: str
    prescriber: str
    dea: str
    pharmacist: str
    initials: str
    by_id: int
    signed_at: datetime | None
    now: str


def lines_of_day(pharmacy_id: int, day: date, *, most: int = ROWS) -> list[Line]:
    """The refills of a day in their order (1 query)."""
    rows = DispensedRefill.objects.filter(pharmacy_id=pharmacy_id, day=day)
    return lines_of(rows.order_by("at", "id")[:most])


def count_of_day(pharmacy_id: int, day: date) -> int:
    """How many refills a day had (1 query)."""
    return DispensedRefill.objects.filter(pharmacy_id=pharmacy_id, day=day).count()


def lines_of(rows: QuerySet[DispensedRefill]) -> list[Line]:
    """Rows of the log as they are read (1 query)."""
    return [line_of(row) for row in rows.select_related(*SHOWN)]


def line_of(row: DispensedRefill) -> Line:
    """One row of the log with what its prescription says."""
    fill = row.fill
    rx, product, who = fill.prescription, fill.package.product, fill.patient
    writer = rx.prescriber
    return Line(
        rx=rx.number,
        refill=fill.number,
        authorized=rx.refills,
        written_on=rx.written_on,
        at=row.at,
        drug=f"{product.name} {product.strength_said}".strip(),
        form=product.form,
        schedule=schedule_name(product.schedule),
        ndc=fill.package.ndc,
        quantity=fill.quantity,
        unit=fill.package.unit,
        patient=f"{who.last_name}, {who.first_name}",
        address=f"{who.street}, {who.city}, {who.state} {who.postal_code}".strip(" ,"),
        prescriber=f"{writer.last_name}, {writer.first_name}",
        dea=writer.dea,
        pharmacist=row.by.name,
        initials=row.by.initials,
        by_id=row.by_id,
        signed_at=row.signature.at if row.signature else None,
        now=fill.state,
    )


def owed(
    pharmacy_id: int, *, at: datetime, on: date, person_id: int | None = None
) -> list[Owed]:
    """What is not signed, the oldest day first: of one pharmacist, or of all (1 query)."""
    rows = DispensedRefill.objects.filter(pharmacy_id=pharmacy_id, signature=None)
    if person_id is not None:
        rows = rows.filter(by_id=person_id)
    grouped = rows.values("day", "by_id", "by__name").annotate(n=Count("id"), since=Min("at"))
    return [
        Owed(
            day=row["day"],
            by_id=row["by_id"],
            name=row["by__name"],
            refills=row["n"],
            since=row["since"],
            late=printout_problems(Due(since=row["since"]), at=at, on=on),
        )
        for row in grouped.order_by("day", "by__name")
    ]


def owed_by(by: Worker) -> list[Owed]:
    """What this pharmacist still has to sign (1 query)."""
    return owed(by.pharmacy_id, at=by.at, on=by.today, person_id=by.person_id)
