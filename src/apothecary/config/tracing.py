"""`apothecary trace` and `apothecary load-tracing`: what sellers told of packages."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter_ns

import click

from apothecary.law.problem import Refused
from apothecary.purchasing.tracing.answering import Answer, as_rows, trace
from apothecary.purchasing.tracing.taking import take_document
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import stand_in, system_worker
from apothecary.staff.worker import Worker

NCPDP = click.option("--ncpdp", help="NCPDP number of the pharmacy, where there are several")
A_MILLISECOND = 1_000_000


@click.command("trace")
@click.argument("said", metavar="NDC|GTIN|LOT|SERIAL")
@NCPDP
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
@click.option("--csv", "as_csv", is_flag=True, help="print the packages as CSV")
def trace_packages(said: str, ncpdp: str | None, as_json: bool, as_csv: bool) -> None:
    """All transaction information and statements of the packages that fit, and where they are.

    Due to an inspector within 2 business days (FDCA 582(d)(1)(D)); kept 6 years at least.
    """
    by = _house(ncpdp)
    begun = perf_counter_ns()
    try:
        answer = trace(by=by, said=said)
    except Refused as refusal:
        raise click.UsageError(str(refusal)) from refusal
    took_ms = (perf_counter_ns() - begun) // A_MILLISECOND
    if as_json:
        told = {"said": answer.said, "took_ms": took_ms, "packages": list(as_rows(answer))}
        click.echo(json.dumps(told, ensure_ascii=False))
    elif as_csv:
        click.echo(_as_csv(answer), nl=False)
    else:
        click.echo(_words(answer, took_ms))


@click.command("load-tracing")
@click.argument("partner")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@NCPDP
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
def load_tracing(partner: str, path: Path, ncpdp: str | None, as_json: bool) -> None:
    """Take in the tracing document PATH (EPCIS 1.2 XML or 2.0 JSON) of the wholesaler PARTNER.

    One that is not whole or not for us is kept with its reason (exit code 1).
    """
    by = _house(ncpdp)
    try:
        row = take_document(by=by, partner=partner, raw=path.read_bytes(), name=path.name)
    except Refused as refusal:
        raise click.UsageError(str(refusal)) from refusal
    told = {"document": row.instance, "packages": row.packages, "problem": row.problem}
    words = f"set aside: {row.problem}" if row.problem else f"{row.packages} packages told of"
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else words)
    raise SystemExit(1 if row.problem else 0)


def _house(ncpdp: str | None) -> Worker:
    """The house itself, in the one pharmacy that is meant."""
    found = list(Pharmacy.objects.filter(ncpdp_id=ncpdp) if ncpdp else Pharmacy.objects.all())
    if len(found) != 1:
        known = ", ".join(Pharmacy.objects.order_by("pk").values_list("ncpdp_id", flat=True))
        raise click.UsageError(f"give one of these with --ncpdp: {known or 'none yet'}")
    stand_in(found[0].pk)
    return system_worker(found[0], now=datetime.now(UTC))


def _as_csv(answer: Answer) -> str:
    """A line of names, then a line a package; empty when nothing fits."""
    rows = list(as_rows(answer))
    if not rows:
        return ""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _words(answer: Answer, took_ms: int) -> str:
    """What a person reads: a line a package, and how long the answer took."""
    lines = [
        f"{one.ndc} {one.name} {one.strength} lot {one.lot} exp {one.expires_on} "
        f"serial {one.serial or 'none'}: {one.seller} on {one.transaction_on}, "
        f"{f'came {one.received_at:%Y-%m-%d}' if one.received_at else 'not received'}"
        f"{f', lot now {one.lot_now}' if one.lot_now else ''}"
        for one in answer.packages
    ]
    return "\n".join([*lines, f"{len(lines)} packages in {took_ms} ms"])
