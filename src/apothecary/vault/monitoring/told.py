"""A dispensing as JSON and back, and single elements of it as people type them. Pure."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import cast, get_type_hints

from apothecary.law.problem import refuse
from apothecary.wires.asap import (
    Additional,
    Dispensed,
    Dispensing,
    Patient,
    Prescriber,
)

Json = dict[str, dict[str, str | int]]
Part = Patient | Dispensed | Prescriber | Additional
Value = str | int | Decimal | date | time
PARTS: Mapping[str, type[Part]] = {
    "PAT": Patient,
    "DSP": Dispensed,
    "PRE": Prescriber,
    "AIR": Additional,
}
# The types of each segment's keys.
HINTS = {kind.__name__: get_type_hints(kind) for kind in PARTS.values()}
NAMES = {"PAT": "patient", "DSP": "dispensed", "PRE": "prescriber", "AIR": "additional"}


def to_json(one: Dispensing) -> Json:
    """What is said of a dispensing, by segment and key; what is empty is left out."""
    found: Json = {}
    for segment, name in NAMES.items():
        part = getattr(one, name)
        if part is None:
            continue
        said: dict[str, str | int] = {}
        for field in fields(part):
            value = getattr(part, field.name)
            if value in (None, "", ()):
                continue
            said[field.name] = value if isinstance(value, int) else plain(value)
        found[segment] = said
    return found


def plain(value: Value) -> str:
    """A value as JSON and people write it: days and times as ISO, amounts without exponent."""
    if isinstance(value, date | time):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def from_json(held: Json) -> Dispensing:
    """The dispensing of a JSON object that `to_json` made."""
    parts: dict[str, Part | None] = {}
    for segment, kind in PARTS.items():
        said = held.get(segment)
        values = {key: typed(kind, key, str(text)) for key, text in (said or {}).items()}
        parts[segment] = None if said is None else kind(**values)  # type: ignore[arg-type]  # typed by the hints of the same class
    return Dispensing(
        patient=cast(Patient, parts["PAT"]),
        dispensed=cast(Dispensed, parts["DSP"]),
        prescriber=cast("Prescriber | None", parts["PRE"]),
        additional=cast("Additional | None", parts["AIR"]),
    )


def typed(kind: type[Part], key: str, text: str) -> Value:
    """The value of a key. Raises ValueError when the text is none of its type."""
    asked = HINTS[kind.__name__][key]
    if asked is str:
        return text
    if asked == int | None:
        return int(text)
    if asked == date | None:
        return date.fromisoformat(text)
    if asked == time | None:
        return time.fromisoformat(text)
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"is no number: {text!r}") from None
    if not amount.is_finite():
        raise ValueError(f"is no number: {text!r}")
    return amount


def key_of(element: str) -> tuple[str, str]:
    """The segment and the key of an element: PRE02 is the prescriber's DEA number.

    Refuses what is no element of a dispensing.
    """
    segment, place = element[:3].upper(), element[3:]
    if segment in PARTS and place.isascii() and place.isdigit():
        keys = [one.name for one in fields(PARTS[segment]) if one.name != "more"]
        if 0 < int(place) <= len(keys):
            return segment, keys[int(place) - 1]
    raise refuse(f"{element!r} is no element of a record.", field="element", code="no-element")


def elements_of(one: Dispensing) -> list[tuple[str, str, str]]:
    """Every element that is said: its id, its name in words, its value."""
    held, rows = to_json(one), []
    for segment, said in held.items():
        for place, field in enumerate(fields(PARTS[segment]), 1):
            if field.name in said:
                words = field.name.replace("_", " ")
                rows.append((f"{segment}{place:02}", words, str(said[field.name])))
    return rows


def with_element(one: Dispensing, element: str, text: str) -> Dispensing:
    """The dispensing with one element as a person typed it; empty takes it out.

    Refuses what is no element and what is not of its type.
    """
    segment, key = key_of(element)
    if element[:5].upper() == "DSP01":
        says = "Whether a record is new, revised or void follows from what is done with it."
        raise refuse(says, field="element", code="not-by-hand")
    kind, value = PARTS[segment], text.strip()
    held = to_json(one)
    said = held.setdefault(segment, {})
    said.pop(key, None)
    if value:
        try:
            said[key] = plain(typed(kind, key, value))
        except ValueError as error:
            says = f"{element.upper()} ({key.replace('_', ' ')}): {error}."
            raise refuse(says, field="value", code="bad-value") from error
    made = from_json(held)
    return replace(made, ingredients=one.ingredients, others=one.others)
