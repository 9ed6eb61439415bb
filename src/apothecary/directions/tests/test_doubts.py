import pytest

from apothecary.directions.doubts import form_family
from apothecary.directions.reading import read_directions


@pytest.mark.parametrize(
    ("form", "family"),
    [
        ("TABLET, FILM COATED", "solid"),
        ("Capsule", "solid"),
        ("Oral Solution", "liquid"),
        ("SUSPENSION/ DROPS", "liquid"),
        ("Cream", "spread"),
        ("Gel", "spread"),
        ("Softgel", "solid"),
        ("PATCH, EXTENDED RELEASE", "patch"),
        ("Rectal Suppository", "suppository"),
        ("TABLET, FOR SUSPENSION", ""),
        ("CAPSULE, LIQUID FILLED", ""),
        ("INJECTION, SOLUTION", ""),
        ("Inhalation Capsule", ""),
        ("Solution for inhalation", ""),
        ("kit", ""),
        ("", ""),
    ],
)
def test_a_form_is_of_one_family_or_of_none_that_is_sure(form: str, family: str) -> None:
    assert form_family(form) == family


@pytest.mark.parametrize(
    ("sig", "form", "question"),
    [
        ("1 tab po bid", "oral solution", "The product is oral solution: is it counted"),
        ("1 tab po bid", "tablet", ""),
        ("1 tab po bid", "capsule", ""),
        ("1 tab po bid", "kit", ""),
        ("5 ml po bid", "tablet", "The product is tablet: is it counted by the mL?"),
        ("5 ml po bid", "tablet, for suspension", ""),
        ("apply bid", "suppository", "The product is suppository: is it applied?"),
        ("apply to skin bid", "cream", ""),
        ("1 patch po daily", "", "A patch does not go the way named: oral."),
        ("1 patch td daily", "", ""),
        ("1 supp po daily", "", "A suppository does not go the way named: oral."),
        ("1 supp pr daily", "", ""),
        ("1 spray each eye daily", "", "A spray does not go the way named: ophthalmic."),
        ("1 spray each nostril daily", "", ""),
        ("inhale 1 tab daily", "", "A tablet is not inhaled."),
        ("inhale contents of 1 capsule daily", "", ""),
    ],
)
def test_what_does_not_go_together_is_asked(sig: str, form: str, question: str) -> None:
    asked = read_directions(sig, form=form).questions
    assert [q[: len(question)] for q in asked] == ([question] if question else [])


@pytest.mark.parametrize(
    ("sig", "certain"),
    [
        ("19 tablets po daily", True),
        ("20 tablets po daily", True),
        ("21 tablets po daily", False),
        ("4 tablets po q1h", True),
        ("5 tablets po q1h", False),
        ("1 drop ou 24 times daily", True),
        ("1 drop ou 25 times daily", False),
        ("4000 ml po daily", True),
        ("50,000 units po qwk", True),
        ("99999999 units po qwk", True),
        ("999999999 units po qwk", False),
        ("0.123456 ml po daily", True),
        ("0.1234567 ml po daily", False),
    ],
)
def test_more_than_anyone_takes_is_asked(sig: str, certain: bool) -> None:
    directions = read_directions(sig)
    assert directions.certain is certain, directions.questions
    assert (directions.max_quantity_per_day() is not None) is certain


@pytest.mark.parametrize(
    ("sig", "most"),
    [
        ("1 tab bid and 2 tabs qhs", 4),
        ("1 tab qam and 2 tabs qhs", 3),
        ("1 tab daily and 1 tab q6h prn pain", 5),
        ("1 tab now and 1 tab bid", 3),
        ("8 units sq tid with meals and 20 units sq qhs", 44),
        ("1 drop right eye bid and 1 drop left eye qd", 3),
        ("2 tabs on mon and 1 tab on tue", None),
        ("1 tab daily and 2 tabs daily", None),
        ("1 tab bid and 2 tabs daily", None),
        ("1 tab daily and 2 tabs on sunday", None),
        ("1 tab on mon and wed and 2 tabs on wed", None),
        ("1 tab q6h prn mild pain and 2 tabs q6h prn severe pain", None),
        ("1 tab qam and 1 tab at breakfast", None),
    ],
)
def test_doses_add_up_only_where_they_cannot_be_meant_for_the_same_time(
    sig: str, most: int | None
) -> None:
    directions = read_directions(sig)
    if sig.startswith("2 tabs on mon"):
        assert directions.certain
        assert directions.quantity_per_day() is not None
        return
    assert directions.certain is (most is not None), directions.questions
    assert directions.max_quantity_per_day() == most


@pytest.mark.parametrize(
    ("sig", "follows"),
    [
        ("3 tabs qd x 5d, 2 tabs qd x 5d", True),
        ("3 tabs qam x 5d, 2 tabs qam x 5d", True),
        ("1 tab qd x 7d, 1 tab bid", True),
        ("3 tabs qd x 5d and 2 tabs qd x 5d", None),
        ("1 tab qam x 3d, 1 tab qhs x 3d", None),
        ("1 tab qam x 3d, 1 tab bid x 3d", None),
        ("1 tab bid x 10d. 1 tab q6h prn pain", None),
        ("1 tab qam x 3d and 1 tab qhs x 3d", False),
        ("1 tab bid, 2 tabs qhs", False),
    ],
)
def test_a_dose_after_one_with_an_end_is_the_next_of_a_series(
    sig: str, follows: bool | None
) -> None:
    directions = read_directions(sig)
    assert directions.certain is (follows is not None), directions.questions
    if follows is not None:
        assert directions.steps[1].then is follows


@pytest.mark.parametrize(
    ("sig", "certain"),
    [
        ("1.25 ml po q4-6h prn fever max 5 doses per day", True),
        ("1.25 ml po q4-6h prn fever max 6 doses per day", True),
        ("1.25 ml po q4-6h prn fever max 7 doses per day", False),
        ("1.25 ml po q4-6h prn fever max 5 doses", True),
        ("apply 1 patch daily 12 hours on and 12 hours off", True),
        ("apply 1 patch bid 12 hours on and 12 hours off", False),
        ("mix 1 packet in 4 ounces of water and drink daily", True),
        ("mix 1 packet daily", False),
    ],
)
def test_what_a_direction_adds_must_agree_with_it(sig: str, certain: bool) -> None:
    assert read_directions(sig).certain is certain
