"""Controlled drugs destroyed before two people of the house, and the record of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Max

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.form41 import Destroyed, Form41, Witness, form41_problems, kept_until
from apothecary.law.problem import refuse, refuse_if
from apothecary.returns.disposal.containers import thrown_of
from apothecary.returns.disposal.models import DestroyedLine, Destruction
from apothecary.returns.disposal.rules import thrown_problems
from apothecary.staff.actions import sign_step
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.stock.counting.asserting import hold_balance
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.ledger import Line, hold_packages, post
from apothecary.stock.models import Balance, Lot
from apothecary.stock.places.queries import the_place

NUMBERS = "SELECT pg_advisory_xact_lock(hashtextextended('destruction numbers', %s))"
MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class Item:
    """Units of a lot at a place."""

    lot_id: int
    place_id: int
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """Where, how and on which day; ``key`` makes one form one act."""

    place: str
    method: str
    destroyed_on: date
    key: str


def destroy(
    *, by: Worker, items: Sequence[Item], how: How, initials: str = "", pin: str = ""
) -> Destruction:
    """Write down a destruction that somebody else saw and signs with initials and PIN."""
    by.must(Duty.DESTROY_CONTROLLED)
    before = done_before(by=by, key=how.key)
    if before is not None:
        return before
    witness = None
    if initials.strip():
        # The PIN stands in a transaction of its own: a wrong one counts even though it refuses.
        witness = sign_step(by=by, initials=initials, pin=pin, duty=Duty.MANAGE_STOCK)
    return destroy_before(by=by, items=items, how=how, witness=witness)


def done_before(*, by: Worker, key: str) -> Destruction | None:
    """The record of this same form (1 query)."""
    return Destruction.objects.filter(pharmacy_id=by.pharmacy_id, key=key).first()


@transaction.atomic
def destroy_before(
    *, by: Worker, items: Sequence[Item], how: How, witness: Worker | None
) -> Destruction:
    """The same with the witness already known: ledger and record together, or neither."""
    by.must(Duty.DESTROY_CONTROLLED)
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS, [by.pharmacy_id])
    before = done_before(by=by, key=how.key)
    if before is not None:
        return before
    balances = held(items, by=by)
    form = form_of(items, balances, how, by=by, witness=witness)
    problems = form41_problems(form, on=by.today)
    for one, balance in zip(items, balances, strict=True):
        problems += thrown_problems(thrown_of(balance, one.quantity))
    refuse_if(problems)
    if witness is None or witness.person_id is None:
        raise LookupError("the rules let a destruction through without its witness")
    row = Destruction.objects.create(
        pharmacy_id=by.pharmacy_id,
        number=next_number(by.pharmacy_id),
        destroyed_on=how.destroyed_on,
        recorded_at=by.at,
        place=how.place.strip(),
        method=how.method.strip(),
        by_id=by.somebody,
        by_name=by.name,
        by_title=by.role.value,
        witness_id=witness.person_id,
        witness_name=witness.name,
        witness_title=witness.role.value,
        kept_until=kept_until(how.destroyed_on, on=by.today),
        key=how.key,
    )
    put_down(row, items, by=by)
    return row


def put_down(row: Destruction, items: Sequence[Item], *, by: Worker) -> None:
    """The lines of a record, and what the ledger does."""
    DestroyedLine.objects.bulk_create(
        DestroyedLine(
            pharmacy_id=by.pharmacy_id,
            destruction=row,
            lot_id=one.lot_id,
            place_id=one.place_id,
            quantity=one.quantity,
        )
        for one in items
    )
    waste = the_place(by.pharmacy_id, PlaceKind.WASTE)
    says = f"destroyed on {row}"
    lines = [Line(one.place_id, waste.pk, one.lot_id, one.quantity, says) for one in items]
    post(by=by, key=f"destroyed-{row.pk}", lines=lines, witness_id=row.witness_id)
    details = {"number": row.number, "lines": len(items), "witness": row.witness_name}
    record(by=by, did=Deed.CONTROLLED_DESTROYED, about=row, details=details)


def held(items: Sequence[Item], *, by: Worker) -> list[Balance]:
    """What the books say of each, held in the ledger's own order."""
    named = [(one.lot_id, one.place_id) for one in items]
    if len(set(named)) < len(named) or len(named) > MOST_LINES:
        says = f"Each lot of a place is named once, and at most {MOST_LINES}."
        raise refuse(says, code="named-twice", field="lines")
    lots = Lot.objects.filter(pharmacy_id=by.pharmacy_id, pk__in=[one for one, _ in named])
    hold_packages(by=by, package_ids=sorted(set(lots.values_list("package_id", flat=True))))
    return [hold_balance(by=by, lot_id=lot, place_id=place) for lot, place in named]


def next_number(pharmacy_id: int) -> int:
    """The number of the next record; the caller holds the numbers (1 query)."""
    rows = Destruction.objects.filter(pharmacy_id=pharmacy_id)
    return int(rows.aggregate(last=Max("number"))["last"] or 0) + 1


def form_of(
    items: Sequence[Item],
    balances: Sequence[Balance],
    how: How,
    *,
    by: Worker,
    witness: Worker | None,
) -> Form41:
    """The facts that the law looks at (1 query)."""
    pharmacy = Pharmacy.objects.get(pk=by.pharmacy_id)
    seen = [by] if witness is None else [by, witness]
    return Form41(
        registrant=pharmacy.name,
        dea=pharmacy.dea,
        address=address_of(pharmacy),
        destroyed_on=how.destroyed_on,
        place=how.place,
        method=how.method,
        witnesses=[
            Witness(id=one.person_id, name=one.name, title=one.role.value) for one in seen
        ],
        lines=[
            line_of(balance.lot, one.quantity)
            for one, balance in zip(items, balances, strict=True)
        ],
    )


def address_of(pharmacy: Pharmacy) -> str:
    """Where the registrant is."""
    return f"{pharmacy.street}, {pharmacy.city}, {pharmacy.state} {pharmacy.postal_code}"


def line_of(lot: Lot, quantity: Decimal) -> Destroyed:
    """A line of the record."""
    package = lot.package
    return Destroyed(
        ndc=package.ndc,
        drug=f"{package.product.name} {package.product.strength_said}",
        form=package.product.form,
        schedule=package.product.schedule,
        lot=lot.number,
        expires_on=lot.expires_on,
        quantity=quantity,
        unit=package.unit_word or package.unit,
        package=package.quantity,
    )


def record_of(row: Destruction, pharmacy: Pharmacy) -> Form41:
    """A destruction as it was written down, for its paper (1 query)."""
    lines = row.lines.filter(pharmacy_id=row.pharmacy_id)
    found = lines.select_related("lot__package__product").order_by("pk")
    return Form41(
        registrant=pharmacy.name,
        dea=pharmacy.dea,
        address=address_of(pharmacy),
        destroyed_on=row.destroyed_on,
        place=row.place,
        method=row.method,
        witnesses=[
            Witness(id=row.by_id, name=row.by_name, title=row.by_title),
            Witness(id=row.witness_id, name=row.witness_name, title=row.witness_title),
        ],
        lines=[line_of(one.lot, one.quantity) for one in found],
    )
