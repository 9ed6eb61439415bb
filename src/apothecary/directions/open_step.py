"""A step while it is being read: everything of it may still change."""

from dataclasses import dataclass
from decimal import Decimal

from apothecary.directions.step import Step
from apothecary.directions.timing import Timing


@dataclass(slots=True, kw_only=True)
class OpenStep:
    """The fields of ``Step``, which says what they mean; ``closed`` makes one of them.

    A frozen step is copied whole for every word that adds to it, which was a third of the
    time of a reading.
    """

    verb: str = ""
    dose_min: Decimal | None = None
    dose_max: Decimal | None = None
    dose_unit: str = ""
    route: str = ""
    site: str = ""
    times_min: int | None = None
    times_max: int | None = None
    period_min: int | None = None
    period_max: int | None = None
    period_unit: str = ""
    hours_min: int | None = None
    hours_max: int | None = None
    when: tuple[str, ...] = ()
    weekdays: tuple[str, ...] = ()
    duration: int | None = None
    duration_unit: str = ""
    pause: int | None = None
    pause_unit: str = ""
    doses: int | None = None
    as_needed: bool = False
    as_needed_for: str = ""
    purpose: str = ""
    max_per_day: Decimal | None = None
    max_per_day_unit: str = ""
    limit: Decimal | None = None
    limit_unit: str = ""
    limit_span: int | None = None
    limit_span_unit: str = ""
    repeat_after_min: int | None = None
    repeat_after_max: int | None = None
    repeat_unit: str = ""
    repeats: int | None = None
    once: bool = False
    then: bool = False

    @property
    def timed(self) -> bool:
        """Whether it says how often."""
        return self.once or self.times_min is not None

    def dose(self, low: Decimal | None, high: Decimal | None, unit: str) -> None:
        """Set the amount of one dose."""
        self.dose_min, self.dose_max, self.dose_unit = low, high, unit

    def rate(self, timing: Timing) -> None:
        """Set how often."""
        self.times_min, self.times_max = timing.times_min, timing.times_max
        self.period_min, self.period_max = timing.period_min, timing.period_max
        self.period_unit = timing.period_unit
        self.hours_min, self.hours_max = timing.hours_min, timing.hours_max

    def rate_of(self, other: "OpenStep") -> None:
        """Set how often, and when, as another step has it."""
        self.times_min, self.times_max = other.times_min, other.times_max
        self.period_min, self.period_max = other.period_min, other.period_max
        self.period_unit = other.period_unit
        self.hours_min, self.hours_max = other.hours_min, other.hours_max
        self.when, self.weekdays = other.when, other.weekdays

    def no_rate(self) -> None:
        """Take back how often."""
        self.times_min = self.times_max = self.period_min = self.period_max = None
        self.period_unit = ""

    def closed(self) -> Step:
        """The step as it was read, which changes no more."""
        return Step(
            verb=self.verb,
            dose_min=self.dose_min,
            dose_max=self.dose_max,
            dose_unit=self.dose_unit,
            route=self.route,
            site=self.site,
            times_min=self.times_min,
            times_max=self.times_max,
            period_min=self.period_min,
            period_max=self.period_max,
            period_unit=self.period_unit,
            hours_min=self.hours_min,
            hours_max=self.hours_max,
            when=self.when,
            weekdays=self.weekdays,
            duration=self.duration,
            duration_unit=self.duration_unit,
            pause=self.pause,
            pause_unit=self.pause_unit,
            doses=self.doses,
            as_needed=self.as_needed,
            as_needed_for=self.as_needed_for,
            purpose=self.purpose,
            max_per_day=self.max_per_day,
            max_per_day_unit=self.max_per_day_unit,
            limit=self.limit,
            limit_unit=self.limit_unit,
            limit_span=self.limit_span,
            limit_span_unit=self.limit_span_unit,
            repeat_after_min=self.repeat_after_min,
            repeat_after_max=self.repeat_after_max,
            repeat_unit=self.repeat_unit,
            repeats=self.repeats,
            once=self.once,
            then=self.then,
        )
