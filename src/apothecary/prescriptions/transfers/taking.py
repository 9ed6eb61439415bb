"""Taking a prescription from another pharmacy: what it says, is asked for, its entry."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.law.retention import Kept, kept_until
from apothecary.law.tables import federal
from apothecary.prescriptions.models import Origin, Prescription
from apothecary.prescriptions.transfers.models import (
    Direction,
    Title,
    Transfer,
    Way,
    fills_text,
)
from apothecary.prescriptions.transfers.rules import (
    Other,
    Told,
    fills_here,
    missing_in_problems,
    other_problems,
    told_problems,
    too_long_problems,
)
from apothecary.staff.duties import Duty, Role
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """A transfer as another pharmacy gives it: who they are, how, and what they say."""

    other: Other
    told: Told
    way: Way
    controlled: bool
    shared_database: bool = False
    reference: str = ""


@transaction.atomic
def take_in(*, by: Worker, given: Taking) -> Transfer:
    """Write down what another pharmacy gives; what it has not said yet it is asked for."""
    by.must(duty_for(given.controlled))
    refuse_if(taking_problems(given, by=by))
    row = Transfer.objects.create(
        pharmacy_id=by.pharmacy_id,
        direction=Direction.IN,
        controlled=given.controlled,
        by_id=by.somebody,
        by_name=by.name,
        by_title=by.role.value,
        transferred_on=by.today,
        recorded_at=by.at,
        kept_until=last_day(given.controlled, by.today),
        **said_columns(given),
    )
    said = {"other": given.other.name, "pharmacist": given.other.spoke_with}
    record(by=by, did=Deed.TRANSFER_TAKEN_IN, about=row, details=said)
    return row


@transaction.atomic
def complete(*, by: Worker, transfer_id: int, given: Taking) -> Transfer:
    """Write what the other pharmacy said when it was asked, over what it had said before."""
    by.must(duty_for(given.controlled))
    row = lock_transfer_in(by=by, transfer_id=transfer_id)
    if row.prescription_id is not None:
        raise refuse("It has been entered: its record stands.", code="transfer-entered")
    # What was taken as controlled is completed by whoever may, whatever the form says now.
    by.must(duty_for(row.controlled))
    refuse_if(taking_problems(given, by=by))
    new = said_columns(given) | {"controlled": given.controlled}
    changed = {
        name: [str(getattr(row, name)), str(value)]
        for name, value in new.items()
        if getattr(row, name) != value
    }
    for name in changed:
        setattr(row, name, new[name])
    row.kept_until = last_day(row.controlled, row.transferred_on)
    row.save(update_fields=[*changed, "kept_until"])
    record(by=by, did=Deed.TRANSFER_COMPLETED, about=row, details={"changed": changed})
    return row


def duty_for(controlled: bool) -> Duty:
    """Whose duty it is to speak with the other pharmacy."""
    return Duty.TRANSFER_CONTROLLED if controlled else Duty.TRANSFER_PRESCRIPTION


def lock_transfer_in(*, by: Worker, transfer_id: int) -> Transfer:
    """A transfer that came to this pharmacy, held until the act is done (1 query)."""
    rows = Transfer.objects.select_for_update(of=("self",))
    ours = rows.filter(pharmacy_id=by.pharmacy_id, direction=Direction.IN)
    row = ours.filter(pk=transfer_id).first()
    if row is None:
        raise refuse("No such transfer to this pharmacy.", code="no-transfer")
    return row


def last_day(controlled: bool, on: date) -> date | None:
    """Until when federal law wants the record; none of what is not controlled."""
    return kept_until(Kept.CONTROLLED, on, on=on).on if controlled else None


def said_columns(given: Taking) -> dict[str, object]:
    """The columns that the other pharmacy's word fills."""
    other, told = given.other, given.told
    return {
        "way": given.way,
        "shared_database": given.shared_database,
        "reference": given.reference,
        "unfilled": told.unfilled,
        "name": other.name,
        "street": other.street,
        "city": other.city,
        "state": other.state,
        "postal_code": other.postal_code,
        "phone": other.phone,
        "dea": other.dea,
        "spoke_with": other.spoke_with,
        "spoke_with_title": other.title,
        "their_number": told.their_number,
        "says": told.says.strip(),
        "written_on": told.written_on,
        "refills_originally": told.refills_originally,
        "refills_left": told.refills_left,
        "fills": fills_text(list(told.fills)),
    }


def taking_problems(given: Taking, *, by: Worker) -> list[Problem]:
    """Every reason why it is not even taken in; what is merely missing is asked for later."""
    pharmacy = Pharmacy.objects.get(pk=by.pharmacy_id)
    problems = []
    if not given.other.name:
        says = "Which pharmacy gives it?"
        problems.append(Problem(says, field="name", code="transfer-name"))
    problems += other_problems(given.other, our_dea=pharmacy.dea, on=by.today)
    problems += told_problems(given.told, on=by.today)
    problems += too_long_problems({"reference": given.reference})
    problems += speakers_problems(given, by=by)
    if given.controlled and given.told.unfilled:
        # 21 CFR 1306.08(f): it stays electronic on its whole way, and no message of that kind
        # is read here: what is typed from a call would be another prescription.
        says = (
            "A controlled prescription that was never filled comes as an electronic message "
            "alone, and none of that kind is read here: ask the prescriber for a new one."
        )
        row = federal("DEA-055", on=by.today)
        problems.append(row.problem(says, code="transfer-in-unfilled", field="unfilled"))
    return problems


