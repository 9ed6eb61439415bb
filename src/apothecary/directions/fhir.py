"""Directions as a FHIR R4 Dosage list: one Dosage a step.

Layout: HL7 FHIR R4 (4.0.1) Dosage and Timing; only what a step says is written, and what R4 has
no element for stands in ``additionalInstruction``, so that ``fhir_back.read_fhir`` returns the
same steps. An uncertain direction is sent as text only: no guess in a coded field.
"""

import re
from decimal import Decimal

from apothecary.directions.codings import codings
from apothecary.directions.direction import Directions, json_number
from apothecary.directions.english import english, english_cycle
from apothecary.directions.spanish import spanish
from apothecary.directions.step import Step

Json = dict[str, object]
DOSE_TYPE = "http://terminology.hl7.org/CodeSystem/dose-rate-type"
UCUM = "http://unitsofmeasure.org"
CLOCK = re.compile(r"at (1[0-2]|[1-9])(?::([0-5]\d))? (AM|PM)")
OFFSET = re.compile(
    r"(\d+) (minute|hour)s? (before|after) (meals|breakfast|lunch|dinner|bedtime)"
)
MINUTES = {"minute": 1, "hour": 60}
_NOON = 12


def fhir_dosage(directions: Directions, *, language: str = "english") -> list[Json]:
    """The Dosage list of a direction, ready for ``json.dumps``.

    ``patientInstruction`` is in the ``language`` of the patient, ``english`` or ``spanish``,
    English where no Spanish is to be had; ValueError for any other. Steps that go on together
    share their ``sequence``.
    """
    if language not in ("english", "spanish"):
        raise ValueError(f"language: {language!r} is neither english nor spanish")
    if not directions.certain:
        return [{"sequence": 1, "text": directions.text}]
    if not directions.steps:
        return [_said({"sequence": 1}, directions, (), language)]
    found: list[Json] = []
    for sequence, group in enumerate(directions.groups(), start=1):
        for step in group:
            dosage = _said({"sequence": sequence}, directions, (step,), language)
            dosage |= _coded(step)
            found.append(dosage)
    if directions.as_directed or directions.notes:
        _instruct(found[0], "as directed" if directions.as_directed else "")
        for note in directions.notes:
            _instruct(found[0], f"Note: {note}")
    return found


def _said(dosage: Json, whole: Directions, steps: tuple[Step, ...], language: str) -> Json:
    directed = whole.as_directed and not steps
    text = english(steps, as_directed=directed)
    local = spanish(steps, as_directed=directed) if language == "spanish" else ""
    return dosage | {"text": text, "patientInstruction": local or text}


def _coded(step: Step) -> Json:
    dosage: Json = {}
    for said in _extras(step):
        _instruct(dosage, said)
    timing = _timing(step)
    if timing:
        dosage["timing"] = {"repeat": timing}
    if step.as_needed:
        reason = step.as_needed_for
        key = "asNeededCodeableConcept" if reason else "asNeededBoolean"
        dosage[key] = {"text": reason} if reason else True
    if step.site:
        dosage["site"] = {"text": step.site}
    for key, kind, value in (("route", "route", step.route), ("method", "verb", step.verb)):
        if value:
            dosage[key] = _concept(kind, value)
    if step.dose_min is not None and step.dose_max is not None:
        dosage["doseAndRate"] = [_dose(step.dose_min, step.dose_max, step.dose_unit)]
    most = _most(step)
    if most:
        dosage["maxDosePerPeriod"] = most
    return dosage


def _concept(kind: str, value: str) -> Json:
    known = codings(kind).get(value)
    if known is None:
        return {"text": value}
    coding = {"system": known.system, "code": known.code, "display": known.display}
    return {"coding": [coding], "text": value}


def _dose(low: Decimal, high: Decimal, unit: str) -> Json:
    ordered = {"system": DOSE_TYPE, "code": "ordered", "display": "Ordered"}
    dose: Json = {"type": {"coding": [ordered]}}
    if low == high:
        return dose | {"doseQuantity": quantity(low, unit)}
    return dose | {"doseRange": {"low": quantity(low, unit), "high": quantity(high, unit)}}


def quantity(value: Decimal, unit: str) -> Json:
    """A quantity with its UCUM code; counted things as an annotation, ``{tablet}``."""
    if not unit:
        return {"value": json_number(value)}
    known = codings("unit").get(unit)
    code = known.code if known else f"{{{unit.replace(' ', '_')}}}"
    return {"value": json_number(value), "unit": unit, "system": UCUM, "code": code}


def _most(step: Step) -> Json:
    if step.max_per_day is not None:
        of, span, unit = (step.max_per_day, step.max_per_day_unit), 1, "day"
    elif step.limit is not None and step.limit_span is not None:
        of, span, unit = (step.limit, step.limit_unit), step.limit_span, step.limit_span_unit
    else:
        return {}
    return {"numerator": quantity(*of), "denominator": _length(span, unit)}


def _length(count: int, unit: str) -> Json:
    code = codings("span")[unit].code
    return {"value": count, "unit": unit, "system": UCUM, "code": code}


