"""What the wholesalers write down: papers, orders, totes, packages, returns. Plain rows.

Instants are seconds of the wholesaler's watch; money is dollars; expiry days are ISO dates.
"""

from dataclasses import dataclass
from decimal import Decimal

OPEN, SHIPPED, CANCELLED = "open", "shipped", "cancelled"


@dataclass(frozen=True)
class Paper:
    """One paper for the pharmacy; from `ready_at` it may be fetched, `answer` is its AK901.

    A paper that `wants_answer` is one that a 997 must acknowledge; `control` is its GS06.
    """

    id: int
    house: str
    kind: str
    name: str
    media: str
    control: str
    po: str
    body: bytes
    made_at: float
    ready_at: float
    wants_answer: int
    fetched_at: float = 0.0
    answer: str = ""
    answered_at: float = 0.0


@dataclass(frozen=True)
class Sold:
    """An order taken in; it ships at `ship_at`, or when told where that is 0."""

    id: int
    house: str
    account: str
    po: str
    number: str
    ordered_on: str
    ship_at: float
    state: str = OPEN


@dataclass(frozen=True)
class ElectronicOrder:
    """An order signed with a certificate, as it came, and what was answered."""

    id: int
    house: str
    number: str
    digest: str
    state: str
    answer: str
    raw: bytes


@dataclass(frozen=True)
class SoldLine:
    """A line as answered: `ready` goes out next, `back` is back-ordered, `sent` has gone."""

    id: int
    order_id: int
    number: str
    ndc: str
    wanted: int
    unit: str
    price_usd: Decimal
    status: str
    ready: int
    back: int
    sent: int = 0


@dataclass(frozen=True)
class Tote:
    """A container on its way; `arrived_c` is what its thermometer shows at the door."""

    id: int
    sscc: str
    house: str
    account: str
    po: str
    shipment: str
    is_cold: int
    arrived_c: str
    arrives_at: float


@dataclass(frozen=True)
class Package:
    """One bottle. What is printed on it, whether it is there, and what the papers say of it.

    `on_papers` is 0 for a bottle nobody wrote down, `present` 0 for one left behind.
    """

    id: int
    house: str
    account: str
    tote: str
    line: str
    ndc: str
    gtin: str
    serial: str
    lot: str
    expires_on: str
    symbol_expiry: str
    paper_lot: str
    on_papers: int = 1
    present: int = 1
    is_damaged: int = 0
    sold_to: str = ""
    returned: int = 0


@dataclass(frozen=True)
class Recall:
    """A recall notice: lots of one NDC, parted by blanks."""

    id: int
    number: str
    ndc: str
    lots: str
    classification: str
    reason: str
    begun_on: str


@dataclass(frozen=True)
class Return:
    """A return, saleable or manifest; lines and credit are JSON, credit falls due then."""

    id: int
    house: str
    kind: str
    account: str
    reference: str
    number: str
    lines: str
    credit_at: float
    credit: str = ""
