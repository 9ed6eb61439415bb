"""Early refills: how many days of the same drug are still in the patient's hands."""

from collections.abc import Iterator
from datetime import timedelta

from apothecary.screening.rules.facts import Case, DrugFacts, Supply, on_hand
from apothecary.screening.rules.found import Found, fingerprint
from apothecary.screening.rules.tables import tables


def early_refill(case: Case) -> Iterator[Found]:
    """Whether the patient comes before enough of what was handed out is used up.

    All that was handed out of the same drug counts: a few days too early each time add up.
    """
    new = case.new
    supplies = [each for each in case.patient.supplies if handed_out(each, new)]
    row = tables().early.get(new.schedule)
    if not supplies or row is None:
        return
    last = max(supplies, key=lambda each: each.sold_on)
    left = on_hand(supplies, on=case.on)
    allowed = allowed_left(new.schedule, last.days_supply)
    if left <= allowed:
        return
    due_on = case.on + timedelta(days=left - allowed)
    alone = on_hand([last], on=case.on)
    added = f"; {left - alone} of them left over from earlier fills" if left > alone else ""
    says = (
        f"{left} days of {new.name} are still on hand{added}: early before {due_on:%m/%d/%Y} "
        f"({row.least_used_percent} % used)."
    )
    yield Found(
        kind="early refill",
        severity=row.grade,
        says=says,
        because=(
            f"new: {new.name}",
            f"handed out {last.sold_on:%m/%d/%Y} for {last.days_supply} days",
            f"on hand: {left} days",
        ),
        origin=row.origin,
        clears=f"The day {due_on:%m/%d/%Y}, or a reason: lost, on a journey, dose changed.",
        fingerprint=fingerprint("early refill", new, last.sold_on.isoformat()),
    )


def allowed_left(schedule: int, days_supply: int) -> int:
    """How many days may be left of a supply when the next is handed out."""
    row = tables().early.get(schedule)
    share = 100 - row.least_used_percent if row else 0
    return days_supply * share // 100


def handed_out(supply: Supply, new: DrugFacts) -> bool:
    """Whether that was the same drug in the same strength and release."""
    return (
        bool(new.ingredients)
        and sorted(supply.ingredients) == sorted(new.ingredients)
        and supply.strength == new.strength
        and supply.release == new.release
    )


def same_drug(new: DrugFacts, other: DrugFacts) -> bool:
    """The same ingredients in the same strength, kind of form and release."""
    return (
        sorted(new.ingredients) == sorted(other.ingredients)
        and new.strength == other.strength
        and new.form_group == other.form_group
        and new.release == other.release
    )
