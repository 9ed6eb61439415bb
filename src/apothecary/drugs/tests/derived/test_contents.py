"""What is in a package: levels multiplied, units named, kits apart, nothing guessed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.drugs.derived.contents import UNREAD, content_of, tidy


@pytest.mark.parametrize(
    ("description", "form", "quantity", "unit", "word", "inner", "source"),
    [
        ("100 TABLET in 1 BOTTLE", "TABLET", "100", "EA", "tablet", 1, "content"),
        ("30 TABLET, FILM COATED in 1 BOTTLE", "TABLET", "30", "EA", "tablet", 1, "content"),
        (
            *("4 SYRINGE in 1 CARTON > .5 mL in 1 SYRINGE", "INJECTION, SOLUTION"),
            *("2", "ML", "mL", 4, "content"),
        ),
        (
            *("10 VIAL in 1 CARTON / 2.5 mL in 1 VIAL", "INJECTION, SOLUTION"),
            *("25", "ML", "mL", 10, "content"),
        ),
        ("1 TUBE in 1 CARTON > 28.4 g in 1 TUBE", "CREAM", "28.4", "GM", "g", 1, "content"),
        ("1 L in 1 BAG", "INJECTION, SOLUTION", "1000", "ML", "mL", 1, "content"),
        ("2 kg in 1 DRUM", "POWDER", "2000", "GM", "g", 1, "content"),
        ("500 uL in 1 VIAL", "SOLUTION", "0.5", "ML", "mL", 1, "content"),
        (
            *("10 BLISTER PACK in 1 CARTON > 10 CAPSULE in 1 BLISTER PACK", "CAPSULE"),
            *("100", "EA", "capsule", 10, "content"),
        ),
        (
            *("2 BOX in 1 CASE > 3 CARTON in 1 BOX > 7 TABLET in 1 CARTON", "TABLET"),
            *("42", "EA", "tablet", 6, "content"),
        ),
        ("3 TABLET in 2 PACKET", "TABLET", "1.5", "EA", "tablet", 1, "content"),
        (
            "3 SOLUTION/ DROPS in 1 BOX",
            "SOLUTION/ DROPS",
            "1",
            "EA",
            "container",
            1,
            "container",
        ),
    ],
)
def test_each_level_multiplies_the_one_inside_it(
    description, form, quantity, unit, word, inner, source
):
    found = content_of(description, form)
    assert (found.quantity, found.unit, found.word) == (Decimal(quantity), unit, word)
    assert (found.inner, found.source) == (inner, source)


@pytest.mark.parametrize(
    ("description", "form", "quantity", "word"),
    [
        ("5 POUCH in 1 CARTON > 1 PATCH in 1 POUCH > 72 h in 1 PATCH", "PATCH", "5", "patch"),
        ("30 PATCH in 1 CARTON > 24 h in 1 PATCH", "PATCH, EXTENDED RELEASE", "30", "patch"),
        ("1 POUCH in 1 CARTON > 90 d in 1 POUCH", "RING", "1", "ring"),
        ("7 d in 1 PATCH", "PATCH", "1", "patch"),
    ],
)
def test_what_is_worn_is_counted_in_pieces_and_not_in_hours(description, form, quantity, word):
    found = content_of(description, form)
    assert (found.quantity, found.unit, found.word) == (Decimal(quantity), "EA", word)


@pytest.mark.parametrize(
    ("description", "form", "quantity", "word"),
    [
        (
            *("1 INHALER in 1 CARTON > 120 AEROSOL, METERED in 1 INHALER", "AEROSOL, METERED"),
            *("1", "inhaler"),
        ),
        ("1 INHALER in 1 CARTON > 30 POWDER in 1 INHALER", "POWDER", "1", "inhaler"),
        (
            *("1 BOTTLE in 1 PACKAGE > 60 SPRAY, METERED in 1 BOTTLE", "SPRAY, METERED"),
            *("1", "bottle"),
        ),
        (
            *("25 VIAL in 1 TRAY > 10 mL in 1 VIAL", "INJECTION, POWDER, FOR SOLUTION"),
            *("25", "vial"),
        ),
        ("1 VIAL in 1 CARTON > 500 mg in 1 VIAL", "POWDER", "1", "vial"),
        (
            *("1 INJECTION, POWDER, FOR SOLUTION in 1 CARTON", "INJECTION, POWDER"),
            *("1", "vial"),
        ),
        ("1 VIAL in 1 BOX > 4 [hp_C] in 1 VIAL", "PELLET", "1", "vial"),
    ],
)
def test_where_no_unit_of_billing_is_named_whole_containers_are_counted(
    description, form, quantity, word
):
    found = content_of(description, form)
    assert (found.quantity, found.unit, found.word) == (Decimal(quantity), "EA", word)
    assert found.source == "container"


@pytest.mark.parametrize(
    ("description", "quantity"),
    [
        ("1 KIT in 1 CARTON * 21 TABLET in 1 KIT * 7 TABLET in 1 KIT", "1"),
        ("3 BLISTER PACK in 1 CARTON > 1 KIT in 1 BLISTER PACK", "3"),
        ("4 CARTON in 1 KIT > 1 KIT in 1 CARTON * 60 mL in 1 BOTTLE * 1 SWAB in 1 PACKET", "4"),
    ],
)
def test_a_kit_is_counted_as_kits_whatever_is_inside(description, quantity):
    found = content_of(description, "KIT")
    assert (found.quantity, found.unit, found.word) == (Decimal(quantity), "EA", "kit")


@pytest.mark.parametrize(
    "description",
    [
        *("", "a bottle", "0 TABLET in 1 BOTTLE", "30 TABLET in 0 BOTTLE"),
        "24 PACKET in 1 BOX > 2 TABLET in 1 PACKET > 125  in 1 CARTON",
        "1252171 L in 1 DEWAR",
        ".0001 mL in 1 VIAL",
    ],
)
def test_what_cannot_be_read_counts_as_one_package_and_says_so(description):
    assert content_of(description, "TABLET") == UNREAD


def test_a_kit_that_cannot_be_read_says_so_too():
    found = content_of("some * things", "KIT")
    assert (found.quantity, found.word, found.source) == (Decimal(1), "kit", "unread")


def test_codes_inside_the_text_are_no_part_of_the_content():
    written = "1 VIAL in 1 CARTON (0002-0800-01)  > 10 mL in 1 VIAL (0002-0800-02) "
    assert tidy(written) == "1 VIAL in 1 CARTON > 10 mL in 1 VIAL"
    assert tidy(" 30 TABLET in 1 BOTTLE (123456-123-12) ") == "30 TABLET in 1 BOTTLE"


@given(
    st.lists(st.integers(1, 50), min_size=1, max_size=4),
    st.sampled_from(["TABLET", "CAPSULE", "SUPPOSITORY", "LOZENGE"]),
)
def test_nested_boxes_hold_the_product_of_their_counts(counts, unit):
    words = [f"BOX{place}" for place in range(len(counts))]
    units = [*words[1:], unit]
    written = " > ".join(
        f"{count} {inside} in 1 {outside}"
        for count, inside, outside in zip(counts, units, words, strict=True)
    )
    product = 1
    for count in counts:
        product *= count
    assert content_of(written, unit).quantity == product
    assert content_of(written.replace(" > ", " / "), unit).quantity == product
