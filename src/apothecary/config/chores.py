"""What the worker does for each pharmacy, how often, and on which of its threads."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from django.conf import settings

from apothecary.claims.authorization.due import look_after
from apothecary.claims.authorization.post import Post, epa_addresses
from apothecary.claims.link import routes_to
from apothecary.claims.payer_sheets import line_terms
from apothecary.claims.sending import Exchanges
from apothecary.claims.submitting import claim_waiting
from apothecary.claims.writing import write_again
from apothecary.config.ordering_desks import send_electronic_orders
from apothecary.config.remittances import reconcile_due, take_in_remittances
from apothecary.config.supplying import (
    ask_responders,
    fetch_credits,
    fetch_papers,
    send_orders,
    send_returns,
)
from apothecary.config.telling_programmes import ask_programmes, send_reports, write_reports
from apothecary.journal.actions import seal
from apothecary.journal.keys import signing_key
from apothecary.returns.recalls.coming import look_after_recalls
from apothecary.screening.actions import screen_waiting
from apothecary.staff.models import Pharmacy
from apothecary.vault.chores import read_clock_file, take_up, take_up_schedules
from apothecary.wires.lanes import Lanes

Work = Callable[[Pharmacy, datetime], int]


@dataclass(frozen=True, slots=True)
class Chore:
    """One thing to do for each pharmacy; ``work`` returns how much there was to do."""

    name: str
    work: Work
    every_seconds: float


def seal_journal(pharmacy: Pharmacy, at: datetime) -> int:
    """Seal what was written since the last seal."""
    return seal(pharmacy_id=pharmacy.pk, key=signing_key(settings.DATA / "keys"), at=at)


def send_claims(pharmacy: Pharmacy, at: datetime) -> int:
    """Send what the outbox holds for the payers; without a line to any it waits."""
    exchanges = payers()
    return exchanges.send_due(pharmacy, at) if exchanges else 0


@cache
def payers() -> Exchanges | None:
    """The lines to the payers, from `APOTHECARY_PAYER`; none when it is not set.

    `host:port` or `https://…` is the switch; after a comma and with `610011=` before it, the
    line of one payer. How long each is given and how often it is asked, its sheet says.
    """
    routes = routes_to(os.environ.get("APOTHECARY_PAYER", ""))
    if routes is None:
        return None
    patience, per_second = line_terms()
    return Exchanges(replace(routes, patience=patience), Lanes(per_second=per_second))


def post_requests(pharmacy: Pharmacy, at: datetime) -> int:
    """Post what the outbox holds for the payers' electronic authorization."""
    return post_room().send_due(pharmacy, at)


@cache
def post_room() -> Post:
    """The addresses of `APOTHECARY_EPA`; to a payer that is not in it a request waits."""
    return Post(epa_addresses())


# One thread a line: a payer that does not answer must not hold up the screening.
THREADS: dict[str, tuple[Chore, ...]] = {
    "journal": (Chore("seal", seal_journal, 1.0),),
    "house": (
        Chore("screen", screen_waiting, 0.0),
        Chore("write claims", claim_waiting, 0.0),
        # Nobody stands at the counter for these: four questions twice a second are enough.
        Chore("take claims back, bill anew", write_again, 0.5),
        Chore("open discrepancies of count sheets", take_up, 5.0),
        Chore("read how far the clock is off", read_clock_file, 60.0),
        Chore("take up changed schedules", take_up_schedules, 30.0),
    ),
    "post": (Chore("send claims", send_claims, 0.0),),
    "authorizations": (
        Chore("look after authorizations", look_after, 5.0),
        Chore("post authorization requests", post_requests, 0.5),
    ),
    "supply": (
        Chore("send orders", send_orders, 0.5),
        Chore("take wholesalers' papers in", fetch_papers, 5.0),
        Chore("look after recalls", look_after_recalls, 30.0),
        Chore("send returns", send_returns, 0.5),
        Chore("take credits in", fetch_credits, 5.0),
    ),
    "electronic orders": (Chore("send electronic orders", send_electronic_orders, 0.5),),
    "tracing": (Chore("ask whether packages were made", ask_responders, 0.5),),
    "monitoring": (
        Chore("write files for the monitoring programme", write_reports, 5.0),
        Chore("send files to the monitoring programme", send_reports, 1.0),
    ),
    "histories": (Chore("ask the monitoring programme", ask_programmes, 0.5),),
    "accounts": (
        Chore("take remittances in", take_in_remittances, 5.0),
        Chore("reconcile with payers", reconcile_due, 300.0),
    ),
}
