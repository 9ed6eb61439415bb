"""The shipped limits as typed rows: doses, ages, pregnancy, conditions, opioids, early fills.

Each row carries its origin; a row that is not ``enabled`` is read and never fires. Readers
raise ``drugs.shipped.BadRow`` at the first row they cannot read. Source and mark of each table
stand in ``data/README.md``.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources.abc import Traversable

from apothecary.drugs.shipped import MARKS, Line, read_lines
from apothecary.screening.sources import GRADES, SHIPPED, Origin, read_origins

KINDS = frozenset({"class", "ingredient"})
UNITS = frozenset({"mg", "mcg", "puff", "day of use a week"})


@dataclass(frozen=True, slots=True)
class DoseLimit:
    """The most of an ingredient in a day, for whom, and for how many days.

    ``together`` are ingredients with one of which the row holds; ``condition`` a key of
    conditions.csv. ``forms`` are kinds of form; none means what is swallowed.
    """

    ingredient: str
    release: str
    forms: frozenset[str]
    most: Decimal
    unit: str
    age_from: int | None
    sex: str
    together: frozenset[str]
    condition: str
    max_days: int | None
    grade: str
    note: str
    enabled: bool
    origin: Origin


@dataclass(frozen=True, slots=True)
class WeightLimit:
    """The most of an ingredient in mg for each kg in a day, under an age."""

    ingredient: str
    most_mg_per_kg: Decimal
    age_under: int
    grade: str
    enabled: bool
    origin: Origin


@dataclass(frozen=True, slots=True)
class Aimed:
    """What a row is about: a class of ingredients or one, a sentence, how loud."""

    kind: str
    key: str
    grade: str
    says: str
    enabled: bool
    origin: Origin


@dataclass(frozen=True, slots=True)
class AgeRule:
    """From an age on, or under one."""

    aim: Aimed
    age_from: int | None
    age_under: int | None


@dataclass(frozen=True, slots=True)
class StateRule:
    """In a condition; pregnancy and breast-feeding are conditions too.

    ``ask``: so dangerous to the unborn that somebody must ask who might be pregnant.
    """

    aim: Aimed
    condition: str
    ask: bool = False


@dataclass(frozen=True, slots=True)
class ConditionName:
    """A condition by its ICD-10-CM codes (the beginnings of them) and by plain words."""

    key: str
    says: str
    codes: tuple[str, ...]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class OverlapRule:
    """Two classes of drugs that are not good together."""

    a: str
    b: str
    age_from: int | None
    grade: str
    says: str
    enabled: bool
    origin: Origin


@dataclass(frozen=True, slots=True)
class OpioidFactor:
    """What a mg of an opioid, or a mcg/h of its patch, counts in morphine."""

    ingredient: str
    forms: frozenset[str]
    per: str
    factor: Decimal
    enabled: bool
    origin: Origin


@dataclass(frozen=True, slots=True)
class OpioidLevel:
    """From how much morphine a day on something is to be said."""

    level_mme: Decimal
    grade: str
    says: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class EarlyFill:
    """How much of the supply must be used up before the next, by schedule."""

    schedule: int
    least_used_percent: int
    grade: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Excipient:
    """A dye or a source of gluten by its UNII."""

    group: str
    unii: str
    name: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class ExcipientWord:
    """What people call an excipient: all of a group, or those whose name holds ``only``."""

    word: str
    group: str
    only: str


def read_dose_limits(folder: Traversable = SHIPPED) -> Iterator[DoseLimit]:
    """The daily limits of adults."""
    on = _own(folder)
    for line in read_lines(folder, "dose_limits.csv"):
        yield DoseLimit(
            ingredient=line.text("ingredient"),
            release=line.one_of("release", {"", "immediate", "extended"}),
            forms=frozenset(line.parts("forms")),
            most=line.number_above_zero("max", 3),
            unit=line.one_of("unit", UNITS),
            age_from=_count(line, "age_from"),
            sex=line.one_of("sex", {"", "M", "F"}),
            together=frozenset(line.parts("with")),
            condition=line.maybe("condition"),
            max_days=_count(line, "max_days"),
            grade=line.one_of("grade", GRADES),
            note=line.maybe("note"),
            enabled=_enabled(line),
            origin=_origin(line, on),
        )


def read_weight_limits(folder: Traversable = SHIPPED) -> Iterator[WeightLimit]:
    """The daily limits that go by weight."""
    on = _own(folder)
    for line in read_lines(folder, "weight_limits.csv"):
        yield WeightLimit(
            ingredient=line.text("ingredient"),
            most_mg_per_kg=line.number_above_zero("max_mg_per_kg", 3),
            age_under=line.count("age_under"),
            grade=line.one_of("grade", GRADES),
            enabled=_enabled(line),
            origin=_origin(line, on),
        )


def read_age_rules(folder: Traversable = SHIPPED) -> Iterator[AgeRule]:
    """What is not for children, or better not for older adults."""
    on = _own(folder)
    for line in read_lines(folder, "age_rules.csv"):
        ages = _count(line, "age_from"), _count(line, "age_under")
        if ages == (None, None):
            raise line.bad("age_from", "neither from nor under an age")
        yield AgeRule(_aimed(line, on), *ages)


def read_state_rules(folder: Traversable = SHIPPED) -> Iterator[StateRule]:
    """What is not good in pregnancy, while breast-feeding, or with a disease."""
    on = _own(folder)
    for line in read_lines(folder, "pregnancy_rules.csv"):
        ask = line.one_of("ask", {"0", "1"}) == "1"
        yield StateRule(_aimed(line, on), line.text("state"), ask)
    for line in read_lines(folder, "condition_rules.csv"):
        yield StateRule(_aimed(line, on), line.text("condition"))


def read_conditions(folder: Traversable = SHIPPED) -> Iterator[ConditionName]:
    """The conditions that a rule is about."""
    for line in read_lines(folder, "conditions.csv"):
        words = frozenset(line.parts("words"))
        yield ConditionName(line.text("key"), line.text("says"), line.parts("icd10"), words)


def read_overlap_rules(folder: Traversable = SHIPPED) -> Iterator[OverlapRule]:
    """Classes that are not good together."""
    for line in read_lines(folder, "overlap_rules.csv"):
        yield OverlapRule(
            a=line.text("a"),
            b=line.text("b"),
            age_from=_count(line, "age_from"),
            grade=line.one_of("grade", GRADES),
            says=line.text("says"),
            enabled=_enabled(line),
            origin=_origin(line, line.day("on")),
        )


def read_opioid_factors(folder: Traversable = SHIPPED) -> Iterator[OpioidFactor]:
    """The factors of the CDC; what has none is left out of the sum and said."""
    for line in read_lines(folder, "opioid_factors.csv"):
        yield OpioidFactor(
            ingredient=line.text("ingredient"),
            forms=frozenset(line.parts("forms")),
            per=line.one_of("per", {"mg", "mcg/h"}),
            factor=line.number_above_zero("factor", 2),
            enabled=_enabled(line),
            origin=_origin(line, line.day("on")),
        )


def read_opioid_levels(folder: Traversable = SHIPPED) -> Iterator[OpioidLevel]:
    """From how much on to speak; those that are not enabled are left out."""
    for line in read_lines(folder, "opioid_levels.csv"):
        level, grade = line.number_above_zero("level_mme", 0), line.one_of("grade", GRADES)
        if _enabled(line):
            yield OpioidLevel(level, grade, line.text("says"), _origin(line, line.day("on")))


def read_early_fills(folder: Traversable = SHIPPED) -> Iterator[EarlyFill]:
    """How early is early; those that are not enabled are left out."""
    on = _own(folder)
    for line in read_lines(folder, "early_fill.csv"):
        schedule = int(line.one_of("schedule", {"0", "2", "3", "4", "5"}))
        share, grade = line.count("least_used_percent"), line.one_of("grade", GRADES)
        if _enabled(line):
            yield EarlyFill(schedule, share, grade, _origin(line, on))


def read_excipients(folder: Traversable = SHIPPED) -> Iterator[Excipient]:
    """Dyes and sources of gluten."""
    origin = read_origins(folder)["sagerx"]
    for line in read_lines(folder, "excipients.csv"):
        group = line.one_of("group", {"dye", "gluten"})
        yield Excipient(group, line.text("unii"), line.text("name"), origin)


def read_excipient_words(folder: Traversable = SHIPPED) -> Iterator[ExcipientWord]:
    """What people call them."""
    for line in read_lines(folder, "excipient_words.csv"):
        yield ExcipientWord(line.text("word"), line.text("group"), line.maybe("only"))


def read_rule_classes(folder: Traversable = SHIPPED) -> dict[str, frozenset[str]]:
    """Classes of ingredients that only these rules speak of."""
    return _members(folder, "rule_members.csv", "class")


def read_interaction_groups(folder: Traversable = SHIPPED) -> dict[str, frozenset[str]]:
    """What the VA calls by one word (insulin, iron) and the drug file by many."""
    return _members(folder, "interaction_members.csv", "group")


def _members(folder: Traversable, name: str, column: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for line in read_lines(folder, name):
        found[line.text(column)].add(line.text("ingredient"))
    return {key: frozenset(members) for key, members in found.items()}


def _aimed(line: Line, on: date) -> Aimed:
    return Aimed(
        kind=line.one_of("to_kind", KINDS),
        key=line.text("to_key"),
        grade=line.one_of("grade", GRADES),
        says=line.text("says"),
        enabled=_enabled(line),
        origin=_origin(line, on),
    )


def _own(folder: Traversable) -> date:
    return read_origins(folder)["own"].on


def _count(line: Line, field: str) -> int | None:
    return line.count(field) if line.maybe(field) else None


def _enabled(line: Line) -> bool:
    return line.one_of("enabled", {"0", "1"}) == "1"


def _origin(line: Line, on: date) -> Origin:
    return Origin(line.text("cite"), on, line.one_of("verified", MARKS))
