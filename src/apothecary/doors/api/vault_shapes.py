"""What a program sends and gets about the vault."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from ninja import Field, Schema
from pydantic import AwareDatetime, BeforeValidator

from apothecary.doors.api.said import Day, Id, Sent, said_as_text
from apothecary.doors.api.schemas import BecauseIn
from apothecary.vault.book.inventory_rules import Business, Kind
from apothecary.vault.book.policy import Signature
from apothecary.vault.book.rules import Access

Instant = Annotated[AwareDatetime, BeforeValidator(said_as_text)]
Name = Annotated[str, Field(max_length=120)]


class SecondIn(Sent):
    """Initials and PIN of the second person; empty where nobody signs."""

    initials: str = Field("", max_length=4)
    pin: str = Field("", max_length=8)

    def signature(self) -> Signature:
        return Signature(self.initials, self.pin)


class StartVaultCountIn(SecondIn):
    place_id: Id


class VaultCountIn(Sent):
    counted: Decimal = Field(ge=0, max_digits=12, decimal_places=3)


class CloseCaseIn(BecauseIn):
    """``correct``: with the correcting move, or without one after a count that agreed."""

    correct: bool = True


class AccessIn(SecondIn):
    place_id: Id
    kind: Access
    at: Instant | None = None
    because: str = Field("", max_length=500)


class StartInventoryIn(Sent):
    kind: Kind
    business: Business
    product_id: Id | None = None


class InventoryFoundIn(Sent):
    """Sealed containers, and what lies in opened ones."""

    full: int = Field(ge=0, le=100_000)
    opened: Decimal = Field(Decimal(0), max_digits=12, decimal_places=3)
    estimated: bool = False


class GrantPowerIn(Sent):
    person_id: Id
    registrant_name: Name
    registrant_title: Name
    granted_on: Day
    first_witness: Name
    second_witness: Name


class RevokePowerIn(Sent):
    revoked_on: Day
    by_name: Name
    because: Name
    first_witness: Name
    second_witness: Name


class VaultPolicyIn(Sent):
    access_witness: bool = False
    inventory_witness: bool = True
    camera_days: int = Field(30, ge=0, le=3_660)


class ControlledDrugOut(Schema):
    """A controlled drug; quantities in its billing unit."""

    product_id: int
    name: str
    strength: str
    form: str
    schedule: int
    unit: str
    on_hand: Decimal
    in_bags: Decimal


class BookLineOut(Schema):
    at: datetime
    says: str
    lot: str
    change: Decimal
    balance: Decimal
    by: str
    witness: str


class BookOut(Schema):
    """A page of the book; ``stands`` is what the ledger says is in stock now."""

    drug: str
    opening: Decimal
    closing: Decimal
    lines: list[BookLineOut]
    pages: int
    stands: Decimal


class DiscrepancyOut(Schema):
    id: int
    lot_id: int
    place_id: int
    state: str
    book: Decimal
    counted: Decimal
    difference: Decimal
    found_at: datetime
    explanation: str
    settled_because: str


class VaultCountLineOut(Schema):
    """A line of a count; what the books say is in no answer."""

    id: int
    lot_id: int
    state: str


class VaultCountOut(Schema):
    id: int
    place_id: int
    closed_at: datetime | None
    lines: list[VaultCountLineOut]


class InventoryLineOut(Schema):
    id: int
    where: str
    drug: str
    lot_number: str
    container: Decimal
    method: str
    counted: Decimal | None


class InventoryOut(Schema):
    id: int
    kind: str
    business: str
    state: str
    taken_on: date
    lines: list[InventoryLineOut]


class InventoryClockOut(Schema):
    last_on: date | None
    due_on: date | None
    late: bool
    says: str
    cite: str
