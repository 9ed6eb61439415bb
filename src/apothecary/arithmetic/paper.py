"""`docs/calculations.md`: the table as people read it."""

from decimal import Decimal

from apothecary.arithmetic.amounts import with_unit
from apothecary.arithmetic.numerals import written
from apothecary.arithmetic.reckoning import places, reckon
from apothecary.arithmetic.table import CATEGORIES, Calculation, calculations, limits

TITLES = {
    "units": "Units",
    "dose": "Doses",
    "concentration": "Concentrations and dilutions",
    "compounding": "Compounding",
    "iv": "Infusions and nutrition",
    "patient": "The patient",
    "opioid": "Opioids",
    "insulin": "Insulin",
    "days_supply": "Days' supply and quantity",
    "business": "Money and stock",
    "identifier": "Identifiers",
}
MARKS = (
    "S recomputed identity, X also agrees with an independent implementation, K formula from"
    " the literature that nobody has yet read against its source, C convention of payer or site"
)


def paper() -> str:
    """The whole document, Markdown."""
    lines = [
        "# Calculations",
        "",
        "Printed by `make docs` from `src/apothecary/arithmetic/`; do not edit.",
        "`apothecary calculate`, `POST /api/calculate` and the calculator page reckon these.",
        "An input is a number in the unit shown, or text with a unit, which is converted.",
        "",
        f"*Mark*: {MARKS}. *Check*: the second way the row is tested by.",
    ]
    for category in CATEGORIES:
        lines += ["", f"## {TITLES[category]}"]
        for each in calculations().values():
            if each.category == category:
                lines += ["", *_section(each)]
    return "\n".join(lines) + "\n"


def _section(each: Calculation) -> list[str]:
    lines = [f"### {each.id} {each.name}", "", f"`{each.formula}`", ""]
    for asked in each.inputs:
        within = limits(asked.kind)
        said = ", ".join(filter(None, (asked.unit, within)))
        lines.append(f"- `{asked.name}`: {asked.label}{f' ({said})' if said else ''}")
    lines += ["", f"Example: {_example(each)}"]
    lines.append(f"Rounded {each.rounding} to {places(each.decimals)}.")
    lines.append(f"Source: {each.source} ({each.mark}). Check: {each.check}.")
    if each.note:
        lines.append(f"Note: {each.note}.")
    return lines


def _example(each: Calculation) -> str:
    found = reckon(each, each.example)
    given = ", ".join(f"{name} = {_said(value)}" for name, value in each.example.items())
    value = found.value
    result = with_unit(value, found.unit) if isinstance(value, Decimal) else str(value)
    return f"{given} → **{result}**"


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return f"({', '.join(_said(each) for each in value)})"
    return written(Decimal(value)) if isinstance(value, int | Decimal) else str(value)
