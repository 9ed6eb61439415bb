"""Whether an 835 agrees with itself, to the cent: payment, claims, lines and reversals.

The sums are those of its convention: what was charged less what was adjusted is what was paid,
at every level; what was paid for claims less the provider's adjustments is the payment.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from apothecary.wires.x12.remittance import (
    DENIED,
    NO_MONEY,
    Adjustment,
    Claim,
    Remittance,
    ServiceLine,
)


class Disagreement(Enum):
    """Which two amounts ought to be one."""

    PAYMENT = "payment"
    CLAIM = "claim"
    LINE = "line"
    LINES_CHARGED = "lines charged"
    LINES_PAID = "lines paid"
    PATIENT = "patient's part"
    DENIED_BUT_PAID = "denied but paid"
    REVERSAL_SIGN = "sign of a reversal"
    REVERSAL_PAIR = "reversal and original"


@dataclass(frozen=True, slots=True)
class Imbalance:
    """Two amounts that ought to be one: what ``segment`` states and what was reckoned."""

    kind: Disagreement
    segment: int
    stated: Decimal
    reckoned: Decimal
    says: str

    @property
    def difference(self) -> Decimal:
        """Stated less reckoned, in dollars."""
        return self.stated - self.reckoned


@dataclass(frozen=True, slots=True)
class Reversal:
    """A reversed claim with the payment it takes back and the one that stands in its place,
    where this remittance holds them.
    """

    reversal: Claim
    original: Claim | None
    corrected: Claim | None


def balance(remittance: Remittance) -> list[Imbalance]:
    """Every disagreement of amounts, in the order of the segments they were stated in; an empty
    list means that the remittance agrees with itself to the cent.
    """
    found = [*_payment(remittance)]
    for claim in remittance.claims:
        found.extend(_claim(claim))
        for line in claim.lines:
            found.extend(_line(claim, line))
    for pair in reversals(remittance):
        if pair.original is not None:
            found.extend(reversal_differs(pair.original, pair.reversal))
    return sorted(found, key=_segment)


def _segment(one: Imbalance) -> int:
    return one.segment


def _sum(adjustments: Iterable[Adjustment]) -> Decimal:
    return sum((one.amount for one in adjustments), NO_MONEY)


def _payment(remittance: Remittance) -> Iterator[Imbalance]:
    payment = remittance.payment
    stated = -payment.amount if payment.direction == "D" else payment.amount
    claims, adjusted = remittance.claims_paid, remittance.adjusted
    if stated != claims - adjusted:
        yield Imbalance(
            Disagreement.PAYMENT,
            payment.segment,
            stated,
            claims - adjusted,
            f"The payment is {stated}, but claims of {claims} less provider adjustments of"
            f" {adjusted} are {claims - adjusted}.",
        )


def _claim(claim: Claim) -> Iterator[Imbalance]:
    name = f"Claim {claim.id}"
    own, whole = _sum(claim.adjustments), _sum(claim.every_adjustment)
    if claim.charge - whole != claim.paid:
        reckoned = claim.charge - whole
        says = f"{name} is paid {claim.paid}, but {claim.charge} less {whole} is {reckoned}."
        yield Imbalance(Disagreement.CLAIM, claim.segment, claim.paid, reckoned, says)
    if claim.lines:
        charged = sum((line.charge for line in claim.lines), NO_MONEY)
        if charged != claim.charge:
            says = f"{name} is charged {claim.charge}, but its lines {charged}."
            yield Imbalance(
                Disagreement.LINES_CHARGED, claim.segment, claim.charge, charged, says
            )
        paid = sum((line.paid for line in claim.lines), NO_MONEY) - own
        if paid != claim.paid:
            says = f"{name} is paid {claim.paid}, but its lines less {own} are {paid}."
            yield Imbalance(Disagreement.LINES_PAID, claim.segment, claim.paid, paid, says)
    yield from _patient(claim)
    yield from _sense(claim)


def _patient(claim: Claim) -> Iterator[Imbalance]:
    """What the patient owes is what was adjusted to the patient; a reversal need not say it."""
    stated = claim.patient_responsibility
    if stated is None or claim.is_reversal:
        return
    reckoned = _sum(one for one in claim.every_adjustment if one.group == "PR")
    if stated != reckoned:
        says = (
            f"Claim {claim.id} leaves {stated} to the patient, its PR adjustments {reckoned}."
        )
        yield Imbalance(Disagreement.PATIENT, claim.segment, stated, reckoned, says)


def _sense(claim: Claim) -> Iterator[Imbalance]:
    """A denied claim pays nothing; a reversal takes back."""
    if claim.status == DENIED and claim.paid:
        says = f"Claim {claim.id} is denied, but {claim.paid} is paid."
        kind = Disagreement.DENIED_BUT_PAID
        yield Imbalance(kind, claim.segment, claim.paid, NO_MONEY, says)
    if claim.is_reversal:
        for word, amount in (("charged", claim.charge), ("paid", claim.paid)):
            if amount > 0:
                says = f"Reversal of claim {claim.id} is {word} {amount}, not below zero."
                kind = Disagreement.REVERSAL_SIGN
                yield Imbalance(kind, claim.segment, amount, -amount, says)


def _line(claim: Claim, line: ServiceLine) -> Iterator[Imbalance]:
    adjusted = _sum(line.adjustments)
    reckoned = line.charge - adjusted
    if reckoned != line.paid:
        what = f"A line of claim {claim.id}"
        says = f"{what} is paid {line.paid}, but {line.charge} less {adjusted} is {reckoned}."
        yield Imbalance(Disagreement.LINE, line.segment, line.paid, reckoned, says)


def reversals(remittance: Remittance) -> list[Reversal]:
    """Every reversal with its original before it and the claim corrected after it, where they
    stand in this remittance for the same claim and day. An original is taken back once.
    """
    found: list[Reversal] = []
    originals: dict[str, list[Claim]] = {}
    uncorrected: dict[str, list[int]] = {}
    for claim in remittance.claims:
        if claim.is_reversal:
            original = _original(originals.get(claim.id, []), claim)
            if original is not None:
                originals[claim.id].remove(original)
            uncorrected.setdefault(claim.id, []).append(len(found))
            found.append(Reversal(claim, original, None))
            continue
        originals.setdefault(claim.id, []).append(claim)
        for place in uncorrected.get(claim.id, []):
            pair = found[place]
            if _same_day(pair.reversal, claim):
                found[place] = Reversal(pair.reversal, pair.original, claim)
                uncorrected[claim.id].remove(place)
                break
    return found


def _original(before: list[Claim], reversal: Claim) -> Claim | None:
    """The claim taken back: by the payer's own number, else the one whose amounts it mirrors.

    One prescription has many fills under one number, so that the number alone proves nothing.
    """
    same_day = [one for one in before if _same_day(one, reversal)]
    same = [one for one in same_day if one.payer_control == reversal.payer_control]
    mirrored = [
        one for one in same_day if (one.charge, one.paid) == (-reversal.charge, -reversal.paid)
    ]
    candidates = same or mirrored
    return candidates[-1] if candidates else None


def _same_day(one: Claim, other: Claim) -> bool:
    """Served on the same day, as far as both say."""
    first, second = one.served_on, other.served_on
    return first is None or second is None or first == second


def reversal_differs(original: Claim, reversal: Claim) -> list[Imbalance]:
    """Where a reversal is not its original with every sign turned: charge, payment and each
    adjustment. Also for an original that came in an earlier remittance.
    """
    found = [
        Imbalance(
            Disagreement.REVERSAL_PAIR,
            reversal.segment,
            back,
            -first,
            f"Reversal of claim {reversal.id} is {word} {back}, its original was {first}.",
        )
        for word, first, back in (
            ("charged", original.charge, reversal.charge),
            ("paid", original.paid, reversal.paid),
        )
        if back != -first
    ]
    first, back = _by_reason(original), _by_reason(reversal)
    for reason in sorted({*first, *back}):
        now, then = back.get(reason, NO_MONEY), first.get(reason, NO_MONEY)
        if now != -then:
            words = f"adjusted {now} by {reason}, its original was {then}"
            found.append(
                Imbalance(
                    Disagreement.REVERSAL_PAIR,
                    reversal.segment,
                    now,
                    -then,
                    f"Reversal of claim {reversal.id} is {words}.",
                )
            )
    return found


def _by_reason(claim: Claim) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for one in claim.every_adjustment:
        reason = f"{one.group} {one.reason}"
        sums[reason] = sums.get(reason, NO_MONEY) + one.amount
    return sums
