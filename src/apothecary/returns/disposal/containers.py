"""Waste containers: opened, filled through the ledger, closed, handed to a hauler."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from apothecary.drugs.hazard_list import hazards_of
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.law.waste import (
    REGULATED,
    Container,
    Seen,
    Stream,
    Verdict,
    Way,
    copy_due,
    disposal_problems,
    leaves_by,
    waste_stream,
)
from apothecary.returns.disposal.models import Discarded, HandOver, WasteContainer
from apothecary.returns.disposal.rules import (
    Thrown,
    manifest_problems,
    said_problems,
    thrown_problems,
)
from apothecary.returns.drugs import drug_of
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.counting.asserting import hold_balance
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.ledger import Line, post
from apothecary.stock.models import Balance, Lot
from apothecary.stock.places.queries import the_place

NUMBERS = "SELECT pg_advisory_xact_lock(hashtextextended('waste numbers', %s))"
MOST_AT_ONCE = 50


@transaction.atomic
def open_container(*, by: Worker, stream: Stream, stands: str) -> WasteContainer:
    """Start a container; of hazardous waste its year begins today."""
    by.must(Duty.MANAGE_STOCK)
    if stream is Stream.CONTROLLED:
        says = "Controlled drugs go into no container: two people destroy them, on Form 41."
        raise refuse(says, cite="21 CFR 1317.95", code="no-container", field="stream")
    refuse_if(said_problems(stands, "where it stands", field="stands"))
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS, [by.pharmacy_id])
    rows = WasteContainer.objects.filter(pharmacy_id=by.pharmacy_id)
    last = rows.aggregate(last=Max("number"))["last"] or 0
    facts = Container(stream=stream, started_on=by.today)
    row = WasteContainer.objects.create(
        pharmacy_id=by.pharmacy_id,
        number=int(last) + 1,
        stream=stream.value,
        stands=stands.strip(),
        started_on=by.today,
        opened_by=by.person_id,
        leaves_by=leaves_by(facts, on=by.today),
    )
    details = {"stream": stream.value, "stands": stands}
    record(by=by, did=Deed.WASTE_OPENED, about=row, details=details)
    return row


def lock_container(*, by: Worker, container_id: int) -> WasteContainer:
    """A container, held (1 query)."""
    rows = WasteContainer.objects.select_for_update(of=("self",), no_key=True)
    row = rows.filter(pharmacy_id=by.pharmacy_id, pk=container_id).first()
    if row is None:
        raise refuse("No such container here.", code="no-container", field="container_id")
    return row


def facts_of(row: WasteContainer) -> Container:
    """A container as the law looks at it."""
    return Container(
        stream=Stream(row.stream), started_on=row.started_on, closed=row.closed_at is not None
    )


def verdict_of(lot: Lot, seen: Seen, *, on: date) -> Verdict:
    """Which waste a lot is (1 or 2 queries)."""
    product = lot.package.product
    return waste_stream(drug_of(lot, hazards_of([product])[product.pk]), seen, on=on)


@transaction.atomic
def discard(
    *,
    by: Worker,
    container_id: int,
    lot_id: int,
    place_id: int,
    seen: Seen,
    because: str,
    key: str,
    quantity: Decimal | None = None,
    way: Way = Way.CONTAINER,
) -> Discarded:
    """Put units of a lot into a container, all that are free there unless a quantity is said.

    Refused with every reason where the container is not the right one; down a drain nothing
    goes. The same key twice is one act.
    """
    by.must(Duty.MANAGE_STOCK)
    row = lock_container(by=by, container_id=container_id)
    before = Discarded.objects.filter(pharmacy_id=by.pharmacy_id, key=key).first()
    if before is not None:
        return before
    balance = hold_balance(by=by, lot_id=lot_id, place_id=place_id)
    verdict = verdict_of(balance.lot, seen, on=by.today)
    units = balance.on_hand - balance.reserved if quantity is None else quantity
    refuse_if(
        [
            *disposal_problems(verdict, seen, facts_of(row), way=way, on=by.today),
            *thrown_problems(thrown_of(balance, units)),
            *said_problems(because, "why it is thrown away", field="because"),
        ]
    )
    thrown = Discarded.objects.create(
        pharmacy_id=by.pharmacy_id,
        container=row,
        lot=balance.lot,
        place=balance.place,
        quantity=units,
        codes=verdict.labels,
        notes="; ".join(one.says for one in verdict.notes),
        because=because.strip(),
        key=key,
        put_at=by.at,
        put_by=by.person_id,
    )
    waste = the_place(by.pharmacy_id, PlaceKind.WASTE)
    says = f"wasted in {row}: {because.strip()}"
    post(
        by=by,
        key=f"waste-{thrown.pk}",
        lines=[Line(place_id, waste.pk, lot_id, units, says)],
    )
    details = {"lot": balance.lot.number, "quantity": units, "codes": verdict.labels}
    record(by=by, did=Deed.WASTE_PUT, about=row, details=details)
    return thrown


def thrown_of(balance: Balance, quantity: Decimal) -> Thrown:
    """The facts the rules look at."""
    return Thrown(
        place=PlaceKind(balance.place.kind),
        place_name=balance.place.name,
        quantity=quantity,
        free=balance.on_hand - balance.reserved,
    )


@transaction.atomic
def close_container(*, by: Worker, container_id: int) -> WasteContainer:
    """Nothing more goes in; it waits for the hauler, and its year goes on."""
    by.must(Duty.MANAGE_STOCK)
    row = lock_container(by=by, container_id=container_id)
    if row.closed_at is not None:
        raise refuse(f"{row} is closed already.", code="waste-closed", field="container_id")
    row.closed_at, row.closed_by = by.at, by.person_id
    row.save(update_fields=["closed_at", "closed_by"])
    record(by=by, did=Deed.WASTE_CLOSED, about=row, details={"number": row.number})
    return row


@transaction.atomic
def hand_over(
    *, by: Worker, container_ids: Sequence[int], hauler: str, manifest: str
) -> HandOver:
    """Give closed containers to a hauler under one manifest."""
    by.must(Duty.MANAGE_STOCK)
    chosen = sorted(set(container_ids))
    if not 0 < len(chosen) <= MOST_AT_ONCE:
        says = f"Choose 1 to {MOST_AT_ONCE} containers."
        raise refuse(says, code="no-containers", field="container_ids")
    refuse_if(manifest_problems(manifest, hauler))
    rows = [lock_container(by=by, container_id=one) for one in chosen]
    for row in rows:
        if row.hand_over_id is not None or row.closed_at is None:
            says = f"{row} is {'gone' if row.hand_over_id else 'still open: close it first'}."
            raise refuse(says, code="waste-state", field="container_ids")
    regulated = any(Stream(row.stream) in REGULATED for row in rows)
    try:
        with transaction.atomic():
            given = HandOver.objects.create(
                pharmacy_id=by.pharmacy_id,
                hauler=hauler.strip(),
                manifest=manifest.strip(),
                handed_at=by.at,
                handed_by=by.person_id,
                copy_by=copy_due(by.today, on=by.today) if regulated else None,
            )
    except IntegrityError as twice:
        says = f"Manifest {manifest.strip()} was used before."
        raise refuse(says, code="manifest-used", field="manifest") from twice
    mine = WasteContainer.objects.filter(pharmacy_id=by.pharmacy_id, pk__in=chosen)
    mine.update(hand_over=given)
    details = {"hauler": given.hauler, "manifest": given.manifest, "containers": len(rows)}
    record(by=by, did=Deed.WASTE_HANDED_OVER, about=given, details=details)
    return given


@transaction.atomic
def copy_back(*, by: Worker, hand_over_id: int, on: date) -> HandOver:
    """The signed copy of a manifest is here."""
    by.must(Duty.MANAGE_STOCK)
    rows = HandOver.objects.select_for_update(no_key=True)
    row = rows.filter(pharmacy_id=by.pharmacy_id, pk=hand_over_id).first()
    if row is None:
        raise refuse("No such manifest here.", code="no-manifest", field="hand_over_id")
    if row.copy_on is not None:
        says = f"The copy came on {row.copy_on}: that is written down."
        raise refuse(says, code="copy-here", field="hand_over_id")
    if not row.pharmacy.day_of(row.handed_at) <= on <= by.today:
        raise refuse(f"It cannot have come on {on}.", code="bad-day", field="on")
    row.copy_on = on
    row.save(update_fields=["copy_on"])
    record(by=by, did=Deed.WASTE_COPY_BACK, about=row, details={"on": on})
    return row
