"""The demo pharmacy: invented people, the shipped drug file, a stocked shelf. Loaded once."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.db import transaction

from apothecary.config.demo import counter, history, reports
from apothecary.config.demo.orders import order_schedule_ii
from apothecary.config.demo.shelves import ask_for_counts, draw_places, stock_shelves
from apothecary.config.demo.suppliers import (
    keep_distributor_of_the_box,
    keep_wholesalers,
    say_owner_is_small,
)
from apothecary.config.leading import lead
from apothecary.drugs.load import load_starter
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.patients.models import Allergy, Condition, Coverage, Patient
from apothecary.patients.rules import folded_name
from apothecary.prescriptions.models import NumberBlock, Prescriber
from apothecary.staff.actions import come_on_duty, partner_token
from apothecary.staff.duties import LICENCE_OF, Role
from apothecary.staff.models import DataReview, Licence, Partner, Person, Pharmacy
from apothecary.staff.signon import (
    new_token,
    person_as_worker,
    stand_in,
    system_worker,
    token_hash,
)
from apothecary.stock.actions import open_places

DEMO_PASSWORD = "apothecary"  # noqa: S105 printed on the sign-in page of the demo, by design
DEMO_PARTNER = "eprescribing"
FIRST_RX, LAST_RX = 7_000_001, 7_099_999


@dataclass(frozen=True, slots=True)
class SignIn:
    """One of the demo's people, as the start page prints them."""

    username: str
    name: str
    initials: str
    role: Role
    pin: str


SIGN_INS = (
    SignIn("tech", "Tess Technician", "TT", Role.CERTIFIED, "1111"),
    SignIn("rph", "Rita Pharmacist", "RP", Role.PHARMACIST, "2222"),
    SignIn("pic", "Paul Charge", "PC", Role.IN_CHARGE, "3333"),
    SignIn("newtech", "Nora Newtech", "NN", Role.TECHNICIAN, "4444"),
    SignIn("trainee", "Toby Trainee", "TB", Role.TRAINEE, "5555"),
    SignIn("clerk", "Cleo Clerk", "CC", Role.CLERK, "6666"),
    SignIn("intern", "Ines Intern", "II", Role.INTERN, "7777"),
    SignIn("admin", "Ada Admin", "AA", Role.ADMINISTRATOR, "8888"),
)


@transaction.atomic
def load_demo(*, at: datetime) -> str:
    """Load the demo pharmacy when there is none.

    Returns the token of its eprescribing partner, or nothing when it has one already: what
    somebody wrote down goes on working.
    """
    row = next(rows("pharmacy"))
    pharmacy = Pharmacy.objects.filter(ncpdp_id=row["ncpdp_id"]).first()
    if pharmacy is None:
        load_starter(at=at)
        pharmacy = open_pharmacy(row)
        people = hire(pharmacy, today=local_day(pharmacy, at))
        load_patients(pharmacy)
        load_prescribers(pharmacy)
        in_charge = person_as_worker(people["pic"], now=at, station="back office", on_duty=True)
        stock_shelves(pharmacy, list(rows("stock")), by=in_charge)
        history.bring_history(pharmacy, list(rows("stock")), by=in_charge)
        reports.bring_reports(pharmacy, by=in_charge)
        draw_places(rows("places"), by=in_charge)
        seller = person_as_worker(people["tech"], now=at, station="counter", on_duty=True)
        counter.stand_behind_counter(in_charge=in_charge, seller=seller)
        ask_for_counts(by=in_charge, counter_id=people["tech"].pk)
        keep_wholesalers(rows("wholesalers"), by=in_charge)
        keep_distributor_of_the_box(by=in_charge)
        say_owner_is_small(by=in_charge)
        order_schedule_ii(by=in_charge, attorney_id=people["rph"].pk)
        lead(pharmacy, at=at)
        on_duty = person_as_worker(people["rph"], now=at, station="counter", on_duty=False)
        come_on_duty(by=on_duty)
        record(by=in_charge, did=Deed.DEMO_LOADED, about=pharmacy)
    stand_in(pharmacy.pk)
    partner, fresh = Partner.objects.get_or_create(
        pharmacy=pharmacy,
        name=DEMO_PARTNER,
        defaults={"token_hash": token_hash(new_token()), "may_send": "script authorizations"},
    )
    by = system_worker(pharmacy, now=at)
    return partner_token(partner=partner, by=by) if fresh else ""


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one of the demo's files."""
    text = files("apothecary.config.demo").joinpath(f"data/{name}.csv").read_text()
    return iter(csv.DictReader(text.splitlines()))


def local_day(pharmacy: Pharmacy, at: datetime) -> date:
    """The date at the pharmacy."""
    return at.astimezone(ZoneInfo(pharmacy.time_zone)).date()


