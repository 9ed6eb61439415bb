"""Quiet by design: nothing that must be stopped is missed, and few are interrupted.

``labelled.csv`` was written from the tables of reference, a case a line: what must stop, what
must at least interrupt, and what should be quiet. The measure of noise is an alert for every
row of the sources that names the drugs, allergies and conditions of a case.
"""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from apothecary.screening import limits, sources
from apothecary.screening.command import Asked, read
from apothecary.screening.rules.amounts import amounts
from apothecary.screening.rules.facts import Case
from apothecary.screening.rules.found import NOTE, STOP, Found
from apothecary.screening.rules.house import screen
from apothecary.screening.rules.people import conditions_of
from apothecary.screening.rules.tables import aimed, tables

ON = date(2026, 11, 23)
LISTS = {"current", "allergies", "conditions"}
PAIRS = {(pair.a, pair.b) for pair in sources.read_all_interactions()}
ITEMS = tuple(sources.read_high_priority_items())
DUPLICATES = tuple(sources.read_duplication_classes())
TEXTS = {"birth_date", "sex", "weight_kg"}


def case_of(row: dict[str, str]) -> Asked:
    """A line of the table as a case, by the way of the filter."""
    patient: dict[str, object] = {
        name: [each.strip() for each in row[name].split(";") if each.strip()] for name in LISTS
    }
    patient |= {name: row[name] for name in TEXTS if row[name]}
    line: dict[str, object] = {"new": row["new"], "sig": row["sig"], "patient": patient}
    if row["quantity"]:
        line |= {"quantity": row["quantity"], "days_supply": row["days"]}
    elif row["days"]:
        line["days_supply"] = row["days"]
    return read(line, on=ON)


@cache
def labelled() -> tuple[tuple[str, str, Case, tuple[Found, ...]], ...]:
    """Every case with what it must give and what is said about it."""
    with (Path(__file__).parent / "labelled.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = []
    for number, row in enumerate(rows, 2):
        case = case_of(row).case
        assert case is not None
        named = f"line {number}: {row['new']} + {row['current']} ({row['why']})"
        found.append((row["want"], named, case, tuple(screen(case))))
    return tuple(found)


def interruptions(found: tuple[Found, ...]) -> list[Found]:
    return [each for each in found if each.severity != NOTE]


def source_rows(case: Case) -> Iterator[str]:
    """Every row of the sources about this case: what showing them all would show."""
    mine = set(case.new.ingredients)
    for other in case.patient.current:
        yield from pair_rows(mine, set(other.ingredients))
    yield from allergy_rows(case)
    yield from patient_rows(case, mine)
    known = amounts(case.new)
    for limit in limits.read_dose_limits():
        if limit.ingredient in known and limit.unit == "mg":
            yield from ["dose"] * (known[limit.ingredient].a_day > limit.most)


def pair_rows(mine: set[str], theirs: set[str]) -> Iterator[str]:
    """The rows about two drugs."""
    yield from (f"{a}-{b}" for a in mine for b in theirs if {(a, b), (b, a)} & PAIRS)
    for item in ITEMS:
        yield from (item.key for a in mine for b in theirs if item.joins(a, b))
    for row in DUPLICATES:
        yield from [row.key] * bool(row.ingredients & mine and row.ingredients & theirs)
    yield from ["same ingredient"] * bool(theirs & mine)


def patient_rows(case: Case, mine: set[str]) -> Iterator[str]:
    """The rows about the patient's age and conditions."""
    conditions, age = conditions_of(case.patient), case.age
    for state in limits.read_state_rules():
        if state.condition in conditions and mine & set(aimed(state.aim, tables().classes)):
            yield state.aim.says
    for rule in limits.read_age_rules():
        old = age is not None and rule.age_from is not None and age >= rule.age_from
        young = age is not None and rule.age_under is not None and age < rule.age_under
        if (old or young) and mine & set(aimed(rule.aim, tables().classes)):
            yield rule.aim.says


def allergy_rows(case: Case) -> Iterator[str]:
    """The rows about the patient's allergies."""
    mine = set(case.new.ingredients)
    classes = {row.key: row.ingredients for row in sources.read_allergy_classes()}
    for allergy in case.patient.allergies:
        yield from ["same"] * (allergy.ingredient in mine)
        of = {key for key, members in classes.items() if allergy.ingredient in members}
        of.add(allergy.allergy_class)
        for row in sources.read_cross_reactions():
            target = classes.get(row.to_key, frozenset()) if row.to_kind == "class" else ()
            reaches = mine & set(target) or row.to_key in mine
            if (row.from_key in of or row.from_key == allergy.ingredient) and reaches:
                yield row.says


def test_the_set_is_large_enough_and_labels_every_kind():
    wants = [want for want, *_ in labelled()]
    assert len(wants) >= 150
    assert {want: wants.count(want) >= 40 for want in set(wants)} == {
        "stop": True,
        "interrupt": True,
        "quiet": True,
    }


def test_everything_that_must_be_stopped_is_stopped():
    missed = [
        named
        for want, named, _, found in labelled()
        if want == "stop" and STOP not in {each.severity for each in found}
    ]
    assert missed == []


def test_everything_that_must_be_looked_at_interrupts():
    missed = [
        named
        for want, named, _, found in labelled()
        if want == "interrupt" and not interruptions(found)
    ]
    assert missed == []


def test_what_should_be_quiet_is_quiet():
    noisy = {
        named: [each.says for each in interruptions(found)]
        for want, named, _, found in labelled()
        if want == "quiet" and interruptions(found)
    }
    assert noisy == {}


def test_at_least_three_in_five_interruptions_are_gone_against_showing_every_row():
    every = sum(len(list(source_rows(case))) for want, _, case, _ in labelled())
    ours = sum(len(interruptions(found)) for *_, found in labelled())
    assert every > 200
    assert Decimal(ours) <= Decimal(every) * Decimal("0.4"), (ours, every)


@pytest.mark.parametrize("want", ["stop", "interrupt"])
def test_who_is_interrupted_is_interrupted_once_or_twice(want):
    counts = [len(interruptions(found)) for label, _, _, found in labelled() if label == want]
    assert max(counts) <= 4
    assert sum(counts) / len(counts) < 1.5
