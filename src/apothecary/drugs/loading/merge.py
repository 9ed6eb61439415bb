"""The set-based half of a load: stage, pair, merge, and which of two rows is in use.

Every statement here works on whole tables; a row never passes through Python a second time.
Names in the statements come from `Table`s written in this package, never from outside.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from apothecary.drugs.loading.unhindered import unhindered
from apothecary.drugs.models import Batch, Loaded


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of a load: read from the file, and what they were to the drug file."""

    read: int = 0
    new: int = 0
    changed: int = 0
    gone: int = 0
    same: int = 0

    @property
    def nothing(self) -> bool:
        """Whether the drug file was like this already."""
        return not (self.new or self.changed or self.gone)

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.read + other.read,
            self.new + other.new,
            self.changed + other.changed,
            self.gone + other.gone,
            self.same + other.same,
        )


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the drug file as a load fills it; all names are columns of the database.

    ``code`` names a row in every release. Where one code has several rows, ``exact`` tells them
    apart as long as the source keeps these values. ``values`` are the other columns a load
    writes; those in ``derived`` are not shown in the diff. ``about`` and ``says`` are columns
    joined for a person. ``alone``: of the rows equal in these columns one is in use, the first
    by ``better``, which may name staged columns only. ``later`` are staged empty and filled by
    the loader before it merges.
    """

    model: type[Loaded]
    code: tuple[str, ...]
    values: tuple[str, ...]
    about: tuple[str, ...]
    says: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    better: str = "true"
    later: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the batch calls the table: ``product``."""
        return str(self.model._meta.model_name)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column a staged row has after its line, in order."""
        return (*self.code, *self.exact, *self.values)

    @property
    def copied(self) -> tuple[str, ...]:
        """The columns a row brings along after its line, in order."""
        return tuple(name for name in self.columns if name not in self.later)

    @property
    def others(self) -> dict[str, object]:
        """What a new row has in the columns that no load of this table fills."""
        own = {"id", "source_id", "since_id", "batch_id", "in_use", *self.columns}
        fields = [f for f in self.model._meta.concrete_fields if f.column not in own]
        return {str(field.column): field.get_default() for field in fields}


def stage(cursor: CursorWrapper, table: Table, rows: Iterable[tuple[object, ...]]) -> int:
    """Copy rows into a temporary table of the target's types; returns how many."""
    names = _names(table)
    cursor.execute(
        sql.SQL(
            "CREATE TEMP TABLE {stage} ON COMMIT DROP AS"
            " SELECT 0 AS line, {columns} FROM {target} LIMIT 0"
        ).format(**names)
    )
    count = 0
    copying = sql.SQL("COPY {stage} (line, {copied}) FROM STDIN").format(**names)
    with cursor.copy(copying) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    cursor.execute(sql.SQL("ANALYZE {stage}").format(**names))
    return count


def give_way(cursor: CursorWrapper, table: Table, family: tuple[int, ...]) -> None:
    """Take from the stage what another source has already."""
    _run(cursor, YIELD, _names(table) | {"family": sql.Literal(list(family))})


def merge(
    cursor: CursorWrapper,
    table: Table,
    *,
    batch: Batch,
    family: tuple[int, ...],
    on: date,
    read: int,
) -> Counts:
    """Write new and changed rows, mark what is gone, keep what each change was."""
    names = _names(table) | {
        "batch": sql.Literal(batch.pk),
        "source": sql.Literal(batch.source_id),
        "family": sql.Literal(list(family)),
        "on": sql.Literal(on),
    }
    _run(cursor, PAIR, names)
    if table.exact:
        _run(cursor, PAIR_REST, names)
    _run(cursor, "ANALYZE {pair}", names)
    _run(cursor, DIFFER, names)
    _run(cursor, NOTE, names)
    changed = _run(cursor, CHANGE_IN_USE if table.alone else CHANGE, names)
    with unhindered(cursor, table.model._meta.db_table):
        new = _run(cursor, BRING_IN_USE if table.alone else BRING, names)
    gone = 0
    if not batch.partial:
        _run(cursor, NOTE_GONE, names)
        gone = _run(cursor, MARK_GONE, names)
    _run(cursor, "DROP TABLE {stage}, {pair}, {differs}", names)
    if new or changed:
        _run(cursor, "ANALYZE {target}", names)
    return Counts(read, new, changed, gone, read - new - changed)


