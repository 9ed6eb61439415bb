"""What programs send and get about orders, deliveries and wholesalers' papers."""

from datetime import date, datetime
from decimal import Decimal

from ninja import Field, Schema

from apothecary.doors.api.said import Day, Id, Sent, Word
from apothecary.law.problem import refuse
from apothecary.purchasing.forms import phone_digits, time_or_none
from apothecary.purchasing.matching.models import Difference
from apothecary.purchasing.ordering.models import OrderLine
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.states import Condition
from apothecary.purchasing.wholesalers.rules import Particulars
from apothecary.stock.kinds import Programme

# A request has room for eight million bytes.
LARGEST = 8_000_000
MOST_PACKAGES = 100_000


class ProgrammeIn(Sent):
    """Whose stock it is for."""

    programme: Programme = Programme.OWN


class PadLineIn(ProgrammeIn):
    """A package for the pad; without a wholesaler from the cheapest."""

    ndc: str = Field(max_length=20)
    packages: int = Field(ge=1, le=MOST_PACKAGES)
    wholesaler_id: Id | None = None


class PackagesIn(Sent):
    """How many; none takes the line off the pad."""

    packages: int = Field(ge=0, le=MOST_PACKAGES)


class DeliveryIn(Sent):
    """What came: the ship notice, or the order nothing announced."""

    notice_id: Id | None = None
    order_id: Id | None = None


class ToteIn(Sent):
    """The scan of a tote's label."""

    code: Word


class TemperatureIn(Sent):
    """How cold the cold items were on arrival, or the frozen ones."""

    temperature_c: Decimal = Field(max_digits=4, decimal_places=1)
    frozen: bool = False


class AtTheDoorIn(Sent):
    """A package at the door, once per key: what its code says, or what is typed.

    What the code does not say (lot, expiry) is taken from the other fields. Schedule II takes
    the number of its DEA order, and the initials and PIN of a second person.
    """

    key: str = Field(min_length=1, max_length=100)
    code: Word = ""
    ndc: str = Field("", max_length=20)
    lot: str = Field("", max_length=40)
    expires_on: Day | None = None
    packages: int = Field(1, ge=1, le=MOST_PACKAGES)
    dea_order: str = Field("", max_length=40)
    condition: Condition = Condition.GOOD
    because: Word = ""
    initials: str = Field("", max_length=10)
    pin: str = Field("", max_length=20)


class AsideIn(Sent):
    """What is wrong with a package that was received as good."""

    condition: Condition
    because: Word


class CarryIn(ProgrammeIn):
    """Where a lot goes, by the label or the name of the place; once per key."""

    place: str = Field(max_length=60)
    key: str = Field(min_length=1, max_length=100)


class SupplyClaimIn(Sent):
    """With whom it was claimed and what they said; their number for it."""

    because: Word
    reference: Word = ""


class CreditIn(Sent):
    """What was credited, and under which number."""

    usd: Decimal = Field(max_digits=10, decimal_places=2)
    reference: Word = ""


class WholesalerIn(Sent):
    """A wholesaler; EDI ids as qualifier and id, times in the pharmacy's zone."""

    code: str = Field(max_length=20)
    name: Word
    account: str = Field(max_length=30)
    dialect: str = Field(max_length=20)
    edi_id: str = Field(max_length=20)
    our_edi_id: str = Field(max_length=20)
    account_340b: str = Field("", max_length=30)
    dea: str = Field("", max_length=9)
    gln: str = Field("", max_length=13)
    order_by: str = Field("", max_length=5)
    lead_days: int = Field(1, ge=0, le=30)
    priority: int = Field(1, ge=1, le=1_000)
    receipt_minutes: int = Field(60, ge=1, le=10_080)
    phone: str = Field("", max_length=20)
    active: bool = True

    def particulars(self) -> Particulars:
        """The same as the action takes it, or a refusal by field."""
        order_by = time_or_none(self.order_by.strip())
        if self.order_by.strip() and order_by is None:
            says = "The cut-off is no time of the day."
            raise refuse(says, field="order_by", code="bad-wholesaler")
        said = self.dict() | {"order_by": order_by, "phone": phone_digits(self.phone)}
        return Particulars(**said)


class SupplyPaperIn(Sent):
    """A file of the wholesaler's."""

    base64: str = Field(max_length=LARGEST)
    name: Word = ""


class TieIn(Sent):
    """Which package of the drug file an item is."""

    ndc: str = Field(max_length=20)


