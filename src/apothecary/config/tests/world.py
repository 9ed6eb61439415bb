"""One world for every test: two pharmacies, people of distinct rights, a dozen drugs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine

from apothecary.config.tests.world_again import REMEMBERED
from apothecary.config.tests.world_days import LONG_GOOD, NOON, TODAY, WRITTEN
from apothecary.config.tests.world_drugs import make_drugs
from apothecary.config.tests.world_people import (
    PASSWORD,
    PIN,
    make_patient,
    make_people,
    make_pharmacy,
    make_prescriber,
)
from apothecary.drugs.models import Package
from apothecary.journal.deeds import Deed
from apothecary.patients.models import Allergy, Coverage, Patient
from apothecary.prescriptions.actions import Order, enter_prescription
from apothecary.prescriptions.models import Fill, Origin, PayKind, Prescriber
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.staff.duties import Role
from apothecary.staff.models import Person, Pharmacy, Shift
from apothecary.staff.signon import person_as_worker, stand_in, system_worker
from apothecary.staff.worker import Worker
from apothecary.stock.actions import receive_stock, the_place
from apothecary.stock.models import Lot, Place, PlaceKind, ShelfItem
from apothecary.stock.places.queries import place_for

__all__ = [
    "LONG_GOOD",
    "NOON",
    "PASSWORD",
    "PIN",
    "TODAY",
    "World",
    "build_world",
    "make_patient",
]

CHEAP = "django.contrib.auth.hashers.MD5PasswordHasher"


@dataclass
class World:
    """What a test starts from. Workers act at ``NOON``; change it with ``at_time``."""

    pharmacy: Pharmacy
    other: Pharmacy
    people: dict[Role, Person]
    workers: dict[Role, Worker]
    stranger: Worker
    system: Worker
    drugs: dict[str, Package]
    patient: Patient
    insured: Patient
    prescriber: Prescriber

    @property
    def technician(self) -> Worker:
        return self.workers[Role.TECHNICIAN]

    @property
    def pharmacist(self) -> Worker:
        return self.workers[Role.PHARMACIST]

    @property
    def clerk(self) -> Worker:
        return self.workers[Role.CLERK]

    @property
    def trainee(self) -> Worker:
        return self.workers[Role.TRAINEE]

    def receive(
        self, drug: str, quantity: str, *, lot: str = "L1", expires_on: date = LONG_GOOD
    ) -> Lot:
        """Put units of a drug on the shelf, what is cold into the fridge."""
        package_id, pharmacy_id = self.drugs[drug].pk, self.pharmacy.pk
        spot = place_for(pharmacy_id=pharmacy_id, package_id=package_id).spot
        return receive_stock(
            by=self.pharmacist,
            package=self.drugs[drug],
            lot_number=lot,
            expires_on=expires_on,
            quantity=Decimal(quantity),
            place=Place.objects.get(pk=spot.id),
            key=f"receive-{drug}-{lot}-{quantity}",
        )

    def order(
        self,
        drug: str = "lisinopril",
        *,
        quantity: str = "30",
        days: int = 30,
        refills: int = 2,
        pay: str = PayKind.CASH,
        patient: Patient | None = None,
        written_on: date = WRITTEN,
        origin: str = Origin.ELECTRONIC,
        directions: str = "Take 1 tablet by mouth once daily.",
    ) -> Order:
        """A clean order of this world's patient and prescriber."""
        return Order(
            patient=patient or self.patient,
            prescriber=self.prescriber,
            package=self.drugs[drug],
            quantity=Decimal(quantity),
            days_supply=days,
            refills=refills,
            daw="0",
            origin=origin,
            directions=directions,
            written_on=written_on,
            pay=pay,
        )

    def enter(self, drug: str = "lisinopril", *, quantity: str = "30", days: int = 30) -> Fill:
        """Enter a clean cash prescription: its first fill stands in screening."""
        order = self.order(drug, quantity=quantity, days=days)
        return enter_prescription(by=self.technician, order=order)

    def walk(self, fill: Fill, *, until: FillState) -> Fill:
        """Take a fill from screening along the plain way, without the rooms above."""
        for state, by, did in (
            (FillState.WAITING, self.system, Deed.FILL_MOVED),
            (FillState.FILLING, self.technician, Deed.FILLING_STARTED),
            (FillState.CHECK, self.technician, Deed.SENT_TO_CHECK),
            (FillState.READY, self.pharmacist, Deed.FILL_APPROVED),
            (FillState.SOLD, self.technician, Deed.SOLD),
        ):
            advance(fill, state, by=by, did=did)
            if state is until:
                break
        return fill

    def stocked(self, drug: str = "lisinopril", *, until: FillState) -> Fill:
        """A fill of a drug that was just received, walked to a state."""
        self.receive(drug, "100")
        return self.walk(self.enter(drug), until=until)


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: pytest.FixtureRequest) -> None:
    """Argon2 at its real cost would be most of the suite's time; one test uses it as it is."""
    hashers = settings.PASSWORD_HASHERS  # type: ignore[attr-defined]  # pytest-django's own
    settings.PASSWORD_HASHERS = [CHEAP, *hashers]  # type: ignore[attr-defined]  # likewise


