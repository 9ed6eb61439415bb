"""The shipped tables behind the derived columns: whole, marked, and refused when broken."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from apothecary.drugs.derived import tables
from apothecary.drugs.shipped import MARKS, BadRow


def folder(tmp_path: Path, name: str, *lines: str) -> Path:
    (tmp_path / name).write_text("\n".join([*lines, ""]))
    return tmp_path


def test_every_table_has_its_rows():
    assert len(tables.substances()) == 652
    assert len(tables.strength_units()) == 997
    assert len(list(tables.schedule_rows())) == 66
    assert {role: bool(words) for role, words in tables.salt_words().items()} == {
        "beginning": True,
        "ending": True,
        "radical": True,
        "salt itself": True,
    }


def test_no_ending_of_a_salt_is_the_name_of_an_ingredient():
    words = tables.salt_words()
    assert not words["ending"] & set(tables.substances().values())
    assert not words["radical"] & words["ending"]


def test_a_row_of_a_schedule_says_which_paragraph_by_its_number():
    paragraphs = {2: "21 CFR 1308.12", 3: "21 CFR 1308.13", 4: "21 CFR 1308.14"}
    paragraphs[5] = "21 CFR 1308.15"
    for row in tables.schedule_rows():
        assert row.cite.startswith(paragraphs[row.schedule])
        assert row.verified in MARKS
        assert len(row.ingredients) == 1 or row.within == "all"


@pytest.mark.parametrize(
    ("read", "name", "header", "line", "field"),
    [
        (tables.substances, "substances.csv", "substance,ingredient", ",x", "substance"),
        (tables.substances, "substances.csv", "substance,ingredient", "x,", "ingredient"),
        (
            *(tables.strength_units, "strength_units.csv", "ingredient,form_group,unit"),
            *("x,tablet,grain", "unit"),
        ),
        (tables.salt_words, "salts.csv", "word,role", "x,middle", "role"),
        (tables.salt_words, "salts.csv", "word,role", ",ending", "word"),
        (tables.storages, "storage.csv", "ingredient,form_group,storage", "x,y,", "storage"),
    ],
)
def test_a_broken_line_is_refused_by_file_line_and_field(
    tmp_path: Path,
    read: Callable[[Path], Mapping[object, object]],
    name: str,
    header: str,
    line: str,
    field: str,
):
    with pytest.raises(BadRow) as bad:
        read(folder(tmp_path, name, header, line))
    assert (bad.value.file, bad.value.line, bad.value.field) == (name, 2, field)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("x,any,,1,21 CFR 1308.11,K", "schedule"),
        ("x,some,,2,21 CFR 1308.12,K", "within"),
        ("x,any,,2,,K", "cite"),
        ("x,any,,2,21 CFR 1308.12,sure", "verified"),
        ("x;;y,all,,2,21 CFR 1308.12,K", "ingredients"),
    ],
)
def test_a_schedule_without_its_citation_or_mark_is_refused(tmp_path, line, field):
    header = "ingredients,within,form_group,schedule,cite,verified"
    with pytest.raises(BadRow) as bad:
        list(tables.schedule_rows(folder(tmp_path, "schedules.csv", header, line)))
    assert bad.value.field == field
