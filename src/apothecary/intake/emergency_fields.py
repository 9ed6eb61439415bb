"""What a pharmacist types of an emergency oral order beside the entry, read into its record."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from apothecary.intake.forms import Reader
from apothecary.intake.models import Arrival, Source
from apothecary.law.problem import Problem, refuse_if
from apothecary.law.tables import federal
from apothecary.prescriptions.emergency.rules import DETERMINED, Taken
from apothecary.staff.duties import PHARMACISTS
from apothecary.staff.models import Person
from apothecary.staff.worker import Worker


def emergency_of(arrival: Arrival, typed: Mapping[str, str], *, by: Worker) -> Taken | None:
    """The record of the call, where it is said to be an emergency; else none.

    The order's time is when the call was taken in, unless an earlier one is typed: it was on
    paper first. What was said is what stands in the call (1 query where it is an emergency).
    """
    if not typed.get("emergency", ""):
        return None
    read = Reader(typed)
    ordered_at = read.instant(
        "emergency_ordered_at", ZoneInfo(arrival.pharmacy.time_zone), "Ordered"
    )
    determined = {name for name in DETERMINED if read.text(f"emergency_{name}")}
    taken = Taken(
        ordered_at=ordered_at or arrival.arrived_at,
        said=str(arrival.sent_values.get("said", "")),
        because=read.text("emergency_because"),
        period=read.text("emergency_period"),
        determined=frozenset(determined),
        prescriber_known=bool(read.text("emergency_known")),
        verified_how=read.text("emergency_verified_how"),
    )
    refuse_if([*read.problems, *call_problems(arrival, by=by)])
    return taken


def call_problems(arrival: Arrival, *, by: Worker) -> list[Problem]:
    """It is a call, and a pharmacist took it (1 query)."""
    row = federal("DEA-022", on=by.today)
    if arrival.source != Source.PHONE:
        says = "An emergency oral order is a telephone call that was taken in as one."
        return [row.problem(says, code="emergency-call", field="emergency")]
    people = Person.objects.filter(pharmacy_id=by.pharmacy_id, pk=arrival.taken_by or 0)
    if people.filter(role__in=[role.value for role in PHARMACISTS]).exists():
        return []
    says = f"{arrival.taken_by_name or 'Nobody'} took the call: a pharmacist takes this one."
    return [row.problem(says, code="emergency-by", field="emergency")]
