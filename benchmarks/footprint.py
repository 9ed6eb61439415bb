"""Resident memory of everything the demo starts, and how long it takes to be ready.

Memory is the proportional set size (PSS): what processes share is counted once. The way from a
clone is walked as a newcomer does, with the package cache as it is: ``make setup`` in a fresh
clone, then the demo. ``--quick`` leaves the clone out.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.ground.house import ROOT, machine, serving

AIM_MB, AIM_S = 700, 60
SETTLE_S = 15


def tree(pid: int) -> list[int]:
    """A process and everything that came of it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents.setdefault(int(stat[1]), []).append(int(entry.name))
    found = [pid]
    for each in found:
        found += parents.get(each, [])
    return found


def pss_mb(pid: int) -> float:
    """Proportional set size of one process in MB; 0 when it has just ended."""
    try:
        said = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0.0
    found = re.search(r"^Pss:\s+(\d+) kB", said, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def name_of(pid: int) -> str:
    """What a process is, by its command line."""
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return "ended"
    marks = {
        "postgres": "database",
        "--interface wsgi": "web",
        "--interface asginl": "live",
        "config.worker": "worker",
        "simulators.payer": "payer simulator",
        "simulators.prescriber": "prescriber simulator",
        "config.command": "supervisor",
    }
    return next((name for mark, name in marks.items() if mark in line), "other")


def from_clone() -> dict[str, object]:
    """Seconds of `git clone` and `make setup` in a new folder; why not, where it fails."""
    place = Path(tempfile.mkdtemp(prefix="apothecary-clone-"))
    begun = time.monotonic()
    try:
        subprocess.run(["git", "clone", "-q", ROOT, place / "clone"], check=True)
        made = subprocess.run(
            ["make", "setup"], cwd=place / "clone", capture_output=True, text=True, check=False
        )
        if made.returncode:
            return {"failed": made.stderr.strip().splitlines()[-1:]}
        return {"clone_and_setup_s": round(time.monotonic() - begun, 1)}
    finally:
        shutil.rmtree(place, ignore_errors=True)


def measure(*, quick: bool) -> dict[str, object]:
    """Time to ready and memory once everything has settled."""
    figures: dict[str, object] = {"machine": machine()}
    begun = time.monotonic()
    with serving("demo") as house:
        ready_s = round(time.monotonic() - begun, 1)
        figures["start_to_ready_s"] = ready_s
        time.sleep(SETTLE_S)
        parts: dict[str, float] = {}
        for pid in tree(house.supervisor):
            name = name_of(pid)
            parts[name] = round(parts.get(name, 0.0) + pss_mb(pid), 1)
    figures["memory_mb"] = parts | {"all": round(sum(parts.values())), "aim": AIM_MB}
    if not quick and os.environ.get("APOTHECARY_BENCH_CLONE", "1") == "1":
        clone = from_clone()
        figures["from_clone"] = clone
        setup_s = clone.get("clone_and_setup_s")
        if isinstance(setup_s, float):
            figures["clone_to_ready_s"] = round(setup_s + ready_s, 1)
            figures["clone_to_ready_aim_s"] = AIM_S
    return figures


if __name__ == "__main__":
    print(json.dumps(measure(quick="--quick" in sys.argv)))
