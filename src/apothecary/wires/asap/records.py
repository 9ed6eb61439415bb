"""The segments of a report as typed values: one class a segment, one field an element.

The fields stand in the order of the elements, those of all versions together: no place changed
its meaning from 4.2 to 5.0. A value for an element that a version has not is refused when it is
written. Text, digits and codes are empty where nothing was said, all else is None. ``more`` is
what stood behind the last element that the version knows, raw.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import Enum
from types import MappingProxyType

NDC = "01"
COMPOUND = "06"


class Status(Enum):
    """What a record does at the programme: DSP01."""

    NEW = "00"
    REVISED = "01"
    VOID = "02"


@dataclass(frozen=True, slots=True)
class Header:
    """TH. ``created_at`` is local time without a zone up to 4.2B and UTC in 5.0. ``terminator``
    is written as the separators say, whatever stands here.
    """

    version: str = ""
    control_number: str = ""
    transaction_type: str = ""
    response_id: str = ""
    created_on: date | None = None
    created_at: time | None = None
    file_type: str = ""
    routing_number: str = ""
    terminator: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """IS: who sends. ``message`` is the period of a zero report."""

    source_id: str = ""
    source_name: str = ""
    message: str = ""
    software_vendor: str = ""
    software_vendor_phone: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pharmacy:
    """PHA: the pharmacy, or the prescriber who dispenses."""

    npi: str = ""
    ncpdp_id: str = ""
    dea_number: str = ""
    name: str = ""
    address_1: str = ""
    address_2: str = ""
    city: str = ""
    state: str = ""
    zip_code: str = ""
    phone: str = ""
    contact: str = ""
    chain_site_id: str = ""
    permit_number: str = ""
    dispenser_type: str = ""
    mail_order: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Patient:
    """PAT: the patient, or the owner of an animal."""

    id_state: str = ""
    id_kind: str = ""
    id_number: str = ""
    other_id_state: str = ""
    other_id_kind: str = ""
    other_id_number: str = ""
    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    name_prefix: str = ""
    name_suffix: str = ""
    address_1: str = ""
    address_2: str = ""
    city: str = ""
    state: str = ""
    zip_code: str = ""
    phone: str = ""
    born_on: date | None = None
    gender: str = ""
    species: str = ""
    location: str = ""
    country: str = ""
    animal_name: str = ""
    alias_last_name: str = ""
    alias_first_name: str = ""
    race: str = ""
    ethnicity: str = ""
    animal_species: str = ""
    animal_location: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dispensed:
    """DSP: what was dispensed. Quantities are in ``unit`` (each, mL, g); of a compound, it is
    that of its first ingredient. ``part`` is 0 for a whole fill, 1 for its first part.
    """

    reporting_status: str = ""
    rx_number: str = ""
    written_on: date | None = None
    refills_authorized: int | None = None
    filled_on: date | None = None
    fill_number: int | None = None
    product_kind: str = ""
    product_id: str = ""
    quantity: Decimal | None = None
    days_supply: int | None = None
    unit: str = ""
    rx_origin: str = ""
    part: int | None = None
    pharmacist_npi: str = ""
    pharmacist_license: str = ""
    payment: str = ""
    sold_on: date | None = None
    rxnorm_kind: str = ""
    rxnorm_code: str = ""
    erx_reference: str = ""
    erx_order: str = ""
    quantity_prescribed: Decimal | None = None
    directions: str = ""
    treatment: str = ""
    diagnosis: str = ""
    written_at: time | None = None
    filled_at: time | None = None
    sold_at: time | None = None
    quantity_remaining: Decimal | None = None
    remaining_unit: str = ""
    discount_card: str = ""
    other_payment: str = ""
    other_discount_card: str = ""
    schedule: str = ""
    pharmacist_last_name: str = ""
    pharmacist_first_name: str = ""
    more: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """New, revised or void; up to 4.2 a blank means new. ValueError for another code."""
        return Status(self.reporting_status or "00")

    @property
    def is_compound(self) -> bool:
        return self.product_kind == COMPOUND


@dataclass(frozen=True, slots=True)
class Prescriber:
    """PRE: who prescribed."""

    npi: str = ""
    dea_number: str = ""
    dea_suffix: str = ""
    license_number: str = ""
    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    phone: str = ""
    xdea_number: str = ""
    license_state: str = ""
    address_1: str = ""
    address_2: str = ""
    city: str = ""
    state: str = ""
    zip_code: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ingredient:
    """CDI: a reportable ingredient of a compound, numbered from 1, in a unit of its own."""

    number: int | None = None
    product_kind: str = ""
    product_id: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    schedule: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Additional:
    """AIR: the form's serial number, who brought the prescription, who took the drug."""

    serial_state: str = ""
    serial_number: str = ""
    id_state: str = ""
    id_kind: str = ""
    id_number: str = ""
    relationship: str = ""
    last_name: str = ""
    first_name: str = ""
    pharmacist_last_name: str = ""
    pharmacist_first_name: str = ""
    bringing: str = ""
    born_on: date | None = None
    address_1: str = ""
    address_2: str = ""
    city: str = ""
    state: str = ""
    zip_code: str = ""
    phone: str = ""
    delivery: str = ""
    brought_id_state: str = ""
    brought_id_kind: str = ""
    brought_id_number: str = ""
    brought_relationship: str = ""
    brought_last_name: str = ""
    brought_first_name: str = ""
    brought_born_on: date | None = None
    brought_address_1: str = ""
    brought_address_2: str = ""
    brought_city: str = ""
    brought_state: str = ""
    brought_zip_code: str = ""
    brought_phone: str = ""
    more: tuple[str, ...] = ()


Record = Header | Source | Pharmacy | Patient | Dispensed | Prescriber | Ingredient | Additional

CLASSES: Mapping[str, type[Record]] = MappingProxyType(
    {
        "TH": Header,
        "IS": Source,
        "PHA": Pharmacy,
        "PAT": Patient,
        "DSP": Dispensed,
        "PRE": Prescriber,
        "CDI": Ingredient,
        "AIR": Additional,
    }
)
SEGMENTS: Mapping[type[object], str] = MappingProxyType(
    {kind: name for name, kind in CLASSES.items()}
)


@dataclass(frozen=True, slots=True)
class Dispensing:
    """One record of a report. ``others`` are segments of it that we do not know, raw."""

    patient: Patient
    dispensed: Dispensed
    prescriber: Prescriber | None = None
    ingredients: tuple[Ingredient, ...] = ()
    additional: Additional | None = None
    others: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Store:
    """What one pharmacy reports."""

    pharmacy: Pharmacy
    dispensings: tuple[Dispensing, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """One transmission: who sends, and what each pharmacy reports."""

    header: Header
    source: Source
    stores: tuple[Store, ...]
