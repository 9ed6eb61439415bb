"""Waste, destructions and what patients brought back: one endpoint per action."""

from django.http import HttpRequest
from ninja import Router

from apothecary.doors.api.prescriptions import REFUSALS
from apothecary.doors.api.returns import managing
from apothecary.doors.api.returns_shapes import (
    BroughtIn,
    BroughtOut,
    CollectorIn,
    CollectorOut,
    ContainerIn,
    ContainerOut,
    DayIn,
    DestroyedIn,
    DestroyedOut,
    HandOverIn,
    HandOverOut,
    ThrownIn,
    ThrownOut,
)
from apothecary.doors.api.said import Id
from apothecary.doors.asking import worker_of
from apothecary.law.waste import Seen
from apothecary.returns.disposal import containers, queries
from apothecary.returns.disposal.bringing import take_back
from apothecary.returns.disposal.collecting import say_collector
from apothecary.returns.disposal.destroying import How, Item, destroy
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker

router = Router(tags=["waste"])
CONTAINER = {200: ContainerOut, **REFUSALS}
HANDED = {200: HandOverOut, **REFUSALS}


@router.get("/returns/waste", response={200: list[ContainerOut], **REFUSALS})
def standing(request: HttpRequest) -> list[ContainerOut]:
    """The containers that stand here, the first to leave first."""
    by = managing(request)
    rows = queries.containers(pharmacy_id=by.pharmacy_id, today=by.today)
    return [ContainerOut.from_orm(one.row) for one in rows]


@router.post("/returns/waste", response=CONTAINER)
def open_one(request: HttpRequest, sent: ContainerIn) -> ContainerOut:
    """Open a container."""
    row = containers.open_container(
        by=managing(request), stream=sent.stream, stands=sent.stands
    )
    return ContainerOut.from_orm(row)


@router.post("/returns/waste/{container_id}/items", response={200: ThrownOut, **REFUSALS})
def throw(request: HttpRequest, container_id: Id, sent: ThrownIn) -> ThrownOut:
    """Put units into it; refused with every reason where it is not the right one."""
    row = containers.discard(
        by=managing(request),
        container_id=container_id,
        lot_id=sent.lot_id,
        place_id=sent.place_id,
        seen=Seen(
            read=sent.read,
            traits=frozenset(sent.traits),
            sharp=sent.sharp,
            original=sent.original,
            weak_warfarin=sent.weak_warfarin,
        ),
        because=sent.because,
        key=sent.key,
        quantity=sent.quantity,
    )
    return ThrownOut.from_orm(row)


@router.post("/returns/waste/{container_id}/close", response=CONTAINER)
def close(request: HttpRequest, container_id: Id) -> ContainerOut:
    """Nothing more goes in."""
    row = containers.close_container(by=managing(request), container_id=container_id)
    return ContainerOut.from_orm(row)


@router.post("/returns/hand-overs", response=HANDED)
def hand_over(request: HttpRequest, sent: HandOverIn) -> HandOverOut:
    """A hauler takes closed containers under one manifest."""
    row = containers.hand_over(
        by=managing(request),
        container_ids=sent.container_ids,
        hauler=sent.hauler,
        manifest=sent.manifest,
    )
    return HandOverOut.from_orm(row)


@router.post("/returns/hand-overs/{hand_over_id}/copy", response=HANDED)
def copy_back(request: HttpRequest, hand_over_id: Id, sent: DayIn) -> HandOverOut:
    """The signed copy of a manifest is here."""
    row = containers.copy_back(by=managing(request), hand_over_id=hand_over_id, on=sent.on)
    return HandOverOut.from_orm(row)


def destroying(request: HttpRequest) -> Worker:
    """Who asks, with the duty of destroying controlled drugs."""
    by = worker_of(request)
    by.must(Duty.DESTROY_CONTROLLED)
    return by


@router.get("/returns/destructions", response={200: list[DestroyedOut], **REFUSALS})
def destructions(request: HttpRequest) -> list[DestroyedOut]:
    """The records, newest first."""
    rows = queries.destructions(pharmacy_id=destroying(request).pharmacy_id)
    return [DestroyedOut.from_orm(row) for row in rows]


@router.post("/returns/destructions", response={200: DestroyedOut, **REFUSALS})
def destroy_them(request: HttpRequest, sent: DestroyedIn) -> DestroyedOut:
    """Write down a destruction that a witness signs."""
    row = destroy(
        by=destroying(request),
        items=[Item(one.lot_id, one.place_id, one.quantity) for one in sent.items],
        how=How(
            place=sent.place,
            method=sent.method,
            destroyed_on=sent.destroyed_on,
            key=sent.key,
        ),
        initials=sent.initials,
        pin=sent.pin,
    )
    return DestroyedOut.from_orm(row)


@router.post("/returns/brought", response={200: BroughtOut, **REFUSALS})
def brought(request: HttpRequest, sent: BroughtIn) -> BroughtOut:
    """Take back what a patient was given by our error or under a recall."""
    row = take_back(
        by=managing(request),
        fill_id=sent.fill_id,
        lot_id=sent.lot_id,
        quantity=sent.quantity,
        purpose=sent.purpose,
        because=sent.because,
        key=sent.key,
    )
    return BroughtOut.from_orm(row)


@router.post("/returns/collector", response={200: CollectorOut, **REFUSALS})
def collector(request: HttpRequest, sent: CollectorIn) -> CollectorOut:
    """Say whether the DEA has registered this place as a collector."""
    by = worker_of(request)
    row = say_collector(by=by, registered=sent.registered, evidence=sent.evidence)
    return CollectorOut.from_orm(row)
