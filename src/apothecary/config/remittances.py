"""Where remittance files come in: `apothecary load-remittance`, and the drop folder."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from apothecary.claims.money.folder import take_in
from apothecary.claims.money.importing import Tell, load_path, quiet
from apothecary.claims.money.models import RemittanceFile
from apothecary.claims.money.proof import money_faults
from apothecary.claims.money.reconciling import reconcile_due
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import stand_in, system_worker

__all__ = ["load_file", "money_faults_now", "reconcile_due", "take_in_remittances"]
# A claim takes about so many bytes of a file: enough to draw a bar by.
BYTES_A_CLAIM = 300


def take_in_remittances(pharmacy: Pharmacy, at: datetime) -> int:
    """Load what lies in the folder of `APOTHECARY_REMITTANCES`; without it there is none."""
    folder = os.environ.get("APOTHECARY_REMITTANCES", "")
    return take_in(pharmacy, Path(folder), at) if folder else 0


def money_faults_now(pharmacy: Pharmacy) -> list[str]:
    """For `apothecary check books`: what is posted against what was transferred."""
    return money_faults(pharmacy_id=pharmacy.pk, at=datetime.now(UTC))


@click.command("load-remittance")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--ncpdp", help="NCPDP number of the pharmacy, where there are several")
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
def load_file(path: Path, ncpdp: str | None, as_json: bool) -> None:
    """Post the remittance file PATH, whole or not at all; the same file again changes nothing.

    A file that cannot be read or does not balance is kept with its reason (exit code 1).
    """
    pharmacy = _pharmacy(ncpdp)
    stand_in(pharmacy.pk)
    by = system_worker(pharmacy, now=datetime.now(UTC))
    with _progress(path.stat().st_size) as tell:
        problem, file = load_path(by=by, path=path, tell=tell)
    told = _told(problem, file)
    click.echo(json.dumps(told) if as_json else _words(told))
    raise SystemExit(1 if problem else 0)


def _pharmacy(ncpdp: str | None) -> Pharmacy:
    found = list(Pharmacy.objects.filter(ncpdp_id=ncpdp) if ncpdp else Pharmacy.objects.all())
    if len(found) != 1:
        known = ", ".join(Pharmacy.objects.order_by("pk").values_list("ncpdp_id", flat=True))
        raise click.UsageError(f"give one of these with --ncpdp: {known or 'none yet'}")
    return found[0]


@contextmanager
def _progress(size: int) -> Iterator[Tell]:
    """A bar over the claims, on a terminal only; how many there are is a guess by the size."""
    if not sys.stderr.isatty():
        yield quiet
        return
    length = size // BYTES_A_CLAIM
    with click.progressbar(length=length, label="claims", file=sys.stderr) as bar:
        yield bar.update


def _told(problem: str, file: RemittanceFile | None) -> dict[str, object]:
    if file is None:
        return {"file": None, "problem": problem, "notes": [], "posted": []}
    rows = [
        {"payer": one.payer_name, "trace": one.trace, "usd": str(one.amount_usd)}
        for one in file.remittances.order_by("pk")
    ]
    return {"file": file.pk, "problem": problem, "notes": file.notes, "posted": rows}


def _words(told: dict[str, object]) -> str:
    if told["problem"]:
        return f"refused, nothing is posted: {told['problem']}"
    rows = told["posted"]
    posted = rows if isinstance(rows, list) else []
    return "\n".join("{payer} {trace}: ${usd}".format_map(row) for row in posted)
