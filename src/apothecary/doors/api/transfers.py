"""Prescriptions given to another pharmacy or taken from one; what waits on file for its day."""

from datetime import date, datetime
from decimal import Decimal

from django.http import HttpRequest
from ninja import Field, Router, Schema

from apothecary.doors.api.intake import TypedIn
from apothecary.doors.api.prescriptions import REFUSALS, order_of
from apothecary.doors.api.said import Day, Id, Sent, Word
from apothecary.doors.api.schemas import OrderIn
from apothecary.doors.asking import worker_of
from apothecary.intake.actions.entry import file_entry
from apothecary.intake.actions.transferred import (
    Received,
    complete_transfer,
    receive_transfer,
)
from apothecary.law.problem import refuse
from apothecary.prescriptions.models import Prescription
from apothecary.prescriptions.on_file import file_prescription, on_file
from apothecary.prescriptions.series import C_II, series_of
from apothecary.prescriptions.transfers.giving import Giving, take_back, transfer_out
from apothecary.prescriptions.transfers.models import PastFill, Title, Transfer, Way
from apothecary.prescriptions.transfers.queries import transfer_page, transfers_of
from apothecary.prescriptions.transfers.rules import MOST_FILLS, Other, Told
from apothecary.prescriptions.transfers.taking import Taking
from apothecary.staff.duties import Duty
from apothecary.vault.inspection import days_asked

router = Router(tags=["transfers"])
MONTH = 30
THOUSANDTH = Decimal("0.001")


class OtherIn(Sent):
    """The other pharmacy and who spoke for it; the phone is ten digits."""

    name: Word
    street: Word = ""
    city: Word = ""
    state: Word = ""
    postal_code: Word = ""
    phone: Word = ""
    dea: Word = ""
    spoke_with: Word = ""
    title: Title = Title.PHARMACIST

    def other(self) -> Other:
        return Other(
            name=self.name.strip(),
            street=self.street.strip(),
            city=self.city.strip(),
            state=self.state.strip().upper(),
            postal_code=self.postal_code.strip(),
            phone=self.phone.strip(),
            dea=self.dea.strip().upper(),
            spoke_with=self.spoke_with.strip(),
            title=self.title,
        )


class TransferOutIn(Sent):
    """A prescription that goes; the last four are of an electronic one never filled."""

    other: OtherIn
    way: Way
    shared_database: bool = False
    reference: Word = ""
    patient_asked: bool = False
    unaltered: bool = False
    state_allows: Word = ""

    def giving(self) -> Giving:
        return Giving(
            other=self.other.other(),
            way=self.way,
            shared_database=self.shared_database,
            reference=self.reference.strip(),
            patient_asked=self.patient_asked,
            unaltered=self.unaltered,
            state_allows=self.state_allows.strip(),
        )


class PastFillIn(Sent):
    """A fill before the transfer; the place is the other pharmacy where none is said."""

    on: Day
    quantity: Decimal | None = Field(None, gt=0, max_digits=9, decimal_places=3)
    place: Word = ""
    number: Word = ""


class TransferIn(Sent):
    """A prescription that comes, as the other pharmacy tells it; None is not yet said."""

    other: OtherIn
    way: Way
    controlled: bool
    says: str = Field(max_length=4_000)
    their_number: Word = ""
    written_on: Day | None = None
    refills_originally: int | None = Field(None, ge=0, le=9_999)
    refills_left: int | None = Field(None, ge=0, le=9_999)
    unfilled: bool = False
    fills: list[PastFillIn] = Field(default_factory=list, max_length=2 * MOST_FILLS)
    shared_database: bool = False
    reference: Word = ""

    def taking(self) -> Taking:
        other = self.other.other()
        fills = [
            PastFill(
                on=one.on,
                place=one.place or other.name,
                number=one.number or self.their_number,
                quantity=one.quantity,
            )
            for one in self.fills
        ]
        told = Told(
            says=self.says,
            their_number=self.their_number.strip(),
            written_on=self.written_on,
            refills_originally=self.refills_originally,
            refills_left=self.refills_left,
            unfilled=self.unfilled,
            fills=fills,
        )
        return Taking(
            other=other,
            told=told,
            way=self.way,
            controlled=self.controlled,
            shared_database=self.shared_database,
            reference=self.reference.strip(),
        )


