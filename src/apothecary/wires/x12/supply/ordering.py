"""What is ordered (850) and what the wholesaler answers (855)."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apothecary.wires.errors import Fault
from apothecary.wires.x12.remittance import Day, Party, Reference, Rest, day_of
from apothecary.wires.x12.supply.goods import Product


class Outcome(StrEnum):
    """What the wholesaler does about a line, or about a part of its quantity."""

    ACCEPTED = "accepted"
    CHANGED = "changed"
    BACKORDERED = "backordered"
    SUBSTITUTED = "substituted"
    HELD = "held"
    REJECTED = "rejected"
    DELETED = "deleted"
    UNKNOWN = "unknown"


OUTCOMES = {
    "AA": Outcome.ACCEPTED,
    "AC": Outcome.ACCEPTED,
    "AR": Outcome.ACCEPTED,
    "BP": Outcome.BACKORDERED,
    "DR": Outcome.CHANGED,
    "IA": Outcome.ACCEPTED,
    "IB": Outcome.BACKORDERED,
    "IC": Outcome.CHANGED,
    "ID": Outcome.DELETED,
    "IE": Outcome.HELD,
    "IF": Outcome.HELD,
    "IH": Outcome.HELD,
    "IP": Outcome.CHANGED,
    "IQ": Outcome.CHANGED,
    "IR": Outcome.REJECTED,
    "IS": Outcome.SUBSTITUTED,
    "IW": Outcome.HELD,
    "R1": Outcome.REJECTED,
    "R2": Outcome.REJECTED,
    "R3": Outcome.REJECTED,
    "R4": Outcome.REJECTED,
    "R5": Outcome.REJECTED,
    "R6": Outcome.REJECTED,
    "SP": Outcome.HELD,
}


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of an order (PO1). ``price`` is what the pharmacy expects, if it says so."""

    number: str
    quantity: Decimal
    unit: str
    product: Product
    price: Decimal | None = None
    price_basis: str = ""
    references: tuple[Reference, ...] = ()
    days: tuple[Day, ...] = ()
    notes: tuple[str, ...] = ()
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class PurchaseOrder:
    """An order (850). ``account`` is the pharmacy's account at the wholesaler; stock bought
    under 340B is ordered on an account or ``contract`` of its own. ``kind`` NE new, SA
    stand-alone; ``purpose`` 00 original, 01 cancellation.
    """

    number: str
    ordered_on: date
    lines: tuple[OrderLine, ...]
    account: str = ""
    contract: str = ""
    kind: str = "NE"
    purpose: str = "00"
    parties: tuple[Party, ...] = ()
    references: tuple[Reference, ...] = ()
    days: tuple[Day, ...] = ()
    notes: tuple[str, ...] = ()
    control: str = ""
    rest: tuple[Rest, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def deliver_on(self) -> date | None:
        return day_of(self.days, "002")

    @property
    def buyer_dea(self) -> str:
        """The DEA number of whom it is for; empty when the order names none."""
        return dea_of(self.parties, "BY", "ST")


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of a quantity of a line (ACK). ``product`` is what it says is sent instead,
    or the same again; ``day`` when, by its qualifier (068 scheduled to ship, 067 to arrive).
    """

    status: str
    quantity: Decimal | None = None
    unit: str = ""
    day: Day | None = None
    product: Product | None = None
    reason: str = ""
    segment: int = field(default=0, compare=False)

    @property
    def outcome(self) -> Outcome:
        return OUTCOMES.get(self.status, Outcome.UNKNOWN)


@dataclass(frozen=True, slots=True)
class AnsweredLine:
    """A line of our order as the wholesaler repeats it, with one or more answers."""

    number: str
    quantity: Decimal
    unit: str
    product: Product
    answers: tuple[Answer, ...]
    price: Decimal | None = None
    price_basis: str = ""
    references: tuple[Reference, ...] = ()
    days: tuple[Day, ...] = ()
    notes: tuple[str, ...] = ()
    segment: int = field(default=0, compare=False)

    def quantity_of(self, *outcomes: Outcome) -> Decimal:
        """How much of the line has one of these outcomes; an answer without a quantity
        speaks of all of it.
        """
        found = (one for one in self.answers if one.outcome in outcomes)
        return sum(
            (self.quantity if one.quantity is None else one.quantity for one in found),
            Decimal(0),
        )

    @property
    def coming(self) -> Decimal:
        """How much is on its way now: accepted, changed or substituted."""
        return self.quantity_of(Outcome.ACCEPTED, Outcome.CHANGED, Outcome.SUBSTITUTED)


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The answer to an order (855). ``kind`` AC with detail and change, AD with detail and no
    change, AE change, AK without detail, RJ rejected, RD rejected with detail.
    """

    order_number: str
    lines: tuple[AnsweredLine, ...]
    kind: str = "AD"
    purpose: str = "00"
    ordered_on: date | None = None
    supplier_order: str = ""
    answered_on: date | None = None
    account: str = ""
    contract: str = ""
    parties: tuple[Party, ...] = ()
    references: tuple[Reference, ...] = ()
    days: tuple[Day, ...] = ()
    notes: tuple[str, ...] = ()
    control: str = ""
    rest: tuple[Rest, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def rejected(self) -> bool:
        """The whole order is refused."""
        return self.kind in ("RJ", "RD")


def dea_of(parties: tuple[Party, ...], *roles: str) -> str:
    """The DEA number of the first party of these roles that is named by one (N103 = 11)."""
    found = (one.id for one in parties if one.role in roles and one.id_qualifier == "11")
    return next(found, "")
