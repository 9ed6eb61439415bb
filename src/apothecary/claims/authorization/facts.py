"""The facts of a request from the rows of the house: for the line, for SCRIPT, for paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apothecary.claims.authorization.rules import basis_of, period_of, request_type
from apothecary.claims.authorization.states import AuthorizationState, Kind
from apothecary.claims.building import Authorization, Bill
from apothecary.claims.building.text import icd_code, phone_digits
from apothecary.claims.facts import Terms, bill_of
from apothecary.claims.models import PriorAuthorization
from apothecary.claims.parts import slice_of
from apothecary.drugs.derived.classes import epc_classes
from apothecary.law.problem import refuse
from apothecary.patients.models import Coverage, Patient
from apothecary.prescriptions.models import Fill, Prescriber
from apothecary.prescriptions.states import FillState
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.wires.script import model as script
from apothecary.wires.script.authorization_model import Parties, Wanted

LONGEST_SUPPORT = 480
UNIT_CODES = {"EA": "C64933", "ML": "C28254", "GM": "C48155"}
TABLET, CAPSULE = "C48542", "C48480"


@dataclass(frozen=True, slots=True)
class Tried:
    """An earlier drug of the same class, from the patient's own dispensing here."""

    name: str
    strength: str
    shared: str
    first_on: date
    last_on: date
    fills: int

    def __str__(self) -> str:
        times = f"{self.fills} fill{'s' if self.fills > 1 else ''}"
        return f"{self.name} {self.strength}, {times}, last {self.last_on:%Y-%m-%d}"


def tried_before(fill: Fill) -> list[Tried]:
    """The other drugs of the same class that this patient was given here (1 query)."""
    product = fill.package.product
    mine = set(epc_classes(product.classes))
    if not mine:
        return []
    rows = (
        Fill.objects.filter(
            pharmacy_id=fill.pharmacy_id,
            patient_id=fill.patient_id,
            state=FillState.SOLD.value,
        )
        .exclude(package__product__ingredient_key=product.ingredient_key)
        .select_related("package__product")
        .order_by("state_since")
    )
    found: dict[tuple[str, str], Tried] = {}
    for row in rows:
        other = row.package.product
        shared = sorted(mine & set(epc_classes(other.classes)))
        if not shared:
            continue
        key, on = (other.name, other.strength_said), row.state_since.date()
        before = found.get(key)
        first, times = (before.first_on, before.fills) if before else (on, 0)
        found[key] = Tried(*key, shared[0], first, on, times + 1)
    return sorted(found.values(), key=lambda one: one.last_on, reverse=True)


def line_facts(
    row: PriorAuthorization, *, fill: Fill, by: Worker, tried: Sequence[Tried]
) -> tuple[Bill, Authorization]:
    """The bill and the request of a P4, P3 or P2; ``fill`` is held by the caller."""
    pharmacy = Pharmacy.objects.get(pk=by.pharmacy_id)
    asks = slice_of(fill, fee_usd=pharmacy.dispensing_fee_usd)
    if asks is None:
        raise refuse("This part was billed with the first one.", code="claim-part")
    bill = bill_of(fill, row.coverage, Terms(), asks=asks, by=by, pharmacy=pharmacy)
    deferred = row.state == AuthorizationState.DEFERRED
    rx = fill.prescription
    begins_on, ends_on = period_of(on=by.today, days_supply=rx.days_supply, refills=rx.refills)
    ask = Authorization(
        request_type=request_type(Kind(row.kind), deferred=deferred),
        basis=basis_of(row.because_codes),
        begins_on=begins_on,
        ends_on=ends_on,
        number=row.number,
        authorization=row.reference,
        supporting_text=support_of(row, tried),
    )
    return bill, ask


def support_of(row: PriorAuthorization, tried: Sequence[Tried]) -> str:
    """What our own records can say for the request: earlier drugs, and nothing supposed."""
    if not tried:
        return ""
    listed = "; ".join(str(one) for one in tried)
    return f"Dispensed here before, same class: {listed}"[:LONGEST_SUPPORT]


