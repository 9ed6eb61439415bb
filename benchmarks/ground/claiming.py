"""Lets many fills wait for their claims at once, and waits until the worker has billed them.

Program: JSON in (how many, whom, the ports of payer and echo), JSON out (claims a second).
"""

from apothecary.config import awake  # noqa: F401 sets Django up before rooms are imported

# isort: split
import json
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal

from benchmarks.ground.town import worker
from django.db import transaction

from apothecary.claims.link import PayerLink
from apothecary.claims.models import Claim
from apothecary.claims.states import Kind
from apothecary.drugs.models import Package
from apothecary.journal.deeds import Deed
from apothecary.patients.models import Coverage, Patient
from apothecary.prescriptions.actions import Order, enter_prescription
from apothecary.prescriptions.models import Fill, PayKind, Prescriber
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import stand_in, system_worker

CALLS, GIVE_UP_S, LOOK_S = 4, 600, 0.05


def insure(pharmacy: Pharmacy, patients: list[int]) -> None:
    """A card of the sample plan for each, which takes cards it has not seen."""
    Coverage.objects.bulk_create(
        Coverage(
            pharmacy=pharmacy,
            patient_id=pk,
            order=1,
            kind="commercial",
            plan_name="Lone Star Sample Health",
            bin="999999",
            pcn="TESTPCN",
            group="LSH1001",
            cardholder_id=f"LS{pk:07d}",
            person_code="01",
            relationship="1",
        )
        for pk in patients
    )


def waiting(pharmacy: Pharmacy, patients: list[int], ndc: str, *, at: datetime) -> list[int]:
    """A fill of each patient that waits for its claim; all appear at once."""
    tech, house = worker(pharmacy, "tech", at), system_worker(pharmacy, now=at)
    package = Package.objects.select_related("product").get(ndc=ndc)
    prescriber = Prescriber.objects.filter(dea__gt="")[0]
    found = []
    with transaction.atomic():
        for patient in Patient.objects.select_related("pharmacy").filter(pk__in=patients):
            order = Order(
                patient=patient,
                prescriber=prescriber,
                package=package,
                quantity=Decimal(30),
                days_supply=30,
                refills=2,
                daw="0",
                origin="3",
                directions="Take 1 tablet by mouth once daily.",
                written_on=at.date(),
                pay=PayKind.PLAN,
            )
            fill = enter_prescription(by=tech, order=order)
            advance(fill, FillState.CLAIM, by=house, did=Deed.FILL_SCREENED)
            found.append(fill.pk)
    return found


def billed(fills: list[int]) -> Counter[str]:
    """Wait until no fill waits for its claim any more; where they all are."""
    give_up_at = time.monotonic() + GIVE_UP_S
    while time.monotonic() < give_up_at:
        states = Counter(Fill.objects.filter(pk__in=fills).values_list("state", flat=True))
        if not states[FillState.CLAIM.value]:
            return states
        time.sleep(LOOK_S)
    raise SystemExit(f"after {GIVE_UP_S} s: {dict(states)}")


def asked(port: int, messages: list[bytes]) -> float:
    """Messages a second over a line of their own each, so many at once as the worker calls."""
    link = PayerLink("127.0.0.1", port)
    start = time.perf_counter()
    with ThreadPoolExecutor(CALLS) as pool:
        answers = list(pool.map(link.ask, messages))
    took = time.perf_counter() - start
    if not all(answers):
        raise SystemExit("a call came back without an answer")
    return round(len(messages) / took, 1)


def main() -> None:
    """Bill them, then send the same bytes again to payer and echo."""
    given = json.load(sys.stdin)
    at = datetime.now(UTC)
    pharmacy = Pharmacy.objects.order_by("pk")[0]
    stand_in(pharmacy.pk)
    patients = given["patients"][: given["claims"]]
    insure(pharmacy, patients)
    fills = waiting(pharmacy, patients, given["ndc"], at=at)
    start = time.perf_counter()
    states = billed(fills)
    took = time.perf_counter() - start
    claims = Claim.objects.filter(fill__in=fills, kind=Kind.BILLING.value)
    sent = claims.select_related("outgoing").order_by("pk")
    messages = [bytes(one.posted.raw) for one in sent]
    print(
        json.dumps(
            {
                "end to end, claims/s": round(len(fills) / took, 1),
                "seconds": round(took, 2),
                "fills": dict(states),
                "claims by state": dict(Counter(one.state for one in sent)),
                "bytes of a claim": len(messages[0]),
                "payer alone over TCP, claims/s": asked(given["payer"], messages),
                "echo over TCP, claims/s": asked(given["echo"], messages),
            }
        )
    )


if __name__ == "__main__":
    main()
