"""What a certification asks, requirement by requirement, and where this house stands. Pure."""

import tomllib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from apothecary.law.tables import Row, federal

TABLE = Path(__file__).with_name("requirements.toml")


class Standing(StrEnum):
    """Where a requirement stands."""

    BUILT = "built"
    AUDITOR = "auditor"
    MISSING = "missing"


SAYS = {
    Standing.BUILT: "built, shown by a test",
    Standing.AUDITOR: "needs an auditor",
    Standing.MISSING: "missing",
}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that is asked: by which row of the law, and the test that shows it.

    ``field`` is the list of `law.epcs.ApplicationFacts` it is an element of; empty where it
    is none.
    """

    key: str
    law: str
    says: str
    state: Standing
    shown_by: str
    field: str = ""

    def row(self, *, on: date) -> Row:
        """The row of the law that asks it."""
        return federal(self.law, on=on)


@cache
def requirements() -> tuple[Requirement, ...]:
    """All of them, in the order of the law."""
    rows = tomllib.loads(TABLE.read_text())["requirement"]
    return tuple(Requirement(**row | {"state": Standing(row["state"])}) for row in rows)


def names_of(field: str, *, vouched: frozenset[str]) -> frozenset[str]:
    """The elements of a list that are fulfilled: built, or vouched for by an auditor."""
    return frozenset(
        each.key
        for each in requirements()
        if each.field == field
        and (
            each.state is Standing.BUILT
            or (each.state is Standing.AUDITOR and each.key in vouched)
        )
    )


def vouchable() -> tuple[Requirement, ...]:
    """What an auditor's report has to vouch for, the audit itself set apart."""
    return tuple(each for each in requirements()
                 if each.state is Standing.AUDITOR and each.field)  # fmt: skip
