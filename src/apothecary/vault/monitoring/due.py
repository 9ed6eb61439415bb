"""What a sale leaves to be told: one row of each dispensing, in the sale's own transaction."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from apothecary.staff.worker import Worker
from apothecary.vault.monitoring.models import MonitoringRecord
from apothecary.vault.monitoring.rules import due_of, is_reportable
from apothecary.vault.monitoring.told import to_json
from apothecary.wires.asap import Dispensing


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A dispensing as the register hands it in: whose, what, and what is told of it.

    ``state`` is the pharmacy's; ``at`` when it was handed over; ``zone`` the pharmacy's own.
    """

    fill_id: int
    label: str
    drug: str
    schedule: int
    state: str
    at: datetime
    zone: str
    told: Dispensing


def due_record(handed: Handed, *, by: Worker) -> MonitoringRecord:
    """The row to write with the sale; ask `is_reportable` first."""
    local = handed.at.astimezone(ZoneInfo(handed.zone))
    due = due_of(handed.state, handed.schedule, local, on=by.today)
    return MonitoringRecord(
        pharmacy_id=by.pharmacy_id,
        programme=handed.state,
        fill_id=handed.fill_id,
        label=handed.label,
        drug=handed.drug,
        schedule=handed.schedule,
        told=to_json(handed.told),
        dispensed_at=handed.at,
        made_at=by.at,
        due_on=due.on,
        due_at=due.at,
        due_says=due.says,
        real_time=due.real_time,
        by_id=by.person_id,
    )


__all__ = ["Handed", "due_record", "is_reportable"]
