"""Who may sign orders for Schedule II in the registrant's place: granted, revoked, printed."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.attorney import PowerFacts, power_problems
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.law.tables import federal
from apothecary.staff.duties import Duty
from apothecary.staff.models import Person
from apothecary.staff.worker import Worker
from apothecary.vault.book.models import PowerOfAttorney

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Grant:
    """A power of attorney as its paper says: who granted it, and who saw it signed."""

    person_id: int
    registrant_name: str
    registrant_title: str
    granted_on: date
    first_witness: str
    second_witness: str


@dataclass(frozen=True, slots=True)
class Revocation:
    """The paper that ends one."""

    revoked_on: date
    by_name: str
    because: str
    first_witness: str
    second_witness: str


def name_problems(names: dict[str, str]) -> list[Problem]:
    """Each name that is missing, or too long to be one."""
    problems = []
    for field, name in names.items():
        if not name.strip():
            says = f"The {field.replace('_', ' ')} is missing."
            problems.append(Problem(says, field=field, code="missing"))
        elif len(name) > LONGEST_NAME:
            problems.append(Problem(f"At most {LONGEST_NAME} letters.", field=field))
    return problems


def witness_problems(first: str, second: str, *, granted_to: str) -> list[Problem]:
    """Two people saw it signed, and neither is who receives the power."""
    first, second = first.strip().casefold(), second.strip().casefold()
    problems = []
    if first and first == second:
        says = "The two witnesses are two people."
        problems.append(Problem(says, field="second_witness", code="same-person"))
    for field, name in (("first_witness", first), ("second_witness", second)):
        if name and name == granted_to.strip().casefold():
            says = "Who receives the power is no witness of it."
            problems.append(Problem(says, field=field, code="own-witness"))
    return problems


def facts_of(row: PowerOfAttorney) -> PowerFacts:
    """A power as the law looks at it."""
    witnesses = {row.first_witness.casefold(), row.second_witness.casefold()} - {""}
    signed = {"registrant"} if row.registrant_name else set()
    return PowerFacts(
        granted_on=row.granted_on,
        signed=frozenset(signed | ({"attorney"} if row.name else set())),
        witnesses=len(witnesses),
        revoked_on=row.revoked_on,
    )


@transaction.atomic
def grant_power(*, by: Worker, grant: Grant) -> PowerOfAttorney:
    """Put a signed power of attorney on file."""
    by.must(Duty.KEEP_ATTORNEYS)
    person = Person.objects.filter(
        pharmacy_id=by.pharmacy_id, pk=grant.person_id, active=True
    ).first()
    if person is None:
        raise refuse("Nobody here by that name.", field="person", code="no-person")
    names = {
        "registrant_name": grant.registrant_name,
        "registrant_title": grant.registrant_title,
        "first_witness": grant.first_witness,
        "second_witness": grant.second_witness,
    }
    problems = name_problems(names)
    problems += witness_problems(
        grant.first_witness, grant.second_witness, granted_to=person.name
    )
    if grant.granted_on > by.today:
        says = "It is put on file once it is signed: not before its day."
        problems.append(Problem(says, field="granted_on", code="too-soon"))
    refuse_if(problems)
    row = PowerOfAttorney(
        pharmacy_id=by.pharmacy_id,
        person=person,
        name=person.name,
        registrant_name=grant.registrant_name.strip(),
        registrant_title=grant.registrant_title.strip(),
        granted_on=grant.granted_on,
        first_witness=grant.first_witness.strip(),
        second_witness=grant.second_witness.strip(),
        written_at=by.at,
        written_by_id=by.somebody,
    )
    refuse_if(power_problems(facts_of(row), on=by.today))
    keep(row)
    said = {"name": row.name, "granted_on": row.granted_on, "registrant": row.registrant_name}
    record(by=by, did=Deed.ATTORNEY_GRANTED, about=row, details=said)
    return row


def keep(row: PowerOfAttorney) -> None:
    """One power a person at a time, whoever was first."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as twice:
        says = f"{row.name} has a power of attorney: revoke that one first."
        raise refuse(says, field="person", code="power-on-file") from twice


@transaction.atomic
def revoke_power(*, by: Worker, power_id: int, revocation: Revocation) -> PowerOfAttorney:
    """Put the paper on file that ends a power of attorney; it stays on the list."""
    by.must(Duty.KEEP_ATTORNEYS)
    held = PowerOfAttorney.objects.select_for_update(of=("self",))
    row = held.filter(pharmacy_id=by.pharmacy_id, pk=power_id).first()
    if row is None:
        raise refuse("No such power of attorney here.", code="no-power")
    if row.revoked_on is not None:
        raise refuse(f"It was revoked on {row.revoked_on}.", code="power-revoked")
    names = {
        "by_name": revocation.by_name,
        "because": revocation.because,
        "first_witness": revocation.first_witness,
        "second_witness": revocation.second_witness,
    }
    problems = name_problems(names)
    problems += witness_problems(
        revocation.first_witness, revocation.second_witness, granted_to=row.name
    )
    if not row.granted_on <= revocation.revoked_on <= by.today:
        says = "It is revoked after it was granted, and not on a day to come."
        problems.append(Problem(says, field="revoked_on", code="bad-day"))
    refuse_if(problems)
    row.revoked_on, row.revoked_by_name = revocation.revoked_on, revocation.by_name.strip()
    row.revoked_because = revocation.because.strip()
    row.revoked_first_witness = revocation.first_witness.strip()
    row.revoked_second_witness = revocation.second_witness.strip()
    row.revoked_at, row.revoked_by_id = by.at, by.somebody
    row.save()
    said = {"name": row.name, "revoked_on": row.revoked_on, "because": row.revoked_because}
    record(by=by, did=Deed.ATTORNEY_REVOKED, about=row, details=said)
    return row


def powers(*, pharmacy_id: int) -> QuerySet[PowerOfAttorney]:
    """Every power that was ever granted here, those in force first."""
    rows = PowerOfAttorney.objects.filter(pharmacy_id=pharmacy_id)
    return rows.order_by("revoked_on", "-granted_on", "id")


def order_signing_problems(*, pharmacy_id: int, person_id: int, on: date) -> list[Problem]:
    """Why somebody other than the registrant may not sign an order for Schedule II on that day;
    none means that a power of attorney is on file and in force (1 query).

    The room of orders asks; that the registrant signs in person is its own to know.
    """
    rows = PowerOfAttorney.objects.filter(pharmacy_id=pharmacy_id, person_id=person_id)
    found: list[Problem] = []
    for row in rows.order_by("-granted_on", "-id"):
        found = power_problems(facts_of(row), on=on)
        if not found:
            return []
    if found:
        return found
    row_of_law = federal("DEA-108", on=on)
    says = "No power of attorney to sign orders for Schedule II is on file."
    return [row_of_law.problem(says, code="power-none", field="person")]
