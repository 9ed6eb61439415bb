"""Derived facts at their edges: salts, levels of a package, parallel lists, schedules."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.drugs.derived import tables
from apothecary.drugs.derived.contents import content_of
from apothecary.drugs.derived.listed import Reader
from apothecary.drugs.derived.strengths import strength_text
from apothecary.drugs.derived.substances import base_name, ingredient_key, slug
from apothecary.drugs.official.fda_ndc import Listing, read_listings
from apothecary.drugs.official.files import Piece

CUT = Path(__file__).parents[1] / "cuts" / "fda" / "product.txt"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader("product.txt", known={}, tall_man={})


@pytest.fixture(scope="module")
def listing() -> Listing:
    return next(row for row in read_listings(Piece(CUT)) if row.form == "TABLET")


@pytest.mark.parametrize(
    ("substances", "strengths", "said", "strength"),
    [
        (("B", "A"), (("1", "mg/1"), ("2", "mg/1")), "a; b", "2 mg / 1 mg"),
        (("A", "B"), (("2", "mg/1"), ("1", "mg/1")), "a; b", "2 mg / 1 mg"),
        # More of one than of the other: which amount is whose nobody knows, so both stay.
        (("B", "A"), (("1", "mg/1"),), "b; a", "1 mg"),
        (("B",), (("1", "mg/1"), ("2", "mg/1")), "b", "1 mg / 2 mg"),
        (("B", "A"), (), "b; a", ""),
        ((), (("1", "mg/1"),), "", "1 mg"),
    ],
)
def test_substances_and_strengths_are_sorted_together_or_not_at_all(
    reader, listing, substances, strengths, said, strength
):
    line = reader.product(replace(listing, substances=substances, strengths=strengths))
    assert (line.substances, line.strength) == (said, strength)


PAIRS = st.lists(
    st.tuples(st.sampled_from(["ALPHA", "BETA", "GAMMA", "DELTA"]), st.integers(1, 50)),
    max_size=4,
    unique_by=lambda pair: pair[0],
)


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_a_listing_makes_no_other_drug(reader, listing, pairs, chance):
    def read(order: list[tuple[str, int]]) -> tuple[str, str, str]:
        row = replace(
            listing,
            substances=tuple(name for name, _ in order),
            strengths=tuple((str(amount), "mg/1") for _, amount in order),
        )
        line = reader.product(row)
        return line.fingerprint, line.substances, line.strength

    turned = list(pairs)
    chance.shuffle(turned)
    assert read(pairs) == read(turned)


@pytest.mark.parametrize(
    ("listed", "category", "schedule", "source"),
    [
        (0, "ANDA", 2, "21-cfr-1308"),
        (5, "ANDA", 2, "21-cfr-1308"),
        (3, "ANDA", 2, "21-cfr-1308"),
        (2, "ANDA", 2, "listing"),
        (1, "ANDA", 2, "listing-c-i"),
        (0, "UNAPPROVED HOMEOPATHIC", 0, "listing"),
        (4, "UNAPPROVED HOMEOPATHIC", 4, "listing"),
    ],
)
def test_the_stricter_schedule_wins_and_says_who_gave_it(
    reader, listing, listed, category, schedule, source
):
    """Oxycodone, 21 CFR 1308.12(b)(1): schedule II whatever the labeler filed."""
    row = replace(listing, substances=("OXYCODONE HYDROCHLORIDE",), strengths=())
    line = reader.product(replace(row, schedule=listed, category=category))
    assert (line.schedule, line.schedule_source) == (schedule, source)


@given(st.sampled_from(sorted(tables.substances())), st.integers(0, 5))
def test_no_listing_is_ever_less_strict_than_it_was_filed(reader, listing, name, filed):
    line = reader.product(replace(listing, substances=(name,), strengths=(), schedule=filed))
    assert line.schedule in range(6)
    if filed:
        assert 2 <= line.schedule <= max(filed, 2)


@given(
    st.sampled_from(["lisinopril", "warfarin", "sertraline", "metoprolol", "codeine"]),
    st.sampled_from(["", " SODIUM", " HYDROCHLORIDE", " TARTRATE", " PHOSPHATE", " DIHYDRATE"]),
)
def test_whatever_salt_a_labeler_names_it_is_the_same_ingredient(base, salt):
    assert ingredient_key((base.upper() + salt,), {}) == base
    assert base_name(base_name(base.upper() + salt)) == base


@given(st.text())
def test_a_slug_of_a_slug_is_itself_and_holds_no_plus(name):
    assert slug(slug(name)) == slug(name)
    assert "+" not in slug(name)


@pytest.mark.parametrize("between", [" > ", " / "])
@pytest.mark.parametrize(
    ("levels", "form", "quantity", "unit"),
    [
        (("12 TUBE in 1 CARTON", ".5 g in 1 TUBE"), "OINTMENT", "6", "GM"),
        (("1 BOTTLE in 1 CARTON", "473 mL in 1 BOTTLE"), "SYRUP", "473", "ML"),
        (("25 VIAL in 1 TRAY", ".25 mL in 1 VIAL"), "INJECTION, SOLUTION", "6.25", "ML"),
        (("3 BOX in 1 CASE", "10 CARD in 1 BOX", "10 TABLET in 1 CARD"), "TABLET", "300", "EA"),
    ],
)
def test_what_is_billed_is_the_same_whichever_sign_parts_the_levels(
    between, levels, form, quantity, unit
):
    found = content_of(between.join(levels), form)
    assert (found.quantity, found.unit, found.source) == (Decimal(quantity), unit, "content")


@given(st.text(max_size=60), st.sampled_from(["TABLET", "KIT", "INJECTION, SOLUTION", ""]))
def test_whatever_is_written_a_package_holds_something_in_a_unit_of_billing(text, form):
    found = content_of(text, form)
    assert found.unit in {"EA", "ML", "GM"}
    assert found.quantity >= Decimal("0.001")
    assert found.inner >= 1
    assert found.word


@given(st.decimals("0.001", "99999", places=3), st.sampled_from(["mg/1", "mg/5mL", "[iU]/mL"]))
def test_an_amount_without_its_leading_zero_is_the_same_strength(amount, unit):
    written = f"{amount:f}"
    bare = written.removeprefix("0") if written.startswith("0.") else written
    assert strength_text(bare, unit) == strength_text(written, unit)
    assert not strength_text(bare, unit).startswith(".")
