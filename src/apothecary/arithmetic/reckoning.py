"""Reckon one calculation: read, refuse or reckon, round once, write down every line."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from apothecary.arithmetic.amounts import with_unit
from apothecary.arithmetic.bodies import body_cautions
from apothecary.arithmetic.numerals import KEPT, RECKONING, rounded, written
from apothecary.arithmetic.reading import Fault, Read, Refused, read_inputs
from apothecary.arithmetic.special import SPECIAL
from apothecary.arithmetic.table import Calculation, Rule, Step


@dataclass(frozen=True, slots=True)
class Answer:
    """A result with its unit; ``exact`` is what it was before it was rounded once.

    ``texts`` has every input and step by its name, as it is written with its unit.
    """

    calculation: Calculation
    value: Decimal | date
    unit: str
    exact: Decimal | date
    working: tuple[str, ...]
    cautions: tuple[str, ...]
    texts: Mapping[str, str]


def reckon(calculation: Calculation, inputs: Mapping[str, object]) -> Answer:
    """The answer to one calculation, or Refused with every input that is wrong and why.

    An input is a number in its declared unit, or text with a unit that is converted. Nothing is
    assumed, nothing is rounded before the end. Formula and source: the calculation's row.
    """
    with localcontext(RECKONING):
        read = read_inputs(calculation, inputs)
        if calculation.special:
            return _special(calculation, read)
        _refuse_if(calculation.must, read)
        lines = [*read.lines, *(_line(step, read) for step in calculation.steps)]
        exact = KEPT.plus(read.scope.numbers[calculation.result])
        value = rounded(exact, decimals=calculation.decimals, rounding=calculation.rounding)
        unit = _unit(calculation, read)
        if value != exact:
            lines.append(_rounding_line(calculation, value, unit))
        cautions = [
            *read.cautions,
            *body_cautions(read.scope.numbers),
            *(rule.says for rule in calculation.care if not rule.test(read.scope)),
        ]
    return Answer(
        calculation, value, unit, exact, tuple(lines), tuple(cautions), read.scope.texts
    )


def _special(calculation: Calculation, read: Read) -> Answer:
    found = SPECIAL[calculation.special](read)
    unit = calculation.unit.format_map(found.named)
    return Answer(calculation, found.value, unit, found.value, tuple(found.lines), (), {})


def _refuse_if(rules: tuple[Rule, ...], read: Read) -> None:
    faults = [Fault(rule.field, rule.says) for rule in rules if not rule.test(read.scope)]
    if faults:
        raise Refused(faults)


def _line(step: Step, read: Read) -> str:
    """Reckon a step, keep it under its name, and write it down with its numbers."""
    value = step.term.reckon(read.scope)
    text = with_unit(KEPT.plus(value), step.unit)
    said = step.term.write(read.scope)
    read.scope.numbers[step.name] = value
    read.scope.texts[step.name] = text
    return f"{step.name} = {said}" if said == text else f"{step.name} = {said} = {text}"


def _unit(calculation: Calculation, read: Read) -> str:
    if "{" not in calculation.unit:
        return calculation.unit
    return calculation.unit.format_map(
        {name: written(KEPT.plus(value)) for name, value in read.scope.numbers.items()}
    )


def _rounding_line(calculation: Calculation, value: Decimal, unit: str) -> str:
    to = places(calculation.decimals)
    return f"rounded {calculation.rounding} to {to}: {with_unit(value, unit)}"


def places(decimals: int) -> str:
    """How far is rounded, in words."""
    return f"{decimals} decimal{'s' * (decimals != 1)}" if decimals else "a whole number"
