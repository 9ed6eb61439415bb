"""Look-alike names: what was written beside what was entered."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from apothecary.drugs.starter import TallManRow, read_tall_man
from apothecary.screening.rules.facts import Case
from apothecary.screening.rules.found import STOP, Found, fingerprint
from apothecary.screening.sources import Origin, read_origins

WORD = re.compile(r"[a-z]+")


@cache
def look_alikes() -> dict[str, tuple[TallManRow, ...]]:
    """The pairs of the FDA list under both of their names."""
    found: dict[str, tuple[TallManRow, ...]] = {}
    for row in read_tall_man():
        for name in (row.name, row.confused_with.lower()):
            found[name] = (*found.get(name, ()), row)
    return found


@cache
def listed_on() -> date:
    """The date of our own tables, in which the list was read."""
    return read_origins()["own"].on


def look_alike_findings(case: Case) -> Iterator[Found]:
    """Entered is one name of a look-alike pair, and written is the other."""
    written = set(WORD.findall(case.new.written.lower()))
    for key in case.new.ingredients:
        if not written or key in written:
            continue
        for row in look_alikes().get(key, ()):
            names = {row.name: row.tall_man, row.confused_with.lower(): row.confused_with}
            (other,) = set(names) - {key}
            if other in written:
                yield mixed_up(case, row, entered=names[key], other=names[other])


def mixed_up(case: Case, row: TallManRow, *, entered: str, other: str) -> Found:
    """A finding about two names."""
    return Found(
        kind="look-alike",
        severity=STOP,
        says=f"Written is {other}, entered is {entered}: names that are taken for each other.",
        because=(f"written: {case.new.written}", f"entered: {case.new.name}"),
        origin=Origin(row.cite, listed_on(), row.verified),
        clears="The entry corrected, or the prescriber's word.",
        fingerprint=fingerprint("look-alike", case.new, case.new.written.lower()),
    )
