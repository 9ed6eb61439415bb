"""What people call a drug or an allergy: exactly known, or unknown and said so."""

from decimal import Decimal

import pytest

from apothecary.drugs.starter import read_ingredients, read_packages, read_products
from apothecary.screening.naming import allergies_named, codes, drug_named, names
from apothecary.screening.sources import read_all_interactions


@pytest.mark.parametrize(
    ("said", "ingredients"),
    [
        ("warfarin", {"warfarin"}),
        ("Coumadin", {"warfarin"}),
        ("COUMADIN 5 MG TABLET", {"warfarin"}),
        ("warfarin sodium 5 MG Oral Tablet [Coumadin]", {"warfarin"}),
        ("metoprolol succinate er 50 mg", {"metoprolol"}),
        ("Lopressor", {"metoprolol"}),
        ("hydrochlorothiazide", {"hydrochlorothiazide"}),
        ("lisinopril hctz 20-12.5 tab", {"lisinopril", "hydrochlorothiazide"}),
        ("lisinopril/hydrochlorothiazide", {"lisinopril", "hydrochlorothiazide"}),
        ("lisinopril and hydrochlorothiazide", {"lisinopril", "hydrochlorothiazide"}),
        ("amlodipine-benazepril", {"amlodipine", "benazepril"}),
        ("Percocet 5-325", {"acetaminophen", "oxycodone"}),
        ("hydrocodone/apap 5/325", {"hydrocodone", "acetaminophen"}),
        ("Tylenol with codeine #3", {"acetaminophen", "codeine"}),
        ("Augmentin 875", {"amoxicillin", "clavulanate"}),
        ("Bactrim DS", {"sulfamethoxazole", "trimethoprim"}),
        ("smz/tmp ds", {"sulfamethoxazole", "trimethoprim"}),
        ("Depakote ER 500 mg", {"valproate"}),
        ("valproic acid", {"valproate"}),
        ("Lithobid", {"lithium-carbonate"}),
        ("Pradaxa", {"dabigatran-etexilate"}),
        ("CellCept", {"mycophenolate-mofetil"}),
        ("Lantus SoloStar", {"insulin-glargine"}),
        ("St. John's wort", {"st-johns-wort"}),
        ("grapefruit juice", {"grapefruit-extract"}),
        ("Nardil", {"phenelzine"}),
        ("timolol eye drops", {"timolol"}),
        ("warfarin calcium", {"warfarin"}),
        ("paracetamol", {"acetaminophen"}),
        ("1,000 mg metformin", {"metformin"}),
        ("11289", {"warfarin"}),
    ],
)
def test_a_drug_is_known_by_brand_generic_salt_combination_or_code(said, ingredients):
    named = drug_named(said)
    assert named is not None
    assert set(named.ingredients) == ingredients


@pytest.mark.parametrize(
    "said",
    [
        "wafarin",
        "warfarin sodum",
        "coumadine",
        "lisinopril and something",
        "tablet",
        "sodium tablet extra",
        "10 mg",
        "",
        " ",
        "???",
        "99999999",
        "12345-6789-01",
        "123456789012345",
        "blue pill",
        "not warfarin",
        "x" * 400,
    ],
)
def test_what_is_misspelt_or_in_no_table_is_unknown(said):
    assert drug_named(said) is None


@pytest.mark.parametrize(
    ("said", "form", "amount", "unit", "per"),
    [
        ("warfarin 5 mg tablet", "tablet", "5", "mg", "each"),
        ("levothyroxine 50 mcg", "", "0.05", "mg", "each"),
        ("ibuprofen 100 mg/5 mL suspension", "oral-liquid", "20", "mg", "mL"),
        ("fentanyl 25 mcg/hr patch", "patch", "25", "mcg/h", "each"),
        ("metformin 1 g", "", "1000", "mg", "each"),
        ("ketoconazole 2% cream", "topical", None, "", ""),
    ],
)
def test_strength_and_form_are_read_as_far_as_they_were_said(said, form, amount, unit, per):
    named = drug_named(said)
    assert named is not None
    assert named.form_group == form
    if amount is None:
        assert named.contents == ()
    else:
        (content,) = named.contents
        assert (content.amount, content.unit, content.per) == (Decimal(amount), unit, per)


