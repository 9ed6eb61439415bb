"""Units from the shelves to a buyer, first expired first out, by the ledger alone."""

from collections.abc import Mapping
from decimal import Decimal

from apothecary.drugs.models import Package
from apothecary.law.problem import refuse
from apothecary.staff.worker import Worker
from apothecary.stock.kinds import PICKED_FROM, PlaceKind, Programme
from apothecary.stock.ledger import Line, hold_packages, post
from apothecary.stock.models import Balance, LotState
from apothecary.stock.places.queries import the_place

REASON = "sold from behind the counter"


def key_of(key: str) -> str:
    """How the posting of a sale is called."""
    return f"counter-sale-{key}"


def draw(*, by: Worker, key: str, wanted: Mapping[Package, Decimal]) -> dict[int, list[str]]:
    """Post the units of each package to the buyer; which lots they are, by package id.

    ``wanted``: package → billing units. All of it or a refusal that names what is short.
    """
    hold_packages(by=by, package_ids=[package.pk for package in wanted])
    patient = the_place(by.pharmacy_id, PlaceKind.PATIENT)
    lines: list[Line] = []
    lots: dict[int, list[str]] = {}
    for package, quantity in wanted.items():
        left = quantity
        for balance in sellable(by=by, package_ids=[package.pk]):
            take = min(left, balance.on_hand - balance.reserved)
            if take <= 0:
                continue
            lines.append(Line(balance.place_id, patient.pk, balance.lot_id, take, REASON))
            lots.setdefault(package.pk, []).append(balance.lot.number)
            left -= take
        if left > 0:
            says = f"{package.product.name}: only {quantity - left} of {quantity} are there."
            raise refuse(says, field="packages", code="not-there")
    post(by=by, key=key_of(key), lines=lines)
    return lots


def sellable(*, by: Worker, package_ids: list[int]) -> list[Balance]:
    """What stands where fills draw from and may go to a buyer, by expiry (1 query)."""
    rows = Balance.objects.filter(
        pharmacy_id=by.pharmacy_id,
        lot__package_id__in=package_ids,
        lot__state=LotState.AVAILABLE,
        lot__expires_on__gte=by.today,
        place__kind__in=[kind.value for kind in PICKED_FROM],
        place__programme=Programme.OWN,
        on_hand__gt=0,
    )
    return list(
        rows.select_related("lot").order_by("lot__expires_on", "lot_id", "place_id", "id")
    )
