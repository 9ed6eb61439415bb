"""What is read beside a name must be in the name's own order: 5/325 is not 325/5."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.drugs.starter import read_products
from apothecary.drugs.strengths import in_order_of_name


@pytest.mark.parametrize(
    ("name", "key", "held", "said"),
    [
        (
            "hydrocodone bitartrate and acetaminophen",
            "acetaminophen+hydrocodone",
            "325 mg / 5 mg",
            "5 mg / 325 mg",
        ),
        (
            "Losartan Potassium and Hydrochlorothiazide",
            "hydrochlorothiazide+losartan",
            "12.5 mg / 50 mg",
            "50 mg / 12.5 mg",
        ),
        (
            "butalbital, acetaminophen, and caffeine",
            "acetaminophen+butalbital+caffeine",
            "325 mg / 50 mg / 40 mg",
            "50 mg / 325 mg / 40 mg",
        ),
        (
            "acetaminophen and codeine phosphate",
            "acetaminophen+codeine",
            "300 mg / 30 mg",
            "300 mg / 30 mg",
        ),
        (
            "norethindrone and ethinyl estradiol",
            "ethinyl-estradiol+norethindrone",
            "35 mcg / 1 mg",
            "1 mg / 35 mcg",
        ),
    ],
)
def test_the_strengths_of_a_combination_are_said_in_the_order_of_its_name(
    name: str, key: str, held: str, said: str
) -> None:
    assert in_order_of_name(held, name=name, ingredient_key=key) == said


@pytest.mark.parametrize(
    ("name", "key", "held"),
    [
        ("lisinopril", "lisinopril", "10 mg"),
        ("pancrelipase", "pancrelipase-amylase+pancrelipase-lipase", "60000 unit / 12000 unit"),
        ("a brand alone", "acetaminophen+hydrocodone", "325 mg / 5 mg"),
        ("amphetamine salts", "amphetamine+dextroamphetamine", "5 mg / 5 mg / 5 mg / 5 mg"),
        ("norethindrone kit", "norethindrone", ""),
    ],
)
def test_where_the_name_does_not_show_whose_it_is_a_strength_stays_as_it_is_held(
    name: str, key: str, held: str
) -> None:
    assert in_order_of_name(held, name=name, ingredient_key=key) == held


def test_no_strength_of_the_shipped_file_is_lost_or_made_by_the_order() -> None:
    turned = 0
    for row in read_products():
        said = in_order_of_name(
            row.strength, name=row.generic, ingredient_key=row.ingredient_key
        )
        assert sorted(said.split(" / ")) == sorted(row.strength.split(" / "))
        turned += said != row.strength
    assert turned > 100


@given(st.permutations(["aspirin", "butalbital", "caffeine"]))
def test_whatever_the_order_of_a_name_each_drug_keeps_its_own_strength(
    order: list[str],
) -> None:
    own = {"aspirin": "325 mg", "butalbital": "50 mg", "caffeine": "40 mg"}
    held = " / ".join(own[drug] for drug in sorted(own))
    said = in_order_of_name(
        held, name=" and ".join(order), ingredient_key="+".join(sorted(own))
    )
    assert said.split(" / ") == [own[drug] for drug in order]
