"""What the register hands in of a controlled drug for the monitoring programme."""

from collections.abc import Sequence
from typing import Protocol

from apothecary.pickup.models import Relationship
from apothecary.pickup.queries import is_medicaid
from apothecary.prescriptions.compound_tables import is_compound
from apothecary.prescriptions.models import Fill, Origin, PayKind
from apothecary.prescriptions.models import Prescriber as Writer
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.vault.monitoring.due import Handed, due_record, is_reportable
from apothecary.vault.monitoring.models import MonitoringRecord
from apothecary.wires.asap import (
    Additional,
    Dispensed,
    Dispensing,
    Patient,
    Prescriber,
    in_ascii,
)

CONTROLLED_FROM = 2
CASH, MEDICAID, INSURANCE = "01", "02", "04"
PHARMACY_ORIGIN = "06"
NDC, COMPOUND = "01", "06"
ORIGINS = {
    Origin.WRITTEN: "01",
    Origin.TELEPHONE: "02",
    Origin.ELECTRONIC: "05",
    Origin.FAX: "04",
    Origin.PHARMACY: PHARMACY_ORIGIN,
}
UNITS = {"EA": "01", "ML": "02", "GM": "03"}
OTHER = "99"
RELATIONSHIPS = {
    Relationship.PATIENT: "01",
    Relationship.PARENT: "02",
    Relationship.SPOUSE: "03",
    Relationship.CAREGIVER: "04",
}
# By the word that stands in what the register wrote; what is none of them is another kind.
ID_KINDS = (
    ("military", "01"),
    ("state", "02"),
    ("resident", "04"),
    ("passport", "05"),
    ("driv", "06"),
    ("tribal", "08"),
)


class Shown(Protocol):
    """Who took the bag, as the register wrote it down."""

    @property
    def name(self) -> str: ...
    @property
    def relationship(self) -> str: ...
    @property
    def id_kind(self) -> str: ...
    @property
    def id_number(self) -> str: ...
    @property
    def id_state(self) -> str: ...


def due_records(fills: Sequence[Fill], shown: Shown, *, by: Worker) -> list[MonitoringRecord]:
    """The rows that this sale leaves to be told (1 query where a drug is controlled)."""
    controlled = [one for one in fills if one.package.product.schedule >= CONTROLLED_FROM]
    if not controlled:
        return []
    house = Pharmacy.objects.get(pk=by.pharmacy_id)
    return [
        due_record(handed(fill, shown, house, by=by), by=by)
        for fill in controlled
        if is_reportable(house.state, fill.package.product.schedule, on=by.today)
    ]


def handed(fill: Fill, shown: Shown, house: Pharmacy, *, by: Worker) -> Handed:
    """A fill that is handed over, as the programme wants to know it."""
    product = fill.package.product
    return Handed(
        fill_id=fill.pk,
        label=f"{fill.prescription.number}-{fill.number}-{fill.part}",
        drug=f"{product.name} {product.strength_said}".strip(),
        schedule=product.schedule,
        state=house.state,
        at=by.at,
        zone=house.time_zone,
        told=Dispensing(
            patient=patient_of(fill),
            dispensed=dispensed_of(fill, by=by),
            prescriber=prescriber_of(fill.prescription.prescriber),
            additional=taker_of(shown),
        ),
    )


def told(text: str) -> str:
    """As a report can carry it; what has no plain letter stays and is held for a person."""
    try:
        return in_ascii(text.strip())
    except ValueError:
        return text.strip()


def patient_of(fill: Fill) -> Patient:
    """The patient of a fill."""
    who = fill.prescription.patient
    return Patient(
        last_name=told(who.last_name),
        first_name=told(who.first_name),
        middle_name=told(who.middle_name),
        address_1=told(who.street),
        city=told(who.city),
        state=who.state,
        zip_code=who.postal_code.replace("-", ""),
        phone=who.phone,
        born_on=who.birth_date,
        gender=who.sex if who.sex in ("F", "M") else "U",
        species="01",
    )


def dispensed_of(fill: Fill, *, by: Worker) -> Dispensed:
    """What was dispensed. ``part`` is 0 of a whole fill."""
    rx, package = fill.prescription, fill.package
    pays = CASH if fill.pay == PayKind.CASH else INSURANCE
    if fill.pay == PayKind.PLAN and is_medicaid(fill):
        pays = MEDICAID
    return Dispensed(
        rx_number=str(rx.number),
        written_on=rx.written_on,
        refills_authorized=rx.refills,
        filled_on=fill.created_at.astimezone(by.at.tzinfo).date(),
        fill_number=fill.number,
        # The ingredients of a compound are not told yet: its record is held for a person.
        product_kind=COMPOUND if is_compound(package) else NDC,
        product_id=package.ndc11,
        quantity=fill.quantity,
        days_supply=fill.days_supply,
        unit=UNITS[package.unit],
        rx_origin=ORIGINS[Origin(rx.origin)],
        part=fill.part if fill.part > 1 or fill.part_reason else 0,
        payment=pays,
        sold_on=by.today,
    )


def prescriber_of(who: Writer) -> Prescriber:
    """Who prescribed."""
    return Prescriber(
        npi=who.npi,
        dea_number=who.dea,
        license_number=who.licence_number,
        last_name=told(who.last_name),
        first_name=told(who.first_name),
        phone=who.phone,
    )


def taker_of(shown: Shown) -> Additional:
    """Who took the drug away: the last word of the name is the last name."""
    words = told(shown.name).split()
    return Additional(
        id_state=shown.id_state.strip().upper(),
        id_kind=id_kind(shown.id_kind) if shown.id_number.strip() else "",
        id_number=shown.id_number.strip(),
        relationship=RELATIONSHIPS.get(Relationship(shown.relationship), OTHER),
        last_name=words[-1] if words else "",
        first_name=" ".join(words[:-1]),
        bringing="02",
    )


def id_kind(says: str) -> str:
    """The code of an identification that was shown."""
    folded = says.casefold()
    return next((code for word, code in ID_KINDS if word in folded), OTHER)
