"""The conventions of days' supply, and what is known of single products, as data.

``days_supply_rules.csv`` and ``supply_products.csv``: every row has its source, the month the
source was read, and its mark (V1 official text, V2 secondary, K unverified, C convention, KQ
doubtful). A doubtful row is switched off; every other is used with its mark in sight.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
_DOUBTFUL = "KQ"
# How the fact of one product is said in place of the general rule.
_OWN = {
    "drops_per_ml": "{} drops in 1 mL",
    "days_after_opening": "keeps {} days once opened",
    "dose_step": "steps of {} units",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One convention; ``value`` in ``unit`` where it is a number."""

    id: str
    item: str
    says: str
    value: Fraction | None
    unit: str
    cite: str
    as_of: str
    verified: str

    @property
    def enabled(self) -> bool:
        """Whether it may be reckoned with: a doubtful one may not."""
        return self.verified != _DOUBTFUL


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFact:
    """What is known of a product whose name and form hold all ``words``.

    ``device`` is ``pen`` or ``vial`` where only that is meant. ``value`` None: it is known
    that the general rule does not hold, not what does.
    """

    fact: str
    words: tuple[str, ...]
    device: str
    value: Fraction | None
    rule: Rule

    def fits(self, name: str, device: str) -> bool:
        """Whether the product of that name and device is meant."""
        return self.device in ("", device) and all(
            re.search(rf"(?<![\w/]){re.escape(word)}(?![\w/])", name) for word in self.words
        )


@cache
def rules() -> Mapping[str, Rule]:
    """Every convention by its id, those switched off included."""
    return {row["rule"]: rule_of(row) for row in _rows("days_supply_rules.csv")}


def rule_of(row: Mapping[str, str]) -> Rule:
    """A row of the table as a rule; KeyError or ValueError when it is not one."""
    return Rule(
        id=row["rule"],
        item=row["item"],
        says=row["says"],
        value=fraction(row["value"]),
        unit=row["unit"],
        cite=row["cite"],
        as_of=row["as_of"],
        verified=row["verified"],
    )


@cache
def product_facts() -> tuple[ProductFact, ...]:
    """What is known of single products, the more exact row first."""
    return tuple(enabled_facts(_rows("supply_products.csv")))


def enabled_facts(rows: Iterable[Mapping[str, str]]) -> Iterable[ProductFact]:
    """The facts of these rows; doubtful ones are left out."""
    for row in rows:
        # The rule says what is done; this product's own source and mark stand in for the
        # rule's, so that the mark shown is that of the number used.
        general = rules()[row["rule"]].says
        own = _OWN[row["fact"]].format(row["value"]) if row["value"] else general
        named = {**row, "item": row["name"], "says": own}
        rule = rule_of(named)
        if rule.enabled:
            yield ProductFact(
                fact=row["fact"],
                words=tuple(row["name"].split()),
                device=row["device"],
                value=rule.value,
                rule=rule,
            )


def product_fact(fact: str, *, name: str, device: str = "") -> ProductFact | None:
    """The first fact of that kind for the product; ``name`` may hold its form as well."""
    plain = name.casefold()
    return next(
        (row for row in product_facts() if row.fact == fact and row.fits(plain, device)), None
    )


def fraction(text: str) -> Fraction | None:
    """A number of the tables, exactly: ``20``, ``0.5`` or ``272/3``; None when empty."""
    if not text:
        return None
    over, _, under = text.partition("/")
    return Fraction(over) / Fraction(under or "1")


def _rows(name: str) -> tuple[dict[str, str], ...]:
    with (_HERE / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
