"""One world for every test: two pharmacies, people of distinct rights, a dozen drugs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.hashers import make_password

from apothecary.drugs.models import Ingredient, Package, Product, Source
from apothecary.drugs.ndc import Ndc
from apothecary.journal.deeds import Deed
from apothecary.patients.models import Allergy, Coverage, Patient
from apothecary.patients.rules import folded_name
from apothecary.prescriptions.actions import Order, enter_prescription
from apothecary.prescriptions.models import Fill, NumberBlock, Origin, PayKind, Prescriber
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.staff.duties import LICENCE_OF, Role
from apothecary.staff.models import Licence, Person, Pharmacy, Shift
from apothecary.staff.signon import person_as_worker, stand_in, system_worker
from apothecary.staff.worker import Worker
from apothecary.stock.actions import open_places, receive_stock, the_place
from apothecary.stock.models import Lot, PlaceKind, ShelfItem

NOON = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
WRITTEN = date(2026, 11, 20)
LONG_GOOD = date(2028, 12, 31)
PASSWORD, PIN = "correct horse", "4711"
CHEAP = "django.contrib.auth.hashers.MD5PasswordHasher"


@dataclass(frozen=True, slots=True)
class Drug:
    """One drug of the world: everything a test may want to tell apart."""

    ndc: str
    name: str
    ingredients: str
    strength: str
    form: str
    route: str
    schedule: int
    quantity: str
    unit: str
    price: str
    brand: str = ""
    te: str = ""
    storage: str = "controlled room temperature"


DRUGS = {
    "lisinopril": Drug(
        "68180-0980-1",
        "lisinopril",
        "lisinopril",
        "10 mg",
        "tablet",
        "oral",
        0,
        "100",
        "EA",
        "0.02110",
        te="AB",
    ),
    "lisinopril-brand": Drug(
        "0006-0106-54",
        "lisinopril",
        "lisinopril",
        "10 mg",
        "tablet",
        "oral",
        0,
        "90",
        "EA",
        "11.87000",
        brand="Prinivil",
        te="AB",
    ),
    "warfarin": Drug(
        "0093-1713-01",
        "warfarin sodium",
        "warfarin",
        "5 mg",
        "tablet",
        "oral",
        0,
        "100",
        "EA",
        "0.11000",
        te="AB",
    ),
    "amoxicillin": Drug(
        "0093-3109-05",
        "amoxicillin",
        "amoxicillin",
        "500 mg",
        "capsule",
        "oral",
        0,
        "500",
        "EA",
        "0.04900",
        te="AB",
    ),
    "amoxicillin-liquid": Drug(
        "0093-4155-73",
        "amoxicillin",
        "amoxicillin",
        "400 mg/5 mL",
        "powder for suspension",
        "oral",
        0,
        "100",
        "ML",
        "0.04300",
        te="AB",
    ),
    "metformin": Drug(
        "0093-1048-01",
        "metformin hydrochloride",
        "metformin",
        "500 mg",
        "tablet",
        "oral",
        0,
        "100",
        "EA",
        "0.02500",
        te="AB",
    ),
    "oxycodone": Drug(
        "0406-0552-01",
        "oxycodone hydrochloride",
        "oxycodone",
        "5 mg",
        "tablet",
        "oral",
        2,
        "100",
        "EA",
        "0.09500",
        te="AB",
    ),
    "testosterone": Drug(
        "0009-0520-10",
        "testosterone cypionate",
        "testosterone",
        "200 mg/mL",
        "injection",
        "intramuscular",
        3,
        "10",
        "ML",
        "4.10000",
        te="AO",
    ),
    "alprazolam": Drug(
        "0781-1061-01",
        "alprazolam",
        "alprazolam",
        "0.25 mg",
        "tablet",
        "oral",
        4,
        "100",
        "EA",
        "0.02800",
        te="AB",
    ),
    "pregabalin": Drug(
        "0071-1014-68",
        "pregabalin",
        "pregabalin",
        "75 mg",
        "capsule",
        "oral",
        5,
        "90",
        "EA",
        "0.13000",
        te="AB",
    ),
    "insulin": Drug(
        "0088-2220-33",
        "insulin glargine",
        "insulin glargine",
        "100 unit/mL",
        "injection",
        "subcutaneous",
        0,
        "10",
        "ML",
        "24.86000",
        brand="Lantus",
        storage="refrigerator",
    ),
    "hydrocortisone": Drug(
        "0168-0015-31",
        "hydrocortisone",
        "hydrocortisone",
        "1%",
        "cream",
        "topical",
        0,
        "28.4",
        "GM",
        "0.08000",
        te="AT",
    ),
}


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
        """Put units of a drug on the shelf."""
        return receive_stock(
            by=self.pharmacist,
            package=self.drugs[drug],
            lot_number=lot,
            expires_on=expires_on,
            quantity=Decimal(quantity),
            place=the_place(self.pharmacy.pk, PlaceKind.SHELF),
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


def make_pharmacy(name: str, *, ncpdp: str, state: str) -> Pharmacy:
    """A pharmacy with its places and its first block of Rx numbers."""
    pharmacy = Pharmacy.objects.create(
        name=name,
        npi="1234567893",
        ncpdp_id=ncpdp,
        dea="AB1234563",
        state=state,
        street="100 Main St",
        city="Anytown",
        postal_code="78701",
        phone="5125550100",
        noncontrolled_validity_months=12,
        data_review="at_check",
    )
    stand_in(pharmacy.pk)
    open_places(pharmacy_id=pharmacy.pk)
    NumberBlock.objects.create(
        pharmacy=pharmacy, first=7_000_000, last=7_099_999, next=7_000_000
    )
    return pharmacy


def make_people(pharmacy: Pharmacy, prefix: str) -> dict[Role, Person]:
    """One person of each role, licensed where the role needs it."""
    password, pin = make_password(PASSWORD, hasher="md5"), make_password(PIN, hasher="md5")
    people: dict[Role, Person] = {}
    for number, role in enumerate(role for role in Role if role is not Role.SYSTEM):
        person = Person.objects.create(
            pharmacy=pharmacy,
            username=f"{prefix}{role.value.replace(' ', '-')}",
            name=f"{role.value.title()} {prefix.upper()}",
            initials=f"{prefix[:1].upper()}{number}",
            role=role.value,
            password=password,
            pin=pin,
        )
        if role in LICENCE_OF:
            Licence.objects.create(
                person=person,
                kind=LICENCE_OF[role],
                number=f"{prefix}{number}",
                state=pharmacy.state,
                expires_on=date(2031, 1, 31),
            )
        people[role] = person
    return people


def make_drugs() -> dict[str, Package]:
    """The dozen drugs: each schedule, unit and storage class."""
    source = Source.objects.create(
        name="the world of the tests", released_on=TODAY, licence="ours", loaded_at=NOON
    )
    packages = {}
    for key, drug in DRUGS.items():
        ndc = Ndc.parse(drug.ndc)
        ingredient, _ = Ingredient.objects.get_or_create(
            key=drug.ingredients, defaults={"name": drug.ingredients}
        )
        product = Product.objects.create(
            labeler_code=ndc.labeler,
            product_code=ndc.product,
            name=drug.name,
            brand=drug.brand,
            is_brand=bool(drug.brand),
            ingredient_key=drug.ingredients,
            strength=drug.strength,
            form=drug.form,
            route=drug.route,
            schedule=drug.schedule,
            labeler="Example Labs",
            te_code=drug.te,
            storage=drug.storage,
            source=source,
        )
        product.ingredients.add(ingredient)
        packages[key] = Package.objects.create(
            product=product,
            package_code=ndc.package,
            ndc=ndc.hyphenated,
            ndc10=ndc.ndc10,
            ndc11=ndc.ndc11,
            quantity=Decimal(drug.quantity),
            unit=drug.unit,
            unit_word=drug.form,
            price_usd=Decimal(drug.price),
            price_source="the world of the tests",
            price_on=TODAY,
        )
    return packages


def make_patient(pharmacy: Pharmacy, last: str, first: str, born: date) -> Patient:
    """A patient with what every label and claim needs."""
    return Patient.objects.create(
        pharmacy=pharmacy,
        last_name=last,
        first_name=first,
        folded=folded_name(last, first),
        birth_date=born,
        sex="F",
        street="200 Oak Ave",
        city="Anytown",
        state=pharmacy.state,
        postal_code="78701",
        phone="5125550111",
    )


def make_prescriber(pharmacy: Pharmacy) -> Prescriber:
    """A prescriber with valid numbers."""
    return Prescriber.objects.create(
        pharmacy=pharmacy,
        last_name="Smith",
        first_name="Alex",
        npi="1234567893",
        dea="AS1234563",
        street="300 Clinic Rd",
        city="Anytown",
        state=pharmacy.state,
        postal_code="78701",
        phone="5125550199",
    )


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: pytest.FixtureRequest) -> None:
    """Argon2 at its real cost would be most of the suite's time; one test uses it as it is."""
    hashers = settings.PASSWORD_HASHERS  # type: ignore[attr-defined]  # pytest-django's own
    settings.PASSWORD_HASHERS = [CHEAP, *hashers]  # type: ignore[attr-defined]  # likewise


@pytest.fixture
def pharmacy(db: None) -> Iterator[World]:
    """The world, inside one test's transaction."""
    yield build_world()
    stand_in(None)


@pytest.fixture
def town(transactional_db: None) -> Iterator[World]:
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