def speakers_problems(given: Taking, *, by: Worker) -> list[Problem]:
    """Of a controlled one two pharmacists speak; technicians where the state lets ours."""
    technician = given.other.title is Title.CERTIFIED
    if given.controlled and (technician or not by.is_pharmacist):
        row = federal("DEA-051", on=by.today)
        says = f"A controlled prescription is transferred between {row.number()} pharmacists."
        return [row.problem(says, code="transfer-pharmacists", field="spoke_with_title")]
    if technician and by.role is not Role.CERTIFIED and not by.is_pharmacist:
        says = "Ask for a pharmacist: a transfer has one on one side at least."
        return [Problem(says, code="transfer-speakers", field="spoke_with_title")]
    return []


def other_of(row: Transfer) -> Other:
    """The other pharmacy of a record."""
    return Other(
        name=row.name,
        street=row.street,
        city=row.city,
        state=row.state,
        postal_code=row.postal_code,
        phone=row.phone,
        dea=row.dea,
        spoke_with=row.spoke_with,
        title=Title(row.spoke_with_title),
    )


def told_of(row: Transfer) -> Told:
    """What the other pharmacy has said, of a record."""
    return Told(
        says=row.says,
        their_number=row.their_number,
        written_on=row.written_on,
        refills_originally=row.refills_originally,
        refills_left=row.refills_left,
        unfilled=row.unfilled,
        fills=row.past_fills,
    )


def missing_of(row: Transfer, *, on: date, controlled: bool | None = None) -> list[Problem]:
    """What a record that came in still lacks; ``controlled`` where the drug is known."""
    known = row.controlled if controlled is None else controlled
    return missing_in_problems(other_of(row), told_of(row), controlled=known, on=on)


def held_for(transfer_id: int | None, rx: Prescription, *, by: Worker) -> Transfer | None:
    """The transfer a prescription is entered from, held; refused where it is not that one.

    None for what came otherwise; no query then.
    """
    if transfer_id is None:
        refuse_if(without_record_problems(rx, on=by.today))
        return None
    row = lock_transfer_in(by=by, transfer_id=transfer_id)
    if row.prescription_id is not None:
        raise refuse("This transfer has been entered already.", code="transfer-entered")
    refuse_if(entering_problems(row, rx, on=by.today))
    return row


def without_record_problems(rx: Prescription, *, on: date) -> list[Problem]:
    """A controlled one from another pharmacy is nothing without the record of its transfer."""
    if not rx.schedule or rx.origin != Origin.PHARMACY:
        return []
    says = "A controlled prescription from another pharmacy is taken in as a transfer first."
    row = federal("DEA-053", on=on)
    return [row.problem(says, code="transfer-no-record", field="origin")]


def mending_problems(rx: Prescription, mended: Prescription, *, by: Worker) -> list[Problem]:
    """What of a transferred prescription cannot be mended (1 query where it came by one)."""
    if Origin.PHARMACY not in {rx.origin, mended.origin}:
        return []
    rows = Transfer.objects.filter(direction=Direction.IN, prescription=rx)
    row = rows.first()
    if row is None:
        return without_record_problems(mended, on=by.today)
    return entering_problems(row, mended, on=by.today)


def entering_problems(row: Transfer, rx: Prescription, *, on: date) -> list[Problem]:
    """Why this prescription is not the one that was transferred, or may not be entered yet."""
    told, problems = told_of(row), []
    if rx.schedule and not row.controlled:
        says = "It was taken as not controlled: a pharmacist speaks with theirs first."
        law = federal("DEA-051", on=on)
        problems.append(law.problem(says, code="transfer-pharmacists", field="package_id"))
    if rx.origin != Origin.PHARMACY:
        says = "It came from another pharmacy: its origin is 5."
        problems.append(Problem(says, field="origin", code="transfer-origin"))
    if told.written_on is not None and rx.written_on != told.written_on:
        says = f"The other pharmacy said it was written on {told.written_on}."
        problems.append(Problem(says, field="written_on", code="transfer-written"))
    most = fills_here(told)
    if most is not None and rx.refills > most:
        says = f"What is left is its first fill here and {most} refills."
        problems.append(Problem(says, field="refills", code="transfer-refills"))
    missing = missing_of(row, on=on, controlled=bool(rx.schedule))
    return problems + [asked_for(one) for one in missing]


def asked_for(problem: Problem) -> Problem:
    """A thing that is missing, as the entry form shows it: of the transfer, not of a field."""
    says = f"{problem.says} Ask the other pharmacy."
    return Problem(says, problem.cite, problem.code, problem.verified)


def bind(row: Transfer, rx: Prescription, *, by: Worker) -> None:
    """The held transfer has become this prescription; its record stands from now on."""
    row.prescription = rx
    row.save(update_fields=["prescription"])
    said = {"number": rx.number, "other": row.name, "their_number": row.their_number}
    record(by=by, did=Deed.TRANSFER_TAKEN_IN, about=rx, details=said)
