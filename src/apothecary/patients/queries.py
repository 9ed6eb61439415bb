"""The patient in brief, beside every fill; the whole profile; and who answers to a name."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from apothecary.patients.models import Coverage, Patient
from apothecary.patients.rules import fold

# One statement, since it stands beside the fill on every screen.
BRIEF = """
SELECT
  (SELECT coalesce(array_agg(ARRAY[allergen, reaction] ORDER BY allergen), '{}')
   FROM patients_allergy
   WHERE patient_id = %(id)s AND pharmacy_id = %(pharmacy)s AND active),
  (SELECT coalesce(array_agg(ARRAY[code, says] ORDER BY says), '{}') FROM patients_condition
   WHERE patient_id = %(id)s AND pharmacy_id = %(pharmacy)s AND active),
  (SELECT coalesce(array_agg(ARRAY[plan_name, bin, pcn] ORDER BY "order"), '{}')
   FROM patients_coverage
   WHERE patient_id = %(id)s AND pharmacy_id = %(pharmacy)s)
"""
LANGUAGES = {"en": "English", "es": "Spanish"}
DIGITS = re.compile(r"\d+")
OLDEST_TWO_DIGIT = 100


@dataclass(frozen=True, slots=True)
class Brief:
    """What stands on the right of every screen; ``allergies`` is none when nobody has asked."""

    id: int
    name: str
    born: date
    sex: str
    weight: str
    allergies: list[tuple[str, str]] | None
    conditions: list[str]
    coverage: list[str]
    language: str
    phone: str
    notes: list[str]


def brief(patient: Patient) -> Brief:
    """The patient in brief (1 query)."""
    asked = {"id": patient.pk, "pharmacy": patient.pharmacy_id}
    with connection.cursor() as cursor:
        cursor.execute(BRIEF, asked)
        allergies, conditions, coverages = cursor.fetchone() or ([], [], [])
    known = [(allergen, reaction) for allergen, reaction in allergies]
    caps = ["Wants easy-open caps."] if patient.easy_open_caps else []
    return Brief(
        id=patient.pk,
        name=f"{patient.last_name.upper()}, {patient.first_name}",
        born=patient.birth_date,
        sex=patient.sex,
        weight=weight_kg(patient.weight_kg),
        allergies=known if known or patient.allergies_reviewed_on else None,
        conditions=[says for _, says in conditions],
        coverage=[" · ".join(part for part in card if part) for card in coverages],
        language=LANGUAGES.get(patient.language, patient.language),
        phone=patient.phone,
        notes=[*caps, *([patient.notes] if patient.notes else [])],
    )


def weight_kg(value: Decimal | None) -> str:
    """A weight with its unit, or nothing where none is on file."""
    return f"{value.normalize():f} kg" if value is not None else ""


def patient_page(*, pharmacy_id: int, patient_id: int) -> Patient | None:
    """The patient of this pharmacy (1 query)."""
    return Patient.objects.filter(pharmacy_id=pharmacy_id, pk=patient_id).first()


def coverages_of(patient: Patient) -> list[Coverage]:
    """The insurance cards in the order they are billed (1 query)."""
    return list(patient.coverages.order_by("order"))


def find_patients(
    *, pharmacy_id: int, asked: str, today: date, limit: int = 8
) -> list[Patient]:
    """Patients by "last,first", by that and a birth date, by birth date, or by phone (1 query).

    Nothing typed that names a patient gives nothing: a list of everybody is no answer.
    """
    name, born = split_asked(asked, today=today)
    last, _, first = name.partition(",")
    last, first = fold(last), fold(first)
    found = Patient.objects.filter(pharmacy_id=pharmacy_id)
    if born:
        found = found.filter(birth_date=born)
    if last or first:
        found = found.filter(folded__startswith=last)
        if first:
            found = found.filter(folded__contains=f",{first}")
    elif not born:
        digits = "".join(DIGITS.findall(asked))
        if not 7 <= len(digits) <= 10:
            return []
        found = found.filter(phone__endswith=digits)
    return list(found.order_by("folded", "birth_date", "id")[:limit])


DATE = re.compile(r"(?<!\d)(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})(?!\d)")


def split_asked(asked: str, *, today: date) -> tuple[str, date | None]:
    """The name and the birth date in what was typed: "garcia,mar 4/2/61".

    A year of two digits is the last one that is not in the future.
    """
    found = DATE.search(asked)
    if found is None:
        return only_name(asked), None
    month, day, year = (int(part) for part in found.groups())
    if year < OLDEST_TWO_DIGIT:
        century = today.year // 100 * 100
        year += century if century + year <= today.year else century - 100
    try:
        born = date(year, month, day)
    except ValueError:
        return only_name(asked), None
    return only_name(asked[: found.start()] + " " + asked[found.end() :]), born


def only_name(text: str) -> str:
    """The part of it that may be a name: nothing when there are digits in it."""
    name = " ".join(text.split())
    return "" if DIGITS.search(name) else name
