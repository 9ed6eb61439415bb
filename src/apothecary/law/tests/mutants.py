"""Change each value of law in turn, and see that a test of the law notices.

A plugin of pytest, given to it as ``-p apothecary.law.tests.mutants``: it collects the tests of
the law, runs each once and notes which rows it reads, then runs for every changed row those
that read it until one fails. Tests that compare the tables with a list do not count for a
value: what a rule does must change. Survivors are written to the file MUTANTS names.
"""

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest
from _pytest.runner import runtestprotocol

from apothecary.law import substitution, tables
from apothecary.law.facts import FaxCase, Origin
from apothecary.law.problem import Problem
from apothecary.law.tables import Row, Table

# These hold lists of rows: they may notice a changed day, never a changed value.
LISTS = frozenset({"test_days.py", "test_tables.py", "test_coverage.py"})
# Its rows are found in another way, and its lists name states.
SUBSTITUTION = "substitution"
DAY = timedelta(days=1)


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Run the tests against every mutant instead of once."""
    reading, failed = readers(session.items)
    survivors = [f"fails by itself: {name}" for name in failed]
    count = 0
    for table, row in rows():
        items = reading[row.id] if table in ("federal", "policy") else reading[table, row.id]
        for mutant, by_list in mutants(row):
            count += 1
            if not noticed(table, row, mutant, items if not by_list else session.items):
                survivors.append(f"{table}:{row.id}: {told(row, mutant)}")
    report = {"mutants": count, "survivors": survivors}
    Path(os.environ["MUTANTS"]).write_text(json.dumps(report), encoding="utf-8")
    return True


def rows() -> list[tuple[str, Row]]:
    """Every row with its table; those named duty_* are read by staff and proved there."""
    return [(table, row) for table, row in tables.every_row() if not row.id.startswith("duty_")]


def mutants(row: Row) -> Iterator[tuple[Row, bool]]:
    """Each change of the row, and whether a list of rows may be what notices it.

    Of a doubtful row nobody may read the value: of it only the mark is changed.
    """
    yield replace(row, verified="K" if row.verified == "KQ" else "KQ"), False
    if row.verified != "KQ":
        for value in others(row.value):
            yield replace(row, value=value), False
    yield replace(row, effective_from=row.effective_from + DAY), True
    yield replace(row, effective_from=row.effective_from - DAY), True


def others(value: tables.Value) -> list[tables.Value]:
    """The values next to this one."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value - 1, value + 1]
    if isinstance(value, Decimal):
        return [value - Decimal("0.001"), value + Decimal("0.001")]
    if isinstance(value, str):
        return [f"{value}!"]
    less: list[tables.Value] = [tuple(name for name in value if name != gone) for gone in value]
    return [*less, *((*value, new) for new in newcomers(value))]


def newcomers(names: tuple[str, ...]) -> list[str]:
    """What could be written into this list by mistake: what its kind of name has besides."""
    if all(name.isdecimal() for name in names):
        return [str(schedule) for schedule in range(6) if str(schedule) not in names]
    for kind in (set(Origin), set(FaxCase)):
        if kind >= set(names):
            # A transfer is judged where both pharmacies are known, not by a list of ways.
            return sorted(kind - set(names) - {Origin.TRANSFER})
    if all(len(name) == 2 and name.isupper() for name in names):
        # Every other state of the survey; one it leaves out may do nothing, whatever it owes.
        left_out = ["OK"] if set(names) in surveyed() else []
        return sorted(set.union(*surveyed()) - set(names)) + left_out
    if "/" in names[0]:
        return ["7/0", "none"]
    if names == ("none",):
        return []  # Beside "no limit" nothing else counts.
    if all(len(name) == 1 for name in names):
        return [next(letter for letter in "ABCDEFG" if letter not in names)]
    # What the tests call anything that no list of law names.
    return ["something else"]


def surveyed() -> list[set[str]]:
    """The states that must and those that may substitute, as surveyed."""
    table = tables.substitutions()
    return [set(table[each][0].names()) for each in ("survey_must", "survey_may")]


def told(row: Row, mutant: Row) -> str:
    fields = ("value", "verified", "effective_from")
    return "; ".join(
        f"{field} {getattr(row, field)} -> {getattr(mutant, field)}"
        for field in fields
        if getattr(row, field) != getattr(mutant, field)
    )


def readers(
    items: list[pytest.Item],
) -> tuple[dict[str | tuple[str, str], list[pytest.Item]], list[str]]:
    """Which tests read which row, the quick ones first; and what fails without a mutant."""
    reading: dict[str | tuple[str, str], list[pytest.Item]] = defaultdict(list)
    failed = []
    for item in sorted(items, key=is_slow):
        if item.path.name in LISTS:
            continue
        with noted() as seen:
            if fails(item):
                failed.append(item.nodeid)
        for key in seen:
            reading[key].append(item)
    return reading, failed


@contextmanager
def noted() -> Iterator[set[str | tuple[str, str]]]:
    """The rows looked for meanwhile: federal and house ones by id, others with their table."""
    seen: set[str | tuple[str, str]] = set()
    find = tables._find

    def finding(table: Table, row_id: str, book: str, on: date) -> Row | Problem:
        if book in ("federal law", "house policy"):
            seen.add(row_id)
        else:
            name = "practice" if table is tables.practices() else book.split(maxsplit=1)[0]
            seen.add((name, row_id))
        return find(table, row_id, book, on)

    row_of = substitution._row

    def rowing(row_id: str, on: date) -> Row | None:
        seen.add((SUBSTITUTION, row_id))
        return row_of(row_id, on)

    tables._find, substitution._row = finding, rowing
    try:
        yield seen
    finally:
        tables._find, substitution._row = find, row_of


def noticed(table: str, row: Row, mutant: Row, items: list[pytest.Item]) -> bool:
    if mutant.effective_from != row.effective_from:
        items = [item for item in items if item.path.name == "test_days.py"]
    with installed(table, row, mutant):
        for place, item in enumerate(items):
            if fails(item):
                # Who notices one change of a row is the first to be asked about the next.
                items.insert(0, items.pop(place))
                return True
    return False


@contextmanager
def installed(table: str, row: Row, mutant: Row) -> Iterator[None]:
    """The tables with the mutant in place of the row."""
    named = {
        "federal": tables._federal(),
        "policy": tables._policy(),
        "practice": tables.practices(),
        SUBSTITUTION: tables.substitutions(),
        **tables.states(),
    }
    held = cast("dict[str, tuple[Row, ...]]", named[table])
    before = held[row.id]
    held[row.id] = tuple(mutant if each is row else each for each in before)
    try:
        yield
    finally:
        held[row.id] = before


def fails(item: pytest.Item) -> bool:
    test = cast("pytest.Function", item)
    given = test.callspec.params if hasattr(test, "callspec") else {}
    if set(test._fixtureinfo.argnames) <= set(given):
        # Nothing but its own table: no need of all that pytest does around a test.
        call = pytest.CallInfo.from_call(
            lambda: test.obj(**given), when="call", reraise=KeyboardInterrupt
        )
        return call.excinfo is not None
    # A test that is run again needs its fixtures anew.
    test._initrequest()
    return any(report.failed for report in runtestprotocol(test, log=False, nextitem=None))


def is_slow(item: pytest.Item) -> bool:
    """Tests of many examples are asked last."""
    return hasattr(getattr(item, "obj", None), "hypothesis")
