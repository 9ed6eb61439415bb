"""The command `apothecary`. It carries no Django: what needs the rooms runs in a child."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from apothecary.arithmetic.command import answer as answer_calculation
from apothecary.arithmetic.command import listing
from apothecary.config import archive, bench
from apothecary.config.answers import run_command
from apothecary.config.filters import answers
from apothecary.config.parts import Plan, parts
from apothecary.config.postgres import reached
from apothecary.config.serve import Supervisor, kept_secret
from apothecary.config.wired import wired
from apothecary.directions.command import answer as answer_directions
from apothecary.directions.site_codes import read_codes
from apothecary.screening.command import answer as answer_screening
from apothecary.wires import Malformed
from apothecary.wires.command import DIALECTS, FORMATS

SIMULATORS = ("payer", "prescriber", "wholesaler")
# Commands with the rooms behind them; `desk` has their options and their help.
AT_THE_DESK = {
    "token": "Print a bearer token for a worker or a partner.",
    "check": "Prove the books or the journal, or name what is wrong.",
    "inspect": "Print a paper for an inspector: book, inventory, discrepancies and the others.",
    "trace": "Answer an inspector: what sellers told of an NDC, GTIN, lot or serial number.",
    "load-tracing": "Take in a tracing document (EPCIS), or say why it is set aside.",
    "load-remittance": "Post a remittance file (X12 835), or say why it is refused.",
    "load": "Load a release of an official source into the drug file, and show the diff.",
}
DATA = click.option(
    "--data",
    envvar="DATA",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("var"),
    show_default=True,
    help="data folder (or DATA=)",
)
PORT = click.option(
    "--port",
    envvar="PORT",
    type=click.IntRange(1, 65_531),
    default=8000,
    show_default=True,
    help="port of the pages (or PORT=); the next ones are taken too",
)
HOST = click.option(
    "--host", default="127.0.0.1", show_default=True, help="address to listen on"
)


@click.group()
def apothecary() -> None:
    """The pharmacy system for everything a technician does under a pharmacist."""


def _serve(plan: Plan) -> None:
    desk = [sys.executable, "-m", "apothecary.config.desk", "prepare"]
    supervisor = Supervisor(
        plan=plan,
        parts_of=parts,
        prepare=[*desk, "--demo"] if plan.demo else desk,
        tell=click.echo,
    )
    raise SystemExit(supervisor.run())


@apothecary.command()
@DATA
@PORT
@HOST
def serve(data: Path, port: int, host: str) -> None:
    """Start database, pages, live events and worker, and keep them alive."""
    _serve(Plan(data=data.resolve(), host=host, port=port, demo=False))


@apothecary.command()
@DATA
@PORT
@HOST
def demo(data: Path, port: int, host: str) -> None:
    """Serve a demo pharmacy with payer and prescriber simulators beside it."""
    _serve(Plan(data=data.resolve(), host=host, port=port, demo=True))


@apothecary.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("name", type=click.Choice(SIMULATORS))
@click.argument("rest", nargs=-1, type=click.UNPROCESSED)
def simulate(name: str, rest: tuple[str, ...]) -> None:
    """Run one simulator alone; `apothecary simulate payer --help` lists its options."""
    os.execv(sys.executable, [sys.executable, "-m", f"simulators.{name}", *rest])  # noqa: S606


def _at_the_desk(name: str, says: str) -> None:
    @apothecary.command(
        name,
        help=says,
        context_settings={"ignore_unknown_options": True},
        add_help_option=False,
    )
    @click.argument("rest", nargs=-1, type=click.UNPROCESSED)
    def command(rest: tuple[str, ...]) -> None:
        argv = [sys.executable, "-m", "apothecary.config.desk", name, *rest]
        if "--help" in rest:
            raise SystemExit(subprocess.run(argv, check=False).returncode)
        data = Path(os.environ.get("DATA", "var")).resolve()
        with _database(data) as url:
            # What libraries tell about themselves is no answer of a command.
            env = {"APOTHECARY_LOG": "WARNING"} | os.environ
            env |= {
                "DATABASE_URL": url,
                "DATA": str(data),
                "APOTHECARY_SECRET": kept_secret(data),
            }
            code = subprocess.run(argv, env=env, check=False).returncode
        raise SystemExit(code)


for _name, _says in AT_THE_DESK.items():
    _at_the_desk(_name, _says)


@contextmanager
def _database(data: Path, *, whole: bool = False) -> Iterator[str]:
    """Address of the installation's database; `whole` past the walls between pharmacies."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
    elif not (data / "postgres").exists():
        raise click.UsageError(f"no installation in {data}; set DATA= or DATABASE_URL")
    else:
        with reached(data) as server:
            yield server.steward_url if whole else server.url


