"""The worker process: what the house does by itself, chore by chore, pharmacy by pharmacy."""

from apothecary.config import awake  # noqa: F401 sets Django up before rooms are imported

# isort: split
import asyncio
import logging
import signal
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import DatabaseError, InterfaceError, connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from apothecary.config.chores import THREADS, Chore, payers
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import stand_in

log = logging.getLogger("apothecary.worker")

# How long a line rests when there was nothing to do: at once awake while work comes in, a
# twentieth of the processor's time saved while the counter is quiet.
FIRST_REST_SECONDS, LONGEST_REST_SECONDS = 0.02, 0.5
AFTER_A_FAULT_SECONDS = 2.0


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
