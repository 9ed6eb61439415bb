"""How far ahead a sweep looks, when an area is due, and what is pulled. Pure.

Conventions of the field (mark C): shelves are gone through monthly, each area initialled; what
ends within 90 days is pulled, 180 days are looked at. The expiry is the last day of use.
"""

from datetime import date, timedelta
from decimal import Decimal

from apothecary.law.problem import Problem

AHEAD = (30, 90, 180)
SWEPT_EVERY_DAYS = 30
EXPIRED, SHORT_DATED = "expired", "short-dated"
REASONS = (EXPIRED, SHORT_DATED)


def reason_to_pull(expires_on: date, *, today: date) -> str:
    """Why a lot is pulled: past its last day, or soon."""
    return EXPIRED if expires_on < today else SHORT_DATED


def pull_problems(*, expires_on: date, free: Decimal, today: date) -> list[Problem]:
    """Why these units may not be pulled as outdates."""
    problems = []
    if expires_on > today + timedelta(days=AHEAD[-1]):
        says = (
            f"The lot is good until {expires_on:%m/%d/%Y}: it is no outdate. "
            "To set it aside, say why."
        )
        problems.append(Problem(says, code="not-short-dated"))
    if free <= 0:
        says = "Nothing of it is there that is not promised to a fill."
        problems.append(Problem(says, code="nothing-to-pull"))
    return problems


def ahead_problems(days: int) -> list[Problem]:
    """A sweep looks 30, 90 or 180 days ahead."""
    if days in AHEAD:
        return []
    return [Problem(f"A sweep looks {AHEAD} days ahead.", field="days", code="bad-days")]


def is_due(last_on: date | None, *, today: date) -> bool:
    """Whether an area is to be gone through now."""
    return last_on is None or last_on + timedelta(days=SWEPT_EVERY_DAYS) <= today
