"""Shipped tables: CSV lines read as a stream, each cell typed or refused by name.

Readers raise BadRow, naming file, line and field, and never skip a line.
"""

import csv
import gzip
import io
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from importlib.resources.abc import Traversable

MARKS = frozenset({"V1", "V2", "K", "KQ", "C"})


class BadRow(ValueError):
    """A row that cannot be read; says in which file and line, which field, and why."""

    def __init__(self, file: str, line: int, field: str, reason: str) -> None:
        self.file = file
        self.line = line
        self.field = field
        self.reason = reason
        super().__init__(f"{file} line {line}, {field}: {reason}")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a shipped table, with typed access to its cells."""

    file: str
    number: int
    cells: Mapping[str, str]

    def bad(self, field: str, reason: str) -> BadRow:
        """The refusal of this line for a field, to be raised by the caller."""
        return BadRow(self.file, self.number, field, reason)

    def maybe(self, field: str) -> str:
        """The text of a cell that may be empty."""
        return self.cells[field]

    def text(self, field: str) -> str:
        """The text of a cell that must not be empty."""
        if not self.cells[field]:
            raise self.bad(field, "is empty")
        return self.cells[field]

    def parts(self, field: str) -> tuple[str, ...]:
        """A list joined by semicolons; an empty cell is an empty list."""
        cell = self.cells[field]
        found = tuple(cell.split(";")) if cell else ()
        if not all(found):
            raise self.bad(field, f"has an empty part in {cell!r}")
        return found

    def one_of(self, field: str, allowed: Collection[str]) -> str:
        """A word of a closed list."""
        if self.cells[field] not in allowed:
            raise self.bad(field, f"{self.cells[field]!r} is none of {sorted(allowed)}")
        return self.cells[field]

    def number_above_zero(self, field: str, places: int) -> Decimal:
        """A decimal above zero with at most that many places."""
        try:
            value = Decimal(self.text(field))
        except InvalidOperation:
            raise self.bad(field, f"{self.cells[field]!r} is not a number") from None
        if not value.is_finite() or value <= 0:
            raise self.bad(field, f"{self.cells[field]!r} is not above zero")
        if Decimal(1).scaleb(-places) > Decimal(1).scaleb(int(value.as_tuple().exponent)):
            raise self.bad(field, f"{self.cells[field]!r} has over {places} decimal places")
        return value

    def count(self, field: str) -> int:
        """A whole number above zero."""
        return int(self.number_above_zero(field, 0))

    def day(self, field: str) -> date:
        """A date written as 2026-01-31."""
        try:
            return date.fromisoformat(self.text(field))
        except ValueError as problem:
            raise self.bad(field, str(problem)) from None


def read_lines(folder: Traversable, name: str) -> Iterator[Line]:
    """Stream a UTF-8 CSV (``.gz`` is unpacked) with a header; every line must be complete."""
    with _opened(folder / name) as text:
        reader = csv.DictReader(text, strict=True)
        for cells in reader:
            if None in cells or None in cells.values():
                raise BadRow(
                    name, reader.line_num, "line", "has not as many cells as the header"
                )
            yield Line(name, reader.line_num, cells)


@contextmanager
def _opened(path: Traversable) -> Iterator[io.TextIOBase]:
    with path.open("rb") as packed:
        if path.name.endswith(".gz"):
            with gzip.open(packed) as raw, io.TextIOWrapper(raw, "utf-8", newline="") as text:
                yield text
        else:
            with io.TextIOWrapper(packed, "utf-8", newline="") as text:
                yield text
