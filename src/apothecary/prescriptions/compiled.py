"""Questions to the database that are put into SQL once: those that every act asks.

Django writes a statement anew each time it is asked. For a fill with all it hangs on that is
six tables and some 120 columns: more time than the database needs to answer, and a tenth of the
whole act. Here the statement is written at its first use, with marks where the values go.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row", bound=models.Model)


class Compiled(Generic[Row]):
    """Rows of a queryset with its ``select_related``, filtered by columns that equal a value.

    ``columns`` are the field names (``attname``) of the filter, in the order of the values.
    Nothing else may be in the queryset that depends on values.
    """

    def __init__(self, rows: models.QuerySet[Row], columns: Sequence[str]) -> None:
        self.rows, self.columns = rows, tuple(columns)

    @cached_property
    def _written(self) -> tuple[SQLCompiler, str, tuple[int, ...]]:
        """The compiler that knows the columns, the statement, and which value goes where."""
        marks = {column: -(number + 1) for number, column in enumerate(self.columns)}
        query = self.rows.filter(**marks).query
        compiler = query.get_compiler(connection=connection)
        statement, values = compiler.as_sql()
        order = tuple(-int(str(value)) - 1 for value in values)  # marks of text come as text
        if sorted(order) != list(range(len(self.columns))):
            raise RuntimeError(f"{self.columns} are not what the statement asks for")
        return compiler, statement, order

    def get(self, values: Mapping[str, int | str]) -> Row | None:
        """The first row for these values, or none (1 query)."""
        found = self.all(values)
        return found[0] if found else None

    def all(self, values: Mapping[str, int | str]) -> list[Row]:
        """Every row for these values (1 query).

        Rows that are to be locked need a transaction: Django would ask only when it compiles.
        """
        if self.rows.query.select_for_update and connection.get_autocommit():
            raise TransactionManagementError("rows are locked within a transaction only")
        compiler, statement, order = self._written
        given = [values[self.columns[number]] for number in order]
        with connection.cursor() as cursor:
            cursor.execute(statement, given)
            return [self._made(compiler, row) for row in cursor.fetchall()]

    def _made(self, compiler: SQLCompiler, row: Sequence[Any]) -> Row:
        """The object of a row with its related ones, as a queryset makes them."""
        names, start, end, populators, converters = self._shape
        if converters:
            row = next(iter(compiler.apply_converters([row], converters)))
        made = self.rows.model.from_db(connection.alias, names, list(row[start:end]))
        for populator in populators:
            populator.populate(row, made)
        return made

    @cached_property
    def _shape(self) -> tuple[list[str], int, int, list[Any], Any]:
        """Which columns of a row make which object."""
        compiler = self._written[0]
        info: Any = compiler.klass_info
        places = info["select_fields"]
        start, end = places[0], places[-1] + 1
        names = [column[0].target.attname for column in compiler.select[start:end]]
        # The stubs are of a later Django, which asks for one argument more.
        populators = get_related_populators(info, compiler.select, connection.alias)  # type: ignore[call-arg]  # see above
        converters = compiler.get_converters([column[0] for column in compiler.select])
        return names, start, end, populators, converters
