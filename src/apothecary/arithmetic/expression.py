"""The formulas of the table: read once, then reckoned and written out with their numbers.

What the documentation prints, what is reckoned and what the working shows is one text. The
language is that of arithmetic: + - * / **, comparison, "a if yes else b", and the functions
below. Anything else in a formula stops the reading of the table.
"""

import ast
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from apothecary.arithmetic.numerals import KEPT, RECKONING, written

ZERO_CELSIUS = Decimal("273.15")
# Heat of activation over the gas constant: 83.144 kJ/mol over 8.3144 J/(mol K), in kelvin.
ACTIVATION_K = Decimal(10_000)


@dataclass(slots=True)
class Scope:
    """What a formula's names stand for: numbers (and how each is written) and lists of them."""

    numbers: dict[str, Decimal] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    lists: dict[str, Sequence[Decimal]] = field(default_factory=dict)


Reckon = Callable[[Scope], Decimal]
Write = Callable[[Scope], str]
Condition = Callable[[Scope], bool]


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a formula: its value, its text with numbers, how strongly it binds."""

    reckon: Reckon
    write: Write
    binds: int


class NotAFormula(ValueError):
    """The table holds what is no formula."""


def whole_below(value: Decimal) -> Decimal:
    """The largest whole number not above; what 34 digits call whole is whole."""
    return KEPT.plus(value).to_integral_value(rounding=ROUND_FLOOR)


def whole_above(value: Decimal) -> Decimal:
    """The smallest whole number not below."""
    return KEPT.plus(value).to_integral_value(rounding=ROUND_CEILING)


def nearest(value: Decimal) -> Decimal:
    """The nearest whole number; a half goes up."""
    return KEPT.plus(value).to_integral_value(rounding=ROUND_HALF_UP)


def mean(values: Sequence[Decimal]) -> Decimal:
    """The arithmetic mean."""
    return RECKONING.divide(sum(values, Decimal(0)), Decimal(len(values)))


def mean_kinetic(values: Sequence[Decimal]) -> Decimal:
    """The mean kinetic temperature in Celsius of temperatures in Celsius (USP <1079.2>)."""
    rates = [RECKONING.exp(-ACTIVATION_K / (value + ZERO_CELSIUS)) for value in values]
    return ACTIVATION_K / -RECKONING.ln(mean(rates)) - ZERO_CELSIUS


def sum_products(left: Sequence[Decimal], right: Sequence[Decimal]) -> Decimal:
    """Each of one list times its neighbour of the other, added up."""
    return sum((a * b for a, b in zip(left, right, strict=True)), Decimal(0))


OF_NUMBERS: dict[str, Callable[..., Decimal]] = {
    "sqrt": RECKONING.sqrt,
    "ln": RECKONING.ln,
    "log10": RECKONING.log10,
    "floor": whole_below,
    "ceil": whole_above,
    "nearest": nearest,
    "abs": abs,
    "min": min,
    "max": max,
}
OF_LISTS: dict[str, Callable[..., Decimal]] = {
    "sum": lambda values: sum(values, Decimal(0)),
    "sum_products": sum_products,
    "mean": mean,
    "mean_kinetic": mean_kinetic,
    "count": lambda values: Decimal(len(values)),
}
SUM, PRODUCT, SIGN, POWER, ATOM = 1, 2, 3, 4, 5
OPERATORS: dict[type[ast.operator], tuple[Callable[[Decimal, Decimal], Decimal], str, int]] = {
    ast.Add: (operator.add, " + ", SUM),
    ast.Sub: (operator.sub, " − ", SUM),
    ast.Mult: (operator.mul, " × ", PRODUCT),
    ast.Div: (operator.truediv, " ÷ ", PRODUCT),
    ast.Pow: (RECKONING.power, " ^ ", POWER),
}
# These bind what stands to their right more strongly than their own kind: a - (b - c).
LEANING = (ast.Sub, ast.Div, ast.Pow)
COMPARISONS: dict[type[ast.cmpop], Callable[[Decimal, Decimal], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
}


def formula(text: str) -> Term:
    """Read the right side of a step."""
    return _term(ast.parse(text, mode="eval").body, text)


def condition(text: str) -> Condition:
    """Read what must hold."""
    return _condition(ast.parse(text, mode="eval").body, text)


def _term(node: ast.expr, text: str) -> Term:
    match node:
        case ast.Constant():
            return _constant(Decimal(ast.get_source_segment(text, node) or ""))
        case ast.Name(id=name):
            return Term(lambda s: s.numbers[name], lambda s: s.texts[name], ATOM)
        case ast.UnaryOp(op=ast.USub(), operand=inside):
            return _negative(_term(inside, text))
        case ast.BinOp(left=left, op=sign, right=right):
            return _binary(_term(left, text), sign, _term(right, text))
        case ast.IfExp(test=test, body=yes, orelse=no):
            return _choice(_condition(test, text), _term(yes, text), _term(no, text))
        case ast.Call(func=ast.Name(id=name), args=inside) if name in OF_LISTS:
            return _of_lists(name, [each.id for each in inside if isinstance(each, ast.Name)])
        case ast.Call(func=ast.Name(id=name), args=inside) if name in OF_NUMBERS:
            return _of_numbers(name, [_term(each, text) for each in inside])
    raise NotAFormula(f"{ast.unparse(node)!r} in {text!r}")


def _constant(value: Decimal) -> Term:
    says = written(value)
    return Term(lambda _: value, lambda _: says, ATOM)


def _negative(inside: Term) -> Term:
    return Term(lambda s: -inside.reckon(s), lambda s: f"-{inside.write(s)}", SIGN)


def _binary(left: Term, sign: ast.operator, right: Term) -> Term:
    do, says, binds = OPERATORS[type(sign)]
    before = _bracketed(left, loose=left.binds < binds)
    leans = isinstance(sign, LEANING)
    after = _bracketed(right, loose=right.binds <= binds if leans else right.binds < binds)
    reckon_left, reckon_right = left.reckon, right.reckon
    return Term(
        lambda s: do(reckon_left(s), reckon_right(s)),
        lambda s: before(s) + says + after(s),
        binds,
    )


def _bracketed(term: Term, *, loose: bool) -> Write:
    inside = term.write
    return (lambda s: f"({inside(s)})") if loose else inside


def _choice(test: Condition, yes: Term, no: Term) -> Term:
    """The working shows only the branch that was taken."""
    return Term(
        lambda s: (yes if test(s) else no).reckon(s),
        lambda s: (yes if test(s) else no).write(s),
        SUM,
    )


def _of_numbers(name: str, inside: list[Term]) -> Term:
    do = OF_NUMBERS[name]
    return Term(
        lambda s: do(*[each.reckon(s) for each in inside]),
        lambda s: f"{name}({', '.join(each.write(s) for each in inside)})",
        ATOM,
    )


def _of_lists(name: str, lists: list[str]) -> Term:
    do = OF_LISTS[name]
    return Term(
        lambda s: do(*[s.lists[each] for each in lists]),
        lambda s: f"{name}({'; '.join(s.texts[each] for each in lists)})",
        ATOM,
    )


def _condition(node: ast.expr, text: str) -> Condition:
    match node:
        case ast.Compare(left=left, ops=[sign], comparators=[right]):
            does = COMPARISONS[type(sign)]
            one, other = _term(left, text).reckon, _term(right, text).reckon
            return lambda s: does(one(s), other(s))
        case ast.Name(id=name):
            return lambda s: bool(s.numbers[name])
    raise NotAFormula(f"{ast.unparse(node)!r} in {text!r}")
