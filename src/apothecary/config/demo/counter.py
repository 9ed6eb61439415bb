"""What stands behind the demo's counter, and who bought of it in the weeks before.

The buyers are invented, as everybody here; the certificate is the store's own word for itself.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from apothecary.config.demo.history import days_ago
from apothecary.config.demo.shelves import month_end
from apothecary.drugs.models import Package
from apothecary.law.problem import Refused
from apothecary.pickup.behind_counter.certifying import Certified, certify
from apothecary.pickup.behind_counter.models import IdKind
from apothecary.pickup.behind_counter.rules import Buyer
from apothecary.pickup.behind_counter.selling import sell_behind_counter
from apothecary.staff.worker import Worker
from apothecary.stock.actions import receive_stock
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.places.queries import the_place

TABLETS, LONG_ACTING, CHILDRENS = "0113-0432-62", "0113-0054-52", "54838-104-40"
# Packages of each when the store began to keep its log here.
STOCK = {TABLETS: 60, LONG_ACTING: 24, CHILDRENS: 12}
BEGAN_DAYS_AGO, CERTIFIED_DAYS_AGO = 40, 90
SIGNED = "600x180 M40,90 L80,40 L120,130 L160,50 L200,120 L240,70 L280,110 L320,60 L360,95"
PEOPLE = {
    "marla": ("Marla Quist", "418 Pebble Row, San Marcos 78666", date(1979, 4, 17), "40117702"),
    "devon": ("Devon Achterberg", "7 Cistern Court, Kyle 78640", date(1991, 9, 2), "38224119"),
    "ruth": ("Ruth Olmedo", "1630 Gravel Bend, Buda 78610", date(1956, 12, 30), "29018846"),
    "piet": ("Piet Hollins", "55 Mill Stair, Wimberley 78676", date(1987, 6, 21), "44106358"),
}  # fmt: skip


class Bought(NamedTuple):
    """Who bought what, so many days ago."""

    ago: int
    who: str
    ndc: str
    packages: int


SALES = (
    Bought(31, "marla", TABLETS, 4), Bought(24, "ruth", CHILDRENS, 1),
    Bought(19, "marla", LONG_ACTING, 3), Bought(12, "devon", TABLETS, 2),
    Bought(9, "piet", LONG_ACTING, 2), Bought(6, "marla", TABLETS, 5),
    Bought(3, "devon", LONG_ACTING, 3), Bought(1, "ruth", TABLETS, 1),
)  # fmt: skip
# More than a day's grams: refused, and kept as such.
TOO_MUCH = Bought(1, "piet", LONG_ACTING, 4)


def stand_behind_counter(*, in_charge: Worker, seller: Worker) -> int:
    """Certify the store, put the cartons on the shelf and sell of them; how many sales."""
    certified_on = in_charge.today - timedelta(days=CERTIFIED_DAYS_AGO)
    given = Certified(certified_on=certified_on, number="DEMO-SC-1", trained_on=certified_on)
    certify(by=days_ago(in_charge, CERTIFIED_DAYS_AGO), given=given)
    found = Package.objects.select_related("product").filter(ndc__in=list(STOCK))
    packages = {package.ndc: package for package in found}
    for ndc, many in STOCK.items():
        receive_stock(
            by=days_ago(in_charge, BEGAN_DAYS_AGO),
            package=packages[ndc],
            lot_number=f"BC{ndc[:4]}",
            expires_on=month_end(in_charge.today + timedelta(days=500)),
            quantity=packages[ndc].quantity * Decimal(many),
            place=the_place(in_charge.pharmacy_id, PlaceKind.SHELF),
            key=f"demo-counter-{ndc}",
        )
    for number, bought in enumerate((*SALES, TOO_MUCH)):
        try:
            sold(bought, packages[bought.ndc], number=number, by=seller)
        except Refused:
            # It is in the book of refused sales now.
            if bought is not TOO_MUCH:
                raise
    return len(SALES)


def sold(bought: Bought, package: Package, *, number: int, by: Worker) -> None:
    """One sale, by the register."""
    name, place, born_on, licence = PEOPLE[bought.who]
    *street, postal_code = place.split()
    then = days_ago(by, bought.ago)
    buyer = Buyer(
        name=name,
        address=f"{' '.join(street)} TX {postal_code}",
        born_on=born_on,
        id_kind=IdKind.DRIVER,
        id_number=licence,
        id_issuer="TX",
        id_until=by.today + timedelta(days=700),
        log_number=f"DEMO-{number + 1:04}",
        signature=SIGNED,
    )
    wanted = {package.pk: bought.packages}
    sell_behind_counter(by=then, wanted=wanted, buyer=buyer, key=f"demo-{number}")
