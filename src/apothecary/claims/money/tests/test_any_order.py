"""Whatever a payer sends for a claim, in whatever order: even, or named with its amount."""

from dataclasses import replace
from decimal import Decimal
from itertools import product

from apothecary.claims.models import Claim
from apothecary.claims.money.models import Difference, Remittance
from apothecary.claims.money.tests.books import billed, line, load, open_usd, proved
from apothecary.claims.money.tests.samples import Beside, Paid, Sent, turned

PROMISED = Decimal("9.25")
# What each event adds to what has come for a claim.
EVENTS = {
    "nothing": Decimal(0),
    "paid": PROMISED,
    "short": Decimal("4.25"),
    "over": Decimal("9.26"),
    "taken back": -PROMISED,
    "kept back": Decimal("-3.00"),
}
STEPS = 3


def lines_of(claim: Claim, event: str) -> list[Paid]:
    """The lines of claims with which the payer does it."""
    if event in ("nothing", "kept back"):
        return []
    if event == "taken back":
        return [turned(line(claim, str(PROMISED)))]
    # The claims stand on one fill as so many payers: the turn is not what this is about.
    return [replace(line(claim, str(EVENTS[event])), status="1")]


def test_every_order_of_events_is_even_or_named_to_the_cent(pharmacy):
    fill = pharmacy.enter()
    ways = {
        billed(pharmacy, str(PROMISED), fill=fill, state=state, payer=place): (state, way)
        for place, (state, way) in enumerate(
            (
                (state, way)
                for state in ("paid", "reversed")
                for way in product(EVENTS, repeat=STEPS)
            ),
            start=1,
        )
    }
    # The payer pays each claim's number once before it can keep anything back under it.
    for step in range(STEPS):
        claims = [one for c, (_, way) in ways.items() for one in lines_of(c, way[step])]
        beside = tuple(
            Beside("WO", "3.00", claim.authorization)
            for claim, (_, way) in ways.items()
            if way[step] == "kept back" and any(lines_of(claim, one) for one in way[:step])
        )
        sent = Sent(tuple(claims), beside, trace=f"STEP{step}")
        assert load(pharmacy, sent).problem == ""
        assert Remittance.objects.get(trace=sent.trace).amount_usd == sent.usd
    named = dict(Difference.objects.filter(closed_at=None).values_list("claim_id", "usd"))
    for claim, (state, way) in ways.items():
        came = sum(
            EVENTS[event]
            for place, event in enumerate(way)
            if event != "kept back" or any(lines_of(claim, one) for one in way[:place])
        )
        still = (PROMISED if state == "paid" else 0) - came
        assert open_usd(claim) == still, way
        untouched = state == "paid" and set(way) <= {"nothing", "kept back"}
        waits = state == "reversed" and still < 0
        early = untouched or waits
        assert named.get(claim.pk, 0) == (0 if early else still), (state, way)
    assert proved(pharmacy)
