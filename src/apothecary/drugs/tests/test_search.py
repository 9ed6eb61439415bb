"""A drug is found by whatever is at hand, what is meant first, and says why it is shown."""

import pytest
from django.db import connection

from apothecary.drugs.models import Product
from apothecary.drugs.ndc import Ndc
from apothecary.drugs.search import find_drugs, several_names
from apothecary.drugs.search_first import First, put_first
from apothecary.drugs.search_index import refresh
from apothecary.drugs.tests.shelf import more_drugs
from apothecary.staff.models import Pharmacy


@pytest.fixture
def shelf(pharmacy):
    """The world with more drugs in its file; the index in step."""
    return more_drugs(pharmacy)


def found(world, asked: str, limit: int = 20) -> list[str]:
    hits = find_drugs(asked, pharmacy_id=world.pharmacy.pk, limit=limit).hits
    return [f"{hit.name} {hit.strength} {hit.form}" for hit in hits]


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("metfor 500 er", "metformin hydrochloride 500 mg tablet, extended release"),
        ("er 500 metfor", "metformin hydrochloride 500 mg tablet, extended release"),
        ("500 metf tab", "metformin hydrochloride 500 mg tablet"),
        ("lisin 10mg", "lisinopril 10 mg tablet"),
        ("lisinopril-10", "lisinopril 10 mg tablet"),
        ("apap codeine 30", "acetaminophen and codeine phosphate 300 mg / 30 mg tablet"),
        ("hctz 25", "hydrochlorothiazide 25 mg tablet"),
        ("amox clav 875", "amoxicillin and clavulanate potassium 875 mg / 125 mg "
         "tablet, film coated"),
        ("augmentin", "amoxicillin and clavulanate potassium 875 mg / 125 mg "
         "tablet, film coated"),
        ("ms 15 tabs", "morphine sulfate 15 mg tablet"),
        ("levothyroxine 0.05mg", "levothyroxine sodium 50 mcg tablet"),
        ("levo 50 mcg", "levothyroxine sodium 50 mcg tablet"),
        ("humalog", "insulin lispro 100 unit/mL injection"),
        ("lispro 100 units inj", "insulin lispro 100 unit/mL injection"),
        ("hydrocort 1%", "hydrocortisone 1% cream"),
        ("bupropion xl", "bupropion hydrochloride 150 mg tablet, extended release"),
        ("METFORMIN HCL 1,000", "metformin hydrochloride 1000 mg tablet"),
        ("warfarin sod", "warfarin sodium 5 mg tablet"),
    ],
)  # fmt: skip
def test_fragments_in_any_order_find_what_is_meant_first(shelf, asked, first):
    assert found(shelf, asked)[:1] == [first]


@pytest.mark.parametrize(
    "asked",
    ["", " ", "l", "5", "-", "%", "mg", "\x00", "xyzzy", "lisinopril 1000mg", "lisin 20",
     "999 amox", "li_inopril", "'; DROP", "a" * 300, "metformin lisinopril",
     "hctz 999", "&|!", ":*", "(", "\\"],
)  # fmt: skip
def test_what_no_drug_has_finds_nothing_and_breaks_nothing(shelf, asked):
    assert found(shelf, asked) == []


def test_an_exact_number_goes_before_one_that_only_begins_so(shelf):
    assert found(shelf, "metformin 10") == ["metformin hydrochloride 1000 mg tablet"]
    assert found(shelf, "prednisone 1") == ["prednisone 10 mg tablet"]
    assert found(shelf, "lisin 1") == ["lisinopril 10 mg tablet"] * 2


def only(world, asked: str):
    (hit, *_) = find_drugs(asked, pharmacy_id=world.pharmacy.pk).hits
    return hit


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("lisinopril 10 mg", ()),
        ("prinivil", ()),
        ("apap 30", ("APAP = acetaminophen",)),
        ("metformin hcl er", ("HCL = hydrochloride", "ER = extended release")),
        ("levothyroxine 0.05mg", ("0.05mg = 50mcg",)),
        ("metformin lupin", ("by its labeler",)),
    ],
)
def test_what_was_not_typed_so_says_why_it_is_shown(shelf, asked, why):
    assert only(shelf, asked).why == why


def test_xl_and_sr_are_told_apart_where_a_name_says_them(shelf):
    asked = {letters: only(shelf, f"bupropion {letters}").called for letters in ("xl", "sr")}
    assert asked == {
        "xl": "buPROPion Hydrochloride XL",
        "sr": "buPROPion Hydrochloride SR",
    }
    assert len(found(shelf, "bupropion sr")) == 1


