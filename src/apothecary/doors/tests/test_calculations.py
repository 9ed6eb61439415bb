"""Calculations by program: the same answers as the command, faults by field."""

from decimal import Decimal

import pytest

from apothecary.arithmetic.command import answer, plain
from apothecary.arithmetic.table import calculations
from apothecary.doors.tests.program import Program, codes, fields
from apothecary.journal.models import Entry
from apothecary.staff.duties import Role


@pytest.fixture
def program(pharmacy) -> Program:
    return Program(pharmacy, Role.TECHNICIAN)


def sent(key: str, **changes: object) -> dict[str, object]:
    """The worked example of a calculation as a body; changes are inputs."""
    row = calculations()[key]
    inputs = {name: plain(value) for name, value in row.example.items()}
    return {"calculation": key, "inputs": inputs | changes}


def test_every_calculation_is_reckoned_as_the_command_does(program):
    for key in calculations():
        body = sent(key)
        said, expected = program.post("/calculate", body).json(), answer(body)
        assert said["value"] == expected["value"], key
        assert (said["unit"], said["name"]) == (expected["unit"], calculations()[key].name)
        assert [*said["working"], *(f"caution: {c}" for c in said["cautions"])] == (
            expected["working"]
        )


def test_the_exact_value_source_and_mark_come_along(program):
    said = program.post("/calculate", sent("E11", kg="161 lb")).json()
    assert (said["value"], said["unit"]) == (69.3, "mL/min")
    assert Decimal(said["exact"]).quantize(Decimal("1e-8")) == Decimal("69.30933413")
    assert said["working"][0] == "kg: 161 lb = 73.02837157 kg"
    assert (said["source"], said["verified"]) == ("Cockcroft-Gault 1976", "X")


def test_a_day_is_answered_as_a_day(program):
    said = program.post("/calculate", sent("C19")).json()
    assert said["value"] == said["exact"] == "2026-06-16"


def test_every_wrong_input_is_told_by_its_field(program):
    answered = program.post("/calculate", sent("E11", age=400, kg="70 cm", scr=0, sex="f"))
    assert answered.status_code == 422
    assert fields(answered) == {"age", "kg", "scr", "sex"}
    assert codes(answered) == {"bad-input"}
    says = [problem["says"] for problem in answered.json()["problems"]]
    assert "kg: 70 cm measures length; asked is mass (kg)" in says


@pytest.mark.parametrize("name", ["E99", "", "Cockcroft", "x" * 200])
def test_a_calculation_that_is_not_in_the_table_is_bad_input(program, name):
    answered = program.post("/calculate", {"calculation": name, "inputs": {}})
    assert (answered.status_code, fields(answered)) == (422, {"calculation"})


def test_the_list_names_all_and_words_narrow_it(program):
    every = program.get("/calculations").json()
    assert [row["id"] for row in every] == list(calculations())
    dilutions = program.get("/calculations?words=alligation mix").json()
    assert [row["id"] for row in dilutions] == ["B20", "B21"]
    (weight,) = (i for i in every[0]["inputs"])
    assert (weight["name"], weight["unit"], weight["low"]) == ("C", "degC", -273.15)
    assert program.get("/calculations?words=zebra").json() == []


def test_nothing_is_written_down(program):
    before = Entry.objects.count()
    program.post("/calculate", sent("E11"))
    program.post("/calculate", sent("E11", age=400))
    assert Entry.objects.count() == before
