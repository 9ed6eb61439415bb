"""Names, classes, form groups and ingredients: the starter file and the directory agree."""

import pytest

from apothecary.drugs import starter
from apothecary.drugs.derived import tables
from apothecary.drugs.derived.classes import epc_classes
from apothecary.drugs.derived.forms import form_group
from apothecary.drugs.derived.names import brand_name, generic_name
from apothecary.drugs.derived.substances import (
    base_name,
    ingredient_key,
    key_of,
    slug,
    split_substances,
)

TABLE = tables.substances()


@pytest.mark.parametrize(
    ("proprietary", "generic", "brand"),
    [
        ("Trulicity", "dulaglutide", "Trulicity"),
        ("RETACRIT", "epoetin alfa-epbx", "Retacrit"),
        ("MAR-COF CG", "codeine phosphate and guaifenesin", "Mar-Cof Cg"),
        ("FML", "fluorometholone", "FML"),
        ("Lisinopril", "lisinopril", ""),
        ("PredniSONE", "prednisone", ""),
        ("Depo-Testosterone", "testosterone cypionate", ""),
        ("Meclizine HCl", "meclizine hydrochloride chewable tablets", ""),
        ("Levothyroxine Sodium", "levothyroxine sodium anhydrous", ""),
        ("Slow-Mag Sodium", "magnesium chloride sodium", "Slow-Mag Sodium"),
        ("", "warfarin sodium", ""),
        ("  ", "warfarin sodium", ""),
    ],
)
def test_a_brand_is_a_name_that_is_not_made_of_the_generic_one(proprietary, generic, brand):
    assert brand_name(proprietary, generic) == brand


def test_a_generic_name_is_small_letters_with_single_blanks():
    assert generic_name(" Codeine  Phosphate and\tGuaifenesin ") == (
        "codeine phosphate and guaifenesin"
    )


@pytest.mark.parametrize(
    ("listed", "classes"),
    [
        ("", ()),
        ("Cyclooxygenase Inhibitors [MoA]", ()),
        (
            "GLP-1 Receptor Agonist [EPC],Glucagon-Like Peptide 1 [CS]",
            ("GLP-1 Receptor Agonist",),
        ),
        (
            "Anti-epileptic Agent [EPC],Mood Stabilizer [EPC],Anti-epileptic Agent [EPC]",
            ("Anti-epileptic Agent", "Mood Stabilizer"),
        ),
        (
            "Allergens, Dietary [Chemical/Ingredient],Non-Standardized, Food Extract [EPC]",
            ("Non-Standardized, Food Extract",),
        ),
    ],
)
def test_commas_inside_a_class_do_not_part_it(listed, classes):
    assert epc_classes(listed) == classes


@pytest.mark.parametrize(
    ("form", "routes", "group"),
    [
        ("GEL", ("OPHTHALMIC",), "eye-ointment"),
        ("SOLUTION/ DROPS", ("OPHTHALMIC", "TOPICAL"), "eye-drops"),
        ("POWDER", ("RESPIRATORY (INHALATION)",), "inhaler"),
        ("SOLUTION", ("RESPIRATORY (INHALATION)",), "nebulizer"),
        ("GAS", ("RESPIRATORY (INHALATION)",), "gas"),
        ("TABLET", ("VAGINAL",), "vaginal"),
        ("SOLUTION", ("INTRAVENOUS",), "injection"),
        ("POWDER, FOR SOLUTION", ("INTRAVENOUS",), "injection"),
        ("POWDER, FOR SOLUTION", ("ORAL",), "oral-liquid"),
        ("PELLET", ("ORAL",), "oral-powder"),
        ("LIPSTICK", (), "topical"),
        ("IRRIGANT", ("IRRIGATION",), "other"),
        ("KIT", (), "kit"),
    ],
)
def test_the_group_of_a_form_depends_on_how_it_is_given(form, routes, group):
    assert form_group(form, routes) == group


