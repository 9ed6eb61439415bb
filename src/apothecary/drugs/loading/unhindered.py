"""Filling an empty table: its references and indexes are made once, not row by row.

PostgreSQL looks up every reference of every row when the transaction ends: for the directory
that is two million look-ups and took as long as reading the file. Whoever takes references or
indexes away shuts everybody else out of the table until the load is over; so it is done only
where the table is empty and there is nothing for anybody to read.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.utils import CursorWrapper
from psycopg import sql

REFERENCES = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = %s::regclass AND contype = 'f' ORDER BY conname
"""
# What a constraint stands on stays: whoever inserts may ask for it on conflict.
INDEXES = """
SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = %s::regclass AND NOT i.indisprimary
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
ORDER BY c.relname
"""
# A reference with rows still to be looked up cannot be taken away; those few are seen to now.
SEEN_TO = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"


@contextmanager
def unhindered(cursor: CursorWrapper, table: str) -> Iterator[None]:
    """While it lasts an empty table has neither references nor indexes of its own.

    Afterwards it has all of them again, proven for every row. A table with rows is left as it
    is. Where the work fails nothing is put back: the transaction takes all of it back.
    """
    target = sql.Identifier(table)
    if not _empty(cursor, target):
        yield
        return
    cursor.execute(SEEN_TO)
    references = _named(cursor, REFERENCES, table)
    indexes = _named(cursor, INDEXES, table)
    for name, _ in references:
        _run(cursor, "ALTER TABLE {} DROP CONSTRAINT {}", target, sql.Identifier(name))
    for name, _ in indexes:
        _run(cursor, "DROP INDEX {}", sql.Identifier(name))
    yield
    for _, definition in indexes:
        # The database's own words for what it had.
        cursor.execute(definition)
    for name, definition in references:
        told = sql.Identifier(name), sql.SQL(definition)
        _run(cursor, "ALTER TABLE {} ADD CONSTRAINT {} {}", target, *told)


def _empty(cursor: CursorWrapper, target: sql.Identifier) -> bool:
    _run(cursor, "SELECT NOT EXISTS (SELECT FROM {})", target)
    return bool(cursor.fetchone()[0])


def _named(cursor: CursorWrapper, asked: str, table: str) -> list[tuple[str, str]]:
    cursor.execute(asked, [table])
    return [(str(name), str(definition)) for name, definition in cursor.fetchall()]


def _run(cursor: CursorWrapper, text: str, *names: sql.Composable) -> None:
    cursor.execute(sql.SQL(text).format(*names))
