"""The loads themselves, in a process of their own, so that its memory is theirs alone."""

from apothecary.config import awake  # noqa: F401 sets Django up before rooms are imported

# isort: split
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction

from apothecary.drugs.load import load_starter
from apothecary.drugs.loading.frame import Kind, Report, load
from apothecary.drugs.loading.kinds import KINDS
from apothecary.drugs.official.files import pieces

AT = datetime(2026, 1, 2, tzinfo=UTC)
TICKS = os.sysconf("SC_CLK_TCK")


def backend_s() -> float:
    """Processor seconds of the database's process that serves this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / TICKS


def timed(work: Callable[[], Report]) -> dict[str, object]:
    """One load with what it cost; memory is the most the process has had so far."""
    wall, own, theirs = time.perf_counter(), time.process_time(), backend_s()
    report = work()
    spent = time.process_time() - own, backend_s() - theirs
    return {
        "seconds": round(time.perf_counter() - wall, 1),
        "processor seconds of the loader": round(spent[0], 1),
        "processor seconds of the database": round(spent[1], 1),
        "peak memory of the loader, MB": peak_mb(),
        "rows": {name: counts.read for name, counts in report.tables.items()},
        "new, changed, gone": [report.counts.new, report.counts.changed, report.counts.gone],
    }


def peak_mb() -> int:
    """The most memory this process has had resident."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def release(kind: Kind, folder: str) -> Callable[[], Report]:
    """A load of a folder, to be timed."""
    return lambda: load(kind, Path(folder), by="benchmark", at=AT)


@transaction.atomic
def bare(kind: Kind, folder: str) -> dict[str, object]:
    """The peer: the same files unpacked and copied line by line, nothing understood."""
    wall = time.perf_counter()
    many = 0
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bare (line bytea) ON COMMIT DROP")
        with cursor.copy("COPY bare FROM STDIN") as copy:
            for piece in pieces(Path(folder), kind.files).values():
                with piece.opened() as (raw, _):
                    for line in raw:
                        copy.write_row((line,))
                        many += 1
    return {"seconds": round(time.perf_counter() - wall, 1), "lines": many}


def main() -> None:
    """Load what was asked for, twice; the second time nothing may change."""
    asked = json.load(sys.stdin)
    call_command("migrate", interactive=False, verbosity=0)
    found: dict[str, object] = {"memory before, MB": peak_mb()}
    if not asked["files"]:
        found["note"] = "no official files were given: this is the shipped starter file"
        found["starter file"] = timed(lambda: load_starter(at=AT))
        found["starter file again"] = timed(lambda: load_starter(at=AT))
        print(json.dumps(found))
        return
    for key, folder in (("fda-ndc", asked["files"]), ("rxnorm", asked["rxnorm"])):
        if folder:
            found[f"{key}, lines only"] = bare(KINDS[key], folder)
            found[key] = timed(release(KINDS[key], folder))
            found[f"{key} again"] = timed(release(KINDS[key], folder))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
