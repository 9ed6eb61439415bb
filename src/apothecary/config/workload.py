"""When the open work is due, hour by hour: what to look at before promising more."""

from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone

HOURS = 10
LATE = "late"

# What is ready is done. Arrivals are work from the minute they come.
DUE = """
SELECT promised_at FROM prescriptions_fill
WHERE pharmacy_id = %(pharmacy)s AND NOT state IN ('ready', 'sold', 'returned', 'cancelled')
UNION ALL
SELECT promised_at FROM intake_arrival
WHERE pharmacy_id = %(pharmacy)s AND state IN ('arrived', 'set_aside')
"""
BY_HOUR = f"""
SELECT greatest(floor(extract(epoch FROM promised_at - %(hour)s) / 3600), -1)::int, count(*)
FROM ({DUE}) due WHERE promised_at < %(until)s GROUP BY 1
"""  # noqa: S608 the inner half is a constant of ours


def workload(pharmacy_id: int, *, now: datetime) -> list[tuple[str, int]]:
    """What is late, then what is due in this hour and the nine after it (1 query).

    The hours are those of the pharmacy's own clock, which the request has set. What is due in
    this hour and past its minute is still this hour's.
    """
    local = timezone.localtime(now).replace(minute=0, second=0, microsecond=0)
    # Counted on from there in hours that pass, not in those of a clock that is set back.
    hour = local.astimezone(UTC)
    until = hour + timedelta(hours=HOURS)
    with connection.cursor() as cursor:
        cursor.execute(BY_HOUR, {"pharmacy": pharmacy_id, "hour": hour, "until": until})
        counts: dict[int, int] = dict(cursor.fetchall())
    hours = [(label(hour + timedelta(hours=n)), counts.get(n, 0)) for n in range(HOURS)]
    return [(LATE, counts.get(-1, 0)), *hours]


def label(at: datetime) -> str:
    """An hour as it fits under a bar: 9a, 12p."""
    local = timezone.localtime(at)
    return f"{local.hour % 12 or 12}{'a' if local.hour < 12 else 'p'}"
