"""What else may be given for a fill, and what the law of the state asks for before it is."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from apothecary.drugs.models import Package
from apothecary.filling.queries import good_until, packages_on_hand, product_facts
from apothecary.filling.rules import ProductFacts, substitution_problems, substitution_steps
from apothecary.law.problem import Problem
from apothecary.prescriptions.compound_tables import is_compound
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.writer import FULL, programme_of
from apothecary.stock.queries import free_units

CENT = Decimal("0.01")


def package_facts(package: Package, quantity: Decimal) -> ProductFacts:
    """A package as the law compares it: its product, and what the quantity of it costs."""
    unit_usd = package.price_usd
    usd = None if unit_usd is None else (unit_usd * quantity).quantize(CENT)
    return replace(product_facts(package.product), price_usd=usd)


@dataclass(frozen=True, slots=True)
class Offer:
    """Another package on the shelf: why it may not be given, or what the law asks before."""

    package: Package
    problems: list[Problem]
    steps: list[Problem]


@dataclass(frozen=True, slots=True)
class Shortage:
    """What the page of a fill out of stock shows."""

    fill: Fill
    free: Decimal
    offers: list[Offer]


def shortage_of(*, pharmacy_id: int, fill_id: int, today: date) -> Shortage | None:
    """A fill with what there is of its package and of others (3 queries), or none.

    Of a compound nothing: what it lacks stands in its sentence, and no part of it is given.
    """
    fills = Fill.objects.filter(pharmacy_id=pharmacy_id, pk=fill_id)
    fill = fills.select_related(*FULL, "owner", "pharmacy").first()
    if fill is None:
        return None
    if is_compound(fill.package):
        return Shortage(fill, Decimal(0), [])
    free = free_units(
        pharmacy_id=pharmacy_id,
        package_id=fill.package_id,
        good_until=good_until(fill, today=today),
        programme=programme_of(fill),
    )
    offers = [offer_of(fill, package, on=today) for package in packages_on_hand(fill)]
    return Shortage(fill, min(free, fill.quantity), offers)


def offer_of(fill: Fill, package: Package, *, on: date) -> Offer:
    """A package beside what the fill is of, under the law of the pharmacy's state."""
    wanted = package_facts(fill.package, fill.quantity)
    offered, state = package_facts(package, fill.quantity), fill.pharmacy.state
    problems = substitution_problems(wanted, offered, daw=fill.daw, state=state, on=on)
    return Offer(package, problems, substitution_steps(wanted, offered, state=state, on=on))
