"""Intake by hand: paper and fax with their image, a call with who called, a walk-in."""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from apothecary.intake.forms import Picture
from apothecary.intake.models import Arrival, Image, Source, Sure
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse_if
from apothecary.patients.models import Patient
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker

WITH_IMAGE = frozenset({Source.FAX, Source.PAPER})


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """What is known of a prescription that no message brought."""

    source: Source
    picture: Picture | None = None
    caller: str = ""
    read_back: bool = False
    said: str = ""
    waiter: bool = False
    patient_id: int | None = None


@transaction.atomic
def receive_by_hand(*, by: Worker, given: ByHand) -> Arrival:
    """Take in a prescription on paper, by fax, by telephone or at the counter."""
    phone = given.source == Source.PHONE
    by.must(Duty.RECEIVE_VERBAL if phone else Duty.RECEIVE_PRESCRIPTION)
    refuse_if(by_hand_problems(given))
    pharmacy = Pharmacy.objects.get(pk=by.pharmacy_id)
    arrival = Arrival.objects.create(
        pharmacy=pharmacy,
        source=given.source,
        image=keep_picture(given.picture, by=by) if given.picture else None,
        sent=json.dumps({"said": given.said.strip()}, ensure_ascii=False),
        caller=given.caller.strip(),
        read_back=given.read_back,
        taken_by=by.person_id,
        taken_by_name=by.name,
        may_take_controlled=by.may(Duty.RECEIVE_VERBAL_CONTROLLED),
        arrived_at=by.at,
        promised_at=by.at + timedelta(minutes=pharmacy.promise_minutes),
        waiter=given.waiter,
        **patient_of(given, by=by),
    )
    said = {"source": given.source.value, "caller": arrival.caller, "read_back": phone}
    record(by=by, did=Deed.MESSAGE_RECEIVED, about=arrival, details=said)
    return arrival


def patient_of(given: ByHand, *, by: Worker) -> dict[str, object]:
    """The patient who stands at the counter, where one was chosen."""
    if given.patient_id is None:
        return {}
    patient = Patient.objects.filter(pharmacy_id=by.pharmacy_id, pk=given.patient_id).first()
    refuse_if([] if patient else [Problem("No such patient here.", field="patient_id")])
    return {"patient": patient, "patient_sure": Sure.EXACT, "patient_why": "Chosen by hand."}


def by_hand_problems(given: ByHand) -> list[Problem]:
    """What is missing for a prescription to count as taken in."""
    problems = []
    if given.source == Source.ELECTRONIC:
        says = "An electronic prescription comes in by its message alone."
        problems.append(Problem(says, field="source", code="by-hand-source"))
    if given.source == Source.TRANSFER:
        says = "What another pharmacy gives is taken in as a transfer, with its record."
        problems.append(Problem(says, field="source", code="by-hand-source"))
    if given.source in WITH_IMAGE and given.picture is None:
        says = "Add the scanned image or a photo of it."
        problems.append(Problem(says, field="image", code="by-hand-image"))
    if given.source == Source.PHONE:
        if not given.caller.strip():
            problems.append(Problem("Who called?", field="caller", code="by-hand-caller"))
        if not given.said.strip():
            says = "Write down what was said."
            problems.append(Problem(says, field="said", code="by-hand-said"))
        if not given.read_back:
            says = "Read it back to the caller before it is taken in."
            problems.append(Problem(says, field="read_back", code="by-hand-read-back"))
    return problems


def keep_picture(picture: Picture, *, by: Worker) -> Image:
    """Keep the image as it was taken."""
    return Image.objects.create(
        pharmacy_id=by.pharmacy_id,
        content_type=picture.content_type,
        content=picture.content,
        sha256=hashlib.sha256(picture.content).digest(),
        added_at=by.at,
        added_by=by.person_id,
    )
