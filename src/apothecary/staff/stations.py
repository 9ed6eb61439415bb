"""Trusted work stations, and what they let through: the PIN of whoever has a second factor."""

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse
from apothecary.staff.duties import Duty
from apothecary.staff.guesses import machine_of
from apothecary.staff.models import Machine, Person, Pharmacy, Session
from apothecary.staff.second import confirmed, must_have
from apothecary.staff.worker import Worker


def pin_problems(person: Person, by: Worker) -> list[Problem]:
    """A PIN stands for a second factor only where somebody has trusted the machine."""
    session = Session.objects.select_related("machine").filter(pk=by.session_id or 0).first()
    inside = session and (session.by_token or (session.machine and session.machine.trusted_at))
    if inside or not (must_have(person) or confirmed(person)):
        return []
    says = "This work station is not trusted: sign in with password and second factor."
    return [Problem(says, code="station-not-trusted", cite="45 CFR 164.312(d)")]


@transaction.atomic
def require_second_factor(*, by: Worker, required: bool) -> None:
    """Ask a second factor of whoever runs the place, or no longer."""
    by.must(Duty.SET_POLICY)
    person = Person.objects.get(pk=by.somebody)
    machine = machine_of(by)
    if required and not confirmed(person):
        # Else the switch would lock out the very hand that turned it.
        raise refuse("Add a second factor of your own first.", code="none")
    if required and not (machine and machine.trusted_at):
        says = "Trust a work station first, and turn this on there."
        raise refuse(says, code="station-not-trusted")
    Pharmacy.objects.filter(pk=by.pharmacy_id).update(second_factor_required=required)
    said = {"second_factor_required": required}
    record(by=by, did=Deed.POLICY_CHANGED, about=("pharmacy", by.pharmacy_id), details=said)


@transaction.atomic
def trust_station(*, by: Worker) -> Machine:
    """Trust the machine one sits at: PINs take it over, also of whoever has a factor."""
    by.must(Duty.MANAGE_PEOPLE)
    machine = machine_of(by)
    if machine is None:
        raise refuse("Sign in at this machine with the password first.", code="machine")
    if machine.trusted_at is None:
        machine.trusted_at, machine.name = by.at, by.station
        machine.save(update_fields=["trusted_at", "name"])
        record(by=by, did=Deed.STATION_TRUSTED, about=machine, details={"name": machine.name})
    return machine


@transaction.atomic
def distrust_station(*, by: Worker, machine_id: int) -> None:
    """End the trust in a machine, e.g. one that left the pharmacy; whoever is there is out."""
    by.must(Duty.MANAGE_PEOPLE)
    trusted = Machine.objects.filter(pharmacy_id=by.pharmacy_id, pk=machine_id)
    if not trusted.exclude(trusted_at=None).update(trusted_at=None):
        raise refuse("That work station is not trusted.", code="machine")
    sessions = Session.objects.filter(machine_id=machine_id, ended_at=None)
    sessions.exclude(pk=by.session_id or 0).update(ended_at=by.at)
    record(by=by, did=Deed.STATION_DISTRUSTED, about=("machine", machine_id))
