"""Putting on file what a payer answered about a patient."""

from django.db import transaction

from apothecary.claims.eligibility import Found, found_by
from apothecary.claims.models import Inquiry
from apothecary.law.problem import refuse
from apothecary.patients.cards import Card, add_coverage, change_coverage
from apothecary.patients.models import Coverage
from apothecary.staff.worker import Worker
from apothecary.wires.telecom import OtherCoverage


@transaction.atomic
def take_insured(*, by: Worker, inquiry_id: int) -> Coverage:
    """Correct the card that was asked about, or add one, as the payer knows the patient."""
    inquiry, found = answered(by=by, inquiry_id=inquiry_id)
    said, card = found.insured, inquiry.coverage
    if card is None:
        new = Card(
            plan_name=said.plan,
            bin=inquiry.bin,
            pcn=inquiry.pcn,
            group=said.group,
            cardholder_id=said.cardholder_id,
        )
        return add_coverage(by=by, patient_id=inquiry.patient_id, card=new)
    corrected = card_as_is(
        card,
        group=said.group or card.group,
        cardholder_id=said.cardholder_id or card.cardholder_id,
    )
    return change_coverage(by=by, coverage_id=card.pk, card=corrected)


@transaction.atomic
def take_other(*, by: Worker, inquiry_id: int, place: int) -> Coverage:
    """Put another card on file that the payer has seen of the patient; ``place`` from 1."""
    inquiry, found = answered(by=by, inquiry_id=inquiry_id)
    if not 1 <= place <= len(found.others):
        raise refuse(f"The payer named {len(found.others)} other cards.", field="place")
    return add_coverage(
        by=by, patient_id=inquiry.patient_id, card=card_of_other(found.others[place - 1])
    )


def card_of_other(other: OtherCoverage) -> Card:
    """Another payer's card as this payer wrote it."""
    return Card(
        plan_name="",
        bin=other.bin,
        pcn=other.pcn,
        group=other.group,
        cardholder_id=other.cardholder_id,
        person_code=other.person_code,
        relationship=other.relationship or "1",
        starts_on=other.from_on,
        ends_on=other.until_on,
    )


def card_as_is(card: Coverage, *, group: str, cardholder_id: str) -> Card:
    """A card on file with another group and number on it."""
    return Card(
        plan_name=card.plan_name,
        bin=card.bin,
        pcn=card.pcn,
        group=group,
        cardholder_id=cardholder_id,
        person_code=card.person_code,
        relationship=card.relationship,
        kind=card.kind,
        starts_on=card.starts_on,
        ends_on=card.ends_on,
        injured_on=card.injured_on,
        claim_reference=card.claim_reference,
        employer=card.employer,
    )


def answered(*, by: Worker, inquiry_id: int) -> tuple[Inquiry, Found]:
    """The question and what it found, or a refusal when it found nothing."""
    inquiry = (
        Inquiry.objects.select_related("outgoing", "coverage")
        .filter(pharmacy_id=by.pharmacy_id, pk=inquiry_id)
        .first()
    )
    if inquiry is None:
        raise refuse("No such question in this pharmacy.", code="no-inquiry")
    found = found_by(inquiry)
    if found is None:
        raise refuse(f"The payer has not found the patient: {inquiry.state}.", code="e1-state")
    return inquiry, found
