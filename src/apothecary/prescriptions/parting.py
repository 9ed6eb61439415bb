"""A part of a fill now and the balance later: how much, how late, and what is owed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.db.models import Max

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.facts import PartialFacts, PartialReason
from apothecary.law.partial import partial_problems
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.prescriptions.actions import NOT_DISPENSED, lock_prescription
from apothecary.prescriptions.compound_tables import is_compound
from apothecary.prescriptions.emergency.taking import ordered_at_of
from apothecary.prescriptions.models import Dispensed, Fill, PayKind
from apothecary.prescriptions.rules import CENT
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance, lock_fill, must_be_in
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker

PARTED_IN = FillState.SHORT, FillState.WAITING, FillState.FILLING
TOO_LATE = "part-too-late"


@transaction.atomic
def give_part(*, by: Worker, fill_id: int, quantity_now: Decimal, because: str) -> Fill:
    """Fill a part now and owe the balance: returns the fill of the balance, out of stock.

    The days' supply is split in the same proportion, rounded down for the part. A C-II needs
    its reason said before (``say_part_reason``); the balance inherits it.
    """
    by.must(Duty.FILL)
    fill = lock_fill(by=by, fill_id=fill_id)
    must_be_in(fill, *PARTED_IN)
    # Two people who part two parts of one fill at once must not give out one number twice.
    rx = lock_prescription(by=by, prescription_id=fill.prescription_id)
    refuse_if(
        part_problems(fill, quantity_now) or time_problems(fill, quantity=quantity_now, by=by)
    )
    parts = rx.fills.filter(number=fill.number).aggregate(last=Max("part"))
    owed = fill.quantity - quantity_now
    days_now = max(1, int(fill.days_supply * quantity_now / fill.quantity))
    balance = Fill.objects.create(
        pharmacy_id=fill.pharmacy_id,
        prescription=fill.prescription,
        patient_id=fill.patient_id,
        number=fill.number,
        part=parts["last"] + 1,
        package=fill.package,
        quantity=owed,
        days_supply=max(1, fill.days_supply - days_now),
        daw=fill.daw,
        pay=fill.pay,
        price_usd=Decimal(0),
        # What a plan wants for the rest is its own answer: until then nobody knows.
        copay_usd=None if fill.pay == PayKind.PLAN else Decimal(0),
        state=FillState.SHORT.value,
        because=f"owes {owed.normalize():f}",
        state_since=by.at,
        promised_at=by.at + timedelta(days=1),
        created_at=by.at,
        screened_at=fill.screened_at,
        data_reviewed=fill.data_reviewed,
        part_reason=fill.part_reason,
        cost_340b_usd=cost_owed(fill, owed),
    )
    if fill.cost_340b_usd is not None and balance.cost_340b_usd is not None:
        fill.cost_340b_usd -= balance.cost_340b_usd
    fill.quantity, fill.days_supply = quantity_now, days_now
    fill.save(update_fields=["quantity", "days_supply", "cost_340b_usd"])
    details = {"now": quantity_now, "owed": owed, "balance_fill": balance.pk}
    if fill.part_reason:
        details["reason"] = fill.part_reason
    if fill.state != FillState.SHORT:
        # What was reserved for the whole must become what is reserved for the part.
        advance(fill, FillState.SHORT, by=by, did=Deed.FILL_MOVED, because="partial fill")
    advance(
        fill,
        FillState.WAITING,
        by=by,
        did=Deed.BALANCE_OWED,
        because=because,
        details=details,
    )
    return balance


def cost_owed(fill: Fill, owed: Decimal) -> Decimal | None:
    """What the balance cost under 340B: its share, the part keeping the rest to the cent."""
    if fill.cost_340b_usd is None:
        return None
    return (fill.cost_340b_usd * owed / fill.quantity).quantize(CENT, ROUND_HALF_UP)


def part_problems(fill: Fill, quantity_now: Decimal) -> list[Problem]:
    """Why this part may not be given."""
    if is_compound(fill.package):
        says = "A compound is made and billed whole: no part of it is given."
        return [Problem(says, field="quantity_now", code="part-compound")]
    if fill.administration_usd is not None:
        says = "A vaccine that is given here is one dose: no part of it is given."
        return [Problem(says, field="quantity_now", code="part-vaccine")]
    if quantity_now <= 0 or quantity_now >= fill.quantity:
        says = f"A part is above 0 and below {fill.quantity.normalize():f}."
        return [Problem(says, field="quantity_now", code="part-quantity")]
    if fill.package.unit == "EA" and quantity_now != quantity_now.to_integral_value():
        says = f"{quantity_now.normalize():f} cannot be counted: whole units only."
        return [Problem(says, field="quantity_now", code="part-quantity")]
    return []


def owed_problems(fill: Fill, *, by: Worker) -> list[Problem]:
    """Why the balance of a part may not be handed out any more; a whole fill is no balance."""
    if fill.part == 1:
        return []
    # A balance from before reasons were recorded is held to the shortest of all times.
    return time_problems(fill, quantity=fill.quantity, unsaid=PartialReason.SHORT, by=by)


def time_problems(
    fill: Fill, *, quantity: Decimal, by: Worker, unsaid: PartialReason | None = None
) -> list[Problem]:
    """Whether the law still lets so much of a fill be handed out (1 query).

    The clock of a C-II runs from the moment of parting: the first part is filled soon after,
    never before, so that no balance is handed out too late. Where its parts were given for
    several reasons each of their clocks binds. ``unsaid`` stands for a reason nobody has said.
    """
    parts = parts_of(fill)
    reasons = reasons_said(fill, parts)
    return clock_problems(fill, parts, reasons or [unsaid], quantity=quantity, by=by)


def reasons_said(fill: Fill, parts: Sequence[Fill]) -> list[PartialReason]:
    """Why the fill is given in parts, by all of them that count; nothing where nobody said."""
    said = {fill.part_reason, *(part.part_reason for part in parts if counts(part))}
    return [PartialReason(reason) for reason in sorted(said - {""})]


def clock_problems(
    fill: Fill,
    parts: Sequence[Fill],
    reasons: Sequence[PartialReason | None],
    *,
    quantity: Decimal,
    by: Worker,
) -> list[Problem]:
    """What the law has against so much more of a fill, for any of the reasons."""
    given = [part.quantity for part in parts if counts(part) and part.pk != fill.pk]
    facts = fill.prescription.facts(state=by.standing.state, dispensed=Dispensed())
    found: dict[Problem, None] = {}
    for reason in reasons:
        part = PartialFacts(
            reason=reason,
            dispensed=sum(given, Decimal(0)),
            now=quantity,
            # When every other part was called off, this one is the first.
            first_part_at=parted_at(parts) if given else None,
            oral_order_at=ordered_at_of(fill.prescription),
        )
        found |= dict.fromkeys(partial_problems(facts, part, at=by.at, on=by.today))
    return list(found)


def parts_of(fill: Fill) -> list[Fill]:
    """Every part of the same fill, itself and what was called off among them (1 query)."""
    parts = Fill.objects.filter(prescription_id=fill.prescription_id, number=fill.number)
    return list(parts.order_by("part"))


def counts(part: Fill) -> bool:
    """Whether a part is given or will be: neither called off nor returned."""
    return part.state not in NOT_DISPENSED


def parted_at(parts: Sequence[Fill]) -> datetime | None:
    """The moment at which a fill was first parted, or None when it is whole."""
    return min((part.created_at for part in parts if part.part > 1), default=None)


@transaction.atomic
def say_part_reason(*, by: Worker, fill_id: int, reason: str) -> Fill:
    """Say why a fill is to be given in parts, before it is: the rest's time hangs on it."""
    by.must(Duty.FILL)
    if reason not in set(PartialReason):
        raise refuse(f"{reason!r} is no reason for a part.", field="reason", code="no-reason")
    fill = lock_fill(by=by, fill_id=fill_id)
    must_be_in(fill, *PARTED_IN)
    lock_prescription(by=by, prescription_id=fill.prescription_id)
    chosen = PartialReason(reason)
    refuse_if(reason_problems(fill, chosen, by=by))
    fill.part_reason = chosen.value
    fill.save(update_fields=["part_reason"])
    record(by=by, did=Deed.PART_REASON_SAID, about=fill, details={"reason": chosen.value})
    return fill


