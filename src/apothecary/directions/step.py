"""One step of a direction: what is done, how much, how often, for how long."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

_STRENGTHS = frozenset({"mg", "mcg", "mEq"})
_LOOSE = ("powder", "granul", "crystal")
_POWDER_G = 10
_SPREAD = frozenset({"topical", "vaginal", "rectal"})
_DAYS = {"day": 1, "week": 7}
HOURS_A_DAY = 24
# A dose "in both eyes" or "in each nostril" is given on each side.
_TWO_SIDES = frozenset({"both eyes", "both ears", "each nostril"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One typed step.

    Doses are in ``dose_unit`` (``tablet``, ``mL``, ``puff``, ``unit`` …). The dose is taken
    ``times_min`` to ``times_max`` times in ``period_min`` to ``period_max`` ``period_unit``;
    None means not stated. ``hours_min`` and ``hours_max`` remember that it was said as an
    interval. ``then`` marks a step that follows the one before it; without it both go on
    together. ``once`` is a single dose; ``doses`` ends the step after so many doses. ``limit``
    is a most for another span than one day. After ``duration`` follows a ``pause`` where it is
    used in cycles, and then the next cycle begins. A dose that may be repeated carries after
    how long (``repeat_after_*``) and how often at most (``repeats``, None when not said).
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

    @property
    def cyclic(self) -> bool:
        """Whether it goes on in cycles: so long with it, so long without."""
        return self.pause is not None

    @property
    def while_awake(self) -> bool:
        """Whether it is every so many hours of a day whose length nobody stated."""
        return self.hours_min is not None and "while awake" in self.when

    def cycle(self) -> tuple[int, int] | None:
        """The days with it and the days without; None where it has no cycle of known days."""
        if self.duration is None or self.pause is None:
            return None
        units = {self.duration_unit, self.pause_unit}
        if not units <= set(_DAYS):
            return None
        return self.duration * _DAYS[self.duration_unit], self.pause * _DAYS[self.pause_unit]

    def counts_product(self, form: str = "") -> bool:
        """Whether the dose is an amount of the product; a strength of its drug is not.

        A gram is product where it is spread or inserted, or taken of a powder; 1 g by mouth or
        by needle is so much drug, and how many tablets or vials hold it was not said. No
        tablet holds 10 g: so much by mouth is powder.
        """
        if self.dose_unit != "g":
            return self.dose_unit not in _STRENGTHS
        loose = any(part in form.casefold() for part in _LOOSE)
        if self.route == "oral" and self.dose_min is not None:
            loose = loose or self.dose_min >= _POWDER_G
        return loose or self.verb == "apply" or self.route in _SPREAD

    def days(self) -> int | None:
        """How many days the step lasts; None when it does not say or says it in months."""
        if self.once:
            return 1
        if self.duration is None or self.cyclic or self.duration_unit not in _DAYS:
            return None
        return self.duration * _DAYS[self.duration_unit]

    def most_a_time(self) -> Fraction | None:
        """The most of ``dose_unit`` used at one time, both sides where it goes into two."""
        if self.dose_max is None:
            return None
        return Fraction(self.dose_max) * (2 if self.site in _TWO_SIDES else 1)

    def most_a_day(self) -> Fraction | None:
        """The most of ``dose_unit`` in one day, exactly; None when that cannot be said.

        A month has no fixed number of days, and a dose every few minutes no daily number.
        """
        if self.once:
            return self.most_a_time()
        stated = self._stated_most()
        dose = self.most_a_time()
        if dose is None or self.times_max is None or self.period_min is None:
            return stated
        if self.while_awake:
            return stated
        if self.period_unit == "hour":
            reckoned = dose * self.times_max * HOURS_A_DAY / self.period_min
        elif self.period_unit in _DAYS:
            days = self.period_min * _DAYS[self.period_unit]
            reckoned = dose * self.times_max / days
        else:
            return stated
        return reckoned if stated is None else min(reckoned, stated)

    def exactly_a_day(self) -> Fraction | None:
        """The quantity of one day where it is fixed: no range, no need, no event."""
        ranged = (
            self.dose_min != self.dose_max
            or self.times_min != self.times_max
            or self.period_min != self.period_max
        )
        free = self.as_needed or self.once or self.times_min is None
        return None if ranged or free else self.most_a_day()

    def _stated_most(self) -> Fraction | None:
        if self.max_per_day is None:
            return None
        if self.max_per_day_unit == "dose":
            dose = self.most_a_time()
            return None if dose is None else dose * Fraction(self.max_per_day)
        return Fraction(self.max_per_day) if self.max_per_day_unit == self.dose_unit else None
