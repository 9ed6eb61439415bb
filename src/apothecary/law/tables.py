"""The tables of law: every value with its citation, its dates and how well it was checked.

Federal rows live in ``federal*.toml``, house defaults in ``policy.toml``, what each state says
of a prescription in ``states/XX.toml`` and of running a pharmacy in ``practice/*.toml``, what
may be given for what in ``substitution.toml``. A row that is missing, not yet or no longer in
force, or doubtful (mark KQ) is never replaced by an assumption: the look-up answers with a
Problem that names it.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal, cast

from apothecary.law.problem import Problem, Refused

Value = int | str | bool | Decimal | tuple[str, ...]

MARKS = ("V1", "V2", "K", "KQ", "C")
DATED = ("rule", "text", "table")
_HERE = Path(__file__).parent
_NEEDED = ("id", "says", "value", "unit", "cite", "verified", "effective_from", "dated")
_ALLOWED = frozenset((*_NEEDED, "effective_to", "note", "source"))
_STATE_CODE = re.compile(r"[A-Z]{2}")


class BadTable(ValueError):
    """A table of law is malformed: names the file, the row and the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One value of law.

    ``verified``: V1 official text read, V2 secondary source, K unverified knowledge, KQ
    doubtful (disabled), C house convention. ``effective_from`` is inclusive, ``effective_to``
    too. ``dated`` says what ``effective_from`` is: ``rule`` the rule's own date, ``text`` the
    date of the text that was read, ``table`` neither known, this table answers from that day.
    """

    id: str
    says: str
    value: Value
    unit: str
    cite: str
    verified: str
    effective_from: date
    dated: str
    effective_to: date | None = None
    note: str = ""
    source: str = ""

    def in_force(self, on: date) -> bool:
        """Whether the row applies on that day; both ends are inclusive."""
        return self.effective_from <= on and (
            self.effective_to is None or on <= self.effective_to
        )

    def number(self) -> int:
        """The value as a whole number in ``unit``; TypeError when it is something else."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self._is_not("a whole number")
        return self.value

    def amount(self) -> Decimal:
        """The value as a decimal amount in ``unit``; TypeError when it is something else."""
        return self.value if isinstance(self.value, Decimal) else Decimal(self.number())

    def text(self) -> str:
        """The value as text; TypeError when it is something else."""
        if not isinstance(self.value, str):
            raise self._is_not("text")
        return self.value

    def names(self) -> tuple[str, ...]:
        """The value as a list of names; TypeError when it is something else."""
        if not isinstance(self.value, tuple):
            raise self._is_not("a list of names")
        return self.value

    def yes(self) -> bool:
        """The value as yes or no; TypeError when it is something else."""
        if not isinstance(self.value, bool):
            raise self._is_not("yes or no")
        return self.value

    def problem(self, says: str, *, code: str, field: str = "") -> Problem:
        """A reason that rests on this row: its citation and its mark travel along."""
        return Problem(says, cite=self.cite, code=code, verified=self.verified, field=field)

    def _is_not(self, kind: str) -> TypeError:
        return TypeError(f"{self.id}: {self.value!r} is not {kind}")


Table = Mapping[str, tuple[Row, ...]]


def federal(row_id: str, *, on: date) -> Row:
    """The federal row in force on that day.

    Raises Refused with one Problem naming the row when there is none: federal rows are part of
    the installation, so their absence stops the act instead of being one more reason.
    """
    return _row_or_refuse(_federal(), row_id, "federal law", on)


def policy(row_id: str, *, on: date) -> Row:
    """A house default (mark C), for the configuration to pass into a rule by hand."""
    return _row_or_refuse(_policy(), row_id, "house policy", on)


def state(code: str, attribute: str, *, on: date) -> Row | Problem:
    """The state's row in force on that day, or the Problem that names what is missing.

    ``code`` is the two-letter postal code, ``attribute`` the row's id in ``states/XX.toml``.
    """
    tables = states()
    if code not in tables:
        return _unknown_state(code)
    return _find(tables[code], attribute, f"{code} law", on)


def practice(code: str, attribute: str, *, on: date) -> Row | Problem:
    """The row on running a pharmacy in that state, or the Problem that names what is missing.

    ``attribute`` is the row's id in ``practice/*.toml`` without its state.
    """
    found = _find(practices(), f"{code}_{attribute}", f"{code} law", on)
    # Whether anything is known of the state is asked only where this row is not.
    if isinstance(found, Problem) and code not in _surveyed():
        return _unknown_state(code)
    return found


@cache
def states() -> Mapping[str, Table]:
    """Every installed state table by postal code."""
    paths = sorted((_HERE / "states").glob("*.toml"))
    return {path.stem: read_table(path) for path in paths if _STATE_CODE.fullmatch(path.stem)}


