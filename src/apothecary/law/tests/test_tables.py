import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from apothecary.law import tables
from apothecary.law.problem import Problem, Refused
from apothecary.law.tables import (
    DATED,
    MARKS,
    BadTable,
    Row,
    every_row,
    federal,
    policy,
    practice,
    read_table,
    state,
    states,
)
from apothecary.law.tests.cases import ON, looked_up

ROWS = every_row()

GOOD = """
[[row]]
id = "a"
says = "A rule."
value = 1
unit = "days"
cite = "1 CFR 1"
verified = "V1"
effective_from = 2020-01-01
dated = "rule"
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "table.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("table", "row"), ROWS, ids=[f"{name}:{row.id}" for name, row in ROWS])
def test_every_value_of_law_is_cited_dated_marked_and_said_in_a_sentence(
    table: str, row: Row
) -> None:
    assert len(row.cite) > 5, table
    assert row.verified in MARKS
    assert row.dated in DATED
    assert date(1900, 1, 1) < row.effective_from <= date(2026, 11, 30)
    assert row.says.endswith(".")
    assert row.says[0].isupper()
    assert not isinstance(row.value, float)
    assert row.unit or isinstance(row.value, bool)


@pytest.mark.parametrize(("table", "row"), ROWS, ids=[f"{name}:{row.id}" for name, row in ROWS])
def test_every_row_answers_from_its_first_day_and_not_the_day_before(
    table: str, row: Row
) -> None:
    before = row.effective_from - timedelta(days=1)
    assert not row.in_force(before)
    assert row.in_force(row.effective_from)
    assert row.in_force(row.effective_from + timedelta(days=1))


def test_house_defaults_are_the_only_convention_in_policy_and_never_in_federal_law() -> None:
    assert {row.verified for name, row in ROWS if name == "policy"} == {"C"}
    assert "C" not in {row.verified for name, row in ROWS if name == "federal"}


def test_a_refill_of_a_c_ii_drug_rests_on_its_row() -> None:
    row = federal("DEA-024", on=ON)
    assert (row.value, row.unit, row.cite) == (0, "refills", "21 CFR 1306.12(a)")


def test_a_state_row_is_read_for_its_state() -> None:
    row = state("TX", "cii_validity_days", on=ON)
    assert isinstance(row, Row)
    assert (row.number(), row.verified) == (30, "V1")


def test_an_unknown_state_is_named_and_nothing_is_assumed() -> None:
    problem = state("ZZ", "cii_validity_days", on=ON)
    assert isinstance(problem, Problem)
    assert problem.code == "law-unknown-state"
    assert "'ZZ'" in problem.says


def test_a_missing_row_is_named_and_nothing_is_assumed() -> None:
    problem = state("FL", "cii_validity_days", on=ON)
    assert isinstance(problem, Problem)
    assert problem.code == "law-missing-row"
    assert "FL law" in problem.says
    assert "'cii_validity_days'" in problem.says


def test_a_row_not_yet_in_force_is_named_with_the_day() -> None:
    problem = state("TX", "cii_validity_days", on=date(2024, 10, 31))
    assert isinstance(problem, Problem)
    assert problem.code == "law-not-in-force"
    assert "2024-10-31" in problem.says


def test_a_doubtful_row_is_disabled_and_shows_its_mark() -> None:
    doubtful = [(name, row) for name, row in ROWS if row.verified == "KQ"]
    assert {"federal", "practice", "TX"} <= {name for name, _ in doubtful}
    for name, row in doubtful:
        problem = looked_up(name, row.id, max(ON, row.effective_from))
        assert isinstance(problem, Problem)
        assert (problem.code, problem.verified) == ("law-doubtful-row", "KQ")
        assert problem.cite == row.cite


@pytest.mark.parametrize("look_up", [federal, policy])
def test_a_missing_federal_or_house_row_stops_the_act(look_up: Callable[..., Row]) -> None:
    with pytest.raises(Refused) as refused:
        look_up("NO-SUCH-ROW", on=ON)
    assert refused.value.problems[0].code == "law-missing-row"
    assert "NO-SUCH-ROW" in refused.value.problems[0].says


def test_the_house_default_for_validity_is_twelve_months_and_marked_as_convention() -> None:
    row = policy("noncontrolled_validity_months", on=ON)
    assert (row.number(), row.verified) == (12, "C")


def test_requested_part_fills_of_c_ii_begin_with_the_rule_of_august_2023() -> None:
    with pytest.raises(Refused):
        federal("DEA-031", on=date(2023, 8, 20))
    assert federal("DEA-031", on=date(2023, 8, 21)).number() == 30
    assert federal("DEA-031", on=date(2023, 8, 22)).number() == 30


def test_only_states_with_usable_or_visibly_doubtful_rows_are_installed() -> None:
    assert set(states()) == {"TX", "CA", "FL", "NY", "IL", "MI", "AZ", "GA", "MA"}


def test_a_state_nobody_has_surveyed_is_named_and_nothing_is_assumed() -> None:
    problem = practice("ZZ", "ratio", on=ON)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.field) == ("law-unknown-state", "state")
    assert "'ZZ'" in problem.says


def test_what_a_surveyed_state_says_nothing_of_is_named() -> None:
    problem = practice("AL", "keep_prescription_years", on=ON)
    assert isinstance(problem, Problem)
    assert problem.code == "law-missing-row"
    assert "'AL_keep_prescription_years'" in problem.says


def test_a_row_on_running_a_pharmacy_is_read_for_its_state() -> None:
    row = practice("MI", "keep_prescription_years", on=ON)
    assert isinstance(row, Row)
    assert (row.number(), row.verified) == (5, "V1")


def test_rows_of_one_id_stand_in_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "federal.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "federal_more.toml").write_text(GOOD, encoding="utf-8")
    monkeypatch.setattr(tables, "_HERE", tmp_path)
    # Past the memory of the look-up, which keeps the real tables.
    with pytest.raises(BadTable, match=r"federal_more\.toml: a: another file has rows"):
        tables._federal.__wrapped__()


def test_a_whole_number_is_an_amount_too_and_a_word_is_none() -> None:
    assert federal("DEA-150", on=ON).amount() == Decimal("3.6")
    assert federal("DEA-151", on=ON).amount() == Decimal(9)
    with pytest.raises(TypeError, match="DEA-071"):
        federal("DEA-071", on=ON).amount()


def test_a_later_version_takes_over_on_its_day(tmp_path: Path) -> None:
    later = GOOD.replace("value = 1", "value = 2").replace("2020-01-01", "2022-01-01")
    first = GOOD + "effective_to = 2021-12-31\n"
    rows = read_table(written(tmp_path, first + later))["a"]
    assert [row.value for row in rows if row.in_force(date(2021, 12, 31))] == [1]
    assert [row.value for row in rows if row.in_force(date(2022, 1, 1))] == [2]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (('cite = "1 CFR 1"\n', ""), "table.toml: a: cite is missing"),
        (('cite = "1 CFR 1"', 'cite = ""'), "table.toml: a: cite is missing"),
        (('id = "a"\n', ""), "a row without id: id is missing"),
        (('verified = "V1"', 'verified = "V9"'), "verified 'V9' is none of"),
        (('dated = "rule"', 'dated = "guess"'), "dated 'guess' is none of"),
        (('unit = "days"', 'unit = "days"\ncolour = 1'), "unknown key colour"),
        (("2020-01-01", '"2020"'), "'2020' is not a date"),
        (("2020-01-01", "2020-01-01T00:00:00"), "is not a date"),
    ],
)
def test_a_malformed_row_names_file_row_and_reason(
    tmp_path: Path, change: tuple[str, str], reason: str
) -> None:
    with pytest.raises(BadTable) as bad:
        read_table(written(tmp_path, GOOD.replace(*change)))
    assert reason in str(bad.value)


@pytest.mark.parametrize(
    "order",
    [
        (GOOD, GOOD),
        (GOOD, GOOD.replace("2020-01-01", "2019-01-01")),
        (GOOD, GOOD.replace("2020-01-01", "2021-01-01")),
    ],
)
def test_two_rows_in_force_on_one_day_are_refused(
    tmp_path: Path, order: tuple[str, str]
) -> None:
    with pytest.raises(BadTable, match="two rows are in force on one day"):
        read_table(written(tmp_path, "".join(order)))


def test_a_decimal_value_never_becomes_a_binary_fraction(tmp_path: Path) -> None:
    rows = read_table(written(tmp_path, GOOD.replace("value = 1", "value = 3.6")))
    assert rows["a"][0].value == Decimal("3.6")


@pytest.mark.parametrize(
    ("row_id", "wrong"),
    [("DEA-071", "number"), ("DEA-024", "text"), ("DEA-024", "names"), ("DEA-024", "yes")],
)
def test_a_value_of_another_kind_is_never_bent_into_shape(row_id: str, wrong: str) -> None:
    with pytest.raises(TypeError, match=row_id):
        getattr(federal(row_id, on=ON), wrong)()


def test_yes_is_not_the_number_one() -> None:
    with pytest.raises(TypeError, match="OBRA-90"):
        federal("OBRA-90", on=ON).number()


# Ids that a rule puts together from what it is asked about.
BUILT = re.compile(
    r".*_validity_(days|months)|DEA-061/(opium|other)_(ml|units)|(registered|unlicensed)_max_.*"
    r"|ratio_(community|institutional)|cs_(condition|anabolic)_supply_months"
    r"|cii_opioid_acute(_exception)?_days|keep_(prescription|acquisition)_years"
    r"|(nurse_practitioner|physician_assistant)_schedules"
    # Rows named duty_* answer the "state" condition of the table of duties, one floor up.
    r"|duty_.*"
)


def test_every_row_is_read_by_a_rule() -> None:
    rules = "".join(
        path.read_text("utf-8") for path in Path(tables.__file__).parent.glob("*.py")
    )
    # A row of substitution is asked for by its last words, beside a state or the survey.
    said = set(re.findall(r'"([a-z_]+)"', rules))
    unread = [
        f"{name}:{row.id}"
        for name, row in ROWS
        if f'"{asked(name, row.id)}"' not in rules
        and not BUILT.fullmatch(asked(name, row.id))
        and not (name == "substitution" and chosen(row.id) & said)
    ]
    assert unread == []


def asked(table: str, row_id: str) -> str:
    """What a rule calls a row: on running a pharmacy without its state."""
    return row_id.partition("_")[2] if table == "practice" else row_id


def chosen(row_id: str) -> set[str]:
    """What a rule calls a row of the table of substitution: without its state or survey."""
    return {row_id.partition("_")[2]}


def test_the_table_of_substitution_is_walked_with_the_others() -> None:
    walked = {row.id for name, row in ROWS if name == "substitution"}
    assert {"survey_must", "survey_told", "NY_kind"} <= walked
    assert {name for name, _ in ROWS} >= {"federal", "policy", "substitution", *states()}


def test_each_kind_of_value_is_read_as_what_it_is(tmp_path: Path) -> None:
    def row(value: str) -> Row:
        read = read_table(written(tmp_path, GOOD.replace("value = 1", f"value = {value}")))
        return read["a"][0]

    assert row('["x", "y"]').names() == ("x", "y")
    assert (row('"word"').text(), row("true").yes(), row("7").number()) == ("word", True, 7)
