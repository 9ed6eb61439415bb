"""The sale from behind the counter: all of it or nothing, and what was refused is kept."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection, transaction

from apothecary.drugs.models import Package
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.listed_chemicals import grams_of_base
from apothecary.law.problem import Problem, Refused, refuse, refuse_if
from apothecary.pickup.behind_counter.contents import Contents, ProductFacts, contents_of
from apothecary.pickup.behind_counter.drawing import draw
from apothecary.pickup.behind_counter.judging import (
    Asked,
    certificate_of,
    earlier_sales,
    last_at,
    sale_problems,
)
from apothecary.pickup.behind_counter.models import (
    CounterLine,
    CounterRefusal,
    CounterSale,
    Kind,
)
from apothecary.pickup.behind_counter.rules import (
    MOST_PACKAGES,
    Buyer,
    buyer_problems,
    clock_problems,
    is_kept,
)
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker

LONGEST_KEY = 80
EACH = ("EA", "ML")


@dataclass(frozen=True, slots=True)
class Item:
    """So many packages of a product, with what is in them."""

    package: Package
    packages: int
    contents: Contents
    grams_base: Decimal

    @property
    def quantity(self) -> Decimal:
        """Billing units of all packages together."""
        return self.package.quantity * self.packages

    @property
    def limit(self) -> str:
        """The kind of limit of 21 CFR 1306.26 it counts against; empty where none does."""
        if not self.contents.exempt:
            return ""
        kind = "opium" if self.contents.opium else "other"
        return f"{kind}_{'ml' if self.contents.liquid else 'units'}"


def sell_behind_counter(
    *, by: Worker, wanted: Mapping[int, int], buyer: Buyer, key: str
) -> CounterSale:
    """Sell whole packages to one buyer, once per key, or refuse with every reason.

    ``wanted``: package id → packages. What a rule stood against is kept with its reasons.
    """
    by.must(Duty.SELL_BEHIND_COUNTER)
    if not key.strip() or len(key) > LONGEST_KEY:
        raise refuse("The sale has no key of its own.", field="key", code="missing")
    items = items_of(wanted, by=by)
    if any(item.contents.exempt for item in items):
        by.must(Duty.SELL_EXEMPT)
    try:
        return make_sale(by=by, items=items, buyer=buyer, key=key)
    except Refused as refusal:
        if is_kept(refusal.problems):
            keep_refusal(by=by, items=items, buyer=buyer, problems=refusal.problems)
        raise


def items_of(wanted: Mapping[int, int], *, by: Worker) -> list[Item]:
    """What is asked for, read from the drug file; in the order of the packages (1 query)."""
    if not wanted:
        raise refuse("Which product, and how many packages?", field="packages", code="missing")
    refuse_if(
        [
            Problem(
                f"{number} packages cannot be sold: 1 to {MOST_PACKAGES} can.",
                field="packages",
                code="bad-quantity",
            )
            for number in wanted.values()
            if not 1 <= number <= MOST_PACKAGES
        ]
    )
    rows = Package.objects.select_related("product").filter(pk__in=wanted).order_by("pk")
    found = list(rows)
    if len(found) < len(wanted):
        raise refuse("No such product in the drug file.", field="packages", code="no-package")
    return [item_of(package, wanted[package.pk], by=by) for package in found]


def item_of(package: Package, packages: int, *, by: Worker) -> Item:
    """One product with what is in it."""
    contents = contents_of(facts_of(package), on=by.today)
    units = package.quantity * packages
    grams = (
        Decimal(0) if contents.problems else grams_of_base(contents.listed, units, on=by.today)
    )
    return Item(package, packages, contents, grams)


def facts_of(package: Package) -> ProductFacts:
    """A package as its contents are read from it."""
    product = package.product
    return ProductFacts(
        ingredient_key=product.ingredient_key,
        substances=product.substances,
        strength=product.strength,
        schedule=product.schedule,
        prescription_only=product.prescription_only,
        unit=package.unit,
    )


def product_problems(items: Sequence[Item]) -> list[Problem]:
    """Why one of the products is not sold here at all, with its name."""
    problems = []
    for item in items:
        name = f"{item.package.product.name} {item.package.product.strength_said}".strip()
        if not item.contents.behind:
            says = f"{name} does not stand behind the counter: it is sold like everything else."
            problems.append(Problem(says, field="packages", code="not-behind"))
        problems += [
            Problem(f"{name}: {each.says}", each.cite, each.code, each.verified, each.field)
            for each in item.contents.problems
        ]
    return problems


@transaction.atomic
def make_sale(*, by: Worker, items: Sequence[Item], buyer: Buyer, key: str) -> CounterSale:
    """The sale in one transaction; whoever sells to the same buyer waits until it is done."""
    signs = any(item.contents.listed for item in items)
    refuse_if([*product_problems(items), *buyer_problems(buyer, signs=signs, on=by.today)])
    hold_buyer(buyer, by=by)
    done = CounterSale.objects.filter(pharmacy_id=by.pharmacy_id, key=key).first()
    if done is not None:
        return done
    certificate = certificate_of(by.pharmacy_id)
    asked = Asked(
        grams_base=sum((item.grams_base for item in items), Decimal(0)),
        listed=signs,
        packages=sum(item.packages for item in items if item.contents.listed),
        exempt=amounts_of(items),
    )
    refuse_if(
        [
            *clock_problems(by.at, last=last_at(by.pharmacy_id)),
            *sale_problems(
                asked, buyer, earlier_sales(buyer, by=by), certificate=certificate, by=by
            ),
        ]
    )
    sale = write_sale(by=by, items=items, buyer=buyer, key=key, grams=asked.grams_base)
    tell(sale, items, by=by)
    return sale


def amounts_of(items: Sequence[Item]) -> dict[str, Decimal]:
    """What counts against each limit of 21 CFR 1306.26: millilitres or dosage units."""
    amounts: dict[str, Decimal] = {}
    for item in items:
        if item.limit:
            amounts[item.limit] = amounts.get(item.limit, Decimal(0)) + item.quantity
    return amounts


def hold_buyer(buyer: Buyer, *, by: Worker) -> None:
    """Let nobody else sell to this buyer until the act is done, by name or by paper.

    In one order, so that two registers cannot wait for each other.
    """
    names = sorted(
        [
            f"buyer {buyer.folded} {buyer.born_on}",
            *([f"paper {buyer.paper}"] if buyer.paper else []),
        ]
    )
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))",
                [f"counter {name}", by.pharmacy_id],
            )


def write_sale(
    *, by: Worker, items: Sequence[Item], buyer: Buyer, key: str, grams: Decimal
) -> CounterSale:
    """The rows of the sale, and the units from the shelf to the buyer."""
    if buyer.born_on is None:
        raise LookupError("the birth date was asked for before")
    lots = draw(by=by, key=key, wanted={item.package: item.quantity for item in items})
    sale = CounterSale.objects.create(
        pharmacy_id=by.pharmacy_id,
        key=key,
        kind=kind_of(items),
        by_id=by.somebody,
        at=by.at,
        sold_on=by.today,
        buyer=buyer.name,
        folded=buyer.folded,
        born_on=buyer.born_on,
        address=buyer.address,
        known=buyer.known,
        id_kind=buyer.id_kind,
        id_number=buyer.id_number,
        id_issuer=buyer.id_issuer,
        id_until=buyer.id_until,
        paper=buyer.paper,
        log_number=buyer.log_number,
        signature=buyer.signature,
        grams_base=grams,
    )
    CounterLine.objects.bulk_create(
        CounterLine(
            pharmacy_id=by.pharmacy_id,
            sale=sale,
            package=item.package,
            packages=item.packages,
            quantity=item.quantity,
            grams_base=item.grams_base,
            limit=item.limit,
            lots=", ".join(lots[item.package.pk]),
        )
        for item in items
    )
    return sale


def kind_of(items: Sequence[Item]) -> Kind:
    """The book or the books a sale stands in."""
    listed = any(item.contents.listed for item in items)
    exempt = any(item.contents.exempt for item in items)
    if listed and exempt:
        return Kind.BOTH
    return Kind.EXEMPT if exempt else Kind.LISTED


def tell(sale: CounterSale, items: Sequence[Item], *, by: Worker) -> None:
    """Write the sale into the journal; who bought stands in the book itself."""
    sold = {item.package.ndc: item.packages for item in items}
    details = {"book": sale.kind, "packages": sold, "grams_base": sale.grams_base}
    record(by=by, did=Deed.COUNTER_SOLD, about=sale, details=details)


@transaction.atomic
def keep_refusal(
    *, by: Worker, items: Sequence[Item], buyer: Buyer, problems: Sequence[Problem]
) -> CounterRefusal:
    """Keep that a sale was asked for and why it was not made."""
    asked = {item.package.ndc: item.packages for item in items}
    row = CounterRefusal.objects.create(
        pharmacy_id=by.pharmacy_id,
        by_id=by.somebody,
        at=by.at,
        buyer=buyer.name[:LONGEST_KEY],
        born_on=buyer.born_on,
        id_number=buyer.id_number[:LONGEST_KEY],
        asked=json.dumps(asked, sort_keys=True),
        because=" ".join(problem.says for problem in problems),
    )
    codes = [problem.code for problem in problems]
    record(by=by, did=Deed.COUNTER_REFUSED, about=row, details={"codes": codes})
    return row
