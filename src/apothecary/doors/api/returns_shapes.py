"""What programs say about returns and waste, and what they are told."""

from datetime import date, datetime
from decimal import Decimal

from ninja import Field, Schema

from apothecary.doors.api.said import Day, Id, Sent, Word
from apothecary.law.waste import Stream, Trait
from apothecary.returns.shipments.picking import Particulars
from apothecary.returns.shipments.queries import Owed, Page, Waiting
from apothecary.returns.shipments.states import Group


class DistributorIn(Sent):
    """A reverse distributor; its code names its line."""

    code: str = Field(max_length=20)
    name: str = Field(max_length=200)
    dea: str = Field(max_length=9)
    address: str = Field("", max_length=200)
    phone: str = Field("", max_length=10)
    credit_days: int = Field(60, ge=1, le=365)
    active: bool = True

    def particulars(self) -> Particulars:
        """The same as the action takes it."""
        return Particulars(
            code=self.code,
            name=self.name,
            dea=self.dea,
            address=self.address,
            phone=self.phone,
            credit_days=self.credit_days,
            active=self.active,
        )


class DistributorOut(Schema):
    """A reverse distributor."""

    id: int
    code: str
    name: str
    dea: str
    credit_days: int
    active: bool


class BegunIn(Sent):
    """To whom a return goes: one of the two; what travels together."""

    group: Group = Group.PLAIN
    distributor_id: Id | None = None
    wholesaler_id: Id | None = None


class PickIn(Sent):
    """Units of a lot at a place, all that is free unless said; a saleable one by its row."""

    lot_id: Id
    place_id: Id
    quantity: Decimal | None = Field(None, max_digits=12, decimal_places=3)
    received_id: Id | None = None


class FormIn(Sent):
    """The number of the distributor's Form 222."""

    form_222: str = Field(max_length=20)


class ShippedIn(Sent):
    """Who carries it."""

    carrier: str = Field(max_length=200)
    tracking: str = Field("", max_length=60)


class DayIn(Sent):
    """On which day."""

    on: Day


class CallIn(Sent):
    """What was said, and by when the credit is promised."""

    says: str = Field(max_length=200)
    promised_on: Day | None = None


class WaitingOut(Schema):
    """Units that stand set aside."""

    lot_id: int
    place_id: int
    ndc: str
    drug: str
    lot: str
    expires_on: date
    place: str
    units: Decimal
    group: Group
    reason: str
    expected_usd: Decimal | None
    on_return: int | None


def waiting_out(row: Waiting, *, on: date) -> WaitingOut:
    """A row as programs see it."""
    return WaitingOut(
        lot_id=row.lot_id,
        place_id=row.place_id,
        ndc=row.ndc,
        drug=f"{row.name} {row.strength}",
        lot=row.lot,
        expires_on=row.expires_on,
        place=row.place,
        units=row.on_hand,
        group=row.group(on),
        reason=row.reason,
        expected_usd=row.expected_usd,
        on_return=row.on_return,
    )


class ReturnLineOut(Schema):
    """One line of a return."""

    id: int
    number: int
    lot_id: int
    place_id: int
    quantity: Decimal
    reason: str
    codes: str
    state: str
    because: str
    expected_usd: Decimal | None
    basis: str
    credited_usd: Decimal
    written_off_usd: Decimal


class ReturnOut(Schema):
    """One return."""

    id: int
    number: str
    to: str
    group: str
    state: str
    problem: str
    form_222: str
    authorization: str
    carrier: str
    tracking: str
    shipped_at: datetime | None
    credit_due_on: date | None
    confirm_by: date | None
    confirmed_on: date | None
    expected_usd: Decimal
    credited_usd: Decimal
    written_off_usd: Decimal
    open_usd: Decimal
    lines: list[ReturnLineOut]


