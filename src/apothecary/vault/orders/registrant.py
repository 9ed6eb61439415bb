"""Who may sign an order for Schedule II: the registrant, or who holds their power."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Refused, refuse
from apothecary.staff.duties import Duty
from apothecary.staff.models import Person
from apothecary.staff.worker import Worker
from apothecary.vault.book.attorneys import order_signing_problems, powers
from apothecary.vault.book.models import PowerOfAttorney
from apothecary.vault.orders.models import Registrant
from apothecary.vault.orders.states import SignedAs


@dataclass(frozen=True, slots=True)
class Signer:
    """In whose right somebody signs; the power where it is not their own."""

    signed_as: SignedAs
    power: PowerOfAttorney | None = None


@transaction.atomic
def name_registrant(*, by: Worker, person_id: int, since: date) -> Registrant:
    """Write down who signed the latest application for registration."""
    by.must(Duty.KEEP_ATTORNEYS)
    people = Person.objects.filter(pharmacy_id=by.pharmacy_id, active=True)
    person = people.filter(pk=person_id).first()
    if person is None:
        raise refuse("Nobody here by that name.", field="person", code="no-person")
    if since > by.today:
        raise refuse("It is signed first, and named then.", field="since", code="too-soon")
    row = Registrant.objects.create(
        pharmacy_id=by.pharmacy_id,
        person=person,
        since=since,
        named_at=by.at,
        named_by_id=by.somebody,
    )
    record(
        by=by,
        did=Deed.REGISTRANT_NAMED,
        about=row,
        details={"name": person.name, "since": since},
    )
    return row


def registrant_of(*, pharmacy_id: int, on: date) -> Registrant | None:
    """The registrant on that day, as far as the house knows (1 query)."""
    rows = Registrant.objects.filter(pharmacy_id=pharmacy_id, since__lte=on)
    return rows.select_related("person").order_by("-since", "-id").first()


def signer_of(*, by: Worker, on: date) -> Signer:
    """In whose right this person signs on that day, or every reason why in none's.

    A power must be good on the day that is written beside the signature and today.
    """
    held = registrant_of(pharmacy_id=by.pharmacy_id, on=on)
    if held is not None and held.person_id == by.somebody:
        return Signer(SignedAs.REGISTRANT)
    for day in sorted({on, by.today}):
        problems = order_signing_problems(
            pharmacy_id=by.pharmacy_id, person_id=by.somebody, on=day
        )
        if problems:
            raise Refused(problems)
    rows = powers(pharmacy_id=by.pharmacy_id).filter(person_id=by.somebody)
    return Signer(SignedAs.ATTORNEY, rows.filter(revoked_on=None).first())
