"""The history of a record, as its screen shows it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from apothecary.journal.models import Entry


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a record's history."""

    at: datetime
    by: str
    deed: str
    station: str
    about: str
    about_id: int
    details: dict[str, object]


def history(
    *, pharmacy_id: int, about: Sequence[tuple[str, int]], limit: int = 200
) -> list[Line]:
    """What was done about these records, oldest first (1 query)."""
    if not about:
        return []
    wanted = Q()
    for kind, number in about:
        wanted |= Q(about=kind, about_id=number)
    entries = Entry.objects.filter(wanted, pharmacy_id=pharmacy_id).order_by("-id")[:limit]
    lines = [
        Line(
            at=entry.at,
            by=entry.by_name,
            deed=entry.deed,
            station=entry.station,
            about=entry.about,
            about_id=entry.about_id,
            details=json.loads(entry.details),
        )
        for entry in entries
    ]
    return lines[::-1]
