"""The one table of calculations, read from ``table_*.toml`` and ``kinds.toml``.

It drives the command line, the JSON API, the calculator screen and the documentation.
"""

import re
import tomllib
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from importlib.resources import files

from apothecary.arithmetic.expression import Condition, Term, condition, formula
from apothecary.arithmetic.numerals import written
from apothecary.arithmetic.units import Unit, unit_of

# The order of the documentation and of the lists.
CATEGORIES = (
    "units",
    "dose",
    "concentration",
    "compounding",
    "iv",
    "patient",
    "opioid",
    "insulin",
    "days_supply",
    "business",
    "identifier",
)
_STEP = re.compile(r"(\w+) \[([^\]]+)\] = (.+)")
_SIGNS = (("**", "^"), ("*", "×"), ("/", "÷"), ("-", "−"))
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit of an input, in its declared unit; ``included`` where it is still taken."""

    value: Decimal
    included: bool = True


@dataclass(frozen=True, slots=True)
class Bridge:
    """Where two dimensions meet by definition: ``factor`` leads from ``unit`` to the kind's."""

    unit: Unit
    factor: Fraction


@dataclass(frozen=True, slots=True)
class Kind:
    """What an input can be. ``form`` is number, list, taper, yes or no, date or code."""

    name: str
    form: str
    unit: Unit
    low: Bound | None
    high: Bound | None
    likely: tuple[Decimal, Decimal] | None
    bridges: tuple[Bridge, ...]
    offer: tuple[str, ...]
    whole: bool
    why_low: str


@dataclass(frozen=True, slots=True)
class Asked:
    """An input of a calculation: its name, what it is in words, what it can be."""

    name: str
    label: str
    kind: Kind

    @property
    def unit(self) -> str:
        """The unit a bare number is taken in; empty for a pure number."""
        return self.kind.unit.symbol


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a formula."""

    name: str
    unit: str
    text: str
    term: Term


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold before (``field`` is then refused), or should hold after."""

    test: Condition
    field: str
    says: str


@dataclass(frozen=True, slots=True)
class Calculation:
    """One row of the table."""

    id: str
    category: str
    name: str
    words: str
    inputs: tuple[Asked, ...]
    must: tuple[Rule, ...]
    steps: tuple[Step, ...]
    care: tuple[Rule, ...]
    alike: tuple[str, ...]
    special: str
    result: str
    formula: str
    unit: str
    decimals: int
    rounding: str
    example: dict[str, object]
    expected: object
    source: str
    mark: str
    note: str
    check: str
    picture: str


def _read(name: str) -> dict[str, Row]:
    text = (files(__package__) / name).read_text(encoding="utf-8")
    return tomllib.loads(text, parse_float=Decimal)


def _text(row: Row, name: str, default: str = "") -> str:
    return str(row.get(name, default))


def _texts(row: Row, name: str) -> list[str]:
    found = row.get(name, [])
    return [str(each) for each in found] if isinstance(found, list) else []


def _bound(row: Row, included: str, left_out: str) -> Bound | None:
    for name in (included, left_out):
        if name in row:
            return Bound(Decimal(str(row[name])), included=name == included)
    return None


def known_unit(symbol: str) -> Unit:
    """A unit the table names; the table may name none that is unknown."""
    unit = unit_of(symbol)
    if unit is None:
        raise LookupError(f"the table names the unknown unit {symbol!r}")
    return unit


def _bridges(row: Row) -> tuple[Bridge, ...]:
    pairs = row.get("bridge", [])
    assert isinstance(pairs, list)
    return tuple(Bridge(known_unit(str(unit)), Fraction(factor)) for unit, factor in pairs)


def _kind(name: str, row: Row) -> Kind:
    likely = row.get("likely")
    return Kind(
        name=name,
        form=_text(row, "form", "number"),
        unit=known_unit(_text(row, "unit")),
        low=_bound(row, "low", "above"),
        high=_bound(row, "high", "below"),
        likely=(Decimal(likely[0]), Decimal(likely[1])) if isinstance(likely, list) else None,
        bridges=_bridges(row),
        offer=tuple(_texts(row, "offer")),
        whole=bool(row.get("whole", False)),
        why_low=_text(row, "why_low"),
    )


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """Every kind of input by its name."""
    return {name: _kind(name, row) for name, row in _read("kinds.toml").items()}


