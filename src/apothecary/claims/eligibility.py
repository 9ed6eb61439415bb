"""Asking a payer about a patient (E1): does it know him, under what card, and who else pays?"""

from dataclasses import dataclass

from django.db import transaction

from apothecary.claims.answering import keep_raw
from apothecary.claims.building import Eligibility, build_eligibility
from apothecary.claims.facts import card_of
from apothecary.claims.models import Inquiry
from apothecary.claims.payer_sheets import sheet_of
from apothecary.claims.reading import Asked, read_answer
from apothecary.claims.rules import MOST_DOUBTS
from apothecary.claims.states import InquiryState
from apothecary.claims.submitting import FORMAT, PARTY
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse
from apothecary.patients.models import Coverage, Patient
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.wires import Malformed
from apothecary.wires.lanes import wait_after
from apothecary.wires.models import Outgoing, OutgoingState
from apothecary.wires.telecom import Answer, Insured, OtherCoverage, answers, read

ABOUT = "eligibility"


@dataclass(frozen=True, slots=True)
class Found:
    """What a payer knows of a patient: under what, and which other cards it has seen."""

    insured: Insured
    others: tuple[OtherCoverage, ...]
    messages: tuple[str, ...]


@transaction.atomic
def ask_about_card(*, by: Worker, coverage_id: int) -> Inquiry:
    """Ask the payer of a card whether it knows the patient; a second click asks nobody."""
    by.must(Duty.WORK_CLAIMS)
    card = (
        Coverage.objects.select_related("patient")
        .filter(pharmacy_id=by.pharmacy_id, pk=coverage_id)
        .first()
    )
    if card is None:
        raise refuse("No such card in this pharmacy.", code="no-card")
    return ask(card.patient, bin_number=card.bin, pcn=card.pcn, card=card, by=by)


@transaction.atomic
def ask_about_patient(*, by: Worker, patient_id: int, bin_number: str, pcn: str) -> Inquiry:
    """Look for a patient without a card at a payer: by name, birth date, sex and zip."""
    by.must(Duty.WORK_CLAIMS)
    patient = Patient.objects.filter(pharmacy_id=by.pharmacy_id, pk=patient_id).first()
    if patient is None:
        raise refuse("No such patient in this pharmacy.", code="no-patient")
    return ask(patient, bin_number=bin_number, pcn=pcn, card=None, by=by)


def ask(
    patient: Patient, *, bin_number: str, pcn: str, card: Coverage | None, by: Worker
) -> Inquiry:
    """Put the question into the outbox, once; refuses what no payer could read."""
    Patient.objects.select_for_update().only("pk").get(pk=patient.pk)
    out = Inquiry.objects.filter(
        patient_id=patient.pk, bin=bin_number, pcn=pcn, state=InquiryState.OUT.value
    ).first()
    if out is not None:
        return out
    raw = written(patient, bin_number=bin_number, pcn=pcn, card=card, by=by)
    number = Inquiry.objects.filter(patient_id=patient.pk).count() + 1
    outgoing = Outgoing.objects.create(
        pharmacy_id=by.pharmacy_id,
        party=PARTY,
        lane=bin_number,
        format=FORMAT,
        about=ABOUT,
        about_id=patient.pk,
        key=f"eligibility-{patient.pk}-{number}",
        raw=raw,
        made_at=by.at,
        next_try_at=by.at,
    )
    inquiry = Inquiry.objects.create(
        pharmacy_id=by.pharmacy_id,
        patient=patient,
        coverage=card,
        bin=bin_number,
        pcn=pcn,
        outgoing=outgoing,
        state=InquiryState.OUT.value,
        made_at=by.at,
    )
    said = {"inquiry": inquiry.pk, "bin": bin_number, "coverage": card.pk if card else None}
    record(by=by, did=Deed.ELIGIBILITY_ASKED, about=patient, details=said)
    return inquiry


