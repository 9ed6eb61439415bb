"""A drug of a message is found in the whole file by indexes, never by reading it through."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apothecary.drugs.models import Package, Product
from apothecary.drugs.search_index import refresh
from apothecary.drugs.search_named import kinds_named
from apothecary.intake import finding
from apothecary.intake.finding import coded, find_drug, packages_like, worded
from apothecary.intake.matching import Match, SentDrug, name_words
from apothecary.intake.models import Sure

LISINOPRIL = ("lisinopril", "10 mg", "tablet", "oral")
WARFARIN = "Warfarin Sodium 5 MG Oral Tablet"


def match(world, sent: SentDrug) -> Match:
    today = world.technician.today
    return find_drug(sent, pharmacy_id=world.pharmacy.pk, good_until=today)


def like(world, *kinds) -> list[Package]:
    today = world.technician.today
    return packages_like(kinds, pharmacy_id=world.pharmacy.pk, good_until=today)


def another(world, drug: str, number: int, *, price: str = "1", **change: object) -> Package:
    """A package of another product like this drug's."""
    package = Package.objects.select_related("product").get(pk=world.drugs[drug].pk)
    product = package.product
    product.pk, product.labeler_code, product.product_code = None, "77777", f"{number:03d}"
    for name, value in change.items():
        setattr(product, name, value)
    product.save(force_insert=True)
    package.pk, package.product, package.price_usd = None, product, price
    package.ndc, package.ndc11 = f"77777-{number:03d}-01", f"777770{number:03d}01"
    package.save(force_insert=True)
    return package


@pytest.mark.parametrize(
    ("sent", "most"),
    [
        (SentDrug("lisinopril 10 MG Oral Tablet", "68180098001"), 3),
        (SentDrug("lisinopril 10 MG Oral Tablet", "68180098001", "314076"), 3),
        (SentDrug("lisinopril 10 MG Oral Tablet"), 3),
        (SentDrug("lisinopril 10 MG Oral Tablet", "99999999999"), 4),
        (SentDrug("Quibrofexanol 12.5 MG", "99999999999", "1"), 2),
        (SentDrug("lisinopril"), 0),
        (SentDrug(""), 0),
    ],
)
def test_a_drug_is_found_in_so_many_statements(pharmacy, sent, most):
    with CaptureQueriesContext(connection) as asked:
        match(pharmacy, sent)
    assert len(asked) == most


