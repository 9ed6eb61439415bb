"""The shipped tables behind the derived columns, read once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from apothecary.drugs.shipped import MARKS, read_lines

SHIPPED = files("apothecary.drugs") / "data"
STRENGTH_UNITS = frozenset({"mg", "mcg"})
SCHEDULES = frozenset({"2", "3", "4", "5"})
SALT_ROLES = frozenset({"beginning", "ending", "radical", "salt itself"})
WITHIN = frozenset({"any", "alone", "all"})


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """A schedule that 21 CFR part 1308 gives: to ``any`` product that holds the one ingredient,
    to the ingredient ``alone``, or to the combination of ``all`` these and no other.
    """

    ingredients: tuple[str, ...]
    within: str
    form_group: str
    schedule: int
    cite: str
    verified: str


@cache
def substances(folder: Traversable = SHIPPED) -> Mapping[str, str]:
    """The ingredient of each known substance, both in small letters."""
    return {
        line.text("substance"): line.text("ingredient")
        for line in read_lines(folder, "substances.csv")
    }


@cache
def strength_units(folder: Traversable = SHIPPED) -> Mapping[tuple[str, str], str]:
    """Whether an ingredient in a form group is written in mg or in mcg."""
    return {
        (line.text("ingredient"), line.text("form_group")): line.one_of("unit", STRENGTH_UNITS)
        for line in read_lines(folder, "strength_units.csv")
    }


@cache
def salt_words(folder: Traversable = SHIPPED) -> Mapping[str, frozenset[str]]:
    """The words of salts by what they do in a name; see ``substances.base_name``."""
    found: dict[str, set[str]] = {role: set() for role in SALT_ROLES}
    for line in read_lines(folder, "salts.csv"):
        found[line.one_of("role", SALT_ROLES)].add(line.text("word"))
    return {role: frozenset(words) for role, words in found.items()}


@cache
def storages(folder: Traversable = SHIPPED) -> Mapping[tuple[str, str], str]:
    """How an ingredient in a form group is stored, where a public file says so."""
    return {
        (line.text("ingredient"), line.text("form_group")): line.text("storage")
        for line in read_lines(folder, "storage.csv")
    }


def schedule_rows(folder: Traversable = SHIPPED) -> Iterator[ScheduleRow]:
    """The rows of 21 CFR part 1308 that the listings are held against."""
    for line in read_lines(folder, "schedules.csv"):
        yield ScheduleRow(
            ingredients=line.parts("ingredients"),
            within=line.one_of("within", WITHIN),
            form_group=line.maybe("form_group"),
            schedule=int(line.one_of("schedule", SCHEDULES)),
            cite=line.text("cite"),
            verified=line.one_of("verified", MARKS),
        )
