"""Taking an inventory of controlled drugs: begun, counted, signed, then a record."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.inventories import InventoryFacts, inventory_problems
from apothecary.law.problem import Problem, Refused, refuse, refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.models import Person, Pharmacy
from apothecary.staff.worker import Worker
from apothecary.stock.counting.asserting import Said, assert_units, hold_balance
from apothecary.stock.counting.models import Way
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.ledger import hold_packages
from apothecary.stock.models import Balance, Lot
from apothecary.vault.book.cases import Found, open_case
from apothecary.vault.book.inventory_rules import (
    WHOLE,
    Business,
    Clock,
    InventoryState,
    Kind,
    clock,
    found_problems,
    method_of,
)
from apothecary.vault.book.models import Inventory, InventoryLine
from apothecary.vault.book.perpetual import drug_of
from apothecary.vault.book.policy import Signature, second_person, vault_policy
from apothecary.vault.book.rules import CONTROLLED_FROM, ON_HAND, Source, words_problems

# What lies in bags is still on hand until it is fetched, and what patients returned until it is
# destroyed: an inventory counts it, the book of the stock does not.
COUNTED_TOO = ON_HAND | {PlaceKind.WILL_CALL, PlaceKind.RETURNED}
FIRST_DAY = """
SELECT (min(p.happened_at) AT TIME ZONE %(zone)s)::date FROM stock_lot l
JOIN drugs_package k ON k.id = l.package_id
JOIN drugs_product d ON d.id = k.product_id AND d.schedule >= %(from)s
CROSS JOIN LATERAL (
    SELECT m.posting_id FROM stock_move m
    WHERE m.pharmacy_id = l.pharmacy_id AND m.lot_id = l.id ORDER BY m.id LIMIT 1) m
JOIN stock_posting p ON p.id = m.posting_id
WHERE l.pharmacy_id = %(pharmacy)s
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """What was found of a lot: sealed containers, and what lies in opened ones."""

    full: int
    opened: Decimal
    estimated: bool = False


@transaction.atomic
def start_inventory(
    *, by: Worker, kind: Kind, business: Business, product_id: int | None = None
) -> Inventory:
    """Begin an inventory of all controlled drugs, or of one that was newly scheduled."""
    by.must(Duty.TAKE_INVENTORY)
    there = Q(lot__package__product__schedule__gte=CONTROLLED_FROM)
    if kind is Kind.NEWLY_SCHEDULED:
        if product_id is None:
            raise refuse("Say which drug was scheduled.", field="product", code="no-drug")
        there = Q(lot__package_id__in=drug_of(product_id).packages)
    elif product_id is not None:
        says = "This inventory is of all controlled drugs."
        raise refuse(says, field="product", code="whole")
    house = Pharmacy.objects.get(pk=by.pharmacy_id)
    inventory = begin(by=by, house=house, kind=kind, business=business, product_id=product_id)
    balances = Balance.objects.filter(
        there,
        pharmacy_id=by.pharmacy_id,
        on_hand__gt=0,
        place__kind__in=[each.value for each in COUNTED_TOO],
    ).select_related("place", "lot__package__product")
    lines = [
        line_of(inventory, balance, state=house.state)
        for balance in balances.order_by(
            "lot__package__product__schedule",
            "place__name",
            "lot__package__product__name",
            "lot__package_id",
            "lot_id",
        )
    ]
    InventoryLine.objects.bulk_create(lines)
    said = {"kind": kind.value, "business": business.value, "lines": len(lines)}
    record(by=by, did=Deed.INVENTORY_STARTED, about=inventory, details=said)
    return inventory


def begin(
    *, by: Worker, house: Pharmacy, kind: Kind, business: Business, product_id: int | None
) -> Inventory:
    """The head of an inventory; one at a time, whoever was first."""
    try:
        with transaction.atomic():
            return Inventory.objects.create(
                pharmacy_id=by.pharmacy_id,
                kind=kind.value,
                business=business.value,
                product_id=product_id,
                taken_on=by.today,
                started_at=by.at,
                started_by_id=by.somebody,
                registrant=house.name,
                address=f"{house.street}, {house.city}, {house.state} {house.postal_code}",
                dea=house.dea,
            )
    except IntegrityError as twice:
        says = "An inventory is being taken: sign it, or give it up."
        raise refuse(says, code="inventory-open") from twice


