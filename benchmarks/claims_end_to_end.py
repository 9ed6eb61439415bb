"""Claims a second from the fill that waits for one to the answer that moved it on.

The house is the real one: its worker writes each B1 into the outbox, sends it over TCP to the
payer's process, and acts on the answer. In the same run, as limits: the same bytes to a program
that sends them back (the wire alone), and to the payer once more (wire and payer, which
finds each a duplicate), four calls at a time as the worker makes them. ``--quick``: fewer.
"""

import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.ground.house import ROOT, machine, serving

SHEETS = ROOT / "src/apothecary/claims/building/sheets"
THROTTLE = "throttle_per_second = 50"


@contextmanager
def program(*argv: str) -> Iterator[list[str]]:
    """A process beside the house, with the words of its first line."""
    running = subprocess.Popen(
        [sys.executable, "-u", "-m", *argv],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if running.stdout is None or not select.select([running.stdout], [], [], 30)[0]:
            raise RuntimeError(f"{argv[0]} did not start")
        words = running.stdout.readline().split()
        yield words
    finally:
        running.terminate()
        running.wait(20)


@contextmanager
def unhurried(folder: Path) -> Iterator[None]:
    """The payer's sheet without its limit of calls a second: what is measured is the house."""
    text = (SHEETS / "lone_star.toml").read_text()
    if THROTTLE not in text:
        raise RuntimeError(f"the sheet has no line {THROTTLE}")
    (folder / "lone_star.toml").write_text(text.replace(THROTTLE, "throttle_per_second = 0"))
    os.environ["APOTHECARY_SHEETS"] = str(folder)
    yield
    del os.environ["APOTHECARY_SHEETS"]


def measure(*, quick: bool) -> dict[str, object]:
    """Claims a second of the house, of the payer and of the wire."""
    many = 100 if quick else 1_000
    figures: dict[str, object] = {"machine": machine(), "claims": many}
    with tempfile.TemporaryDirectory() as folder, unhurried(Path(folder)):
        log = ("--state", str(Path(folder) / "payer.sqlite"))
        with (
            program("simulators.payer", "--port", "0", *log) as payer,
            program("benchmarks.ground.echo") as echo,
        ):
            ports = {"payer": int(payer[3].rsplit(":", 1)[1]), "echo": int(echo[0])}
            os.environ["APOTHECARY_PAYER"] = f"127.0.0.1:{ports['payer']}"
            with serving() as house:
                wanted = {"patients": 2 * many, "fills": 0, "levels": 0}
                town = house.run("benchmarks.ground.town", wanted)
                given = {"claims": many, **ports, "patients": town["patients"]}
                given |= {"ndc": town["drugs"][0]["ndc"]}
                figures |= house.run("benchmarks.ground.claiming", given)
    return figures | {"load_after": machine()["load_before"]}


if __name__ == "__main__":
    print(json.dumps(measure(quick="--quick" in sys.argv)))
