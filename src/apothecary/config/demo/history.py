"""What the demo's shelves gave out in the weeks before the first day.

A pharmacy that changes its system brings the use of its drugs along, as so many units a week:
without it no level can be reckoned and no count is due before another. It is posted as what
it is: a lot that came and was sold, week by week, by the system that was there before. No
patient is named, and no controlled drug is among it, whose book begins with an inventory.
"""

from datetime import timedelta
from decimal import Decimal

from apothecary.drugs.models import Package
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.stock.ledger import Line, post
from apothecary.stock.models import Lot, Place, PlaceKind

Row = dict[str, str]
WEEKS = 10
# Hundredths of what is kept that go in a week, by the place of the drug in its list: what is
# asked for every day beside what nobody has asked for.
WEEKLY = (9, 4, 14, 2, 6, 0, 22)
REASON = "sold, as the former system tells"


def bring_history(pharmacy: Pharmacy, rows: list[Row], *, by: Worker) -> int:
    """Post the use of the last weeks, one act a week; how many drugs it is of.

    Nothing of it is on hand afterwards.
    """
    places = {place.name: place.pk for place in Place.objects.filter(pharmacy=pharmacy)}
    kinds = dict(Place.objects.filter(pharmacy=pharmacy).values_list("kind", "pk"))
    named = Package.objects.select_related("product").filter(ndc__in=[r["ndc"] for r in rows])
    packages = {package.ndc: package for package in named}
    used = [
        (packages[row["ndc"]], places[row["place"]], weeks)
        for number, row in enumerate(rows)
        if not packages[row["ndc"]].product.schedule
        and any(weeks := use_of(packages[row["ndc"]], int(row["bottles"]), number=number))
    ]
    lots = Lot.objects.bulk_create(
        Lot(
            pharmacy=pharmacy,
            package=package,
            number=f"H{number:04}",
            # Later than whatever stands there: a list of lots begins with what is on hand.
            expires_on=by.today + timedelta(days=800 + number % 90),
        )
        for number, (package, _, _) in enumerate(used)
    )
    came = [
        Line(kinds[PlaceKind.SUPPLIER], place, lot.pk, sum(weeks, Decimal(0)), "received")
        for lot, (_, place, weeks) in zip(lots, used, strict=True)
    ]
    post(by=days_ago(by, 7 * WEEKS + 1), key="demo-history", lines=came)
    for week in range(WEEKS):
        gone = [
            Line(place, kinds[PlaceKind.PATIENT], lot.pk, weeks[week], REASON)
            for lot, (_, place, weeks) in zip(lots, used, strict=True)
            if weeks[week]
        ]
        post(by=days_ago(by, 7 * (WEEKS - week)), key=f"demo-history-{week}", lines=gone)
    return len(used)


def use_of(package: Package, bottles: int, *, number: int) -> list[Decimal]:
    """Whole units of a drug by week, the oldest first; a few weeks busier than the others."""
    kept = package.quantity * bottles
    share = WEEKLY[number % len(WEEKLY)]
    return [
        (kept * share * (4 + (week + number) % 3) / 500).quantize(Decimal(1))
        for week in range(WEEKS)
    ]


def days_ago(by: Worker, days: int) -> Worker:
    """The same person so many days before."""
    return by.at_time(by.at - timedelta(days=days), by.today - timedelta(days=days))
