"""A security incident: written down, and told to DEA and to the maker in one business day."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.epcs import incident_due_on
from apothecary.law.holidays import holidays_around
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.vault.epcs.models import EpcsIncident
from apothecary.vault.losses.rules import words_problems


class Told(StrEnum):
    """Who is told."""

    DEA = "dea"
    MAKER = "maker"


@dataclass(frozen=True, slots=True)
class Telling:
    """Whom, when and how."""

    whom: Told
    at: datetime
    how: str


@transaction.atomic
def write_incident(*, by: Worker, found_on: date, what: str) -> EpcsIncident:
    """Write an incident down; the clock runs from the day it was found."""
    by.must(Duty.REVIEW_AUDIT)
    problems = words_problems(what, field="what", what="what happened")
    if found_on > by.today:
        problems.append(Problem("That is still to come.", code="bad-day", field="found_on"))
    refuse_if(problems)
    holidays = holidays_around(found_on, on=by.today)
    row = EpcsIncident.objects.create(
        pharmacy_id=by.pharmacy_id,
        found_on=found_on,
        due_on=incident_due_on(found_on, on=by.today, holidays=holidays),
        what=what.strip(),
        written_at=by.at,
        written_by_id=by.somebody,
        written_by_name=by.name,
    )
    said = {"found_on": row.found_on, "due_on": row.due_on, "what": row.what}
    record(by=by, did=Deed.EPCS_INCIDENT_WRITTEN, about=row, details=said)
    return row


@transaction.atomic
def tell(*, by: Worker, incident_id: int, telling: Telling) -> EpcsIncident:
    """Write down that DEA, or the maker of the application, was told."""
    by.must(Duty.REVIEW_AUDIT)
    rows = EpcsIncident.objects.select_for_update(of=("self",))
    row = rows.filter(pharmacy_id=by.pharmacy_id, pk=incident_id).first()
    if row is None:
        raise refuse("No such incident here.", code="no-incident", field="incident")
    refuse_if(telling_problems(row, telling, by=by))
    name = f"told_{telling.whom.value}"
    setattr(row, f"{name}_at", telling.at)
    setattr(row, f"{name}_how", telling.how.strip())
    row.save(update_fields=[f"{name}_at", f"{name}_how"])
    said = {"whom": telling.whom.value, "at": telling.at, "how": telling.how.strip()}
    record(by=by, did=Deed.EPCS_INCIDENT_TOLD, about=row, details=said)
    return row


def telling_problems(row: EpcsIncident, telling: Telling, *, by: Worker) -> list[Problem]:
    """Why this cannot be how they were told."""
    problems = words_problems(telling.how, field="how", what="how they were told")
    if getattr(row, f"told_{telling.whom.value}_at") is not None:
        says = "They were told already."
        problems.append(Problem(says, code="epcs-told", field="whom"))
    house = Pharmacy.objects.get(pk=by.pharmacy_id)
    if telling.at > by.at or house.day_of(telling.at) < row.found_on:
        says = "Told after it was found, and not in days to come."
        problems.append(Problem(says, code="bad-instant", field="at"))
    return problems


def is_late(row: EpcsIncident, *, house: Pharmacy, today: date) -> bool:
    """Whether DEA or the maker heard of it after its day, or has not by then."""
    told = (row.told_dea_at, row.told_maker_at)
    return any((house.day_of(at) if at else today) > row.due_on for at in told)