def settle(cursor: CursorWrapper, table: Table) -> None:
    """Of the rows that are one, let exactly the best be in use; gone ones come last."""
    names = _names(table)
    _run(cursor, RANK, names)
    _run(cursor, "UPDATE {target} t SET in_use = false FROM {pair} r"
                 " WHERE r.id = t.id AND NOT r.best AND t.in_use", names)  # fmt: skip
    _run(cursor, "UPDATE {target} t SET in_use = true FROM {pair} r"
                 " WHERE r.id = t.id AND r.best AND NOT t.in_use", names)  # fmt: skip
    _run(cursor, "DROP TABLE {pair}", names)


def _run(cursor: CursorWrapper, text: str, names: dict[str, sql.Composable]) -> int:
    """Run one statement; how many rows it touched, or the number it selected."""
    cursor.execute(sql.SQL(text).format(**names))
    if cursor.description:
        return int(cursor.fetchone()[0])
    return int(cursor.rowcount)


def _names(table: Table) -> dict[str, sql.Composable]:
    columns = table.columns
    return {
        "target": sql.Identifier(table.model._meta.db_table),
        "stage": sql.Identifier(f"stage_{table.name}"),
        "pair": sql.Identifier(f"pair_{table.name}"),
        "differs": sql.Identifier(f"differs_{table.name}"),
        "name": sql.Literal(table.name),
        "columns": _list("{}", columns),
        "copied": _list("{}", table.copied),
        "others": _list(", {}", tuple(table.others), between=""),
        "defaults": _literals(table.others),
        "code": _list("{}", table.code),
        "key": _list("{}", (*table.code, *table.exact)),
        "s_columns": _list("s.{}", columns),
        "t_columns": _list("t.{}", columns),
        "t_code": _list("t.{}", table.code),
        "s_code": _list("s.{}", table.code),
        "set": _list("{0} = s.{0}", columns),
        "fields": _fields(table),
        "about": _joined(table.about, "-"),
        "says": _joined(table.says, " "),
        "better": sql.SQL(table.better),
        "alone": _list("{}", table.alone),
        "t_alone": _list("t.{}", table.alone),
        "s_alone": _list("s.{}", table.alone),
    }


def _list(shape: str, columns: tuple[str, ...], between: str = ", ") -> sql.Composable:
    each = (sql.SQL(shape).format(sql.Identifier(name)) for name in columns)
    return sql.SQL(between).join(each)


def _literals(values: dict[str, object]) -> sql.Composable:
    return sql.SQL("").join(sql.SQL(", {}").format(sql.Literal(v)) for v in values.values())


def _joined(columns: tuple[str, ...], between: str) -> sql.Composable:
    if not columns:
        return sql.SQL("''")
    return sql.SQL("concat_ws({}, {})").format(sql.Literal(between), _list("t.{}", columns))


def _fields(table: Table) -> sql.Composable:
    """What was and what is, for each shown column that differs, as JSON."""
    shown = [name for name in table.columns if name not in table.derived]
    one = sql.SQL(
        "{0}, CASE WHEN t.{1} IS DISTINCT FROM s.{1} THEN jsonb_build_array(t.{1}, s.{1}) END"
    )
    pairs = [one.format(sql.Literal(name), sql.Identifier(name)) for name in shown]
    return sql.SQL("jsonb_strip_nulls(jsonb_build_object({}))").format(
        sql.SQL(", ").join(pairs)
    )


