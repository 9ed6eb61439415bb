"""Places, levels, counts and outdates: one endpoint per action."""

from datetime import date
from decimal import Decimal
from typing import Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema

from apothecary.doors.api.prescriptions import REFUSALS
from apothecary.doors.api.said import Id, Sent
from apothecary.doors.api.schemas import BecauseIn
from apothecary.doors.asking import worker_of
from apothecary.staff.duties import Duty
from apothecary.stock.counting import actions as counting
from apothecary.stock.counting.models import CountLine, Scope
from apothecary.stock.counting.queries import Pick
from apothecary.stock.counting.rules import Why
from apothecary.stock.expiring.actions import pull_outdate, sign_sweep
from apothecary.stock.expiring.queries import outdates
from apothecary.stock.kinds import Apart, PlaceKind, Programme, Storage
from apothecary.stock.levels.actions import Level, set_levels
from apothecary.stock.levels.queries import needs_ordering
from apothecary.stock.models import Ordering
from apothecary.stock.places import actions as places
from apothecary.stock.places.actions import Outline, Room

router = Router(tags=["stock"])
DONE = {200: None, **REFUSALS}
MADE = {200: int, **REFUSALS}


class RoomIn(Sent):
    """What is said of a place; the outline in feet."""

    name: str = Field(max_length=40)
    storage: Storage = Storage.ROOM
    apart: Apart = Apart.NOTHING
    programme: Programme = Programme.OWN
    area: str = Field("", max_length=40)
    holds: int | None = Field(None, ge=1, le=1_000_000)
    outline: list[int] = Field([0, 0, 0, 0], min_length=4, max_length=4)

    def room(self) -> Room:
        """The same as the action takes it."""
        return Room(
            name=self.name,
            storage=self.storage,
            apart=self.apart,
            programme=self.programme,
            area=self.area,
            holds=self.holds,
            outline=Outline(*self.outline),
        )


class PlaceIn(RoomIn):
    """A place to open."""

    kind: PlaceKind


class LevelIn(Sent):
    """How much of an item there should be, in its billing unit; min −1: on demand only."""

    reorder_at: Decimal = Field(max_digits=12, decimal_places=3)
    order_up_to: Decimal = Field(max_digits=12, decimal_places=3)
    at_most: Decimal | None = Field(None, max_digits=12, decimal_places=3)
    ordering: Ordering = Ordering.AUTO
    contract_only: bool = False
    lead_days: int | None = Field(None, ge=0, le=90)
    safety_days: int | None = Field(None, ge=0, le=90)


class SheetIn(Sent):
    """What a sheet goes through, and who counts it (else whoever asks)."""

    scope: Scope
    of: str = Field("", max_length=40)
    counter_id: Id | None = None


class CountedIn(Sent):
    """How much was counted."""

    counted: Decimal = Field(max_digits=12, decimal_places=3)


class SettleIn(Sent):
    """Why the books and the hands differed."""

    reason: Why
    note: str = Field("", max_length=500)


class FoundIn(Sent):
    """A lot that was found where the books do not have it."""

    place_id: Id
    lot_id: Id


class LeftIn(FoundIn):
    """How many are left in the bottle; what lies in vials is on the books there still."""

    left: Decimal = Field(max_digits=12, decimal_places=3)
    in_vials: Decimal = Field(Decimal(0), ge=0, max_digits=12, decimal_places=3)


class PullIn(FoundIn):
    """An outdate to be carried to quarantine, once per key."""

    key: str = Field(max_length=100)


class SweepIn(Sent):
    """An area that was gone through."""

    area: str = Field("", max_length=40)
    days: Literal[30, 90, 180] = 90


class LineOut(Schema):
    """Where a line of a sheet stands; the difference only once it may be known."""

    id: int
    sheet_id: int
    state: str
    difference: Decimal | None


class NeedOut(Schema):
    """A package that is to be ordered."""

    ndc: str
    programme: str
    free: Decimal
    on_order: Decimal
    wanted: Decimal
    reorder_at: Decimal
    order_up_to: Decimal
    days_left: Decimal | None
    packages: int
    automatic: bool


class OutdateOut(Schema):
    """A lot that expires where fills draw from."""

    lot_id: int
    place_id: int
    ndc: str
    lot: str
    expires_on: date
    on_hand: Decimal
    value_usd: Decimal | None
    reason: str


LINE = {200: LineOut, **REFUSALS}


def line_out(line: CountLine) -> LineOut:
    """A line, blind while somebody is still to count it."""
    known = line.difference if line.state in {"counted", "settled"} else None
    return LineOut(id=line.pk, sheet_id=line.sheet_id, state=line.state, difference=known)


@router.post("/stock/places", response=MADE)
def open_place(request: HttpRequest, sent: PlaceIn) -> int:
    """Open a place; answers its id."""
    return places.open_place(by=worker_of(request), kind=sent.kind, room=sent.room()).pk


@router.post("/stock/places/{place_id}", response=DONE)
def change_place(request: HttpRequest, place_id: Id, sent: RoomIn) -> None:
    """Say anew how a place is."""
    places.change_place(by=worker_of(request), place_id=place_id, room=sent.room())