def test_a_combinations_strengths_are_those_the_file_lists_with_these_numbers():
    named = drug_named("Percocet 5-325")
    assert named is not None
    assert {each.ingredient: each.amount for each in named.contents} == {
        "acetaminophen": Decimal(325),
        "oxycodone": Decimal(5),
    }
    assert named.schedule == 2
    other = drug_named("Percocet 17-325")
    assert other is not None
    assert other.contents == ()


@pytest.mark.parametrize("word", ["er", "xr", "sr", "xl", "la", "extended release"])
def test_a_word_for_a_slow_release_is_kept(word):
    named = drug_named(f"metoprolol {word} 50 mg")
    assert named is not None
    assert "EXTENDED" in named.dosage_form


def test_every_ingredient_and_nearly_every_name_of_the_drug_file_is_known():
    for row in read_ingredients():
        named = drug_named(row.name)
        assert named is not None, row.name
        assert named.ingredients == (row.key,), row.name
    rows = list(read_products())
    missed = {row.name for row in rows if known_as(row.name) != set(row.ingredients)}
    assert len(missed) / len({row.name for row in rows}) < 0.04, sorted(missed)


def known_as(said: str) -> set[str]:
    """The ingredients of a name; none where it is not known."""
    named = drug_named(said)
    return set(named.ingredients) if named else set()


def test_every_ndc_of_the_drug_file_is_known_in_both_of_its_lengths():
    products = {(row.labeler, row.product): row for row in read_products()}
    for package in list(read_packages())[::40]:
        row = products[package.ndc.labeler, package.ndc.product]
        for said in (package.ndc.hyphenated, package.ndc.ndc11):
            named = drug_named(said)
            assert named is not None, said
            assert named.ingredients == row.ingredients, said
            assert (named.form_group, named.strength) == (row.form_group, row.strength)


def test_every_drug_of_the_interaction_table_has_a_name():
    named = {key for keys in names().values() for key in keys}
    assert {key for row in read_all_interactions() for key in (row.a, row.b)} <= named


def test_every_code_leads_to_a_drug():
    assert len(codes()) > 20_000
    for code in sorted(codes())[::500]:
        named = drug_named(code)
        assert named is not None
        assert named.ingredients


def test_the_names_carry_no_strength_that_a_typed_one_would_hide_behind():
    assert not [name for name in names() if " mg" in name or "%" in name]


@pytest.mark.parametrize(
    ("said", "ingredient", "allergy_class"),
    [
        ("penicillin", "", "penicillins"),
        ("Penicillin allergy", "", "penicillins"),
        ("PCN", "", "penicillins"),
        ("sulfa drugs", "", "sulfonamide-antibiotics"),
        ("Sulfa", "", "sulfonamide-antibiotics"),
        ("allergic to aspirin", "aspirin", ""),
        ("Cephalosporins", "", "cephalosporins"),
        ("codeine", "codeine", ""),
        ("Keflex", "cephalexin", ""),
        ("strawberries", "", ""),
        ("latex", "", ""),
        ("drug", "", ""),
    ],
)
def test_an_allergy_is_a_class_an_ingredient_or_a_name_alone(said, ingredient, allergy_class):
    (allergy,) = allergies_named(said, "hives")
    assert (allergy.ingredient, allergy.allergy_class) == (ingredient, allergy_class)
    assert (allergy.allergen, allergy.reaction) == (said, "hives")


def test_an_allergy_to_a_combination_is_one_to_each_of_its_ingredients():
    found = {each.ingredient for each in allergies_named("Bactrim")}
    assert found == {"sulfamethoxazole", "trimethoprim"}
