"""Writing down that the store has certified itself and trained its staff."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse_if
from apothecary.pickup.behind_counter.models import CounterCertificate
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker

LONGEST_NUMBER = 40
LONGEST_WORD = 400
CITE = "21 CFR 1314.35-.40"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """What the pharmacist in charge enters of the certificate."""

    certified_on: date
    number: str
    trained_on: date
    listed_word: str = ""
    exempt_word: str = ""


def certificate_problems(given: Certified, *, on: date) -> list[Problem]:
    """Why this cannot be the store's certificate."""
    problems = []
    if not given.number.strip() or len(given.number) > LONGEST_NUMBER:
        says = "The certificate has a number: enter it as it is printed."
        problems.append(Problem(says, field="number", code="missing", cite=CITE))
    for field, day, what in (
        ("certified_on", given.certified_on, "certificate"),
        ("trained_on", given.trained_on, "training"),
    ):
        if day > on:
            says = f"The {what} is of {day:%m/%d/%Y}: that day has not come."
            problems.append(Problem(says, field=field, code="in-future"))
    if given.trained_on > given.certified_on:
        says = "The staff is trained before the store certifies that it is."
        problems.append(
            Problem(says, field="trained_on", code="trained-after", cite=CITE, verified="K")
        )
    problems += [
        Problem(f"At most {LONGEST_WORD} letters.", field=field, code="too-long")
        for field, said in (
            ("listed_word", given.listed_word),
            ("exempt_word", given.exempt_word),
        )
        if len(said) > LONGEST_WORD
    ]
    return problems


@transaction.atomic
def certify(*, by: Worker, given: Certified) -> CounterCertificate:
    """Put the store's certificate on file; the one before stays."""
    by.must(Duty.KEEP_COUNTER_PAPERS)
    refuse_if(certificate_problems(given, on=by.today))
    row = CounterCertificate.objects.create(
        pharmacy_id=by.pharmacy_id,
        certified_on=given.certified_on,
        number=given.number.strip(),
        trained_on=given.trained_on,
        listed_word=given.listed_word.strip(),
        exempt_word=given.exempt_word.strip(),
        by_id=by.somebody,
        at=by.at,
    )
    said = {"number": row.number, "certified": row.certified_on, "trained": row.trained_on}
    record(by=by, did=Deed.COUNTER_CERTIFIED, about=row, details=said)
    return row
