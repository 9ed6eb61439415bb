"""Speed of X12 beside its peer and its floor in the same run: a remittance (835), and the five
papers between pharmacy and wholesaler (850, 855, 856, 810, 832).

Ours: cut into segments, every element split, the same from a stream, checked by its envelope,
read into typed claims, and the whole way from bytes to balanced claims; the papers of supply
split, typed and written. The peer is pyx12, in a folder of its own: its raw reader, which also
splits and checks the envelope, and its validating reader, which knows every element of the
835's map and makes no claims of it. It has no map of the papers of supply: these stand beside
its validating of the 835, segment for segment. The floor is bare ``str.split``, the least a
reader in Python must do. All of one core's own time. Run ``python -m benchmarks.x12``; with
``PEERS=FOLDER`` what was installed once is used again.
"""

import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.ground.supply import papers, written

from apothecary.wires import x12
from apothecary.wires.x12 import supply
from apothecary.wires.x12.remittance import Remittance
from apothecary.wires.x12.tests.papers import Advice, Line, Paid

TURNS = 5
LONGEST_INSTALL_S = 120
AIM = {"read_segments_per_s": 100_000, "typed_beside_validating_peer": 10}

# Prints segments a second of the raw and of the validating reader, each the best of its turns.
PEER = """
import json, sys, time
import pyx12.params, pyx12.x12file, pyx12.x12n_document
path, turns = sys.argv[1], int(sys.argv[2])
def raw():
    with pyx12.x12file.X12Reader(path) as reader:
        return sum(len(one) >= 0 for one in reader)
def valid():
    if not pyx12.x12n_document.x12n_document(pyx12.params.params(), path, None, None, None):
        raise SystemExit("the peer does not accept the remittance")
def best(act):
    spent = []
    for _ in range(turns):
        start = time.process_time()
        act()
        spent.append(time.process_time() - start)
    return min(spent)
count = raw()
print(json.dumps([round(count / best(act)) for act in (raw, valid)]))
"""


def remittance(claims: int) -> bytes:
    """A balanced 835 as a chain gets it: six segments a claim, a fee beside them."""
    paid = [
        Paid(
            f"RX{number:07}",
            [Line("00093310501", 5000 + number % 9000, [("CO", "45", 1000), ("PR", "3", 500)])],
            control=f"99{number:011}",
        )
        for number in range(claims)
    ]
    return Advice(paid, [("CS", "FEES", 12_345)]).raw()


def seconds(act: Callable[[], object]) -> float:
    """The best of a few turns, in seconds of one core's own time."""
    spent = []
    for _ in range(TURNS):
        start = time.process_time()
        act()
        spent.append(time.process_time() - start)
    return min(spent)


def split(raw: bytes) -> int:
    """Every element of every segment, as a reader must have them at the least."""
    return sum(
        len(one.elements) for part in x12.read(raw).interchanges for one in part.segments
    )


def streamed(raw: bytes) -> int:
    return sum(len(one.elements) for one in x12.stream(io.BytesIO(raw)))


def checked(raw: bytes) -> x12.File:
    return x12.read_strictly(raw)


def typed(raw: bytes) -> list[Remittance]:
    return x12.read_remittances(x12.read(raw).sets())


def balanced(raw: bytes) -> int:
    """The whole way: envelope checked, claims typed, sums agreed."""
    (one,) = x12.read_remittances(checked(raw).sets())
    if x12.balance(one):
        raise AssertionError("the remittance does not balance")
    return len(one.claims)


def floor(raw: bytes) -> int:
    text = raw.decode("latin-1")
    return sum(len(one.split("*")) for one in text.split("~"))


