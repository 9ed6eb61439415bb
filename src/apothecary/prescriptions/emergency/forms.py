"""What is typed about a notice, read into typed values or refused by field."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from apothecary.law.problem import refuse
from apothecary.prescriptions.emergency.rules import Telling

INSTANTS = ("%m/%d/%Y %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")
FIRST_YEAR, LAST_YEAR = 1900, 2199
NAMES = ("whom", "office", "spoke_with", "how", "because", "told_at")


def read_telling(typed: Mapping[str, str], *, zone: ZoneInfo, at: datetime) -> Telling:
    """The form of a notice; without a time it was now."""
    said = {name: typed.get(name, "").strip() for name in NAMES}
    return Telling(
        whom=said["whom"],
        office=said["office"],
        spoke_with=said["spoke_with"],
        how=said["how"],
        because=said["because"],
        told_at=read_instant(said["told_at"], zone=zone) if said["told_at"] else at,
    )


def read_instant(text: str, *, zone: ZoneInfo) -> datetime:
    """A moment at the pharmacy, MM/DD/YYYY HH:MM."""
    for form in INSTANTS:
        try:
            read = datetime.strptime(text, form).replace(tzinfo=zone)
        except ValueError:
            continue
        if FIRST_YEAR <= read.year <= LAST_YEAR:
            return read
    raise refuse(f"{text!r} is not MM/DD/YYYY HH:MM.", field="told_at", code="typed")
