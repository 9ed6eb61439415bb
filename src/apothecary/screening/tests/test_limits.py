"""The tables of limits: every row with its source, tied to what exists, refused when broken."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from apothecary.drugs.shipped import BadRow
from apothecary.screening import limits
from apothecary.screening.limits import Aimed
from apothecary.screening.naming import names
from apothecary.screening.rules.tables import all_classes, tables
from apothecary.screening.sources import SHIPPED

READERS: dict[str, Callable[..., Iterator[Any]]] = {
    "dose_limits.csv": limits.read_dose_limits,
    "weight_limits.csv": limits.read_weight_limits,
    "overlap_rules.csv": limits.read_overlap_rules,
    "opioid_factors.csv": limits.read_opioid_factors,
    "opioid_levels.csv": limits.read_opioid_levels,
    "early_fill.csv": limits.read_early_fills,
    "excipients.csv": limits.read_excipients,
}


def every_aim() -> list[Aimed]:
    """What the rules about ages and conditions are about."""
    ages = [row.aim for row in limits.read_age_rules()]
    return ages + [row.aim for row in limits.read_state_rules()]


@pytest.mark.parametrize("name", sorted(READERS))
def test_every_row_tells_where_it_is_from_how_old_it_is_and_how_well_it_is_known(name):
    rows = list(READERS[name]())
    assert rows
    for row in rows:
        assert row.origin.cite
        assert row.origin.on.year >= 2014
        assert row.origin.verified in {"V1", "V2", "K", "KQ", "C"}


def test_every_row_is_about_an_ingredient_or_a_class_that_exists():
    named = {key for keys in names().values() for key in keys}
    classes = all_classes()
    for aim in every_aim():
        assert aim.key in (classes if aim.kind == "class" else named), aim
    for rule in limits.read_overlap_rules():
        assert {rule.a, rule.b} <= set(classes)
        assert classes[rule.a].isdisjoint(classes[rule.b])
    for limit in limits.read_dose_limits():
        assert {limit.ingredient, *limit.together} <= named
    for members in limits.read_rule_classes().values():
        assert members <= named
    for members in limits.read_interaction_groups().values():
        assert members <= named


def test_every_condition_of_a_rule_has_its_codes_and_words():
    known = {row.key: row for row in limits.read_conditions()}
    asked = {row.condition for row in limits.read_state_rules()}
    asked |= {row.condition for row in limits.read_dose_limits()} - {""}
    assert asked == set(known)
    for row in known.values():
        assert row.codes
        assert row.words
        assert all(word == word.lower() for word in row.words)


def test_what_is_doubtful_is_disabled_and_what_is_enabled_is_not_doubtful():
    rows = every_aim()
    assert {row.enabled for row in rows if row.origin.verified == "KQ"} == {False}
    assert {row.enabled for row in rows if row.origin.verified != "KQ"} == {True}


def test_an_excipient_word_names_something_of_its_group():
    for word in limits.read_excipient_words():
        held = [row for row in tables().excipients if row.group == word.group]
        assert any(word.only in row.name for row in held), word


@pytest.mark.parametrize(
    ("name", "old", "new", "field"),
    [
        ("dose_limits.csv", "mg,,,,,,pharmacist", "stones,,,,,,pharmacist", "unit"),
        ("dose_limits.csv", ",3200,", ",-1,", "max"),
        ("dose_limits.csv", ",K,1", ",guess,1", "verified"),
        ("weight_limits.csv", ",75,", ",heavy,", "max_mg_per_kg"),
        ("overlap_rules.csv", "2022-11-04", "some day", "on"),
        ("opioid_factors.csv", ",mg,1.5,", ",pint,1.5,", "per"),
        ("opioid_factors.csv", "oxycodone,,mg,1.5", "oxycodone,,mg,1.555", "factor"),
        ("opioid_levels.csv", "pharmacist", "loud", "grade"),
        ("early_fill.csv", "\n2,90", "\n1,90", "schedule"),
        ("excipients.csv", "dye,", "paint,", "group"),
    ],
)
def test_a_broken_row_refuses_the_table_by_file_line_and_field(
    tmp_path: Path, name: str, old: str, new: str, field: str
):
    text = (SHIPPED / name).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / name).write_text(text.replace(old, new, 1))
    (tmp_path / "sources.csv").write_text((SHIPPED / "sources.csv").read_text())
    with pytest.raises(BadRow) as bad:
        list(READERS[name](tmp_path))
    assert (bad.value.file, bad.value.field) == (name, field)
    assert bad.value.line > 1


def test_a_rule_about_no_age_is_refused(tmp_path: Path):
    head = "to_kind,to_key,age_from,age_under,grade,says,cite,verified,enabled\n"
    (tmp_path / "age_rules.csv").write_text(f"{head}ingredient,codeine,,,stop,no,FDA,K,1\n")
    (tmp_path / "sources.csv").write_text((SHIPPED / "sources.csv").read_text())
    with pytest.raises(BadRow, match="neither from nor under an age"):
        list(limits.read_age_rules(tmp_path))
