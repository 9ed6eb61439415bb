"""The pharmacy's own sig codes as entry reads them, and what a new one would make."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from apothecary.directions.direction import Directions
from apothecary.directions.reading import read_directions
from apothecary.directions.site_codes import (
    CodeProblem,
    SiteCodes,
    code_problems,
    not_settled,
    plain_code,
)
from apothecary.intake.models import SigCode
from apothecary.law.problem import Problem

MOST_CODES = 500


def codes_of(pharmacy_id: int) -> SiteCodes:
    """The codes a pharmacy keeps today (1 query)."""
    kept = SigCode.objects.filter(pharmacy_id=pharmacy_id, retired_at=None)
    return _site_codes(tuple(kept.order_by("code").values_list("code", "means")))


@lru_cache(maxsize=64)
def _site_codes(rows: tuple[tuple[str, str], ...]) -> SiteCodes:
    return SiteCodes(dict(rows))


@dataclass(frozen=True, slots=True)
class Line:
    """One code of the list, with the English it makes."""

    row: SigCode
    english: str


def lines_of(pharmacy_id: int) -> list[Line]:
    """Every code of a pharmacy, those in use first (1 query)."""
    rows = SigCode.objects.filter(pharmacy_id=pharmacy_id).order_by("code")
    lines = [Line(row, read_directions(row.means).english()) for row in rows]
    return sorted(lines, key=lambda line: line.row.retired_at is not None)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a code would make of itself, before anybody keeps it."""

    code: str
    read: Directions
    problems: list[CodeProblem]

    @property
    def confirmable(self) -> list[CodeProblem]:
        """What a person may keep it in spite of."""
        return [problem for problem in self.problems if problem.may_be_confirmed]

    @property
    def refused(self) -> list[CodeProblem]:
        """What nobody may keep it in spite of."""
        return not_settled(self.problems, confirmed=True)


def preview(code: str, means: str) -> Preview:
    """The English of a code as it is being typed, and every reason against it."""
    return Preview(plain_code(code), read_directions(means), code_problems(code, means))


def as_problems(found: Iterable[CodeProblem]) -> list[Problem]:
    """The reasons against a code as the house refuses."""
    return [Problem(one.says, one.cite, "sig-code", one.verified, one.field) for one in found]
