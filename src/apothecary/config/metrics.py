"""`/metrics` in Prometheus text: this web process, the parts beside it, and the database.

Nothing here names a patient, a person or a drug: the page is open to whoever can reach it.
"""

import resource
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from apothecary.config.health import part_states

# Upper bounds in milliseconds; a screen should stay below the third.
BOUNDS_MS = (5, 10, 25, 50, 100, 250, 500, 1000, 2500, 10_000)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
DATABASE = """
SELECT numbackends, xact_commit, xact_rollback, deadlocks, conflicts,
       pg_database_size(datname)
FROM pg_stat_database WHERE datname = current_database()
"""
DATABASE_NAMES = (
    ("apothecary_database_connections", "gauge"),
    ("apothecary_database_commits_total", "counter"),
    ("apothecary_database_rollbacks_total", "counter"),
    ("apothecary_database_deadlocks_total", "counter"),
    ("apothecary_database_conflicts_total", "counter"),
    ("apothecary_database_bytes", "gauge"),
)


@dataclass
class Tally:
    """Requests of one process, counted by several threads."""

    answered: Counter[tuple[str, int]] = field(default_factory=Counter)
    within: Counter[int] = field(default_factory=Counter)
    total_ms: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, *, method: str, status: int, took_ms: int) -> None:
        """Count one request. An invented method must not make a row of its own."""
        known = method if method in METHODS else "other"
        with self._lock:
            self.answered[known, status] += 1
            self.total_ms += took_ms
            for bound in BOUNDS_MS:
                if took_ms <= bound:
                    self.within[bound] += 1

    def lines(self) -> Iterator[str]:
        with self._lock:
            answered, within = dict(self.answered), dict(self.within)
            total_ms = self.total_ms
        yield "# TYPE apothecary_requests_total counter"
        for (method, status), count in sorted(answered.items()):
            labels = f'method="{method}",status="{status}"'
            yield f"apothecary_requests_total{{{labels}}} {count}"
        name, number = "apothecary_request_milliseconds", sum(answered.values())
        yield f"# TYPE {name} histogram"
        for bound in BOUNDS_MS:
            yield f'{name}_bucket{{le="{bound}"}} {within.get(bound, 0)}'
        yield f'{name}_bucket{{le="+Inf"}} {number}'
        yield f"{name}_sum {total_ms}"
        yield f"{name}_count {number}"


TALLY = Tally()


class Counted:
    """Middleware, outermost: counts every answer and the time it took."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.monotonic_ns()
        response = self.get_response(request)
        took_ms = (time.monotonic_ns() - begun) // 1_000_000
        method = request.method or ""
        TALLY.add(method=method, status=response.status_code, took_ms=took_ms)
        return response


def metrics(request: HttpRequest) -> HttpResponse:
    """Everything measured, as Prometheus reads it."""
    lines = [*TALLY.lines(), *process_lines(), *part_lines(part_states()), *database_lines()]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")


def process_lines() -> Iterator[str]:
    """Processor time and memory of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    yield "# TYPE process_cpu_seconds_total counter"
    yield f"process_cpu_seconds_total {used.ru_utime + used.ru_stime:.2f}"
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except FileNotFoundError:  # not Linux
        return
    yield "# TYPE process_resident_memory_bytes gauge"
    yield f"process_resident_memory_bytes {pages * resource.getpagesize()}"


def part_lines(states: dict[str, str]) -> Iterator[str]:
    """Whether each process of the installation is up."""
    if states:
        yield "# TYPE apothecary_part_up gauge"
    for name, state in sorted(states.items()):
        yield f'apothecary_part_up{{part="{name}"}} {int(state == "up")}'


def database_lines() -> Iterable[str]:
    """The database's own counters; only that it is down, when it is down."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(DATABASE)
            row = cursor.fetchone()
    except DatabaseError:
        connection.close()
        row = None
    lines = ["# TYPE apothecary_database_up gauge", f"apothecary_database_up {int(bool(row))}"]
    for (name, kind), value in zip(DATABASE_NAMES, row or (), strict=False):
        lines += [f"# TYPE {name} {kind}", f"{name} {value}"]
    return lines