def written(
    patient: Patient, *, bin_number: str, pcn: str, card: Coverage | None, by: Worker
) -> bytes:
    """The bytes of the question. Raises Refused, naming each field no payer could read."""
    asked = Eligibility(
        pharmacy_npi=Pharmacy.objects.values_list("npi", flat=True).get(pk=by.pharmacy_id),
        service_on=by.today,
        bin=bin_number,
        pcn=pcn,
        card=card_of(card) if card else None,
        last_name=patient.last_name,
        first_name=patient.first_name,
        birth_date=patient.birth_date,
        sex=patient.sex,
        postal_code=patient.postal_code,
    )
    try:
        return build_eligibility(asked, sheet_of(bin_number, pcn))
    except Malformed as error:
        raise refuse(
            f"The question cannot be written: {error}.", code="e1-unwritable"
        ) from error


def take_answer(*, by: Worker, outgoing_id: int, raw: bytes) -> None:
    """Keep an answer raw, then act on it, once; an unusable one is noted and asked again."""
    keep_raw(by=by, key=f"{outgoing_id}", raw=raw)
    act_on_answer(by=by, outgoing_id=outgoing_id, raw=raw)


@transaction.atomic
def act_on_answer(*, by: Worker, outgoing_id: int, raw: bytes) -> None:
    """Write down whether the payer knows the patient."""
    inquiry = lock_inquiry(by=by, outgoing_id=outgoing_id)
    if inquiry is None:
        return
    try:
        answer = read_answer(raw, Asked.of(bytes(inquiry.outgoing.raw)))
    except Malformed as error:
        doubt(inquiry, by=by, says=f"unusable answer: {error}")
        return
    inquiry.state = (
        InquiryState.NOT_FOUND.value if answer.rejected else InquiryState.FOUND.value
    )
    inquiry.codes = [reject.code for reject in answer.rejects]
    inquiry.problem = "" if not answer.rejected else "; ".join(answer.messages)
    inquiry.answered_at = by.at
    inquiry.save(update_fields=["state", "codes", "problem", "answered_at"])
    Outgoing.objects.filter(pk=outgoing_id).update(
        state=OutgoingState.ANSWERED, answered_at=by.at, answer=raw, problem="", held_by=None
    )
    said = {"inquiry": inquiry.pk, "state": inquiry.state, "codes": inquiry.codes}
    about = ("patient", inquiry.patient_id)
    record(by=by, did=Deed.ELIGIBILITY_ANSWERED, about=about, details=said)


def lock_inquiry(*, by: Worker, outgoing_id: int) -> Inquiry | None:
    """The question that is still out, held; none when it was answered already (1 query)."""
    return (
        Inquiry.objects.select_for_update(of=("self",))
        .select_related("outgoing")
        .filter(
            pharmacy_id=by.pharmacy_id, outgoing_id=outgoing_id, state=InquiryState.OUT.value
        )
        .first()
    )


@transaction.atomic
def note_doubt(*, by: Worker, outgoing_id: int, says: str) -> None:
    """No answer came: asked again later, and given up in the end. Nothing was billed by it."""
    inquiry = lock_inquiry(by=by, outgoing_id=outgoing_id)
    if inquiry is not None:
        doubt(inquiry, by=by, says=says)


def doubt(inquiry: Inquiry, *, by: Worker, says: str) -> None:
    """Ask again with the same bytes, some times; then say that nobody answered."""
    inquiry.doubts += 1
    inquiry.problem = says
    out = Outgoing.objects.filter(pk=inquiry.outgoing_id)
    if inquiry.doubts < MOST_DOUBTS:
        wait = wait_after(inquiry.doubts)
        out.update(next_try_at=by.at + wait, problem=says, held_by=None)
    else:
        inquiry.state = InquiryState.UNANSWERED.value
        out.update(state=OutgoingState.FAILED, problem=says, held_by=None)
    inquiry.save(update_fields=["doubts", "problem", "state"])


def found_by(inquiry: Inquiry) -> Found | None:
    """What the payer said of the patient; none when it knows nobody or has not answered."""
    if inquiry.state != InquiryState.FOUND or inquiry.outgoing.answer is None:
        return None
    answer: Answer = answers(read(bytes(inquiry.outgoing.answer)))[0]
    return Found(answer.insured, answer.other_coverages, answer.messages)
