"""What may be given for what at the counter, without a database: rating, DAW, the state."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from apothecary.drugs.equivalence import Book, Facts
from apothecary.filling.rules import ProductFacts, substitution_problems, substitution_steps
from apothecary.law.problem import Problem

TODAY = date(2026, 11, 23)


def codes(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems]


LISINOPRIL = Facts(
    ingredients="lisinopril",
    strength="10 mg",
    form="TABLET",
    route="ORAL",
    te_code="AB",
    category="ANDA",
    is_brand=False,
)
WANTED = ProductFacts(("68180", "0980"), "lisinopril 10 mg of Lupin", "", LISINOPRIL)
OFFERED = replace(WANTED, code=("0093", "1111"), says="lisinopril 10 mg of Teva")


def rated(te_code: str, of: ProductFacts = OFFERED) -> ProductFacts:
    return replace(of, drug=replace(of.drug, te_code=te_code))


def other(**facts: Any) -> ProductFacts:
    return replace(OFFERED, drug=replace(LISINOPRIL, **facts))


@pytest.mark.parametrize(
    ("offered", "daw", "expected"),
    [
        (OFFERED, "0", []),
        (OFFERED, "1", ["daw"]),
        (OFFERED, "2", ["daw"]),
        (OFFERED, "3", []),
        (OFFERED, "7", ["daw"]),
        (OFFERED, "9", []),
        (WANTED, "1", []),
        (other(strength="20 mg"), "0", ["other-drug"]),
        (other(form="TABLET, EXTENDED RELEASE"), "0", ["other-drug"]),
        (other(form="TABLET, FILM COATED"), "0", []),
        (other(route="SUBLINGUAL"), "0", ["other-drug"]),
        (other(ingredients="enalapril"), "1", ["daw", "other-drug"]),
        (other(ingredients=""), "0", ["other-drug"]),
        (other(te_code="BX"), "0", ["not-equivalent"]),
        (other(te_code=""), "0", ["not-equivalent"]),
        (other(category="BLA"), "0", ["biologic"]),
    ],
)
def test_an_equivalent_is_the_same_drug_with_the_same_rating(offered, daw, expected):
    assert (
        codes(substitution_problems(WANTED, offered, daw=daw, state="TX", on=TODAY)) == expected
    )


BRAND = replace(WANTED, brand="Prinivil", price_usd=Decimal("20.00"))


@pytest.mark.parametrize(
    ("state", "costs", "expected"),
    [
        ("TX", "20.00", []),
        ("TX", "20.01", ["substitution-dearer"]),
        ("NY", "19.99", []),
        ("NY", "20.00", ["substitution-dearer"]),
        ("NY", None, []),
        ("ZZ", "4.00", ["law-no-substitution"]),
        ("", None, ["law-no-substitution"]),
    ],
)
def test_a_brand_is_given_up_as_the_state_of_the_pharmacy_lets_it(state, costs, expected):
    offered = replace(OFFERED, price_usd=None if costs is None else Decimal(costs))
    found = substitution_problems(BRAND, offered, daw="0", state=state, on=TODAY)
    assert codes(found) == expected


def test_a_state_without_rows_refuses_by_name_and_a_generic_is_not_its_matter():
    (problem,) = substitution_problems(BRAND, OFFERED, daw="0", state="ZZ", on=TODAY)
    assert "ZZ" in problem.says
    assert problem.field == "state"
    assert substitution_problems(WANTED, OFFERED, daw="0", state="ZZ", on=TODAY) == []


def test_a_biologic_for_a_brand_is_refused_by_the_file_and_by_the_state():
    found = substitution_problems(BRAND, other(category="BLA"), daw="0", state="TX", on=TODAY)
    assert codes(found) == ["biologic", "substitution-not-interchangeable"]


@pytest.mark.parametrize(
    ("state", "costs", "first", "compared"),
    [
        ("TX", "4.00", "Ask the patient to choose.", False),
        ("TX", None, "Ask the patient to choose.", True),
        ("NY", "4.00", "Tell the patient.", False),
        ("NY", None, "Tell the patient.", True),
    ],
)
def test_what_the_state_asks_before_a_brand_is_given_up(state, costs, first, compared):
    offered = replace(OFFERED, price_usd=None if costs is None else Decimal(costs))
    found = substitution_steps(BRAND, offered, state=state, on=TODAY)
    assert found[0].says == first
    assert all(step.cite and step.verified for step in found)
    assert ("substitution-price" in codes(found)) == compared


@pytest.mark.parametrize(
    ("wanted", "state"), [(WANTED, "TX"), (BRAND, "ZZ"), (replace(BRAND, brand=""), "NY")]
)
def test_nothing_is_asked_where_no_brand_is_given_up_or_no_row_speaks(wanted, state):
    assert substitution_steps(wanted, OFFERED, state=state, on=TODAY) == []


def test_the_same_brand_of_another_labeler_keeps_to_what_was_wanted():
    brand = replace(WANTED, brand="Prinivil")
    assert (
        substitution_problems(
            brand, replace(OFFERED, brand="Prinivil"), daw="1", state="TX", on=TODAY
        )
        == []
    )
    assert codes(substitution_problems(brand, OFFERED, daw="1", state="TX", on=TODAY)) == [
        "daw"
    ]


@pytest.mark.parametrize(
    ("wanted", "offered", "expected"),
    [
        ("AB1,AB2", "AB2", []),
        ("AB2", "AB1,AB2", []),
        ("AB1,AB2", "AB2,AB3", []),
        ("AB1, AB2", "AB2", []),
        ("AB1,AB2", "AB3", ["not-equivalent"]),
        ("AB1", "AB2", ["not-equivalent"]),
        ("AB", "AB1", ["not-equivalent"]),
        ("AA", "AB", ["not-equivalent"]),
        ("AP", "AP", []),
        ("BX", "BX", ["not-equivalent"]),
        ("BC", "BC", ["not-equivalent"]),
        ("B", "B", ["not-equivalent"]),
        ("AB", "BX", ["not-equivalent"]),
        ("", "", ["not-equivalent"]),
    ],
)
def test_two_products_are_equivalent_by_one_common_rating_beginning_with_a(
    wanted, offered, expected
):
    found = substitution_problems(
        rated(wanted, WANTED), rated(offered), daw="0", state="TX", on=TODAY
    )
    assert codes(found) == expected


def test_a_biologic_is_refused_by_the_law_that_would_have_to_allow_it():
    (problem,) = substitution_problems(
        WANTED, other(category="BLA"), daw="0", state="TX", on=TODAY
    )
    assert problem.cite == "42 USC 262(i)(3)"
    assert problem.says.startswith("lisinopril 10 mg of Teva is a biologic")


def test_two_rows_of_the_orange_book_say_what_is_one_drug_where_both_are_known():
    row = Book("LISINOPRIL", "TABLET;ORAL", "10MG")
    ours = replace(WANTED, drug=replace(LISINOPRIL, book=row))
    theirs = replace(OFFERED, drug=replace(LISINOPRIL, strength="0.01 g", book=row))
    assert substitution_problems(ours, theirs, daw="0", state="TX", on=TODAY) == []
    solution = replace(theirs.drug, book=replace(row, form_route="SOLUTION;ORAL"))
    found = substitution_problems(
        ours, replace(theirs, drug=solution), daw="0", state="TX", on=TODAY
    )
    assert codes(found) == ["other-drug"]


def test_another_package_of_a_product_whose_ingredients_are_unknown_is_no_substitution():
    unknown = replace(WANTED, drug=replace(LISINOPRIL, ingredients="", te_code=""))
    assert substitution_problems(unknown, unknown, daw="1", state="TX", on=TODAY) == []


@pytest.mark.parametrize(
    ("wanted", "offered", "said"),
    [("AB", "AB2", "AB and AB2"), ("AB", "", "AB and none"), ("", "AB", "none and AB")],
)
def test_what_is_not_rated_equivalent_says_both_ratings(wanted, offered, said):
    (problem,) = substitution_problems(
        rated(wanted, WANTED), rated(offered), daw="0", state="TX", on=TODAY
    )
    assert (problem.code, f"(codes {said})" in problem.says) == ("not-equivalent", True)
    assert problem.cite == "FDA Orange Book, preface 1.7"


def test_the_name_of_a_labeler_ending_in_a_full_stop_ends_no_sentence_twice():
    inc = replace(WANTED, says="lisinopril 10 mg of Lupin Inc.")
    (problem,) = substitution_problems(
        inc, other(strength="20 mg"), daw="0", state="TX", on=TODAY
    )
    assert problem.says.endswith("than lisinopril 10 mg of Lupin Inc.")
