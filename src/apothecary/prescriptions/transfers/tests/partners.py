"""The other pharmacy of the tests, and what passes between the two of us."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from apothecary.config.tests.world import TODAY
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.models import Origin, Prescription
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.transfers.giving import Giving, transfer_out
from apothecary.prescriptions.transfers.models import PastFill, Title, Transfer, Way
from apothecary.prescriptions.transfers.rules import Other, Told
from apothecary.prescriptions.transfers.taking import Taking

LAKESIDE = Other(
    name="Lakeside Pharmacy",
    street="9 Shore Rd",
    city="Anytown",
    state="TX",
    postal_code="78702",
    phone="5125550188",
    dea="BL7654329",
    spoke_with="Dana Wells",
    title=Title.PHARMACIST,
)
BY_PHONE = Giving(other=LAKESIDE, way=Way.PHONE)
ELECTRONIC = Giving(
    other=LAKESIDE,
    way=Way.ELECTRONIC,
    reference="MSG-1",
    patient_asked=True,
    unaltered=True,
    state_allows="22 TAC 291.34, read today",
)
WRITTEN = date(2026, 9, 1)
FIRST, SECOND = date(2026, 9, 3), date(2026, 10, 3)
THEIRS = Told(
    says="Jane Doe, alprazolam 0.5 mg, one at bedtime, 30, Dr. Lee",
    their_number="445566",
    written_on=WRITTEN,
    refills_originally=5,
    refills_left=4,
    fills=(
        PastFill(on=FIRST, place="Lakeside Pharmacy", number="445566", quantity=Decimal(30)),
        PastFill(on=SECOND, place="Lakeside Pharmacy", number="445566", quantity=Decimal(30)),
    ),
)
TAKEN = Taking(other=LAKESIDE, told=THEIRS, way=Way.PHONE, controlled=True)
NEVER_FILLED = Told(
    says="Jane Doe, lisinopril 10 mg, one daily, 30, Dr. Lee",
    their_number="445577",
    written_on=TODAY,
    refills_originally=2,
    refills_left=2,
    unfilled=True,
)


def saying(**changes: Any) -> Taking:
    """The other pharmacy's word, changed."""
    return replace(TAKEN, told=replace(THEIRS, **changes))


def from_other(**changes: Any) -> Taking:
    """The other pharmacy itself, changed."""
    return replace(TAKEN, other=replace(LAKESIDE, **changes))


def give(world: Any, rx: Any, *, given: Giving = BY_PHONE, by: Any = None) -> Transfer:
    """A transfer to the other pharmacy."""
    return transfer_out(by=by or world.pharmacist, prescription_id=rx.pk, given=given)


# A drug of the tests' world by its schedule.
OF = {0: "lisinopril", 2: "oxycodone", 3: "testosterone", 4: "alprazolam", 5: "pregabalin"}


def entered(world, drug="lisinopril", *, refills=2, origin=Origin.ELECTRONIC) -> Prescription:
    """A prescription whose first fill waits in screening."""
    world.receive(drug, "100")
    order = world.order(drug, refills=refills, origin=origin)
    return enter_prescription(by=world.technician, order=order).prescription


def filled(world, drug="lisinopril", *, refills=2, origin=Origin.ELECTRONIC) -> Prescription:
    """A prescription whose first fill is sold."""
    rx = entered(world, drug, refills=refills, origin=origin)
    world.walk(rx.fills.get(), until=FillState.SOLD)
    return rx


def codes(refused) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def fields(refused) -> list[str]:
    return [problem.field for problem in refused.value.problems]
