"""What a prescription message says, as frozen values. Absent text is ``""``, else None."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Address:
    """Who a message goes to or comes from. ``qualifier``: P pharmacy, D prescriber, …"""

    value: str
    qualifier: str


@dataclass(frozen=True, slots=True)
class Header:
    """The envelope. ``signature``: ``signed``, ``indicated`` (the network vouches) or empty."""

    to: Address
    sender: Address
    message_id: str
    relates_to: str
    sent_at: datetime | None
    software: tuple[str, str, str]
    is_test: bool
    rx_reference_number: str
    prescriber_order_number: str
    signature: str
    version: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value kept as it came, for which the model has no name: its path and text."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number under which somebody is known; ``kind`` is the element's name."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Name:
    last: str
    first: str
    middle: str = ""
    suffix: str = ""
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class PostalAddress:
    line1: str
    line2: str
    city: str
    state: str
    postal_code: str
    country: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A telephone number (digits), e-mail or direct address; ``kind`` is the element's name."""

    kind: str
    value: str
    extension: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """The patient; ``species`` is set for an animal."""

    name: Name
    gender: str
    born_on: date | None
    address: PostalAddress | None
    contacts: tuple[Contact, ...]
    identifiers: tuple[Identifier, ...]
    language: str
    species: str = ""

    @property
    def phone(self) -> str:
        """The first telephone number, empty when there is none."""
        return first_phone(self.contacts)


@dataclass(frozen=True, slots=True)
class Prescriber:
    """The prescriber or supervisor. Check digits are for ``law`` to judge, not for the wire."""

    npi: str
    dea: str
    state_license: str
    identifiers: tuple[Identifier, ...]
    name: Name
    specialty: str
    practice: str
    address: PostalAddress | None
    contacts: tuple[Contact, ...]
    veterinarian: bool = False

    @property
    def phone(self) -> str:
        """The first telephone number, empty when there is none."""
        return first_phone(self.contacts)