def parties_of(fill: Fill, coverage: Coverage, pharmacy: Pharmacy) -> Parties:
    """Everybody an electronic request names."""
    rx, product = fill.prescription, fill.package.product
    said = f"{product.brand or product.name} {product.strength_said} {product.form}"
    code = icd_code(rx.diagnosis)
    return Parties(
        coverage=card_of(coverage),
        patient=patient_of(rx.patient),
        pharmacy=pharmacy_of(pharmacy),
        prescriber=prescriber_of(rx.prescriber),
        wanted=Wanted(
            description=said[:105],
            ndc11=fill.package.ndc11,
            quantity=fill.quantity,
            unit_code=unit_code_of(fill.package.unit, product.form),
            days_supply=fill.days_supply,
            refills=rx.refills,
            written_on=rx.written_on,
            directions=rx.directions[:1000],
            diagnoses=(code,) if code else (),
            substitution_allowed=fill.daw == "0",
        ),
    )


def unit_code_of(unit: str, form: str) -> str:
    """The unit of a quantity as SCRIPT says it."""
    if unit == "EA" and "tablet" in form.lower():
        return TABLET
    if unit == "EA" and "capsule" in form.lower():
        return CAPSULE
    return UNIT_CODES.get(unit, UNIT_CODES["EA"])


def card_of(coverage: Coverage) -> script.Coverage:
    """A card as SCRIPT names it."""
    return script.Coverage(
        bin=coverage.bin,
        pcn=coverage.pcn,
        payer_id="",
        payer_name=coverage.plan_name,
        cardholder_id=coverage.cardholder_id,
        cardholder_name=None,
        group_id=coverage.group,
        group_name="",
        responsibility="P",
        relationship=coverage.relationship if coverage.relationship in "1234" else "4",
        person_code=coverage.person_code,
        member_id="",
    )


def place_of(owner: Patient | Prescriber | Pharmacy) -> script.PostalAddress:
    """Where somebody lives or works."""
    return script.PostalAddress(
        line1=owner.street[:40],
        line2="",
        city=owner.city[:35],
        state=owner.state,
        postal_code=owner.postal_code.replace("-", ""),
        country="US",
    )


def contacts_of(numbers: Mapping[str, str]) -> tuple[script.Contact, ...]:
    """Telephone numbers by the name of their element, the empty ones left out."""
    told = {kind: phone_digits(number) for kind, number in numbers.items()}
    return tuple(script.Contact(kind, digits) for kind, digits in told.items() if digits)


def patient_of(who: Patient) -> script.Patient:
    """The patient; without an address where none is on file."""
    return script.Patient(
        name=script.Name(who.last_name[:35], who.first_name[:35], who.middle_name[:35]),
        gender=who.sex if who.sex in ("M", "F") else "U",
        born_on=who.birth_date,
        address=place_of(who) if who.street else None,
        contacts=contacts_of({"PrimaryTelephone": who.phone}),
        identifiers=(),
        language="",
    )


def pharmacy_of(who: Pharmacy) -> script.Pharmacy:
    """The pharmacy."""
    return script.Pharmacy(
        ncpdp_id=who.ncpdp_id,
        npi=who.npi,
        identifiers=(),
        business_name=who.name[:70],
        address=place_of(who),
        contacts=contacts_of({"PrimaryTelephone": who.phone}),
    )


def prescriber_of(who: Prescriber) -> script.Prescriber:
    """The prescriber, who answers what only a prescriber can."""
    return script.Prescriber(
        npi=who.npi,
        dea="",
        state_license="",
        identifiers=(),
        name=script.Name(who.last_name[:35], who.first_name[:35]),
        specialty="",
        practice=who.practice[:70],
        address=place_of(who),
        contacts=contacts_of({"PrimaryTelephone": who.phone, "Fax": who.fax}),
    )


def record_facts(fill: Fill, pharmacy: Pharmacy) -> dict[str, str]:
    """Our own answers to what a payer asks of a pharmacy, by name; empty where we have none."""
    rx = fill.prescription
    quantity: Decimal = fill.quantity
    return {
        "quantity": f"{quantity.normalize():f}",
        "days": str(fill.days_supply),
        "born": rx.patient.birth_date.isoformat(),
        "prescriber_npi": rx.prescriber.npi,
        "prescriber_fax": rx.prescriber.fax,
        "pharmacy_phone": pharmacy.phone,
        "diagnosis": icd_code(rx.diagnosis),
        "directions": rx.directions,
    }
