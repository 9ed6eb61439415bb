"""What must be known before a bag leaves the counter. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from apothecary.law.problem import Problem
from apothecary.workbench.signature import Signature, SignatureUnreadable, read_signature

IDENTIFIERS_NEEDED = 2
CITE_IDENTIFIERS = "house policy; NPSG.01.01.01 (two patient identifiers)"
# House conventions, in pixels of the pad: longer and wider than a tap or a slip of the pen.
SHORTEST_PX = 40
NARROWEST_PX = 12
POINT = re.compile(r"([ML])(-?\d+) (-?\d+)")
Stroke = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class ReceiverFacts:
    """Who stands at the counter and what was seen."""

    receiver: str
    identifiers: tuple[str, ...]
    id_kind: str
    id_number: str
    signature: str
    counselling_accepted: bool
    counselled: bool


def receiver_problems(facts: ReceiverFacts) -> list[Problem]:
    """Why this receiver may not take the bag yet."""
    problems = []
    if not facts.receiver.strip():
        problems.append(Problem("Who takes it?", field="receiver"))
    if len(set(facts.identifiers)) < IDENTIFIERS_NEEDED:
        says = "Ask for two identifiers, such as name and birth date."
        problems.append(
            Problem(
                says,
                cite=CITE_IDENTIFIERS,
                code="identifiers",
                verified="C",
                field="identifiers",
            )
        )
    if bool(facts.id_kind.strip()) != bool(facts.id_number.strip()):
        says = "Identification needs its kind and its number."
        problems.append(Problem(says, field="id_number"))
    problems += signature_problems(facts.signature)
    if facts.counselling_accepted and not facts.counselled:
        says = "The patient wants to be counselled: a pharmacist does it and signs with a PIN."
        problems.append(Problem(says, field="counselled_by", code="counsel-first"))
    return problems


def signature_problems(text: str) -> list[Problem]:
    """Why what was sent is no signature that a hand drew on the pad; at most one reason."""
    try:
        pen = read_signature(text)
    except SignatureUnreadable as fault:
        return [Problem(str(fault), code="signature", field="signature")]
    ink = strokes(pen)
    across = [x for stroke in ink for x, _ in stroke]
    on_pad = [0 <= x <= pen.width and 0 <= y <= pen.height for stroke in ink for x, y in stroke]
    says = ""
    if 2 * sum(on_pad) < len(on_pad):
        says = "Most of the signature is beside the pad; clear it and sign again."
    elif length_px(ink) < SHORTEST_PX or max(across) - min(across) < NARROWEST_PX:
        says = "That is too short for a signature; please sign in full."
    return [Problem(says, code="signature", field="signature")] if says else []


def strokes(pen: Signature) -> list[Stroke]:
    """The points of each stroke, from where the pen was set down to where it was lifted."""
    found: list[Stroke] = []
    for letter, x, y in POINT.findall(pen.path):
        if letter == "M" or not found:
            found.append([])
        found[-1].append((int(x), int(y)))
    return found


def length_px(ink: list[Stroke]) -> int:
    """How far the pen was drawn; each step counts along its longer side, in whole pixels."""
    return sum(
        max(abs(to_x - x), abs(to_y - y))
        for stroke in ink
        for (x, y), (to_x, to_y) in pairwise(stroke)
    )


def day_in_bin(ready_at: datetime, *, today: date) -> int:
    """The how-manieth day it waits, the first being day 1; ``ready_at`` in the house's zone."""
    return (today - ready_at.date()).days + 1


def goes_back_on(ready_at: datetime, *, days: int) -> date:
    """The day on which an uncollected bag is due to go back to the shelf."""
    return ready_at.date() + timedelta(days=days)
