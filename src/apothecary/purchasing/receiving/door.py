"""A package at the door: received onto the books, set aside by name, or taken back."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.timezone import localtime

from apothecary.drugs.models import Package
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, Refused, refuse, refuse_if
from apothecary.purchasing.matching.models import Difference
from apothecary.purchasing.receiving.delivery import lock_receipt
from apothecary.purchasing.receiving.facts import (
    Arrived,
    Wanted,
    arrived_on,
    cold_waits,
    form_problems,
    held_lot,
    link_arrival,
    recalled,
    wanted_by,
)
from apothecary.purchasing.receiving.models import Receipt, ReceivedPackage
from apothecary.purchasing.receiving.progress import note_progress
from apothecary.purchasing.receiving.rules import (
    ASIDE,
    AtTheDoor,
    amount_usd,
    aside_problems,
    must_problems,
)
from apothecary.purchasing.states import CLAIMED_AS, Condition
from apothecary.purchasing.tracing.door import hold_at_the_door, traced_problems
from apothecary.purchasing.wholesalers.actions import because_problems
from apothecary.staff.actions import sign_step
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.ledger import Line, post
from apothecary.stock.models import Lot, Place, PlaceKind
from apothecary.stock.places.queries import need_of

CAME = "received"
# What keeps one package, and one scan, from coming twice.
ONCE = frozenset({"received_package_once", "received_package_key"})


@dataclass(frozen=True, slots=True)
class Came:
    """A package as its code or the hands at the door tell it. ``key`` makes one scan one act.

    A package with a serial number is one of a kind; without one ``packages`` may be several.
    """

    package: Package
    lot: str
    expires_on: date | None
    key: str
    gtin: str = ""
    serial: str = ""
    packages: int = 1
    dea_order: str = ""


def receive(
    *,
    by: Worker,
    receipt_id: int,
    came: Came,
    condition: Condition = Condition.GOOD,
    because: str = "",
    initials: str = "",
    pin: str = "",
) -> ReceivedPackage:
    """Receive a package, where somebody else signs with initials and PIN that it came."""
    by.must(Duty.MANAGE_STOCK)
    witness = None
    if initials.strip():
        # The PIN stands in a transaction of its own: a wrong one counts even though it refuses.
        witness = sign_step(by=by, initials=initials, pin=pin, duty=Duty.MANAGE_STOCK)
    return receive_package(
        by=by,
        receipt_id=receipt_id,
        came=came,
        condition=condition,
        because=because,
        witness=witness,
    )


def receive_package(
    *,
    by: Worker,
    receipt_id: int,
    came: Came,
    condition: Condition = Condition.GOOD,
    because: str = "",
    witness: Worker | None = None,
) -> ReceivedPackage:
    """Put a package that was scanned onto the books: into receiving, or aside by its condition.

    The same scan twice is one package. Refused with every reason when it may not go in; those
    whose code is a ``Condition`` are answered by setting it aside under that name.
    """
    by.must(Duty.MANAGE_STOCK)
    try:
        with transaction.atomic():
            return take_package(
                by=by,
                receipt_id=receipt_id,
                came=came,
                condition=condition,
                because=because,
                witness=witness,
            )
    except IntegrityError as fault:
        # Somebody else scanned it at the same moment: the database lets the first one in.
        if constraint_of(fault) in ONCE:
            raise received_before(None) from fault
        raise


def constraint_of(fault: IntegrityError) -> str:
    """Which constraint of the database was broken."""
    diag = getattr(fault.__cause__, "diag", None)
    return getattr(diag, "constraint_name", None) or ""


def take_package(
    *,
    by: Worker,
    receipt_id: int,
    came: Came,
    condition: Condition,
    because: str,
    witness: Worker | None,
) -> ReceivedPackage:
    """The same within the caller's transaction."""
    receipt = lock_receipt(by=by, receipt_id=receipt_id)
    before = known_already(by=by, came=came)
    if before is not None:
        return before
    wanted = wanted_by(receipt, came.package)
    lot = lot_here(by=by, came=came)
    door = door_facts(receipt, came, wanted, lot, by=by, witness=witness)
    refuse_if(must_problems(door) + form_problems(on_form(receipt, came), by=by))
    problems = aside_problems(door) + traced_problems(
        by=by, gtin=came.gtin, serial=came.serial, lot=came.lot, expires_on=came.expires_on
    )
    if condition is Condition.GOOD:
        refuse_if(problems)
    else:
        refuse_if(condition_problems(condition, because, problems))
    row = put_on_books(
        receipt,
        came,
        wanted,
        lot,
        by=by,
        condition=condition,
        because=because,
        witness=witness,
    )
    if condition is not Condition.GOOD:
        claim_for(row, receipt, wanted.price_usd if wanted else None, by=by)
        hold_at_the_door(row, problems, by=by)
    if wanted and not (row.is_good and wanted.goes_on_after(row.packages)):
        note_progress(by=by, order_id=wanted.order_id, away=not row.is_good)
    did = Deed.PACKAGE_RECEIVED if row.is_good else Deed.PACKAGE_SET_ASIDE
    details = {
        "ndc": came.package.ndc,
        "lot": came.lot,
        "serial": came.serial,
        "packages": came.packages,
        "condition": condition.value,
        "because": because,
        "witness": witness.name if witness else "",
    }
    record(by=by, did=did, about=row, details=details)
    return row


