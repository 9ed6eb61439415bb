"""Packages that wait in quarantine because nobody told us of them, and how they come out."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.purchasing.matching.models import Difference
from apothecary.purchasing.ordering.held import lock_order
from apothecary.purchasing.receiving.facts import held_lot, recalled
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.receiving.progress import note_progress
from apothecary.purchasing.states import UNSETTLED, ClaimState, Condition
from apothecary.purchasing.tracing.cases.opening import Suspicion, open_for_received
from apothecary.purchasing.tracing.models import TracedPackage
from apothecary.purchasing.tracing.rules import (
    Told,
    differing,
    exemption_problems,
    exemptions,
)
from apothecary.purchasing.tracing.states import Source
from apothecary.purchasing.wholesalers.actions import because_problems
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.actions import the_place
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.ledger import Line, post

WAITS = Condition.NO_INFORMATION.value
CAME, WAIVED = "its information came", "needs no transaction information"


def take_up_waiting(serials: Iterable[str], *, by: Worker) -> int:
    """What waited for a document that has come: let in where it agrees, suspect where not.

    In the transaction of the document. How many packages were taken up (1 query for none).
    """
    rows = waiting(by=by).filter(serial__in=sorted(set(serials) - {""}))
    found = list(rows.values_list("pk", flat=True).order_by("line__order_id", "pk"))
    for received_id in found:
        row = lock_waiting(by=by, received_id=received_id)
        if row is not None:
            take_up(row, by=by)
    return len(found)


def take_up(row: ReceivedPackage, *, by: Worker) -> None:
    """One package beside what was told of it now."""
    told = TracedPackage.objects.filter(
        pharmacy_id=by.pharmacy_id, gtin=row.gtin, serial=row.serial
    )
    found = told.values_list("lot", "expires_on").first()
    if found is None:
        return
    problems = differing(Told(*found), lot=row.lot.number, expires_on=row.lot.expires_on)
    if not problems:
        come_out(row, by=by, because=CAME, did=Deed.INFORMATION_CAME)
        return
    says = " ".join(one.says for one in problems)
    rename(row, Condition.SUSPECT, says, by=by)
    open_for_received(row, by=by, suspicion=Suspicion(says=says, source=Source.DOOR))


@transaction.atomic
def waive(*, by: Worker, received_id: int, exemption: str, because: str) -> ReceivedPackage:
    """Let a package in that needs no transaction information, by a row of the exemptions."""
    by.must(Duty.DECIDE_SUSPECT)
    refuse_if(exemption_problems(exemption))
    refuse_if(because_problems(because, "it needs no transaction information"))
    row = lock_waiting(by=by, received_id=received_id)
    if row is None:
        raise refuse("It waits for no information.", code="not-waiting", field="received_id")
    rule = exemptions()[exemption]
    said = f"{WAIVED}: {rule.says} ({rule.cite}), {because.strip()}"
    come_out(row, by=by, because=said, did=Deed.INFORMATION_WAIVED)
    return row


def waiting(*, by: Worker) -> QuerySet[ReceivedPackage]:
    """The packages that wait for their information."""
    return ReceivedPackage.objects.filter(
        pharmacy_id=by.pharmacy_id, condition=WAITS, undone_at=None, put_away_at=None
    )


def lock_waiting(*, by: Worker, received_id: int) -> ReceivedPackage | None:
    """A package that still waits, held after its order; none where it no longer does."""
    first = waiting(by=by).filter(pk=received_id).values_list("line__order_id").first()
    if first is None:
        return None
    lock_order_of(first[0], by=by)
    rows = waiting(by=by).select_for_update(of=("self",))
    return (
        rows.select_related("lot__package__product", "line", "receipt")
        .filter(pk=received_id)
        .first()
    )


def lock_order_of(order_id: int | None, *, by: Worker) -> None:
    """Hold the order a package came on, if any: orders before packages, as at the door."""
    if order_id is not None:
        lock_order(by=by, order_id=order_id)


def come_out(row: ReceivedPackage, *, by: Worker, because: str, did: Deed) -> bool:
    """Out of quarantine into receiving, to be put away; a package that is by now recalled or
    expired stays and is named so. Whether it came out. The row is held by the caller.
    """
    now = unfit(row, on=by.today)
    if now is not None:
        rename(row, now[0], now[1], by=by)
        return False
    place = the_place(by.pharmacy_id, PlaceKind.RECEIVING)
    line = Line(row.place_id, place.pk, row.lot_id, row.quantity, because[:200])
    post(by=by, key=f"received-{row.pk}-let-in-{by.at:%Y%m%d%H%M%S%f}", lines=[line])
    row.condition, row.because, row.place = Condition.GOOD.value, because, place
    row.save(update_fields=["condition", "because", "place"])
    settle_claim(row, because, by=by)
    order_id = row.line.order_id if row.line else None
    note_progress(by=by, order_id=order_id, away=True)
    record(by=by, did=did, about=row, details={"because": because, "serial": row.serial})
    return True


def unfit(row: ReceivedPackage, *, on: date) -> tuple[Condition, str] | None:
    """Why a package may not go to the shelves although it is as it was told."""
    says = held_lot(row.lot) or recalled(
        row.lot.package, row.lot.number, pharmacy_id=row.pharmacy_id
    )
    if says:
        return Condition.RECALLED, says
    if row.lot.expires_on < on:
        return Condition.EXPIRED, f"It expired on {row.lot.expires_on}."
    return None


def rename(row: ReceivedPackage, to: Condition, says: str, *, by: Worker) -> None:
    """It stays where it stands, for another reason; the claim with the wholesaler stays too."""
    row.condition, row.because = to.value, says[:1_000]
    row.save(update_fields=["condition", "because"])
    details = {"condition": to.value, "because": says, "serial": row.serial}
    record(by=by, did=Deed.PACKAGE_SET_ASIDE, about=row, details=details)


def settle_claim(row: ReceivedPackage, because: str, *, by: Worker) -> None:
    """Nothing is owed for a package that is good after all."""
    Difference.objects.filter(
        pharmacy_id=by.pharmacy_id,
        received=row,
        state__in=[one.value for one in UNSETTLED],
        credited_usd=0,
    ).update(
        state=ClaimState.ACCEPTED.value,
        because=f"it is good after all: {because}"[:1_000],
        closed_at=by.at,
        closed_by=by.person_id,
    )
