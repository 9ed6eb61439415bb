"""A generator of random and spoiled requests, and what is judged about their answers."""

import json
import random
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from apothecary.arithmetic.command import answer
from apothecary.arithmetic.table import Asked, Calculation, calculations
from apothecary.arithmetic.tests.given import value
from apothecary.arithmetic.units import simple_units

Line = dict[str, object]
ROWS = list(calculations().values())
NEARBY = [Decimal(1), Decimal("0.999999"), Decimal("1.000001")]
UNITS = [*simple_units(), "mg/mL", "mcg/kg/min", "mL/h", "units/mL", "kg/m2", "g/100 mL", "1/h"]
SPOILED: list[object] = [
    None, True, False, "", " ", "NaN", "-Infinity", "1e999999", "9" * 400, "9" * 5000, 10**40,
    -1, 0, -0.0, 1e-300, 1e300, float("inf"), float("nan"), [], [[]], {}, {"a": [1]}, [None],
    "1:0",
    "1:1000", "0%", "100 %", "1/2", "½", "٣", "5 ft 10 in", "7 lb 3 oz", "$5", "--", "5 kg kg",
    "\0", "\ud800", "\u202e5", "x" * 2000, [1, 2, 3], [[4, 3], [1]], "4x3,2x2", "2026-02-30",
    "2026-06-14", "BB1388568", "0002-8215-01", Decimal("sNaN"), Decimal("1E-400"),
    "5 g/0 mL", "5 " + "mg/" * 30, "1,000,00", "0x10", "1_000", Decimal("-0"),
    "e7.88", "+e1", ".", "-.", "5e-13", "1e17",
]  # fmt: skip


def requests(count: int, *, seed: int) -> Iterator[Line]:
    """So many requests, the same for the same seed."""
    draw = random.Random(seed)
    for number in range(count):
        row = ROWS[number % len(ROWS)]
        inputs = {asked.name: one(asked, draw) for asked in row.inputs}
        line: Line = {"id": number, "calculation": row.id, "inputs": inputs}
        yield spoiled(line, row, draw) if draw.random() < 0.5 else line


def one(asked: Asked, draw: random.Random) -> object:
    """A right value, or its limits' neighbourhood, or one with a unit that may not fit."""
    chance = draw.random()
    bound = draw.choice([asked.kind.low, asked.kind.high])
    if chance < 0.1 and bound is not None:
        return bound.value * draw.choice(NEARBY)
    if asked.kind.form == "number" and chance < 0.4:
        symbol = draw.choice([asked.unit, *asked.kind.offer, draw.choice(UNITS)])
        return f"{value(asked, draw)} {symbol}"
    if asked.kind.form == "date":
        return f"20{draw.randint(10, 60)}-{draw.randint(1, 12):02}-{draw.randint(1, 30):02}"
    if asked.kind.form == "code":
        return draw.choice(["BB1388568", "1234567893", "0002-8215-01", "0030002821501"])
    return value(asked, draw)


def spoiled(line: Line, row: Calculation, draw: random.Random) -> Line:
    """The request with one thing wrong with it."""
    inputs = dict(line["inputs"]) if isinstance(line["inputs"], dict) else {}
    name = draw.choice(list(inputs))
    match draw.randrange(6):
        case 0:
            del inputs[name]
        case 1:
            inputs[draw.choice(["x", "", "kg ", "\ud800", "9" * 999])] = 1
        case 2:
            return line | {"calculation": draw.choice([row.name, row.name.lower(), *SPOILED])}
        case 3 if draw.random() < 0.2:
            return line | {"inputs": draw.choice(SPOILED)}
        case _:
            inputs[name] = mutated(inputs[name], draw)
    return line | {"inputs": inputs}


def mutated(right: object, draw: random.Random) -> object:
    """Something else altogether, or the text of the value with letters changed."""
    if draw.random() < 0.6:
        return draw.choice(SPOILED)
    letters = list(str(right))
    for _ in range(draw.randint(1, 3)):
        at = draw.randrange(len(letters) + 1)
        letters[at : at + draw.randint(0, 1)] = draw.choice("0123456789.,:/%-+eE x×kgmL\"'µ")
    return "".join(letters)


def faults(
    lines: Iterable[Line],
    *,
    filter_: Callable[[Line], Line] = answer,
    seen: dict[str, set[bool]] | None = None,
) -> list[str]:
    """What is wrong with the answers: a crash, a number without unit, no field in a reason."""
    told = []
    for line in lines:
        try:
            found = filter_(line)
        except Exception as crash:  # noqa: BLE001 every crash is what is looked for
            told.append(f"{type(crash).__name__} at {line!r}"[:400])
            continue
        wrong = fault(found)
        if wrong:
            told.append(f"{wrong} at {line!r} → {found!r}"[:600])
        if seen is not None and str(line["calculation"]) in calculations():
            seen.setdefault(str(line["calculation"]), set()).add("value" in found)
    return told


def fault(found: Line) -> str:
    """What is wrong with one answer; empty when nothing is."""
    try:
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError) as why:
        return f"cannot be printed: {why}"
    if "error" in found:
        reason = str(found["error"])
        return (
            "" if set(found) == {"id", "error"} and ": " in reason else "reason without field"
        )
    if list(found) != ["id", "value", "unit", "working"]:
        return "other fields than the contract's"
    if not found["unit"] or not found["working"]:
        return "number without unit or working"
    lines = found["working"]
    assert isinstance(lines, list)
    return "endless line" if any(len(each) > 1000 for each in lines) else ""
