"""A taper that does not say how is asked once, in one question; days in Spanish; the skin."""

import pytest

from apothecary.directions.reading import read_directions
from apothecary.directions.words import lexicon

HOW = "The taper does not say how: which dose on which days?"


@pytest.mark.parametrize(
    "sig",
    [
        "Take 40 mg by mouth daily, taper over 10 days",
        "Take 40 mg by mouth daily, then taper off over 2 weeks",
        "Take 40 mg by mouth daily and wean off over 2 weeks",
        "Take 40 mg by mouth daily and taper by 10 mg every 3 days",
        "Take 40 mg by mouth daily, taper down over the next 5 days",
        "Take 40 mg by mouth daily, taper as directed",
        "Taper over 12 days",
        "taper",
    ],
)
def test_a_taper_without_its_doses_is_asked_in_one_question(sig: str) -> None:
    found = read_directions(sig, form="tablet")
    assert found.questions == (HOW,)
    assert found.quantity_per_day() is None


def test_what_was_said_before_the_taper_is_still_there_to_be_corrected() -> None:
    found = read_directions("Take 40 mg by mouth daily, taper over 10 days", form="tablet")
    assert found.english() == "Take 40 mg by mouth once daily."


def test_the_doses_of_a_taper_are_read_and_what_is_strange_beside_it_is_asked() -> None:
    whole = read_directions("40 mg po daily x 3 days, then taper to 20 mg daily x 3 days")
    assert whole.certain
    assert [step.dose_max for step in whole.steps] == [40, 20]
    strange = read_directions("Take 40 mg daily, taper over 10 days. Zzyzx", form="tablet")
    assert strange.questions == (HOW, "What does 'zzyzx' mean?")


@pytest.mark.parametrize(
    ("sig", "english"),
    [
        ("1 tab po los lunes", "Take 1 tablet by mouth on Monday."),
        ("1 tab po el viernes", "Take 1 tablet by mouth on Friday."),
        ("1 tab los martes y los jueves", "Take 1 tablet by mouth on Tuesday and Thursday."),
        ("1 cap cada domingo", "Take 1 capsule by mouth on Sunday."),
        ("1 tab po los sábados", "Take 1 tablet by mouth on Saturday."),
    ],
)
def test_a_day_of_the_week_with_its_article_makes_a_text_spanish(
    sig: str, english: str
) -> None:
    found = read_directions(sig)
    assert found.questions == ()
    assert found.english() == english


def test_a_name_that_is_also_a_spanish_day_makes_no_text_spanish() -> None:
    assert not read_directions("Take 1 tablet daily per Dr. Domingo").certain


@pytest.mark.parametrize(
    ("sig", "form", "route"),
    [
        ("Apply 1 patch to the skin weekly", "", "transdermal"),
        ("Apply 1 to skin every 72 hours", "patch", "transdermal"),
        ("Place 1 patch onto the skin every 3 days", "patch", "transdermal"),
        ("Aplique 1 parche en la piel cada 3 dias", "", "transdermal"),
        ("Apply 1 patch transdermally weekly", "patch", "transdermal"),
        ("Apply 1 patch topically to the skin weekly", "patch", "topical"),
        ("Apply 1 patch topically weekly", "patch", "topical"),
        ("Apply to the skin daily", "cream", "topical"),
        ("Apply 2 g to the skin daily", "gel", "topical"),
        ("Apply 2 g to the skin transdermally daily", "gel", "transdermal"),
    ],
)
def test_a_patch_works_through_the_skin_unless_it_is_said_to_work_on_it(
    sig: str, form: str, route: str
) -> None:
    found = read_directions(sig, form=form)
    assert found.questions == ()
    assert [step.route for step in found.steps] == [route]


def test_to_test_blood_sugar_is_a_reason_like_any_other() -> None:
    found = read_directions("Use 1 strip 3 times daily for testing blood sugar")
    assert found.steps[0].purpose == "testing blood sugar"
    assert read_directions(found.english()).steps == found.steps
    assert read_directions(found.spanish()).steps == found.steps


def test_every_word_for_a_taper_asks_the_same() -> None:
    tapers = [word for word in lexicon().words() if word.kind == "taper"]
    assert len(tapers) >= 15
    assert {word.value for word in tapers} == {HOW}