def on_form(receipt: Receipt, came: Came) -> Arrived | None:
    """The package as the vault's orders look at it, where it came on one of them."""
    return arrived_on(receipt, came.package, came.packages, came.dea_order)


def known_already(*, by: Worker, came: Came) -> ReceivedPackage | None:
    """The row of this same scan; refused when the package came before (1 query)."""
    asked = Q(key=came.key)
    if came.serial:
        asked |= Q(gtin=came.gtin, serial=came.serial, undone_at=None)
    found = list(ReceivedPackage.objects.filter(asked, pharmacy_id=by.pharmacy_id)[:2])
    same = next((row for row in found if row.key == came.key), None)
    if same is None and found:
        raise received_before(found[0])
    return same


def received_before(other: ReceivedPackage | None) -> Refused:
    """The refusal of a package that is on the books."""
    when = f" on {localtime(other.received_at):%m/%d/%Y}" if other else " a moment ago"
    says = f"This very package was received{when}: it cannot come twice."
    return refuse(says, code="received-before", field="code")


def lot_here(*, by: Worker, came: Came) -> Lot | None:
    """The lot as the ledger knows it, if it does (1 query)."""
    if came.expires_on is None:
        return None
    rows = Lot.objects.filter(
        pharmacy_id=by.pharmacy_id,
        package=came.package,
        number=came.lot.strip(),
        expires_on=came.expires_on,
    )
    return rows.first()


def door_facts(
    receipt: Receipt,
    came: Came,
    wanted: Wanted | None,
    lot: Lot | None,
    *,
    by: Worker,
    witness: Worker | None,
) -> AtTheDoor:
    """Everything the rules need to know of a package (3 queries)."""
    need = need_of(pharmacy_id=by.pharmacy_id, package_id=came.package.pk)
    room = wanted.room if wanted else came.packages if on_form(receipt, came) else None
    return AtTheDoor(
        drug=str(came.package.product),
        lot=came.lot,
        expires_on=came.expires_on,
        packages=came.packages,
        serial=came.serial,
        schedule=came.package.product.schedule,
        storage=need.storage,
        room=room,
        today=by.today,
        cold_c=receipt.temperature_c,
        frozen_c=receipt.frozen_c,
        cold_waits=cold_waits(receipt),
        two_people=witness is not None and witness.person_id != by.person_id,
        dea_order=came.dea_order,
        recalled=held_lot(lot) or recalled(came.package, came.lot, pharmacy_id=by.pharmacy_id),
    )