def test_xl_is_any_extended_release_where_no_name_says_it_and_the_list_says_so(shelf):
    hit = only(shelf, "metformin xl")
    assert hit.form == "tablet, extended release"
    assert hit.why == ("XL = extended release",)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("metfromin", "metformin"),
        ("metfro", "metformin"),
        ("lisnop 10", "lisinopril"),
        ("kisinopril", "lisinopril"),
        ("wafrarin", "warfarin"),
        ("alprazalom", "alprazolam"),
        ("levothiroxin", "levothyroxine"),
        ("hidroxizine", "hydroxyzine"),
        ("prednsione", "prednisone"),
        ("oxycodne 5", "oxycodone"),
    ],
)
def test_a_slip_finds_what_was_meant_and_says_so(shelf, asked, meant):
    result = find_drugs(asked, pharmacy_id=shelf.pharmacy.pk)
    assert result.hits
    assert all(meant in hit.name and hit.corrected for hit in result.hits)
    typed = asked.split()[0]
    assert result.says == f"Nothing is written so: showing {meant} for {typed}."
    assert all(f"{meant} for {typed}" in hit.why for hit in result.hits)


@pytest.mark.parametrize("asked", ["lsi", "xis", "lisinopril 11", "warfarin 6", "zzsinopryl"])
def test_no_number_no_short_word_and_no_third_slip_is_forgiven(shelf, asked):
    assert found(shelf, asked) == []


def test_an_exact_answer_goes_before_what_may_have_been_meant(shelf):
    result = find_drugs("prednison", pharmacy_id=shelf.pharmacy.pk)
    assert [(hit.name, hit.corrected) for hit in result.hits] == [
        ("prednisone", False),
        ("prednisolone", True),
    ]
    assert result.says == ""


def test_a_whole_word_is_no_slip(shelf):
    assert found(shelf, "prednisone") == ["prednisone 10 mg tablet"]


def test_every_word_known_but_no_drug_with_all_of_them_may_be_a_slip(shelf):
    hits = find_drugs("prednisone west-wrad", pharmacy_id=shelf.pharmacy.pk).hits
    assert hits == []
    hits = find_drugs("hydrocortisone codeine", pharmacy_id=shelf.pharmacy.pk).hits
    assert hits == []


def test_error_prone_abbreviations_are_read_and_warned_of(shelf):
    result = find_drugs("hctz 25", pharmacy_id=shelf.pharmacy.pk)
    assert result.warns == (
        "HCTZ is error-prone: also read as hydrocortisone. Write the name out.",
    )
    assert find_drugs("apap 30", pharmacy_id=shelf.pharmacy.pk).warns == ()


def test_look_alikes_of_one_list_are_marked_with_each_other(shelf):
    hits = find_drugs("hydr 25", pharmacy_id=shelf.pharmacy.pk).hits
    marked = {hit.called: [each.name for each in hit.alike] for hit in hits}
    assert marked["hydrOXYzine hydrochloride"] == ["hydrALAZINE"]
    assert marked["hydrALAZINE hydrochloride"] == ["hydrOXYzine"]
    assert marked["hydroCHLOROthiazide" if "hydroCHLOROthiazide" in marked else
                  "hydrochlorothiazide"] == []  # fmt: skip
    assert {each.verified for hit in hits for each in hit.alike} == {"V2"}


def test_a_look_alike_that_is_not_in_the_list_marks_nothing(shelf):
    assert only(shelf, "hydroxyzine 25").alike == ()


def test_what_is_here_comes_first_then_what_is_given_out_most_then_what_is_used_most(shelf):
    here = shelf.pharmacy.pk
    assert found(shelf, "tablet", 3)[0] == "levothyroxine sodium 50 mcg tablet"
    morphine = Product.objects.get(name="morphine sulfate")
    warfarin = shelf.drugs["warfarin"].product_id
    put_first(pharmacy_id=here, these=[First(morphine.pk, 2), First(warfarin, 9)])
    names = [hit.name for hit in find_drugs("tab", pharmacy_id=here).hits]
    assert names[:2] == ["warfarin sodium", "morphine sulfate"]
    other = [hit.name for hit in find_drugs("tab", pharmacy_id=shelf.other.pk).hits]
    assert other[0] == "levothyroxine sodium"


def test_what_is_here_by_another_word_never_goes_before_a_name_that_begins_so(shelf):
    here, metformin = shelf.pharmacy.pk, shelf.drugs["metformin"].product_id
    put_first(pharmacy_id=here, these=[First(metformin, fills=99, on_shelf=True)])
    names = [hit.name for hit in find_drugs("hydr", pharmacy_id=here).hits]
    begin = [name.startswith("hydr") for name in names]
    assert begin == sorted(begin, reverse=True)
    assert names[begin.index(False)] == "metformin hydrochloride"


def test_a_name_that_begins_so_goes_before_one_that_only_has_the_word(shelf):
    assert found(shelf, "codeine")[0].startswith("acetaminophen and codeine")
    names = [hit.name for hit in find_drugs("hydrochl", pharmacy_id=shelf.pharmacy.pk).hits]
    assert names[0] == "hydrochlorothiazide"
    assert "metformin hydrochloride" in names


