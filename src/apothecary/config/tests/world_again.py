"""The world put back as it was built once: 260 statements become one.

Building it is most of the time of most tests. The rows keep their numbers, which no sequence
gives out again; so what is remembered must be forgotten when sequences start over.
"""

import pickle
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connection

W = TypeVar("W")
Rows = dict[str, dict[str, None]]  # in the order in which they were put there

TABLES = """
SELECT c.oid::regclass::text,
       string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
         FILTER (WHERE a.attgenerated = '')
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  AND NOT c.relispartition AND c.relname <> 'django_migrations'
GROUP BY c.oid ORDER BY c.oid
"""
PUT = """
INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE
SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, {rows});
"""
STAND = "SELECT set_config('apothecary.pharmacy', '{who}', false);"


class Remembered(Generic[W]):
    """What one building of the world left in the database and in Python."""

    def __init__(self) -> None:
        self._script = ""
        self._world = b""

    def forget(self) -> None:
        """The next one builds again."""
        self._script = ""

    def world(self, build: Callable[[], W], stands_in: Callable[[W], tuple[int, ...]]) -> W:
        """Build it in this transaction, or put back what was built.

        `stands_in` names every pharmacy whose rows there are; it stands in the last of them.
        """
        if not self._script:
            return self._built(build, stands_in)
        with connection.cursor() as cursor:
            cursor.execute(self._script)
        found: W = pickle.loads(self._world)  # noqa: S301 what this process wrote
        return found

    def _built(self, build: Callable[[], W], stands_in: Callable[[W], tuple[int, ...]]) -> W:
        tables = _tables()
        known = _rows(tables)
        world = build()
        first = _rows(tables)
        changed = [table for table in tables if known[table].keys() - first[table].keys()]
        assert changed == [], f"the world changed rows that were there before: {changed}"
        script = ""
        for who in stands_in(world):
            stand = STAND.format(who=who)
            _ask(stand)
            script += stand
            there = _rows(tables)
            for table, columns in tables.items():
                script += _put(
                    table, columns, [r for r in there[table] if r not in known[table]]
                )
            known = {table: known[table] | there[table] for table in tables}
        self._script, self._world = script, pickle.dumps(world)
        return world


def _ask(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _tables() -> dict[str, str]:
    return dict(_ask(TABLES))


def _rows(tables: dict[str, str]) -> Rows:
    """All rows of all tables that this connection may see, each as JSON."""
    return {
        table: dict.fromkeys(row for (row,) in _ask(f"SELECT to_jsonb(t)::text FROM {table} t"))
        for table in tables
    }


def _put(table: str, columns: str, rows: list[str]) -> str:
    if not rows:
        return ""
    quoted = "'[" + ",".join(rows).replace("'", "''") + "]'"
    return PUT.format(table=table, columns=columns, rows=quoted)


# The one of this process: `session` forgets it when it empties the tables.
REMEMBERED: Remembered[Any] = Remembered()