# What another source has already is not this one's to say.
YIELD = """
DELETE FROM {stage} s USING {target} t
WHERE ROW({s_code}) = ROW({t_code}) AND t.source_id <> ALL ({family})
"""
# Rows equal in everything that names them pair in order, so that none is lost.
PAIR = """
CREATE TEMP TABLE {pair} ON COMMIT DROP AS
SELECT s.line, t.id AS row
FROM (SELECT line, {key}, row_number() OVER (PARTITION BY {key} ORDER BY line) AS nth
      FROM {stage}) s
JOIN (SELECT id, {key}, row_number() OVER (PARTITION BY {key} ORDER BY id) AS nth
      FROM {target} WHERE source_id = ANY ({family})) t USING ({key}, nth)
"""
# A new version of a listing: what is left of a code pairs in order of preference.
PAIR_REST = """
INSERT INTO {pair} (line, row)
SELECT s.line, t.id
FROM (SELECT t.line, {t_code}, row_number() OVER (
          PARTITION BY {t_code} ORDER BY {better}, t.line) AS nth
      FROM {stage} t WHERE NOT EXISTS (SELECT FROM {pair} p WHERE p.line = t.line)) s
JOIN (SELECT t.id, {t_code}, row_number() OVER (
          PARTITION BY {t_code} ORDER BY NOT t.in_use, {better}, t.id) AS nth
      FROM {target} t WHERE t.source_id = ANY ({family})
      AND NOT EXISTS (SELECT FROM {pair} p WHERE p.row = t.id)) t USING ({code}, nth)
"""
DIFFER = """
CREATE TEMP TABLE {differs} ON COMMIT DROP AS
SELECT p.line, t.id AS row
FROM {stage} s JOIN {pair} p ON p.line = s.line JOIN {target} t ON t.id = p.row
WHERE t.gone_on IS NOT NULL OR t.source_id <> {source}
   OR ROW({t_columns}) IS DISTINCT FROM ROW({s_columns})
"""
NOTE = """
INSERT INTO drugs_change (batch_id, kind, "table", "row", about, says, fields, held)
SELECT {batch}, CASE WHEN t.gone_on IS NULL THEN 'changed' ELSE 'back' END, {name}, t.id,
       {about}, {says}, {fields}, ''
FROM {differs} d JOIN {stage} s ON s.line = d.line JOIN {target} t ON t.id = d.row
"""
CHANGE = """
UPDATE {target} t SET {set}, source_id = {source}, batch_id = {batch}, gone_on = NULL
FROM {differs} d JOIN {stage} s ON s.line = d.line WHERE t.id = d.row
"""
CHANGE_IN_USE = """
UPDATE {target} t SET {set}, source_id = {source}, batch_id = {batch}, gone_on = NULL,
       in_use = t.in_use AND ROW({t_alone}) = ROW({s_alone})
FROM {differs} d JOIN {stage} s ON s.line = d.line WHERE t.id = d.row
"""
BRING = """
INSERT INTO {target} ({columns}, source_id, since_id, batch_id{others})
SELECT {s_columns}, {source}, {batch}, {batch}{defaults} FROM {stage} s
WHERE NOT EXISTS (SELECT FROM {pair} p WHERE p.line = s.line) ORDER BY s.line
"""
# Only a row without its like is in use at once; `settle` judges the others.
BRING_IN_USE = """
INSERT INTO {target} ({columns}, source_id, since_id, batch_id{others}, in_use)
SELECT {s_columns}, {source}, {batch}, {batch}{defaults},
       count(*) OVER (PARTITION BY {s_alone}) = 1
       AND NOT EXISTS (SELECT FROM {target} t WHERE ROW({t_alone}) = ROW({s_alone}))
FROM {stage} s
WHERE NOT EXISTS (SELECT FROM {pair} p WHERE p.line = s.line) ORDER BY s.line
"""
NOTE_GONE = """
INSERT INTO drugs_change (batch_id, kind, "table", "row", about, says, fields, held)
SELECT {batch}, 'gone', {name}, t.id, {about}, {says}, '{{}}', ''
FROM {target} t WHERE t.source_id = ANY ({family}) AND t.gone_on IS NULL
AND t.batch_id <> {batch} AND NOT EXISTS (SELECT FROM {pair} p WHERE p.row = t.id)
"""
MARK_GONE = """
UPDATE {target} t SET gone_on = {on}, batch_id = {batch}
WHERE t.source_id = ANY ({family}) AND t.gone_on IS NULL AND t.batch_id <> {batch}
AND NOT EXISTS (SELECT FROM {pair} p WHERE p.row = t.id)
"""
# The listing in force goes before the one that ended, then the one certified last.
RANK = """
CREATE TEMP TABLE {pair} ON COMMIT DROP AS
SELECT t.id, row_number() OVER (PARTITION BY {t_alone}
           ORDER BY t.gone_on IS NOT NULL, o.rank, {better}, t.id) = 1 AS best
FROM {target} t JOIN drugs_source o ON o.id = t.source_id
"""
