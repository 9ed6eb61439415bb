"""How long a kind of record is kept: every rule known, each cited, the longest first. Pure."""

from dataclasses import dataclass
from datetime import date

from apothecary.law.calendar_days import years_after
from apothecary.law.problem import Problem
from apothecary.law.tables import Row, federal, practice


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of keeping: so many years, who says so, how well that is verified."""

    years: int
    cite: str
    verified: str


def federal_rule(row_id: str, *, on: date) -> Rule:
    """The years of a federal row."""
    return rule_of(federal(row_id, on=on))


def state_rule(state: str, attribute: str, *, on: date) -> Rule | Problem:
    """The years of a state's row; the Problem that names what is not on file."""
    row = practice(state, attribute, on=on)
    return row if isinstance(row, Problem) else rule_of(row)


def rule_of(row: Row) -> Rule:
    return Rule(row.number(), row.cite, row.verified)


def free_before(rules: list[Rule], *, today: date) -> date:
    """The day before which a record has been kept as long as the longest rule asks."""
    return years_after(today, -max(rule.years for rule in rules))
