"""The archive of electronic controlled prescriptions: found, proved, shown as they came."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from apothecary.law.calendar_days import years_after
from apothecary.law.problem import Problem, refuse
from apothecary.law.tables import federal
from apothecary.staff.worker import Worker
from apothecary.vault.epcs.models import EpcsRecord
from apothecary.vault.epcs.seal import Sealed, seal_holds

SORTS = {
    "date": ("received_on", "id"),
    "practitioner": ("prescriber", "received_on", "id"),
    "patient": ("patient", "received_on", "id"),
    "drug": ("drug", "received_on", "id"),
}
ROWS = 50
MOST_ROWS = 20_000
# Which fills were given on a record: rooms above know, and say so here.
Dispensed = Callable[[Sequence[int]], Mapping[int, Sequence[str]]]
TELLERS: dict[str, Dispensed] = {}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: beginnings of names, days; empty is everything."""

    prescriber: str = ""
    patient: str = ""
    drug: str = ""
    first: date | None = None
    last: date | None = None
    sort: str = "date"


def tell_dispensed(room: str, teller: Dispensed) -> None:
    """Let a room above say what was dispensed on the messages of these numbers."""
    TELLERS[room] = teller


def dispensed_on(incoming_ids: Sequence[int]) -> dict[int, list[str]]:
    """What was dispensed on each message, in words."""
    found: dict[int, list[str]] = {}
    for teller in TELLERS.values():
        for number, said in teller(incoming_ids).items():
            found.setdefault(number, []).extend(said)
    return found


def records(*, by: Worker, wanted: Wanted) -> QuerySet[EpcsRecord]:
    """The records looked for, in the order asked for."""
    if wanted.sort not in SORTS:
        says = f"Records are sorted by {', '.join(SORTS)}."
        raise refuse(says, code="bad-sort", field="sort")
    rows = EpcsRecord.objects.filter(pharmacy_id=by.pharmacy_id)
    if wanted.prescriber:
        rows = rows.filter(prescriber__startswith=wanted.prescriber.strip().upper())
    if wanted.patient:
        rows = rows.filter(patient__startswith=wanted.patient.strip().upper())
    if wanted.drug:
        rows = rows.filter(drug__istartswith=wanted.drug.strip())
    if wanted.first:
        rows = rows.filter(received_on__gte=wanted.first)
    if wanted.last:
        rows = rows.filter(received_on__lte=wanted.last)
    return rows.select_related("incoming").order_by(*SORTS[wanted.sort])


def record_of(*, by: Worker, record_id: int) -> EpcsRecord | None:
    """One record of this pharmacy (1 query)."""
    rows = EpcsRecord.objects.filter(pharmacy_id=by.pharmacy_id, pk=record_id)
    return rows.select_related("incoming").first()


def archive_problems(row: EpcsRecord) -> list[Problem]:
    """Whether the bytes are still those that were received and that were sealed."""
    raw = bytes(row.incoming.raw)
    problems = []
    if hashlib.sha256(raw).hexdigest() != row.sha256:
        says = f"The bytes of {row.message_id} are not those that were received."
        problems.append(Problem(says, "21 CFR 1311.305", "epcs-archive", "V2"))
    if row.seal is not None and not seal_holds(
        raw, Sealed(bytes(row.seal), row.seal_certificate)
    ):
        says = f"The house's own signature does not fit {row.message_id} any more."
        problems.append(Problem(says, "21 CFR 1311.205(b)(3)", "epcs-seal", "V1"))
    return problems


def kept_until(row: EpcsRecord, *, on: date) -> date:
    """The last day federal law wants this record, counted from its receipt."""
    return years_after(row.received_on, federal("DEA-173", on=on).number())
