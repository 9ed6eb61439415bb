"""The worker process: what the house does by itself, chore by chore, pharmacy by pharmacy."""

from apothecary.config import awake  # noqa: F401 sets Django up before rooms are imported

# isort: split
import asyncio
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from apothecary.claims.authorization.due import look_after
from apothecary.claims.authorization.post import Post, epa_addresses
from apothecary.claims.link import routes_to
from apothecary.claims.payer_sheets import line_terms
from apothecary.claims.sending import Exchanges
from apothecary.claims.submitting import claim_waiting
from apothecary.claims.writing import write_again
from apothecary.config.remittances import reconcile_due, take_in_remittances
from apothecary.journal.actions import seal
from apothecary.journal.keys import signing_key
from apothecary.screening.actions import screen_waiting
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import stand_in
from apothecary.wires.lanes import Lanes

log = logging.getLogger("apothecary.worker")

# How long a line rests when there was nothing to do: at once awake while work comes in, a
# twentieth of the processor's time saved while the counter is quiet.
FIRST_REST_SECONDS, LONGEST_REST_SECONDS = 0.02, 0.5
AFTER_A_FAULT_SECONDS = 2.0

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
    ),
    "post": (Chore("send claims", send_claims, 0.0),),
    "authorizations": (
        Chore("look after authorizations", look_after, 5.0),
        Chore("post authorization requests", post_requests, 0.5),
    ),
    "accounts": (
        Chore("take remittances in", take_in_remittances, 5.0),
        Chore("reconcile with payers", reconcile_due, 300.0),
    ),
}


class Line(threading.Thread):
    """Does its chores again and again until told to stop; a fault is logged and tried again."""

    def __init__(self, name: str, chores: Sequence[Chore], stop: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self.chores, self.stop = chores, stop
        self.due = dict.fromkeys((chore.name for chore in chores), 0.0)

    def run(self) -> None:
        rest = FIRST_REST_SECONDS
        while not self.stop.is_set():
            try:
                busy = self.round()
            except (DatabaseError, InterfaceError):
                log.exception("the database did not answer in %s", self.name)
                connection.close()
                self.stop.wait(AFTER_A_FAULT_SECONDS)
                continue
            rest = FIRST_REST_SECONDS if busy else min(rest * 2, LONGEST_REST_SECONDS)
            if not busy:
                self.stop.wait(rest)

    def round(self) -> bool:
        """Every chore that is due, for every pharmacy; whether there was anything to do."""
        now = time.monotonic()
        due = [chore for chore in self.chores if self.due[chore.name] <= now]
        if not due:
            return False
        busy = False
        for pharmacy in Pharmacy.objects.order_by("id"):
            stand_in(pharmacy.pk)
            for chore in due:
                busy = bool(self.do(chore, pharmacy)) or busy
        for chore in due:
            self.due[chore.name] = now + chore.every_seconds
        return busy

    def do(self, chore: Chore, pharmacy: Pharmacy) -> int:
        """One chore; what fails stays where it is and is tried again, the others go on."""
        try:
            return chore.work(pharmacy, datetime.now(UTC))
        except (DatabaseError, InterfaceError):
            raise
        except Exception:
            log.exception("%s failed for pharmacy %s", chore.name, pharmacy.pk)
            self.stop.wait(AFTER_A_FAULT_SECONDS)
            return 0


class Clock(threading.Thread):
    """Runs the jobs that go by the clock (`tasks.py`), in an event loop of its own."""

    def __init__(self) -> None:
        super().__init__(name="clock", daemon=True)

    def run(self) -> None:
        asyncio.run(self.tick())

    async def tick(self) -> None:
        if not isinstance(app.connector, DjangoConnector):
            raise TypeError(f"jobs are kept by {type(app.connector).__name__}, not by Django")
        worker_app = app.with_connector(app.connector.get_worker_connector())
        async with worker_app.open_async():
            await worker_app.run_worker_async(
                install_signal_handlers=False, concurrency=1, listen_notify=False
            )


def main() -> None:
    """Run until SIGTERM."""
    payers()  # an address that is none stops the process here, with its name
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    lines: list[threading.Thread] = [
        *(Line(name, chores, stop) for name, chores in THREADS.items()),
        Clock(),
    ]
    for line in lines:
        line.start()
    log.info("working: %s", ", ".join(THREADS))
    while not stop.wait(1.0):
        dead = [line.name for line in lines if not line.is_alive()]
        if dead:
            raise SystemExit(f"these lines died: {', '.join(dead)}")
    for line in lines[:-1]:  # the clock has nothing that must be finished
        line.join(timeout=5)


if __name__ == "__main__":
    main()