def return_out(page: Page) -> ReturnOut:
    """A return as programs see it."""
    row = page.row
    return ReturnOut(
        id=row.pk,
        number=str(row),
        to=row.partner.name,
        group=row.group,
        state=row.state,
        problem=row.problem,
        form_222=row.form_222,
        authorization=row.authorization,
        carrier=row.carrier,
        tracking=row.tracking,
        shipped_at=row.shipped_at,
        credit_due_on=row.credit_due_on,
        confirm_by=row.confirm_by,
        confirmed_on=row.confirmed_on,
        expected_usd=page.expected_usd,
        credited_usd=page.credited_usd,
        written_off_usd=page.written_off_usd,
        open_usd=page.open_usd,
        lines=[ReturnLineOut.from_orm(line) for line in page.lines],
    )


class OwedOut(Schema):
    """What one partner still owes."""

    name: str
    by_age: dict[str, Decimal]
    usd: Decimal
    lines: int
    late: int
    unknown: int

    @classmethod
    def of(cls, row: Owed) -> "OwedOut":
        """A partner's sums as programs see them."""
        return cls(
            name=row.name,
            by_age=dict(row.by_age),
            usd=row.usd,
            lines=row.lines,
            late=row.late,
            unknown=row.unknown,
        )


class BookedOut(Schema):
    """A credit: booked on a return, or set aside with its reason."""

    id: int
    number: str
    partner: str
    shipment_id: int | None
    total_usd: Decimal | None
    problem: str


class ContainerIn(Sent):
    """A container to open."""

    stream: Stream
    stands: str = Field(max_length=200)


class ContainerOut(Schema):
    """A container that stands here."""

    id: int
    number: int
    stream: str
    stands: str
    started_on: date
    leaves_by: date | None
    closed_at: datetime | None


class ThrownIn(Sent):
    """Units to throw away, and what somebody has read on the label or safety data sheet."""

    lot_id: Id
    place_id: Id
    quantity: Decimal | None = Field(None, max_digits=12, decimal_places=3)
    read: bool
    traits: list[Trait] = Field([], max_length=6)
    sharp: bool = False
    original: bool = False
    weak_warfarin: bool = False
    because: str = Field(max_length=200)
    key: str = Field(min_length=1, max_length=80)


class ThrownOut(Schema):
    """What went into a container."""

    id: int
    container_id: int
    quantity: Decimal
    codes: str
    notes: str


class HandOverIn(Sent):
    """Closed containers for a hauler."""

    container_ids: list[Id] = Field(max_length=50)
    hauler: str = Field(max_length=200)
    manifest: str = Field(max_length=40)


class HandOverOut(Schema):
    """What a hauler took."""

    id: int
    hauler: str
    manifest: str
    copy_by: date | None
    copy_on: date | None


class DestroyedItemIn(Sent):
    """Units of a lot at a place."""

    lot_id: Id
    place_id: Id
    quantity: Decimal = Field(max_digits=12, decimal_places=3)


class DestroyedIn(Sent):
    """A destruction and the witness who signs it."""

    items: list[DestroyedItemIn] = Field(max_length=100)
    place: str = Field(max_length=200)
    method: str = Field(max_length=200)
    destroyed_on: Day
    key: str = Field(min_length=1, max_length=80)
    initials: str = Field("", max_length=4)
    pin: str = Field("", max_length=20)


class DestroyedOut(Schema):
    """A record of destruction."""

    id: int
    number: int
    destroyed_on: date
    by_name: str
    witness_name: str
    kept_until: date


class BroughtIn(Sent):
    """What a patient brought back."""

    fill_id: Id
    lot_id: Id
    quantity: Decimal = Field(max_digits=12, decimal_places=3)
    purpose: Word
    because: str = Field(max_length=200)
    key: str = Field(min_length=1, max_length=80)


class BroughtOut(Schema):
    """Units that wait apart."""

    id: int
    fill_id: int
    quantity: Decimal
    purpose: str


class CollectorIn(Sent):
    """Whether this place is a registered collector, and how that is known."""

    registered: bool
    evidence: str = Field(max_length=200)


class CollectorOut(Schema):
    """What was said of it last."""

    registered: bool
    evidence: str
    said_at: datetime
