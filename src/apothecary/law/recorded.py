"""What a paper or a record must show, against what it shows."""

import re
from collections.abc import Set as AbstractSet

from apothecary.law.problem import Problem
from apothecary.law.tables import Row

STANDARD = re.compile(r"fips_(\d+)_(\d+)")


def missing_problems(
    row: Row, shown: AbstractSet[str], *, what: str, code: str
) -> list[Problem]:
    """Each name in the row's list that is not shown, in the row's order.

    ``what`` is the paper as a sentence begins with it (``"The logbook"``), ``code`` the first
    words of the problem's code; the missing name follows both.
    """
    return [
        row.problem(
            f"{what} does not show {in_words(name)}.",
            code=f"{code}-no-{name.replace('_', '-')}",
            field=name,
        )
        for name in row.names()
        if name not in shown
    ]


def in_words(name: str) -> str:
    """A name of a list of law as people read it."""
    return STANDARD.sub(r"FIPS \1-\2", name).replace("_", " ")
