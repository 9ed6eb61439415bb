"""Asking a programme about a patient, taking its answer, and signing that it was read."""

from dataclasses import dataclass, replace
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse
from apothecary.patients.models import Patient
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.vault.monitoring.lookup.history import (
    History,
    Person,
    question_of,
    read_history,
)
from apothecary.vault.monitoring.lookup.models import LookUp
from apothecary.vault.monitoring.lookup.states import ANSWERED, LookUpState
from apothecary.wires.errors import Malformed
from apothecary.wires.models import Outgoing, OutgoingState

PARTY, ABOUT, FORMAT = "history", "look-up", "json"
RESULTS = {
    "found": LookUpState.FOUND,
    "none": LookUpState.NOTHING,
    "candidates": LookUpState.SEVERAL,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: the fill or what is being entered, the patient, the person as the
    programme is told.
    """

    fill_id: int | None
    patient_id: int
    person: Person
    arrival_id: int | None = None


def person_told(who: Patient) -> Person:
    """A patient as the programme is told of one."""
    return Person(
        last_name=who.last_name,
        first_name=who.first_name,
        born_on=who.birth_date,
        sex=who.sex,
        street=who.street,
        city=who.city,
        state=who.state,
        postal_code=who.postal_code,
    )


@transaction.atomic
def ask_programme(*, by: Worker, asked: Asked, because: str) -> LookUp:
    """Ask the programme of the pharmacy's state; the worker sends it, nobody waits."""
    by.must(Duty.ASK_HISTORY)
    if not because.strip():
        raise refuse("Say why the patient is looked up.", field="because", code="no-reason")
    house = Pharmacy.objects.get(pk=by.pharmacy_id)
    row = LookUp(
        pharmacy_id=by.pharmacy_id,
        patient_id=asked.patient_id,
        fill_id=asked.fill_id,
        arrival_id=asked.arrival_id,
        programme=house.state,
        about=asked.person.said(),
        because=because.strip(),
        asked_by_id=by.person_id,
        asked_at=by.at,
    )
    try:
        # Two who ask at once: the table lets one question stand.
        with transaction.atomic():
            row.save()
    except IntegrityError as taken:
        raise refuse("The programme is being asked already.", code="look-up-asked") from taken
    number = f"{house.ncpdp_id}-L{row.pk:09}"
    requester = {"pharmacy": house.dea, "npi": house.npi, "who": by.name, "why": row.because}
    Outgoing.objects.create(
        pharmacy_id=by.pharmacy_id,
        party=PARTY,
        lane=house.state,
        format=FORMAT,
        about=ABOUT,
        about_id=row.pk,
        key=f"look-up {number}",
        raw=question_of(asked.person, number=number, requester=requester, states=house.state),
        made_at=by.at,
        next_try_at=by.at,
    )
    said = {"patient": asked.patient_id, "programme": house.state, "because": row.because}
    record(by=by, did=Deed.HISTORY_ASKED, about=about_of(row), details=said)
    return row


def about_of(row: LookUp) -> tuple[str, int]:
    """What a look-up is written down about: the fill, or what is being entered."""
    if row.fill_id is not None:
        return "fill", row.fill_id
    return "arrival", row.arrival_id or 0


@transaction.atomic
def take_history(*, by: Worker, outgoing_id: int, raw: bytes) -> None:
    """Keep an answer, once; what cannot be read is said to be so."""
    outgoing = lock_outgoing(by=by, outgoing_id=outgoing_id)
    if outgoing.state == OutgoingState.ANSWERED:
        return
    row = lock_look_up(by=by, look_up_id=outgoing.about_id)
    try:
        found = read_history(raw, number=outgoing.key.removeprefix("look-up "))
        state, problem = RESULTS[found.result], ""
    except Malformed as bad:
        state, problem = LookUpState.FAILED, f"the answer cannot be read: {bad}"
    end(outgoing, row, state=state, problem=problem, raw=raw, by=by)


@transaction.atomic
def take_no(*, by: Worker, outgoing_id: int, says: str) -> None:
    """The programme refused the question, for good."""
    outgoing = lock_outgoing(by=by, outgoing_id=outgoing_id)
    if outgoing.state != OutgoingState.ANSWERED:
        row = lock_look_up(by=by, look_up_id=outgoing.about_id)
        end(outgoing, row, state=LookUpState.FAILED, problem=says, raw=None, by=by)


def end(
    outgoing: Outgoing,
    row: LookUp,
    *,
    state: LookUpState,
    problem: str,
    raw: bytes | None,
    by: Worker,
) -> None:
    """Write down what became of a question."""
    outgoing.state, outgoing.answer, outgoing.held_by = OutgoingState.ANSWERED, raw, None
    outgoing.answered_at, outgoing.problem = by.at, problem
    outgoing.save()
    row.state, row.answer, row.answered_at, row.problem = state.value, raw, by.at, problem
    row.save(update_fields=["state", "answer", "answered_at", "problem"])
    said = {"look_up": row.pk, "state": state.value, "problem": problem}
    record(by=by, did=Deed.HISTORY_ANSWERED, about=about_of(row), details=said)


@transaction.atomic
def sign_look_up(*, by: Worker, look_up_id: int) -> LookUp:
    """Sign that a pharmacist has looked at the answer."""
    row = lock_for_pharmacist(by=by, look_up_id=look_up_id)
    if row.state not in ANSWERED:
        says = f"There is nothing to look at: {row.state}. Ask again, or say why it goes on."
        raise refuse(says, code="look-up-state")
    return signed(row, "", by=by)


@transaction.atomic
def except_look_up(*, by: Worker, look_up_id: int, because: str) -> LookUp:
    """Document why the fill goes on although the programme could not be looked at."""
    row = lock_for_pharmacist(by=by, look_up_id=look_up_id)
    if not because.strip():
        raise refuse("Say why it goes on.", field="because", code="no-reason")
    if row.state in ANSWERED:
        raise refuse("The answer is there: look at it.", code="look-up-state")
    return signed(row, because.strip(), by=by)


def signed(row: LookUp, exception: str, *, by: Worker) -> LookUp:
    """Write the signature."""
    row.signed_by_id, row.signed_at, row.exception = by.person_id, by.at, exception
    row.save(update_fields=["signed_by_id", "signed_at", "exception"])
    said = {"look_up": row.pk, "state": row.state, "exception": exception}
    record(by=by, did=Deed.HISTORY_SIGNED, about=about_of(row), details=said)
    return row


@transaction.atomic
def choose_person(*, by: Worker, look_up_id: int, number: str) -> LookUp:
    """Say which of several people is meant: the programme is asked again by its number."""
    by.must(Duty.LOOK_UP_HISTORY)
    row = lock_look_up(by=by, look_up_id=look_up_id)
    if row.state != LookUpState.SEVERAL:
        raise refuse(f"Nobody is to be chosen: {row.state}.", code="look-up-state")
    known = {one.number for one in history_of(row).candidates}
    if number not in known:
        raise refuse("That is none of the people named.", field="number", code="no-candidate")
    person = replace(person_of(row), candidate=number)
    row.state = LookUpState.FAILED.value
    row.problem = "one of several people was chosen, and asked for again"
    row.save(update_fields=["state", "problem"])
    asked = Asked(row.fill_id, row.patient_id, person, row.arrival_id)
    return ask_programme(by=by, asked=asked, because=row.because)


def person_of(row: LookUp) -> Person:
    """The person as was asked."""
    said = row.about
    return Person(
        last_name=said["last"],
        first_name=said["first"],
        born_on=date.fromisoformat(said["born"]),
        sex=said["sex"],
        street=said["street"],
        city=said["city"],
        state=said["state"],
        postal_code=said["postal"],
        candidate=said["candidate"],
    )


def history_of(row: LookUp) -> History:
    """The answer as it can be read; empty where none came or none can be read."""
    if row.answer is None or row.problem:
        return History("none")
    raw = bytes(row.answer)
    house = Pharmacy.objects.only("ncpdp_id").get(pk=row.pharmacy_id)
    return read_history(raw, number=f"{house.ncpdp_id}-L{row.pk:09}")


def look_ups_of(pharmacy_id: int, fill_id: int) -> QuerySet[LookUp]:
    """The look-ups made for a fill, the last first."""
    return LookUp.objects.filter(pharmacy_id=pharmacy_id, fill_id=fill_id).order_by("-id")


def look_ups_at_entry(pharmacy_id: int, arrival_id: int, patient_id: int) -> QuerySet[LookUp]:
    """The look-ups of that patient made while this was typed in, the last first."""
    rows = LookUp.objects.filter(pharmacy_id=pharmacy_id, arrival_id=arrival_id)
    return rows.filter(patient_id=patient_id).order_by("-id")


def take_over(*, by: Worker, arrival_id: int, fill_id: int, patient_id: int) -> int:
    """Give a new fill what was looked up of its patient at entry; how many look-ups.

    One about a patient who was chosen by mistake stays with the arrival.
    """
    rows = look_ups_at_entry(by.pharmacy_id, arrival_id, patient_id)
    return rows.filter(fill_id=None).update(fill_id=fill_id)


def unlooked_problems(pharmacy_id: int, fill_id: int) -> list[Problem]:
    """Why a fill whose state wants a look-up may not go on (1 query)."""
    if look_ups_of(pharmacy_id, fill_id).exclude(signed_at=None).exists():
        return []
    says = "A pharmacist signs that the monitoring programme was looked at, or why it was not."
    return [Problem(says, code="look-up-owed")]


def lock_for_pharmacist(*, by: Worker, look_up_id: int) -> LookUp:
    """The look-up, for somebody who may sign it and once."""
    by.must(Duty.LOOK_UP_HISTORY)
    if by.person_id is None:
        raise refuse("A person signs it.", code="no-person")
    row = lock_look_up(by=by, look_up_id=look_up_id)
    if row.signed_at is not None:
        raise refuse("It was signed already.", code="look-up-signed")
    return row


def lock_look_up(*, by: Worker, look_up_id: int) -> LookUp:
    """The look-up of this pharmacy, held until the act is done."""
    rows = LookUp.objects.select_for_update().filter(pharmacy_id=by.pharmacy_id)
    row = rows.filter(pk=look_up_id).first()
    if row is None:
        raise refuse("No such look-up in this pharmacy.", code="no-look-up")
    return row


def lock_outgoing(*, by: Worker, outgoing_id: int) -> Outgoing:
    """The row of the outbox, held until the answer is written."""
    rows = Outgoing.objects.select_for_update().filter(pharmacy_id=by.pharmacy_id)
    return rows.get(pk=outgoing_id)


__all__ = [
    "Asked",
    "about_of",
    "ask_programme",
    "choose_person",
    "except_look_up",
    "history_of",
    "look_ups_at_entry",
    "look_ups_of",
    "person_told",
    "sign_look_up",
    "take_history",
    "take_no",
    "take_over",
    "unlooked_problems",
]
