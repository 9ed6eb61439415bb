"""All that an act writes, in one statement: each round trip costs more than most of the rows.

    writes = Writes()
    writes.insert(label)
    writes.call("stock_settle", [...])
    writes.record(by=by, did=Deed.FILL_APPROVED, about=fill)
    writes.run()

The database sees one statement with common table expressions: it does all of it or nothing, and
no part of it sees what another part has written. Nothing here may depend on such an order.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import Any

from django.db import connection, models

from apothecary.journal.actions import APPEND, Actor, line_of
from apothecary.journal.deeds import Deed


class Missed(Exception):
    """A row that was to be changed is not there any more as it was seen."""


class Writes:
    """What an act is going to write; `run` sends it."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, Sequence[Any]]] = []
        self._said: list[tuple[str, Sequence[Any]]] = []
        self._made: list[models.Model] = []
        self._changes: list[str] = []
        self._told: list[tuple[str, models.Model]] = []

    def insert(self, *rows: models.Model) -> None:
        """New rows. One that stands alone knows its key afterwards; of several of one table,
        which get theirs in this order, only those that were given one beforehand do.
        """
        for (table, keyed), same in groupby(rows, lambda row: (type(row), row.pk is not None)):
            made = list(same)
            into, marks, fields = insert_into(table, keyed=keyed)
            values = [
                field.get_db_prep_save(field.pre_save(row, add=True), connection)
                for row in made
                for field in fields
            ]
            # One INSERT for all: those of one statement are run last first.
            text = f"{into} VALUES {', '.join([marks] * len(made))}"
            if len(made) == 1 and not keyed:
                key, name = table._meta.pk.column, f"w{len(self._rows)}"
                text += f" RETURNING {key}"
                self._told.append((f"SELECT {key} FROM {name}", made[0]))  # noqa: S608 as below
            self._rows.append((text, values))
            self._made += made

    def change(self, statement: str, values: Sequence[Any], *, must: bool = False) -> None:
        """An UPDATE; one that ``must`` change a row and finds none ends in `Missed`."""
        if must:
            self._changes.append(f"w{len(self._rows)}")
        self._rows.append((f"{statement} RETURNING 1", list(values)))

    def call(self, function: str, values: Sequence[Any]) -> None:
        """A function of the ledger or the journal, by its SQL with a mark for each value."""
        self._said.append((function, values))

    def record(
        self,
        *,
        by: Actor,
        did: Deed,
        about: models.Model | tuple[str, int],
        details: Mapping[str, object] | None = None,
    ) -> None:
        """A line of the journal."""
        self.call(APPEND, line_of(by=by, did=did, about=about, details=details))

    def run(self) -> list[Any]:
        """Write it all (1 query); what the functions answered, in their order."""
        keys = [f"({asked})" for asked, _ in self._told]
        told = [f"(SELECT count(*) FROM {name})" for name in self._changes]  # noqa: S608 names of our own
        said = [f"({function})" for function, _ in self._said]
        parts = [f"w{at} AS ({statement})" for at, (statement, _) in enumerate(self._rows)]
        head = f"WITH {', '.join(parts)} " if parts else ""
        text = f"{head}SELECT {', '.join(told + keys + said) or '1'}"
        values = [value for _, given in self._rows + self._said for value in given]
        with connection.cursor() as cursor:
            cursor.execute(text, values)
            (answer,) = cursor.fetchall()
        if any(changed != 1 for changed in answer[: len(told)]):
            raise Missed
        for row in self._made:
            row._state.adding, row._state.db = False, connection.alias
        for (_, row), made in zip(self._told, answer[len(told) :], strict=False):
            row.pk = made
        start = len(told) + len(keys)
        return list(answer[start : start + len(said)])


@cache
def insert_into(
    table: type[models.Model], *, keyed: bool
) -> "tuple[str, str, list[models.Field[Any, Any]]]":
    """The INSERT of a table, the marks of one row, and the fields whose values it takes."""
    fields = [
        field
        for field in table._meta.local_concrete_fields
        if (keyed or not field.primary_key) and not field.generated
    ]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(mark_of(field) for field in fields)
    into = f"INSERT INTO {quote(table._meta.db_table)} ({columns})"
    return into, f"({marks})", fields


def mark_of(field: "models.Field[Any, Any]") -> str:
    """The placeholder of a field's value: some name their type."""
    placeholder = getattr(field, "get_placeholder", None)
    return str(placeholder(None, None, connection)) if placeholder else "%s"
