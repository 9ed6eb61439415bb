"""Recalls a lot of the measured house after its year, and asks again. Program: JSON in, out.

The lot is that of the package most dispensed: its statements are timed one by one, then the
whole act from the notice to held stock, taken back bags and the call list. Every statement of
the act is counted, BEGIN and COMMIT too.
"""

from apothecary.config import awake  # noqa: F401 sets Django up before rooms are imported

# isort: split
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext

from apothecary.drugs.models import Package
from apothecary.drugs.recalled_lots import Reading
from apothecary.returns.recalls.finding import bottles_that_came, where_it_stands, who_got_it
from apothecary.returns.recalls.models import RecallCall, RecallHit
from apothecary.returns.recalls.states import Source
from apothecary.returns.recalls.taking import Notice, take_notice
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import stand_in, system_worker

TURNS, NUMBER = 5, "D-0001-2026"
MOST_MOVED = """
SELECT l.package_id, l.number, count(*) FROM stock_move m JOIN stock_lot l ON l.id = m.lot_id
WHERE m.pharmacy_id = %s GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 1
"""


def asked(ask: Callable[[], object]) -> dict[str, object]:
    """How long a question takes, the median of some turns, and in how many statements."""
    took = []
    with CaptureQueriesContext(connection) as caught:
        for _ in range(TURNS):
            begun = time.perf_counter()
            ask()
            took.append((time.perf_counter() - begun) * 1_000)
    return {
        "ms": round(sorted(took)[TURNS // 2], 1),
        "statements": len(caught) // TURNS,
    }


def drill(pharmacy: Pharmacy) -> dict[str, object]:
    """The recall of the lot with the most moves."""
    stand_in(pharmacy.pk)
    with connection.cursor() as cursor:
        cursor.execute(MOST_MOVED, [pharmacy.pk])
        package_id, lot, moves = cursor.fetchall()[0]
        cursor.execute("SELECT count(*) FROM stock_move")
        all_moves = cursor.fetchall()[0][0]
    package = Package.objects.get(pk=package_id)
    notice = Notice(
        number=NUMBER,
        source=Source.WHOLESALER,
        recall_class="I",
        firm="A firm",
        product=str(package.product),
        reason="measured",
        lots_text=f"Lot {lot}",
        reading=Reading((lot,)),
        packages=frozenset({package.pk}),
    )
    by = system_worker(pharmacy, now=datetime.now(UTC))
    with CaptureQueriesContext(connection) as caught:
        begun = time.perf_counter()
        recall = take_notice(by=by, notice=notice)
        whole_ms = (time.perf_counter() - begun) * 1_000
    of = pharmacy.pk
    return {
        "moves": all_moves,
        "moves_of_the_lot": moves,
        "places": RecallHit.objects.filter(recall=recall).count(),
        "patients": RecallCall.objects.filter(recall=recall).count(),
        "from the notice to the call list": {
            "ms": round(whole_ms, 1),
            "statements": len(caught),
        },
        "places again": asked(lambda: where_it_stands(pharmacy_id=of, recall=NUMBER)),
        "patients again": asked(lambda: who_got_it(pharmacy_id=of, recall=NUMBER)),
        "packages again": asked(lambda: bottles_that_came(pharmacy_id=of, recall=NUMBER)),
    }


if __name__ == "__main__":
    wanted = json.load(sys.stdin)
    print(json.dumps(drill(Pharmacy.objects.get(pk=wanted["pharmacy"]))))
