"""Papers printed from the house itself: `make docs` writes, `make check` compares."""

import re
import sys
import tomllib
from pathlib import Path

import click

from apothecary.arithmetic.paper import paper as calculations
from apothecary.config.answers import run_command
from apothecary.staff.duties import Allowed, Role, duty_table

ROOT = Path(__file__).resolve().parents[3]
MARKS = {
    Allowed.YES: "yes",
    Allowed.NO: "–",
    Allowed.SUPERVISED: "supervised",
    Allowed.STATE: "by state",
}


def floors(pyproject: str) -> list[list[str]]:
    """The floors, highest first, each with its rooms: out of the contract CI enforces.

    A room in brackets in the contract is planned and not built.
    """
    contracts = tomllib.loads(pyproject)["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [[room.strip() for room in layer.split("|")] for layer in layers]


def first_sentence(readme: str) -> str:
    """What a room is for: the first sentence below the title of its README."""
    body = re.sub(r"^#.*$", "", readme, count=1, flags=re.MULTILINE).strip()
    paragraph = " ".join(body.split("\n\n")[0].split())
    found = re.match(r".+?[.;](?=\s|$)", paragraph)
    return (found[0] if found else paragraph).rstrip(";.")


def floor_plan(root: Path = ROOT) -> str:
    """`docs/floor-plan.md`."""
    lines = [
        "# The floor plan",
        "",
        "Printed by `make docs` from the contract in `pyproject.toml`; do not edit.",
        "A room may use the rooms of lower floors, never of its own floor or a higher one.",
        "",
        "| floor | room | what happens there |",
        "|---|---|---|",
    ]
    plan = floors((root / "pyproject.toml").read_text())
    for number, rooms in zip(range(len(plan), 0, -1), plan, strict=True):
        for room in rooms:
            name = room.strip("()")
            readme = root / "src" / "apothecary" / name / "README.md"
            says = first_sentence(readme.read_text()) if readme.exists() else ""
            planned = "planned" if room.startswith("(") and not readme.parent.exists() else says
            lines.append(f"| {number} | {name} | {planned} |")
    lines += [
        "",
        "`src/simulators/` stands outside: payer, prescriber, wholesalers, one process each.",
    ]
    return "\n".join(lines) + "\n"


def who_may_do_what() -> str:
    """`docs/who-may-do-what.md`."""
    roles = [role for role in Role if role is not Role.SYSTEM]
    heads = [
        "duty",
        *(role.value for role in roles),
        "pharmacist on duty",
        "written in",
        "mark",
    ]
    lines = [
        "# Who may do what",
        "",
        "Printed by `make docs` from `src/apothecary/staff/duties.csv`; do not edit.",
        "What is not written here is denied. *supervised*: only while a pharmacist is on duty.",
        "*by state*: only where the state's own row allows it. Whoever works under a licence",
        "needs a current one of the pharmacy's state. *mark*: how well its source is verified.",
        "",
        "| " + " | ".join(heads) + " |",
        "|" + "---|" * len(heads),
    ]
    for row in duty_table().values():
        cells = [MARKS[row.allowed[role]] for role in roles]
        on_duty = "needed" if row.pharmacist_present else ""
        lines.append(
            "| " + " | ".join([row.says, *cells, on_duty, row.cite, row.verified]) + " |"
        )
    return "\n".join(lines) + "\n"


def papers() -> dict[Path, str]:
    """Each printed paper with its place in the repository."""
    return {
        Path("docs/floor-plan.md"): floor_plan(),
        Path("docs/who-may-do-what.md"): who_may_do_what(),
        Path("docs/calculations.md"): calculations(),
    }


def stale(root: Path) -> list[Path]:
    """Papers that do not say what the house says."""
    return [
        path
        for path, text in papers().items()
        if not (root / path).exists() or (root / path).read_text() != text
    ]


@click.command()
@click.option("--check", is_flag=True, help="write nothing; exit 1 when a paper is stale")
def print_papers(check: bool) -> None:
    """Print the papers into docs/."""
    old = stale(ROOT)
    for path in old:
        click.echo(f"{path} is stale: run `make docs`" if check else f"printed {path}")
        if not check:
            (ROOT / path).parent.mkdir(exist_ok=True)
            (ROOT / path).write_text(papers()[path])
    raise SystemExit(1 if check and old else 0)


if __name__ == "__main__":
    run_command(print_papers, sys.argv[1:])
