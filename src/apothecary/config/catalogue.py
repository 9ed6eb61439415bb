"""`apothecary load`: a release of a source into the drug file, with its diff."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import click
from django.db.models import Count, Q, QuerySet, Sum

from apothecary.drugs.loading.frame import Emptied, Report, Shown, load
from apothecary.drugs.loading.kinds import KINDS
from apothecary.drugs.official.files import NotFound, Tell, silent
from apothecary.drugs.shipped import BadRow
from apothecary.prescriptions.models import Fill, Prescription, PrescriptionState
from apothecary.prescriptions.states import ENDED
from apothecary.screening.loading import VA_PAIRS
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import stand_in
from apothecary.stock.models import Balance

# Every source: those of the drug file, and what upper rooms load on the same frame.
SOURCES = {**KINDS, VA_PAIRS.publication.key: VA_PAIRS}
Rows = QuerySet[Prescription, tuple[int]] | QuerySet[Fill, tuple[int]]


def held(packages: Sequence[int]) -> Mapping[int, str]:
    """Why each of these packages is in use still, for those that are: in every pharmacy.

    The drug file stands below stock and prescriptions and may not ask them; the command does,
    and hands the answer down (four queries a pharmacy).
    """
    if not packages:
        return {}
    why: dict[int, list[str]] = {}
    for pharmacy in Pharmacy.objects.order_by("pk"):
        stand_in(pharmacy.pk)
        for package, says in _held_in(packages):
            why.setdefault(package, []).append(f"{says} at {pharmacy.name}")
    return {package: "; ".join(says) for package, says in why.items()}


def _held_in(packages: Sequence[int]) -> Iterator[tuple[int, str]]:
    inside = Balance.objects.filter(outside=False, on_hand__gt=0, lot__package__in=packages)
    stock = inside.values_list("lot__package", "lot__package__unit")
    for package, unit, many in stock.annotate(many=Sum("on_hand")).order_by("lot__package"):
        yield package, f"{many.normalize():f} {unit} on hand"
    active = Q(state=PrescriptionState.ACTIVE, package__in=packages)
    yield from _counted(Prescription.objects.filter(active).values_list("package"), "open")
    fills = Fill.objects.filter(package__in=packages).exclude(state__in=ENDED)
    yield from _counted(fills.values_list("package"), "being filled")


def _counted(rows: Rows, says: str) -> Iterator[tuple[int, str]]:
    for package, many in rows.annotate(many=Count("id")).order_by("package"):
        yield package, f"{many} prescription{'s' if many > 1 else ''} {says}"


@click.command(
    "load", epilog="Sources: " + ". ".join(f"{k}: {v.says}" for k, v in SOURCES.items())
)
@click.argument("source", type=click.Choice(list(SOURCES)))
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--released",
    type=click.DateTime(["%Y-%m-%d"]),
    help="release date of the files, where they do not carry it",
)
@click.option("--dry-run", is_flag=True, help="show what would change, and change nothing")
@click.option(
    "--empty-is-meant",
    is_flag=True,
    help="take files without a row at their word: everything of the source is gone",
)
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
def load_source(
    source: str,
    path: Path,
    released: datetime | None,
    dry_run: bool,
    empty_is_meant: bool,
    as_json: bool,
) -> None:
    """Load the files of SOURCE at PATH (folder, zip, .gz or file) into the drug file.

    Whole or not at all; the same files again change nothing. What left the source is marked as
    gone and never removed.
    """
    try:
        with _progress(source, path) as tell:
            report = load(
                SOURCES[source],
                path,
                by="apothecary load",
                at=datetime.now(UTC),
                released_on=released.date() if released else None,
                dry_run=dry_run,
                empty_is_meant=empty_is_meant,
                tell=tell,
                held=held,
            )
    except (BadRow, NotFound) as bad:
        raise click.UsageError(f"{source}: {bad}; nothing was changed") from bad
    except Emptied as bad:
        says = f"{source}: {bad}; nothing was changed (--empty-is-meant if it is so)"
        raise click.UsageError(says) from bad
    click.echo(json.dumps(as_object(report)) if as_json else "\n".join(as_text(report)))


@contextmanager
def _progress(source: str, path: Path) -> Iterator[Tell]:
    """A bar over the bytes of the files, on a terminal only."""
    if not sys.stderr.isatty():
        yield silent
        return
    kind = SOURCES[source]
    length = sum(piece.size for piece in kind.find(path, kind.files).values())
    with click.progressbar(length=length, label=source, file=sys.stderr) as bar:
        yield bar.update


def as_object(report: Report) -> dict[str, object]:
    """The report for a program."""
    counts = {"all": report.counts, **report.tables}
    return {
        "source": report.source,
        "released_on": _iso(report.released_on),
        "sha256": report.sha256,
        "batch": report.batch_id,
        "dry_run": report.dry_run,
        "rows": {
            name: {
                "read": each.read,
                "new": each.new,
                "changed": each.changed,
                "gone": each.gone,
                "same": each.same,
            }
            for name, each in counts.items()
        },
        "changes": [
            {
                "kind": change.kind,
                "table": change.table,
                "about": change.about,
                "says": change.says,
                "fields": change.fields,
                "held": change.held,
            }
            for change in report.changes
        ],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def as_text(report: Report) -> Iterator[str]:
    """The report for a person."""
    for name, each in report.tables.items():
        yield (
            f"{name}: {each.read:,} read, {each.new:,} new, {each.changed:,} changed,"
            f" {each.gone:,} gone, {each.same:,} as before"
        )
    yield from map(_line, report.changes)
    if report.dry_run:
        yield "Nothing was changed: this was a dry run."
    elif report.changed_nothing:
        yield "Nothing to change: the drug file says all of this already."
    else:
        yield f"Loaded as batch {report.batch_id}."


def _line(change: Shown) -> str:
    said = f"  {change.kind:<8}{change.table} {change.about}  {change.says}".rstrip()
    pairs = (f"{name}: {was} → {now}" for name, (was, now) in change.fields.items())
    if change.held:
        return f"{said}\n    stays usable: {change.held}"
    detail = "; ".join(pairs)
    return f"{said}\n    {detail}" if detail else said
