"""Counting what goes into the vial: by hand, by scale, by counter; Schedule II twice."""

from decimal import Decimal

from django.db import transaction

from apothecary.filling.actions.hold import fill_in_hand
from apothecary.filling.actions.label import print_label
from apothecary.filling.models import Count, CountMethod, LabelPrint
from apothecary.filling.queries import filling_facts, last_label, turn_of
from apothecary.filling.rules import bottle_problems, count_problems, plain
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.staff.worker import Worker


@transaction.atomic
def record_count(
    *,
    by: Worker,
    fill_id: int,
    quantity: Decimal,
    method: str = CountMethod.HAND,
    pass_number: int = 1,
) -> Count:
    """Write down a count that agrees with the fill; one that differs is refused.

    Quantity in the billing unit. ``pass_number`` says which count it is, so that a click
    twice is one count; a second person may count the second pass.
    """
    if method not in CountMethod.values:
        raise refuse(f"{method!r} is no way of counting.", field="method", code="count-method")
    fill = fill_in_hand(by=by, fill_id=fill_id, anybody=pass_number > 1)
    facts = filling_facts(fill)
    refuse_if(bottle_problems(facts) + count_problems(facts, quantity))
    made = len(facts.counts)
    if pass_number <= made:
        return Count.objects.get(fill=fill, turn=turn_of(fill), pass_number=pass_number)
    if pass_number != made + 1 or pass_number > facts.counts_needed:
        says = f"Count {pass_number} is not asked for: {made} of {facts.counts_needed} made."
        raise refuse(says, field="pass_number", code="count-pass")
    count = Count.objects.create(
        pharmacy_id=by.pharmacy_id,
        fill=fill,
        turn=turn_of(fill),
        pass_number=pass_number,
        method=method,
        quantity=quantity,
        at=by.at,
        by_id=by.somebody,
        station=by.station,
    )
    said = {"quantity": plain(quantity), "method": method, "pass": pass_number}
    record(by=by, did=Deed.COUNTED, about=fill, details=said)
    return count


@transaction.atomic
def count_and_label(
    *,
    by: Worker,
    fill_id: int,
    quantity: Decimal,
    method: str = CountMethod.HAND,
    pass_number: int = 1,
) -> LabelPrint | None:
    """One key at the counter: write the count down and, after one's own last, print."""
    count = record_count(
        by=by, fill_id=fill_id, quantity=quantity, method=method, pass_number=pass_number
    )
    facts = filling_facts(count.fill)
    if len(facts.counts) < facts.counts_needed:
        return None
    if count.fill.owner_id not in {None, by.person_id}:
        # Whoever counted the second pass goes back to their own work: the owner prints.
        return None
    return last_label(count.fill) or print_label(by=by, fill_id=fill_id)
