"""Keeping the list of people: taking somebody on, with role and licence."""

from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse_if
from apothecary.staff.duties import PHARMACISTS, Duty, Role
from apothecary.staff.models import Licence, Person
from apothecary.staff.worker import Worker

PIN_LENGTH = (4, 8)
LONGEST = {"username": 80, "name": 120, "initials": 4}


@transaction.atomic
def add_person(
    *,
    by: Worker,
    username: str,
    name: str,
    initials: str,
    role: Role,
    password: str,
    pin: str,
    licence_number: str = "",
    licence_kind: str = "",
    licence_until: date | None = None,
) -> Person:
    """Take somebody on, with role and licence."""
    by.must(Duty.MANAGE_PEOPLE)
    initials = initials.strip().upper()
    refuse_if(
        person_problems(by, username=username, initials=initials, role=role, pin=pin)
        + too_long_problems({"username": username, "name": name, "initials": initials})
        + licence_problems(by, kind=licence_kind, number=licence_number)
    )
    person = Person.objects.create(
        pharmacy_id=by.pharmacy_id,
        username=username,
        name=name,
        initials=initials,
        role=role.value,
        password=make_password(password),
        pin=make_password(pin),
    )
    if licence_number and licence_until:
        Licence.objects.create(
            pharmacy_id=by.pharmacy_id,
            person=person,
            kind=licence_kind,
            number=licence_number,
            state=by.standing.state,
            expires_on=licence_until,
        )
    record(by=by, did=Deed.PERSON_ADDED, about=person, details={"role": role.value})
    return person


def person_problems(
    by: Worker, *, username: str, initials: str, role: Role, pin: str
) -> list[Problem]:
    """Why this person may not be taken on as given."""
    problems = []
    if not username or Person.objects.filter(username=username).exists():
        problems.append(Problem("That user name is taken or empty.", field="username"))
    same = Person.objects.filter(pharmacy_id=by.pharmacy_id, initials=initials, active=True)
    if not initials or same.exists():
        problems.append(Problem("These initials are taken or empty.", field="initials"))
    if not (pin.isascii() and pin.isdigit()) or not PIN_LENGTH[0] <= len(pin) <= PIN_LENGTH[1]:
        problems.append(Problem("A PIN has 4 to 8 digits.", field="pin"))
    if role is Role.SYSTEM:
        problems.append(Problem("That role is the house's own.", field="role"))
    if role in PHARMACISTS and not by.is_pharmacist:
        problems.append(
            Problem("A pharmacist is taken on by the pharmacist in charge.", field="role")
        )
    return problems


def too_long_problems(said: dict[str, str]) -> list[Problem]:
    """What is longer than its column or any name."""
    return [
        Problem(f"At most {LONGEST[field]} characters, please.", field=field)
        for field, text in said.items()
        if len(text) > LONGEST[field]
    ]


def licence_problems(by: Worker, *, kind: str, number: str) -> list[Problem]:
    """A licence is of one person; in another pharmacy the same person may have it again."""
    same = Licence.objects.filter(
        pharmacy_id=by.pharmacy_id, kind=kind, state=by.standing.state, number=number
    )
    if not number or not same.exists():
        return []
    says = f"Licence {number} is on file for somebody already."
    return [Problem(says, field="licence_number", code="licence-taken")]
