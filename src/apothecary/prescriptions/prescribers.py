"""Taking a prescriber on file."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.identifiers import dea_problems, npi_problems
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.prescriptions.models import Prescriber
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker

PHONE_DIGITS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriberDetails:
    """What the pharmacy writes down of a prescriber; phones are ten digits."""

    last_name: str
    first_name: str
    npi: str
    dea: str = ""
    credential: str = ""
    licence_number: str = ""
    licence_state: str = ""
    practice: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    phone: str = ""
    fax: str = ""


def prescriber_problems(details: PrescriberDetails, *, on: date) -> list[Problem]:
    """Why these details cannot be a prescriber's: names, check digits, phones."""
    problems = []
    for name, label in (("last_name", "last name"), ("first_name", "first name")):
        if not getattr(details, name).strip():
            says = f"The prescriber's {label} is missing."
            problems.append(Problem(says, field=name, code="prescriber-name"))
    problems += npi_problems(details.npi, on=on)
    if details.dea:
        problems += dea_problems(details.dea, on=on)
    for name, number in (("phone", details.phone), ("fax", details.fax)):
        if number and not (len(number) == PHONE_DIGITS and number.isdigit()):
            says = f"The {name} number {number!r} is not {PHONE_DIGITS} digits."
            problems.append(Problem(says, field=name, code="prescriber-phone"))
    return problems


@transaction.atomic
def add_prescriber(*, by: Worker, details: PrescriberDetails) -> Prescriber:
    """Take a prescriber on file, once per NPI."""
    by.must(Duty.EDIT_PRESCRIBER)
    refuse_if(prescriber_problems(details, on=by.today))
    prescriber = Prescriber(
        pharmacy_id=by.pharmacy_id,
        last_name=details.last_name.strip(),
        first_name=details.first_name.strip(),
        credential=details.credential,
        npi=details.npi,
        dea=details.dea,
        licence_number=details.licence_number,
        licence_state=details.licence_state,
        practice=details.practice,
        street=details.street,
        city=details.city,
        state=details.state,
        postal_code=details.postal_code,
        phone=details.phone,
        fax=details.fax,
    )
    try:
        # A savepoint: the one constraint that can refuse here is one prescriber per NPI.
        with transaction.atomic():
            prescriber.save(force_insert=True)
    except IntegrityError:
        says = f"NPI {details.npi} is on file already."
        raise refuse(says, code="prescriber-twice", field="npi") from None
    record(by=by, did=Deed.PRESCRIBER_ADDED, about=prescriber, details={"npi": details.npi})
    return prescriber
