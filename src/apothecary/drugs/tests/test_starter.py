"""The shipped drug file: whole, consistent, dated, and readable by one pass."""

import re
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal

import pytest

from apothecary.drugs import starter
from apothecary.drugs.derived import tables
from apothecary.drugs.ndc import Ndc
from apothecary.drugs.starter import (
    IngredientRow,
    LabelAssignmentRow,
    PackageRow,
    ProductRow,
    labels_of,
)

ProductCode = tuple[str, str]


@pytest.fixture(scope="module")
def ingredients() -> dict[str, IngredientRow]:
    return {row.key: row for row in starter.read_ingredients()}


@pytest.fixture(scope="module")
def products() -> dict[ProductCode, ProductRow]:
    return {(row.labeler, row.product): row for row in starter.read_products()}


@pytest.fixture(scope="module")
def packages() -> list[PackageRow]:
    return list(starter.read_packages())


@pytest.fixture(scope="module")
def assignments() -> list[LabelAssignmentRow]:
    return list(starter.read_label_assignments())


def product_of(package: PackageRow) -> ProductCode:
    return package.ndc.labeler, package.ndc.product


def test_the_file_is_wide_enough_for_a_pharmacy(
    ingredients: dict[str, IngredientRow],
    products: dict[ProductCode, ProductRow],
    packages: list[PackageRow],
) -> None:
    assert len(ingredients) == 563
    assert len(products) == 5608
    assert len(packages) == 6503
    assert sum(1 for row in packages if row.price_usd is not None) == 4427


def test_the_shipped_files_stay_under_one_and_a_half_megabytes() -> None:
    sizes = [len(path.read_bytes()) for path in starter.SHIPPED.iterdir() if path.is_file()]
    assert 0 < sum(sizes) < 1_500_000


def test_no_key_or_code_occurs_twice() -> None:
    keys = Counter(row.key for row in starter.read_ingredients())
    codes = Counter((row.labeler, row.product) for row in starter.read_products())
    ndcs = Counter(row.ndc.ndc12 for row in starter.read_packages())
    for seen in (keys, codes, ndcs):
        assert [key for key, times in seen.items() if times > 1] == []


def test_every_product_has_ingredients_that_exist_and_every_ingredient_a_product(
    ingredients: dict[str, IngredientRow], products: dict[ProductCode, ProductRow]
) -> None:
    named = {key for row in products.values() for key in row.ingredients}
    assert named == set(ingredients)


def test_every_product_stands_on_the_shelf_in_a_package(
    products: dict[ProductCode, ProductRow], packages: list[PackageRow]
) -> None:
    assert {product_of(row) for row in packages} == set(products)


def test_only_kits_have_no_strength(products: dict[ProductCode, ProductRow]) -> None:
    without = {row.form_group for row in products.values() if not row.strengths}
    assert without == {"kit"}


def test_every_named_clinical_drug_is_in_the_name_table(
    products: dict[ProductCode, ProductRow],
) -> None:
    known = {row.rxcui: row.tty for row in starter.read_clinical_drugs()}
    for row in products.values():
        assert row.rxcui_generic == "" or known[row.rxcui_generic] in {"SCD", "GPCK"}
        assert row.rxcui_brand == "" or known[row.rxcui_brand] in {"SBD", "BPCK"}


@pytest.mark.parametrize("schedule", [2, 3, 4, 5])
def test_every_schedule_is_on_the_shelf(
    products: dict[ProductCode, ProductRow], schedule: int
) -> None:
    assert sum(row.schedule == schedule for row in products.values()) >= 20


@pytest.mark.parametrize(
    "group",
    [
        "tablet",
        "capsule",
        "oral-liquid",
        "topical",
        "inhaler",
        "injection",
        "eye-drops",
        "patch",
    ],
)
def test_every_kind_of_form_is_on_the_shelf(
    products: dict[ProductCode, ProductRow], group: str
) -> None:
    assert sum(row.form_group == group for row in products.values()) >= 50


@pytest.mark.parametrize(
    ("ingredient", "schedule"),
    [
        ("pregabalin", 5),
        ("tramadol", 4),
        ("zolpidem", 4),
        ("alprazolam", 4),
        ("carisoprodol", 4),
        ("testosterone", 3),
        ("buprenorphine", 3),
        ("acetaminophen+hydrocodone", 2),
        ("oxycodone", 2),
        ("morphine", 2),
        ("methylphenidate", 2),
        ("aspirin", 0),
        ("lisinopril", 0),
        ("gabapentin", 0),
    ],
)
def test_no_strength_of_a_controlled_drug_slips_out_of_its_schedule(
    products: dict[ProductCode, ProductRow], ingredient: str, schedule: int
) -> None:
    found = {row.schedule for row in products.values() if row.ingredient_key == ingredient}
    assert found == {schedule}


