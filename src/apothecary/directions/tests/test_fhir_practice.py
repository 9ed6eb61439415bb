"""Every direction of the practice tables, through each way out of the house and back."""

import csv
import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.directions.direction import Directions
from apothecary.directions.fhir import fhir_dosage
from apothecary.directions.fhir_back import read_fhir
from apothecary.directions.reading import read_directions
from apothecary.directions.step import Step
from apothecary.directions.structured import sig_leaves, structured_sig
from apothecary.directions.structured_back import read_structured, structured_questions
from apothecary.directions.tests.test_fhir import faults

HERE = Path(__file__).parent


def _rows(name: str) -> list[tuple[str, str, str]]:
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file, delimiter="|")
        return [(row["sig"], row.get("form") or "", row.get("drug") or "") for row in table]


PRACTICE = [*_rows("practice_solids"), *_rows("practice_others"), *_rows("practice_variants")]
ASKED = [*_rows("practice_asked"), *_rows("asked_variants")]


# Asked back as yet, and never taken for something else.
OPEN = re.compile(r"on the other days|\d+ \w+ later")


def steps(whole: Directions) -> list[Step]:
    """The steps; only a patch is put "to the skin" and works through it."""
    return [
        replace(step, route="topical")
        if step.route == "transdermal" and step.dose_unit != "patch"
        else step
        for step in whole.steps
    ]


@cache
def read(row: tuple[str, str, str]) -> Directions:
    sig, form, drug = row
    return read_directions(sig, form=form, drug=drug)


@pytest.mark.parametrize("row", PRACTICE, ids=lambda row: str(row[0])[:60])
def test_a_direction_of_practice_goes_out_as_fhir_and_comes_back(
    row: tuple[str, str, str],
) -> None:
    whole = read(row)
    dosages = json.loads(json.dumps(fhir_dosage(whole)))
    assert [faults(dosage) for dosage in dosages] == [[]] * len(dosages)
    if not whole.certain or not whole.steps:
        assert len(dosages) == 1
        return
    back = read_fhir(dosages)
    assert back.questions == ()
    assert back.steps == whole.steps
    assert (back.as_directed, back.notes) == (whole.as_directed, whole.notes)


@pytest.mark.parametrize("row", PRACTICE, ids=lambda row: str(row[0])[:60])
def test_a_direction_of_practice_goes_out_as_a_structured_sig_without_contradiction(
    row: tuple[str, str, str],
) -> None:
    whole = read(row)
    leaves = sig_leaves(structured_sig(whole))
    assert structured_questions(leaves, whole) == ()
    coded = read_structured(leaves)
    assert len(coded.steps) == (len(whole.steps) if whole.certain else 0)


@pytest.mark.parametrize("row", PRACTICE, ids=lambda row: str(row[0])[:60])
def test_the_label_of_practice_reads_back_and_its_spanish_is_whole_or_explained(
    row: tuple[str, str, str],
) -> None:
    whole = read(row)
    if not whole.certain:
        return
    if not any(OPEN.search(name) for step in whole.steps for name in step.when):
        back = read_directions(whole.english(), form=row[1])
        assert (back.questions, steps(back)) == ((), steps(whole)), whole.english()
    assert bool(whole.spanish()) != bool(whole.untranslated())


@pytest.mark.parametrize("row", ASKED, ids=lambda row: str(row[0])[:60])
def test_what_must_be_asked_leaves_the_house_as_text_alone(row: tuple[str, str, str]) -> None:
    whole = read(row)
    if whole.certain:
        return
    assert fhir_dosage(whole) == [{"sequence": 1, "text": whole.text}]
    assert structured_sig(whole).findtext("SigText") == whole.text
    assert len(structured_sig(whole)) == 1


@given(st.sampled_from(PRACTICE), st.sampled_from(PRACTICE))
def test_two_directions_contradict_each_other_or_mean_the_same(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    text, coded = read(one), read(other)
    asked = structured_questions(sig_leaves(structured_sig(coded)), text)
    comparable = text.certain and coded.certain and len(text.steps) == len(coded.steps) == 1
    if not comparable or asked:
        return
    first, second = text.steps[0], coded.steps[0]
    same_unit = first.dose_unit == second.dose_unit
    if same_unit and first.dose_min is not None and second.dose_min is not None:
        assert (first.dose_min, first.dose_max) == (second.dose_min, second.dose_max)
