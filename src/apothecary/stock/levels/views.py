"""The pages of the levels: what is to be ordered, how long stock lasts, figures."""

from decimal import Decimal

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import get_current_timezone_name
from django.views.decorators.http import require_http_methods

from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.stock.counting.queries import abc_of
from apothecary.stock.levels import figures
from apothecary.stock.levels.actions import set_levels
from apothecary.stock.levels.forms import read_level
from apothecary.stock.levels.queries import Standing, standings
from apothecary.stock.levels.rules import DEAD_DAYS
from apothecary.stock.models import Ordering
from apothecary.workbench.charts import StockLine, amounts, days_of_stock

ROWS, DRAWN = 50, 15


def levels(request: StaffRequest) -> HttpResponse:
    """What is to be ordered, or all that is kept, with its days of stock (1 query)."""
    request.worker.must(Duty.READ_RECORDS)
    by, show = request.worker, request.GET.get("show", "order")
    rows = standings(pharmacy_id=by.pharmacy_id, at=by.at, today=by.today)
    picked = [row for row in rows if show == "all" or row.is_needed]
    asked = request.GET.get("q", "").strip().lower()
    found = [row for row in picked if asked in f"{row.name} {row.ndc} {row.bin}".lower()]
    bars = drawn(found)
    facts = {
        "rows": found[:ROWS],
        "total": len(found),
        "show": show,
        "asked": asked,
        "bars": bool(bars),
        "chart": days_of_stock(bars, title="Days of stock"),
    }
    return render(request, "stock/levels.html", facts)


def drawn(rows: list[Standing]) -> list[StockLine]:
    """The packages that last least, with the days that their reorder point is."""
    lasting = sorted(
        ((row.days_left, row) for row in rows if row.days_left is not None),
        key=lambda pair: pair[0],
    )
    return [
        StockLine(
            name=f"{row.name} {row.strength}",
            days=left.quantize(1),
            reorder_days=(max(row.reorder_at, Decimal(0)) / row.use.a_day).quantize(1),
        )
        for left, row in lasting[:DRAWN]
    ]


@require_http_methods(["GET", "POST"])
def level(request: StaffRequest, item_id: int) -> HttpResponse:
    """The levels of one item, beside what its use suggests."""
    request.worker.must(Duty.MANAGE_STOCK)
    by = request.worker
    if request.method == "POST":
        set_levels(by=by, item_id=item_id, level=read_level(request.POST))
        return redirect("stock:levels")
    rows = standings(pharmacy_id=by.pharmacy_id, at=by.at, today=by.today)
    row = next((row for row in rows if row.item_id == item_id), None)
    if row is None:
        raise Http404
    return render(request, "stock/level.html", {"row": row, "orderings": Ordering.choices})


def stock_figures(request: StaffRequest) -> HttpResponse:
    """Value by class, turns, expiry by month, over and short, what lies dead (4 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    by, zone = request.worker, get_current_timezone_name()
    rows = standings(pharmacy_id=by.pharmacy_id, at=by.at, today=by.today)
    of_class = figures.by_class(rows, abc_of(rows))
    ends = figures.expiring_by_month(pharmacy_id=by.pharmacy_id, today=by.today)
    counts = figures.over_short_by_month(pharmacy_id=by.pharmacy_id, at=by.at, zone=zone)
    received = figures.last_received(pharmacy_id=by.pharmacy_id, at=by.at)
    facts = {
        "classes": of_class,
        "value": amounts([(f"{each.abc}", each.value_usd) for each in of_class], title="Value"),
        "ends": amounts([(f"{on:%b %Y}", usd) for on, usd in ends], title="Expiring"),
        "ending": bool(ends),
        "counted": bool(counts),
        "short": amounts([(f"{m.month:%b %Y}", m.short_usd) for m in counts], title="Short"),
        "over": amounts([(f"{m.month:%b %Y}", m.over_usd) for m in counts], title="Over"),
        "dead": [
            (days, figures.dead_stock(rows, received=received, at=by.at, days=days))
            for days in DEAD_DAYS
        ],
        "rows": ROWS,
    }
    return render(request, "stock/figures.html", facts)
