"""Partial fills: what a first part (P) and its completion (C) must say of each other."""

import json
from decimal import Decimal

from simulators.payer.claim import ZERO, Claim, Reject
from simulators.payer.memory import PaidClaim
from simulators.payer.wire import read_money

PARTIAL, COMPLETION = "P", "C"


def paid_for_the_same(claim: Claim, same_rx: list[PaidClaim]) -> PaidClaim | None:
    """What was paid already for what this claim asks; P and C of a fill are two things."""
    for past in same_rx:
        same = past.dispensing == claim.dispensing or "" in {past.dispensing, claim.dispensing}
        if past.stands and past.fill == claim.fill_number and same:
            return past
    return None


def partial_of(claim: Claim, same_rx: list[PaidClaim]) -> PaidClaim | None:
    """The paid first part that a completion names by number and date."""
    if claim.dispensing != COMPLETION:
        return None
    for past in same_rx:
        named = past.rx == claim.associated_rx and past.service_on == claim.associated_on
        if past.stands and past.dispensing == PARTIAL and named:
            return past
    return None


def completion_rejects(claim: Claim, partial: PaidClaim | None, drug: str) -> list[Reject]:
    """Why a completion does not complete anything; nothing to say of other claims."""
    if claim.dispensing != COMPLETION:
        return []
    if partial is None:
        return [Reject("RJ", "NO SUCH PARTIAL FILL ON FILE")]
    found = []
    if partial.drug != drug:
        found.append(Reject("RC", "COMPLETION OF ANOTHER DRUG"))
    if (partial.cardholder, partial.person) != (claim.cardholder, claim.person):
        found.append(Reject("RD", "COMPLETION UNDER ANOTHER CARD"))
    if str(claim.intended) != partial.intended:
        found.append(Reject("HF", f"THE PARTIAL INTENDED {partial.intended}"))
    elif partial.quantity + claim.quantity > (claim.intended or ZERO):
        found.append(Reject("E7", "PARTS ARE MORE THAN INTENDED"))
    return found


def copay_paid(partial: PaidClaim) -> Decimal:
    """The copay that was taken with the first part, in dollars: it is not taken twice."""
    said = dict(json.loads(partial.pricing))
    return read_money(said["FI"]) if "FI" in said else ZERO


def reversal_rejects(past: PaidClaim, same_rx: list[PaidClaim]) -> list[Reject]:
    """A first part is not taken back while its completion stands."""
    if past.dispensing != PARTIAL:
        return []
    completed = any(
        other.dispensing == COMPLETION and other.stands and other.fill == past.fill
        for other in same_rx
    )
    return [Reject("RP", "REVERSE THE COMPLETION FIRST")] if completed else []