class OrderRowOut(Schema):
    """An order and how far it is."""

    id: int
    po: str
    wholesaler: str
    programme: str
    state: str
    due_on: date | None
    sent_at: datetime | None
    receipt_at: datetime | None
    because: str


class OrderLineOut(Schema):
    """A line: ordered, promised, to come later, come; all in whole packages."""

    id: int
    number: int
    ndc: str
    instead_of: str
    packages: int
    promised: int | None
    back_ordered: int
    received: int
    price_usd: Decimal | None
    because: str


class AnswerOut(Schema):
    """What the wholesaler said of a line; ``decided`` is empty while a person must."""

    id: int
    line_id: int
    said: str
    code: str
    packages: int
    price_usd: Decimal | None
    ndc: str
    known: bool
    needs_decision: bool
    decided: str


class OrderOut(OrderRowOut):
    """An order with its lines, what was said of them, and what came of it."""

    cost_usd: Decimal
    lines: list[OrderLineOut]
    answers: list[AnswerOut]
    notices: list[int]
    receipts: list[int]
    invoices: list[int]


class SuggestedOut(Schema):
    """What the levels asked for: the lines put on the pad, and what was left out and why."""

    lines: int
    left_out: list[str]


class NoticeOut(Schema):
    """A ship notice nothing of which has come."""

    id: int
    number: str
    wholesaler: str
    due_on: date | None


class DueOut(Schema):
    """A line of a delivery: what should come of it, and what hands have found."""

    line_id: int
    ndc: str
    storage: str
    announced: int
    good: int
    aside: int


class DeliveryOut(Schema):
    """A delivery as far as it is taken in; cold lines stand first."""

    id: int
    wholesaler: str
    notice_id: int | None
    order_id: int | None
    cold: bool
    temperature_c: Decimal | None
    closed_at: datetime | None
    due: list[DueOut]


class ReceivedOut(Schema):
    """A package that is on the books; ``quantity`` in its billing unit."""

    id: int
    receipt_id: int
    line_id: int | None
    lot_id: int
    ndc: str
    serial: str
    packages: int
    quantity: Decimal
    condition: str


class ToCarryOut(Schema):
    """A lot that stands in receiving, and where it should go."""

    lot_id: int
    ndc: str
    lot: str
    expires_on: date
    programme: str
    packages: int
    units: Decimal
    place: str
    bin: str
    because: str
    hint: str


class InvoiceRowOut(Schema):
    """An invoice by its sums."""

    id: int
    number: str
    po: str
    state: str
    invoiced_on: date
    goods_usd: Decimal
    charges_usd: Decimal
    total_usd: Decimal


class SupplyDifferenceOut(Schema):
    """What does not agree; above zero the wholesaler owes it to us."""

    id: int
    kind: str
    invoice_id: int | None
    line_id: int | None
    packages: int
    usd: Decimal
    says: str
    state: str
    because: str
    reference: str
    credited_usd: Decimal


class InvoiceOut(InvoiceRowOut):
    """An invoice with what differs."""

    differences: list[SupplyDifferenceOut]


class WholesalerOut(Schema):
    """Somebody we buy from."""

    id: int
    code: str
    name: str
    account: str
    account_340b: str
    dialect: str
    lead_days: int
    priority: int
    active: bool


class PaperOut(Schema):
    """A paper that came; with a problem it was set aside and nothing of it was done."""

    id: int
    wholesaler_id: int
    kind: str
    number: str
    problem: str
    notes: str
    dismissed_at: datetime | None


def line_out(line: OrderLine, received: int) -> OrderLineOut:
    """A line of an order as programs see it."""
    return OrderLineOut(
        id=line.pk,
        number=line.number,
        ndc=line.package.ndc,
        instead_of=line.instead_of.ndc if line.instead_of else "",
        packages=line.packages,
        promised=line.promised,
        back_ordered=line.back_ordered,
        received=received,
        price_usd=line.price_usd,
        because=line.because,
    )


def received_out(row: ReceivedPackage) -> ReceivedOut:
    """A package at the door as programs see it."""
    return ReceivedOut(
        id=row.pk,
        receipt_id=row.receipt_id,
        line_id=row.line_id,
        lot_id=row.lot_id,
        ndc=row.lot.package.ndc,
        serial=row.serial,
        packages=row.packages,
        quantity=row.quantity,
        condition=row.condition,
    )


def difference_out(row: Difference) -> SupplyDifferenceOut:
    """A difference as programs see it."""
    return SupplyDifferenceOut.from_orm(row)
