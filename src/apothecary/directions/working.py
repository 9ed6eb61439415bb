"""The working of a proof: line by line, each with the rule it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from apothecary.directions.english import number, unit_name
from apothecary.directions.supply_rules import Rule, rules

_PLACES = Decimal("0.0001")
_TEN_THOUSAND = 10_000
_UNVERIFIED = "K"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the working, and the rule behind it where it is more than arithmetic."""

    says: str
    rule: Rule | None = None

    @property
    def source(self) -> str:
        """The rule's id, source and mark, short; empty for plain arithmetic."""
        if self.rule is None:
            return ""
        return ", ".join(
            part for part in (self.rule.id, self.rule.cite, self.rule.verified) if part
        )


@dataclass(slots=True)
class Working:
    """Lines so far, and what a person must look at."""

    table: Mapping[str, Rule] = field(default_factory=rules)
    lines: list[Line] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    barred: bool = False

    def say(self, says: str, rule: str | Rule = "") -> None:
        """Add a line; one that rests on a doubtful rule bars the whole proof."""
        found = self.table[rule] if isinstance(rule, str) and rule else rule or None
        of = found if isinstance(found, Rule) else None
        if of is not None and not of.enabled:
            self.barred = True
            says = f"{of.item}: the rule {of.id} is doubtful and switched off."
        line = Line(says, of)
        # A convention is said once; the same arithmetic may stand in two steps.
        if of is None or line not in self.lines:
            self.lines.append(line)
        if of is not None and of.verified == _UNVERIFIED:
            self.doubt(f"Not verified (mark {of.verified}): {of.item}: {of.says}.")

    def doubt(self, says: str) -> None:
        """Note what a person must look at, once."""
        if says not in self.doubts:
            self.doubts.append(says)

    def value(self, rule: str) -> Fraction:
        """The number of a rule; KeyError or ValueError when the table has none."""
        found = self.table[rule].value
        if found is None:
            raise ValueError(f"{rule} has no number")
        return found


def amount(value: Fraction) -> str:
    """A quantity for a line: at most four decimals, no trailing zero."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return number(exact.quantize(_PLACES))


def rate(value: Fraction, name: str = "") -> str:
    """So much a day; in as many days as make it whole where a day has no exact decimal."""
    exact = (value * _TEN_THOUSAND).denominator == 1
    count, span = (
        (value, "a day")
        if exact
        else (Fraction(value.numerator), f"in {value.denominator} days")
    )
    unit = unit_name(name, Decimal(1 if count <= 1 else 2)) if name else ""
    return " ".join(part for part in (amount(count), unit, span) if part)
