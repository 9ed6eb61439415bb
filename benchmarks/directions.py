"""Directions read a second, share right and share confidently wrong, beside other readers.

The texts are the tables of practice of the repository: what a pharmacist makes of each was
written before any reader saw it. Beside ours: a naive reader of codes and plain numbers, the
bare cutting into words (the least any reader must do), and the readers found on the package
index, each in a folder of its own under ``DATA`` (never a requirement of ours); what does not
install or run is named with its reason. ``--quick`` leaves the installing out.
"""

import csv
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from apothecary.directions.command import answer
from apothecary.directions.reading import read_directions
from apothecary.directions.tests.test_practice import HERE, _said

TURNS, LONGEST_INSTALL_S = 5, 240
# The least program with which each peer says anything at all about one text.
PEERS = {
    "parsigs": (
        "from parsigs.parse_sig_api import SigParser; print(SigParser().parse({text!r}))"
    ),
    "dose-instruction-parser": (
        "from dose_instruction_parser.parser import DIParser; "
        "print(DIParser('en_edris9').parse({text!r}))"
    ),
    "structurx": "import structurx.deprules; print('reads')",
}
_NAIVE = re.compile(
    r"(?:take )?(\d+) (tablet|capsule|tab|cap)s? (?:by mouth |po )?"
    r"(daily|once daily|bid|tid|qid|twice daily|three times daily|every (\d+) hours)\b"
)
_RATE = {"daily": 1, "once daily": 1, "bid": 2, "twice daily": 2, "tid": 3, "qid": 4}
_UNIT = {"tab": "tablet", "cap": "capsule"}


def rows(name: str) -> list[dict[str, str]]:
    """One table of practice."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="|"))


def texts() -> list[dict[str, str]]:
    """Every text with what it must give; ``?`` where nobody could dispense from it."""
    read = [
        *rows("practice_solids"),
        *rows("practice_others"),
        *rows("practice_variants"),
    ]
    asked = [*rows("practice_asked"), *rows("asked_variants")]
    return [*read, *({**row, "steps": "?"} for row in asked)]


def ours(row: dict[str, str]) -> str:
    """Our answer in the notation of the tables; ``?`` where we ask."""
    found = answer({"id": 1, **{k: row[k] for k in ("sig", "form", "drug") if row.get(k)}})
    steps = found["steps"]
    if not found["certain"] or not isinstance(steps, list):
        return "?"
    return " ; ".join(_said(step) for step in steps)


def naive(row: dict[str, str]) -> str:
    """Codes and plain numbers, the rest of the text unseen: what a first attempt does."""
    found = _NAIVE.search(row["sig"].casefold())
    if found is None:
        return "?"
    amount, unit, rate, hours = found.groups()
    times = 24 // int(hours) if hours and int(hours) else _RATE.get(rate, 3)
    return f"{amount} {_UNIT.get(unit, unit)} oral {times} in 1 day"


def judged(
    read: Callable[[dict[str, str]], str], wanted: list[dict[str, str]]
) -> dict[str, object]:
    """Share right, share confidently wrong, share asked in vain."""
    pairs = [(read(row), row["steps"]) for row in wanted]
    count = len(pairs)
    right = sum(found == want for found, want in pairs)
    wrong = sum(found not in ("?", want) for found, want in pairs)
    return {
        "texts": count,
        "right_percent": round(100 * right / count, 1),
        "confidently_wrong_percent": round(100 * wrong / count, 1),
        "asked_in_vain_percent": round(100 * (count - right - wrong) / count, 1),
    }


def rate(act: Callable[[dict[str, str]], object], wanted: list[dict[str, str]]) -> int:
    """The best of a few turns, in texts a second of one core's own time."""
    best = 0.0
    for _ in range(TURNS):
        start = time.process_time()
        for row in wanted:
            act(row)
        best = max(best, len(wanted) / max(time.process_time() - start, 1e-9))
    return round(best)


def peer(name: str, program: str, folder: Path) -> dict[str, object]:
    """Install one peer beside us and ask it one text; what it says, or why it says nothing."""
    home = folder / name
    python = home / "bin" / "python"
    steps = (
        [sys.executable, "-m", "venv", str(home)],
        [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check",
         name, "setuptools<80"],
        [str(python), "-c", program.format(text="take 1 tablet twice daily")],
    )  # fmt: skip
    for number, argv in enumerate(steps):
        try:
            done = subprocess.run(
                argv, capture_output=True, text=True, check=False, timeout=LONGEST_INSTALL_S
            )
        except subprocess.TimeoutExpired:
            return {"runs": False, "why": f"not done in {LONGEST_INSTALL_S} s"}
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if line.strip()]
            stage = ("no folder", "does not install", "does not run")[number]
            return {"runs": False, "why": f"{stage}: {lines[-1][:160] if lines else 'silent'}"}
    return {"runs": True, "says": done.stdout.strip()[:160]}


def run(*, quick: bool = False) -> dict[str, object]:
    """Every figure, by reader."""
    wanted = texts()
    figures: dict[str, object] = {
        "ours": {
            **judged(ours, wanted),
            "read_per_s": rate(lambda r: read_directions(r["sig"], form=r["form"]), wanted),
            "answered_with_both_labels_per_s": rate(ours, wanted),
        },
        "peer, naive reader": {**judged(naive, wanted), "read_per_s": rate(naive, wanted)},
        "floor, cut into words": {"read_per_s": rate(lambda r: r["sig"].split(), wanted)},
        "aim": {"right_percent": 97, "confidently_wrong_percent": 0, "read_per_s": 5000},
    }
    if not quick:
        folder = Path(os.environ.get("DATA") or tempfile.mkdtemp()) / "bench-peers"
        for name, program in PEERS.items():
            figures[f"peer, {name}"] = peer(name, program, folder)
    return figures


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv), indent=1))
