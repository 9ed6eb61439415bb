from pathlib import Path

import pytest

from apothecary.config import papers
from apothecary.staff.duties import Duty, Role, duty_table

CONTRACT = """
[[tool.importlinter.contracts]]
type = "layers"
layers = ["config", "(quality) | (upkeep)", "stock", "patients | drugs"]
"""


def test_the_floors_are_those_of_the_contract() -> None:
    assert papers.floors(CONTRACT) == [
        ["config"],
        ["(quality)", "(upkeep)"],
        ["stock"],
        ["patients", "drugs"],
    ]


@pytest.mark.parametrize(
    ("readme", "says"),
    [
        ("# stock\n\nWhere every unit is. And more.\n", "Where every unit is"),
        ("# stock: the ledger\n\nEvery unit,\neverywhere; always.\n", "Every unit, everywhere"),
        ("# law\n\n21 CFR 1306.22(a) is a row\n", "21 CFR 1306.22(a) is a row"),
        ("# stock\n\nOne.\n\nTwo.\n", "One"),
        ("", ""),
    ],
)
def test_a_room_is_told_by_the_first_sentence_of_its_readme(readme: str, says: str) -> None:
    assert papers.first_sentence(readme) == says


def test_rooms_stand_on_numbered_floors_and_planned_ones_say_so(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(CONTRACT)
    stock = tmp_path / "src" / "apothecary" / "stock"
    stock.mkdir(parents=True)
    (stock / "README.md").write_text("# stock\n\nThe ledger.\n")
    plan = papers.floor_plan(tmp_path)
    assert "| 4 | config |  |" in plan
    assert "| 3 | quality | planned |" in plan
    assert "| 2 | stock | The ledger |" in plan
    assert "| 1 | drugs |  |" in plan


def test_every_duty_and_every_role_of_a_person_is_printed() -> None:
    lines = papers.who_may_do_what().splitlines()
    rows = [line for line in lines if line.startswith("| ")]
    assert len(rows) == 1 + len(Duty)
    for role in set(Role) - {Role.SYSTEM}:
        assert f"| {role.value} |" in rows[0]
    assert len({row.count("|") for row in rows}) == 1


def test_the_printed_table_says_what_the_table_says() -> None:
    printed = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in papers.who_may_do_what().splitlines()
        if line.startswith("| ")
    ]
    heads, rows = printed[0], {cells[0]: cells for cells in printed[1:]}
    for row in duty_table().values():
        cells = dict(zip(heads, rows[row.says], strict=True))
        for role in set(Role) - {Role.SYSTEM}:
            assert cells[role.value] == papers.MARKS[row.allowed[role]], (row.says, role)
        assert cells["written in"] == row.cite
        assert (cells["pharmacist on duty"] == "needed") is row.pharmacist_present


def test_a_paper_that_says_something_else_is_stale(tmp_path: Path) -> None:
    assert set(papers.stale(tmp_path)) == set(papers.papers())
    for path, text in papers.papers().items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    assert papers.stale(tmp_path) == []
    (tmp_path / "docs" / "floor-plan.md").write_text("# The old plan\n")
    assert papers.stale(tmp_path) == [Path("docs/floor-plan.md")]