def line_of(inventory: Inventory, balance: Balance, *, state: str) -> InventoryLine:
    """A line that is still to be counted, in the words of today."""
    package = balance.lot.package
    product = package.product
    method, _ = method_of(
        schedule=product.schedule,
        state=state,
        container=package.quantity,
        billing_unit=package.unit,
        on=inventory.taken_on,
    )
    return InventoryLine(
        pharmacy_id=inventory.pharmacy_id,
        inventory=inventory,
        place_id=balance.place_id,
        lot_id=balance.lot_id,
        where=balance.place.name,
        drug=product.name,
        strength=product.strength_said,
        form=product.form,
        ndc=package.ndc,
        schedule=product.schedule,
        lot_number=balance.lot.number,
        expires_on=balance.lot.expires_on,
        container=package.quantity,
        unit=package.unit_word or package.unit,
        billing_unit=package.unit,
        method=method.value,
    )


@transaction.atomic
def count_line(*, by: Worker, line_id: int, found: Counted) -> InventoryLine:
    """Say what is there of a lot, without having seen the books; until it is signed, again."""
    by.must(Duty.TAKE_INVENTORY)
    lines = InventoryLine.objects.select_related("inventory").select_for_update(of=("self",))
    line = lines.filter(pharmacy_id=by.pharmacy_id, pk=line_id).first()
    if line is None:
        raise refuse("No such line here.", code="no-line")
    refuse_if(open_problems(line.inventory, today=by.today))
    refuse_if(
        found_problems(
            full=found.full,
            opened=found.opened,
            container=line.container,
            billing_unit=line.billing_unit,
            method=line.method_said,
            estimated=found.estimated,
        )
    )
    balance = hold_balance(by=by, lot_id=line.lot_id, place_id=line.place_id)
    line.full, line.opened, line.estimated = found.full, found.opened, found.estimated
    line.counted = found.full * line.container + found.opened
    line.book, line.counted_at, line.counted_by_id = balance.on_hand, by.at, by.somebody
    line.save()
    if not found.estimated:
        assert_units(by=by, balance=balance, said=Said(line.counted, Way.SHEET))
    said = {"line": line.pk, "counted": line.counted, "estimated": line.estimated}
    record(by=by, did=Deed.INVENTORY_COUNTED, about=line.inventory, details=said)
    return line


def open_problems(inventory: Inventory, *, today: date) -> list[Problem]:
    """Why nothing more is counted in this inventory."""
    if inventory.state != InventoryState.OPEN:
        says = f"This inventory was {inventory.state}: it is a record now."
        return [Problem(says, code="inventory-closed")]
    if today != inventory.taken_on:
        says = (
            f"This inventory is of {inventory.taken_on:%m/%d/%Y}, and an inventory is of one "
            "day: give it up and begin another."
        )
        return [Problem(says, code="inventory-day", cite="house policy", verified="C")]
    return []


def sign_inventory(
    *, by: Worker, inventory_id: int, signature: Signature | None = None
) -> Inventory:
    """Sign an inventory of which every line is counted: from now on it is a record.

    An exact count that is not what the books say opens a discrepancy.
    """
    by.must(Duty.SIGN_INVENTORY)
    witness = None
    if signature is not None and signature.initials.strip():
        witness = second_person(by=by, signature=signature, duty=Duty.TAKE_INVENTORY)
    elif vault_policy(pharmacy_id=by.pharmacy_id).inventory_witness:
        says = "This house signs its inventories by two: initials and PIN of a second person."
        raise Refused([Problem(says, field="initials", code="inventory-witness",
                               cite="house policy", verified="C")])  # fmt: skip
    with transaction.atomic():
        return sign(by=by, inventory_id=inventory_id, witness=witness)