def test_every_product_of_the_starter_file_is_in_the_group_this_gives():
    for row in starter.read_products():
        assert form_group(row.dosage_form, row.routes) == row.form_group, row


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        ("", ()),
        ("LISINOPRIL", ("LISINOPRIL",)),
        ("LISINOPRIL; HYDROCHLOROTHIAZIDE", ("LISINOPRIL", "HYDROCHLOROTHIAZIDE")),
        (
            "GLYCERIN; HYDROLYZED SOY PROTEIN (ENZYMATIC; 2000 MW)",
            ("GLYCERIN", "HYDROLYZED SOY PROTEIN (ENZYMATIC; 2000 MW)"),
        ),
    ],
)
def test_a_semicolon_in_brackets_belongs_to_the_name(listed, found):
    assert split_substances(listed) == found


@pytest.mark.parametrize(
    ("substance", "base"),
    [
        ("FENTANYL CITRATE", "fentanyl"),
        ("PREDNISOLONE SODIUM PHOSPHATE", "prednisolone"),
        ("METHYLPREDNISOLONE SODIUM SUCCINATE", "methylprednisolone"),
        ("ATORVASTATIN CALCIUM PROPYLENE GLYCOL SOLVATE", "atorvastatin"),
        ("ANHYDROUS CITRIC ACID", "citric acid"),
        ("VASOPRESSIN, UNSPECIFIED", "vasopressin"),
        ("SODIUM CHLORIDE", "sodium chloride"),
        ("POTASSIUM PHOSPHATE, DIBASIC", "potassium phosphate, dibasic"),
        ("FERROUS FUMARATE", "ferrous fumarate"),
        ("METHYL SALICYLATE", "methyl salicylate"),
        ("BENZYL BENZOATE", "benzyl benzoate"),
        ("PROPYLENE GLYCOL", "propylene glycol"),
        ("ISOSORBIDE DINITRATE", "isosorbide dinitrate"),
        ("TENOFOVIR DISOPROXIL", "tenofovir disoproxil"),
        ("SODIUM", "sodium"),
        ("CITRATE", "citrate"),
    ],
)
def test_salts_fold_into_their_base_and_salts_themselves_stay_whole(substance, base):
    assert base_name(substance) == base


def test_the_shipped_table_goes_before_the_name():
    assert key_of("DIVALPROEX SODIUM", TABLE) == "valproate"
    assert key_of("DIVALPROEX SODIUM", {}) == "divalproex"
    assert key_of("ISOSORBIDE MONONITRATE", TABLE) == "isosorbide-mononitrate"


def test_one_key_stands_for_a_combination_in_any_order_and_for_each_salt_once():
    forward = ingredient_key(("CODEINE PHOSPHATE", "GUAIFENESIN"), TABLE)
    backward = ingredient_key(("GUAIFENESIN", "CODEINE SULFATE"), TABLE)
    assert forward == backward == "codeine+guaifenesin"
    twice = ("TITANIUM DIOXIDE", "ZINC OXIDE", "TITANIUM DIOXIDE", "ZINC OXIDE")
    assert ingredient_key(twice, TABLE) == "titanium-dioxide+zinc-oxide"
    assert ingredient_key((), TABLE) == ""


def test_every_product_of_the_starter_file_has_the_key_its_substances_give():
    told = [row for row in starter.read_products() if row.substances]
    assert len(told) > 5_500
    for row in told:
        assert ingredient_key(row.substances, TABLE) == row.ingredient_key, row


def test_every_substance_and_unit_of_the_tables_is_of_an_ingredient_of_the_file():
    keys = {row.key for row in starter.read_ingredients()}
    assert set(TABLE.values()) <= keys
    assert {ingredient for ingredient, _ in tables.strength_units()} <= keys
    assert all(name == name.lower() for name in TABLE)


def test_a_slug_has_only_letters_digits_and_single_hyphens():
    assert slug("Omega-3-acid ethyl esters") == "omega-3-acid-ethyl-esters"
    assert slug(".ALPHA.-TOCOPHEROL ACETATE, DL-") == "alpha-tocopherol-acetate-dl"
