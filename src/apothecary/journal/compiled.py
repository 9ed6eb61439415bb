"""Questions to the database that are put into SQL once: those that every act asks.

Django writes a statement anew each time it is asked. For a fill with all it hangs on that is
seven tables and some 150 columns: more time than the database needs to answer. Here the
statement is written at its first use, with marks (`Given`) where the values go.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression
from django.db.models.lookups import Lookup
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row", bound=models.Model)
Values = Mapping[str, Any]


class Several(LookupError):
    """A question for one row that has more than one answer."""


class Given(Expression):
    """The place in a filter of a `Compiled` where a value of this name goes."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        return "%s", [self]


@models.BigAutoField.register_lookup
class Among(Lookup):
    """``id__among=Given("ids")``: `in` a list whose length the statement need not know."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        left, given = self.process_lhs(compiler, connection)
        right, more = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", [*given, *more]


class Compiled(Generic[Row]):
    """A queryset with its ``select_related``, filtered by what is `Given` each time.

    Other values in its filters stay as they were when it was made.
    """

    def __init__(self, rows: models.QuerySet[Row]) -> None:
        self.rows = rows

    @cached_property
    def _written(self) -> tuple[SQLCompiler, str, tuple[Any, ...]]:
        """The compiler that knows the columns, the statement, and its values and marks."""
        compiler = self.rows.query.get_compiler(connection=connection)
        statement, values = compiler.as_sql()
        return compiler, statement, tuple(values)

    def get(self, values: Values) -> Row | None:
        """The first row for these values, or none (1 query)."""
        found = self.all(values)
        return found[0] if found else None

    def all(self, values: Values) -> list[Row]:
        """Every row for these values (1 query).

        Rows that are to be locked need a transaction: Django would ask only when it compiles.
        """
        if self.rows.query.select_for_update and connection.get_autocommit():
            raise TransactionManagementError("rows are locked within a transaction only")
        with connection.cursor() as cursor:
            cursor.execute(self._written[1], self.filled(values))
            return [self.made(row) for row in cursor.fetchall()]

    def filled(self, values: Values) -> list[Any]:
        """The statement's values with every mark replaced."""
        return [
            values[each.name] if isinstance(each, Given) else each for each in self._written[2]
        ]

    @property
    def statement(self) -> str:
        """The SQL, with a placeholder for each value."""
        return self._written[1]

    @cached_property
    def width(self) -> int:
        """How many columns a row has."""
        return len(self._written[0].select)

    def made(self, row: Sequence[Any]) -> Row:
        """The object of a row with its related ones, as a queryset makes them."""
        names, start, end, populators, converters, more = self._shape
        if converters:
            row = next(iter(self._written[0].apply_converters([row], converters)))
        made = self.rows.model.from_db(connection.alias, names, list(row[start:end]))
        for populator in populators:
            populator.populate(row, made)
        for name, place in more:
            setattr(made, name, row[place])
        return made

    @cached_property
    def _shape(self) -> tuple[list[str], int, int, list[Any], Any, Iterable[tuple[str, int]]]:
        """Which columns of a row make which object, and which are annotations."""
        compiler = self._written[0]
        info: Any = compiler.klass_info
        places = info["select_fields"]
        start, end = places[0], places[-1] + 1
        names = [column[0].target.attname for column in compiler.select[start:end]]
        # The stubs are of a later Django, which asks for one argument more.
        populators = get_related_populators(info, compiler.select, connection.alias)  # type: ignore[call-arg]  # see above
        converters = compiler.get_converters([column[0] for column in compiler.select])
        more = tuple((compiler.annotation_col_map or {}).items())
        return names, start, end, populators, converters, more


def abreast(*asked: tuple[Compiled[Any], Values]) -> list[Any]:
    """One row, or none, of each question: all of them in one statement (1 query).

    Raises `Several` when one of them has more than one answer.
    """
    parts = [
        f"LEFT JOIN ({one.statement}) AS q{at} ON true" for at, (one, _) in enumerate(asked)
    ]
    values = [value for one, given in asked for value in one.filled(given)]
    with connection.cursor() as cursor:
        cursor.execute(" ".join(["SELECT * FROM (SELECT 1) AS here", *parts]), values)
        row, *others = cursor.fetchall()
    if others:
        raise Several
    found, at = [], 1
    for one, _ in asked:
        columns, at = row[at : at + one.width], at + one.width
        # Every row has a key, and it comes first: without one there was no row.
        found.append(None if columns[0] is None else one.made(columns))
    return found
