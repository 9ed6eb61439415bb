"""What is to be done next at the counter, in one sentence and in four steps. Pure."""

from dataclasses import dataclass
from typing import Literal

from apothecary.filling.back_counts import LeftFacts, next_left
from apothecary.filling.rules import SCHEDULE_II, FillingFacts, bottle_problems
from apothecary.workbench.filters import quantity as said_quantity

Is = Literal["done", "now", "later"]
Step = tuple[str, Is, str]


@dataclass(frozen=True, slots=True)
class Next:
    """The sentence over the work: what, in which tone, and the key that does it."""

    says: str
    tone: str = "plain"
    key: str = ""
    key_says: str = ""


def steps(facts: FillingFacts, *, unit: str, labelled: bool) -> list[Step]:
    """The steps of a fill with how far each is: four, and a fifth for Schedule II."""
    bottles = not bottle_problems(facts)
    counted = bottles and len(facts.counts) >= facts.counts_needed
    printed = counted and labelled
    done = [bottles, counted, printed, False]
    bottle = "Scan the stock bottle" if facts.bottles_needed == 1 else "Scan every stock bottle"
    says = [
        "Scan every ingredient" if facts.bottles_of_ingredients else bottle,
        f"Count {said_quantity(facts.quantity, unit)}"
        + (" twice" if facts.schedule == SCHEDULE_II else ""),
        "Print and stick the label",
        "Basket to the pharmacist",
    ]
    aside = [
        f"{facts.bottles_scanned} of {facts.bottles_needed}",
        f"{len(facts.counts)} of {facts.counts_needed}",
        "",
        "",
    ]
    if facts.left:
        ready = sum(lot.done for lot in facts.left)
        done.insert(3, printed and ready == len(facts.left))
        says.insert(3, "Count what is left, blind")
        aside.insert(3, f"{ready} of {len(facts.left)}")
    now = done.index(False)
    return [
        (says[at], "done" if done[at] else "now" if at == now else "later", aside[at])
        for at in range(len(says))
    ]


def what_next(facts: FillingFacts, *, unit: str, labelled: bool) -> Next:
    """The one thing to do now."""
    open_slip = next((bottle for bottle in facts.bottles if bottle.open_slip), None)
    if open_slip:
        return Next(open_slip.says, "stop")
    if bottle_problems(facts):
        return next_bottle(facts)
    amount = said_quantity(facts.quantity, unit)
    made = len(facts.counts)
    if made < facts.counts_needed:
        again = " again" if made else ""
        last = made + 1 == facts.counts_needed
        says = f"The right bottle is in your hand. Count {amount}{again}."
        return Next(says, key="F10", key_says="print the label" if last else "first count")
    if not labelled:
        return Next("Counted. Print the label.", key="F10", key_says="print the label")
    left = next_left(facts.left)
    if left:
        return next_left_says(left)
    differs = [lot.says for lot in facts.left if lot.difference]
    if differs:
        says = f"{' '.join(differs)} The pharmacist sees it. Stick the label on the vial."
        return Next(says, "look", "F10", "send to the pharmacist")
    return Next("Stick the label on the vial.", "done", "F10", "send to the pharmacist")


def next_left_says(left: LeftFacts) -> Next:
    """Asking for what is left never says how much it should be."""
    says = f"Put the rest back and count what is left of lot {left.number}, all its bottles."
    if left.counts:
        says = f"That is not what the books say. Count what is left of lot {left.number} again."
    return Next(says, "look" if left.counts else "plain", "F10", "that many are left")


def next_bottle(facts: FillingFacts) -> Next:
    """Which bottle is still to be scanned."""
    if not facts.reserved:
        return Next(
            "Nothing is reserved any more: scan a good bottle, or mark it short.", "stop"
        )
    seen = {bottle.lot_id for bottle in facts.bottles if bottle.right}
    lots = [number for lot, number in facts.reserved if lot not in seen]
    if not facts.bottles_scanned:
        return Next(
            f"Take lot {lots[0]} and scan the bottle.", key="scan", key_says="the bottle"
        )
    if lots:
        return Next(f"Now lot {lots[0]}: scan that bottle too.", key="scan", key_says="it")
    left = facts.bottles_needed - facts.bottles_scanned
    return Next(f"{plain_count(left)} more to scan.", key="scan", key_says="each")


def plain_count(bottles: int) -> str:
    return "One bottle" if bottles == 1 else f"{bottles} bottles"