def peer(path: Path, turns: int) -> dict[str, object]:
    """What pyx12 does with the same file, or why it does nothing."""
    folder = Path(os.environ.get("PEERS") or tempfile.mkdtemp(prefix="bench-peers-")) / "pyx12"
    python = folder / "bin" / "python"
    steps = [[str(python), "-c", PEER, str(path), str(turns)]]
    if not python.exists():
        pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        steps = [[sys.executable, "-m", "venv", str(folder)], [*pip, "pyx12"], *steps]
    for argv in steps:
        try:
            done = subprocess.run(
                argv, capture_output=True, text=True, check=False, timeout=LONGEST_INSTALL_S
            )
        except subprocess.TimeoutExpired:
            return {"runs": False, "why": f"not done in {LONGEST_INSTALL_S} s"}
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if line.strip()]
            return {"runs": False, "why": lines[-1][:160] if lines else "silent"}
    raw_per_s, validating_per_s = json.loads(done.stdout)
    return {
        "runs": True,
        "raw_segments_per_s": raw_per_s,
        "validating_segments_per_s": validating_per_s,
    }


def measure(raw: bytes, claims: int) -> dict[str, object]:
    """Our figures and the floor's, all of the same bytes."""
    file = x12.read(raw)
    if file.to_bytes() != raw:
        raise AssertionError("the codec lost a byte")
    count = sum(len(part.segments) for part in file.interchanges)
    spent = {
        "cut_segments_per_s": seconds(lambda: x12.read(raw)),
        "read_segments_per_s": seconds(lambda: split(raw)),
        "streamed_segments_per_s": seconds(lambda: streamed(raw)),
        "checked_segments_per_s": seconds(lambda: checked(raw)),
        "typed_segments_per_s": seconds(lambda: typed(raw)),
        "balanced_segments_per_s": (whole := seconds(lambda: balanced(raw))),
        "floor_str_split_segments_per_s": seconds(lambda: floor(raw)),
    }
    figures: dict[str, object] = {"bytes": len(raw), "claims": claims, "segments": count}
    figures.update({name: round(count / took) for name, took in spent.items()})
    figures["balanced_claims_per_s"] = round(claims / whole)
    return figures


def measure_supply(paper: supply.Paper) -> dict[str, object]:
    """One paper of supply: segments a second cut and split, typed, written."""
    raw = written(paper)
    count = sum(len(part.segments) for part in x12.read(raw).interchanges)
    (again,) = supply.read_papers(raw)
    if written(again) != raw:
        raise AssertionError("the paper is not read as it was written")
    spent = {
        "read_segments_per_s": seconds(lambda: split(raw)),
        "typed_segments_per_s": seconds(lambda: list(supply.read_papers(raw))),
        "written_segments_per_s": seconds(lambda: written(paper)),
        "floor_str_split_segments_per_s": seconds(lambda: floor(raw)),
    }
    figures: dict[str, object] = {"bytes": len(raw), "segments": count}
    figures.update({name: round(count / took) for name, took in spent.items()})
    return figures


def run(*, quick: bool = False) -> dict[str, object]:
    """Every figure: a month of a store, a month of a chain, and the peer on the first."""
    small = remittance(1_500)
    figures: dict[str, object] = {"835, 1,500 claims": (ours := measure(small, 1_500))}
    lines = 500 if quick else 5_000
    for paper in papers(lines):
        figures[f"{type(paper).__name__}, {lines:,} lines"] = measure_supply(paper)
    if not quick:
        figures["835, 10,000 claims"] = measure(remittance(10_000), 10_000)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "remittance.835"
            path.write_bytes(small)
            found = peer(path, 2)
        validating, typed_per_s = (
            found.get("validating_segments_per_s"),
            ours["typed_segments_per_s"],
        )
        if isinstance(validating, int) and isinstance(typed_per_s, int):
            found["typed_ours_times_validating_peer"] = round(typed_per_s / validating, 1)
            slowest = min(
                held["typed_segments_per_s"]
                for held in figures.values()
                if isinstance(held, dict) and "written_segments_per_s" in held
            )
            found["slowest_supply_typed_times_validating_peer"] = round(slowest / validating, 1)
        figures["peer, pyx12"] = found
    figures["aim"] = AIM
    return figures


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv), indent=1))
