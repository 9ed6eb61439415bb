"""How many SQL statements each act takes, everything counted: BEGIN and COMMIT too.

Program: JSON in (the town), JSON out. The requests go through the whole middleware, in this
process, so that the statements can be seen.
"""

from apothecary.config import awake  # noqa: F401 sets Django up before rooms are imported

# isort: split
import json
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apothecary.screening.actions import screen_fill
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import stand_in, system_worker

TURNS = 3


def post(path: str, token: str, body: object) -> tuple[Any, int]:
    """One request and its number of statements."""
    with CaptureQueriesContext(connection) as caught:
        answer = Client().post(
            f"/api{path}",
            data=body,
            content_type="application/json",
            headers={"authorization": f"Bearer {token}"},
        )
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code} {answer.content[:300]!r}")
    return answer.json(), len(caught)


def count(town: dict[str, Any]) -> dict[str, int]:
    """Statements of each act; the last turn counts, when everything is warm."""
    pharmacy = Pharmacy.objects.get(pk=town["pharmacy"])
    drug, tokens, found = town["drugs"][0], town["tokens"], Counter[str]()
    for turn in range(TURNS):
        order = {
            "patient_id": town["patients"][turn],
            "prescriber_id": town["prescriber"],
            "ndc": drug["ndc"],
            "quantity": "30",
            "days_supply": 30,
            "directions": "Take 1 tablet by mouth once daily.",
            "written_on": f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}",
            "pay": "cash",
        }
        made, found["create"] = post("/prescriptions", tokens["tech"], order)
        stand_in(pharmacy.pk)
        with CaptureQueriesContext(connection) as caught:
            by = system_worker(pharmacy, now=datetime.now(UTC), name="Screening")
            screen_fill(by=by, fill_id=made["id"])
        # The worker of the house may have been faster: then this turn says nothing of it.
        if len(caught) > 3:
            found["screen"] = len(caught)
        sent = {"codes": [drug["code"]], "counts": ["30"]}
        path = f"/fills/{made['id']}/dispense"
        _, found["dispense"] = post(path, tokens["rph"], sent)
    found["create + dispense"] = found["create"] + found["dispense"]
    return dict(found)


if __name__ == "__main__":
    print(json.dumps(count(json.load(sys.stdin))))
