"""The shipped tables, indexed so that a new drug asks only what concerns it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from apothecary.screening import limits, sources
from apothecary.screening.limits import (
    AgeRule,
    Aimed,
    ConditionName,
    DoseLimit,
    EarlyFill,
    Excipient,
    ExcipientWord,
    OpioidFactor,
    OpioidLevel,
    OverlapRule,
    StateRule,
    WeightLimit,
)
from apothecary.screening.sources import (
    AllergyClass,
    AllergyNote,
    CrossReaction,
    DuplicationClass,
    HighPriorityItem,
    Interaction,
)

Key = TypeVar("Key")
Row = TypeVar("Row")
Partners = dict[str, dict[str, Interaction]]


@dataclass(frozen=True, slots=True)
class Tables:
    """Rows by the ingredient they are about; only what is enabled."""

    partners: Partners
    items: dict[str, tuple[HighPriorityItem, ...]]
    duplication: dict[str, tuple[DuplicationClass, ...]]
    allergy_classes: dict[str, AllergyClass]
    crossings: tuple[CrossReaction, ...]
    notes: tuple[AllergyNote, ...]
    doses: dict[str, tuple[DoseLimit, ...]]
    weights: dict[str, tuple[WeightLimit, ...]]
    ages: dict[str, tuple[AgeRule, ...]]
    states: dict[str, tuple[StateRule, ...]]
    conditions: tuple[ConditionName, ...]
    overlaps: tuple[OverlapRule, ...]
    factors: dict[str, tuple[OpioidFactor, ...]]
    levels: tuple[OpioidLevel, ...]
    early: dict[int, EarlyFill]
    excipients: tuple[Excipient, ...]
    excipient_words: dict[str, ExcipientWord]
    classes: dict[str, frozenset[str]]

    def known_to_interact(self, ingredient: str) -> bool:
        """Whether any source of interactions knows this ingredient at all."""
        return ingredient in self.partners or ingredient in self.items


@cache
def tables() -> Tables:
    """Read the shipped tables, once in the life of a process."""
    classes = all_classes()
    items = [row for row in sources.read_high_priority_items() if row.enabled]
    doses = [row for row in limits.read_dose_limits() if row.enabled]
    weights = [row for row in limits.read_weight_limits() if row.enabled]
    factors = [row for row in limits.read_opioid_factors() if row.enabled]
    return Tables(
        partners=partners(sources.read_all_interactions(), limits.read_interaction_groups()),
        items=by_key((key, row) for row in items for key in row.objects | row.precipitants),
        duplication=by_key((key, row) for row in counted() for key in row.ingredients),
        allergy_classes={row.key: row for row in sources.read_allergy_classes()},
        crossings=tuple(sources.read_cross_reactions()),
        notes=tuple(sources.read_allergy_notes()),
        doses=by_key((row.ingredient, row) for row in doses),
        weights=by_key((row.ingredient, row) for row in weights),
        ages=by_key(
            (key, row) for row in limits.read_age_rules() for key in aimed(row.aim, classes)
        ),
        states=by_key(
            (key, row) for row in limits.read_state_rules() for key in aimed(row.aim, classes)
        ),
        conditions=tuple(limits.read_conditions()),
        overlaps=tuple(row for row in limits.read_overlap_rules() if row.enabled),
        factors=by_key((row.ingredient, row) for row in factors),
        levels=tuple(limits.read_opioid_levels()),
        early={row.schedule: row for row in limits.read_early_fills()},
        excipients=tuple(limits.read_excipients()),
        excipient_words={row.word: row for row in limits.read_excipient_words()},
        classes=classes,
    )


def counted() -> list[DuplicationClass]:
    """The classes of which only so many products are taken at a time, narrow ones first."""
    rows = sources.read_duplication_classes()
    found = [row for row in rows if row.enabled and row.counts == "count"]
    return sorted(found, key=lambda row: len(row.ingredients))


def all_classes() -> dict[str, frozenset[str]]:
    """Every class that a rule may name, with its members.

    Where the tables of duplicates and of allergies name a class alike, both lists hold.
    """
    found: dict[str, frozenset[str]] = defaultdict(frozenset)
    for duplicate in sources.read_duplication_classes():
        found[duplicate.key] |= duplicate.ingredients
    for allergy in sources.read_allergy_classes():
        found[allergy.key] |= allergy.ingredients
    return {**found, **limits.read_rule_classes()}


def aimed(aim: Aimed, classes: dict[str, frozenset[str]]) -> Collection[str]:
    """The ingredients a row is about; none when it is not enabled.

    Raises KeyError for a class that no table has: a rule about nothing is a slip.
    """
    if not aim.enabled:
        return ()
    return classes[aim.key] if aim.kind == "class" else (aim.key,)


def by_key(rows: Iterable[tuple[Key, Row]]) -> dict[Key, tuple[Row, ...]]:
    """Rows under each of their keys, in their order."""
    found: dict[Key, list[Row]] = defaultdict(list)
    for key, row in rows:
        found[key].append(row)
    return {key: tuple(several) for key, several in found.items()}


def partners(rows: Iterable[Interaction], groups: dict[str, frozenset[str]]) -> Partners:
    """For each ingredient what it interacts with; a word for many stands for each of them."""
    found: Partners = defaultdict(dict)
    meant: list[tuple[str, str, Interaction]] = []
    for row in rows:
        found[row.a][row.b] = found[row.b][row.a] = row
        for a in groups.get(row.a, frozenset()) | {row.a}:
            meant += [(a, b, row) for b in groups.get(row.b, frozenset()) | {row.b} if a != b]
    for a, b, row in meant:  # a row about the ingredient itself counts more than its group's
        found[a].setdefault(b, row)
        found[b].setdefault(a, row)
    return dict(found)
