"""A reason why something may not go ahead, and the refusal that carries all of them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason: a sentence a technician can read out, and where the rule lives.

    ``verified`` is the mark of the rule's row (V1, V2, K, C …); empty for house policy.
    """

    says: str
    cite: str = ""
    code: str = ""
    verified: str = ""
    field: str = ""


class Refused(Exception):
    """An expected refusal. Nothing was changed; ``problems`` holds every reason at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(" ".join(problem.says for problem in self.problems))


def refuse_if(problems: Sequence[Problem]) -> None:
    """Go on when there is no problem, else refuse with all of them."""
    if problems:
        raise Refused(problems)


def refuse(says: str, *, cite: str = "", code: str = "", field: str = "") -> Refused:
    """Return a refusal for a single reason, to be raised by the caller."""
    return Refused([Problem(says=says, cite=cite, code=code, field=field)])
