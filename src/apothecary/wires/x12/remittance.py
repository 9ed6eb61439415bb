"""What an 835 says: a payment, its claims and lines, and what was taken or given beside them.

Amounts are Decimals exactly as sent. ``segment`` is the number of the segment a thing was read
from, counted from ISA = 1, so that a person can be led to it. Source: the public map of
005010X221A1.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apothecary.wires.errors import Fault

DENIED, REVERSED = "4", "22"
CLAIM_STATUS = {
    "1": "paid as primary",
    "2": "paid as secondary",
    "3": "paid as tertiary",
    "4": "denied",
    "19": "paid as primary and forwarded",
    "20": "paid as secondary and forwarded",
    "21": "paid as tertiary and forwarded",
    "22": "reversal of an earlier payment",
    "23": "not this payer's claim, forwarded",
    "25": "predetermination, no payment",
}
NO_MONEY = Decimal(0)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Why an amount was not paid as charged (CAS). ``group`` is CO (contract), OA (other), PI
    (payer's initiative) or PR (the patient's part); ``reason`` a claim adjustment reason code.
    """

    group: str
    reason: str
    amount: Decimal
    quantity: Decimal | None
    segment: int


@dataclass(frozen=True, slots=True)
class Reference:
    """A further number (REF), by its qualifier."""

    qualifier: str
    value: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A date by its qualifier (DTM): 472 service, 232 and 233 from and to, 050 received."""

    qualifier: str
    on: date


@dataclass(frozen=True, slots=True)
class Amount:
    """A further amount (AMT), not part of any balance."""

    qualifier: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Count:
    """A further quantity (QTY)."""

    qualifier: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark (LQ): ``HE`` a remittance remark code, ``RX`` an NCPDP reject code."""

    code_list: str
    code: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who a claim names (NM1). ``role`` QC patient, IL insured, 74 corrected, 82 rendering,
    TT crossover, PR priority payer, GB other subscriber; ``name`` is a last name or a firm's.
    """

    role: str
    entity: str
    name: str
    first: str = ""
    middle: str = ""
    suffix: str = ""
    id_qualifier: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask (PER); ``ways`` are qualifier and number: TE telephone, EM mail, UR site."""

    function: str
    name: str
    ways: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Party:
    """Payer (``PR``) or payee (``PE``)."""

    role: str
    name: str
    id_qualifier: str = ""
    id: str = ""
    address: tuple[str, ...] = ()
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    references: tuple[Reference, ...] = ()
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class Payment:
    """The money itself (BPR). ``direction`` C (to the pharmacy) or D; ``method`` ACH, BOP, CHK,
    FWT or NON; ``on`` when the transfer takes effect or the cheque was written.
    """

    handling: str
    amount: Decimal
    direction: str
    method: str
    format: str
    payer_bank: str
    payer_account: str
    payer_id: str
    payee_bank: str
    payee_account: str
    on: date | None
    segment: int


@dataclass(frozen=True, slots=True)
class Trace:
    """By which the deposit finds its remittance (TRN): cheque or transfer number, payer id."""

    kind: str
    number: str
    payer_id: str
    supplement: str
    segment: int


