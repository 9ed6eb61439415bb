"""The wholesalers' books in SQLite, file or RAM: a restart forgets neither order nor serial."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, fields
from decimal import Decimal
from typing import TypeVar, get_type_hints

from simulators.wholesaler.records import (
    ElectronicOrder,
    Package,
    Paper,
    Recall,
    Return,
    Sold,
    SoldLine,
    Tote,
)

Row = TypeVar("Row", Paper, Sold, SoldLine, ElectronicOrder, Tote, Package, Recall, Return)
Value = str | int | float | bytes
KINDS = (Paper, Sold, SoldLine, ElectronicOrder, Tote, Package, Recall, Return)
HINTS = {kind.__name__: get_type_hints(kind) for kind in KINDS}
_SQL = {int: "INTEGER", float: "REAL", str: "TEXT", bytes: "BLOB", Decimal: "TEXT"}
_TABLES = """
CREATE TABLE IF NOT EXISTS exchange (
    house TEXT, sender TEXT, control TEXT, digest TEXT, PRIMARY KEY (house, sender, control));
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, last INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS package_serial ON package (gtin, serial);
CREATE INDEX IF NOT EXISTS package_tote ON package (tote);
CREATE INDEX IF NOT EXISTS paper_waiting ON paper (house, fetched_at);
CREATE INDEX IF NOT EXISTS sold_po ON sold (house, po);
CREATE INDEX IF NOT EXISTS soldline_order ON soldline (order_id);
"""


class Memory:
    """The books. Everything one incoming paper causes is one commit."""

    def __init__(self, path: str = ":memory:") -> None:
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = NORMAL")
        for kind in KINDS:
            hints = HINTS[kind.__name__]
            columns = ", ".join(
                "id INTEGER PRIMARY KEY" if one.name == "id"
                else f"{one.name} {_SQL[hints[one.name]]} NOT NULL"
                for one in fields(kind)
            )  # fmt: skip
            self.db.execute(f"CREATE TABLE IF NOT EXISTS {kind.__name__.lower()} ({columns})")
        self.db.executescript(_TABLES)

    def close(self) -> None:
        """Let go of the file."""
        self.db.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """All of one paper's consequences, or none."""
        if self.db.in_transaction:
            yield
            return
        self.db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def add(self, row: Row) -> int:
        """Write a row down under the next number; gives that number."""
        values = [_stored(value) for value in astuple(row)[1:]]
        names = [one.name for one in fields(row)][1:]
        marks = ", ".join("?" * len(names))
        table = type(row).__name__.lower()
        done = self.db.execute(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})",  # noqa: S608  our names
            values,
        )
        return int(done.lastrowid or 0)

    def change(self, row: Row, /, **changes: Value) -> None:
        """Set the columns `**changes` of the row of that number."""
        sets = ", ".join(f"{name} = ?" for name in changes)
        table = type(row).__name__.lower()
        self.db.execute(
            f"UPDATE {table} SET {sets} WHERE id = ?",  # noqa: S608  our names
            [*changes.values(), row.id],
        )

    def rows(self, kind: type[Row], /, **like: Value) -> list[Row]:
        """Every row with the values `**like`, oldest first."""
        where = " AND ".join(f"{name} = ?" for name in like) or "1"
        found = self.db.execute(
            f"SELECT * FROM {kind.__name__.lower()} WHERE {where} ORDER BY id",  # noqa: S608  our names
            list(like.values()),
        )
        return [_made(kind, row) for row in found]

    def one(self, kind: type[Row], /, **like: Value) -> Row | None:
        """The newest row with the values `**like`."""
        return next(iter(reversed(self.rows(kind, **like))), None)

    def count_up(self, name: str) -> int:
        """The next number of a series, from 1."""
        self.db.execute(
            "INSERT INTO counter VALUES (?, 1)"
            " ON CONFLICT (name) DO UPDATE SET last = last + 1",
            [name],
        )
        (last,) = self.db.execute("SELECT last FROM counter WHERE name = ?", [name]).fetchone()
        return int(last)

    def latest(self) -> float:
        """When the newest paper was made; 0 in new books."""
        (made_at,) = self.db.execute("SELECT MAX(made_at) FROM paper").fetchone()
        return float(made_at or 0)

    def seen(self, house: str, sender: str, control: str) -> str:
        """The digest of the interchange of that number, empty when it is new."""
        row = self.db.execute(
            "SELECT digest FROM exchange WHERE house = ? AND sender = ? AND control = ?",
            [house, sender, control],
        ).fetchone()
        return str(row[0]) if row else ""

    def see(self, house: str, sender: str, control: str, digest: str) -> None:
        """Remember an interchange."""
        self.db.execute(
            "INSERT INTO exchange VALUES (?, ?, ?, ?)", [house, sender, control, digest]
        )


def _stored(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else value


def _made(kind: type[Row], row: tuple[Value, ...]) -> Row:
    hints = HINTS[kind.__name__]
    names = [one.name for one in fields(kind)]
    values = {
        name: Decimal(str(value)) if hints[name] is Decimal else value
        for name, value in zip(names, row, strict=True)
    }
    make: Callable[..., Row] = kind
    return make(**values)
