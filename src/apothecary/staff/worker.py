"""The worker: somebody at a work station, now, with the rights that go with it."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from apothecary.law.problem import Problem
from apothecary.staff.duties import PHARMACISTS, Duty, Role, Standing, duty_problems


class NotAllowed(Exception):
    """Somebody tried what is not theirs to do; answered 403 and written in the journal."""

    def __init__(self, duty: Duty, problems: list[Problem]) -> None:
        self.duty = duty
        self.problems = problems
        super().__init__(" ".join(problem.says for problem in problems))


@dataclass(frozen=True, slots=True)
class Worker:
    """Who acts, where and when. Time enters an action through ``at`` and ``today`` only."""

    pharmacy_id: int
    person_id: int | None
    name: str
    initials: str
    role: Role
    station: str
    at: datetime
    today: date
    standing: Standing
    session_id: int | None = None
    # The pharmacist whose PIN countersigned the next step, where the duty needs one.
    signed_by: str = ""

    def may(self, duty: Duty) -> bool:
        """Whether the table lets this worker do it today."""
        return not duty_problems(self.standing, duty, on=self.today)

    def must(self, duty: Duty) -> None:
        """Go on when the table allows it, else stop with every reason."""
        problems = duty_problems(self.standing, duty, on=self.today)
        if problems:
            raise NotAllowed(duty, problems)

    @property
    def somebody(self) -> int:
        """The person behind the worker; the house's own worker is nobody and may not."""
        if self.person_id is None:
            raise LookupError("the house itself has no session, PIN or shift")
        return self.person_id

    @property
    def is_pharmacist(self) -> bool:
        return self.role in PHARMACISTS

    def at_time(self, at: datetime, today: date) -> "Worker":
        """The same worker at another instant."""
        return replace(self, at=at, today=today)
