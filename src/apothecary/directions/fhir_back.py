"""A FHIR R4 Dosage list read back into typed steps.

What our own ``fhir_dosage`` wrote comes back the same. From anybody else, an element that is
not understood is a question, as an unknown word of a free text is: nothing is dropped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from apothecary.directions.codings import codings, values
from apothecary.directions.direction import Directions
from apothecary.directions.fhir_parts import (
    clock_of,
    decimal_of,
    is_sentence,
    minutes_said,
    unit_of,
    whole_of,
    with_rate,
    with_sentence,
)
from apothecary.directions.reading import read_directions
from apothecary.directions.spanish_patterns import when_in_spanish
from apothecary.directions.spanish_words import VERB
from apothecary.directions.step import Step

_DAYS = {
    name[:3].casefold(): name
    for name in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
}
_READ = frozenset(
    {
        *("sequence", "text", "patientInstruction", "additionalInstruction", "timing", "id"),
        *("asNeededBoolean", "asNeededCodeableConcept", "site", "route", "method"),
        *("doseAndRate", "maxDosePerPeriod"),
    }
)
_REPEAT_READ = frozenset(
    {
        *("boundsDuration", "count", "frequency", "frequencyMax", "period", "periodMax"),
        *("periodUnit", "dayOfWeek", "timeOfDay", "when", "offset"),
    }
)


def read_fhir(dosages: object, *, form: str = "", drug: str = "") -> Directions:
    """The typed value of a Dosage list, as parsed from JSON.

    A Dosage with a text alone is read as free text. ``questions`` name each element that is
    missing, wrong or not understood; nothing is raised for bad input.
    """
    if not isinstance(dosages, Sequence) or isinstance(dosages, str | bytes) or not dosages:
        return Directions(text="", questions=("dosageInstruction: it is no list of Dosage.",))
    text = " ".join(_text(one) for one in dosages).strip()
    if len(dosages) == 1 and isinstance(dosages[0], Mapping) and not _is_coded(dosages[0]):
        return read_directions(text, form=form, drug=drug)
    back = _Back()
    steps: list[Step] = []
    sequence: object = None
    for place, one in enumerate(dosages):
        if not isinstance(one, Mapping):
            back.ask("dosageInstruction", one)
            continue
        step = back.step(one)
        follows = place > 0 and one.get("sequence") != sequence
        steps.append(replace(step, then=follows))
        sequence = one.get("sequence")
    return Directions(
        text=text,
        steps=tuple(steps),
        questions=tuple(back.questions),
        as_directed=back.as_directed,
        notes=tuple(back.notes),
        form=form,
    )


def _text(one: object) -> str:
    found = one.get("text", "") if isinstance(one, Mapping) else ""
    return found if isinstance(found, str) else ""


def _is_coded(dosage: Mapping[str, object]) -> bool:
    return bool(set(dosage) - {"sequence", "text", "patientInstruction", "id"})


class _Back:
    """One pass over a list; it gathers what a person must be asked."""

    def __init__(self) -> None:
        self.questions: list[str] = []
        self.notes: list[str] = []
        self.as_directed = False

    def ask(self, element: str, value: object) -> None:
        """Note an element that is not understood, once."""
        question = f"{element}: what does {str(value)[:60]!r} mean?"
        if question not in self.questions:
            self.questions.append(question)

    def step(self, dosage: Mapping[str, object]) -> Step:
        for key in sorted(set(dosage) - _READ):
            self.ask(key, dosage[key])
        step = Step(
            verb=self._concept(dosage, "method", "verb"),
            route=self._concept(dosage, "route", "route"),
            site=self._words(dosage.get("site"), "site"),
        )
        step = self._dosed(step, dosage.get("doseAndRate"))
        step = self._timed(step, dosage.get("timing"))
        step = self._needed(step, dosage)
        step = self._limited(step, dosage.get("maxDosePerPeriod"))
        for text in self._list(dosage.get("additionalInstruction"), "additionalInstruction"):
            step = self._extra(step, self._words(text, "additionalInstruction"))
        if step.dose_min is None and step.verb != "apply":
            self.questions.append("doseAndRate: how much is one dose?")
        limited = step.as_needed and step.max_per_day is not None
        if not step.timed and not step.when and not limited:
            self.questions.append("timing: how often is it taken?")
        return step

    def _list(self, value: object, element: str) -> list[object]:
        if value is None:
            return []
        if not isinstance(value, list):
            self.ask(element, value)
            return []
        return value

    def _words(self, value: object, element: str) -> str:
        """The text of a concept; empty when there is none."""
        if value is None:
            return ""
        text = value.get("text") if isinstance(value, Mapping) else None
        if not isinstance(text, str) or not text.strip():
            self.ask(element, value)
            return ""
        return text.strip()

    def _concept(self, dosage: Mapping[str, object], element: str, kind: str) -> str:
        """Our value of a concept: by its text where that is ours, else by its code."""
        concept = dosage.get(element)
        if concept is None:
            return ""
        ours = codings(kind) if kind == "route" else VERB
        if isinstance(concept, Mapping):
            text = str(concept.get("text", "")).casefold()
            if text in ours:
                return text
            for one in self._list(concept.get("coding"), element):
                code = one.get("code") if isinstance(one, Mapping) else None
                if isinstance(code, str) and code in values(kind):
                    return values(kind)[code]
        self.ask(element, concept)
        return ""

    def _quantity(self, value: object, element: str) -> tuple[Decimal, str] | None:
        if not isinstance(value, Mapping):
            self.ask(element, value)
            return None
        number = decimal_of(value.get("value"))
        unit = unit_of(value)
        if number is None or number <= 0 or unit is None:
            self.ask(element, dict(value))
            return None
        return number, unit

    def _dosed(self, step: Step, rates: object) -> Step:
        listed = self._list(rates, "doseAndRate")
        if len(listed) > 1:
            self.ask("doseAndRate", listed)
        for one in listed[:1]:
            if not isinstance(one, Mapping) or set(one) - {"type", "doseQuantity", "doseRange"}:
                self.ask("doseAndRate", one)
                return step
            span = one.get("doseRange")
            if isinstance(span, Mapping):
                low = self._quantity(span.get("low"), "doseRange.low")
                high = self._quantity(span.get("high"), "doseRange.high")
            else:
                low = high = self._quantity(one.get("doseQuantity"), "doseQuantity")
            if low is None or high is None:
                return step
            if low[1] != high[1] or low[0] > high[0]:
                self.ask("doseRange", span)
                return step
            return replace(step, dose_min=low[0], dose_max=high[0], dose_unit=high[1])
        return step

    def _timed(self, step: Step, timing: object) -> Step:
        if timing is None:
            return step
        repeat = timing.get("repeat") if isinstance(timing, Mapping) else None
        if not isinstance(timing, Mapping) or not isinstance(repeat, Mapping):
            self.ask("timing", timing)
            return step
        for key in sorted(set(timing) - {"repeat"}):
            self.ask(f"timing.{key}", timing[key])
        for key in sorted(set(repeat) - _REPEAT_READ):
            self.ask(f"timing.repeat.{key}", repeat[key])
        step = self._bounded(self._rated(step, repeat), repeat)
        days = self._list(repeat.get("dayOfWeek"), "dayOfWeek")
        named = [_DAYS[str(day)] for day in days if str(day) in _DAYS]
        if len(named) != len(days):
            self.ask("dayOfWeek", days)
        return replace(step, weekdays=tuple(named), when=self._when(repeat))

    def _rated(self, step: Step, repeat: Mapping[str, object]) -> Step:
        given = {key: repeat[key] for key in ("frequency", "period", "periodUnit")
                 if key in repeat}  # fmt: skip
        if not given:
            return step
        unit = values("span").get(str(repeat.get("periodUnit")), "")
        low = whole_of(repeat.get("frequency", 1))
        period = whole_of(repeat.get("period"))
        high = whole_of(repeat.get("frequencyMax", repeat.get("frequency", 1)))
        longest = whole_of(repeat.get("periodMax", repeat.get("period")))
        known = None not in (low, period, high, longest)
        if not unit or not known or (low or 0) > (high or 0) or (period or 0) > (longest or 0):
            self.ask("timing.repeat", given)
            return step
        return with_rate(step, low or 1, high or 1, period or 1, longest or 1, unit)

    def _bounded(self, step: Step, repeat: Mapping[str, object]) -> Step:
        if "count" in repeat:
            count = whole_of(repeat["count"])
            if count is None:
                self.ask("count", repeat["count"])
            elif count == 1 and step.times_min is None:
                step = replace(step, once=True)
            else:
                step = replace(step, doses=count)
        if "boundsDuration" in repeat:
            span = self._span(repeat["boundsDuration"], "boundsDuration")
            if span is not None:
                step = replace(step, duration=span[0], duration_unit=span[1])
        return step

    def _span(self, value: object, element: str) -> tuple[int, str] | None:
        found = value if isinstance(value, Mapping) else {}
        count = whole_of(found.get("value"))
        unit = values("span").get(str(found.get("code")), "")
        if count is None or not unit:
            self.ask(element, value)
            return None
        return count, unit

    def _when(self, repeat: Mapping[str, object]) -> tuple[str, ...]:
        codes = self._list(repeat.get("when"), "when")
        known = [values("when").get(str(code), "") for code in codes]
        times = self._list(repeat.get("timeOfDay"), "timeOfDay")
        clock = [clock_of(time) for time in times]
        if "" in known or "" in clock or (known and clock):
            self.ask("timing.repeat", {"when": codes, "timeOfDay": times})
            return ()
        if "offset" not in repeat:
            return (*known, *clock)
        minutes = whole_of(repeat["offset"])
        if len(known) != 1 or minutes is None or clock:
            self.ask("offset", repeat["offset"])
            return ()
        event = "before bedtime" if known[0] == "at bedtime" else known[0]
        if not event.startswith(("before ", "after ")):
            self.ask("offset", repeat["offset"])
            return ()
        return (f"{minutes_said(minutes)} {event}",)

    def _needed(self, step: Step, dosage: Mapping[str, object]) -> Step:
        flag = dosage.get("asNeededBoolean")
        reason = self._words(dosage.get("asNeededCodeableConcept"), "asNeededCodeableConcept")
        if flag not in (None, True, False):
            self.ask("asNeededBoolean", flag)
        needed = flag is True or bool(reason)
        return replace(step, as_needed=needed, as_needed_for=reason)

    def _limited(self, step: Step, ratio: object) -> Step:
        if ratio is None:
            return step
        found = ratio if isinstance(ratio, Mapping) else {}
        most = self._quantity(found.get("numerator"), "maxDosePerPeriod")
        span = self._span(found.get("denominator"), "maxDosePerPeriod")
        if most is None or span is None:
            return step
        if span in ((1, "day"), (24, "hour")):
            return replace(step, max_per_day=most[0], max_per_day_unit=most[1])
        return replace(
            step, limit=most[0], limit_unit=most[1], limit_span=span[0], limit_span_unit=span[1]
        )

    def _extra(self, step: Step, text: str) -> Step:
        """Words beside the coded elements: ours by their form, all others are asked."""
        if text == "as directed":
            self.as_directed = True
        elif text.startswith("Note: "):
            self.notes.append(text.removeprefix("Note: "))
        elif text.startswith("for "):
            return replace(step, purpose=text.removeprefix("for "))
        elif is_sentence(text):
            return with_sentence(step, text)
        elif text and _is_circumstance(text):
            return replace(step, when=(*step.when, text))
        elif text:
            self.ask("additionalInstruction", text)
        return step


def _is_circumstance(text: str) -> bool:
    """Whether it is a time or circumstance we know: each of them has its Spanish."""
    try:
        return bool(when_in_spanish(text))
    except KeyError:
        return False
