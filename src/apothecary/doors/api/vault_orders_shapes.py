"""What a program sends and gets about orders for Schedule II on Form 222."""

from datetime import date
from typing import Annotated

from ninja import Field, Schema

from apothecary.doors.api.said import Day, Id, Sent, Word
from apothecary.doors.api.schemas import BecauseIn
from apothecary.vault.orders.queries import LineStanding, Standing
from apothecary.vault.orders.rules import LINES_TYPED, MOST_PACKAGES
from apothecary.vault.orders.states import SignedAs
from apothecary.vault.orders.taking_over import PaperForm, PaperLine
from apothecary.vault.orders.writing import Supplier

Serial = Annotated[str, Field(max_length=20)]
Packages = Annotated[int, Field(ge=1, le=MOST_PACKAGES)]


class NamedSupplier(Schema):
    """Name, address and DEA number of a supplier, as they stand on the form."""

    name: Word
    address: Word
    dea: str = Field(max_length=20)

    def supplier(self) -> Supplier:
        return Supplier(self.name, self.address, self.dea)


class BeginOrderIn(NamedSupplier, Sent):
    """A blank form by the number printed on it, and to whom it goes."""

    serial: Serial


class OrderLineIn(Sent):
    """So many packages of one item, which its NDC names."""

    ndc: str = Field(max_length=20)
    packages: Packages


class SignOrderIn(Sent):
    """The last line completed, and the date beside the signature (today where none is said)."""

    lines_completed: int = Field(ge=0, le=LINES_TYPED)
    signed_on: Day | None = None


class SendOrderIn(Sent):
    """Whether a copy is kept; without one nothing goes out."""

    copy_kept: bool


class VoidOrderIn(BecauseIn):
    """Why it is void; defects by their names in the law, where that is why."""

    defects: list[Word] = Field(default_factory=list, max_length=10)


class LostOrderIn(BecauseIn):
    """How it was lost, that the goods did not come, and the form in its place."""

    not_received: bool
    new_form_id: Id | None = None


class EndorsedOrderIn(NamedSupplier, Sent):
    """To whom the supplier passed it on, and when."""

    endorsed_on: Day


class PaperLineIn(OrderLineIn):
    """A line as it stands on paper, with what had come on it."""

    came_before: int = Field(0, ge=0, le=MOST_PACKAGES)


class PaperOrderIn(BeginOrderIn):
    """A form of paper as it is read off."""

    signed_on: Day
    signed_by: Word
    signed_as: SignedAs
    because: Word
    lines: list[PaperLineIn] = Field(max_length=LINES_TYPED)

    def paper(self, package_ids: dict[str, int]) -> PaperForm:
        """The same as the action takes it; ``package_ids`` by the NDC as it was sent."""
        return PaperForm(
            serial=self.serial,
            supplier=self.supplier(),
            signed_on=self.signed_on,
            signed_by=self.signed_by,
            signed_as=self.signed_as,
            lines=[
                PaperLine(package_ids[one.ndc], one.packages, one.came_before)
                for one in self.lines
            ],
        )


class RegistrantIn(Sent):
    """Who signed the latest application for registration, and when."""

    person_id: Id
    since: Day


class OrderReceiptOut(Schema):
    packages: int
    received_on: date
    by_id: int
    witness_id: int
    undone: bool


class OrderLineOut(Schema):
    """A line with what came on it, in packages."""

    id: int
    number: int
    ndc: str
    item: str
    size: str
    packages: int
    received: int
    to_come: int
    void_on: date | None
    receipts: list[OrderReceiptOut]


class OrderOut(Schema):
    """A Form 222 as it lies there; ``days_left`` is none while it is not signed."""

    id: int
    serial: str
    state: str
    supplier: str
    supplier_dea: str
    signed_on: date | None
    signed_by: str
    signed_as: str
    good_until: date | None
    days_left: int | None
    to_come: int
    taken_over_on: date | None
    defects: list[str]
    ended_because: str
    lines: list[OrderLineOut]


def order_out(row: Standing) -> OrderOut:
    """A form with its lines, as a program sees it."""
    form = row.form
    return OrderOut(
        id=form.pk,
        serial=form.serial,
        state=form.state,
        supplier=form.supplier,
        supplier_dea=form.filled_by_dea,
        signed_on=form.signed_on,
        signed_by=form.signed_by_name,
        signed_as=form.signed_as,
        good_until=row.good_until,
        days_left=row.days_left,
        to_come=row.to_come,
        taken_over_on=form.taken_over_on,
        defects=[name for name in form.defects.split(",") if name],
        ended_because=form.ended_because,
        lines=[line_out(each) for each in row.lines],
    )


def line_out(each: LineStanding) -> OrderLineOut:
    line = each.line
    return OrderLineOut(
        id=line.pk,
        number=line.number,
        ndc=line.package.ndc,
        item=line.item_name,
        size=line.package_size,
        packages=line.packages,
        received=each.received,
        to_come=each.to_come,
        void_on=line.void_on,
        receipts=[
            OrderReceiptOut(
                packages=one.packages,
                received_on=one.received_on,
                by_id=one.by_id,
                witness_id=one.witness_id,
                undone=one.undone_at is not None,
            )
            for one in each.receipts
        ],
    )
