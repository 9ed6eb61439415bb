"""The facts of a claim from the rows of the house."""

from dataclasses import dataclass

from apothecary.claims.building import Bill, Card, Compound, Ingredient, Injury, OtherPayer
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
    return Bill(
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
        compound=compound_of(fill),
        diagnoses=(rx.diagnosis,) if rx.diagnosis else (),
        phone=rx.patient.phone,
        residence=rx.patient.residence,
        place_of_service=rx.patient.place_of_service or PHARMACY,
        pharmacy_service_type=COMMUNITY,
        prescriber_first_name=rx.prescriber.first_name,
        prescriber_phone=rx.prescriber.phone,
        prescriber_street=rx.prescriber.street,
        prescriber_city=rx.prescriber.city,
        prescriber_state=rx.prescriber.state,
        prescriber_postal_code=rx.prescriber.postal_code,
    )


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
