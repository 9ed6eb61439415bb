"""`/metrics` in Prometheus text: the web processes, the parts beside them, and the database.

Nothing here names a patient, a person or a drug: the page is open to whoever can reach it.
"""

import os
import resource
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from apothecary.config.health import part_states
from apothecary.config.tallies import Tally

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


FOLDER = os.environ.get("APOTHECARY_TALLIES")
TALLY = Tally(Path(FOLDER) if FOLDER else None)


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
    """Processor time and memory of the web processes, together."""
    seconds, pages = 0.0, 0
    tick = os.sysconf("SC_CLK_TCK")
    processes = TALLY.processes
    for process in processes:
        try:
            used = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            pages += int(Path(f"/proc/{process}/statm").read_text().split()[1])
        except FileNotFoundError:  # not Linux, or gone between two looks
            continue
        seconds += (int(used[11]) + int(used[12])) / tick
    yield "# TYPE apothecary_web_processes gauge"
    yield f"apothecary_web_processes {len(processes)}"
    yield "# TYPE process_cpu_seconds_total counter"
    yield f"process_cpu_seconds_total {seconds:.2f}"
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
