"""Counting what goes into the vial: by hand, by scale, by counter; Schedule II twice."""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import transaction

from apothecary.filling.actions.hold import fill_in_hand
from apothecary.filling.actions.label import print_in_hand
from apothecary.filling.back_counts import plain
from apothecary.filling.models import Count, CountMethod, LabelPrint
from apothecary.filling.queries import filling_facts, last_label, reservations, turn_of
from apothecary.filling.rules import FillingFacts, bottle_problems, count_problems
from apothecary.journal.deeds import Deed
from apothecary.journal.writes import Writes
from apothecary.law.problem import refuse, refuse_if
from apothecary.prescriptions.models import Fill
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
    fill = fill_in_hand(by=by, fill_id=fill_id, anybody=pass_number > 1)
    tally = Tally(quantity, method, pass_number)
    return count_in_hand(fill, filling_facts(fill), tally, by=by)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many were counted, in which way, in which pass."""

    quantity: Decimal
    method: str
    pass_number: int


def count_in_hand(fill: Fill, facts: FillingFacts, tally: Tally, *, by: Worker) -> Count:
    """The count of a fill that is held, or the same one that was made before."""
    if tally.method not in CountMethod.values:
        says = f"{tally.method!r} is no way of counting."
        raise refuse(says, field="method", code="count-method")
    refuse_if(bottle_problems(facts) + count_problems(facts, tally.quantity))
    made, wanted = len(facts.counts), tally.pass_number
    if 0 < wanted <= made:
        return Count.objects.get(fill=fill, turn=turn_of(fill), pass_number=wanted)
    if wanted != made + 1 or wanted > facts.counts_needed:
        says = f"Count {wanted} is not asked for: {made} of {facts.counts_needed} made."
        raise refuse(says, field="pass_number", code="count-pass")
    count = Count(
        pharmacy_id=by.pharmacy_id,
        fill=fill,
        turn=turn_of(fill),
        pass_number=wanted,
        method=tally.method,
        quantity=tally.quantity,
        at=by.at,
        by_id=by.somebody,
        station=by.station,
    )
    said = {"quantity": plain(tally.quantity), "method": tally.method, "pass": wanted}
    writes = Writes()
    writes.insert(count)
    writes.record(by=by, did=Deed.COUNTED, about=fill, details=said)
    writes.run()
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
    fill = fill_in_hand(by=by, fill_id=fill_id, anybody=pass_number > 1)
    held = reservations(fill)
    facts = filling_facts(fill, held=held)
    count = count_in_hand(fill, facts, Tally(quantity, method, pass_number), by=by)
    if count.pass_number > len(facts.counts):
        facts = replace(facts, counts=(*facts.counts, count.quantity))
    if len(facts.counts) < facts.counts_needed:
        return None
    if fill.owner_id not in {None, by.person_id}:
        # Whoever counted the second pass goes back to their own work: the owner prints.
        return None
    return last_label(fill) or print_in_hand(fill, facts, held, by=by)
