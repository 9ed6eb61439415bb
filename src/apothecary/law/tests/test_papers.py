from dataclasses import replace

import pytest

from apothecary.law.papers import PapersFacts, papers_problems, screen_problems
from apothecary.law.tests.cases import ON, asks_for_exactly, codes, with_change

PACKED = PapersFacts(state="CA", oral=True)


def test_a_fill_packed_as_it_should_be_lacks_nothing() -> None:
    assert papers_problems(PACKED, on=ON) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ["papers-closure"]),
        ({"oral": False}, []),
        ({"opted_out": True}, []),
        ({"exempt_as": "sublingual nitroglycerin"}, []),
        ({"exempt_as": "oral contraceptive"}, []),
        ({"exempt_as": "something else"}, ["papers-closure"]),
    ],
)
def test_a_plain_closure_is_asked_for_or_exempt(
    change: dict[str, object], expected: list[str]
) -> None:
    facts = with_change(replace(PACKED, child_resistant=False), change)
    assert codes(papers_problems(facts, on=ON)) == expected


@pytest.mark.parametrize(
    ("has", "given", "expected"),
    [(False, False, []), (True, True, []), (True, False, ["papers-guide"])],
)
def test_a_medication_guide_goes_with_each_fill_of_a_drug_that_has_one(
    has: bool, given: bool, expected: list[str]
) -> None:
    facts = replace(PACKED, has_medication_guide=has, guide_given=given)
    assert codes(papers_problems(facts, on=ON)) == expected


def test_the_side_effects_statement_goes_with_every_fill() -> None:
    facts = replace(PACKED, side_effects_statement=False)
    problems = papers_problems(facts, on=ON)
    assert codes(problems) == ["papers-side-effects"]
    assert problems[0].cite == "21 CFR 209.10-.11"


@pytest.mark.parametrize(
    ("state", "translated", "expected"),
    [
        ("CA", False, ["papers-language"]),
        ("NY", False, ["papers-language"]),
        ("CA", True, []),
        ("TX", False, []),
        ("VT", False, []),
    ],
)
def test_california_and_new_york_translate_labels(
    state: str, translated: bool, expected: list[str]
) -> None:
    facts = replace(PACKED, state=state, reads_english=False, label_translated=translated)
    assert codes(papers_problems(facts, on=ON)) == expected


def test_all_that_is_missing_is_told_at_once() -> None:
    facts = PapersFacts(
        state="NY",
        oral=True,
        child_resistant=False,
        has_medication_guide=True,
        side_effects_statement=False,
        reads_english=False,
    )
    assert codes(papers_problems(facts, on=ON)) == [
        "papers-closure",
        "papers-guide",
        "papers-side-effects",
        "papers-language",
    ]


def test_a_prospective_review_makes_six_screens() -> None:
    asks_for_exactly(
        lambda screened: screen_problems(screened, on=ON),
        "therapeutic_duplication",
        "drug_disease",
        "drug_drug",
        "dose_or_duration",
        "allergy",
        "abuse_or_misuse",
    )
