"""A file of remittances: read and balanced whole, or refused with segment and reason. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO

from apothecary.wires.errors import Fault, Malformed, malformed
from apothecary.wires.x12 import (
    Disagreement,
    Envelope,
    Remittance,
    Segment,
    TransactionSet,
    balance,
    read_remittance,
    stream,
)

CENT = Decimal("0.01")
MOST_USD = Decimal("9999999999")
# What is odd but moves no money: the claim's own account shows what came of it.
ODD = frozenset({Disagreement.PATIENT, Disagreement.REVERSAL_PAIR})
MOST_NOTES = 50
# A remittance of ten thousand claims has some ninety thousand segments in 2.5 million bytes.
LARGEST_BYTES, MOST_SEGMENTS = 64_000_000, 2_000_000
MOST_FAULTS = 50
KIND = "835"


@dataclass(frozen=True, slots=True)
class Payee:
    """Whom a remittance must be for."""

    npi: str
    ncpdp_id: str


@dataclass(frozen=True, slots=True)
class Balanced:
    """A remittance that agrees with itself to the cent, and what is odd about it."""

    remittance: Remittance
    notes: tuple[str, ...]

    @property
    def amount_usd(self) -> Decimal:
        """What was transferred; below zero when the payer collects (BPR03 = D)."""
        payment = self.remittance.payment
        return -payment.amount if payment.direction == "D" else payment.amount


def size_problem(size: int) -> str:
    """Why a file of so many bytes is not taken; empty when it is."""
    if size <= LARGEST_BYTES:
        return ""
    return f"file: has {size} bytes, at most {LARGEST_BYTES} are taken"


def check_file(file: BinaryIO, *, most: int = MOST_SEGMENTS) -> None:
    """Read a file once for its envelopes, in the memory of one block of its bytes.

    Raises Malformed when it is cut off, miscounted, too long, or holds no 835.
    """
    envelope, remittances = Envelope(), 0
    for number, segment in enumerate(stream(file), start=1):
        if number > most:
            says = f"has more than {most} segments; ask the payer for smaller files"
            raise Malformed("file", says)
        envelope.take(segment)
        remittances += segment.id == "ST" and segment[1].strip() == KIND
        if len(envelope.findings) >= MOST_FAULTS:
            break
    else:
        envelope.close()
    if envelope.findings:
        raise malformed([one.fault for one in envelope.findings[:MOST_FAULTS]])
    if not remittances:
        raise Malformed("file", "holds no remittance (835)")


def remittances_for(file: BinaryIO, payee: Payee) -> Iterator[Balanced]:
    """The remittances of this pharmacy, one in memory at a time; others are left to theirs.

    Goes through a file that ``check_file`` has passed, from where it stands. Raises Malformed
    for the first that cannot be read or does not balance, and at the end when none was for
    this pharmacy.
    """
    found = False
    for transaction in _sets(stream(file)):
        remittance = read_remittance(transaction)
        if _is_for(remittance, payee):
            found = True
            yield _balanced(remittance, transaction)
    if not found:
        raise Malformed("N1*PE", f"names no remittance for NPI {payee.npi}")


def _sets(segments: Iterable[Segment]) -> Iterator[TransactionSet]:
    """Each 835 as soon as it has ended; the envelopes are known to be in order."""
    group: Segment | None = None
    gathered: list[Segment] = []
    for segment in segments:
        if segment.id == "GS":
            group = segment
        elif segment.id == "ST" or gathered:
            gathered.append(segment)
        if segment.id == "SE" and group is not None:
            one = TransactionSet(group, tuple(gathered), segment)
            gathered = []
            if one.kind == KIND:
                yield one


def _is_for(remittance: Remittance, payee: Payee) -> bool:
    """By NPI (XX), else by the pharmacy's NCPDP number (REF D3); who says neither is taken at
    the word of whoever sent the file here.
    """
    party = remittance.payee
    if party is None:
        return True
    if party.id_qualifier == "XX":
        return party.id == payee.npi
    numbers = {one.value for one in party.references if one.qualifier == "D3"}
    return not numbers or payee.ncpdp_id in numbers


def _balanced(remittance: Remittance, transaction: TransactionSet) -> Balanced:
    faults = [*_not_money(remittance)]
    notes = [str(fault) for fault in remittance.faults]
    for one in balance(remittance):
        if one.kind in ODD:
            notes.append(one.says)
        else:
            faults.append(Fault(_place(transaction, one.segment), one.says))
    if remittance.payment.on is None:
        segment = remittance.payment.segment
        faults.append(Fault(f"{segment}:BPR16", "must be the day of the payment, is missing"))
    if faults:
        raise malformed(faults)
    return Balanced(remittance, tuple(notes[:MOST_NOTES]))


def _place(transaction: TransactionSet, number: int) -> str:
    """The segment as its own readers name it."""
    found = (one.path() for one in transaction.segments if one.number == number)
    return next(found, f"segment {number}")


def _not_money(remittance: Remittance) -> Iterator[Fault]:
    """Amounts that are no dollars and cents."""
    yield from _cents("BPR", remittance.payment.segment, remittance.payment.amount)
    for claim in remittance.claims:
        for amount in (claim.charge, claim.paid, claim.patient_responsibility or Decimal(0)):
            yield from _cents("CLP", claim.segment, amount)
    for one in remittance.provider_adjustments:
        yield from _cents("PLB", one.segment, one.amount)


def _cents(name: str, segment: int, amount: Decimal) -> Iterator[Fault]:
    if abs(amount) > MOST_USD or amount != amount.quantize(CENT):
        yield Fault(f"{segment}:{name}", f"{amount} is no amount of dollars and cents")
