"""A part of a fill now and the balance later: how much, how late, and what is owed."""

from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, Min, Sum

from apothecary.journal.deeds import Deed
from apothecary.law.facts import PartialFacts, PartialReason
from apothecary.law.partial import partial_problems
from apothecary.law.problem import Problem, refuse_if
from apothecary.prescriptions.actions import NOT_DISPENSED, lock_prescription
from apothecary.prescriptions.models import Dispensed, Fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance, lock_fill, must_be_in
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker


@transaction.atomic
def give_part(*, by: Worker, fill_id: int, quantity_now: Decimal, because: str) -> Fill:
    """Fill a part now and owe the balance: returns the fill of the balance, out of stock.

    The days' supply is split in the same proportion, rounded down for the part.
    """
    by.must(Duty.FILL)
    fill = lock_fill(by=by, fill_id=fill_id)
    must_be_in(fill, FillState.SHORT, FillState.WAITING, FillState.FILLING)
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
        copay_usd=Decimal(0),
        state=FillState.SHORT.value,
        because=f"owes {owed.normalize():f}",
        state_since=by.at,
        promised_at=by.at + timedelta(days=1),
        created_at=by.at,
        screened_at=fill.screened_at,
        data_reviewed=fill.data_reviewed,
    )
    fill.quantity, fill.days_supply = quantity_now, days_now
    fill.save(update_fields=["quantity", "days_supply"])
    details = {"now": quantity_now, "owed": owed, "balance_fill": balance.pk}
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


def part_problems(fill: Fill, quantity_now: Decimal) -> list[Problem]:
    """Why this part may not be given."""
    if quantity_now <= 0 or quantity_now >= fill.quantity:
        says = f"A part is above 0 and below {fill.quantity.normalize():f}."
        return [Problem(says, field="quantity_now", code="part-quantity")]
    if fill.package.unit == "EA" and quantity_now != quantity_now.to_integral_value():
        says = f"{quantity_now.normalize():f} cannot be counted: whole units only."
        return [Problem(says, field="quantity_now", code="part-quantity")]
    return []


def owed_problems(fill: Fill, *, by: Worker) -> list[Problem]:
    """Why the balance of a part may not be handed out any more; a whole fill is no balance."""
    return [] if fill.part == 1 else time_problems(fill, quantity=fill.quantity, by=by)


def time_problems(fill: Fill, *, quantity: Decimal, by: Worker) -> list[Problem]:
    """Whether the law still lets so much of a fill be handed out (2 queries).

    The clock of a C-II runs from the moment of parting: the first part is filled soon after,
    never before, so that no balance is handed out too late. Nobody asks why a part was given,
    so the shortest time counts, that of a pharmacy that could not supply the whole.
    """
    rx = fill.prescription
    parts = Fill.objects.filter(prescription_id=rx.pk, number=fill.number)
    parted_at = parts.filter(part__gt=1).aggregate(at=Min("created_at"))["at"]
    others = parts.exclude(pk=fill.pk).exclude(state__in=NOT_DISPENSED)
    given = others.aggregate(sum=Sum("quantity"))["sum"]
    part = PartialFacts(
        reason=PartialReason.SHORT,
        dispensed=given or Decimal(0),
        now=quantity,
        # When every other part was called off, this one is the first.
        first_part_at=parted_at if given else None,
    )
    facts = rx.facts(state=by.standing.state, dispensed=Dispensed())
    return partial_problems(facts, part, at=by.at, on=by.today)


@transaction.atomic
def try_stock_again(*, by: Worker, fill_id: int) -> Fill:
    """See whether what was out of stock has come; it then goes to the filling queue."""
    fill = lock_fill(by=by, fill_id=fill_id)
    must_be_in(fill, FillState.SHORT)
    refuse_if(owed_problems(fill, by=by))
    return advance(fill, FillState.WAITING, by=by, did=Deed.FILL_MOVED)
