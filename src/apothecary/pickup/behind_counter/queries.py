"""What stands behind the counter, what a buyer may still have, and the log as it is read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q, QuerySet, Sum

from apothecary.drugs.models import Package
from apothecary.law.listed_chemicals import StateAsks, grams_of_base, state_asks
from apothecary.law.problem import Problem
from apothecary.law.pseudoephedrine import certification_problems
from apothecary.law.tables import Row, federal
from apothecary.patients.rules import fold
from apothecary.pickup.behind_counter.contents import Contents, contents_of
from apothecary.pickup.behind_counter.judging import certificate_of, earlier_sales
from apothecary.pickup.behind_counter.models import (
    CounterCertificate,
    CounterLine,
    CounterRefusal,
    CounterSale,
    Kind,
)
from apothecary.pickup.behind_counter.rules import Buyer
from apothecary.pickup.behind_counter.selling import facts_of
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.stock.kinds import PICKED_FROM, Programme
from apothecary.stock.models import Balance, LotState

ROWS = 50
LISTED = Q(lot__package__product__ingredient_key__contains="ephedrine") | Q(
    lot__package__product__ingredient_key__contains="phenylpropanolamine"
)
SCHEDULE_V = Q(
    lot__package__product__schedule=5, lot__package__product__prescription_only=False
)


@dataclass(frozen=True, slots=True)
class Stands:
    """A package behind the counter: what is in one of it, and how many whole ones are there."""

    package: Package
    contents: Contents
    grams_base: Decimal
    packages: int
    wanted: int = 0
    scanned: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """What a buyer has had and may still have, in grams of base."""

    today: Decimal
    month: Decimal
    left: Decimal
    days: int
    sales: list[CounterSale]


@dataclass(frozen=True, slots=True)
class Store:
    """Whether this store may sell, what it has on file, what its state asks."""

    certificate: CounterCertificate | None
    problems: list[Problem]
    asks: StateAsks | None
    unknown: list[Problem]

    @property
    def rows(self) -> list[Row]:
        """The rows of the state, as they are shown beside the form."""
        if self.asks is None:
            return []
        found = [self.asks.day, self.asks.month, self.asks.years, self.asks.told]
        return [*found, *([self.asks.packages] if self.asks.packages else [])]


def store(by: Worker) -> Store:
    """What the page says of the store itself (1 query)."""
    certificate = certificate_of(by.pharmacy_id)
    asks = state_asks(by.standing.state, on=by.today)
    certified_on = certificate.certified_on if certificate else None
    return Store(
        certificate=certificate,
        problems=certification_problems(certified_on, on=by.today),
        asks=asks if isinstance(asks, StateAsks) else None,
        unknown=[] if isinstance(asks, StateAsks) else asks,
    )


def standing(by: Worker) -> list[Stands]:
    """The packages that stand here and may go to a buyer, by name (2 queries)."""
    rows = Balance.objects.filter(
        LISTED | SCHEDULE_V,
        pharmacy_id=by.pharmacy_id,
        lot__state=LotState.AVAILABLE,
        lot__expires_on__gte=by.today,
        place__kind__in=[kind.value for kind in PICKED_FROM],
        place__programme=Programme.OWN,
        on_hand__gt=0,
    )
    sums = (
        rows.order_by().values("lot__package_id").annotate(n=Sum("on_hand"), r=Sum("reserved"))
    )
    free = {row["lot__package_id"]: row["n"] - row["r"] for row in sums}
    packages = Package.objects.select_related("product").filter(pk__in=free)
    found = [
        stands_of(package, free[package.pk], on=by.today)
        for package in packages.order_by("product__name", "product__strength", "pk")
    ]
    return [each for each in found if each.contents.behind]


def stands_of(package: Package, units: Decimal, *, on: date) -> Stands:
    """A package with so many units of it."""
    contents = contents_of(facts_of(package), on=on)
    grams = (
        Decimal(0)
        if contents.problems
        else grams_of_base(contents.listed, package.quantity, on=on)
    )
    return Stands(package, contents, grams, int(units // package.quantity))


def room_of(buyer: Buyer, *, by: Worker) -> Room:
    """What this buyer has had in the days that count, and what is left today (2 queries)."""
    days = federal("DEA-151/days", on=by.today).number()
    begins_on = by.today - timedelta(days=days - 1)
    sales = [each for each in earlier_sales(buyer, by=by) if each.sold_on >= begins_on]
    today = sum((s.grams_base for s in sales if s.sold_on == by.today), Decimal(0))
    month = sum((s.grams_base for s in sales), Decimal(0))
    day_most = federal("DEA-150", on=by.today).amount()
    month_most = federal("DEA-151", on=by.today).amount()
    asks = state_asks(by.standing.state, on=by.today)
    if isinstance(asks, StateAsks):
        day_most = min(day_most, asks.day.amount())
        month_most = min(month_most, asks.month.amount())
    left = max(Decimal(0), min(day_most - today, month_most - month))
    return Room(today=today, month=month, left=left, days=days, sales=sales)


def log(pharmacy_id: int, *, asked: str = "") -> QuerySet[CounterSale]:
    """The log, newest first, or what of it answers to a name or a number (2 queries)."""
    rows = CounterSale.objects.filter(pharmacy_id=pharmacy_id)
    words = fold(asked).split()
    if words:
        named = Q(id_number__iexact=asked.strip())
        for word in words:
            named |= Q(folded__contains=word)
        rows = rows.filter(named)
    return with_lines(rows).order_by("-id")


def with_lines(rows: QuerySet[CounterSale]) -> QuerySet[CounterSale]:
    """Sales with who sold and what was sold (2 queries)."""
    lines = CounterLine.objects.select_related("package__product").order_by("id")
    return rows.select_related("by").prefetch_related(Prefetch("lines", queryset=lines))


def sales_between(
    pharmacy_id: int, first: date, last: date, *, kinds: Iterable[Kind] = tuple(Kind)
) -> QuerySet[CounterSale]:
    """The entries of the books of a period, in their order (2 queries)."""
    rows = CounterSale.objects.filter(
        pharmacy_id=pharmacy_id,
        sold_on__gte=first,
        sold_on__lte=last,
        kind__in=[kind.value for kind in kinds],
    )
    return with_lines(rows).order_by("id")


def refusals_between(pharmacy: Pharmacy, first: date, last: date) -> QuerySet[CounterRefusal]:
    """The refused sales of a period, in their order, by the days of the pharmacy (1 query)."""
    zone = ZoneInfo(pharmacy.time_zone)
    begins_at = datetime.combine(first, time.min, zone)
    ends_at = datetime.combine(last + timedelta(days=1), time.min, zone)
    rows = refusals(pharmacy.pk).filter(at__gte=begins_at, at__lt=ends_at)
    return rows.order_by("id")


def refusals(pharmacy_id: int) -> QuerySet[CounterRefusal]:
    """Sales that were refused, newest first (1 query)."""
    rows = CounterRefusal.objects.filter(pharmacy_id=pharmacy_id)
    return rows.select_related("by").order_by("-id")


def sale_here(pharmacy_id: int, sale_id: int) -> CounterSale | None:
    """A sale of this pharmacy (2 queries)."""
    return with_lines(CounterSale.objects.filter(pharmacy_id=pharmacy_id, pk=sale_id)).first()
