"""What may stand in the place of a product: by its rating, and by nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.drugs.equivalence import (
    Book,
    Facts,
    Standing,
    compare,
    groups,
    plain_form,
    same_drug,
)

BRAND = Facts(
    ingredients="nifedipine",
    strength="60 mg",
    form="tablet, film coated, extended release",
    route="oral",
    te_code="AB2",
    category="NDA",
    is_brand=True,
)
GENERIC = replace(BRAND, category="ANDA", is_brand=False)
ROW = Book("NIFEDIPINE", "TABLET, EXTENDED RELEASE;ORAL", "60MG")


@pytest.mark.parametrize(
    ("ours", "theirs", "standing"),
    [
        ("AB", "AB", Standing.EQUIVALENT),
        ("AB2", "AB2", Standing.EQUIVALENT),
        ("AB1,AB2", "AB2,AB3", Standing.EQUIVALENT),
        ("AP", "AP", Standing.EQUIVALENT),
        ("AB1", "AB2", Standing.OTHER_GROUP),
        ("AB", "AB1", Standing.OTHER_GROUP),
        ("AB1,AB2", "AB3", Standing.OTHER_GROUP),
        ("AA", "AB", Standing.OTHER_GROUP),
        ("BX", "BX", Standing.NOT_EQUIVALENT),
        ("AB", "BX", Standing.NOT_EQUIVALENT),
        ("BX", "", Standing.NOT_EQUIVALENT),
        ("AB", "", Standing.UNRATED),
        ("", "", Standing.UNRATED),
    ],
)
def test_only_a_shared_group_beginning_with_a_makes_equivalent(ours, theirs, standing):
    one, other = replace(BRAND, te_code=ours), replace(GENERIC, te_code=theirs)
    assert compare(one, other).standing is standing
    assert compare(other, one).standing is standing


@pytest.mark.parametrize(
    "change",
    [
        {"ingredients": "nisoldipine"},
        {"ingredients": ""},
        {"strength": "30 mg"},
        {"strength": ""},
        {"form": "tablet, film coated"},
        {"form": "capsule"},
        {"route": "sublingual"},
    ],
)
def test_another_ingredient_strength_form_or_route_is_another_drug(change):
    assert compare(BRAND, replace(GENERIC, **change)).standing is Standing.ANOTHER_DRUG


def test_two_products_of_unknown_ingredients_are_never_the_same_drug():
    unknown = replace(GENERIC, ingredients="")
    assert not same_drug(unknown, unknown)


def test_two_products_without_a_strength_are_never_the_same_drug():
    unread = replace(GENERIC, strength="")
    assert not same_drug(unread, unread)


def test_a_coat_is_no_form_of_its_own_but_slow_release_is():
    assert same_drug(BRAND, replace(GENERIC, form="tablet, extended release"))
    assert (
        plain_form("TABLET, FILM COATED")
        == plain_form("tablet")
        == plain_form("Tablet, coated")
    )
    assert plain_form("tablet, delayed release") != plain_form("tablet")


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("TABLET", {"TABLET"}),
        ("tablet, film coated", {"TABLET"}),
        ("CAPSULE, GELATIN COATED", {"CAPSULE"}),
        ("TABLET, SUGAR COATED", {"TABLET"}),
        ("TABLET, FILM COATED, EXTENDED RELEASE", {"TABLET", "EXTENDED RELEASE"}),
        ("CAPSULE, DELAYED RELEASE", {"CAPSULE", "DELAYED RELEASE"}),
        ("TABLET, CHEWABLE", {"TABLET", "CHEWABLE"}),
    ],
)
def test_a_coat_is_no_part_of_the_form_but_its_release_is(form, words):
    assert plain_form(form) == words


def test_the_book_goes_before_the_words_of_the_listing():
    ours = replace(BRAND, book=ROW)
    theirs = replace(GENERIC, form="tablet", strength="0.06 g", book=ROW)
    assert compare(ours, theirs).standing is Standing.EQUIVALENT
    other = replace(ROW, form_route="CAPSULE;ORAL")
    assert not same_drug(ours, replace(GENERIC, book=other))


@pytest.mark.parametrize(
    ("strength", "same"),
    [("EQ 60MG BASE", True), ("0.06GM", True), ("30MG", False), ("N/A", False)],
)
def test_one_strength_of_the_book_may_be_written_in_two_ways(strength, same):
    assert ROW.same_drug(replace(ROW, strength=strength)) is same


def test_strengths_that_cannot_be_read_are_the_same_only_letter_by_letter():
    kit = replace(ROW, strength="0.15MG,N/A;0.02MG,0.01MG")
    assert kit.same_drug(kit)
    assert not kit.same_drug(replace(kit, strength="0.15MG,N/A;0.03MG,0.01MG"))


def test_a_biologic_is_never_given_by_itself_whatever_its_code():
    ours = replace(BRAND, category="BLA", te_code="AB")
    theirs = replace(GENERIC, category="BLA", te_code="AB")
    found = compare(ours, theirs)
    assert (found.standing, found.cite) == (Standing.BIOLOGIC, "42 USC 262(i)(3)")
    assert compare(replace(BRAND, te_code="AB"), theirs).standing is Standing.BIOLOGIC


@pytest.mark.parametrize(
    ("category", "is_brand", "what"),
    [
        ("NDA", True, "brand"),
        ("NDA", False, "generic"),
        ("ANDA", False, "generic"),
        ("NDA AUTHORIZED GENERIC", False, "authorized generic"),
        ("BLA", True, "biologic"),
    ],
)
def test_a_product_is_called_what_it_is(category, is_brand, what):
    assert replace(BRAND, category=category, is_brand=is_brand).what == what


CODES = st.lists(
    st.sampled_from(["AB", "AB1", "AB2", "AB3", "AT", "BX", "BT"]), max_size=3, unique=True
).map(",".join)


@given(CODES, CODES)
def test_equivalence_holds_both_ways_and_never_without_a_shared_group(ours, theirs):
    one, other = replace(BRAND, te_code=ours), replace(GENERIC, te_code=theirs)
    found = compare(one, other).standing
    assert found is compare(other, one).standing
    assert (found is Standing.EQUIVALENT) == bool(groups(ours) & groups(theirs))
