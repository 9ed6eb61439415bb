"""The payer's calendar and watch: the real ones, or a day set so that a run can be repeated."""

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime


@dataclass
class Clock:
    """The real day is UTC's: never behind any pharmacy in the United States."""

    fixed: date | None = None

    def today(self) -> date:
        """The day on which the payer decides."""
        return self.fixed or datetime.now(UTC).date()

    def now(self) -> float:
        """The watch, in seconds: what is decided later is decided by it."""
        return time.time()

    def moment(self) -> datetime:
        """The hour of the watch on the day of the calendar."""
        return datetime.combine(self.today(), datetime.now(UTC).time(), tzinfo=UTC)
