"""What the drug file is made of: each source's last release, how old it is, what it changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from apothecary.drugs import starter
from apothecary.drugs.models import Batch, Change

# The house's own bounds for words: directories come out monthly or oftener.
OLD_DAYS = 92
DAYS_OF_MONTH, DAYS_OF_YEAR = 30, 365
MOST_CHANGES = 200


@dataclass(frozen=True, slots=True)
class Release:
    """One release of a source: ``used_for`` is told of those inside the starter file."""

    name: str
    licence: str
    released_on: date | None
    age: str
    old: bool
    batch: Batch | None = None
    used_for: str = ""


def releases(*, on: date) -> list[Release]:
    """The last batch of every source, the first in rank first (1 query)."""
    last = Batch.objects.select_related("source").order_by("source_id", "-id")
    batches = sorted(
        last.distinct("source_id"), key=lambda each: (each.source.rank, each.source.name)
    )
    return [
        Release(
            name=str(batch.source),
            licence=batch.source.licence,
            released_on=batch.released_on,
            age=age_says(batch.released_on, on=on),
            old=is_old(batch.released_on, on=on),
            batch=batch,
        )
        for batch in batches
    ]


def inside_starter(
    rows: Iterable[starter.SourceRow] | None = None, *, on: date
) -> list[Release]:
    """The releases that the shipped file was made of."""
    told = starter.read_sources() if rows is None else rows
    return [
        Release(
            name=f"{row.publisher}: {row.title}",
            licence=row.licence,
            released_on=row.released_on,
            age=age_says(row.released_on, on=on),
            old=is_old(row.released_on, on=on),
            used_for=row.used_for,
        )
        for row in told
    ]


def changes_of(batch: Batch, *, most: int = MOST_CHANGES) -> list[Change]:
    """What a batch did: what is held first, then what is gone, then the rest (2 queries)."""
    gone = batch.changes.filter(kind=Change.Kind.GONE).order_by("-held", "about", "id")
    first = list(gone[:most])
    other = batch.changes.exclude(kind=Change.Kind.GONE).order_by("about", "id")
    return first + list(other[: most - len(first)])


def is_old(released_on: date | None, *, on: date) -> bool:
    """Whether a release is old enough to be warned of; an unknown date is."""
    return released_on is None or (on - released_on).days > OLD_DAYS


def age_says(released_on: date | None, *, on: date) -> str:
    """How old a release is, in words."""
    if released_on is None:
        return "its date was not given"
    days = (on - released_on).days
    if days < 0:
        return "dated ahead"
    if days >= 2 * DAYS_OF_YEAR:
        return f"{days // DAYS_OF_YEAR} years old"
    if days >= 2 * DAYS_OF_MONTH:
        return f"{days // DAYS_OF_MONTH} months old"
    return "of today" if days == 0 else f"{days} day{'s' if days > 1 else ''} old"
