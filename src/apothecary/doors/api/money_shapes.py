"""What programs send and get about payers' money."""

from datetime import date, datetime
from decimal import Decimal

from ninja import Field, Schema

from apothecary.doors.api.said import Sent, Word

# A request has room for eight million bytes.
LARGEST = 8_000_000


class PayerOut(Schema):
    """What one payer owes by age, and what we hold of it."""

    bin: str
    plan: str
    by_age: dict[str, Decimal]
    owes_usd: Decimal
    held_usd: Decimal
    claims: int


class ReceivablesOut(Schema):
    """Open money by payer and age."""

    payers: list[PayerOut]
    by_age: dict[str, Decimal]
    owes_usd: Decimal
    held_usd: Decimal


class OpenOut(Schema):
    """A claim that is not settled."""

    claim_id: int
    fill_id: int
    rx_number: int
    bin: str
    plan: str
    service_on: date
    age: str
    expected_usd: Decimal
    open_usd: Decimal


class LineOut(Schema):
    """A posted line: of a claim, beside the claims, or a settlement."""

    id: int
    remittance_id: int | None
    kind: str
    claim_id: int | None
    reverses_id: int | None
    posted_at: datetime
    usd: Decimal
    fee_usd: Decimal
    rx: str
    status: str
    service_on: date | None
    ndc: str
    reference: str
    charge_usd: Decimal | None
    patient_usd: Decimal | None
    reasons: list[str]


class DifferenceOut(Schema):
    """What does not match; above zero the payer owes it, below zero we hold it."""

    id: int
    kind: str
    claim_id: int | None
    payment_id: int | None
    usd: Decimal
    found_at: datetime
    disputed_at: datetime | None
    because: str
    closed_at: datetime | None
    closing: str


class DifferencePageOut(DifferenceOut):
    """A difference with every line of its claim."""

    lines: list[LineOut]


class RemittanceOut(Schema):
    """One payment of one payer: amount = claims less adjusted."""

    id: int
    trace: str
    payer_id: str
    payer_name: str
    method: str
    paid_on: date
    posted_at: datetime
    amount_usd: Decimal
    claims_usd: Decimal
    adjusted_usd: Decimal


class RemittancePageOut(RemittanceOut):
    """A payment with its first lines, what is beside the claims first."""

    lines: list[LineOut]
    lines_all: int


class FileOut(Schema):
    """A file as it came; with a problem nothing of it was posted."""

    id: int
    name: str
    arrived_at: datetime
    problem: str
    notes: list[str]
    remittances: list[RemittanceOut]


class FileIn(Sent):
    """A file of remittances (835), byte for byte."""

    base64: str = Field(
        max_length=LARGEST,
        description="the bytes of the file in base64; larger ones by the drop folder",
    )
    name: Word = ""


class RxIn(Sent):
    """Which claim a line is about: its prescription number, or the payer's number of it."""

    rx: Word


class BesideOut(Schema):
    """Money beside the claims, of one payer, month and reason; above zero: kept back."""

    payer: str
    month: date
    reason: str
    says: str
    usd: Decimal
    lines: int


class MarginOut(Schema):
    """What a fill leaves: plan pays + patient pays − cost, and where its cost is from."""

    fill_id: int
    plan_usd: Decimal
    patient_usd: Decimal | None
    cost_usd: Decimal | None
    left_usd: Decimal | None
    cost_source: str
    cost_on: date | None
    under_water: bool
    says: str
