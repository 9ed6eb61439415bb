"""An incoming structured sig: read into typed steps, and compared with the free text.

The free text governs: what is coded serves to find a contradiction, and a contradiction is a
question, never a correction. What is coded in words that are not ours contradicts nothing.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from apothecary.directions.codings import codings, values
from apothecary.directions.direction import Directions
from apothecary.directions.english import english, number, unit_name
from apothecary.directions.english_words import ROUTE
from apothecary.directions.fhir_parts import unit_named, with_rate
from apothecary.directions.spanish_words import REASON, VERB, WEEKDAY
from apothecary.directions.step import HOURS_A_DAY, Step
from apothecary.directions.structured import ONCE

_PART = re.compile(r"([A-Za-z]+)(?:\[(\d+)\])?")
_EVERY = re.compile(r"every (\d+) ([a-z]+?)s?")
_PERIODS = frozenset({"minute", "hour", "day", "week", "month"})
# One may be called by the name of the other.
_ALIKE = (
    frozenset({"oral", "inhalation", "nebulization"}),
    frozenset({"topical", "transdermal"}),
)
_MOST_DIGITS = 8


@dataclass(slots=True)
class _Node:
    """An element by its path: its text, and what is below it in the order it was numbered."""

    text: str = ""
    below: dict[str, dict[int, "_Node"]] = field(default_factory=dict)

    def at(self, *names: str) -> "_Node":
        """The first element down that path; an empty one where there is none."""
        node = self
        for name in names:
            found = node.below.get(name)
            if not found:
                return _Node()
            node = found[min(found)]
        return node

    def each(self, name: str) -> list["_Node"]:
        """Every element of that name, in order."""
        found = self.below.get(name, {})
        return [found[place] for place in sorted(found)]


def read_structured(leaves: Iterable[tuple[str, str]]) -> Directions:
    """The typed value of a structured sig, from path and text of each of its values.

    Paths end in those of the standard below ``Sig``; siblings of one name are numbered from 1
    (``Instruction[2]/…``). Without an Instruction there are no steps. ``questions`` name each
    coded part that is not understood.
    """
    sig = _tree(leaves)
    questions: list[str] = []
    steps = [_step(one, questions) for one in sig.each("Instruction")]
    joined = [node.text.upper() for node in sig.each("MultipleInstructionModifier")]
    for place, how in enumerate(joined[: max(len(steps) - 1, 0)], start=1):
        steps[place] = replace(steps[place], then=how == "THEN")
        if how == "OR":
            questions.append("The coded directions offer a choice of two: which one?")
    if len(steps) == 1:
        for restriction in sig.each("MaximumDoseRestriction"):
            steps[0] = _most(steps[0], restriction)
    return Directions(
        text=sig.at("SigText").text, steps=tuple(steps), questions=tuple(questions)
    )


def structured_questions(
    leaves: Iterable[tuple[str, str]], directions: Directions
) -> tuple[str, ...]:
    """Each contradiction between a coded sig and the free text as it was read.

    Nothing is asked where one of the two is silent, or where the coded words are not ours.
    """
    coded = read_structured(leaves)
    if not coded.steps or not directions.steps:
        return ()
    if len(coded.steps) != len(directions.steps):
        said, sent = len(directions.steps), len(coded.steps)
        return (
            f"The text has {_count(said, 'step')}, the coded directions have {sent}: "
            f'"{english(coded.steps)}" Which is meant?',
        )
    found: dict[str, None] = {}
    for step, other in zip(directions.steps, coded.steps, strict=True):
        for what, first, second in _differences(step, other):
            found[f"{what}: the text says {first}, the coded directions {second}. Which?"] = (
                None
            )
    return tuple(found)


def _count(number_of: int, name: str) -> str:
    return f"{number_of} {name}" if number_of == 1 else f"{number_of} {name}s"


def _tree(leaves: Iterable[tuple[str, str]]) -> _Node:
    root = _Node()
    for path, text in leaves:
        if "/@" in path:
            continue
        names = path.strip("/").split("/")
        if "Sig" in names:
            names = names[names.index("Sig") + 1 :]
        node = root
        for name in names:
            found = _PART.fullmatch(name)
            if found is None:
                break
            siblings = node.below.setdefault(found[1], {})
            node = siblings.setdefault(int(found[2] or "1"), _Node())
        else:
            node.text = text.strip()
    return root


def _step(instruction: _Node, questions: list[str]) -> Step:
    dose = instruction.at("DoseAdministration")
    step = Step(
        verb=_known(dose.at("DoseDeliveryMethod"), "verb", VERB, questions),
        route=_known(dose.at("RouteOfAdministration"), "route", _ROUTES, questions),
        site=dose.at("SiteOfAdministration", "Text").text.casefold(),
    )
    step = _dosed(step, dose.at("Dosage"), questions)
    for timing in instruction.each("TimingAndDuration"):
        step = _timed(step, timing)
    precursor = instruction.at("IndicationForUse", "IndicationPrecursor", "Text").text
    said = instruction.at("IndicationForUse", "Indication", "Text").text
    reason = said if said in REASON else said.casefold()
    if "need" in precursor.casefold():
        return replace(step, as_needed=True, as_needed_for=reason)
    return replace(step, purpose=reason)


_ROUTES: Mapping[str, str] = {
    **{name: name for name in codings("route")},
    **{f"{name} route": name for name in codings("route")},
    **{words: name for name, words in ROUTE.items()},
}


def _known(part: _Node, kind: str, names: Iterable[str], questions: list[str]) -> str:
    """Our value of a coded part: by its text where that is ours, else by its code."""
    text, code = part.at("Text").text, part.at("Code").text
    if not text and not code:
        return ""
    plain = text.casefold()
    if plain in names:
        return _ROUTES.get(plain, plain) if kind == "route" else plain
    if code in values(kind):
        return values(kind)[code]
    questions.append(f"What does {text or code!r} in the coded directions mean?")
    return ""


def _dosed(step: Step, dosage: _Node, questions: list[str]) -> Step:
    amounts = [_decimal(node.text) for node in dosage.each("DoseQuantity")]
    known = [amount for amount in amounts if amount is not None]
    if not known or len(known) != len(amounts):
        return step
    part = dosage.at("DoseUnitOfMeasure")
    unit = values("script unit").get(part.at("Code").text, "")
    unit = unit or unit_named(part.at("Text").text)
    if not unit:
        questions.append(f"What does {part.at('Text').text!r} in the coded directions mean?")
    if dosage.at("DoseRangeModifier").text.upper() == "OR":
        # "1 or 2" is a choice between the two, and counts as what lies between them.
        known = sorted(known)
    return replace(step, dose_min=known[0], dose_max=known[-1], dose_unit=unit)


def _timed(step: Step, timing: _Node) -> Step:
    if timing.at("TimingClarifyingFreeText").text == ONCE:
        return replace(step, once=True)
    step = _rated(step, timing)
    administration = timing.at("AdministrationTiming")
    if administration.below:
        step = _event(step, administration)
    duration = timing.at("Duration")
    count = _whole(duration.at("DurationNumericValue").text)
    unit = _period(duration.at("DurationText"))
    if count is not None and unit == "dose":
        return replace(step, doses=count)
    if count is not None and unit in _PERIODS:
        return replace(step, duration=count, duration_unit=unit)
    return step


def _rated(step: Step, timing: _Node) -> Step:
    for name in ("Frequency", "Interval"):
        part = timing.at(name)
        span = [_whole(node.text) for node in part.each(f"{name}NumericValue")]
        unit = _period(part.at(f"{name}Units"))
        known = [count for count in span if count is not None]
        if not known or len(known) != len(span) or unit not in _PERIODS:
            continue
        if name == "Interval":
            return with_rate(step, 1, 1, known[0], known[-1], unit)
        every = _EVERY.fullmatch(timing.at("TimingClarifyingFreeText").text)
        periods = int(every[1]) if every and every[2] == unit else 1
        return with_rate(step, known[0], known[-1], periods, periods, unit)
    return step


def _event(step: Step, timing: _Node) -> Step:
    words = timing.at("AdministrationTimingClarifyingFreeText").text
    if not words:
        counts = [node.text for node in timing.each("AdministrationTimingNumericValue")]
        parts = [
            " to ".join(counts),
            timing.at("AdministrationTimingUnits", "Text").text,
            timing.at("AdministrationTimingModifier", "Text").text,
            timing.at("AdministrationTimingEvent", "Text").text,
        ]
        words = " ".join(part for part in parts if part)
    day = words.removeprefix("on ")
    if day in WEEKDAY:
        return replace(step, weekdays=(*step.weekdays, day))
    return replace(step, when=(*step.when, words))


def _most(step: Step, restriction: _Node) -> Step:
    name = "MaximumDoseRestriction"
    most = _decimal(restriction.at(f"{name}NumericValue").text)
    span = _whole(restriction.at(f"{name}DurationValue").text)
    per = _period(restriction.at(f"{name}DurationUnit"))
    part = restriction.at(f"{name}Units")
    unit = values("script unit").get(part.at("Code").text, "")
    unit = unit or unit_named(part.at("Text").text)
    if most is None or span is None or not unit:
        return step
    if (span, per) in ((1, "day"), (HOURS_A_DAY, "hour")):
        return replace(step, max_per_day=most, max_per_day_unit=unit)
    return replace(step, limit=most, limit_unit=unit, limit_span=span, limit_span_unit=per)


def _differences(step: Step, other: Step) -> Iterable[tuple[str, str, str]]:
    """What the two say differently, where both say it: of what, the text, the coded part."""
    doses = ((step.dose_min, step.dose_max), (other.dose_min, other.dose_max))
    comparable = step.dose_unit == other.dose_unit and None not in (doses[0] + doses[1])
    if comparable and doses[0] != doses[1]:
        yield "Dose", _dose(step), _dose(other)
    if step.route and other.route and not _same_route(step.route, other.route):
        yield "Route", step.route, other.route
    if step.timed and other.timed and _rates(step) != _rates(other):
        yield "How often", _often(step), _often(other)
    for name, first, second in (
        ("How long", _length(step), _length(other)),
        ("The most of a day", _most_said(step), _most_said(other)),
    ):
        if first and second and first != second:
            yield name, first, second
    if other.as_needed and not step.as_needed:
        yield "Need", "nothing of need", "only as needed"
    if step.site and other.site and step.site != other.site:
        yield "Place", step.site, other.site


def _same_route(first: str, second: str) -> bool:
    return first == second or any({first, second} <= alike for alike in _ALIKE)


def _dose(step: Step) -> str:
    low, high = step.dose_min or Decimal(0), step.dose_max or Decimal(0)
    span = number(low) if low == high else f"{number(low)} to {number(high)}"
    return f"{span} {unit_name(step.dose_unit, high)}".strip()


def _rates(step: Step) -> tuple[Fraction, Fraction] | None:
    """Fewest and most times in an hour, so that every 12 hours is twice a day."""
    hours = {"minute": Fraction(1, 60), "hour": Fraction(1), "day": Fraction(HOURS_A_DAY)}
    hours |= {"week": 7 * hours["day"], "month": 30 * hours["day"]}
    if step.once or step.times_min is None or step.period_unit not in hours:
        return None
    span = hours[step.period_unit]
    fewest = step.times_min / (span * (step.period_max or 1))
    return fewest, (step.times_max or step.times_min) / (span * (step.period_min or 1))


def _often(step: Step) -> str:
    said = english(
        (
            Step(
                times_min=step.times_min,
                times_max=step.times_max,
                period_min=step.period_min,
                period_max=step.period_max,
                period_unit=step.period_unit,
                hours_min=step.hours_min,
                hours_max=step.hours_max,
                once=step.once,
            ),
        )
    )
    return said.removeprefix("Use ").rstrip(".")


def _length(step: Step) -> str:
    return "" if step.duration is None else _count(step.duration, step.duration_unit)


def _most_said(step: Step) -> str:
    if step.max_per_day is None:
        return ""
    return f"{number(step.max_per_day)} {unit_name(step.max_per_day_unit, step.max_per_day)}"


def _period(part: _Node) -> str:
    code, text = part.at("Code").text, part.at("Text").text.casefold()
    if code in values("period"):
        return values("period")[code]
    return text if text in (*_PERIODS, "dose") else text.removesuffix("s")


def _decimal(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    fits = found.is_finite() and found > 0 and abs(found.adjusted()) < _MOST_DIGITS
    return found if fits else None


def _whole(text: str) -> int | None:
    found = _decimal(text)
    return int(found) if found is not None and found == int(found) else None
