"""The pick list: where to take how many from which lot, and of which ingredient."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, Decimal

from apothecary.drugs.models import Package
from apothecary.prescriptions.compound_tables import CompoundIngredient
from apothecary.stock.models import Reservation, ShelfItem


@dataclass(frozen=True, slots=True)
class Pick:
    """Where to take how many from which lot."""

    bin: str
    place: str
    lot: str
    expires_on: date
    quantity: Decimal
    # Of a compound: the ingredient, and its own unit.
    drug: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Shelved:
    """A package by its name, its unit, and where it stands."""

    drug: str
    unit: str
    bin: str


IN_BINS = "package_id", "programme", "bin"
# A package and whose stock it is: the house's own and 340B stand in bins of their own.
Spot = tuple[int, str]


def spot_of(held: Reservation) -> Spot:
    """What a reservation is of, and whose."""
    return held.lot.package_id, held.place.programme


def on_shelves(held: Sequence[Reservation]) -> dict[Spot, Shelved]:
    """The packages of these reservations (2 queries; none where there are none)."""
    if not held:
        return {}
    wanted = {each.lot.package_id for each in held}
    items = ShelfItem.objects.filter(pharmacy_id=held[0].pharmacy_id, package_id__in=wanted)
    bins_of = {(of, whose): name for of, whose, name in items.values_list(*IN_BINS)}
    packages = Package.objects.select_related("product").in_bulk(wanted)
    return {
        spot: shelved(packages[spot[0]], bins_of.get(spot, "")) for spot in map(spot_of, held)
    }


def shelved(package: Package, bin_name: str) -> Shelved:
    """A package by its name, beside the bin it stands in."""
    of = package.product
    return Shelved(f"{of.name} {of.strength_said}".strip(), package.unit, bin_name)


def pick(held: Reservation, shelf: str) -> Pick:
    """One line of a pick list."""
    return Pick(shelf, held.place.name, held.lot.number, held.lot.expires_on, held.quantity)


def picked(line: Pick, of: Shelved | None) -> Pick:
    """A line of a pick list that says which ingredient it is."""
    return replace(line, bin=of.bin, drug=of.drug, unit=of.unit) if of else line


def lots_said(
    held: Sequence[Reservation], made_of: Sequence[CompoundIngredient]
) -> tuple[tuple[int, str], ...]:
    """Each reserved lot with its number; of a compound, which ingredient it is of."""
    names = {one.package_id: one.package.product.name for one in made_of}
    said = {}
    for each in held:
        name = names.get(each.lot.package_id, "")
        said[each.lot_id] = f"{each.lot.number} of {name}" if name else each.lot.number
    return tuple(said.items())


def bottles_of(one: CompoundIngredient) -> int:
    """How many full bottles an ingredient takes."""
    return int((one.quantity / one.package.quantity).to_integral_value(ROUND_CEILING))