@dataclass(frozen=True, slots=True)
class Product:
    """What was billed (SVC01, SVC06): ``N4`` an NDC, ``HC`` a procedure."""

    qualifier: str
    code: str
    modifiers: tuple[str, ...] = ()
    description: str = ""

    @property
    def ndc(self) -> str:
        """The eleven digits of an NDC, without hyphens; empty when it is none."""
        digits = self.code.replace("-", "") if self.qualifier == "N4" else ""
        return digits if len(digits) == 11 and digits.isdigit() else ""


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """A line of a claim (SVC). ``submitted`` is what was billed where another was paid; units
    are None when the payer left them out.
    """

    segment: int
    product: Product
    charge: Decimal
    paid: Decimal
    revenue_code: str
    units_paid: Decimal | None
    submitted: Product | None
    units_submitted: Decimal | None
    adjustments: tuple[Adjustment, ...] = ()
    references: tuple[Reference, ...] = ()
    days: tuple[Day, ...] = ()
    amounts: tuple[Amount, ...] = ()
    counts: tuple[Count, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def ndc(self) -> str:
        return self.product.ndc

    @property
    def served_on(self) -> date | None:
        return day_of(self.days, "472")


@dataclass(frozen=True, slots=True)
class Claim:
    """What became of one claim (CLP). ``id`` is the number we sent; ``status`` a key of
    CLAIM_STATUS; ``patient_responsibility`` is None when not stated; ``batch`` is LX01.
    """

    segment: int
    batch: str
    id: str
    status: str
    charge: Decimal
    paid: Decimal
    patient_responsibility: Decimal | None
    plan: str
    payer_control: str
    facility: str
    frequency: str
    lines: tuple[ServiceLine, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    people: tuple[Person, ...] = ()
    references: tuple[Reference, ...] = ()
    days: tuple[Day, ...] = ()
    contacts: tuple[Contact, ...] = ()
    amounts: tuple[Amount, ...] = ()
    counts: tuple[Count, ...] = ()

    @property
    def is_reversal(self) -> bool:
        return self.status == REVERSED

    @property
    def every_adjustment(self) -> Iterator[Adjustment]:
        """Those of the claim, then those of its lines."""
        yield from self.adjustments
        for line in self.lines:
            yield from line.adjustments

    @property
    def rx_number(self) -> str:
        """The prescription's number: a reference XZ when sent, else the claim's own id."""
        for references in (self.references, *(line.references for line in self.lines)):
            if found := reference_of(references, "XZ"):
                return found
        return self.id

    @property
    def served_on(self) -> date | None:
        """The first line's day of service, else the claim's first day."""
        days = (line.served_on for line in self.lines)
        return next((day for day in days if day), None) or day_of(self.days, "232")

    def person(self, role: str) -> Person | None:
        """The first person of that role."""
        return next((one for one in self.people if one.role == role), None)


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """Money beside the claims (PLB): fees, interest, take-backs. A positive ``amount`` makes
    the payment smaller.
    """

    provider: str
    fiscal_on: date | None
    reason: str
    reference: str
    amount: Decimal
    segment: int


@dataclass(frozen=True, slots=True)
class Rest:
    """What was sent and has no name here: where it stood, and its text as sent."""

    path: str
    segment: int
    value: str


@dataclass(frozen=True, slots=True)
class Remittance:
    """One 835. Nothing of it is lost: what no field holds stands in ``rest``. ``faults`` names
    what is odd and was read all the same; ``batches`` are the LX01 in order.
    """

    control: str
    version: str
    payment: Payment
    trace: Trace
    payer: Party | None
    payee: Party | None
    produced_on: date | None
    references: tuple[Reference, ...]
    days: tuple[Day, ...]
    batches: tuple[str, ...]
    claims: tuple[Claim, ...]
    provider_adjustments: tuple[ProviderAdjustment, ...]
    rest: tuple[Rest, ...]
    faults: tuple[Fault, ...]

    @property
    def claims_paid(self) -> Decimal:
        """The sum of all CLP04."""
        return sum((claim.paid for claim in self.claims), NO_MONEY)

    @property
    def adjusted(self) -> Decimal:
        """The sum of all PLB amounts; positive makes the payment smaller."""
        return sum((one.amount for one in self.provider_adjustments), NO_MONEY)


def day_of(days: tuple[Day, ...], qualifier: str) -> date | None:
    """The first day of that qualifier."""
    return next((day.on for day in days if day.qualifier == qualifier), None)


def reference_of(references: tuple[Reference, ...], qualifier: str) -> str:
    """The first reference of that qualifier, empty when there is none."""
    return next((one.value for one in references if one.qualifier == qualifier), "")
