"""Which of our claims a remittance's line is about. Pure; nothing is guessed.

The payer's own number for a claim (503-F3 of its answer) comes back in CLP07 or a REF. Some
payers put another number there: then prescription, day, product, turn and charge must all fit
one claim, and only one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apothecary.wires.x12 import Claim as Line

# CLP02: whose turn it was to pay.
TURN = {"1": 1, "19": 1, "2": 2, "20": 2, "3": 3, "21": 3}


@dataclass(frozen=True, slots=True)
class Ours:
    """A claim of ours that a line may be about."""

    claim_id: int
    authorization: str
    service_on: date
    ndc: str
    payer: int
    submitted_usd: Decimal
    promised_usd: Decimal


def claim_of(line: Line, claims: Sequence[Ours]) -> int | None:
    """The claim a line is about, out of those of its prescription; none when in doubt."""
    numbers = {line.payer_control, *(one.value for one in line.references)} - {""}
    named = [one for one in claims if one.authorization in numbers]
    found = named if len(named) < 2 else [one for one in named if _same_fill(line, one)]
    if not named:
        found = [one for one in claims if _same_fill(line, one) and _same_bill(line, one)]
    return found[0].claim_id if len(found) == 1 else None


def _same_fill(line: Line, ours: Ours) -> bool:
    turn = TURN.get(line.status, ours.payer)
    return line.served_on == ours.service_on and turn == ours.payer


def _same_bill(line: Line, ours: Ours) -> bool:
    products = {one.ndc for one in line.lines} - {""}
    return abs(line.charge) == ours.submitted_usd and products <= {ours.ndc}
