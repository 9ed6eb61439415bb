"""Receives a delivery of many packages on the measured house, and times each step.

Program: JSON in (`packages`), JSON out. Every package is one scan with a serial number of its
own, in a transaction of its own, as at the door; then each lot is put away.
"""

from apothecary.config import awake  # noqa: F401 sets Django up before rooms are imported

# isort: split
import json
import sys
import time
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import connection

from apothecary.drugs.models import Package
from apothecary.purchasing.ordering.going import approve_and_send
from apothecary.purchasing.ordering.pad import put_on_pad
from apothecary.purchasing.receiving.delivery import start_receipt
from apothecary.purchasing.receiving.door import Came, receive_package
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.receiving.shelving import (
    put_away_lot,
    waiting_to_put_away,
    where_to,
)
from apothecary.purchasing.wholesalers.models import CatalogueItem, ItemPrice, Wholesaler
from apothecary.staff.models import Person, Pharmacy
from apothecary.staff.signon import person_as_worker, stand_in
from apothecary.staff.worker import Worker
from apothecary.stock.models import ShelfItem
from apothecary.stock.queries import book_faults

KINDS = 50
EXPIRES_ON = date(2029, 12, 31)
PLAIN_TABLE = "CREATE TABLE bench_received (LIKE purchasing_receivedpackage INCLUDING ALL)"
PLAIN = """
INSERT INTO bench_received SELECT * FROM purchasing_receivedpackage WHERE id = %s
"""


def ordered(by: Worker, many: int) -> tuple[int, list[Package]]:
    """An order that is under way, and the packages it is of."""
    wholesaler = Wholesaler.objects.order_by("pk")[0]
    kept = ShelfItem.objects.exclude(package__product__schedule=2).order_by("pk")
    packages = [
        item.package for item in kept.select_related("package__product")
        if item.package.product.storage in ("", "room", "controlled room temperature")
    ][:KINDS]  # fmt: skip
    order_id = 0
    for number, package in enumerate(packages):
        item = CatalogueItem.objects.create(
            pharmacy_id=by.pharmacy_id, wholesaler=wholesaler, item_number=f"B{number}",
            ndc=package.ndc11, package=package, seen_on=by.today,
        )  # fmt: skip
        ItemPrice.objects.create(
            pharmacy_id=by.pharmacy_id, item=item, usd=Decimal("4.20"), starts_on=by.today,
            seen_at=by.at,
        )  # fmt: skip
        line = put_on_pad(
            by=by, package=package, packages=many // len(packages) + 1,
            wholesaler_id=wholesaler.pk,
        )  # fmt: skip
        order_id = line.order_id
    return approve_and_send(by=by, order_id=order_id).pk, packages


def scanned(by: Worker, receipt_id: int, packages: list[Package], many: int) -> None:
    """One scan after the other."""
    for number in range(many):
        package = packages[number % len(packages)]
        came = Came(
            package=package, lot=f"L{number % 3}", expires_on=EXPIRES_ON, key=f"bench-{number}",
            gtin="00300000000000", serial=f"S{number}",
        )  # fmt: skip
        receive_package(by=by, receipt_id=receipt_id, came=came)


def put_away(by: Worker) -> int:
    """Everything that stands in receiving."""
    rows = waiting_to_put_away(pharmacy_id=by.pharmacy_id)
    for one in rows:
        where = where_to(pharmacy_id=by.pharmacy_id, one=one)
        if where is not None:
            put_away_lot(
                by=by, lot_id=one.lot_id, place_id=where.place_id, key=f"bench-{one.lot_id}"
            )
    return len(rows)


def plain(many: int) -> None:
    """As many rows as wide with the same indexes, each committed, and nothing else."""
    ids = list(ReceivedPackage.objects.order_by("pk").values_list("pk", flat=True)[:many])
    with connection.cursor() as cursor:
        cursor.execute(PLAIN_TABLE)
        for number in ids:
            cursor.execute(PLAIN, [number])


def main() -> None:
    """Order, receive, put away, prove; then the plain inserts."""
    many = int(json.load(sys.stdin)["packages"])
    pharmacy = Pharmacy.objects.order_by("pk")[0]
    stand_in(pharmacy.pk)
    person = Person.objects.get(pharmacy=pharmacy, username="pic")
    by = person_as_worker(person, now=datetime.now(UTC), station="bench", on_duty=True)
    order_id, packages = ordered(by, many)
    receipt = start_receipt(by=by, order_id=order_id)
    took: dict[str, object] = {"packages": many, "kinds": len(packages)}
    start = time.perf_counter()
    scanned(by, receipt.pk, packages, many)
    seconds = time.perf_counter() - start
    took["received a second"] = round(many / seconds, 1)
    start = time.perf_counter()
    took["lots put away"] = put_away(by)
    took["put away, s"] = round(time.perf_counter() - start, 3)
    start = time.perf_counter()
    plain(many)
    bare = time.perf_counter() - start
    took["plain inserts a second"] = round(many / bare, 1)
    took["share of plain inserts"] = round(bare / seconds, 4)
    took["faults"] = len(book_faults(pharmacy_id=pharmacy.pk))
    json.dump(took, sys.stdout)


if __name__ == "__main__":
    main()
