"""A newer list of hazardous drugs takes the place of the shipped one, whole or not at all."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from apothecary.drugs.derived.tables import SHIPPED, substances
from apothecary.drugs.hazard_list import hazard_of, hazards_of, known_keys, rows_in_force
from apothecary.drugs.hazards import Standing, Verdict, shipped_rows
from apothecary.drugs.loading.frame import Emptied, Report, load
from apothecary.drugs.loading.kinds import KINDS
from apothecary.drugs.loading.niosh import NIOSH
from apothecary.drugs.models import Ingredient, Product
from apothecary.drugs.queries import drug_page
from apothecary.drugs.shipped import BadRow
from apothecary.drugs.side_tables import HazardousDrug
from apothecary.drugs.tests.test_pages import seen

AT = datetime(2030, 3, 2, 15, tzinfo=UTC)
HEAD = (
    "Name,Table,Edition,Published On,Cite,MSHI,Reproductive only,Ingredients,Classes,Verified"
)
LISINOPRIL = "Lisinopril Dihydrate,2,NIOSH 2030,2030-01-02,a publication of 2030,no,yes,,,"
WARFARIN = "warfarin,removed,NIOSH 2030,2030-01-02,a publication of 2030,,,,,V1"
pytestmark = pytest.mark.django_db


def take(folder: Path, *lines: str, head: str = HEAD) -> Report:
    path = folder / "niosh_2030.csv"
    path.write_text("\n".join([head, *lines, ""]))
    return load(NIOSH, path, by="a test", at=AT)


def verdict(product: Product) -> Verdict:
    """What is said of one product alone, and the same of many: there are two ways to ask."""
    found = hazards_of([product])[product.pk]
    fetched = drug_page(product_id=product.pk)
    assert fetched is not None
    assert hazard_of(fetched, brought=fetched) == found
    return found


def test_a_list_that_was_loaded_is_asked_instead_of_the_shipped_one(pharmacy, tmp_path):
    lisinopril, warfarin = (pharmacy.drugs[each].product for each in ("lisinopril", "warfarin"))
    assert verdict(lisinopril).standing is Standing.NOT_LISTED
    assert verdict(warfarin).standing is Standing.LISTED
    report = take(tmp_path, LISINOPRIL, WARFARIN)
    assert (report.counts.new, report.released_on) == (2, date(2030, 1, 2))
    assert verdict(lisinopril).cautions[0].says == (
        "hazardous (NIOSH 2030, table 2), to reproduction and the unborn only"
    )
    assert verdict(lisinopril).cautions[0].verified == "K"
    assert "taken off the list" in verdict(warfarin).cautions[0].says
    assert verdict(warfarin).cautions[0].verified == "V1"


def test_the_same_list_again_changes_nothing_and_a_shorter_one_lets_go(pharmacy, tmp_path):
    take(tmp_path, LISINOPRIL, WARFARIN)
    assert take(tmp_path, LISINOPRIL, WARFARIN).changed_nothing
    shorter = take(tmp_path, LISINOPRIL)
    assert shorter.counts.gone == 1
    assert [row.name for row in rows_in_force()] == ["Lisinopril Dihydrate"]
    assert HazardousDrug.objects.count() == 2


def test_a_list_that_ends_behind_its_header_does_not_empty_the_one_on_file(tmp_path):
    take(tmp_path, LISINOPRIL)
    with pytest.raises(Emptied):
        take(tmp_path)
    assert len(rows_in_force()) == 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (LISINOPRIL.replace(",2,", ",4,", 1), "line 3, table: '4' is none of"),
        (LISINOPRIL.replace("2030-01-02", "in spring"), "line 3, published_on"),
        (LISINOPRIL.replace("yes", "maybe"), "line 3, reproductive_only"),
        (LISINOPRIL.replace("a publication of 2030", ""), "line 3, cite: is empty"),
        (f"{LISINOPRIL},more", "line 3, line: has 11 cells"),
        (WARFARIN.replace("removed", "1"), "'warfarin' is in line 2 too"),
    ],
)
def test_a_wrong_line_refuses_the_whole_list_by_line_and_field(tmp_path, line, reason):
    with pytest.raises(BadRow, match=reason):
        take(tmp_path, WARFARIN, line)
    assert not HazardousDrug.objects.exists()
    assert rows_in_force() == shipped_rows()


def test_the_shipped_list_is_a_file_that_can_be_loaded():
    report = load(NIOSH, Path(str(SHIPPED)) / "hazardous.csv", by="a test", at=AT)
    assert report.counts.new == len(shipped_rows())
    assert report.released_on == date(2024, 12, 20)
    assert set(rows_in_force()) == set(shipped_rows())
    assert KINDS["niosh-hazardous"] is NIOSH


def test_a_row_of_the_list_says_what_it_is(tmp_path):
    take(tmp_path, LISINOPRIL)
    assert str(HazardousDrug.objects.get()) == "Lisinopril Dihydrate (NIOSH 2030, table 2)"


def test_a_key_that_a_listing_alone_has_named_is_no_known_substance():
    keys = frozenset({"warfarin", "unheard-of", "coded"})
    Ingredient.objects.create(key="unheard-of", name="unheard of")
    Ingredient.objects.create(key="coded", name="coded", unii="0123456789")
    assert known_keys(keys) == {"warfarin", "coded"}
    Ingredient.objects.filter(key="unheard-of").update(rxcui="1")
    assert known_keys(keys) == keys


def test_nothing_asked_costs_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert hazards_of([]) == {}


def test_many_products_cost_as_much_as_one(pharmacy, django_assert_num_queries):
    products = [package.product for package in pharmacy.drugs.values()]
    strange = {each.ingredient_key for each in products} - set(substances().values())
    with django_assert_num_queries(1 + bool(strange)):
        found = hazards_of(products)
    assert set(found) == {product.pk for product in products}


@pytest.mark.parametrize(
    ("drug", "parts"),
    [
        ("warfarin", ["hazardous (NIOSH 2024, table 2)", "DHHS (NIOSH) 2025-103", "· V2"]),
        ("lisinopril", ["not on NIOSH 2024; no list calls a drug safe"]),
    ],
)
def test_the_page_of_a_drug_says_what_the_list_says(pharmacy, drug, parts):
    html = seen(pharmacy, drug)
    assert [part for part in parts if part not in html] == []


def test_the_page_of_a_drug_of_unknown_ingredients_says_that_nobody_knows(pharmacy):
    package = pharmacy.drugs["warfarin"]
    Product.objects.filter(pk=package.product_id).update(ingredient_key="")
    html = seen(pharmacy, "warfarin")
    assert "unknown: its ingredients cannot be looked up in NIOSH 2024" in html
    assert "hazard unknown" in html


def test_an_ingredient_is_known_to_the_page_by_a_code_of_its_own(pharmacy):
    product = pharmacy.drugs["lisinopril"].product
    Product.objects.filter(pk=product.pk).update(ingredient_key="newdrugine")
    product.refresh_from_db()
    assert verdict(product).standing is Standing.UNKNOWN
    product.ingredients.set([Ingredient.objects.create(key="newdrugine", name="x", rxcui="9")])
    assert verdict(product).standing is Standing.NOT_LISTED