@cache
def practices() -> Table:
    """What the states say of ratios, mandates, records and reports, all in one table."""
    return _merged(sorted((_HERE / "practice").glob("*.toml")))


@cache
def _surveyed() -> frozenset[str]:
    return frozenset(row_id.partition("_")[0] for row_id in practices())


@cache
def _federal() -> Table:
    return _merged(sorted(_HERE.glob("federal*.toml")))


@cache
def _policy() -> Table:
    return read_table(_HERE / "policy.toml")


@cache
def substitutions() -> Table:
    """What each state lets be substituted; ``law.substitution`` chooses among the rows."""
    return read_table(_HERE / "substitution.toml")


def every_row() -> list[tuple[str, Row]]:
    """(table name, row) of everything installed, for print-outs and the test that walks it."""
    named = {
        "federal": _federal(),
        "policy": _policy(),
        "practice": practices(),
        "substitution": substitutions(),
        **states(),
    }
    return [
        (name, row) for name, table in named.items() for rows in table.values() for row in rows
    ]


def read_table(path: Path) -> Table:
    """Read one TOML table of ``[[row]]`` entries; BadTable names file, row and reason."""
    with path.open("rb") as file:
        raw = tomllib.load(file, parse_float=Decimal)
    rows: dict[str, tuple[Row, ...]] = {}
    for entry in cast("list[dict[str, object]]", raw["row"]):
        row = _row(entry, path.name)
        earlier = rows.get(row.id, ())
        if any(_overlap(row, other) for other in earlier):
            raise BadTable(f"{path.name}: {row.id}: two rows are in force on one day")
        rows[row.id] = (*earlier, row)
    return rows


def _merged(paths: list[Path]) -> Table:
    """Several files as one table; BadTable when two of them hold rows of one id."""
    merged: dict[str, tuple[Row, ...]] = {}
    for path in paths:
        table = read_table(path)
        for row_id in table:
            if row_id in merged:
                raise BadTable(f"{path.name}: {row_id}: another file has rows of this id")
        merged.update(table)
    return merged


def _unknown_state(code: str) -> Problem:
    return Problem(
        f"No table of law is installed for state {code!r}: a pharmacist must decide.",
        code="law-unknown-state",
        field="state",
    )


def _row(entry: dict[str, object], file: str) -> Row:
    name = f"{file}: {entry.get('id', 'a row without id')}"
    for key in _NEEDED:
        if key not in entry or (entry[key] == "" and key != "unit"):
            raise BadTable(f"{name}: {key} is missing")
    for key in entry:
        if key not in _ALLOWED:
            raise BadTable(f"{name}: unknown key {key}")
    _one_of(entry, "verified", MARKS, name)
    _one_of(entry, "dated", DATED, name)
    ends = entry.get("effective_to")
    return Row(
        id=str(entry["id"]),
        says=str(entry["says"]),
        value=_value(entry["value"]),
        unit=str(entry["unit"]),
        cite=str(entry["cite"]),
        verified=str(entry["verified"]),
        effective_from=_day(entry["effective_from"], name),
        dated=str(entry["dated"]),
        effective_to=None if ends is None else _day(ends, name),
        note=str(entry.get("note", "")),
        source=str(entry.get("source", "")),
    )


def _one_of(
    entry: dict[str, object],
    key: Literal["verified", "dated"],
    allowed: tuple[str, ...],
    name: str,
) -> None:
    if entry[key] not in allowed:
        raise BadTable(f"{name}: {key} {entry[key]!r} is none of {', '.join(allowed)}")


def _value(raw: object) -> Value:
    if isinstance(raw, list):
        return tuple(str(item) for item in raw)
    return cast("Value", raw)


def _day(raw: object, name: str) -> date:
    if type(raw) is not date:
        raise BadTable(f"{name}: {raw!r} is not a date")
    return raw


def _overlap(one: Row, other: Row) -> bool:
    return one.in_force(other.effective_from) or other.in_force(one.effective_from)


def _row_or_refuse(table: Table, row_id: str, book: str, on: date) -> Row:
    found = _find(table, row_id, book, on)
    if isinstance(found, Problem):
        raise Refused([found])
    return found


def _find(table: Table, row_id: str, book: str, on: date) -> Row | Problem:
    rows = table.get(row_id)
    if rows is None:
        return Problem(
            f"The table of {book} has no row {row_id!r}: a pharmacist must decide.",
            code="law-missing-row",
        )
    for row in rows:
        if row.in_force(on):
            return row if row.verified != "KQ" else _doubtful(row, book)
    return Problem(
        f"The table of {book} has no row {row_id!r} in force on {on}: "
        "a pharmacist must decide.",
        code="law-not-in-force",
    )


def _doubtful(row: Row, book: str) -> Problem:
    return row.problem(
        f"Row {row.id!r} of {book} is doubtful and therefore disabled: "
        "a pharmacist must decide.",
        code="law-doubtful-row",
    )