def _timing(step: Step) -> Json:
    repeat: Json = {}
    # A length of treatment would end what a cycle begins again.
    if step.duration is not None and not step.cyclic:
        repeat["boundsDuration"] = _length(step.duration, step.duration_unit)
    if step.once:
        repeat["count"] = 1
    elif step.doses is not None:
        repeat["count"] = step.doses
    repeat |= _rate(step)
    if step.weekdays:
        repeat["dayOfWeek"] = [day[:3].casefold() for day in step.weekdays]
    if _by_clock(step):
        repeat["timeOfDay"] = [_time(name) for name in step.when if CLOCK.fullmatch(name)]
    elif _events(step):
        repeat["when"] = _events(step)
        offset = _offset(step)
        if offset is not None:
            repeat["offset"] = offset
    return repeat


def _rate(step: Step) -> Json:
    if step.once or step.times_min is None or step.period_min is None:
        return {}
    if step.hours_min is not None and step.hours_max is not None:
        rate = _counted(1, 1, step.hours_min, step.hours_max, "hour")
    else:
        times, periods = step.times_max or 1, step.period_max or 1
        rate = _counted(step.times_min, times, step.period_min, periods, step.period_unit)
    return rate


def _counted(times: int, times_most: int, period: int, period_most: int, unit: str) -> Json:
    rate: Json = {"frequency": times, "period": period}
    if times_most != times:
        rate["frequencyMax"] = times_most
    if period_most != period:
        rate["periodMax"] = period_most
    return rate | {"periodUnit": codings("span")[unit].code}


def _time(name: str) -> str:
    found = CLOCK.fullmatch(name)
    if found is None:
        raise ValueError(f"{name!r} is no time of the day")
    hour = int(found[1]) % _NOON + (_NOON if found[3] == "PM" else 0)
    return f"{hour:02}:{found[2] or '00'}:00"


def _by_clock(step: Step) -> bool:
    """Whether clock times alone say when: R4 does not allow them beside events (tim-10)."""
    clock = [name for name in step.when if CLOCK.fullmatch(name)]
    return bool(clock) and not any(name in codings("when") for name in step.when)


def _offset(step: Step) -> int | None:
    """Minutes before or after the one event that is named; R4 has one offset for all."""
    found = _around(step)
    return int(found[1]) * MINUTES[found[2]] if found else None


def _around(step: Step) -> re.Match[str] | None:
    """The one span before or after an event; whole hours said in minutes stay words."""
    found = OFFSET.fullmatch(step.when[0]) if len(step.when) == 1 else None
    if found is None or not int(found[1]):
        return None
    hours = found[2] == "minute" and int(found[1]) % MINUTES["hour"] == 0
    return None if hours else found


def _events(step: Step) -> list[str]:
    """The codes of the events; none where a clock time stands beside them."""
    table = codings("when")
    if any(CLOCK.fullmatch(name) for name in step.when):
        return []
    offset = _around(step)
    if offset is None:
        known = [name for name in step.when if name in table]
        # Words stand after the codes: where they came first, all of it stays in words.
        in_order = list(step.when[: len(known)]) == known
        return [table[name].code for name in known] if in_order else []
    if offset[4] == "bedtime":
        # HS is before going to sleep; what comes after it has no code.
        return [table["at bedtime"].code] if offset[3] == "before" else []
    event = table.get(f"{offset[3]} {offset[4]}")
    return [event.code] if event else []


def _extras(step: Step) -> list[str]:
    """What R4 has no element for, each as a sentence or the words of the value itself."""
    said = [name for name in step.when if not _is_coded(name, step)]
    if step.purpose:
        said.append(f"for {step.purpose}")
    return said + _limits(step)


def _is_coded(name: str, step: Step) -> bool:
    if CLOCK.fullmatch(name) is not None:
        return _by_clock(step)
    return bool(_events(step)) and (_around(step) is not None or name in codings("when"))


def _limits(step: Step) -> list[str]:
    """A cycle, a second maximum, a repeat, and an end by doses beside a single dose."""
    said: list[str] = []
    if step.pause is not None:
        on, off = english_cycle(step)
        said.append(f"{on} on, {off} off")
    if step.max_per_day is not None and step.limit is not None:
        most = english(
            (
                Step(
                    limit=step.limit,
                    limit_unit=step.limit_unit,
                    limit_span=step.limit_span,
                    limit_span_unit=step.limit_span_unit,
                ),
            )
        )
        said.append(most.removeprefix("Use. "))
    if step.repeat_after_min is not None:
        again = Step(
            repeat_after_min=step.repeat_after_min,
            repeats=step.repeats,
            repeat_after_max=step.repeat_after_max,
            repeat_unit=step.repeat_unit,
        )
        said.append(english((again,)).removeprefix("Use. "))
    return said


def _instruct(dosage: Json, text: str) -> None:
    if text:
        before = dosage.get("additionalInstruction", [])
        listed = before if isinstance(before, list) else []
        dosage["additionalInstruction"] = [*listed, {"text": text}]