@pytest.fixture
def standing_clock() -> Iterator[None]:
    """The process's clock stands at the world's noon: what a page does now, it does then.

    Without this a worker who stands at noon finds nothing due that a page put off until now,
    from the day on which the real clock has passed the world's.
    """
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def pharmacy(standing_clock: None, db: None) -> Iterator[World]:
    """The world, inside one test's transaction."""
    yield REMEMBERED.world(build_world, lambda world: (world.other.pk, world.pharmacy.pk))
    stand_in(None)


@pytest.fixture
def town(standing_clock: None, transactional_db: None) -> Iterator[World]:
    """The world with everything committed, so that several people can work in it at once."""
    yield build_world()
    stand_in(None)


def build_world() -> World:
    """Two pharmacies; the test stands in the first."""
    other = make_pharmacy("The Other Pharmacy", ncpdp="7654321", state="TX")
    other_people = make_people(other, "o")
    make_patient(other, "Doe", "Jane", date(1980, 2, 29))
    here = make_pharmacy("Sample Community Pharmacy", ncpdp="1234567", state="TX")
    people = make_people(here, "s")
    for pharmacist in (people[Role.PHARMACIST], other_people[Role.PHARMACIST]):
        Shift.objects.create(
            pharmacy=pharmacist.pharmacy,
            person=pharmacist,
            started_at=NOON - timedelta(hours=4),
        )
    workers = {
        role: person_as_worker(person, now=NOON, station="counter 1", on_duty=True)
        for role, person in people.items()
    }
    packages = make_drugs()
    for package in packages.values():
        ShelfItem.objects.create(
            pharmacy=here,
            package=package,
            place=the_place(here.pk, PlaceKind.SHELF),
            bin="A1",
        )
    insured = make_patient(here, "Núñez-O'Brien", "María", date(1961, 4, 2))
    Coverage.objects.create(
        pharmacy=here,
        patient=insured,
        plan_name="Commercial",
        bin="999999",
        pcn="TESTPCN",
        group="GRP1",
        cardholder_id="ABC123456",
        person_code="01",
    )
    Allergy.objects.create(
        pharmacy=here,
        patient=insured,
        allergen="penicillins",
        allergy_class="penicillins",
        reaction="hives",
    )
    return World(
        pharmacy=here,
        other=other,
        people=people,
        workers=workers,
        stranger=person_as_worker(
            other_people[Role.PHARMACIST], now=NOON, station="counter 1", on_duty=True
        ),
        system=system_worker(here, now=NOON),
        drugs=packages,
        patient=make_patient(here, "Doe", "Jane", date(1980, 2, 29)),
        insured=insured,
        prescriber=make_prescriber(here),
    )