class ReceiveTransferIn(TransferIn):
    """It waits in intake; a fax comes with its image through the screen."""

    waiter: bool = False


class TransferBackIn(Sent):
    """Who at the other pharmacy says that it never came, and what they say."""

    spoke_with: Word
    because: Word


class PastFillOut(Schema):
    on: date
    place: str
    number: str
    quantity: Decimal | None


class TransferOut(Schema):
    """The record of a transfer; ``prescription_id`` is none until one that came is entered."""

    id: int
    direction: str
    prescription_id: int | None
    rx_number: int | None
    controlled: bool
    unfilled: bool
    way: str
    other: str
    address: str
    phone: str
    dea: str
    spoke_with: str
    their_number: str
    by: str
    transferred_on: date
    recorded_at: datetime
    says: str
    written_on: date | None
    refills_originally: int | None
    refills_left: int | None
    fills: list[PastFillOut]
    kept_until: date | None
    taken_back_at: datetime | None
    because: str


class ReceivedOut(Schema):
    """A transfer that came, the arrival it waits as, and what is still to be asked for."""

    transfer_id: int
    arrival_id: int
    question: str


class OnFileOut(Schema):
    """A prescription of which nothing was filled yet."""

    id: int
    number: int
    patient_id: int
    prescriber_id: int
    ndc: str
    drug: str
    schedule: int
    quantity: Decimal
    days_supply: int | None
    written_on: date
    earliest_fill_on: date | None
    expires_on: date | None


TRANSFER = {200: TransferOut, **REFUSALS}
RECEIVED = {200: ReceivedOut, **REFUSALS}
ON_FILE = {200: OnFileOut, **REFUSALS}
SEVERAL = {200: list[OnFileOut], **REFUSALS}


def transfer_out_of(row: Transfer) -> TransferOut:
    """A record as programs see it."""
    return TransferOut(
        id=row.pk, direction=row.direction, prescription_id=row.prescription_id,
        rx_number=row.prescription.number if row.prescription else None,
        controlled=row.controlled, unfilled=row.unfilled, way=row.way, other=row.name,
        address=row.address, phone=row.phone, dea=row.dea, spoke_with=row.spoke_with,
        their_number=row.their_number, by=row.by_name, transferred_on=row.transferred_on,
        recorded_at=row.recorded_at, says=row.says, written_on=row.written_on,
        refills_originally=row.refills_originally, refills_left=row.refills_left,
        fills=[PastFillOut.from_orm(one) for one in row.past_fills],
        kept_until=row.kept_until, taken_back_at=row.taken_back_at, because=row.because,
    )  # fmt: skip


def on_file_out(rx: Prescription) -> OnFileOut:
    """A prescription on file as programs see it."""
    product = rx.package.product
    return OnFileOut(
        id=rx.pk, number=rx.number, patient_id=rx.patient_id, prescriber_id=rx.prescriber_id,
        ndc=rx.package.ndc, drug=f"{product.name} {product.strength_said}".strip(),
        schedule=rx.schedule, quantity=rx.quantity.quantize(THOUSANDTH),
        days_supply=rx.days_supply, written_on=rx.written_on,
        earliest_fill_on=rx.earliest_fill_on, expires_on=rx.expires_on,
    )  # fmt: skip


@router.post("/prescriptions/{rx_id}/transfer", response=TRANSFER, summary="Give it away")
def give(request: HttpRequest, rx_id: Id, sent: TransferOutIn) -> TransferOut:
    """Give a prescription to another pharmacy: it ends here, its record stays."""
    by = worker_of(request)
    return transfer_out_of(transfer_out(by=by, prescription_id=rx_id, given=sent.giving()))