def condition_problems(
    condition: Condition, because: str, problems: list[Problem]
) -> list[Problem]:
    """Why a package may not be set aside under that name: what can be seen must be so."""
    if condition in ASIDE - {Condition.SUSPECT} and condition.value not in {
        one.code for one in problems
    }:
        says = f"It is not {condition.value}: say what is wrong with it."
        return [Problem(says, field="condition", code="wrong-condition")]
    others = {one.code for one in problems} - {Condition.NO_INFORMATION.value}
    if condition is Condition.NO_INFORMATION and others:
        says = f"It is {' and '.join(sorted(others))} too: set it aside by that name."
        return [Problem(says, field="condition", code="wrong-condition")]
    if condition in {Condition.DAMAGED, Condition.SUSPECT}:
        return because_problems(because, f"it is {condition.value}")
    return []


def put_on_books(
    receipt: Receipt,
    came: Came,
    wanted: Wanted | None,
    lot: Lot | None,
    *,
    by: Worker,
    condition: Condition,
    because: str,
    witness: Worker | None,
) -> ReceivedPackage:
    """The package's row and its moves, together."""
    if came.expires_on is None:
        raise LookupError("the rules let a package through without its expiry")
    if lot is None:
        lot, _ = Lot.objects.get_or_create(
            pharmacy_id=by.pharmacy_id,
            package=came.package,
            number=came.lot.strip(),
            expires_on=came.expires_on,
        )
    good = condition is Condition.GOOD
    at = places_at_the_door(by.pharmacy_id)
    receiving = at[PlaceKind.RECEIVING]
    place = receiving if good else at[PlaceKind.QUARANTINE]
    counts = wanted is not None and condition is not Condition.OVER
    row = ReceivedPackage(
        pharmacy_id=by.pharmacy_id,
        receipt=receipt,
        line_id=wanted.line_id if wanted and counts else None,
        lot=lot,
        gtin=came.gtin,
        serial=came.serial,
        packages=came.packages,
        quantity=came.package.quantity * came.packages,
        condition=condition.value,
        because=because,
        dea_order=came.dea_order.strip(),
        place_id=place,
        key=came.key,
        received_at=by.at,
        by_id=by.person_id,
        witness_id=witness.person_id if witness else None,
    )
    row.save(force_insert=True)
    lines = [Line(at[PlaceKind.SUPPLIER], receiving, lot.pk, row.quantity, CAME)]
    if not good:
        reason = f"at the door: {condition.value}" + (f", {because}" if because else "")
        lines.append(Line(receiving, place, lot.pk, row.quantity, reason))
    post(by=by, key=posting_key(row), lines=lines, witness_id=row.witness_id)
    if (arrived := on_form(receipt, came)) is not None:
        link_arrival(by=by, arrived=arrived, key=posting_key(row), witness_id=row.witness_id)
    return row


def places_at_the_door(pharmacy_id: int) -> dict[PlaceKind, int]:
    """The places a package at the door can come from and go to, the first of each (1 query)."""
    kinds = (PlaceKind.SUPPLIER, PlaceKind.RECEIVING, PlaceKind.QUARANTINE)
    rows = Place.objects.filter(pharmacy_id=pharmacy_id, kind__in=kinds, closed_at=None)
    found = {PlaceKind(kind): pk for kind, pk in rows.order_by("-pk").values_list("kind", "pk")}
    for kind in kinds:
        if kind not in found:
            raise refuse(f"This pharmacy has no {kind.label}.", code="no-place")
    return found


def posting_key(row: ReceivedPackage) -> str:
    """Under which key a package's moves are posted."""
    return f"received-{row.pk}"


def claim_for(
    row: ReceivedPackage, receipt: Receipt, price_usd: Decimal | None, *, by: Worker
) -> Difference:
    """What was set aside at the door is a difference with the wholesaler the same minute."""
    condition = Condition(row.condition)
    # What nobody ordered or too many of costs nothing until it is billed.
    free = condition in {Condition.OVER, Condition.WRONG_ITEM}
    return Difference.objects.create(
        pharmacy_id=by.pharmacy_id,
        kind=CLAIMED_AS[condition].value,
        wholesaler_id=receipt.wholesaler_id,
        line_id=row.line_id,
        received=row,
        package_id=row.lot.package_id,
        packages=row.packages,
        usd=Decimal(0) if free else amount_usd(row.packages, price_usd),
        says=f"set aside at the door: {row.because or condition.value}",
        found_at=by.at,
    )
