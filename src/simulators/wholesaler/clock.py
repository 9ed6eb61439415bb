"""The wholesaler's calendar and watch: real, begun on a chosen day, or moved forward."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

MIDDAY = time(12)


@dataclass
class Clock:
    """Runs on from where it was set; nothing ever sets it back by itself."""

    shift: timedelta = field(default_factory=timedelta)

    def moment(self) -> datetime:
        """The instant, in UTC."""
        return datetime.now(UTC) + self.shift

    def today(self) -> date:
        """The day all papers are dated by."""
        return self.moment().date()

    def begin(self, day: date) -> None:
        """Make it midday of that day, and run on from there."""
        self.shift = datetime.combine(day, MIDDAY, tzinfo=UTC) - datetime.now(UTC)

    def catch_up(self, instant: float) -> None:
        """Be no earlier than that: books that go on never see time run back."""
        behind = instant - self.moment().timestamp()
        if behind > 0:
            self.shift += timedelta(seconds=behind)

    def advance(self, seconds: int) -> None:
        """Let time pass: everything due by then is due now."""
        self.shift += timedelta(seconds=seconds)