def test_the_product_that_is_here_leads_its_drug_with_its_labeler(shelf):
    like = Product.objects.get(name="prednisone")
    twin = Product.objects.get(pk=like.pk)
    twin.pk, twin.product_code, twin.labeler = None, "999", "Roxane Laboratories"
    twin.save(force_insert=True)
    refresh()
    assert only(shelf, "prednisone").product_id == like.pk
    here = shelf.pharmacy.pk
    put_first(pharmacy_id=here, these=[First(twin.pk, fills=4, on_shelf=True)])
    hit = only(shelf, "prednisone")
    assert (hit.product_id, hit.labeler, hit.labelers) == (twin.pk, "Roxane Laboratories", 2)
    assert (hit.fills, hit.on_shelf) == (4, True)


def test_a_typed_labeler_leads_to_its_own_product(shelf):
    like = Product.objects.get(name="prednisone")
    twin = Product.objects.get(pk=like.pk)
    twin.pk, twin.product_code, twin.labeler = None, "999", "Roxane Laboratories"
    twin.save(force_insert=True)
    refresh()
    hit = only(shelf, "prednisone roxane")
    assert (hit.product_id, hit.labeler) == (twin.pk, "Roxane Laboratories")


@pytest.mark.parametrize(
    ("asked", "ndc"),
    [
        ("68180-0980-1", "68180-0980-1"),
        ("68180098001", "68180-0980-1"),
        ("6818009801", "68180-0980-1"),
        ("68180-0980", "68180-0980-1"),
        ("68180", "68180-0980-1"),
        ("6818", "68180-0980-1"),
        ("68180-09", "68180-0980-1"),
        ("68180 0980 1", "68180-0980-1"),
        ("55555-013-01", "55555-013-01"),
        ("55555-0013-01", "55555-013-01"),
        ("55555-0013", "55555-013-01"),
        ("055555-0013-01", "55555-013-01"),
        ("0006-0106-54", "0006-0106-54"),
        ("00006-0106-54", "0006-0106-54"),
        ("00006010654", "0006-0106-54"),
        ("0006010654", "0006-0106-54"),
        (Ndc.parse("0006-0106-54").upc_a, "0006-0106-54"),
        (Ndc.parse("0006-0106-54").gtin14(), "0006-0106-54"),
    ],
)
def test_a_code_is_found_in_any_form_and_by_its_first_four_digits(shelf, asked, ndc):
    hit = only(shelf, asked)
    assert (hit.ndc, hit.why) == (ndc, (f"NDC {ndc}",))


@pytest.mark.parametrize("asked", ["681", "99999-9999-99", "9999", "68180-1", "68180--09"])
def test_a_code_of_no_package_and_three_digits_find_nothing(shelf, asked):
    assert [hit for hit in find_drugs(asked, pharmacy_id=1).hits if hit.ndc] == []


def test_hyphens_as_typed_part_the_segments(shelf):
    assert only(shelf, "5555501301").ndc == "55555-013-01"
    assert found(shelf, "5555-5013") == []


def test_a_tablet_is_found_by_what_is_pressed_into_it(shelf):
    Product.objects.filter(name="prednisone").update(imprint="WW 473")
    Product.objects.filter(name="morphine sulfate").update(imprint="54;733")
    refresh()
    assert only(shelf, "ww473").name == "prednisone"
    assert only(shelf, "WW 47").why == ("by its imprint",)
    assert only(shelf, "54 733").name == "morphine sulfate"
    assert found(shelf, "ww") == []
    assert found(shelf, "zz473") == []


def test_of_a_name_alone_a_few_strengths_of_each_and_of_one_name_all(shelf):
    like = Product.objects.get(name="prednisone")
    for number, strength in enumerate(["1 mg", "2.5 mg", "5 mg", "20 mg", "50 mg"]):
        twin = Product.objects.get(pk=like.pk)
        twin.pk, twin.product_code, twin.strength = None, str(900 + number), strength
        twin.save(force_insert=True)
    refresh()
    names = [name.split()[0] for name in found(shelf, "predn", 6)]
    assert names == ["prednisone"] * 4 + ["prednisolone", "prednisone"]
    assert [name.split()[1] for name in found(shelf, "prednisone", 6)] == [
        *("1", "2.5", "5", "10", "20", "50"),
    ]


def test_several_names_of_nothing_is_nothing():
    assert several_names([]) == []


@pytest.mark.parametrize(
    ("asked", "most"),
    [("lisinopril 10", 2), ("68180", 4), ("metfromin 500", 5), ("xyzzyx", 2), ("tab", 2)],
)
def test_a_search_asks_the_database_little(shelf, django_assert_max_num_queries, asked, most):
    with django_assert_max_num_queries(most):
        find_drugs(asked, pharmacy_id=shelf.pharmacy.pk)


def test_a_product_given_up_is_found_as_long_as_it_may_be_given_out(shelf):
    Product.objects.filter(name="prednisone").update(gone_on="2026-01-01")
    refresh()
    assert found(shelf, "prednisone") == ["prednisone 10 mg tablet"]


def test_no_index_is_no_answer(pharmacy):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM drugs_searchdrug; DELETE FROM drugs_searchword;")
    assert find_drugs("lisinopril", pharmacy_id=Pharmacy.objects.all()[0].pk).hits == []