def _asked(name: str, text: str) -> Asked:
    what, label = (part.strip() for part in text.split("|"))
    kind_name, _, more = what.partition(" ")
    kind = kinds()[kind_name]
    if more == "list":
        kind = replace(kind, name=what, form="list")
    return Asked(name, label, kind)


def _step(text: str) -> Step:
    found = _STEP.fullmatch(text)
    if found is None:
        raise LookupError(f"the table holds no step in {text!r}")
    return Step(found[1], found[2], found[3], formula(found[3]))


def _must(text: str) -> Rule:
    test, name, says = (part.strip() for part in text.split("|"))
    return Rule(condition(test), name, says)


def _care(text: str) -> Rule:
    test, says = (part.strip() for part in text.split("|"))
    return Rule(condition(test), "", says)


def spelled(text: str) -> str:
    """A formula with the signs people write: × ÷ − ^."""
    for sign, letter in _SIGNS:
        text = text.replace(sign, letter)
    return text


def _formula(row: Row, steps: tuple[Step, ...]) -> str:
    said = "; ".join(f"{step.name} = {spelled(step.text)}" for step in steps)
    return said or _text(row, "formula")


def _calculation(key: str, category: str, row: Row) -> Calculation:
    steps = tuple(_step(text) for text in _texts(row, "steps"))
    inputs, example = row["inputs"], row["example"]
    assert isinstance(inputs, dict)
    assert isinstance(example, dict)
    return Calculation(
        id=key,
        category=category,
        name=_text(row, "name"),
        words=_text(row, "words"),
        inputs=tuple(_asked(name, text) for name, text in inputs.items()),
        must=tuple(_must(text) for text in _texts(row, "must")),
        steps=steps,
        care=tuple(_care(text) for text in _texts(row, "care")),
        alike=tuple(_texts(row, "alike")),
        special=_text(row, "special"),
        result=_text(row, "result", steps[-1].name if steps else ""),
        formula=_formula(row, steps),
        unit=_text(row, "unit"),
        decimals=int(_text(row, "decimals")),
        rounding=_text(row, "rounding", "half up"),
        example=example,
        expected=row["expected"],
        source=_text(row, "source"),
        mark=_text(row, "mark"),
        note=_text(row, "note"),
        check=_text(row, "check"),
        picture=_text(row, "picture"),
    )


@lru_cache(maxsize=1)
def calculations() -> dict[str, Calculation]:
    """Every calculation by its id, in the order of the documentation."""
    return {
        key: _calculation(key, category, row)
        for category in CATEGORIES
        for key, row in _read(f"table_{category}.toml").items()
    }


@lru_cache(maxsize=1)
def _by_name() -> dict[str, Calculation]:
    found = {}
    for each in calculations().values():
        found[each.id.lower()] = each
        found[each.name.lower()] = each
    return found


def calculation_of(name: str) -> Calculation | None:
    """The calculation with this id or name, in any letter case; None where there is none."""
    return _by_name().get(name.strip().lower())


def search(words: str) -> list[Calculation]:
    """The calculations in whose id, name, words or category every asked word is, best first.

    A hit in the name counts more than one in the words; no words find everything.
    """
    asked = words.lower().split()
    ranked = []
    for place, each in enumerate(calculations().values()):
        name = f"{each.id} {each.name}".lower()
        all_of_it = f"{name} {each.words} {each.category.replace('_', ' ')}".lower()
        if all(word in all_of_it for word in asked):
            ranked.append((-sum(word in name for word in asked), place, each))
    return [each for _, _, each in sorted(ranked, key=lambda hit: hit[:2])]


def limits(kind: Kind) -> str:
    """The limits in words: "above 0 to 700"; empty where there are none."""
    said = []
    if kind.low is not None:
        said.append(f"{'from' if kind.low.included else 'above'} {written(kind.low.value)}")
    if kind.high is not None:
        said.append(f"{'to' if kind.high.included else 'below'} {written(kind.high.value)}")
    return " ".join(said)
