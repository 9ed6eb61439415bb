"""Requests counted by several processes of one installation, each on a sheet of its own.

A sheet is a file mapped into memory, held by a lock as long as its process lives: the process
that comes after one that died goes on counting on its sheet, so that no sum ever falls.
"""

import fcntl
import mmap
import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

# Upper bounds in milliseconds; a screen should stay below the third.
BOUNDS_MS = (5, 10, 25, 50, 100, 250, 500, 1000, 2500, 10_000)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other")
STATUSES = range(100, 600)
# One number each: the process, all milliseconds, how many within each bound, then every method
# with every status.
PROCESS, MILLISECONDS, WITHIN = 0, 1, 2
ANSWERED = WITHIN + len(BOUNDS_MS)
NUMBERS = ANSWERED + len(METHODS) * len(STATUSES)
BYTES = 8 * NUMBERS
MOST_PROCESSES = 64


class Tally:
    """Requests of this process, counted by several threads, and of those beside it.

    Without a folder it stands alone.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._held: int | None = None
        self._sheet: memoryview | None = None

    def add(self, *, method: str, status: int, took_ms: int) -> None:
        """Count one request. An invented method must not make a row of its own."""
        known = METHODS.index(method) if method in METHODS else len(METHODS) - 1
        place = ANSWERED + known * len(STATUSES) + STATUSES.index(status)
        with self._lock:
            sheet = self._mine()
            sheet[place] += 1
            sheet[MILLISECONDS] += took_ms
            for number, bound in enumerate(BOUNDS_MS, start=WITHIN):
                if took_ms <= bound:
                    sheet[number] += 1

    def _mine(self) -> memoryview:
        """The sheet of this process, taken when it first counts: after every fork."""
        if self._sheet is None:
            taken = None if self._folder is None else free_sheet(self._folder)
            if taken is None:
                pages = mmap.mmap(-1, BYTES)
            else:
                self._held = taken
                pages = mmap.mmap(taken, BYTES)
            self._sheet = memoryview(pages).cast("q")
            self._sheet[PROCESS] = os.getpid()
        return self._sheet

    def sheets(self) -> Iterator[list[int]]:
        """The numbers of every process that counts or has counted."""
        with self._lock:
            mine = self._mine()
        if self._held is None:
            yield list(mine)
            return
        for path in sorted((self._folder or Path()).glob("sheet-*")):
            kept = path.read_bytes()
            if len(kept) == BYTES:
                yield list(memoryview(kept).cast("q"))

    @property
    def processes(self) -> list[int]:
        """The processes that count now."""
        return [sheet[PROCESS] for sheet in self.sheets() if alive(sheet[PROCESS])]

    @property
    def sums(self) -> list[int]:
        """Each number over all processes."""
        return [sum(column) for column in zip(*self.sheets(), strict=True)]

    @property
    def answered(self) -> Counter[tuple[str, int]]:
        """How many requests there were of each method and status."""
        return answered(self.sums)

    @property
    def total_ms(self) -> int:
        """How long all requests took together."""
        return self.sums[MILLISECONDS]

    def lines(self) -> Iterator[str]:
        """The counts as Prometheus reads them."""
        sums = self.sums
        counts = answered(sums)
        yield "# TYPE apothecary_requests_total counter"
        for (method, status), count in sorted(counts.items()):
            labels = f'method="{method}",status="{status}"'
            yield f"apothecary_requests_total{{{labels}}} {count}"
        name, number = "apothecary_request_milliseconds", sum(counts.values())
        yield f"# TYPE {name} histogram"
        for place, bound in enumerate(BOUNDS_MS, start=WITHIN):
            yield f'{name}_bucket{{le="{bound}"}} {sums[place]}'
        yield f'{name}_bucket{{le="+Inf"}} {number}'
        yield f"{name}_sum {sums[MILLISECONDS]}"
        yield f"{name}_count {number}"


def answered(sums: list[int]) -> Counter[tuple[str, int]]:
    """The counts of a sheet that are not nought, by method and status."""
    found: Counter[tuple[str, int]] = Counter()
    for place, count in enumerate(sums[ANSWERED:]):
        if count:
            method, status = divmod(place, len(STATUSES))
            found[METHODS[method], STATUSES[status]] = count
    return found


def free_sheet(folder: Path) -> int | None:
    """An open sheet that no living process holds, held now; none when all are."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in range(MOST_PROCESSES):
        sheet = os.open(folder / f"sheet-{number:02}", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(sheet, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(sheet)
            continue
        if os.fstat(sheet).st_size != BYTES:  # new, or of a version that counted otherwise
            os.ftruncate(sheet, 0)
            os.ftruncate(sheet, BYTES)
        return sheet
    return None


def alive(process: int) -> bool:
    """Whether a process is there."""
    with suppress(ProcessLookupError, PermissionError):
        os.kill(process, 0)
        return True
    return False