def test_dronabinol_solution_is_schedule_ii_and_its_capsule_schedule_iii(
    products: dict[ProductCode, ProductRow],
) -> None:
    found = {
        row.form_group: row.schedule
        for row in products.values()
        if row.ingredient_key == "dronabinol"
    }
    assert found == {"oral-liquid": 2, "capsule": 3}


def test_a_schedule_the_listing_left_out_says_where_it_came_from(
    products: dict[ProductCode, ProductRow],
) -> None:
    assert products["0071", "1012"].schedule_source == "listing"
    assert products["0071", "1013"].schedule_source == "siblings"
    assert products["0071", "1013"].schedule == 5


def test_substitution_can_be_shown_a_brand_and_a_rated_generic_of_one_strength(
    products: dict[ProductCode, ProductRow],
) -> None:
    rated = defaultdict(set)
    for row in products.values():
        if row.te_code.startswith("A"):
            rated[row.ingredient_key, row.strengths, row.form_group].add(row.is_brand)
    assert sum(kinds == {True, False} for kinds in rated.values()) >= 400


def test_a_generic_under_a_name_of_its_own_is_no_brand(
    products: dict[ProductCode, ProductRow],
) -> None:
    brands = {row.category for row in products.values() if row.is_brand}
    assert brands == {"NDA", "BLA"}
    assert any(row.brand and not row.is_brand for row in products.values())


def test_lipitor_reads_as_on_its_bottle(
    products: dict[ProductCode, ProductRow], packages: list[PackageRow]
) -> None:
    lipitor = products["0071", "0155"]
    assert (lipitor.name, lipitor.strength, lipitor.is_brand) == ("Lipitor", "10 mg", True)
    assert lipitor.ingredients == ("atorvastatin",)
    assert (lipitor.te_code, lipitor.schedule, lipitor.prescription_only) == ("AB", 0, True)
    bottle = next(row for row in packages if row.ndc == Ndc("0071", "0155", "23"))
    assert (bottle.quantity, bottle.billing_unit, bottle.unit_word) == (
        Decimal(90),
        "EA",
        "tablet",
    )
    assert (bottle.price_usd, bottle.price_on) == (Decimal("6.06557"), date(2015, 6, 17))


def test_pens_of_insulin_are_billed_by_the_millilitre_and_counted_by_the_pen(
    packages: list[PackageRow],
) -> None:
    carton = next(row for row in packages if row.ndc == Ndc("0088", "2219", "05"))
    assert (carton.quantity, carton.billing_unit, carton.inner_count) == (Decimal(15), "ML", 5)


@pytest.mark.parametrize(
    ("word", "unit"),
    [("tablet", "EA"), ("capsule", "EA"), ("patch", "EA"), ("mL", "ML"), ("g", "GM")],
)
def test_each_unit_word_has_its_billing_unit(
    packages: list[PackageRow], word: str, unit: str
) -> None:
    found = Counter(row.billing_unit for row in packages if row.unit_word == word)
    assert found.keys() == {unit}
    assert found[unit] > 100


def test_no_price_is_without_source_and_date(packages: list[PackageRow]) -> None:
    for row in packages:
        priced = row.price_usd is not None
        assert (row.price_source == "nadac") is priced
        assert (row.price_on == date(2015, 6, 17)) is priced


def test_a_container_without_its_weight_has_no_price(packages: list[PackageRow]) -> None:
    counted = [row for row in packages if row.unit_source == "container"]
    assert counted
    assert {row.price_usd for row in counted} == {None}
    assert {row.billing_unit for row in counted} == {"EA"}


def test_no_tablet_contradicts_the_clinical_drug_its_code_stands_for(
    products: dict[ProductCode, ProductRow],
) -> None:
    names = {row.rxcui: row.name for row in starter.read_clinical_drugs()}
    checked = 0
    for row in products.values():
        if row.form_group != "tablet" or len(row.strengths) != 1:
            continue
        said = re.search(r" ([0-9.]+) MG (?!/)", names.get(row.rxcui_generic, ""))
        if not said or not row.strengths[0].endswith(" mg") or "fluoride" in row.generic:
            continue
        listed = Decimal(row.strengths[0].removesuffix(" mg"))
        # The listing may weigh the salt where RxNorm weighs the base, never by a factor of two.
        assert Decimal("0.6") < listed / Decimal(said[1]) < Decimal("1.7"), row
        checked += 1
    assert checked > 1500


def test_one_strength_is_written_one_way(products: dict[ProductCode, ProductRow]) -> None:
    written = {
        row.strength for row in products.values() if row.ingredients == ("levothyroxine",)
    }
    assert "25 mcg" in written
    assert not any(strength.endswith(" mg") for strength in written)
    percocet = {
        row.ingredients
        for row in products.values()
        if row.ingredient_key == "acetaminophen+oxycodone"
    }
    assert percocet == {("acetaminophen", "oxycodone")}


