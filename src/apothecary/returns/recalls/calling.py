"""Telling patients: one row a try, the words to say, and when somebody is accounted for."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.returns.recalls.models import RecallCall, RecallTry
from apothecary.returns.recalls.rules import call_problems, is_done
from apothecary.returns.recalls.states import CallOutcome, RecallState, Way
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker


@transaction.atomic
def note_call(
    *, by: Worker, call_id: int, way: Way, outcome: CallOutcome, note: str = ""
) -> RecallCall:
    """Write down one try to tell a patient, and whether somebody has to call again."""
    by.must(Duty.WORK_RECALLS)
    call = (
        RecallCall.objects.select_for_update(of=("self",), no_key=True)
        .select_related("recall", "patient")
        .filter(pharmacy_id=by.pharmacy_id, pk=call_id)
        .first()
    )
    if call is None:
        raise refuse("No such call here.", code="no-call", field="call_id")
    if call.recall.state == RecallState.CLOSED:
        raise refuse("The recall is closed.", code="wrong-state", field="call_id")
    if call.done_at is not None:
        says = f"{call.patient} was told already: {call.outcome}."
        raise refuse(says, code="told", field="call_id")
    phone = call.patient.phone
    refuse_if(call_problems(way, outcome, tries=call.tries, has_phone=bool(phone), note=note))
    RecallTry.objects.create(
        pharmacy_id=by.pharmacy_id,
        call=call,
        at=by.at,
        way=way.value,
        outcome=outcome.value,
        note=note.strip(),
        by_id=by.somebody,
        initials=by.initials,
    )
    call.outcome, call.tries = outcome.value, call.tries + 1
    call.done_at = by.at if is_done(outcome) else None
    call.save(update_fields=["outcome", "tries", "done_at"])
    told = {"way": way.value, "outcome": outcome.value, "patient": call.patient_id}
    record(by=by, did=Deed.RECALL_CALLED, about=call.recall, details=told)
    return call


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the words to a patient are made of."""

    pharmacy: str
    patient: str
    drug: str
    lots: tuple[str, ...]
    got_on: date
    reason: str
    language: str


def words_to_say(told: Told) -> tuple[str, ...]:
    """What is said on the phone, in the patient's language: English, or Spanish.

    Who answers is asked for before any drug is named. Whether to go on taking it is the
    pharmacist's to say, never the paper's. The firm's reason stands as the firm wrote it.
    """
    lots, day = ", ".join(told.lots), told.got_on
    if told.language == "es":
        return (
            f"Buenos días, llamo de la farmacia {told.pharmacy}. ¿Hablo con {told.patient}? "
            "Para estar seguros, ¿me dice su fecha de nacimiento, por favor?",
            f"El {day:%d/%m/%Y} recibió {told.drug} de nosotros. El fabricante retira el lote "
            f"{lots}. El motivo, en sus palabras: {told.reason.rstrip('.')}.",
            "¿Le queda algo de ese frasco? No deje de tomar su medicamento antes de hablar con "
            "nuestro farmacéutico: le paso con él ahora.",
        )
    return (
        f"Hello, this is {told.pharmacy}. Am I speaking with {told.patient}? To be sure, may I "
        "have your date of birth?",
        f"On {day:%B} {day.day}, {day.year} you got {told.drug} from us. The maker is taking "
        f"back lot {lots}. The reason, in its own words: {told.reason.rstrip('.')}.",
        "Is any of that bottle left? Please do not stop your medicine before you have talked "
        "with our pharmacist: I will put you through now.",
    )


def words_for_machine(told: Told) -> str:
    """What may be left on an answering machine: nothing of the person's health."""
    if told.language == "es":
        return f"Por favor, llame a la farmacia {told.pharmacy} hoy mismo."
    return f"Please call {told.pharmacy} today."