@router.post("/transfers/{transfer_id}/back", response=TRANSFER, summary="It never came there")
def back(request: HttpRequest, transfer_id: Id, sent: TransferBackIn) -> TransferOut:
    """Take a prescription back that the other pharmacy never got."""
    row = take_back(
        by=worker_of(request),
        transfer_id=transfer_id,
        spoke_with=sent.spoke_with,
        because=sent.because,
    )
    return transfer_out_of(row)


@router.post("/transfers", response=RECEIVED, summary="Take one in")
def receive(request: HttpRequest, sent: ReceiveTransferIn) -> ReceivedOut:
    """Take a prescription from another pharmacy; it waits in intake to be entered."""
    given = Received(taking=sent.taking(), waiter=sent.waiter)
    arrival = receive_transfer(by=worker_of(request), given=given)
    return ReceivedOut(
        transfer_id=arrival.transfer_id or 0, arrival_id=arrival.pk, question=arrival.question
    )


@router.post("/arrivals/{arrival_id}/transfer", response=RECEIVED, summary="Complete it")
def completed(request: HttpRequest, arrival_id: Id, sent: TransferIn) -> ReceivedOut:
    """Write down what the other pharmacy said when it was asked."""
    by = worker_of(request)
    arrival = complete_transfer(by=by, arrival_id=arrival_id, given=sent.taking())
    return ReceivedOut(
        transfer_id=arrival.transfer_id or 0, arrival_id=arrival.pk, question=arrival.question
    )


@router.get("/transfers", response={200: list[TransferOut], **REFUSALS})
def transfers(request: HttpRequest, first: Word = "", last: Word = "") -> list[TransferOut]:
    """The transfers of a period, the newest first; empty days are the last thirty."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    said = {"first": first, "last": last}
    begins_on, ends_on = days_asked(said, today=by.today, back=MONTH)
    rows = transfers_of(pharmacy_id=by.pharmacy_id, first=begins_on, last=ends_on)
    return [transfer_out_of(row) for row in rows]


@router.get("/transfers/{transfer_id}", response=TRANSFER)
def transfer(request: HttpRequest, transfer_id: Id) -> TransferOut:
    """The record of one transfer."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    row = transfer_page(pharmacy_id=by.pharmacy_id, transfer_id=transfer_id)
    if row is None:
        raise refuse("No such transfer of this pharmacy.", code="no-transfer")
    return transfer_out_of(row)


@router.post("/prescriptions/on-file", response=ON_FILE, summary="Keep it for a later day")
def file_one(request: HttpRequest, sent: OrderIn) -> OnFileOut:
    """Enter a prescription that is filled later: one of a series of C-II, or what waits."""
    by = worker_of(request)
    return on_file_out(file_prescription(by=by, order=order_of(sent, by)))


@router.post("/arrivals/{arrival_id}/file", response=ON_FILE, summary="Enter it for later")
def file_arrival(request: HttpRequest, arrival_id: Id, sent: TypedIn) -> OnFileOut:
    """Enter what came in and keep it on file until its day."""
    by = worker_of(request)
    return on_file_out(file_entry(by=by, arrival_id=arrival_id, typed=sent.values))


@router.get("/prescriptions/on-file", response=SEVERAL)
def filed(request: HttpRequest) -> list[OnFileOut]:
    """What is on file and not yet filled, by its earliest day."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    return [on_file_out(rx) for rx in on_file(pharmacy_id=by.pharmacy_id, on=by.today)]


@router.get("/prescriptions/{rx_id}/series", response=SEVERAL)
def series(request: HttpRequest, rx_id: Id) -> list[OnFileOut]:
    """A C-II with all that were issued with it, by their earliest day; itself is among them."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    rows = Prescription.objects.select_related("package__product")
    rx = rows.filter(pharmacy_id=by.pharmacy_id, pk=rx_id).first()
    if rx is None:
        raise refuse("No such prescription here.", code="no-rx")
    if rx.schedule != C_II:
        says = "Only prescriptions of Schedule II are issued as a series."
        raise refuse(says, code="no-series")
    others = rows.filter(pk__in=[one.pk for one in series_of(rx)])
    found = sorted(
        [rx, *others], key=lambda one: (one.earliest_fill_on or date.min, one.number)
    )
    return [on_file_out(one) for one in found]
