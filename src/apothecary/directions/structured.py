"""Directions as the structured sig of NCPDP SCRIPT 2017071.

Element names as public senders and receivers use them (VA VistA's eRx reader, a published style
sheet of the Sig); the standard's own schema is not public and was not at hand. Codes only where
``codings.csv`` has a source for one: everything else goes out as text. The free text governs.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

from lxml import etree

from apothecary.directions.codings import codings
from apothecary.directions.direction import Directions
from apothecary.directions.english import english, english_cycle, number
from apothecary.directions.step import Step

# Lengths of SigText and ClarifyingFreeText in the standard.
LONGEST_TEXT = 1000
_LONGEST_CLARIFYING = 255
_SNOMED_VERSION = "20170131"
_FMT_VERSION = "16.03d"
_QUALIFIER = {"script unit": "DoseUnitOfMeasure"}
TIMING = re.compile(
    r"(?:(\d+)(?: to (\d+))? ([a-z]+) )?(before|after|with|at|in the|on|between) (.+)"
)
ONCE = "one time only"


def structured_sig(directions: Directions) -> etree._Element:
    """The ``Sig`` element of a direction.

    An uncertain direction has its ``SigText`` alone. ValueError when the text is longer than
    the standard's 1000 characters.
    """
    text = directions.english() if directions.certain else directions.text
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise ValueError(f"SigText: {len(text)} characters, it may have 1 to {LONGEST_TEXT}")
    sig = etree.Element("Sig")
    _leaf(sig, "SigText", text)
    if not directions.certain or not directions.steps:
        return sig
    system = etree.SubElement(sig, "CodeSystem")
    _leaf(system, "SNOMEDVersion", _SNOMED_VERSION)
    _leaf(system, "FMTVersion", _FMT_VERSION)
    for place, step in enumerate(directions.steps):
        if place:
            _leaf(sig, "MultipleInstructionModifier", "THEN" if step.then else "AND")
        _instruction(sig, step)
    for step in directions.steps:
        _maximums(sig, step)
    _clarify(sig, directions)
    return sig


def _leaf(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = text


def _coded(parent: etree._Element, name: str, kind: str, value: str) -> None:
    """A Text with Qualifier and Code, where a source gives the code."""
    part = etree.SubElement(parent, name)
    _leaf(part, "Text", value)
    known = codings(kind).get(value)
    if known is not None:
        _leaf(part, "Qualifier", _QUALIFIER.get(kind, "SNOMED"))
        _leaf(part, "Code", known.code)


def _text(parent: etree._Element, name: str, value: str) -> None:
    _leaf(etree.SubElement(parent, name), "Text", value)


def _instruction(sig: etree._Element, step: Step) -> None:
    instruction = etree.SubElement(sig, "Instruction")
    dose = etree.SubElement(instruction, "DoseAdministration")
    if step.verb:
        _coded(dose, "DoseDeliveryMethod", "verb", step.verb)
    if step.dose_min is not None and step.dose_max is not None:
        _dosage(dose, step.dose_min, step.dose_max, step.dose_unit)
    if step.route:
        _coded(dose, "RouteOfAdministration", "route", step.route)
    if step.site:
        _text(dose, "SiteOfAdministration", step.site)
    for name in step.when:
        _administration(instruction, name)
    for day in step.weekdays:
        _administration(instruction, f"on {day}")
    _rate(instruction, step)
    _duration(instruction, step)
    _indication(instruction, step)


def _dosage(parent: etree._Element, low: Decimal, high: Decimal, unit: str) -> None:
    dosage = etree.SubElement(parent, "Dosage")
    _leaf(dosage, "DoseQuantity", _plain(low))
    _coded(dosage, "DoseUnitOfMeasure", "script unit", unit)
    if low != high:
        _leaf(dosage, "DoseRangeModifier", "TO")
        _leaf(dosage, "DoseQuantity", _plain(high))
        _coded(dosage, "DoseUnitOfMeasure", "script unit", unit)


def _timing(instruction: etree._Element, name: str) -> etree._Element:
    timing = etree.SubElement(instruction, "TimingAndDuration")
    return etree.SubElement(timing, name)


def _administration(instruction: etree._Element, name: str) -> None:
    """A time of the day or an event: 30 minutes before breakfast, at bedtime, on Monday."""
    timing = _timing(instruction, "AdministrationTiming")
    found = TIMING.fullmatch(name)
    if found is None:
        _leaf(timing, "AdministrationTimingClarifyingFreeText", name)
        return
    low, high, unit, modifier, event = found.groups()
    if low:
        _leaf(timing, "AdministrationTimingNumericValue", low)
        if high:
            _leaf(timing, "VariableAdministrationTimingModifier", "TO")
            _leaf(timing, "AdministrationTimingNumericValue", high)
        _text(timing, "AdministrationTimingUnits", unit)
    _text(timing, "AdministrationTimingModifier", modifier)
    _text(timing, "AdministrationTimingEvent", event)


def _rate(instruction: etree._Element, step: Step) -> None:
    if step.once:
        frequency = _timing(instruction, "Frequency")
        _numbers(frequency, "Frequency", (1, 1), "")
        _leaf(_parent(frequency), "TimingClarifyingFreeText", ONCE)
    elif step.hours_min is not None and step.hours_max is not None:
        interval = _timing(instruction, "Interval")
        _numbers(interval, "Interval", (step.hours_min, step.hours_max), "hour")
    elif step.times_min is not None and step.times_max is not None:
        _times(instruction, step, (step.times_min, step.times_max))


def _times(instruction: etree._Element, step: Step, times: tuple[int, int]) -> None:
    periods = (step.period_min or 1, step.period_max or 1)
    if times == (1, 1) and periods != (1, 1):
        _numbers(_timing(instruction, "Interval"), "Interval", periods, step.period_unit)
        return
    frequency = _timing(instruction, "Frequency")
    _numbers(frequency, "Frequency", times, step.period_unit)
    if periods != (1, 1):
        # A frequency is per one unit: so many in two weeks has only words.
        span = f"every {periods[0]} {step.period_unit}s"
        _leaf(_parent(frequency), "TimingClarifyingFreeText", span)


def _parent(element: etree._Element) -> etree._Element:
    found = element.getparent()
    return element if found is None else found


def _numbers(parent: etree._Element, name: str, span: tuple[int, int], unit: str) -> None:
    _leaf(parent, f"{name}NumericValue", str(span[0]))
    if span[0] != span[1]:
        _leaf(parent, f"Variable{name}Modifier", "TO")
        _leaf(parent, f"{name}NumericValue", str(span[1]))
    if unit:
        _coded(parent, f"{name}Units", "period", unit)


def _duration(instruction: etree._Element, step: Step) -> None:
    # A length of treatment would end what a cycle begins again.
    length = None if step.cyclic else step.duration
    ends = [(length, step.duration_unit), (step.doses, "dose")]
    for count, unit in ends:
        if count is not None:
            duration = _timing(instruction, "Duration")
            _leaf(duration, "DurationNumericValue", str(count))
            _coded(duration, "DurationText", "period", unit)


def _indication(instruction: etree._Element, step: Step) -> None:
    if not step.as_needed and not step.purpose:
        return
    indication = etree.SubElement(instruction, "IndicationForUse")
    reason = step.as_needed_for if step.as_needed else step.purpose
    before = "as needed" if step.as_needed else ""
    precursor = f"{before} for".strip() if reason else before
    _text(indication, "IndicationPrecursor", precursor)
    if reason:
        _text(indication, "Indication", reason)


def _maximums(sig: etree._Element, step: Step) -> None:
    if step.max_per_day is not None:
        _maximum(sig, step.max_per_day, step.max_per_day_unit, (1, "day"))
    if step.limit is not None and step.limit_span is not None:
        _maximum(sig, step.limit, step.limit_unit, (step.limit_span, step.limit_span_unit))


def _maximum(sig: etree._Element, most: Decimal, unit: str, span: tuple[int, str]) -> None:
    found = etree.SubElement(sig, "MaximumDoseRestriction")
    _leaf(found, "MaximumDoseRestrictionNumericValue", _plain(most))
    _coded(found, "MaximumDoseRestrictionUnits", "script unit", unit)
    _leaf(found, "MaximumDoseRestrictionDurationValue", str(span[0]))
    _coded(found, "MaximumDoseRestrictionDurationUnit", "period", span[1])


def _clarify(sig: etree._Element, directions: Directions) -> None:
    """What has no element: cycles, repeats, "as directed", notes, as far as there is room."""
    said = [_cycle(step) for step in directions.steps if step.cyclic]
    said += [_again(step) for step in directions.steps]
    said += ["Use as directed."] if directions.as_directed else []
    said += [f"Note: {note}." for note in directions.notes]
    text = " ".join(part for part in said if part)
    if text and len(text) <= _LONGEST_CLARIFYING:
        _leaf(sig, "ClarifyingFreeText", text)


def _cycle(step: Step) -> str:
    on, off = english_cycle(step)
    return f"{on} on, {off} off."


def _again(step: Step) -> str:
    if step.repeat_after_min is None:
        return ""
    again = Step(
        repeat_after_min=step.repeat_after_min,
        repeat_after_max=step.repeat_after_max,
        repeat_unit=step.repeat_unit,
        repeats=step.repeats,
    )
    return english((again,)).removeprefix("Use. ")


def _plain(value: Decimal) -> str:
    return number(value).replace(",", "")


def sig_leaves(sig: etree._Element) -> list[tuple[str, str]]:
    """Path and text of every value under a ``Sig``; siblings of one name are numbered."""
    return list(_leaves(sig, ""))


def _leaves(element: etree._Element, path: str) -> Sequence[tuple[str, str]]:
    names = [str(child.tag) for child in element]
    if not names:
        return [(path, (element.text or "").strip())]
    found: list[tuple[str, str]] = []
    seen: dict[str, int] = {}
    for child, name in zip(element, names, strict=True):
        seen[name] = seen.get(name, 0) + 1
        step = f"{name}[{seen[name]}]" if names.count(name) > 1 else name
        found.extend(_leaves(child, f"{path}/{step}"))
    return found
