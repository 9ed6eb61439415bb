"""RxNorm in the database: names, parts and codes, and what they say of the listings."""

import pytest

from apothecary.drugs.load import load_starter
from apothecary.drugs.loading.recheck import known_substances
from apothecary.drugs.models import Ingredient, Product, RxLink, RxName, RxPart
from apothecary.drugs.tests.loading.files import AT, LATER, load_directory, load_rxnorm

pytestmark = pytest.mark.django_db


def product(code: str) -> Product:
    labeler, _, of = code.partition("-")
    return Product.objects.get(labeler_code=labeler, product_code=of)


def test_every_name_part_and_code_is_kept_with_its_batch():
    report = load_rxnorm()
    assert (RxName.objects.count(), RxPart.objects.count(), RxLink.objects.count()) == (
        142,
        143,
        51,
    )
    assert report.counts.new == 336
    assert set(RxLink.objects.values_list("batch", flat=True)) == {report.batch_id}


def test_the_same_release_again_changes_nothing():
    load_directory()
    load_rxnorm()
    assert load_rxnorm(at=LATER).changed_nothing
    assert load_directory(at=LATER).changed_nothing


def test_a_fact_that_stands_in_two_lines_is_one_fact(tmp_path):
    load_rxnorm("rrf")
    assert RxName.objects.count() == 142


def test_a_drug_is_called_by_its_generic_rxcui_also_where_its_code_is_of_a_brand():
    load_directory()
    assert product("0071-1014").rxcui == ""
    load_rxnorm()
    link = RxLink.objects.filter(ndc11__startswith="000711014").first()
    assert link is not None
    generic = product("0071-1014").rxcui
    assert RxName.objects.get(rxcui=generic).tty == "SCD"
    assert link.tty == "SBD" or link.rxcui == generic


def test_a_substance_is_the_ingredient_its_codes_point_to_when_several_agree():
    load_directory()
    assert product("0168-0011").ingredient_key == "bacitracin-zinc"
    report = load_rxnorm()
    votes = known_substances()
    after = product("0168-0011")
    assert votes.get("bacitracin zinc") == "bacitracin"
    assert after.ingredient_key == "bacitracin"
    assert set(after.ingredients.values_list("key", flat=True)) == {"bacitracin"}
    assert after.batch_id == report.batch_id
    shown = [c for c in report.changes if c.about == "0168-0011"]
    assert shown[0].fields == {"ingredient_key": ["bacitracin-zinc", "bacitracin"]}


def test_the_keys_of_the_starter_file_never_move():
    load_starter(at=AT)
    before = dict(Product.objects.values_list("pk", "ingredient_key"))
    load_directory(at=LATER)
    load_rxnorm(at=LATER)
    assert dict(Product.objects.filter(pk__in=before).values_list("pk", "ingredient_key")) == (
        before
    )


def test_a_kit_has_the_ingredients_of_the_pack_its_code_is():
    load_directory()
    kit = product("0555-9131")
    assert (kit.form, kit.ingredient_key) == ("kit", "")
    load_rxnorm()
    assert product("0555-9131").ingredient_key == "drospirenone+ethinyl-estradiol"
    assert load_directory(at=LATER).changed_nothing


def test_an_ingredient_gets_the_rxcui_of_its_name_once_and_keeps_its_own():
    load_directory()
    Ingredient.objects.filter(key="oxycodone").update(rxcui="1")
    load_rxnorm()
    assert Ingredient.objects.get(key="oxycodone").rxcui == "1"
    apixaban = Ingredient.objects.get(key="clonazepam")
    assert apixaban.rxcui == RxName.objects.get(name="clonazepam", tty="IN").rxcui


def test_without_rxnorm_nothing_is_decided_by_it():
    load_directory()
    assert known_substances() == {}
