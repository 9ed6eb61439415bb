"""The pharmacies, people, patients and prescribers of the tests' world."""

from datetime import UTC, date, datetime

from django.contrib.auth.hashers import make_password

from apothecary.patients.models import Patient
from apothecary.patients.rules import folded_name
from apothecary.prescriptions.models import NumberBlock, Prescriber
from apothecary.purchasing.tracing.models import DispenserSize
from apothecary.staff.duties import LICENCE_OF, Role
from apothecary.staff.models import Licence, Person, Pharmacy
from apothecary.staff.signon import stand_in
from apothecary.stock.actions import open_places

OPENED = datetime(2025, 1, 6, tzinfo=UTC)
PASSWORD, PIN = "correct horse", "4711"


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
    # Small: its exemption from tracing lasts past the day of the tests' world.
    DispenserSize.objects.create(
        pharmacy=pharmacy, size="small", evidence="payroll", said_at=OPENED
    )
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
                pharmacy=pharmacy,
                person=person,
                kind=LICENCE_OF[role],
                number=f"{prefix}{number}",
                state=pharmacy.state,
                expires_on=date(2031, 1, 31),
            )
        people[role] = person
    return people


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