@apothecary.command()
@click.option(
    "--codes",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="the site's own sig codes: CSV with the columns code, means and, if any, confirmed",
)
def directions(codes: Path | None) -> None:
    """Read directions: one JSON object a line on stdin, one answer a line on stdout."""
    try:
        own = None if codes is None else read_codes(codes.read_text(encoding="utf-8-sig"))
    except ValueError as bad:
        raise click.UsageError(f"{codes}: {bad}") from bad
    for line in answers(sys.stdin.buffer, partial(answer_directions, codes=own)):
        click.echo(line)


@apothecary.command()
def screen() -> None:
    """Screen a new drug: one JSON object a line on stdin, one answer a line on stdout.

    It goes by the shipped tables; the age is that of today.
    """
    today = partial(answer_screening, on=datetime.now(UTC).astimezone().date())
    for line in answers(sys.stdin.buffer, today):
        click.echo(line)


@apothecary.command()
@click.option("--list", "listed", is_flag=True, help="name every calculation instead")
@click.option("--json", "as_json", is_flag=True, help="the list as one JSON array")
def calculate(listed: bool, as_json: bool) -> None:
    """Calculate: one JSON object a line on stdin, one answer a line on stdout."""
    if as_json and not listed:
        raise click.UsageError("--json goes with --list; answers are JSON anyway")
    if not listed:
        for line in answers(sys.stdin.buffer, answer_calculation):
            click.echo(line)
    elif as_json:
        click.echo(json.dumps(listing(), ensure_ascii=False, indent=1))
    else:
        for row in listing():
            click.echo("{id}  {name}: {formula} [{unit}]".format_map(row))


@apothecary.command()
@click.argument("form", metavar="FORMAT", type=click.Choice(FORMATS))
@click.argument("way", type=click.Choice(("decode", "encode")))
@click.option("--stream", is_flag=True, help="many messages: one JSON object a line")
@click.option(
    "--dialect",
    type=click.Choice(DIALECTS),
    default=DIALECTS[0],
    show_default=True,
    help="how the wholesaler writes whose X12 papers are decoded",
)
def wire(form: str, way: str, stream: bool, dialect: str) -> None:
    """Turn a wire message into JSON and, byte for byte, back."""
    raw = sys.stdin.buffer.read()
    try:
        for piece in wired(form, way, raw, stream=stream, dialect=dialect):
            sys.stdout.buffer.write(piece)
    except Malformed as bad:
        raise click.UsageError(f"{form}: {bad}") from bad


@apothecary.command()
@DATA
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="print what the backup says about itself")
def backup(data: Path, file: Path, as_json: bool) -> None:
    """Write database, journal keys and secret to FILE. The file must be kept closed."""
    data = data.resolve()
    with _database(data, whole=True) as url:
        about = archive.backup(url=url, data=data, to=file.resolve(), at=datetime.now(UTC))
    click.echo(json.dumps(about) if as_json else f"{file}: {about['tables']} tables")


@apothecary.command()
@DATA
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--json", "as_json", is_flag=True, help="print what the backup says about itself")
def restore(data: Path, file: Path, as_json: bool) -> None:
    """Fill an empty data folder (or DATABASE_URL) from FILE; a filled one is refused."""
    data = data.resolve()
    data.mkdir(parents=True, exist_ok=True, mode=0o711)
    given = os.environ.get("DATABASE_URL")
    if given:
        about = archive.restore(url=given, data=data, source=file)
    else:
        with reached(data) as server:
            about = archive.restore(url=server.steward_url, data=data, source=file)
    click.echo(json.dumps(about) if as_json else f"{data}: {about['tables']} tables")


@apothecary.command("bench")
@click.argument("names", nargs=-1)
@click.option("--quick", is_flag=True, help="small data and short windows: a first impression")
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
def measure(names: tuple[str, ...], quick: bool, as_json: bool) -> None:
    """Run the benchmarks, all or those named; figures also go to benchmarks/results/."""
    found = bench.run_benchmarks(bench.ROOT, names, at=datetime.now(UTC), quick=quick)
    click.echo(json.dumps(found) if as_json else bench.table(found))


def main() -> None:
    """Entry point of the console script."""
    run_command(apothecary)


if __name__ == "__main__":
    main()
