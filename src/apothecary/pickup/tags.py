"""What the tag on a bag says: enough to file it and hand it over, nothing of the medicine."""

from dataclasses import dataclass
from datetime import date

from apothecary.law.privacy import name_outside
from apothecary.patients.queries import brief
from apothecary.pickup.bags import bag, keeping, offers
from apothecary.pickup.queries import bags_of
from apothecary.pickup.rules import goes_back_on
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import must_be_in
from apothecary.staff.worker import Worker
from apothecary.wires.gs1 import bag_code


@dataclass(frozen=True, slots=True, kw_only=True)
class BagTag:
    """One tag. ``number`` of ``bags`` that the patient has in will-call; days of the house."""

    name: str
    number: int
    bags: int
    cold: str
    counselling: bool
    ready_on: date
    back_on: date
    bin: str
    payload: str


def tag_of(fill: Fill, *, by: Worker) -> BagTag:
    """The tag of a ready bag; any other has none (3 queries)."""
    must_be_in(fill, FillState.READY)
    house = keeping(by.pharmacy_id)
    here = [each.pk for each in bags_of(by.pharmacy_id, fill.patient_id)]
    this = bag(fill, house, by=by)
    ready_at = fill.state_since.astimezone(house.zone)
    return BagTag(
        name=name_outside(fill.patient.last_name, fill.patient.first_name, on=by.today),
        number=sorted(here).index(fill.pk) + 1,
        bags=len(here),
        cold=this.cold,
        counselling=bool(offers([this], brief(fill.patient), by=by)),
        ready_on=ready_at.date(),
        back_on=goes_back_on(ready_at, days=house.days),
        bin=fill.bin,
        payload=bag_code(str(fill.pk)),
    )
