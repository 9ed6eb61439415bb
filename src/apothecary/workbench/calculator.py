"""The calculator: find a calculation by words, fill in its inputs, read the working.

Everything is in the address, so that a page can be kept, sent and gone back to; nothing is
written down, no patient is on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apothecary.arithmetic.amounts import with_unit
from apothecary.arithmetic.numerals import read_number, written
from apothecary.arithmetic.paper import TITLES
from apothecary.arithmetic.reading import Refused
from apothecary.arithmetic.reckoning import Answer, reckon
from apothecary.arithmetic.table import (
    Asked,
    Calculation,
    Kind,
    calculation_of,
    limits,
    search,
)
from apothecary.law.problem import Problem
from apothecary.workbench.calculator_picture import alligation_square

ROWS = 50
FAR = 100_000
# Behind an input's name, the name of the field in which its unit is chosen.
UNIT = "-unit"
HINTS = {
    "list": "one after the other, separated by commas",
    "taper": "tablets in a day x days, as 4x3, 3x3, 2x3",
    "date": "as 2026-06-14 or 06/14/2026",
}
YES_OR_NO = [("", "—"), ("yes", "yes"), ("no", "no")]
Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """One input of the form, with what was typed and what is wrong with it."""

    name: str
    label: str
    value: str
    unit: str
    units: list[tuple[str, str]]
    choices: list[tuple[str, str]] | None
    hint: str
    problems: list[Problem]


def calculator(request: HttpRequest) -> HttpResponse:
    """The list of calculations, or the one that was chosen, reckoned when it was filled in."""
    typed = request.GET.dict()
    chosen = calculation_of(typed.get("of", ""))
    if chosen is None:
        # Enter in the search lands on the best hit; while somebody types, focus stays there.
        landed = "q" in typed and "HX-Request" not in request.headers
        facts = found(typed.get("q", "")) | {"landed": landed}
        return render(request, "workbench/calculations.html", facts)
    return render(request, "workbench/calculator.html", page(chosen, typed))


def found(words: str) -> dict[str, object]:
    """The calculations that fit the words, the best first, at most fifty."""
    rows = search(words)
    return {"rows": rows[:ROWS], "asked": words, "total": len(rows), "titles": TITLES}


def page(chosen: Calculation, typed: Typed) -> dict[str, object]:
    """The form as it was filled in, and the result or what is wrong under each field."""
    names = [asked.name for asked in chosen.inputs]
    sent = {
        name: said(name, typed, asked) for name, asked in zip(names, chosen.inputs, strict=True)
    }
    answer, problems = None, []
    if any(name in typed for name in names):
        try:
            answer = reckon(chosen, sent)
        except Refused as why:
            problems = [Problem(fault.says, field=fault.field) for fault in why.faults]
    return {
        "chosen": chosen,
        "fields": [field_of(asked, typed, problems) for asked in chosen.inputs],
        "answer": answer,
        "result": result(answer) if answer else "",
        "picture": alligation_square(answer.texts) if answer and chosen.picture else "",
        "example": example(chosen),
        "title": TITLES[chosen.category],
        "status": problems,
    }


def said(name: str, typed: Typed, asked: Asked) -> str:
    """What was typed, with the chosen unit where none was typed behind the number."""
    text, unit = typed.get(name, "").strip(), typed.get(name + UNIT, "")
    number, rest = read_number(text)
    if number is None or rest.strip() or unit in {"", asked.unit}:
        return text
    return f"1:{text}" if unit == "1:x" else f"{text} {unit}"


def field_of(asked: Asked, typed: Typed, problems: list[Problem]) -> Field:
    """One field of the form."""
    kind = asked.kind
    units = [asked.unit, *kind.offer] if kind.form == "number" and kind.offer else []
    return Field(
        name=asked.name,
        label=asked.label[:1].upper() + asked.label[1:],
        value=typed.get(asked.name, ""),
        unit=typed.get(asked.name + UNIT, asked.unit),
        units=[(symbol, symbol or "(part of one)") for symbol in units],
        choices=YES_OR_NO if kind.form == "yes or no" else None,
        hint=hint(kind),
        problems=[problem for problem in problems if problem.field == asked.name],
    )


def hint(kind: Kind) -> str:
    """How it is typed, in which unit, within which limits; a limit nobody meets is left out."""
    close = kind.high is not None and kind.high.value < FAR
    within = limits(kind) if close else ""
    measured = f"{kind.unit.symbol} {within}".strip() if kind.form in {"number", "list"} else ""
    return ", ".join(filter(None, (HINTS.get(kind.form, ""), measured)))


def result(answer: Answer) -> str:
    """The value with its unit, as it is read out."""
    value = answer.value
    return with_unit(value, answer.unit) if isinstance(value, Decimal) else value.isoformat()


def example(chosen: Calculation) -> str:
    """The address of the worked example."""
    typed = {name: spelled(value) for name, value in chosen.example.items()}
    return f"?{urlencode({'of': chosen.id} | typed)}"


def spelled(value: object) -> str:
    """A value of the table as somebody would type it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and value and isinstance(value[0], list):
        return ", ".join("x".join(spelled(each) for each in pair) for pair in value)
    if isinstance(value, list):
        return ", ".join(spelled(each) for each in value)
    return written(Decimal(value)) if isinstance(value, int | Decimal) else str(value)
