"""An inspector with a pencil: reads the running database past everybody, changes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from apothecary.config.postgres import reached
from journeys.people import Fill

MOVES: LiteralString = """
SELECT f.name, t.name, m.quantity FROM stock_move m
JOIN stock_place f ON f.id = m.from_place_id JOIN stock_place t ON t.id = m.to_place_id
WHERE m.fill_id = %s ORDER BY m.id
"""
TABLES: LiteralString = """
SELECT tablename FROM pg_tables
WHERE schemaname = 'public' AND tablename NOT LIKE 'procrastinate%%' ORDER BY tablename
"""
RAW: LiteralString = "SELECT raw, kind, problem FROM wires_incoming WHERE raw = %s"
PLACE: LiteralString = "SELECT id FROM stock_place WHERE name = %s"
# What may grow when something is refused: the bytes as they came, and the journal.
MEMORY = frozenset({"wires_incoming", "journal_line", "journal_seal", "journal_entry"})


class Books:
    """The tables of a running house."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._address: tuple[str, str] | tuple[()] = ()

    @contextmanager
    def opened(self) -> Iterator[psycopg.Connection[Any]]:
        if not self._address:
            with reached(self.data) as server:
                self._address = server.steward_url, name_of(server.url)
        url, name = self._address
        with psycopg.connect(url, dbname=name) as steward:
            steward.read_only = True
            yield steward

    def moves(self, fill: Fill) -> list[tuple[str, str, Decimal]]:
        """Where each unit of a fill went: from, to, how many."""
        with self.opened() as steward:
            return list(steward.execute(MOVES, [fill.id]).fetchall())

    def kept_raw(self, raw: bytes) -> list[tuple[bytes, str, str]]:
        """The stored bytes of a message with its kind and what was wrong with it."""
        with self.opened() as steward:
            return [
                (bytes(row[0]), row[1], row[2])
                for row in steward.execute(RAW, [raw]).fetchall()
            ]

    def place(self, name: str) -> int:
        """The number of a place."""
        with self.opened() as steward:
            row = steward.execute(PLACE, [name]).fetchone()
        assert row is not None, f"no place {name}"
        return int(row[0])

    def sizes(self) -> dict[str, int]:
        """How many rows each table has."""
        with self.opened() as steward:
            names = [row[0] for row in steward.execute(TABLES).fetchall()]
            sizes = {}
            for name in names:
                asked = psycopg.sql.SQL("SELECT count(*) FROM {}").format(
                    psycopg.sql.Identifier(name)
                )
                row = steward.execute(asked).fetchone()
                sizes[name] = int(row[0]) if row else 0
            return sizes


def name_of(url: str) -> str:
    """The database's name in its address."""
    return str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])


def grown(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """The tables that have more rows or fewer than before, and by how many."""
    found = {name: after[name] - before.get(name, 0) for name in after}
    return {name: more for name, more in found.items() if more}