def sign(*, by: Worker, inventory_id: int, witness: Worker | None) -> Inventory:
    """The signature itself, within a transaction."""
    inventory = lock_inventory(by=by, inventory_id=inventory_id)
    refuse_if(open_problems(inventory, today=by.today))
    lines = list(inventory.lines.order_by("id"))
    left = sum(line.counted is None for line in lines)
    if left:
        raise refuse(f"{left} lines are not counted yet.", code="lines-open")
    shown = {"in_writing"} | ({"registered_location"} if inventory.address else set())
    facts = InventoryFacts(time_of_day=inventory.business, shown=frozenset(shown))
    refuse_if(inventory_problems(facts, on=by.today))
    takers = {line.counted_by_id for line in lines} | {inventory.started_by_id}
    people = Person.objects.filter(pk__in=[each for each in takers if each])
    inventory.taken_by_names = ", ".join(people.order_by("name").values_list("name", flat=True))
    inventory.state, inventory.ended_at = InventoryState.SIGNED.value, by.at
    inventory.signed_by_id, inventory.signed_by_name = by.somebody, by.name
    if witness is not None:
        inventory.witness_id, inventory.witness_name = witness.person_id, witness.name
    inventory.save()
    differs = open_cases(lines, by=by)
    said = {"lines": len(lines), "differs": differs, "witness": inventory.witness_name}
    record(by=by, did=Deed.INVENTORY_SIGNED, about=inventory, details=said)
    return inventory


def open_cases(lines: list[InventoryLine], *, by: Worker) -> int:
    """A discrepancy for each exact count of stock that the books do not have so."""
    stock = set(
        Balance.objects.filter(
            pharmacy_id=by.pharmacy_id,
            lot_id__in=[line.lot_id for line in lines],
            place__kind__in=[kind.value for kind in ON_HAND],
        ).values_list("place_id", flat=True)
    )
    differing = [
        line
        for line in lines
        if not line.estimated and line.counted != line.book and line.place_id in stock
    ]
    lots = Lot.objects.filter(pk__in=[line.lot_id for line in differing])
    # All at once and in the ledger's own order, before the cases hold them one by one.
    hold_packages(by=by, package_ids=list(lots.values_list("package_id", flat=True)))
    for line in differing:
        book, counted = line.book or Decimal(0), line.counted or Decimal(0)
        found = Found(line.place_id, line.lot_id, book, counted, Source.INVENTORY)
        open_case(by=by, found=found)
    return len(differing)


@transaction.atomic
def give_up_inventory(*, by: Worker, inventory_id: int, because: str) -> Inventory:
    """End an inventory that is not signed, and say why; what was counted stays to be seen."""
    by.must(Duty.TAKE_INVENTORY)
    inventory = lock_inventory(by=by, inventory_id=inventory_id)
    problems = words_problems(because, field="because", what="why it is given up")
    if inventory.state != InventoryState.OPEN:
        problems += open_problems(inventory, today=inventory.taken_on)
    refuse_if(problems)
    inventory.state, inventory.ended_at = InventoryState.GIVEN_UP.value, by.at
    inventory.because = because.strip()
    inventory.save()
    said = {"because": inventory.because}
    record(by=by, did=Deed.INVENTORY_GIVEN_UP, about=inventory, details=said)
    return inventory


def lock_inventory(*, by: Worker, inventory_id: int) -> Inventory:
    """The inventory, held until the act is done."""
    held = Inventory.objects.select_for_update(of=("self",))
    inventory = held.filter(pharmacy_id=by.pharmacy_id, pk=inventory_id).first()
    if inventory is None:
        raise refuse("No such inventory here.", code="no-inventory")
    return inventory


def inventory_clock(*, pharmacy_id: int, today: date) -> Clock:
    """Where the two-year clock of this pharmacy stands (2 or 3 queries)."""
    house = Pharmacy.objects.get(pk=pharmacy_id)
    whole = Inventory.objects.filter(
        pharmacy_id=pharmacy_id,
        state=InventoryState.SIGNED.value,
        kind__in=[kind.value for kind in WHOLE],
    )
    last = whole.order_by("-taken_on").values_list("taken_on", flat=True).first()
    first = None if last else first_controlled_day(house)
    return clock(last_on=last, first_day=first, state=house.state, today=today)


def first_controlled_day(house: Pharmacy) -> date | None:
    """The day on which the first controlled drug moved here (1 query)."""
    asked: dict[str, int | str] = {
        "pharmacy": house.pk,
        "from": CONTROLLED_FROM,
        "zone": house.time_zone,
    }
    with connection.cursor() as cursor:
        cursor.execute(FIRST_DAY, asked)
        first: date | None = cursor.fetchone()[0]
    return first
