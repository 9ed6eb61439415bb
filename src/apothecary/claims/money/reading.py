"""A file of remittances: read and balanced whole, or refused with segment and reason. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from apothecary.wires.errors import Fault, Malformed, malformed
from apothecary.wires.x12 import (
    Disagreement,
    File,
    Remittance,
    TransactionSet,
    balance,
    conformance,
    read,
    read_remittance,
)

CENT = Decimal("0.01")
MOST_USD = Decimal("9999999999")
# What is odd but moves no money: the claim's own account shows what came of it.
ODD = frozenset({Disagreement.PATIENT, Disagreement.REVERSAL_PAIR})
MOST_NOTES = 50


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


def open_file(raw: bytes) -> File:
    """The file, whole. Raises Malformed when it is cut off, miscounted, or holds no 835."""
    file = read(raw)
    faults = conformance(file)
    if faults:
        raise malformed(faults)
    if not any(file.sets("835")):
        raise Malformed("file", "holds no remittance (835)")
    return file


def remittances_for(file: File, payee: Payee) -> Iterator[Balanced]:
    """The remittances of this pharmacy, one at a time; those of others are left to them.

    Raises Malformed for the first that cannot be read or does not balance, and at the end when
    none was for this pharmacy.
    """
    found = False
    for transaction in file.sets("835"):
        remittance = read_remittance(transaction)
        if _is_for(remittance, payee):
            found = True
            yield _balanced(remittance, transaction)
    if not found:
        raise Malformed("N1*PE", f"names no remittance for NPI {payee.npi}")


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
