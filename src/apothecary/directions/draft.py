"""A direction in the making: each method takes in one thing that was said."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from apothecary.directions.agreeing import (
    BOTH_SIDES,
    COMPATIBLE,
    STRENGTHS,
    TOGETHER,
    clicks_beside,
    every_day_again,
    other_strength,
    same_dose,
    timing_of,
    two_places,
)
from apothecary.directions.english import number
from apothecary.directions.open_step import OpenStep
from apothecary.directions.times_of_day import is_event, slots
from apothecary.directions.timing import Timing, times_in

_WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Codes that are also words or other codes: they need an eye or an ear around them.
_SHORT_SITES = frozenset({"od", "os", "ou", "ad", "as", "au"})


@dataclass(slots=True)
class Draft:
    """Steps so far; the last one is being written."""

    form: str = ""
    drug: str = ""
    steps: list[OpenStep] = field(default_factory=lambda: [OpenStep()])
    questions: list[str] = field(default_factory=list)
    as_directed: bool = False
    short_sites: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    # The last day of the series so far, and the unit it is counted in.
    last_day: int = 0
    day_unit: str = "day"
    # Whether "day 1" and the like stand before their doses.
    days_lead: bool = False
    # The unit named without a number, and the strength said beside a dose, by step.
    named_unit: str = ""
    totals: set[int] = field(default_factory=set)
    concentrations: list[tuple[int, str]] = field(default_factory=list)
    strengths: dict[int, tuple[Decimal, Decimal, str]] = field(default_factory=dict)
    # Whether the words being read follow an "and".
    joined: bool = False
    # Steps taken to follow the one before without a word that says so.
    assumed: set[int] = field(default_factory=set)
    # Whether the place is only that of the step before: another one named takes over.
    carried_site: bool = False
    scale: bool = False
    # Whether it is asked how a taper goes on.
    taper: bool = False

    @property
    def step(self) -> OpenStep:
        """The step being written."""
        return self.steps[-1]

    @property
    def dosed(self) -> bool:
        """Whether the step being written has its dose."""
        return self.step.dose_min is not None

    @property
    def timed(self) -> bool:
        """Whether the step being written says how often, or when."""
        return self.step.timed or bool(self.step.when or self.step.weekdays)

    @property
    def settled(self) -> bool:
        """Whether the step being written has its dose and says when, so that another begins."""
        return self._settled()

    @property
    def going_on(self) -> bool:
        """Whether an "and" or "then" goes on after a whole dose: a number is the next one."""
        return self.joined and self._settled()

    @property
    def paused(self) -> bool:
        """Whether the step being written goes on in cycles."""
        return self.step.pause is not None

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
            self.step.verb = verb
        elif (self.step.verb, verb) in TOGETHER:
            self.step.verb = TOGETHER[self.step.verb, verb]
        elif verb not in (self.step.verb, "use") and not self._settled():
            self.ask(f"{self.step.verb.capitalize()} or {verb}?")
        elif self._settled() and verb != self.step.verb:
            self.not_understood(verb)

    def dose(self, low: Decimal, high: Decimal, unit: str) -> None:
        """Take in an amount: a dose, its strength in brackets, or the dose of a next step."""
        if "*" in unit:
            unit, factor = unit.split("*")
            low, high = low * Decimal(factor), high * Decimal(factor)
        if self.dosed and not self._settled() and self._beside(low, high, unit):
            return
        if self._settled():
            self._next_dose()
        if not 0 < low <= high:
            self.ask(f"A dose of {number(low)} to {number(high)} is not possible.")
        self.step.dose(low, high, unit or self._unit())

    def _beside(self, low: Decimal, high: Decimal, unit: str) -> bool:
        """Whether an amount beside a dose says no other dose; two that disagree are asked."""
        step = self.step
        if self._strength_of_dose(unit):
            self._note_strength(low, high, unit)
            return True
        if same_dose(step, low, high, unit) or clicks_beside(step, unit):
            return True
        if other_strength(step, low, high, unit):
            self.ask("Two doses are named by their strength: both, or which one?")
            return True
        if step.dose_unit in STRENGTHS:
            before = step.dose_min or low, step.dose_max or high
            self._note_strength(*before, step.dose_unit)
            if not self.named_unit:
                self.totals.add(len(self.steps) - 1)
            return False
        self.ask(f"Two doses are named: {number(step.dose_max or low)} and {number(high)}.")
        return True

    def give_unit(self, unit: str) -> None:
        """Take in the unit that follows a dose at some distance: "1 by mouth tablet"."""
        self.step.dose_unit = unit

    def concentration(self, text: str) -> None:
        """Take in a concentration: beside a dose it is harmless, alone it is no dose."""
        self.concentrations.append((len(self.steps) - 1, text))

    def timing(self, timing: Timing) -> None:
        """Take in how often; two that disagree are a question."""
        if self.step.once:
            self.ask("One time only, or repeated?")
            return
        if self.step.times_min is None:
            self.step.rate(timing)
            return
        if every_day_again(self.step, timing):
            return
        if not timing_of(self.step).same_rate(timing):
            self.ask("Two different frequencies are named: which one is meant?")

    def single(self) -> None:
        """Take in that it is one dose only."""
        if self.step.times_min is not None:
            self.ask("One time only, or repeated?")
            return
        self.step.once = True

    def when(self, value: str) -> None:
        """Take in a time of the day or a circumstance."""
        for name in value.split("|"):
            if self.joined and self.step.hours_min is not None and is_event(name):
                self.ask(f"Also {name}, or only then?")
            if name not in self.step.when:
                self.step.when = (*self.step.when, name)

    def another_time(self, value: str) -> None:
        """Take in a further time of the day that no "and" joins to the one before."""
        named = slots(self.step.when)
        if named and not slots((*self.step.when, *value.split("|"))) <= named:
            self.ask(f"{self.step.when[-1].capitalize()} or {value}: both?")
        self.when(value)

    def weekday(self, day: str) -> None:
        """Take in a day of the week."""
        if day not in self.step.weekdays:
            self.step.weekdays = (*self.step.weekdays, day)

    def weekday_span(self, first: str, last: str) -> None:
        """Take in every day from one to the other, over the week's end if need be."""
        start = _WEEK.index(first)
        count = (_WEEK.index(last) - start) % len(_WEEK) + 1
        for day in range(start, start + count):
            self.weekday(_WEEK[day % len(_WEEK)])

    def except_on(self, days: tuple[str, ...]) -> None:
        """Take in the days that are left out: it is for all the others."""
        daily = (self.step.times_min, self.step.times_max, self.step.period_unit)
        if self.step.weekdays or daily not in ((1, 1, "day"), (None, None, "")):
            self.ask(f"Which days of the week, if not {' and '.join(days)}?")
            return
        self.step.weekdays = tuple(day for day in _WEEK if day not in days)
        self.step.no_rate()

    def other_days(self) -> None:
        """Take in "all other days": those no earlier step has."""
        if timing_of(self.step).same_rate(times_in(1, 1, 2, "day")):
            self.when("on the other days")
            return
        taken = {day for step in self.steps[:-1] for day in step.weekdays}
        if self.step.weekdays or not taken:
            self.ask("Which are the other days?")
            return
        self.step.weekdays = tuple(day for day in _WEEK if day not in taken)

    def site(self, name: str) -> None:
        """Take in a place of the body; a second one that differs is a question."""
        if self.carried_site:
            self.step.site = ""
        self.carried_site = False
        if self.step.site not in ("", name, "affected area"):
            self.ask(f"Which one: {self.step.site} or {name}?")
        self.step.site = name

    def place_too(self, name: str) -> None:
        """Take in a further place of the body; right and left are both."""
        before = self.step.site
        if before and name not in before.split(" and "):
            self.step.site = BOTH_SIDES.get(frozenset({before, name})) or two_places(
                before, name
            )

    def route(self, value: str, text: str) -> None:
        """Take in the way and place; a second one that differs is a question."""
        name, _, site = value.partition("/")
        if text in _SHORT_SITES:
            self.short_sites.append(text)
        if self.carried_site and site and name == self.step.route:
            self.step.site = ""
        self.carried_site = False
        before = self.step
        if before.route in ("", name) or (before.route, name) in COMPATIBLE:
            if before.site and site and before.site != site:
                self.ask(f"Which one: {before.site} or {site}?")
            before.route, before.site = name, site or before.site
            if self.short_sites.count(text) > 1:
                self.not_understood(text)
        elif (name, before.route) not in COMPATIBLE:
            self.ask(f"Two routes are named: {before.route} and {name}.")

    def duration(self, count: int, unit: str) -> None:
        """Take in for how long; two that disagree are a question."""
        known = (self.step.duration, self.step.duration_unit)
        if known[0] is not None and known != (count, unit):
            self.ask(f"For how long: {known[0]} {known[1]}s or {count} {unit}s?")
            return
        self.step.duration, self.step.duration_unit = count, unit

    def cycle(self, on: int, on_unit: str, off: int, off_unit: str) -> None:
        """Take in how long it is used and then paused; two that disagree are a question."""
        known = (self.step.pause, self.step.pause_unit)
        if known[0] is not None and known != (off, off_unit):
            self.ask(f"For how long without it: {known[0]} {known[1]}s or {off} {off_unit}s?")
            return
        self.duration(on, on_unit)
        self.step.pause, self.step.pause_unit = off, off_unit

    def doses(self, count: int) -> None:
        """Take in after how many doses it ends; one dose by itself is taken once."""
        if count == 1 and not self.step.timed:
            self.single()
            return
        self.step.doses = count

    def on_days(self, first: int, last: int | None, unit: str = "day") -> None:
        """Take in numbered days or weeks; they must follow on from the step before.

        ``last`` None means from then on. Where they lead ("Day 1: 2 tablets") each begins a
        step; where they follow the dose they belong to it.
        """
        self.days_lead = self.days_lead or (not self.last_day and not self.dosed)
        if self.days_lead and self.dosed:
            self._add_step(then=True)
        if self.last_day and unit != self.day_unit:
            self._change_unit(unit)
        if first != self.last_day + 1 or (last is not None and last < first):
            name = unit.capitalize()
            self.ask(f"{name} {first} does not follow {unit} {self.last_day}.")
        if first > 1:
            self.step.then = True
            self.assumed.discard(len(self.steps) - 1)
        self.last_day, self.day_unit = last or first, unit
        if last is not None:
            self.duration(last - first + 1, unit)

    def most(self, amount: Decimal, unit: str) -> None:
        """Take in the most for one day; two that disagree are a question."""
        known = self.step.max_per_day
        if known is not None and known != amount:
            self.ask(f"Two maximums are named: {number(known)} and {number(amount)}.")
        self.step.max_per_day, self.step.max_per_day_unit = amount, unit

    def most_in(self, amount: Decimal, unit: str, span: int, span_unit: str) -> None:
        """Take in the most for another span than a day; two that disagree are a question."""
        said = (amount, unit, span, span_unit)
        step = self.step
        known = (step.limit, step.limit_unit, step.limit_span, step.limit_span_unit)
        if step.limit is not None and known != said:
            self.ask(f"Two maximums are named: {number(step.limit)} and {number(amount)}.")
        step.limit, step.limit_unit = amount, unit
        step.limit_span, step.limit_span_unit = span, span_unit

    def may_repeat(self, low: int, high: int, unit: str, times: int | None) -> None:
        """Take in after how long a dose may be repeated, and how often at most."""
        if self.step.repeat_after_min is not None:
            self.ask("After how long may it be repeated?")
        self.step.repeat_after_min, self.step.repeat_after_max = low, high
        self.step.repeat_unit, self.step.repeats = unit, times

    def again_later(self, count: int, unit: str) -> None:
        """Take in that the same dose is ordered once more, so much later."""
        if self.step.times_min is not None or self.step.as_needed:
            self.ask("One time only, or repeated?")
            return
        self.step.once = True
        names = f"{count} {unit}{'' if count == 1 else 's'} later"
        self.steps.append(replace(self.step, then=True, when=(names,)))

    def alternate(self, low: Decimal, high: Decimal, unit: str) -> None:
        """Take in the dose of the other days: each of the two every other day."""
        other = times_in(1, 1, 2, "day")
        self.timing(other)
        self._add_step(then=False)
        self.step.dose(low, high, unit or self._unit())
        self.step.when = ("on the other days",)
        self.timing(other)

    def note(self, text: str) -> None:
        """Keep words that change no dose."""
        if text and text not in self.notes:
            self.notes.append(text)

    def as_needed(self, reason: str) -> None:
        """Take in that it is used when needed, and what for."""
        known = self.step.as_needed_for or self.step.purpose
        self.step.as_needed, self.step.as_needed_for = True, reason or known
        self.step.purpose = ""

    def purpose(self, reason: str) -> None:
        """Take in what it is for."""
        if self.step.as_needed and not self.step.as_needed_for:
            self.as_needed(reason)
        else:
            self.step.purpose = reason

    def directed(self) -> None:
        """Take in "as directed"."""
        self.as_directed = True

    def then(self) -> None:
        """Begin a step that follows this one."""
        self._add_step(then=True)

    def _next_dose(self) -> None:
        """Another dose: after one with an end it is the next of a series, but for an "and"."""
        ends = self.step.duration is not None and not self.paused
        follows = ends and not self.joined
        self._add_step(then=follows)
        if follows:
            self.assumed.add(len(self.steps) - 1)

    def _add_step(self, *, then: bool) -> None:
        last = self.step
        self.carried_site = bool(last.site)
        self.steps.append(OpenStep(verb=last.verb, route=last.route, site=last.site, then=then))

    def _change_unit(self, unit: str) -> None:
        """Weeks counted after days: day 14 is the end of week 2."""
        days = self.last_day * (7 if self.day_unit == "week" else 1)
        self.last_day = days // 7 if unit == "week" else days

    def _note_strength(self, low: Decimal, high: Decimal, unit: str) -> None:
        self.strengths[len(self.steps) - 1] = (low, high, unit)

    def _unit(self) -> str:
        """The unit of the step before, where this one names none."""
        return self.steps[-2].dose_unit if len(self.steps) > 1 else ""

    def _settled(self) -> bool:
        step = self.step
        return self.dosed and bool(step.timed or step.when or step.weekdays or step.duration)

    def _strength_of_dose(self, unit: str) -> bool:
        return unit in STRENGTHS and self.step.dose_unit not in (STRENGTHS | {""})
