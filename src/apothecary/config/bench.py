"""`apothecary bench`: runs `benchmarks/*.py`, keeps what they measured, prints it as a table.

A benchmark is a program that prints one JSON object on stdout: figures by name, nested as it
likes, its peer and its physical limit beside its own figure. What it says on stderr is shown.
"""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[3]


def benchmarks(root: Path, names: Sequence[str]) -> list[Path]:
    """The programs asked for, all of them when none is named."""
    found = {path.stem: path for path in sorted((root / "benchmarks").glob("*.py"))}
    found.pop("__init__", None)
    unknown = [name for name in names if name not in found]
    if unknown or not found:
        known = ", ".join(found) or "none; they come with the source, not with the package"
        raise click.UsageError(
            f"no benchmark {', '.join(unknown) or 'at all'}; there are: {known}"
        )
    return [found[name] for name in names or found]


def measured(program: Path, *, quick: bool = False) -> dict[str, object]:
    """What one benchmark printed; its failure is ours. `quick` asks it for less."""
    argv = [sys.executable, "-m", f"benchmarks.{program.stem}", *(["--quick"] if quick else [])]
    said = subprocess.run(
        argv, cwd=program.parents[1], stdout=subprocess.PIPE, text=True, check=False
    )
    try:
        figures = json.loads(said.stdout) if said.returncode == 0 else None
    except json.JSONDecodeError:
        figures = None
    if not isinstance(figures, dict):
        raise click.ClickException(
            f"benchmark {program.stem} ended with {said.returncode} and no JSON object"
        )
    return figures


def flat(figures: dict[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    """Each figure with its full name."""
    for name, value in figures.items():
        full = f"{above} · {name}" if above else name
        if isinstance(value, dict):
            yield from flat(value, full)
        else:
            yield full, value


def run_benchmarks(
    root: Path, names: Sequence[str], *, at: datetime, quick: bool = False
) -> dict[str, object]:
    """Run them one after another; each result is kept as soon as it is there."""
    results = root / "benchmarks" / "results"
    found: dict[str, object] = {}
    programs = benchmarks(root, names)
    for number, program in enumerate(programs, 1):
        click.echo(f"{number} of {len(programs)}: {program.stem} …", err=True)
        figures = measured(program, quick=quick)
        note = {
            "at": at.isoformat(timespec="seconds"),
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            "machine": platform.machine(),
            "quick": quick,
            "figures": figures,
        }
        results.mkdir(exist_ok=True)
        (results / f"{program.stem}.json").write_text(json.dumps(note, indent=1) + "\n")
        found[program.stem] = figures
    return found


def table(found: dict[str, object]) -> str:
    """All figures below each other, names left, values right."""
    rows = [(name, f"{v:,}" if isinstance(v, int) else str(v)) for name, v in flat(found)]
    left = max(len(name) for name, _ in rows)
    right = max(len(value) for _, value in rows)
    return "\n".join(f"{name:<{left}}  {value:>{right}}" for name, value in rows)