def open_pharmacy(row: dict[str, str]) -> Pharmacy:
    """The pharmacy with its places and its first block of Rx numbers."""
    pharmacy = Pharmacy.objects.create(
        name=row["name"],
        npi=row["npi"],
        ncpdp_id=row["ncpdp_id"],
        dea=row["dea_number"],
        licence_number=row["license_number"],
        state=row["state"],
        street=row["address_line_1"],
        city=row["city"],
        postal_code=row["postal_code"],
        phone=row["phone"],
        fax=row["fax"],
        time_zone=row["time_zone"],
        # A newcomer walks the whole way at one go: the pharmacist sees typed beside sent at
        # the final check. A real pharmacy starts with the stricter setting.
        data_review=DataReview.AT_CHECK,
        noncontrolled_validity_months=12,
        idle_lock_minutes=30,
    )
    stand_in(pharmacy.pk)
    open_places(pharmacy_id=pharmacy.pk)
    NumberBlock.objects.create(pharmacy=pharmacy, first=FIRST_RX, last=LAST_RX, next=FIRST_RX)
    return pharmacy


def hire(pharmacy: Pharmacy, *, today: date) -> dict[str, Person]:
    """One person of each role, licensed where the role needs it."""
    people = {}
    for number, sign_in in enumerate(SIGN_INS, start=1):
        person = Person.objects.create(
            pharmacy=pharmacy,
            username=sign_in.username,
            name=sign_in.name,
            initials=sign_in.initials,
            role=sign_in.role.value,
            password=make_password(DEMO_PASSWORD),
            pin=make_password(sign_in.pin),
        )
        if sign_in.role in LICENCE_OF:
            Licence.objects.create(
                pharmacy=pharmacy,
                person=person,
                kind=LICENCE_OF[sign_in.role],
                number=f"DEMO-{number:04}",
                state=pharmacy.state,
                expires_on=today + timedelta(days=730),
            )
        people[sign_in.username] = person
    return people


def load_patients(pharmacy: Pharmacy) -> None:
    """The invented patients with their allergies, conditions and cards."""
    patients = {}
    for row in rows("patients"):
        patients[row["key"]] = Patient.objects.create(
            pharmacy=pharmacy,
            last_name=row["last_name"],
            first_name=row["first_name"],
            middle_name=row["middle_name"],
            folded=folded_name(row["last_name"], row["first_name"]),
            birth_date=date.fromisoformat(row["birth_date"]),
            sex=row["sex"],
            language=row["language"],
            weight_kg=Decimal(row["weight_kg"]) if row["weight_kg"] else None,
            street=" ".join(f"{row['address_line_1']} {row['address_line_2']}".split()),
            city=row["city"],
            state=row["state"],
            postal_code=row["postal_code"],
            phone=row["phone"],
            notes=row["note"],
            easy_open_caps=row["safety_caps"] == "N",
        )
    load_allergies(pharmacy, patients)
    Condition.objects.bulk_create(
        Condition(
            pharmacy=pharmacy,
            patient=patients[row["patient"]],
            code=row["icd10"],
            says=row["says"],
        )
        for row in rows("conditions")
    )
    load_coverages(pharmacy, patients)


def load_allergies(pharmacy: Pharmacy, patients: dict[str, Patient]) -> None:
    """Allergies by ingredient or class where the file knows them, else by name alone."""
    Allergy.objects.bulk_create(
        Allergy(
            pharmacy=pharmacy,
            patient=patients[row["patient"]],
            allergen=row["allergen"],
            ingredient=row["allergen_key"] if row["kind"] == "ingredient" else "",
            allergy_class=row["allergen_key"] if row["kind"] == "class" else "",
            reaction=row["reaction"],
            severity=row["severity"],
        )
        for row in rows("allergies")
    )


def load_coverages(pharmacy: Pharmacy, patients: dict[str, Patient]) -> None:
    """The insurance cards, in the order they are billed."""
    plans = {row["key"]: row for row in rows("plans")}
    Coverage.objects.bulk_create(
        Coverage(
            pharmacy=pharmacy,
            patient=patients[row["patient"]],
            order=int(row["rank"]),
            kind=plans[row["plan"]]["kind"],
            plan_name=plans[row["plan"]]["name"],
            bin=row["bin"],
            pcn=row["pcn"],
            group=row["group_id"],
            cardholder_id=row["cardholder_id"],
            person_code=row["person_code"],
            relationship=row["relationship_code"],
            starts_on=date.fromisoformat(row["effective_from"]),
            ends_on=day_or_none(row["effective_until"]),
        )
        for row in rows("coverages")
    )


def day_or_none(text: str) -> date | None:
    """A date, or none where the file has no value."""
    return date.fromisoformat(text) if text else None


def load_prescribers(pharmacy: Pharmacy) -> None:
    """The invented prescribers."""
    Prescriber.objects.bulk_create(
        Prescriber(
            pharmacy=pharmacy,
            last_name=row["last_name"],
            first_name=row["first_name"],
            credential=row["credential"],
            npi=row["npi"],
            dea=row["dea_number"],
            licence_number=row["license_number"],
            licence_state=row["license_state"],
            practice=row["specialty"],
            street=" ".join(f"{row['address_line_1']} {row['address_line_2']}".split()),
            city=row["city"],
            state=row["license_state"],
            postal_code=row["postal_code"],
            phone=row["phone"],
            fax=row["fax"],
        )
        for row in rows("prescribers")
    )