@dataclass(frozen=True, slots=True)
class Pharmacy:
    ncpdp_id: str
    npi: str
    identifiers: tuple[Identifier, ...]
    business_name: str
    address: PostalAddress | None
    contacts: tuple[Contact, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """One insurance card. ``responsibility``: P first, S second, T third, U unknown."""

    bin: str
    pcn: str
    payer_id: str
    payer_name: str
    cardholder_id: str
    cardholder_name: Name | None
    group_id: str
    group_name: str
    responsibility: str
    relationship: str
    person_code: str
    member_id: str


@dataclass(frozen=True, slots=True)
class Allergy:
    """One allergy or adverse event as sent, texts and codes."""

    substance: str
    substance_code: str
    substance_qualifier: str
    event: str
    reaction: str
    severity: str


@dataclass(frozen=True, slots=True)
class Measurement:
    """One vital sign: LOINC code, value in the UCUM unit."""

    code: str
    value: Decimal
    unit: str
    observed_on: date | None


@dataclass(frozen=True, slots=True)
class CodedDrug:
    """A code of a drug and the system it belongs to (ND, SCD, SBD, GPK …)."""

    code: str
    qualifier: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """``qualifier`` ABF is ICD-10-CM; ``rank`` is Primary or Secondary."""

    code: str
    qualifier: str
    description: str
    rank: str


@dataclass(frozen=True, slots=True)
class DrugUse:
    """A drug-use evaluation by the prescriber; codes as sent."""

    reason: str
    service: str
    result: str
    significance: str
    acknowledgement: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """``value`` in the unit of the NCI code; ``qualifier`` 38 original, 40 remaining, …"""

    value: Decimal
    qualifier: str
    unit_code: str


@dataclass(frozen=True, slots=True)
class CompoundPart:
    """One ingredient as ordered: its words, a code if any, and how much of it goes in."""

    description: str
    item: CodedDrug | None
    strength: str
    strength_form_code: str
    strength_unit_code: str
    dea_schedule: str
    quantity: Quantity | None
    drug_use: tuple[DrugUse, ...]


@dataclass(frozen=True, slots=True)
class CompoundOrder:
    """What the prescriber wants compounded. ``form_code`` is an NCI code of a dosage form."""

    form_code: str
    parts: tuple[CompoundPart, ...]


@dataclass(frozen=True, slots=True)
class Medication:
    """The drug as prescribed. ``refills`` None: the sender did not say (cancellations only);
    ``substitution_allowed`` is then False too.
    """

    description: str
    product: CodedDrug | None
    drug_codes: tuple[CodedDrug, ...]
    strength: str
    strength_form_code: str
    strength_unit_code: str
    dea_schedule: str
    quantity: Quantity | None
    days_supply: int | None
    written_on: date | None
    last_fill_on: date | None
    effective_on: date | None
    expires_on: date | None
    needed_by: date | None
    substitution_allowed: bool
    refills: int | None
    diagnoses: tuple[Diagnosis, ...]
    prior_authorization: str
    prior_authorization_status: str
    note: str
    drug_use: tuple[DrugUse, ...]
    coverage_status: tuple[str, ...]
    sig_text: str
    structured_sig: tuple[Leaf, ...]
    do_not_fill: str
    order_capture: str
    fill_indicator: str
    compound: CompoundOrder | None

    @property
    def is_compound(self) -> bool:
        return self.compound is not None


@dataclass(frozen=True, slots=True)
class NewRx:
    """A new prescription. ``rest`` holds every sent value that has no name above."""

    patient: Patient
    pharmacy: Pharmacy | None
    prescriber: Prescriber
    supervisor: Prescriber | None
    medication: Medication
    coverages: tuple[Coverage, ...]
    allergies: tuple[Allergy, ...]
    no_known_allergies: bool
    measurements: tuple[Measurement, ...]
    urgency: str
    request_code: str
    prohibit_renewal: bool
    rest: tuple[Leaf, ...]

    @property
    def weight_kg(self) -> Decimal | None:
        """The newest body weight sent, kilograms; None when absent or in an unknown unit."""
        weights = [one for one in self.measurements if one.code in _BODY_WEIGHT]
        weights.sort(key=lambda one: one.observed_on or date.min)
        for one in reversed(weights):
            factor = _KILOGRAMS.get(one.unit)
            if factor is not None:
                return one.value * factor
        return None


@dataclass(frozen=True, slots=True)
class CancelRx:
    """A request to cancel; the header's order number and ``relates_to`` say what."""

    change: str
    patient: Patient
    pharmacy: Pharmacy | None
    prescriber: Prescriber
    supervisor: Prescriber | None
    medication: Medication
    rest: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The body of Status, Error and Verify."""

    code: str
    description_codes: tuple[str, ...]
    description: str


@dataclass(frozen=True, slots=True)
class Response:
    """The answer part of CancelRxResponse, RxRenewalResponse and RxChangeResponse.

    ``outcome`` is the element's name: Approved, Denied, ApprovedWithChanges, Replace,
    DeniedNewPrescriptionToFollow, Validated. ``rest`` holds everything else as it came.
    """

    outcome: str
    reason_codes: tuple[str, ...]
    denial_reason: str
    note: str
    reference: str
    rest: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Untyped:
    """A known message that is read no further than its values in order."""

    rest: tuple[Leaf, ...]


Body = NewRx | CancelRx | Acknowledgement | Response | Untyped

# LOINC: body weight; measured; stated; estimated.
_BODY_WEIGHT = frozenset({"29463-7", "3141-9", "3142-7", "8335-2"})
_KILOGRAMS = {
    "kg": Decimal(1),
    "g": Decimal("0.001"),
    "[lb_av]": Decimal("0.45359237"),
    "[oz_av]": Decimal("0.028349523125"),
}
_PHONES = ("PrimaryTelephone", "HomeTelephone", "WorkTelephone", "OtherTelephone")


def first_phone(contacts: tuple[Contact, ...]) -> str:
    """The number to call first: primary, then home, work, other; empty when none was sent."""
    for kind in _PHONES:
        for contact in contacts:
            if contact.kind == kind:
                return contact.value
    return ""
