"""The demo's shelves: where they stand, what lies there, its levels, a sheet to count."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from apothecary.drugs.models import Package
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.stock.actions import receive_stock
from apothecary.stock.counting.actions import start_count
from apothecary.stock.counting.models import Scope
from apothecary.stock.counting.queries import Pick
from apothecary.stock.kinds import Apart, Programme, Storage
from apothecary.stock.models import Place, ShelfItem
from apothecary.stock.places.actions import Outline, Room, change_place

Row = dict[str, str]
# Of so few bottles none is asked for before the last is gone.
FEW = 2
# Every so many packages there is to be more than there is: something to order on the first day.
TO_ORDER = 30


def draw_places(rows: Iterable[Row], *, by: Worker) -> None:
    """Give the places their areas, what they hold, and their outlines on the map in feet."""
    places = {place.name: place for place in Place.objects.filter(pharmacy_id=by.pharmacy_id)}
    for row in rows:
        place = places[row["place"]]
        left, top, width, height = (
            int(row[side]) for side in ("left", "top", "width", "height")
        )
        room = Room(
            name=place.name,
            storage=Storage(place.storage),
            apart=Apart(place.apart),
            programme=Programme(place.programme),
            area=row["area"],
            holds=int(row["holds"]),
            outline=Outline(left=left, top=top, width=width, height=height),
        )
        change_place(by=by, place_id=place.pk, room=room)


def stock_shelves(pharmacy: Pharmacy, rows: list[Row], *, by: Worker) -> None:
    """Bottles on the shelf in two lots each, the first to expire within the year."""
    places = {place.name: place for place in Place.objects.filter(pharmacy=pharmacy)}
    named = Package.objects.filter(ndc__in=[row["ndc"] for row in rows])
    packages = {package.ndc: package for package in named}
    for number, row in enumerate(rows):
        package, place = packages[row["ndc"]], places[row["place"]]
        bottles = int(row["bottles"])
        least, par = levels_of(bottles, number=number)
        ShelfItem.objects.create(
            pharmacy=pharmacy,
            package=package,
            place=place,
            bin=row["bin"],
            reorder_at=least * package.quantity,
            order_up_to=par * package.quantity,
        )
        for lot, share in lots_of(bottles):
            receive_stock(
                by=by,
                package=package,
                lot_number=f"{chr(64 + lot)}{number:04}",
                expires_on=month_end(by.today + timedelta(days=200 * lot + number % 90)),
                quantity=package.quantity * share,
                place=place,
                key=f"demo-{row['ndc']}-{lot}",
            )


def levels_of(bottles: int, *, number: int) -> tuple[Decimal, Decimal]:
    """Min and par in whole packages of what is kept with so many bottles."""
    if number % TO_ORDER == 0:
        return Decimal(bottles), Decimal(2 * bottles)
    return Decimal(0 if bottles <= FEW else bottles // FEW), Decimal(bottles)


def lots_of(bottles: int) -> Iterator[tuple[int, int]]:
    """The bottles parted into a first and a second lot, the first not the smaller."""
    for lot, share in ((1, (bottles + 1) // 2), (2, bottles // 2)):
        if share:
            yield lot, share


def ask_for_counts(*, by: Worker, counter_id: int) -> None:
    """One open sheet, of what is counted most often."""
    start_count(by=by, pick=Pick(Scope.SCHEDULE_II), counter_id=counter_id)


def month_end(day: date) -> date:
    """The last day of the month, as most labels print an expiry."""
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return following - timedelta(days=1)
