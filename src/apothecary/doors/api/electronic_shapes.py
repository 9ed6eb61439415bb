"""What a program sends and gets about electronic orders and their certificates."""

from datetime import date, datetime
from typing import Annotated

from ninja import Field, Schema
from pydantic import Base64Bytes

from apothecary.doors.api.said import Id, Sent
from apothecary.doors.api.schemas import BecauseIn
from apothecary.doors.api.vault_orders_shapes import NamedSupplier
from apothecary.doors.api.vault_shapes import Instant
from apothecary.vault.csos.certificates import MOST_BYTES, Enrolled
from apothecary.vault.csos.models import CsosCertificate, CsosOrder
from apothecary.vault.csos.order_xml import MOST_BYTES as MOST_ORDER_BYTES
from apothecary.vault.csos.queries import Standing

# Base64 writes three bytes as four letters.
LARGEST_ORDER = Field(max_length=MOST_ORDER_BYTES * 4 // 3 + 4)
LARGEST_CERTIFICATE = Field(max_length=MOST_BYTES * 4 // 3 + 4)
Schedule = Annotated[int, Field(ge=2, le=5)]


class BeginElectronicIn(NamedSupplier, Sent):
    """To whom it goes; without a number of one's own it gets the next."""

    number: str = Field("", max_length=20)


class SignedIn(Sent):
    """The signed order, as its bearer's program made it."""

    base64: Annotated[Base64Bytes, LARGEST_ORDER]


class AnswerIn(BecauseIn):
    """What the supplier said, and how that is known."""

    accepted: bool


class LostElectronicIn(BecauseIn):
    """How it was lost, that the goods did not come, and the order in its place."""

    not_received: bool
    new_order_id: Id | None = None


class RegisterCertificateIn(Sent):
    """Whose certificate; registration and schedules where it does not say them itself."""

    person_id: Id
    base64: Annotated[Base64Bytes, LARGEST_CERTIFICATE]
    dea: str = Field("", max_length=20)
    schedules: list[Schedule] = Field(default_factory=list, max_length=4)

    def enrolled(self) -> Enrolled:
        return Enrolled(self.person_id, self.base64, self.dea, frozenset(self.schedules))


class EndCertificateIn(BecauseIn):
    """Why it ends; for a lost or compromised one since when that is known, and was told."""

    known_at: Instant | None = None
    reported_at: Instant | None = None


class ReportedIn(Sent):
    """When the authority was told."""

    reported_at: Instant


class ToSignOut(Schema):
    """The order as XML, to be signed on that day."""

    signed_on: date
    base64: str


class CameOut(Schema):
    packages: int
    received_on: date


class ItemOut(Schema):
    id: int
    number: int
    ndc: str
    item: str
    schedule: int
    package_size: str
    packages: int
    void_because: str
    came: list[CameOut]


class ElectronicOut(Schema):
    id: int
    number: str
    state: str
    supplier: str
    supplier_dea: str
    ordered: int
    signed_on: date | None
    signed_by: str
    signed_as: str
    sent_at: datetime | None
    answer: str
    ended_because: str
    # Of one order alone; ``faults`` says why it does not stand as it was signed.
    items: list[ItemOut] = []
    faults: list[str] = []
    replaced_by: str = ""


def electronic_out(
    row: CsosOrder, *, ordered: int, found: Standing | None = None
) -> ElectronicOut:
    """An order as a program reads it; ``found`` where it was asked for alone."""
    return ElectronicOut(
        id=row.pk, number=row.number, state=row.state, supplier=row.supplier_name,
        supplier_dea=row.supplier_dea, ordered=ordered, signed_on=row.signed_on,
        signed_by=row.signed_by_name, signed_as=row.signed_as, sent_at=row.sent_at,
        answer=row.answer_says, ended_because=row.ended_because,
        items=items_out(found) if found else [],
        faults=[problem.says for problem in found.faults] if found else [],
        replaced_by=row.replaced_by.number if found and row.replaced_by else "",
    )  # fmt: skip


def items_out(found: Standing) -> list[ItemOut]:
    """The items with what came on each."""
    return [
        ItemOut(
            id=line.pk, number=line.number, ndc=line.ndc,
            item=" ".join(filter(None, (line.item_name, line.strength, line.form))),
            schedule=line.schedule, package_size=line.package_size, packages=line.packages,
            void_because=line.void_because,
            came=[CameOut.from_orm(each) for each in line.receipts.all()],
        )
        for line in found.lines
    ]  # fmt: skip


class CertificateOut(Schema):
    id: int
    person_id: int
    serial: str
    subject: str
    issuer: str
    dea: str
    schedules: list[int]
    said: str
    valid_until: datetime
    ended_at: datetime | None
    ended_because: str
    known_at: datetime | None
    reported_at: datetime | None


def certificate_out(row: CsosCertificate) -> CertificateOut:
    """A certificate as a program reads it."""
    return CertificateOut(
        id=row.pk, person_id=row.person_id, serial=row.serial, subject=row.subject,
        issuer=row.issuer, dea=row.dea, schedules=sorted(row.schedules_held), said=row.said,
        valid_until=row.valid_until, ended_at=row.ended_at, ended_because=row.ended_because,
        known_at=row.known_at, reported_at=row.reported_at,
    )  # fmt: skip
