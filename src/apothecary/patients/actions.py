"""Taking a patient on file, and keeping what is known of them right."""

from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal

from django.db import connection, transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.patients.cards import (
    Card,
    add_card,
    card_problems,
    is_digits,
    lock_patient,
    unprintable_problems,
)
from apothecary.patients.models import Allergy, Patient
from apothecary.patients.rules import fold, folded_name, named_once
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker

SEXES = frozenset("FMU")
PHONE_DIGITS = 10
OLDEST_YEARS = 130
MOST_WEIGHT_KG = Decimal(700)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientDetails:
    """What the pharmacy writes down of a patient; phones are ten digits, weight in kg."""

    last_name: str
    first_name: str
    birth_date: date
    sex: str
    middle_name: str = ""
    language: str = "en"
    weight_kg: Decimal | None = None
    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    phone: str = ""
    notes: str = ""
    easy_open_caps: bool = False


def patient_problems(details: PatientDetails, *, on: date) -> list[Problem]:
    """Why these details cannot be a patient's."""
    problems = []
    for name, label in (("last_name", "last name"), ("first_name", "first name")):
        if not fold(getattr(details, name)):
            problems.append(
                Problem(f"The {label} is missing.", field=name, code="patient-name")
            )
    if details.birth_date > on:
        says = f"A birth date of {details.birth_date} is still to come."
        problems.append(Problem(says, field="birth_date", code="patient-born"))
    elif details.birth_date.year < on.year - OLDEST_YEARS:
        says = f"A birth date of {details.birth_date} is over {OLDEST_YEARS} years ago."
        problems.append(Problem(says, field="birth_date", code="patient-born"))
    if details.sex not in SEXES:
        says = f"{details.sex!r} is not F, M or U (unknown)."
        problems.append(Problem(says, field="sex", code="patient-sex"))
    if details.phone and not is_digits(details.phone, PHONE_DIGITS):
        says = f"Phone {details.phone!r} is not {PHONE_DIGITS} digits."
        problems.append(Problem(says, field="phone", code="patient-phone"))
    if details.weight_kg is not None and not possible_weight(details.weight_kg):
        says = f"A weight of {details.weight_kg} kg is not possible."
        problems.append(Problem(says, field="weight_kg", code="patient-weight"))
    if details.state and not (len(details.state) == 2 and details.state.isalpha()):
        says = f"{details.state!r} is no two-letter state code."
        problems.append(Problem(says, field="state", code="patient-state"))
    if not (len(details.language) == 2 and details.language.isalpha()):
        says = f"{details.language!r} is no two-letter language code."
        problems.append(Problem(says, field="language", code="patient-language"))
    return problems + unprintable_problems(asdict(details))


def possible_weight(weight_kg: Decimal) -> bool:
    """Whether somebody may weigh so much; what is no number weighs nothing."""
    return weight_kg.is_finite() and 0 < weight_kg <= MOST_WEIGHT_KG


@transaction.atomic
def add_patient(
    *,
    by: Worker,
    details: PatientDetails,
    card: Card | None = None,
    allergies: tuple[str, ...] = (),
    no_known_allergies: bool = False,
) -> Patient:
    """Take a new patient on file, with the card and the allergies that are known by name."""
    by.must(Duty.EDIT_PATIENT)
    problems = patient_problems(details, on=by.today) + (card_problems(card) if card else [])
    refuse_if(problems + unprintable_problems({"allergies": " ".join(allergies)}))
    known = named_once(allergies)
    folded = folded_name(details.last_name, details.first_name)
    refuse_namesake(by, details, folded)
    patient = Patient.objects.create(
        pharmacy_id=by.pharmacy_id,
        folded=folded,
        allergies_reviewed_on=by.today if no_known_allergies or known else None,
        **written(details),
    )
    if card:
        add_card(by=by, patient=patient, card=card)
    for allergen in known:
        Allergy.objects.create(pharmacy_id=by.pharmacy_id, patient=patient, allergen=allergen)
    said = {"allergies": known, "card": card.plan_name if card else ""}
    record(by=by, did=Deed.PATIENT_ADDED, about=patient, details=said)
    return patient


def refuse_namesake(by: Worker, details: PatientDetails, folded: str, *, but: int = 0) -> None:
    """The same person twice on file splits the allergies from the drugs."""
    with connection.cursor() as cursor:
        # Two who take the same newcomer on file at once: the second waits and then sees.
        asked = [f"{by.pharmacy_id} {folded} {details.birth_date}"]
        cursor.execute("SELECT pg_advisory_xact_lock(7302, hashtext(%s))", asked)
    twin = Patient.objects.filter(
        pharmacy_id=by.pharmacy_id,
        folded=folded,
        birth_date=details.birth_date,
        street__iexact=details.street.strip(),
    ).exclude(pk=but)
    if twin.exists():
        says = (
            f"{details.last_name}, {details.first_name} of that birth date and address is here."
        )
        raise refuse(says, code="patient-twice", field="last_name")


def written(details: PatientDetails) -> dict[str, object]:
    """The details as columns, without stray spaces."""
    values = asdict(details)
    return {key: val.strip() if isinstance(val, str) else val for key, val in values.items()}


@transaction.atomic
def change_patient(*, by: Worker, patient_id: int, details: PatientDetails) -> Patient:
    """Correct what is on file of a patient; what was there before stays in the journal."""
    by.must(Duty.EDIT_PATIENT)
    patient = lock_patient(by=by, patient_id=patient_id)
    refuse_if(patient_problems(details, on=by.today))
    changed: dict[str, list[str]] = {}
    values = written(details)
    for name in (each.name for each in fields(PatientDetails)):
        before = getattr(patient, name)
        if before != values[name]:
            changed[name] = [str(before), str(values[name])]
            setattr(patient, name, values[name])
    if changed:
        patient.folded = folded_name(patient.last_name, patient.first_name)
        refuse_namesake(by, details, patient.folded, but=patient.pk)
        patient.save(update_fields=[*changed, "folded"])
        record(by=by, did=Deed.PATIENT_CHANGED, about=patient, details={"changed": changed})
    return patient
