"""Times the vault inside the measured house. Program: JSON in (a lot), JSON out (figures)."""

from apothecary.config import awake  # noqa: F401 sets Django up before rooms are imported

# isort: split
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from time import perf_counter

from django.db import connection

from apothecary.config import telling  # noqa: F401 what higher rooms tell costs its time too
from apothecary.drugs.models import Product
from apothecary.staff.duties import Role
from apothecary.staff.models import Person
from apothecary.staff.signon import person_as_worker, stand_in
from apothecary.stock.models import Lot
from apothecary.vault.book import perpetual
from apothecary.vault.book.inventory import start_inventory
from apothecary.vault.book.inventory_rules import Business, Kind
from apothecary.vault.book.papers import book_paper, inventory_paper
from apothecary.vault.book.perpetual import Period
from apothecary.vault.paper import paper_pdf

TIMES = 5


def took_ms(act: Callable[[], object]) -> Decimal:
    """The middle of five, in milliseconds."""
    found = []
    for _ in range(TIMES):
        begun = perf_counter()
        act()
        found.append(perf_counter() - begun)
    return Decimal(sorted(found)[TIMES // 2] * 1000).quantize(Decimal("0.1"))


def main() -> None:
    asked = json.loads(sys.stdin.read())
    person = Person.objects.select_related("pharmacy").get(role=Role.IN_CHARGE.value)
    stand_in(person.pharmacy_id)
    by = person_as_worker(person, now=datetime.now(UTC), station="bench", on_duty=True)
    lots = Lot.objects.filter(pharmacy_id=by.pharmacy_id)
    package = lots.select_related("package").get(pk=asked["lot"]).package
    # Every drug of the store is controlled: the worst an inventory can meet.
    Product.every.filter(packages__lot__pharmacy_id=by.pharmacy_id).update(schedule=2)
    drug = perpetual.drug_of(package.product_id)
    zone = person.pharmacy.time_zone
    year = Period(by.today - timedelta(days=366), by.today, zone)
    values = perpetual.asked_of(drug, year, by.pharmacy_id)

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(perpetual.SUMS, values)
            cursor.fetchall()

    def page() -> None:
        perpetual.book_lines(pharmacy_id=by.pharmacy_id, drug=drug, period=year, page=3)

    said = {"product": str(package.product_id), "first": year.first.isoformat()}
    taken = start_inventory(by=by, kind=Kind.BIENNIAL, business=Business.CLOSE)
    paper = {"inventory": str(taken.pk)}
    figures = {
        "bare question to the database ms": took_ms(bare),
        "a page of the book ms": took_ms(page),
        "the list of books ms": took_ms(
            lambda: perpetual.controlled_drugs(pharmacy_id=by.pharmacy_id)
        ),
        "a year of the book as PDF ms": took_ms(lambda: paper_pdf(book_paper(by, said))),
        "lines of the inventory": taken.lines.count(),
        "the inventory as PDF ms": took_ms(lambda: paper_pdf(inventory_paper(by, paper))),
    }
    print(json.dumps(figures, default=str))


if __name__ == "__main__":
    main()