@pytest.mark.parametrize(
    ("ndc", "quantity", "word", "most_usd"),
    [
        (Ndc("0173", "0682", "20"), Decimal(18), "g", 60),
        (Ndc("0173", "0696", "00"), Decimal(60), "dose", 400),
        (Ndc("0186", "0916", "12"), Decimal(1), "inhaler", 200),
    ],
)
def test_an_inhaler_costs_what_an_inhaler_costs(
    packages: list[PackageRow], ndc: Ndc, quantity: Decimal, word: str, most_usd: int
) -> None:
    row = next(row for row in packages if row.ndc == ndc)
    assert (row.quantity, row.unit_word) == (quantity, word)
    assert row.price_usd is not None
    assert 20 < row.quantity * row.price_usd < most_usd


def test_no_package_costs_more_than_a_car(packages: list[PackageRow]) -> None:
    dear = [row for row in packages if row.price_usd and row.quantity * row.price_usd > 25_000]
    assert dear == []


def test_storage_is_told_only_where_a_public_file_tells_it(
    products: dict[ProductCode, ProductRow],
) -> None:
    known = tables.storages()
    for row in products.values():
        told = known.get((row.ingredient_key, row.form_group), "unknown")
        assert row.storage == told, f"{row.labeler}-{row.product}"


def test_every_insulin_waits_in_the_refrigerator(
    products: dict[ProductCode, ProductRow],
) -> None:
    insulins = [row for row in products.values() if "insulin" in row.ingredient_key]
    assert len({row.ingredient_key for row in insulins}) == 6
    assert {row.storage for row in insulins} == {"refrigerator"}


def test_one_vaccine_is_on_the_shelf_so_that_giving_one_can_be_learned(
    products: dict[ProductCode, ProductRow], packages: list[PackageRow]
) -> None:
    (vaccine,) = [row for row in products.values() if row.kind]
    assert (vaccine.kind, vaccine.brand, vaccine.strength) == (
        "VACCINE",
        "Engerix-B",
        "20 mcg/mL",
    )
    assert (vaccine.routes, vaccine.storage) == (("INTRAMUSCULAR",), "refrigerator")
    doses = [row for row in packages if product_of(row) == ("58160", "821")]
    assert [(row.ndc.ndc11, row.quantity, row.billing_unit) for row in doses] == [
        ("58160082134", 1, "ML"),
        ("58160082152", 10, "ML"),
    ]


def test_tall_man_letters_only_change_the_case(ingredients: dict[str, IngredientRow]) -> None:
    written = {row.name: row.tall_man for row in ingredients.values() if row.tall_man}
    assert all(tall.lower() == name for name, tall in written.items())
    assert written["hydroxyzine"] == "hydrOXYzine"
    assert written["prednisone"] == "predniSONE"
    pairs = [row.tall_man.lower() == row.name for row in starter.read_tall_man()]
    assert pairs == [True] * 18


def test_every_label_that_is_assigned_exists_in_both_languages(
    ingredients: dict[str, IngredientRow], assignments: list[LabelAssignmentRow]
) -> None:
    labels = {row.key: row for row in starter.read_labels()}
    assert {row.label for row in assignments} == set(labels)
    assert all(row.says_en != row.says_es for row in labels.values())
    assert {row.ingredient for row in assignments} <= {"", *ingredients}


def test_labels_follow_ingredient_form_and_route(
    products: dict[ProductCode, ProductRow], assignments: list[LabelAssignmentRow]
) -> None:
    found: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for row in products.values():
        key = row.ingredient_key, row.form_group, row.dosage_form
        found[key].update(labels_of(row, assignments))
    assert found["clonazepam", "tablet", "TABLET"] == {"drowsiness"}
    assert found["hydrocortisone", "topical", "CREAM"] == {"external"}
    assert found["amoxicillin", "oral-liquid", "POWDER, FOR SUSPENSION"] == {"shake-well"}
    assert found["insulin-aspart", "injection", "INJECTION, SOLUTION"] == {"refrigerate"}
    assert found["acetaminophen+hydrocodone", "tablet", "TABLET"] == set()


def test_every_source_is_named_with_its_licence() -> None:
    sources = {row.key: row for row in starter.read_sources()}
    assert sources["fda-ndc"].released_on == date(2019, 5, 1)
    assert sources["orange-book"].released_on == date(2024, 11, 8)
    assert sources["nadac"].released_on == date(2015, 6, 17)
    assert sources["rxnorm"].released_on == date(2025, 10, 6)
    assert sources["labelling"].released_on is None
    assert all(row.licence for row in sources.values())
