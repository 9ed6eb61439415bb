"""The payer's calendar: the real day, or one that was set so that a run can be repeated."""

from dataclasses import dataclass
from datetime import UTC, date, datetime


@dataclass
class Clock:
    """The real day is UTC's: never behind any pharmacy in the United States."""

    fixed: date | None = None

    def today(self) -> date:
        """The day on which the payer decides."""
        return self.fixed or datetime.now(UTC).date()
