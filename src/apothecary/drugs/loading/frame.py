"""One load: rows are copied into a stage, paired with what is there, and merged as sets.

A loader stages its rows and merges each table; everything happens in the one transaction that
`load` opens. Nothing is ever deleted: what left its source is marked gone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from apothecary.drugs.loading.applied import apply_all
from apothecary.drugs.loading.merge import Counts, Table, give_way, merge, settle, stage
from apothecary.drugs.models import Batch, Change, Source
from apothecary.drugs.official.files import Piece, Tell, Wanted, digest, pieces, silent
from apothecary.drugs.search_index import refresh

# For packages that left a source: why each is still in use, for those that are. Stock and
# prescriptions stand above this room, so the caller who sees them answers.
Held = Callable[[Sequence[int]], Mapping[int, str]]
MOST_SHOWN = 50


class Emptied(ValueError):
    """A release without a row of a table whose rows on file would all be gone by it."""


def nobody(_: Sequence[int]) -> Mapping[int, str]:
    """For a caller with neither stock nor prescriptions."""
    return {}


@dataclass(frozen=True, slots=True)
class Publication:
    """A source as the house knows it; of two sources the lower rank goes before."""

    key: str
    name: str
    publisher: str
    licence: str
    rank: int = 0


@dataclass(slots=True)
class Loading:
    """A load under way: its batch, its cursor, and what it has counted so far."""

    batch: Batch
    cursor: CursorWrapper
    on: date
    tell: Tell = silent
    family: tuple[int, ...] = ()
    yields: bool = False
    empty_is_meant: bool = False
    staged: dict[str, int] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)
    tables: dict[str, Counts] = field(default_factory=dict)

    def stage(self, table: Table, rows: Iterable[tuple[object, ...]]) -> int:
        """Copy rows into the stage of a table; each is its line, then ``table.copied``."""
        self.staged[table.name] = stage(self.cursor, table, rows)
        if self.yields:
            give_way(self.cursor, table, self.family)
        return self.staged[table.name]

    def merge(self, table: Table) -> Counts:
        """Make the table what its stage says; counts and changes belong to the batch.

        Raises Emptied where nothing was staged and that would mark everything on file as gone.
        """
        if not (self.staged[table.name] or self.batch.partial or self.empty_is_meant):
            self._must_be_empty(table)
        found = merge(
            self.cursor,
            table,
            batch=self.batch,
            family=self.family,
            on=self.on,
            read=self.staged[table.name],
        )
        self.tables[table.name] = found
        self.counts = self.counts + found
        return found

    def _must_be_empty(self, table: Table) -> None:
        # A download that broke off behind its header is a whole file to every reader.
        rows = table.model._base_manager.filter(source__in=self.family, gone_on=None)
        if many := rows.count():
            raise Emptied(f"no {table.name} in it, and {many:,} on file would be gone")

    def add_changed(self, table: str, many: int) -> None:
        """Count rows that changed by what a load says of rows it did not read."""
        if many:
            found = Counts(changed=many)
            self.tables[table] = self.tables.get(table, Counts()) + found
            self.counts = self.counts + found

    def apply(self) -> None:
        """Give products and packages what the prices and ratings on file say of them."""
        touched = {name for name, counts in self.tables.items() if not counts.nothing}
        # A book of the same codes may be a newer one all the same.
        touched |= {"rating"} & self.tables.keys()
        for table, many in apply_all(self.cursor, on=self.on, touched=touched).items():
            self.add_changed(table, many)

    def settle(self, table: Table) -> None:
        """Let exactly one row of each code be in use."""
        settle(self.cursor, table)


@dataclass(frozen=True, slots=True)
class Kind:
    """A source that can be loaded: its files, and the function that fills the drug file.

    ``files`` gives for each role its names and columns; ``adopts`` are keys of sources whose
    rows this one takes over; ``yields`` leaves alone what another source has. ``released``
    reads the release date out of the files where they carry one; ``find`` finds the files.
    """

    publication: Publication
    says: str
    files: Mapping[str, Wanted]
    fill: Callable[[Loading, Mapping[str, Piece]], None]
    adopts: tuple[str, ...] = ()
    partial: bool = False
    yields: bool = False
    released: Callable[[Mapping[str, Piece]], date | None] = lambda _: None
    find: Callable[[Path, Mapping[str, Wanted]], dict[str, Piece]] = pieces


@dataclass(frozen=True, slots=True)
class Shown:
    """One changed, gone or returned row of the diff."""

    kind: str
    table: str
    about: str
    says: str
    fields: Mapping[str, Sequence[object]]
    held: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a load did, or would do."""

    source: str
    released_on: date | None
    sha256: str
    batch_id: int | None
    counts: Counts
    tables: Mapping[str, Counts]
    changes: tuple[Shown, ...]
    dry_run: bool

    @property
    def changed_nothing(self) -> bool:
        """Whether the drug file was like this already."""
        return self.counts.nothing