def reason_problems(fill: Fill, chosen: PartialReason, *, by: Worker) -> list[Problem]:
    """Why a fill may not be given in parts for that reason, or not any more.

    What earlier parts were given for stays on record: their clocks bind the rest.
    """
    parts = parts_of(fill)
    others = [part for part in parts if counts(part) and part.pk != fill.pk]
    kept = {chosen.value, *(part.part_reason for part in others)}
    if others and fill.part_reason and fill.part_reason not in kept:
        says = f"It was parted because {PartialReason(fill.part_reason).words}: that stays."
        return [Problem(says, code="part-reason-stays", field="reason")]
    late = f"Too late to part it because {chosen.words}: give the rest whole, in its own time."
    return [
        replace(problem, says=late, field="reason") if problem.code == TOO_LATE else problem
        for problem in clock_problems(fill, parts, [chosen], quantity=fill.quantity, by=by)
    ]


@transaction.atomic
def try_stock_again(*, by: Worker, fill_id: int) -> Fill:
    """See whether what was out of stock has come; it then goes to the filling queue."""
    fill = lock_fill(by=by, fill_id=fill_id)
    must_be_in(fill, FillState.SHORT)
    refuse_if(owed_problems(fill, by=by))
    return advance(fill, FillState.WAITING, by=by, did=Deed.FILL_MOVED)
