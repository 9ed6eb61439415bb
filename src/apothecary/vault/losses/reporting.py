"""A loss from its discovery: whoever finds it writes it down and drafts its papers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Max

from apothecary.drugs.models import Package
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.stock.models import Balance
from apothecary.vault.book.rules import CONTROLLED_FROM, ON_HAND
from apothecary.vault.losses.drafting import draft_problems
from apothecary.vault.losses.models import Loss, LossLine
from apothecary.vault.losses.rules import (
    MOST_LINES,
    OLDEST_DAYS,
    quantity_problems,
    time_problems,
    words_problems,
)
from apothecary.vault.losses.states import Kind, State

NUMBERS = "SELECT pg_advisory_xact_lock(hashtextextended('loss numbers', %s))"


@dataclass(frozen=True, slots=True)
class Missing:
    """Units of a lot at a place; of what a carrier lost only the package is known."""

    quantity: Decimal
    lot_id: int | None = None
    place_id: int | None = None
    package_id: int | None = None


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found, by whom is the worker; ``at`` is when, now where nothing is said."""

    kind: Kind
    what: str
    lines: Sequence[Missing]
    at: datetime | None = None


@transaction.atomic
def report_loss(*, by: Worker, found: Discovery) -> Loss:
    """Write down that something is missing or broken. Nothing moves yet."""
    by.must(Duty.REPORT_LOSS)
    at = found.at or by.at
    oldest = by.at - timedelta(days=OLDEST_DAYS)
    problems = words_problems(found.what, field="what", what="what was found, and how")
    problems += time_problems(at, first=oldest, now=by.at, field="discovered_at")
    refuse_if(problems)
    if not found.lines:
        raise refuse("Say what is missing.", field="quantity", code="no-lines")
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS, [by.pharmacy_id])
    loss = new_loss(by=by, kind=found.kind, what=found.what, at=at)
    for missing in found.lines:
        put_line(loss, missing, by=by)
    said = {"kind": loss.kind, "what": loss.what, "discovered": at, "lines": len(found.lines)}
    record(by=by, did=Deed.LOSS_REPORTED, about=loss, details=said)
    return loss


def new_loss(*, by: Worker, kind: Kind, what: str, at: datetime) -> Loss:
    """The row with the next number; the caller holds the numbers (3 queries)."""
    pharmacy = Pharmacy.objects.get(pk=by.pharmacy_id)
    rows = Loss.objects.filter(pharmacy_id=by.pharmacy_id)
    return Loss.objects.create(
        pharmacy_id=by.pharmacy_id,
        number=int(rows.aggregate(last=Max("number"))["last"] or 0) + 1,
        kind=kind.value,
        what=what.strip(),
        discovered_at=at,
        discovered_on=pharmacy.day_of(at),
        discovered_by_id=by.somebody,
        written_at=by.at,
        written_by_id=by.somebody,
    )


def put_line(loss: Loss, missing: Missing, *, by: Worker) -> LossLine:
    """One more thing that is missing, if it can be."""
    line = line_of(loss, missing, by=by)
    refuse_if(quantity_problems(line.quantity, unit=line.package.unit))
    if line.package.product.schedule < CONTROLLED_FROM:
        says = f"{line.package.product} is not controlled: count it, and settle the count."
        raise refuse(says, field="lot", code="not-controlled")
    named = LossLine.objects.filter(
        pharmacy_id=by.pharmacy_id,
        package=line.package,
        lot=line.lot,
        place=line.place,
        loss__state=State.DISCOVERED.value,
        moved_before=False,
    )
    before = named.select_related("loss").first()
    if before is not None:
        says = f"{before.loss} is open for it already."
        raise refuse(says, field="lot", code="named-twice")
    if LossLine.objects.filter(loss=loss).count() >= MOST_LINES:
        raise refuse(f"At most {MOST_LINES} lines.", field="lot", code="too-many")
    line.save(force_insert=True)
    return line


def line_of(loss: Loss, missing: Missing, *, by: Worker) -> LossLine:
    """The line with what the books know of it, or a refusal by field."""
    line = LossLine(pharmacy_id=by.pharmacy_id, loss=loss, quantity=missing.quantity)
    if missing.lot_id is None:
        if loss.kind != Kind.TRANSIT:
            raise refuse("Say of which lot.", field="lot", code="no-lot")
        packages = Package.objects.select_related("product")
        found = packages.filter(pk=missing.package_id or 0).first()
        if found is None:
            raise refuse("Say of which package.", field="package", code="no-package")
        line.package = found
        return line
    balances = Balance.objects.select_related("lot__package__product", "place").filter(
        pharmacy_id=by.pharmacy_id,
        lot_id=missing.lot_id,
        place_id=missing.place_id or 0,
        place__kind__in=[kind.value for kind in ON_HAND],
    )
    balance = balances.first()
    if balance is None:
        raise refuse("That lot does not stand there.", field="lot", code="no-balance")
    if missing.quantity > balance.on_hand:
        says = f"The books have {balance.on_hand.normalize():f} there."
        raise refuse(says, field="quantity", code="above-books")
    line.package, line.lot, line.place = balance.lot.package, balance.lot, balance.place
    return line


@transaction.atomic
def add_line(*, by: Worker, loss_id: int, missing: Missing) -> LossLine:
    """Name one more thing that is missing, while nothing has left the books."""
    by.must(Duty.REPORT_LOSS)
    loss = lock_loss(by=by, loss_id=loss_id)
    if loss.state != State.DISCOVERED or loss.in_books_at or loss.case_id:
        raise refuse("What is missing was signed: report the rest anew.", code="loss-state")
    line = put_line(loss, missing, by=by)
    said = {"package": line.package.ndc, "quantity": line.quantity, "lot": line.lot_id}
    record(by=by, did=Deed.LOSS_LINE_ADDED, about=loss, details=said)
    return line


@transaction.atomic
def save_draft(*, by: Worker, loss_id: int, typed: Mapping[str, str]) -> Loss:
    """Keep what was typed of Form 106 so far; what is empty is still to be said."""
    by.must(Duty.REPORT_LOSS)
    loss = lock_loss(by=by, loss_id=loss_id)
    if loss.state == State.CLOSED and not loss.reported_on:
        raise refuse("This loss is closed: there is no form to draft.", code="loss-state")
    refuse_if(draft_problems(typed, discovered_on=loss.discovered_on, on=by.today))
    said = {name: value.strip() for name, value in typed.items()}
    changed = {name: value for name, value in said.items() if loss.draft.get(name, "") != value}
    if changed:
        loss.draft = loss.draft | said
        loss.save(update_fields=["draft"])
        record(by=by, did=Deed.LOSS_DRAFTED, about=loss, details=changed)
    return loss


def lock_loss(*, by: Worker, loss_id: int) -> Loss:
    """The loss, held until the act is done."""
    rows = Loss.objects.select_for_update().filter(pharmacy_id=by.pharmacy_id, pk=loss_id)
    loss = rows.first()
    if loss is None:
        raise refuse("No such loss here.", code="no-loss")
    return loss