def load(
    kind: Kind,
    path: Path | None,
    *,
    by: str,
    at: datetime,
    released_on: date | None = None,
    dry_run: bool = False,
    empty_is_meant: bool = False,
    tell: Tell = silent,
    held: Held = nobody,
) -> Report:
    """Load a release from a path, whole or not at all, and say what it changed.

    A dry run does the same work and takes it back. A release that changes nothing leaves no
    batch when the source's last one was of the same bytes. Raises BadRow, files.NotFound, or
    Emptied unless ``empty_is_meant``.
    """
    found = kind.find(path, kind.files) if path else {}
    sha256 = digest(found.values())
    released_on = released_on or kind.released(found)
    with transaction.atomic():
        source = source_of(kind.publication)
        last = source.batches.order_by("-id").first()
        loading = _begin(kind, source, path, sha256, released_on, by=by, at=at, tell=tell)
        loading.empty_is_meant = empty_is_meant
        try:
            kind.fill(loading, found)
            loading.apply()
        finally:
            loading.cursor.close()
        if not loading.counts.nothing:
            refresh()
        _count(loading)
        _name_held(loading.batch, held)
        report = _report(loading, dry_run=dry_run)
        if dry_run:
            transaction.set_rollback(True)
        elif not _keep(loading, last):
            report = replace(report, batch_id=last.pk if last else None)
    return report


def source_of(publication: Publication) -> Source:
    """The source's row, made or brought up to what the house knows of it."""
    return Source.objects.update_or_create(
        key=publication.key,
        defaults={
            "name": publication.name,
            "publisher": publication.publisher,
            "licence": publication.licence,
            "rank": publication.rank,
        },
    )[0]


def _begin(
    kind: Kind,
    source: Source,
    path: Path | None,
    sha256: str,
    released_on: date | None,
    *,
    by: str,
    at: datetime,
    tell: Tell,
) -> Loading:
    # Two loads at once would pair with the same rows: the second one waits for the first.
    cursor = connection.cursor()
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext('apothecary.drugs.load'))")
    # Whole tables are sorted and joined here; the settings end with the transaction.
    cursor.execute("SET LOCAL work_mem = '96MB'")
    batch = Batch.objects.create(
        source=source,
        released_on=released_on,
        file=path.name if path else "",
        sha256=sha256,
        loaded_at=at,
        by=by,
        partial=kind.partial,
    )
    family = Source.objects.filter(key__in=[kind.publication.key, *kind.adopts])
    return Loading(
        batch=batch,
        cursor=cursor,
        on=at.date(),
        tell=tell,
        family=tuple(family.values_list("id", flat=True)),
        yields=kind.yields,
    )


def _count(loading: Loading) -> None:
    batch, counts = loading.batch, loading.counts
    batch.rows_read, batch.rows_new = counts.read, counts.new
    batch.rows_changed, batch.rows_gone = counts.changed, counts.gone
    batch.rows_same = counts.same
    batch.save()


def _keep(loading: Loading, last: Batch | None) -> bool:
    """Whether the batch stays: it changed something, or it is another release."""
    if not loading.counts.nothing or last is None or last.sha256 != loading.batch.sha256:
        return True
    loading.batch.delete()
    return False


def _name_held(batch: Batch, held: Held) -> None:
    gone = batch.changes.filter(kind=Change.Kind.GONE, table="package")
    why = held(list(gone.values_list("row", flat=True)))
    for change in gone.filter(row__in=why):
        change.held = why[change.row]
        change.save(update_fields=["held"])


def _report(loading: Loading, *, dry_run: bool) -> Report:
    batch = loading.batch
    return Report(
        source=batch.source.key,
        released_on=batch.released_on,
        sha256=batch.sha256,
        batch_id=None if dry_run else batch.pk,
        counts=loading.counts,
        tables=dict(loading.tables),
        changes=tuple(_shown(batch)),
        dry_run=dry_run,
    )


def _shown(batch: Batch) -> Iterator[Shown]:
    """What is held first, then what is gone, then what changed, so many of each."""
    held = batch.changes.exclude(held="").order_by("about", "id")
    gone = batch.changes.filter(kind=Change.Kind.GONE, held="").order_by("about", "id")
    other = batch.changes.exclude(kind=Change.Kind.GONE).order_by("about", "id")
    for change in [*held, *gone[:MOST_SHOWN], *other[:MOST_SHOWN]]:
        yield Shown(
            kind=change.kind,
            table=change.table,
            about=change.about,
            says=change.says,
            fields=change.fields,
            held=change.held,
        )
