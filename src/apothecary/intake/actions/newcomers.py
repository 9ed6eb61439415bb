"""Somebody who is not on file yet is taken on file in the middle of an entry."""

from collections.abc import Mapping

from django.db import transaction

from apothecary.intake.models import Arrival
from apothecary.intake.newcomers import (
    read_patient,
    read_prescriber,
    sent_allergies,
    sent_card,
)
from apothecary.patients.actions import add_patient
from apothecary.prescriptions.prescribers import add_prescriber
from apothecary.staff.worker import Worker


@transaction.atomic
def add_sent_patient(
    *, by: Worker, arrival: Arrival | None, typed: Mapping[str, str]
) -> dict[str, str]:
    """Take the patient on file, with the card and allergies sent; the form's new values."""
    sent = arrival.sent_values if arrival else {}
    patient = add_patient(
        by=by,
        details=read_patient(typed),
        card=sent_card(sent),
        allergies=sent_allergies(sent),
        no_known_allergies=bool(sent.get("no_known_allergies")),
    )
    return {"patient_id": str(patient.pk), "patient_source": "accepted", "pay": ""}


@transaction.atomic
def add_sent_prescriber(*, by: Worker, typed: Mapping[str, str]) -> dict[str, str]:
    """Take the prescriber on file; the form's new values."""
    prescriber = add_prescriber(by=by, details=read_prescriber(typed))
    return {"prescriber_id": str(prescriber.pk), "prescriber_source": "accepted"}
