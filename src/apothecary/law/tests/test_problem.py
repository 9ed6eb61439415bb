import pytest

from apothecary.law.problem import Problem, Refused, refuse, refuse_if


def test_nothing_to_object_goes_ahead() -> None:
    refuse_if([])


def test_all_reasons_are_given_at_once() -> None:
    with pytest.raises(Refused) as refused:
        refuse_if([Problem("One."), Problem("Two.", cite="1 CFR 1")])
    assert [problem.says for problem in refused.value.problems] == ["One.", "Two."]
    assert str(refused.value) == "One. Two."


def test_a_single_reason_keeps_its_citation_code_and_field() -> None:
    problem = refuse("No.", cite="1 CFR 1", code="no", field="dea").problems[0]
    assert (problem.cite, problem.code, problem.field) == ("1 CFR 1", "no", "dea")
