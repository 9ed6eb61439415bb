"""The facts of a claim from the rows of the house."""

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from apothecary.claims.building import (
    CENTS,
    Administration,
    Bill,
    Card,
    Compound,
    Ingredient,
    Injury,
    OtherPayer,
)
from apothecary.claims.building.bill import DISCOUNT_340B
from apothecary.claims.parts import Slice
from apothecary.claims.rules import safety_of
from apothecary.patients.models import Coverage, CoverageKind
from apothecary.prescriptions.judgements import judged
from apothecary.prescriptions.models import Fill
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker

# 307-C7: in a pharmacy. 147-U7: a community pharmacy; other kinds of houses bill otherwise.
PHARMACY, COMMUNITY = "01", "01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a technician adds to a claim for this payer alone."""

    clarification: str = ""
    authorization_type: str = ""
    prior_authorization: str = ""
    safety_codes: str = ""
    other_coverage: str = ""
    delay_reason: str = ""
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn among the payers of a fill it is, and what those before it said."""

    payer: int = 1
    payers: int = 1
    others: tuple[OtherPayer, ...] = ()


FIRST = Turn()


def bill_of(
    fill: Fill,
    coverage: Coverage,
    terms: Terms,
    *,
    asks: Slice,
    by: Worker,
    pharmacy: Pharmacy,
    turn: Turn = FIRST,
) -> Bill:
    """The facts of a billing from the rows of the house; ``fill`` comes from ``lock_fill``."""
    rx, package = fill.prescription, fill.package
    bill = Bill(
        pharmacy_npi=pharmacy.npi,
        service_on=by.today,
        card=card_of(coverage),
        last_name=rx.patient.last_name,
        first_name=rx.patient.first_name,
        birth_date=rx.patient.birth_date,
        sex=rx.patient.sex,
        street=rx.patient.street,
        city=rx.patient.city,
        state=rx.patient.state,
        postal_code=rx.patient.postal_code,
        rx_number=rx.number,
        fill_number=fill.number,
        ndc11=package.ndc11,
        unit=package.unit,
        quantity=asks.quantity,
        days_supply=asks.days,
        daw=fill.daw,
        written_on=rx.written_on,
        refills=rx.refills,
        origin=rx.origin,
        schedule=rx.schedule,
        quantity_prescribed=rx.quantity,
        prescriber_npi=rx.prescriber.npi,
        prescriber_last_name=rx.prescriber.last_name,
        price=asks.price,
        part=asks.part,
        clarification=terms.clarification,
        authorization_type=terms.authorization_type,
        prior_authorization=terms.prior_authorization,
        safety=safety_of(terms.safety_codes, judged(fill)),
        card_kind=coverage.kind,
        others=turn.others,
        other_coverage=terms.other_coverage,
        delay_reason=terms.delay_reason,
        injury=injury_of(coverage),
        diagnoses=(rx.diagnosis,) if rx.diagnosis else (),
        phone=rx.patient.phone,
        pharmacy_service_type=COMMUNITY,
        prescriber_first_name=rx.prescriber.first_name,
        prescriber_phone=rx.prescriber.phone,
        prescriber_street=rx.prescriber.street,
        prescriber_city=rx.prescriber.city,
        prescriber_state=rx.prescriber.state,
        prescriber_postal_code=rx.prescriber.postal_code,
    )
    return billed_apart(bill, fill, asks)


def billed_apart(bill: Bill, fill: Fill, asks: Slice) -> Bill:
    """What only some fills are: a compound, a vaccine given here, 340B, a resident's."""
    patient = fill.prescription.patient
    return replace(
        bill,
        residence=patient.residence,
        place_of_service=patient.place_of_service or PHARMACY,
        compound=compound_of(fill),
        administration=administration_of(fill),
        clarifications=() if fill.cost_340b_usd is None else (DISCOUNT_340B,),
        acquisition_cost_usd=cost_340b(fill, asks),
    )


def administration_of(fill: Fill) -> Administration | None:
    """A vaccine that is given here, with what is asked for giving it."""
    if fill.administration_usd is None:
        return None
    return Administration(incentive_usd=fill.administration_usd)


def cost_340b(fill: Fill, asks: Slice) -> Decimal | None:
    """What the billed units cost under 340B: of a part, its share to the cent."""
    if fill.cost_340b_usd is None:
        return None
    return (fill.cost_340b_usd * asks.quantity / fill.quantity).quantize(CENTS, ROUND_HALF_UP)


def compound_of(fill: Fill) -> Compound | None:
    """What was compounded, as it is billed: each ingredient and what all of it costs."""
    made_of = fill.made_of
    if not made_of:
        return None
    return Compound(
        ingredients=tuple(
            Ingredient(
                ndc11=one.package.ndc11,
                quantity=one.quantity,
                cost_usd=one.cost_usd,
                basis_of_cost=one.basis,
            )
            for one in made_of
        ),
        form=made_of[0].compound.form,
        route=made_of[0].compound.route,
    )


def card_of(coverage: Coverage) -> Card:
    """A card on file as it is billed."""
    return Card(
        bin=coverage.bin,
        pcn=coverage.pcn,
        group=coverage.group,
        cardholder_id=coverage.cardholder_id,
        person_code=coverage.person_code,
        relationship=coverage.relationship,
    )


def injury_of(coverage: Coverage) -> Injury | None:
    """The injury a carrier pays for; none where the card is no such one, or has no day."""
    if coverage.kind != CoverageKind.WORKERS_COMPENSATION or coverage.injured_on is None:
        return None
    return Injury(
        on=coverage.injured_on,
        reference=coverage.claim_reference,
        employer=coverage.employer,
    )
