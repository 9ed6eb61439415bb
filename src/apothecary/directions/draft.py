"""A direction in the making: each method takes in one thing that was said."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from apothecary.directions.english import number
from apothecary.directions.step import Step
from apothecary.directions.timing import Timing

_STRENGTHS = frozenset({"mg", "mcg", "g"})
# Codes that are also words or other codes: they need an eye or an ear around them.
_SHORT_SITES = frozenset({"od", "os", "ou", "ad", "as", "au"})


@dataclass(slots=True)
class Draft:
    """Steps so far; the last one is being written."""

    form: str = ""
    steps: list[Step] = field(default_factory=lambda: [Step()])
    questions: list[str] = field(default_factory=list)
    as_directed: bool = False
    short_sites: list[str] = field(default_factory=list)
    last_day: int = 0
    # Whether the words being read follow an "and".
    joined: bool = False
    # Steps taken to follow the one before without a word that says so.
    assumed: set[int] = field(default_factory=set)
    # Whether the place is only that of the step before: another one named takes over.
    carried_site: bool = False

    @property
    def step(self) -> Step:
        """The step being written."""
        return self.steps[-1]

    @step.setter
    def step(self, step: Step) -> None:
        self.steps[-1] = step

    @property
    def dosed(self) -> bool:
        """Whether the step being written has its dose."""
        return self.step.dose_min is not None

    @property
    def timed(self) -> bool:
        """Whether the step being written says how often, or when."""
        return self.step.timed or bool(self.step.when or self.step.weekdays)

    def ask(self, question: str) -> None:
        """Note an open question, once."""
        if question not in self.questions:
            self.questions.append(question)

    def not_understood(self, text: str) -> None:
        """Note a word that no rule accounts for."""
        self.ask(f"What does {text!r} mean?")

    def verb(self, verb: str) -> None:
        """Take in what is done; a second clause repeats it or says no new dose."""
        if not self.step.verb:
            self.step = replace(self.step, verb=verb)
        elif (self.step.verb, verb) == ("mix", "take"):
            return
        elif verb not in (self.step.verb, "use") and not self._settled():
            self.ask(f"{self.step.verb.capitalize()} or {verb}?")
        elif self._settled() and verb != self.step.verb:
            self.not_understood(verb)

    def dose(self, low: Decimal, high: Decimal, unit: str) -> None:
        """Take in an amount: a dose, its strength in brackets, or the dose of a next step."""
        if "*" in unit:
            unit, factor = unit.split("*")
            low, high = low * Decimal(factor), high * Decimal(factor)
        if self.dosed and self._strength_of_dose(unit):
            return
        if self._same_dose(low, high, unit):
            return
        if self.dosed and not self._settled() and self.step.dose_unit not in _STRENGTHS:
            self.ask(
                f"Two doses are named: {number(self.step.dose_max or low)} and {number(high)}."
            )
            return
        if self.dosed and self._settled():
            self._next_dose()
        if not 0 < low <= high:
            self.ask(f"A dose of {number(low)} to {number(high)} is not possible.")
        self.step = replace(
            self.step, dose_min=low, dose_max=high, dose_unit=unit or self._unit()
        )

    def timing(self, timing: Timing) -> None:
        """Take in how often; two that disagree are a question."""
        if self.step.once:
            self.ask("One time only, or repeated?")
            return
        if self.step.times_min is None:
            self._time(timing)
            return
        if not _timing_of(self.step).same_rate(timing):
            self.ask("Two different frequencies are named: which one is meant?")

    def single(self) -> None:
        """Take in that it is one dose only."""
        if self.step.times_min is not None:
            self.ask("One time only, or repeated?")
            return
        self.step = replace(self.step, once=True)

    def when(self, value: str) -> None:
        """Take in a time of the day or a circumstance."""
        for name in value.split("|"):
            if name not in self.step.when:
                self.step = replace(self.step, when=(*self.step.when, name))

    def weekday(self, day: str) -> None:
        """Take in a day of the week."""
        if day not in self.step.weekdays:
            self.step = replace(self.step, weekdays=(*self.step.weekdays, day))

    def route(self, value: str, text: str) -> None:
        """Take in the way and place; a second one that differs is a question."""
        name, _, site = value.partition("/")
        if text in _SHORT_SITES:
            self.short_sites.append(text)
        if self.carried_site and site and name == self.step.route:
            self.step = replace(self.step, site="")
        self.carried_site = False
        before = self.step
        if before.route in ("", name) or (before.route, name) in _COMPATIBLE:
            if before.site and site and before.site != site:
                self.ask(f"Which one: {before.site} or {site}?")
            self.step = replace(before, route=name, site=site or before.site)
            if before.route == name and text in _SHORT_SITES:
                self.not_understood(text)
        elif (name, before.route) not in _COMPATIBLE:
            self.ask(f"Two routes are named: {before.route} and {name}.")

    def duration(self, count: int, unit: str) -> None:
        """Take in for how long; two that disagree are a question."""
        known = (self.step.duration, self.step.duration_unit)
        if known[0] is not None and known != (count, unit):
            self.ask(f"For how long: {known[0]} {known[1]}s or {count} {unit}s?")
            return
        self.step = replace(self.step, duration=count, duration_unit=unit)

    def doses(self, count: int) -> None:
        """Take in after how many doses it ends; one dose by itself is taken once."""
        if count == 1 and not self.step.timed:
            self.single()
            return
        self.step = replace(self.step, doses=count)

    def on_days(self, first: int, last: int) -> None:
        """Take in numbered days; they must follow on from the step before."""
        if first != self.last_day + 1 or last < first:
            self.ask(f"Day {first} does not follow day {self.last_day}.")
        if first > 1:
            self.step = replace(self.step, then=True)
            self.assumed.discard(len(self.steps) - 1)
        self.last_day = last
        self.duration(last - first + 1, "day")

    def most(self, amount: Decimal, unit: str) -> None:
        """Take in the most for one day; two that disagree are a question."""
        known = self.step.max_per_day
        if known is not None and known != amount:
            self.ask(f"Two maximums are named: {number(known)} and {number(amount)}.")
        self.step = replace(self.step, max_per_day=amount, max_per_day_unit=unit)

    def as_needed(self, reason: str) -> None:
        """Take in that it is used when needed, and what for."""
        self.step = replace(
            self.step, as_needed=True, as_needed_for=reason or self.step.as_needed_for
        )

    def purpose(self, reason: str) -> None:
        """Take in what it is for."""
        if self.step.as_needed and not self.step.as_needed_for:
            self.as_needed(reason)
        else:
            self.step = replace(self.step, purpose=reason)

    def directed(self) -> None:
        """Take in "as directed"."""
        self.as_directed = True

    def then(self) -> None:
        """Begin a step that follows this one."""
        self._add_step(then=True)

    def _next_dose(self) -> None:
        """Another dose: after one with an end it is the next of a series, but for an "and"."""
        follows = self.step.duration is not None and not self.joined
        self._add_step(then=follows)
        if follows:
            self.assumed.add(len(self.steps) - 1)

    def _add_step(self, *, then: bool) -> None:
        last = self.step
        self.carried_site = bool(last.site)
        self.steps.append(Step(verb=last.verb, route=last.route, site=last.site, then=then))

    def _unit(self) -> str:
        """The unit of the step before, where this one names none."""
        return self.steps[-2].dose_unit if len(self.steps) > 1 else ""

    def _settled(self) -> bool:
        step = self.step
        return self.dosed and bool(step.timed or step.when or step.weekdays or step.duration)

    def _strength_of_dose(self, unit: str) -> bool:
        return unit in _STRENGTHS and self.step.dose_unit not in (_STRENGTHS | {""})

    def _same_dose(self, low: Decimal, high: Decimal, unit: str) -> bool:
        """The dose said twice: "5 mL (1 teaspoonful)"."""
        step = self.step
        return not self._settled() and (step.dose_min, step.dose_max, step.dose_unit) == (
            low,
            high,
            unit,
        )

    def _time(self, timing: Timing) -> None:
        self.step = replace(
            self.step,
            times_min=timing.times_min,
            times_max=timing.times_max,
            period_min=timing.period_min,
            period_max=timing.period_max,
            period_unit=timing.period_unit,
            hours_min=timing.hours_min,
            hours_max=timing.hours_max,
        )


# The first named may be made more exact by the second.
_COMPATIBLE = frozenset(
    {
        ("topical", "transdermal"),
        ("oral", "inhalation"),
        ("inhalation", "nebulization"),
        ("oral", "nebulization"),
    }
)


def _timing_of(step: Step) -> Timing:
    return Timing(
        times_min=step.times_min or 1,
        times_max=step.times_max or 1,
        period_min=step.period_min or 1,
        period_max=step.period_max or 1,
        period_unit=step.period_unit,
    )
