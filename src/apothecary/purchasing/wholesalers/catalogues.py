"""Taking a catalogue (832) in: items with the drugs they are, and prices with their days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apothecary.drugs.models import Package
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.purchasing.wholesalers.models import CatalogueItem, ItemPrice, Wholesaler
from apothecary.purchasing.wholesalers.rules import PRICE_KINDS
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.kinds import Programme
from apothecary.wires.models import Incoming
from apothecary.wires.x12.supply.catalogue import Catalogue, Price
from apothecary.wires.x12.supply.catalogue import CatalogueItem as Listed

AT_ONCE = 1_000
# What a wholesaler does with an item (G5301): 002 it is sold no more.
DELETED = "002"
UNKNOWN = "the drug file does not know NDC {ndc}"
AMBIGUOUS = "NDC {ndc} could be several packages of the drug file"
NO_NDC = "it carries no NDC"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a catalogue brought."""

    items: int
    new: int
    prices: int
    changed: int
    aside: int


def take_catalogue(
    *,
    by: Worker,
    wholesaler: Wholesaler,
    catalogue: Catalogue,
    programme: Programme,
    incoming: Incoming | None,
) -> Taken:
    """Every item and price of a catalogue; the caller's transaction holds it together.

    An item whose drug nobody knows stands aside, and never becomes a drug by itself.
    """
    by.must(Duty.ORDER_STOCK)
    on = catalogue.effective_on or by.today
    # Of an item listed twice the last listing counts, as in any later catalogue.
    listed = {number_of(one): one for one in catalogue.items if number_of(one)}
    known = _items_of(wholesaler, listed)
    packages = _packages_of(one.product.ndc for one in listed.values())
    new, old = [], []
    for number, one in listed.items():
        item = known.get(number)
        if item is None:
            item = CatalogueItem(
                pharmacy_id=by.pharmacy_id, wholesaler=wholesaler, item_number=number
            )
            new.append(item)
        else:
            old.append(item)
        _describe(item, one, packages, on=on, incoming=incoming)
    CatalogueItem.objects.bulk_create(new, batch_size=AT_ONCE)
    fields = ["ndc", "gtin", "package", "description", "pack", "problem", "discontinued_on"]
    CatalogueItem.objects.bulk_update(old, [*fields, "seen_on", "incoming"], batch_size=AT_ONCE)
    items = {item.item_number: item for item in (*new, *old)}
    prices, changed = _put_prices(
        [(items[number], one) for number, one in listed.items()],
        programme=programme,
        by=by,
        on=on,
    )
    aside = sum(one.package_id is None and one.dismissed_at is None for one in items.values())
    taken = Taken(len(items), len(new), prices, changed, aside)
    details = {
        "number": catalogue.number,
        "items": taken.items,
        "new": taken.new,
        "prices changed": taken.changed,
        "set aside": taken.aside,
    }
    record(by=by, did=Deed.CATALOGUE_TAKEN, about=wholesaler, details=details)
    return taken


def number_of(one: Listed) -> str:
    """What an item is known by: their number, else its NDC, else its trade code."""
    return one.product.item or one.product.ndc or one.product.upc or one.product.gtin


def _items_of(wholesaler: Wholesaler, numbers: Iterable[str]) -> dict[str, CatalogueItem]:
    rows = CatalogueItem.objects.filter(
        pharmacy_id=wholesaler.pharmacy_id, wholesaler=wholesaler, item_number__in=numbers
    )
    return {row.item_number: row for row in rows}


def _packages_of(ndcs: Iterable[str]) -> dict[str, list[int]]:
    """The packages in use by their eleven digits (1 query)."""
    rows = Package.objects.filter(ndc11__in={ndc for ndc in ndcs if ndc})
    found: dict[str, list[int]] = {}
    for ndc11, pk in rows.values_list("ndc11", "pk"):
        found.setdefault(ndc11, []).append(pk)
    return found


def _describe(
    item: CatalogueItem,
    one: Listed,
    packages: dict[str, list[int]],
    *,
    on: date,
    incoming: Incoming | None,
) -> None:
    """What the catalogue says of an item; which drug it is changes only with its NDC."""
    ndc = one.product.ndc
    if item.ndc != ndc or item.package_id is None:
        found = packages.get(ndc, [])
        item.package_id = found[0] if len(found) == 1 else None
        says = NO_NDC if not ndc else AMBIGUOUS if found else UNKNOWN
        item.problem = "" if item.package_id else says.format(ndc=ndc)
    item.ndc, item.gtin = ndc, one.product.gtin or one.product.upc
    item.description = one.product.description
    item.pack = _pack_words(one)
    item.discontinued_on = on if one.change == DELETED else None
    item.seen_on, item.incoming = on, incoming


def _pack_words(one: Listed) -> str:
    pack = one.pack
    if pack is None or pack.size is None:
        return ""
    count = f"{pack.count.normalize():f} × " if pack.count else ""
    return f"{count}{pack.size.normalize():f} {pack.unit}".strip()


def our_price(prices: Sequence[Price]) -> Price | None:
    """The price we pay: the contract's before all others, for one package."""
    single = [one for one in prices if one.quantity is None or one.quantity <= 1]
    for kind in PRICE_KINDS:
        for one in single:
            if one.kind == kind:
                return one
    return None


def _put_prices(
    listed: Sequence[tuple[CatalogueItem, Listed]],
    *,
    programme: Programme,
    by: Worker,
    on: date,
) -> tuple[int, int]:
    """New rows for prices that are not what they were; how many, and how many of them changed
    one that was known.
    """
    before = _prices_before([item for item, _ in listed], programme, pharmacy_id=by.pharmacy_id)
    rows = []
    for item, one in listed:
        price = our_price(one.prices)
        if price is None:
            continue
        starts_on = price.effective_on or one.effective_on or on
        was = before.get(item.pk)
        if was is not None and was[0] == price.amount and was[1] == price.ends_on:
            continue
        rows.append(
            ItemPrice(
                pharmacy_id=by.pharmacy_id,
                item=item,
                programme=programme.value,
                usd=price.amount,
                contract=one.contract or ("contract" if price.kind == PRICE_KINDS[0] else ""),
                starts_on=starts_on,
                ends_on=price.ends_on,
                seen_at=by.at,
                was_usd=was[0] if was is not None and was[0] != price.amount else None,
            )
        )
    ItemPrice.objects.bulk_create(
        rows,
        batch_size=AT_ONCE,
        update_conflicts=True,
        unique_fields=["pharmacy", "item", "programme", "starts_on"],
        update_fields=["usd", "contract", "ends_on", "seen_at", "was_usd"],
    )
    return len(rows), sum(row.was_usd is not None for row in rows)


def _prices_before(
    items: Sequence[CatalogueItem], programme: Programme, *, pharmacy_id: int
) -> dict[int, tuple[Decimal, date | None]]:
    """The last price of each item (1 query)."""
    rows = ItemPrice.objects.filter(
        pharmacy_id=pharmacy_id, item__in=items, programme=programme.value
    ).order_by("starts_on", "pk")
    return {
        item_id: (usd, ends_on)
        for item_id, usd, ends_on in rows.values_list("item_id", "usd", "ends_on")
    }
