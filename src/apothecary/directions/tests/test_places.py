"""Several places of the body in one text, and a dose that may be for each or for all."""

from fractions import Fraction

import pytest

from apothecary.directions.english import places
from apothecary.directions.fhir import fhir_dosage
from apothecary.directions.fhir_back import read_fhir
from apothecary.directions.reading import read_directions
from apothecary.directions.words import lexicon


@pytest.mark.parametrize(
    ("said", "site"),
    [
        ("to face and neck", "face and neck"),
        ("to the face and the neck", "face and neck"),
        ("to the face and to the neck", "face and neck"),
        ("to face/neck", "face and neck"),
        ("to face & neck", "face and neck"),
        ("to face, neck and chest", "face, neck and chest"),
        ("to the face, neck, and the chest", "face, neck and chest"),
        ("to face, neck and face", "face and neck"),
        ("to affected area and scalp", "affected area and scalp"),
        ("on right knee and left elbow", "right knee and left elbow"),
        ("to both feet and hands", "both feet and hands"),
    ],
)
def test_places_that_are_named_in_a_row_belong_together(said: str, site: str) -> None:
    found = read_directions(f"Apply {said} twice daily", form="cream")
    assert found.questions == ()
    assert [(step.route, step.site) for step in found.steps] == [("topical", site)]
    assert read_directions(found.english()).steps == found.steps
    assert read_directions(found.spanish()).steps == found.steps
    assert read_fhir(fhir_dosage(found)).steps == found.steps


@pytest.mark.parametrize(
    ("said", "site", "a_day"),
    [
        ("1 drop in the right eye and left eye", "both eyes", 4),
        ("1 drop into left eye and right eye", "both eyes", 4),
        ("1 drop in right ear & left ear", "both ears", 4),
        ("1 spray in right nostril and left nostril", "each nostril", 4),
        ("1 drop in the right eye and right eye", "right eye", 2),
    ],
)
def test_the_right_and_the_left_are_both_and_each_has_its_dose(
    said: str, site: str, a_day: int
) -> None:
    found = read_directions(f"{said} twice daily")
    assert found.questions == ()
    assert found.steps[0].site == site
    assert found.quantity_per_day() == Fraction(a_day)


@pytest.mark.parametrize(
    ("sig", "asks"),
    [
        ("1 drop in left eye and right ear daily", "Two routes are named"),
        ("1 drop right eye left eye daily", "Which one: right eye or left eye?"),
        ("1 drop in right eye or left eye daily", "right eye"),
        ("apply to face or neck daily", "neck"),
        ("apply 2 g to hands and feet daily", "So much to each place (hands and feet)"),
        ("apply 1 patch to right arm and left arm daily", "So much to each place"),
        ("apply to face and zzyzx daily", "zzyzx"),
        ("apply to left daily", "left"),
        ("apply to right daily", "right"),
        (
            "take 1 tablet by mouth and to the face daily",
            "Two routes are named: oral and topical.",
        ),
    ],
)
def test_what_is_not_one_place_after_the_other_is_asked(sig: str, asks: str) -> None:
    found = read_directions(sig)
    assert not found.certain
    assert asks in " ".join(found.questions)


def test_an_application_to_two_places_is_one_to_each() -> None:
    found = read_directions("1 application to face and neck bid")
    assert found.english() == "Apply 1 application to the face and the neck twice daily."


def test_a_part_of_the_body_in_a_reason_is_no_place() -> None:
    found = read_directions("1 tab po bid prn back and neck pain", form="tablet")
    assert found.questions == ()
    assert (found.steps[0].site, found.steps[0].as_needed_for) == ("", "back and neck pain")


def test_no_word_of_the_table_is_a_side_without_its_part() -> None:
    bare = {"right", "left", "both", "affected", "upper", "lower", "outer", ""}
    sites = [word for word in lexicon().words() if word.kind in ("site", "too")]
    assert len(sites) > 2000
    assert not [word for word in sites if word.phrase.split()[-1] in bare]


def test_the_places_of_a_site_come_apart_again() -> None:
    assert places("face") == ["face"]
    assert places("face and neck") == ["face", "neck"]
    assert places("hands, right knee and both feet") == ["hands", "right knee", "both feet"]