def plans(asked: CaptureQueriesContext) -> str:
    """How the database went about each statement, were reading a table through dear."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        told = []
        for query in asked.captured_queries:
            cursor.execute("EXPLAIN " + query["sql"])
            told += [line for (line,) in cursor.fetchall()]
        return "\n".join(told)


@pytest.mark.parametrize(
    "sent", [SentDrug(WARFARIN, "00093171301", "855332"), SentDrug(WARFARIN, "99999999999")]
)
def test_no_statement_must_read_the_drug_file_through(pharmacy, sent):
    with CaptureQueriesContext(connection) as asked:
        assert match(pharmacy, sent).id == pharmacy.drugs["warfarin"].pk
    plan = plans(asked)
    assert "Index" in plan
    for table in ("drugs_product", "drugs_package", "drugs_searchdrug"):
        assert f"Seq Scan on {table}" not in plan


def by_reading_all(description: str) -> set[tuple[str, ...]]:
    """What a whole reading of the file finds: names that begin with a word sent."""
    words = tuple(name_words(description))
    return {
        (product.ingredient_key, product.strength, product.form, product.route)
        for product in Product.objects.all()
        if words and (f"{product.name}\n{product.brand}".lower().startswith(words)
                      or product.brand.lower().startswith(words))
    }  # fmt: skip


@pytest.mark.parametrize(
    "description",
    [
        "lisinopril 10 MG Oral Tablet",
        "Prinivil 10 mg",
        "warf 5 mg",
        "amoxicillin oxycodone",
        "metformin hydrochloride 500 mg",
        "hydrocortisone 1% cream",
        "inopril 10 mg",
        "sodium",
        "",
    ],
)
def test_the_index_of_names_finds_what_reading_every_name_finds(pharmacy, description):
    found = kinds_named(name_words(description))
    assert set(found) == by_reading_all(description)
    assert found == sorted(set(found))


def test_words_name_only_a_drug_of_a_strength_that_was_sent(pharmacy):
    another(pharmacy, "lisinopril", 1, strength="20 mg")
    refresh()
    assert worded(SentDrug("lisinopril 10 mg")) == [LISINOPRIL]
    assert worded(SentDrug("lisinopril 0.02 g")) == [
        (*LISINOPRIL[:1], "20 mg", *LISINOPRIL[2:])
    ]
    assert worded(SentDrug("lisinopril 40 mg")) == []


def test_either_code_is_enough_and_a_code_of_no_package_in_use_is_none(pharmacy):
    Product.objects.filter(ingredient_key="lisinopril", brand="").update(rxcui="314076")
    assert coded(SentDrug("", "68180098001")) == [LISINOPRIL]
    assert coded(SentDrug("", "99999999999", "314076")) == [LISINOPRIL]
    assert coded(SentDrug("", "68180098001", "314076")) == [LISINOPRIL]
    assert coded(SentDrug("", "99999999999", "1")) == []
    Package.objects.filter(ndc="68180-0980-1").update(in_use=False)
    assert coded(SentDrug("", "68180098001", "314076")) == []


def test_a_name_longer_than_any_index_takes_is_found_by_its_first_word(pharmacy):
    name = "alternaria " + " ".join(f"pollen{n}of{n * 7919}" for n in range(900)) + "x" * 5_000
    package = another(pharmacy, "warfarin", 1, name=name, ingredient_key="alternaria")
    refresh()
    sent = SentDrug("alternaria 5 mg")
    assert (match(pharmacy, sent).sure, match(pharmacy, sent).id) == (Sure.LIKELY, package.pk)


def test_of_more_packages_than_are_looked_at_the_one_on_hand_then_the_cheapest_stay(
    pharmacy, monkeypatch
):
    here = another(pharmacy, "lisinopril", 1, price="9")
    cheap = another(pharmacy, "lisinopril", 2, price="0.001")
    unpriced = another(pharmacy, "lisinopril", 3)
    Package.objects.filter(pk=unpriced.pk).update(price_usd=None)
    pharmacy.drugs["here"] = here
    pharmacy.receive("here", "100")
    rows = [row.pk for row in like(pharmacy, LISINOPRIL)]
    assert rows[:2] == [here.pk, cheap.pk]
    assert rows[-1] == unpriced.pk
    monkeypatch.setattr(finding, "MOST_PACKAGES", 2)
    assert [row.pk for row in like(pharmacy, LISINOPRIL)] == [here.pk, cheap.pk]
    assert match(pharmacy, SentDrug("lisinopril 10 mg")).id == here.pk


def test_packages_of_several_kinds_come_together_and_of_none_nothing_is_asked(
    pharmacy, django_assert_num_queries
):
    warfarin = pharmacy.drugs["warfarin"].product
    kind = (warfarin.ingredient_key, warfarin.strength, warfarin.form, warfarin.route)
    found = {row.product.ingredient_key for row in like(pharmacy, LISINOPRIL, kind)}
    assert found == {"lisinopril", "warfarin"}
    with django_assert_num_queries(0):
        assert like(pharmacy) == []
        assert kinds_named([]) == []


def test_what_a_match_looks_at_is_fetched_at_once(pharmacy, django_assert_num_queries):
    (row, *_) = like(pharmacy, LISINOPRIL)
    with django_assert_num_queries(0):
        assert finding.known_drug(row, Decimal(7)).free == 7
