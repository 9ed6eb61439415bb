"""Where a patient lives, and where she is served: what a claim says of it."""

from collections.abc import Mapping
from types import MappingProxyType

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse_if
from apothecary.patients.cards import lock_patient
from apothecary.patients.models import Patient
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker

# 384-4X, as payers publish it (mark V).
RESIDENCES: Mapping[str, str] = MappingProxyType(
    {
        "01": "home",
        "02": "skilled nursing facility",
        "03": "nursing facility",
        "04": "assisted living",
        "05": "custodial care",
        "06": "group home",
        "07": "inpatient psychiatric facility",
        "09": "intermediate care facility",
        "11": "hospice",
        "14": "homeless shelter",
        "15": "correctional institution",
    }
)
# 307-C7: place-of-service codes of CMS (mark K), those of an outpatient pharmacy’s patients.
PLACES: Mapping[str, str] = MappingProxyType(
    {
        "01": "pharmacy",
        "04": "homeless shelter",
        "09": "prison",
        "12": "home",
        "13": "assisted living",
        "14": "group home",
        "31": "skilled nursing facility",
        "32": "nursing facility",
        "33": "custodial care",
        "34": "hospice",
        "54": "intermediate care facility",
    }
)


def residence_problems(residence: str, place_of_service: str) -> list[Problem]:
    """Why these codes say nothing to a payer; empty ones say that nobody has asked."""
    problems = []
    if residence and residence not in RESIDENCES:
        says = f"{residence!r} is no residence of a patient (384-4X)."
        problems.append(Problem(says, field="residence", code="residence"))
    if place_of_service and place_of_service not in PLACES:
        says = f"{place_of_service!r} is no place of service (307-C7)."
        problems.append(Problem(says, field="place_of_service", code="place-of-service"))
    return problems


@transaction.atomic
def say_residence(
    *, by: Worker, patient_id: int, residence: str, place_of_service: str = ""
) -> Patient:
    """Write down where the patient lives and is served; the next claim says it."""
    by.must(Duty.EDIT_PATIENT)
    refuse_if(residence_problems(residence, place_of_service))
    patient = lock_patient(by=by, patient_id=patient_id)
    values = {"residence": residence, "place_of_service": place_of_service}
    changed = {
        name: [getattr(patient, name), value]
        for name, value in values.items()
        if getattr(patient, name) != value
    }
    if changed:
        patient.residence, patient.place_of_service = residence, place_of_service
        patient.save(update_fields=["residence", "place_of_service"])
        record(by=by, did=Deed.PATIENT_CHANGED, about=patient, details={"changed": changed})
    return patient
