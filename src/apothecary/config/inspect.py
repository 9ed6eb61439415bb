"""`apothecary inspect`: every paper an inspector may ask for, in one command each."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from apothecary.config import telling  # noqa: F401 puts the papers of all rooms on the list
from apothecary.law.problem import Refused
from apothecary.staff.models import Person, Shift
from apothecary.staff.signon import person_as_worker, stand_in
from apothecary.staff.worker import NotAllowed, Worker
from apothecary.vault.inspection import KINDS, PAPERS, printed


@click.command("inspect")
@click.argument("paper", required=False, default="")
@click.option("--worker", help="user name of who prints it: it is written down")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="write it there")
@click.option("--as", "kind", type=click.Choice(list(KINDS)), default="csv", show_default=True)
@click.option("--list", "listed", is_flag=True, help="name the papers instead")
@click.option("--product", default="", help="number of a drug")
@click.option("--first", default="", help="first day: 2026-11-23")
@click.option("--last", default="", help="last day")
@click.option("--inventory", default="", help="number of an inventory")
@click.option("--patient", default="", help="number of a patient")
@click.option("--prescriber", default="", help="NPI of a prescriber")
@click.option("--name", default="", help="how a name begins")
@click.option("--day", default="", help="a day: 2026-11-23")
@click.option("--rx", default="", help="number of a prescription")
@click.option("--loss", default="", help="number of a loss")
@click.option("--schedule", default="", help="2 to 5, or all; empty: II to V")
@click.option("--form", default="", help="number printed on a Form 222")
def inspect_papers(
    paper: str, worker: str | None, out: Path | None, kind: str, listed: bool, **said: str
) -> None:
    """Print PAPER for an inspector, as CSV on stdout or as PDF into a file.

    What a paper is asked (**said) are the options of the same names.
    """
    if listed or not paper:
        for each in PAPERS.values():
            asks = " ".join(f"[--{name}]" for name in each.asks)
            click.echo(f"{each.key:<14} {each.title}. {each.says} {asks}".rstrip())
        return
    by = _worker(worker)
    try:
        made = printed(by=by, key=paper, kind=kind, said=said)
    except Refused as refusal:
        raise click.UsageError(str(refusal)) from refusal
    except NotAllowed as turned:
        raise click.UsageError(str(turned)) from turned
    if out is not None:
        out.write_bytes(made)
        click.echo(f"{out}: {len(made)} bytes")
    elif kind == "pdf":
        raise click.UsageError("a PDF goes into a file: --out FILE")
    else:
        sys.stdout.buffer.write(made)


def _worker(name: str | None) -> Worker:
    """Who prints: the papers are of that person's pharmacy, and of their duties."""
    if name is None:
        raise click.UsageError("say who prints it: --worker NAME")
    person = (
        Person.objects.select_related("pharmacy").filter(username=name, active=True).first()
    )
    if person is None:
        raise click.UsageError(f"no worker called {name!r}")
    stand_in(person.pharmacy_id)
    duty = Shift.objects.filter(pharmacy_id=person.pharmacy_id, ended_at=None).exists()
    return person_as_worker(person, now=datetime.now(UTC), station="desk", on_duty=duty)
