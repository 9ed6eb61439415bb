"""Giving a prescription to another pharmacy, and taking it back when it never came there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction

from apothecary.journal.deeds import Deed
from apothecary.law.expiry import expiry_problems
from apothecary.law.facts import Origin, RxFacts
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.law.refills import refills_left
from apothecary.law.retention import Kept, kept_until
from apothecary.law.transfers import TransferFacts, transfer_problems
from apothecary.prescriptions.actions import cancel_fill, lock_prescription, open_fill_ids
from apothecary.prescriptions.models import Dispensed, Fill, Prescription, PrescriptionState
from apothecary.prescriptions.standing import put_in, still_open
from apothecary.prescriptions.states import ENDED, FillState
from apothecary.prescriptions.transfers.models import (
    Direction,
    PastFill,
    Title,
    Transfer,
    Way,
    fills_text,
)
from apothecary.prescriptions.transfers.rules import (
    Other,
    nothing_left_problems,
    other_problems,
    owed_problems,
    record_out_problems,
    too_long_problems,
)
from apothecary.prescriptions.writer import lock_fills
from apothecary.staff.duties import Duty, Role
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker

OPEN = [state.value for state in FillState if state not in ENDED]


@dataclass(frozen=True, slots=True, kw_only=True)
class Giving:
    """A transfer as it is agreed on: with whom, how, and what the pharmacist vouches for.

    ``reference``: under what the network took the message. ``state_allows``: where it is
    written that the state lets an unfilled electronic prescription go.
    """

    other: Other
    way: Way
    shared_database: bool = False
    reference: str = ""
    patient_asked: bool = False
    unaltered: bool = False
    state_allows: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """What a prescription has behind it: facts for the law, fills, earlier transfers."""

    facts: RxFacts
    fills: Sequence[PastFill]
    made: int
    part_open: bool
    # The refills it was written with, wherever that was.
    originally: int

    @property
    def unfilled(self) -> bool:
        return not self.facts.fills_made


def duty_of(rx: Prescription) -> Duty:
    """Whose duty its transfer is."""
    return Duty.TRANSFER_CONTROLLED if rx.schedule else Duty.TRANSFER_PRESCRIPTION


@transaction.atomic
def transfer_out(*, by: Worker, prescription_id: int, given: Giving) -> Transfer:
    """Give a prescription away: it ends here, what is not sold is called off, all is kept."""
    by.must(Duty.TRANSFER_PRESCRIPTION)
    # Fills before their prescription, as everywhere.
    held = lock_fills(by=by, fill_ids=open_fill_ids(prescription_id))
    rx = lock_prescription(by=by, prescription_id=prescription_id)
    by.must(duty_of(rx))
    if not {fill.pk for fill in held}.issuperset(open_fill_ids(rx.pk)):
        raise refuse("A fill of it was started just now: look again.", code="fill-started")
    pharmacy = Pharmacy.objects.get(pk=by.pharmacy_id)
    past = past_of(rx, pharmacy=pharmacy)
    refuse_if(giving_problems(rx, past, given, pharmacy=pharmacy, by=by))
    row = write_down(rx, past, given, by=by)
    said = {
        "number": rx.number,
        "other": given.other.name,
        "dea": given.other.dea,
        "pharmacist": given.other.spoke_with,
        "refills_left": row.refills_left,
    }
    transferred = PrescriptionState.TRANSFERRED
    put_in(rx, transferred, by=by, did=Deed.PRESCRIPTION_TRANSFERRED, details=said)
    for fill in still_open(held):
        cancel_fill(by=by, fill_id=fill.pk, because=f"transferred to {given.other.name}")
    return row


def past_of(rx: Prescription, *, pharmacy: Pharmacy) -> Past:
    """What was handed out of it so far, here and where it came from (3 queries)."""
    fills = list(Fill.objects.filter(prescription=rx).order_by("number", "part"))
    sold = [fill for fill in fills if fill.state == FillState.SOLD]
    numbers = {fill.number for fill in sold}
    zone = ZoneInfo(pharmacy.time_zone)
    days = {fill.pk: fill.state_since.astimezone(zone).date() for fill in sold}
    dispensed = Dispensed(
        fills=len(numbers),
        quantity=sum((fill.quantity for fill in sold), Decimal(0)),
        first_on=min(days.values(), default=None),
    )
    facts = rx.facts(state=pharmacy.state, dispensed=dispensed)
    earlier = list(Transfer.objects.filter(prescription=rx, taken_back_at=None))
    came = next((one for one in earlier if one.direction == Direction.IN), None)
    before = came.past_fills if came is not None else []
    if came is not None and not came.unfilled:
        # Its first fill was elsewhere: all that is filled here are refills of that one.
        facts = replace(
            facts,
            fills_made=facts.fills_made + 1,
            refills_authorized=facts.refills_authorized + 1,
        )
    here = [
        PastFill(
            on=days[one.pk],
            place=pharmacy.name,
            number=str(rx.number),
            quantity=Decimal(f"{one.quantity.normalize():f}"),
        )
        for one in sold
    ]
    open_numbers = {fill.number for fill in fills if fill.state in OPEN}
    first = None if came is None else came.refills_originally
    return Past(
        facts=facts,
        fills=[*before, *here],
        made=len(earlier),
        part_open=bool(numbers & open_numbers),
        originally=rx.refills if first is None else first,
    )


def giving_problems(
    rx: Prescription, past: Past, given: Giving, *, pharmacy: Pharmacy, by: Worker
) -> list[Problem]:
    """Every reason why it may not go there, today, by this person."""
    problems = []
    if rx.state != PrescriptionState.ACTIVE:
        says = f"Prescription {rx.number} was {rx.get_state_display()}."
        problems.append(Problem(says, code="rx-not-active"))
    on, months = by.today, pharmacy.noncontrolled_validity_months
    return [
        *problems,
        *transfer_problems(past.facts, transfer_facts(past, given, by=by), on=on),
        *nothing_left_problems(past.facts, on=on),
        *owed_problems(past.facts, part_open=past.part_open),
        *expiry_problems(past.facts, on=on, house_months=months),
        *record_out_problems(given.other, controlled=past.facts.controlled, on=on),
        *other_problems(given.other, our_dea=pharmacy.dea, on=on),
        *electronic_problems(past, given),
        *too_long_problems({"reference": given.reference, "state_allows": given.state_allows}),
    ]


def transfer_facts(past: Past, given: Giving, *, by: Worker) -> TransferFacts:
    """The transfer as the law looks at it."""
    theirs = given.other.title
    # An intern speaks under the pharmacist on duty; of controlled ones the duty keeps them out.
    ours = by.is_pharmacist or by.role is Role.INTERN
    held = {
        "patient_asked": given.patient_asked,
        "contents_unaltered": given.unaltered,
        "stays_electronic": given.way is Way.ELECTRONIC,
    }
    return TransferFacts(
        transfers_made=past.made,
        shared_database=given.shared_database,
        pharmacists=ours + (theirs is Title.PHARMACIST),
        certified_technicians=(by.role is Role.CERTIFIED) + (theirs is Title.CERTIFIED),
        part_open=past.part_open,
        conditions=frozenset(name for name, there in held.items() if there),
        state_confirmed=bool(given.state_allows),
    )


def electronic_problems(past: Past, given: Giving) -> list[Problem]:
    """A controlled one for its first fill names the message that carried it."""
    if not (past.facts.controlled and past.unfilled) or given.reference:
        return []
    says = "Under what number did the network take the message?"
    return [Problem(says, code="transfer-reference", field="reference")]


def write_down(rx: Prescription, past: Past, given: Giving, *, by: Worker) -> Transfer:
    """The record of the pharmacy that gives it away."""
    other = given.other
    return Transfer.objects.create(
        pharmacy_id=by.pharmacy_id,
        direction=Direction.OUT,
        prescription=rx,
        controlled=past.facts.controlled,
        unfilled=past.unfilled,
        way=given.way,
        shared_database=given.shared_database,
        reference=given.reference,
        patient_asked=given.patient_asked,
        unaltered=given.unaltered,
        state_allows=given.state_allows,
        name=other.name,
        street=other.street,
        city=other.city,
        state=other.state,
        postal_code=other.postal_code,
        phone=other.phone,
        dea=other.dea,
        spoke_with=other.spoke_with,
        spoke_with_title=other.title,
        by_id=by.somebody,
        by_name=by.name,
        by_title=by.role.value,
        transferred_on=by.today,
        recorded_at=by.at,
        says=f"{rx.drug_as_written}: {rx.directions}",
        written_on=rx.written_on,
        refills_originally=past.originally,
        refills_left=refills_left(past.facts, on=by.today),
        fills=fills_text(list(past.fills)),
        kept_until=last_day(past.facts, by.today),
    )


def last_day(facts: RxFacts, on: date) -> date | None:
    """Until when federal law wants the record; none of what is not controlled."""
    if not facts.controlled:
        return None
    electronic = facts.origin is Origin.ELECTRONIC and not facts.fills_made
    kind = Kept.ELECTRONIC_TRANSFER if electronic else Kept.CONTROLLED
    return kept_until(kind, on, on=on).on


@transaction.atomic
def take_back(*, by: Worker, transfer_id: int, spoke_with: str, because: str) -> Transfer:
    """The other pharmacy says it never came: the prescription is ours again; both are kept."""
    by.must(Duty.TRANSFER_PRESCRIPTION)
    wanted = Transfer.objects.filter(pharmacy_id=by.pharmacy_id, direction=Direction.OUT)
    found = wanted.filter(pk=transfer_id).first()
    if found is None or found.prescription_id is None:
        raise refuse("No such transfer of this pharmacy.", code="no-transfer")
    rx = lock_prescription(by=by, prescription_id=found.prescription_id)
    by.must(duty_of(rx))
    # Read anew: somebody may have taken it back while we waited for the prescription.
    row = wanted.select_for_update(of=("self",)).get(pk=transfer_id)
    if not row.stands:
        raise refuse("It was taken back already.", code="transfer-taken-back")
    with_whom, why = spoke_with.strip(), because.strip()
    refuse_if(take_back_problems(with_whom, why))
    row.taken_back_at, row.taken_back_by = by.at, by.name
    row.taken_back_with, row.because = with_whom, why
    row.save(update_fields=["taken_back_at", "taken_back_by", "taken_back_with", "because"])
    said = {"number": rx.number, "other": row.name, "spoke_with": with_whom, "because": why}
    put_in(rx, PrescriptionState.ACTIVE, by=by, did=Deed.TRANSFER_TAKEN_BACK, details=said)
    return row


def take_back_problems(spoke_with: str, because: str) -> list[Problem]:
    """Who said that it never came, and what they said."""
    problems = too_long_problems({"spoke_with": spoke_with, "because": because})
    if not spoke_with:
        says = "Who at the other pharmacy says so?"
        problems.append(Problem(says, field="spoke_with", code="transfer-spoke-with"))
    if not because:
        says = "Say why it is taken back."
        problems.append(Problem(says, field="because", code="transfer-because"))
    return problems
