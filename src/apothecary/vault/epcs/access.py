"""Who may annotate, alter, dispense: person by person (21 CFR 1311.205(b)(1))."""

from dataclasses import dataclass

from apothecary.staff.duties import Duty
from apothecary.staff.models import Person
from apothecary.staff.signon import person_as_worker
from apothecary.staff.worker import Worker

# The duty behind each right; deletion is nobody's, the database refuses it.
RIGHTS = {
    "annotate": Duty.FILL_SCHEDULE_II,
    "alter": Duty.ENTER_PRESCRIPTION,
    "dispense": Duty.RELEASE_CONTROLLED,
    "sign the trail": Duty.REVIEW_AUDIT,
    "give rights": Duty.MANAGE_PEOPLE,
    "open and shut": Duty.KEEP_EPCS,
}


@dataclass(frozen=True, slots=True)
class Rights:
    """What one person may do today, a pharmacist being on duty."""

    name: str
    role: str
    may: tuple[bool, ...]


def rights_of_all(*, by: Worker) -> list[Rights]:
    """Everybody who works here, with each right (1 query, and the licences')."""
    people = Person.objects.filter(pharmacy_id=by.pharmacy_id, active=True).order_by("name")
    return [
        Rights(person.name, person.role, tuple(each.may(duty) for duty in RIGHTS.values()))
        for person in people.select_related("pharmacy")
        for each in [person_as_worker(person, now=by.at, station=by.station, on_duty=True)]
    ]
