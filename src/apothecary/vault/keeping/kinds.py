"""The kinds of record the house keeps. A room names its own; what holds them is read here.

The vault sees the tables of higher rooms as what they hand over: a model, the column of its
day, and which of the rules of law it is kept by.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection
from django.db.models import Count, Min, Model, Q

from apothecary.law.problem import Problem
from apothecary.staff.models import Pharmacy
from apothecary.vault.keeping.rules import Rule, federal_rule, free_before, state_rule

# Of every table: the triggers that run before a row is deleted (bits 2 and 8 of their kind).
GUARDS = """
SELECT c.relname, min(t.tgname) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgtype & 2 = 2 AND t.tgtype & 8 = 8
  AND c.relname = ANY (%s) GROUP BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKind:
    """One kind of record: its table, the column of its day, and the rows of law that keep it.

    ``federal`` are ids of federal rows, ``state`` an attribute of the state's; ``cited`` are
    rules that stand in a room's own table.
    """

    key: str
    title: str
    model: type[Model]
    day: str
    federal: tuple[str, ...] = ()
    state: str = ""
    cited: tuple[Rule, ...] = ()
    only: Q = field(default_factory=Q)
    lies: str = "in the database"
    file: str = ""


KINDS: dict[str, RecordKind] = {}


@dataclass(frozen=True, slots=True)
class Kept:
    """A kind as it stands today: its rules, its rows, and what refuses their deletion."""

    kind: RecordKind
    rules: tuple[Rule, ...]
    unknown: tuple[Problem, ...]
    rows: int
    oldest: date | None
    guard: str
    free_before: date

    @property
    def longest(self) -> Rule:
        return max(self.rules, key=lambda rule: rule.years)

    @property
    def says(self) -> str:
        """How long, in words; where the state's time is not known, no end is named."""
        if self.unknown:
            return f"at least {self.longest.years} years, the state's time is not on file"
        return f"{self.longest.years} years"


def add_kind(kind: RecordKind) -> RecordKind:
    """Put a kind on the list; one of the same key takes the place of the one before."""
    if not (kind.federal or kind.cited):
        raise LookupError(f"{kind.key} names no rule that is known everywhere")
    KINDS[kind.key] = kind
    return kind


def kept(house: Pharmacy, *, today: date) -> list[Kept]:
    """Every kind as it stands (1 query, and 1 a kind)."""
    guards = guards_of([kind.model._meta.db_table for kind in KINDS.values()])
    return [standing(kind, house, today=today, guards=guards) for kind in KINDS.values()]


def standing(kind: RecordKind, house: Pharmacy, *, today: date, guards: dict[str, str]) -> Kept:
    """One kind as it stands (1 query)."""
    rules, unknown = rules_of(kind, house, today=today)
    rows = kind.model._default_manager.filter(kind.only, pharmacy_id=house.pk)
    found = rows.aggregate(many=Count("pk"), first=Min(kind.day))
    first = found["first"]
    oldest = house.day_of(first) if isinstance(first, datetime) else first
    return Kept(
        kind=kind,
        rules=tuple(rules),
        unknown=tuple(unknown),
        rows=found["many"],
        oldest=oldest,
        guard=guards.get(kind.model._meta.db_table, ""),
        free_before=free_before(rules, today=today),
    )


def rules_of(
    kind: RecordKind, house: Pharmacy, *, today: date
) -> tuple[list[Rule], list[Problem]]:
    """The rules a kind is kept by, the longest first, and what is not on file of the state."""
    rules = [federal_rule(row_id, on=today) for row_id in kind.federal] + list(kind.cited)
    unknown: list[Problem] = []
    if kind.state:
        own = state_rule(house.state, kind.state, on=today)
        if isinstance(own, Rule):
            rules.append(own)
        else:
            unknown.append(own)
    return sorted(rules, key=lambda rule: -rule.years), unknown


def guards_of(tables: Sequence[str]) -> dict[str, str]:
    """The trigger that refuses a deletion, by table; a table without one is not in it."""
    with connection.cursor() as cursor:
        cursor.execute(GUARDS, [list(tables)])
        return dict(cursor.fetchall())