@router.post("/stock/places/{place_id}/close", response=DONE)
def close_place(request: HttpRequest, place_id: Id, sent: BecauseIn) -> None:
    """Close a place that is empty."""
    places.close_place(by=worker_of(request), place_id=place_id, because=sent.because)


@router.get("/stock/needs", response={200: list[NeedOut], **REFUSALS})
def needs(request: HttpRequest) -> list[NeedOut]:
    """What is to be ordered now."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    return [
        NeedOut(
            ndc=row.ndc,
            programme=row.programme,
            free=row.free,
            on_order=row.on_order,
            wanted=row.wanted,
            reorder_at=row.reorder_at,
            order_up_to=row.order_up_to,
            days_left=row.days_left,
            packages=row.packages,
            automatic=row.is_automatic,
        )
        for row in needs_ordering(pharmacy_id=by.pharmacy_id, at=by.at, today=by.today)
    ]


@router.post("/stock/levels/{item_id}", response=DONE)
def levels(request: HttpRequest, item_id: Id, sent: LevelIn) -> None:
    """Set the levels of a shelf item."""
    level = Level(**sent.dict())
    set_levels(by=worker_of(request), item_id=item_id, level=level)


@router.post("/stock/counts", response=MADE)
def start_count(request: HttpRequest, sent: SheetIn) -> int:
    """Make a count sheet; answers its id."""
    pick = Pick(sent.scope, sent.of)
    by = worker_of(request)
    return counting.start_count(by=by, pick=pick, counter_id=sent.counter_id).pk


@router.post("/stock/counts/{sheet_id}/found", response=LINE)
def found(request: HttpRequest, sheet_id: Id, sent: FoundIn) -> LineOut:
    """Put a lot on a sheet that the books do not have there."""
    line = counting.add_found(
        by=worker_of(request), sheet_id=sheet_id, place_id=sent.place_id, lot_id=sent.lot_id
    )
    return line_out(line)


@router.post("/stock/counts/{sheet_id}/close", response=DONE)
def close_sheet(request: HttpRequest, sheet_id: Id, sent: BecauseIn) -> None:
    """Close a sheet."""
    counting.close_sheet(by=worker_of(request), sheet_id=sheet_id, because=sent.because)


@router.post("/stock/counts/lines/{line_id}/count", response=LINE)
def count_line(request: HttpRequest, line_id: Id, sent: CountedIn) -> LineOut:
    """Count a line, first or again."""
    by = worker_of(request)
    return line_out(counting.enter_count(by=by, line_id=line_id, counted=sent.counted))


@router.post("/stock/counts/lines/{line_id}/settle", response=LINE)
def settle(request: HttpRequest, line_id: Id, sent: SettleIn) -> LineOut:
    """Sign a difference with its reason."""
    line = counting.settle_line(
        by=worker_of(request), line_id=line_id, reason=sent.reason, note=sent.note
    )
    return line_out(line)


@router.post("/stock/counts/lines/{line_id}/anew", response=LINE)
def anew(request: HttpRequest, line_id: Id, sent: BecauseIn) -> LineOut:
    """Have a line counted anew."""
    by = worker_of(request)
    return line_out(counting.ask_anew(by=by, line_id=line_id, because=sent.because))


@router.post("/stock/left", response={200: LineOut | None, **REFUSALS})
def left(request: HttpRequest, sent: LeftIn) -> LineOut | None:
    """Say how many are left; answers the line that differs, or nothing when the books agree."""
    line = counting.answer_left(
        by=worker_of(request),
        place_id=sent.place_id,
        lot_id=sent.lot_id,
        left=sent.left,
        in_vials=sent.in_vials,
    )
    return line_out(line) if line else None


@router.get("/stock/outdates", response={200: list[OutdateOut], **REFUSALS})
def list_outdates(
    request: HttpRequest, days: Literal["30", "90", "180"] = "90"
) -> list[OutdateOut]:
    """What expires within so many days."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    return [
        OutdateOut(
            lot_id=row.balance.lot_id,
            place_id=row.balance.place_id,
            ndc=row.balance.lot.package.ndc,
            lot=row.balance.lot.number,
            expires_on=row.balance.lot.expires_on,
            on_hand=row.balance.on_hand,
            value_usd=row.value_usd,
            reason=row.reason,
        )
        for row in outdates(pharmacy_id=by.pharmacy_id, today=by.today, days=int(days))
    ]


@router.post("/stock/outdates/pull", response={200: Decimal, **REFUSALS})
def pull(request: HttpRequest, sent: PullIn) -> Decimal:
    """Carry an outdate to quarantine; answers how much went."""
    pulled = pull_outdate(
        by=worker_of(request), place_id=sent.place_id, lot_id=sent.lot_id, key=sent.key
    )
    return pulled.quantity


@router.post("/stock/sweeps", response=MADE)
def sweep(request: HttpRequest, sent: SweepIn) -> int:
    """Sign a sweep; answers its id."""
    return sign_sweep(by=worker_of(request), area=sent.area, days=sent.days).pk
