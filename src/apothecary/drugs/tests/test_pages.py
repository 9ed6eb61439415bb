"""The page of a drug: what it is, what it costs, and what may stand in its place."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from apothecary.drugs.drug_page import alike
from apothecary.drugs.models import Package, Product
from apothecary.drugs.queries import drug_page
from apothecary.drugs.side_tables import Price
from apothecary.drugs.source_queries import OLD_DAYS
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role


def client_of(pharmacy, role: Role = Role.TECHNICIAN) -> Client:
    token = worker_token(person=pharmacy.people[role], station="x", at=timezone.now())
    return Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})


def equivalent(pharmacy, drug: str) -> list[Product]:
    product = drug_page(product_id=pharmacy.drugs[drug].product_id)
    assert product is not None
    return [peer.product for peer in alike(product, None).equivalent]


def seen(pharmacy, drug: str, **asked: str) -> str:
    page = client_of(pharmacy).get(f"/drugs/{pharmacy.drugs[drug].product_id}/", asked)
    assert page.status_code == 200
    return " ".join(page.content.decode().split())


def test_only_what_is_rated_with_it_is_equivalent(pharmacy):
    brand = pharmacy.drugs["lisinopril-brand"].product
    assert equivalent(pharmacy, "lisinopril") == [brand]
    Product.objects.filter(pk=brand.pk).update(te_code="BX")
    assert equivalent(pharmacy, "lisinopril") == []
    assert equivalent(pharmacy, "lisinopril-brand") == []


@pytest.mark.parametrize(
    "change",
    [
        {"strength": "20 mg"},
        {"form": "capsule"},
        {"route": "rectal"},
        {"ingredient_key": "enalapril"},
        {"te_code": "AB2"},
        {"te_code": ""},
        {"category": "BLA"},
        {"gone_on": date(2026, 1, 1)},
    ],
)
def test_another_ingredient_strength_form_route_or_group_is_not_equivalent(pharmacy, change):
    Product.objects.filter(pk=pharmacy.drugs["lisinopril-brand"].product_id).update(**change)
    assert equivalent(pharmacy, "lisinopril") == []


def test_a_product_of_two_groups_is_equivalent_in_each(pharmacy):
    brand = pharmacy.drugs["lisinopril-brand"].product
    Product.objects.filter(pk=brand.pk).update(te_code="AB1,AB2")
    ours = Product.objects.filter(pk=pharmacy.drugs["lisinopril"].product_id)
    ours.update(te_code="AB2,AB3")
    assert equivalent(pharmacy, "lisinopril") == [brand]
    ours.update(te_code="AB3")
    assert equivalent(pharmacy, "lisinopril") == []


def test_the_same_drug_of_another_group_is_shown_with_the_reason_and_apart(pharmacy):
    brand = pharmacy.drugs["lisinopril-brand"].product
    Product.objects.filter(pk=brand.pk).update(te_code="BX")
    html = seen(pharmacy, "lisinopril")
    apart = html.index("Same drug, not to be given instead")
    assert html.index("the FDA does not hold it equivalent (AB and BX)") > apart
    assert "No other product of this rating is in the file." in html[:apart]


def test_equivalents_stand_cheapest_first_with_what_they_save(pharmacy):
    brand = pharmacy.drugs["lisinopril-brand"]
    Package.objects.filter(pk=brand.pk).update(price_usd=Decimal("0.04220"))
    Package.objects.filter(pk=pharmacy.drugs["lisinopril"].pk).update(
        price_usd=Decimal("0.0211")
    )
    assert "+100 %" in seen(pharmacy, "lisinopril")
    assert "−50 %" in seen(pharmacy, "lisinopril-brand")


def test_a_product_of_unknown_ingredients_is_compared_with_nothing(pharmacy):
    package = pharmacy.drugs["lisinopril"]
    Product.objects.filter(pk=package.product_id).update(ingredient_key="")
    html = seen(pharmacy, "lisinopril")
    assert "Its ingredients are not known, so nothing can be compared with it." in html
    assert "not known: it is not screened" in html


@pytest.mark.parametrize(
    ("asked", "parts"),
    [
        ({"quantity": "30"}, ["30 tablets cost $", "one is opened"]),
        (
            {"quantity": "200", "sale": "$1,000.00"},
            ["2 × ", "nothing", "At $1,000.00 that leaves"],
        ),
        ({"quantity": "100", "sale": "0.01"}, ["a loss"]),
        ({"quantity": "many"}, ["“many” is no number above zero"]),
        ({"quantity": "0"}, ["“0” is no number above zero"]),
        ({"quantity": "30", "sale": "-1"}, ["“-1” is no number above zero"]),
        ({"sale": "12"}, ["“” is no number above zero"]),
        ({"quantity": "1e99"}, ["“1e99” is no number above zero"]),
        ({"quantity": "NaN"}, ["“NaN” is no number above zero"]),
        ({"quantity": "<b>"}, ["“&lt;b&gt;” is no number above zero"]),
    ],
)
def test_a_quantity_gets_its_packages_and_its_cost_or_a_reason(pharmacy, asked, parts):
    html = seen(pharmacy, "lisinopril", **asked)
    assert [part for part in parts if part not in html] == []


def test_without_a_price_nobody_is_told_what_it_costs(pharmacy):
    Package.objects.update(price_usd=None, price_on=None)
    html = seen(pharmacy, "lisinopril", quantity="30", sale="5")
    assert "No price by this unit is on file" in html
    assert "that leaves" not in html


def test_the_age_of_a_price_is_said_when_it_is_old(pharmacy):
    today = timezone.now().date()
    package = Package.objects.filter(pk=pharmacy.drugs["lisinopril"].pk)
    package.update(price_on=today - timedelta(days=OLD_DAYS))
    assert "good for comparing, not for buying" not in seen(pharmacy, "lisinopril")
    package.update(price_on=today - timedelta(days=OLD_DAYS + 2))
    assert "3 months old: good for comparing, not for buying" in seen(pharmacy, "lisinopril")


def test_a_surveyed_price_by_another_unit_is_shown_and_not_used(pharmacy):
    package = pharmacy.drugs["hydrocortisone"]
    batch, on = package.batch, date(2026, 1, 7)
    for unit, ndc11 in (("EA", package.ndc11), ("GM", "00000000000")):
        Price.objects.create(
            ndc11=ndc11, effective_on=on, price_usd=Decimal("2.5"), unit=unit,
            source=batch.source, since=batch, batch=batch,
        )  # fmt: skip
    html = seen(pharmacy, "hydrocortisone")
    assert "$2.50000 a EA of 01/07/2026: this package is counted by GM" in html
    assert html.count("so it is not used") == 1


def test_the_price_before_is_shown_beside_the_one_in_force(pharmacy):
    package = pharmacy.drugs["lisinopril"]
    batch = package.batch
    Price.objects.create(
        ndc11=package.ndc11, effective_on=date(2025, 1, 7), price_usd=Decimal("0.5"), unit="EA",
        source=batch.source, since=batch, batch=batch,
    )  # fmt: skip
    assert "before $0.50000 of 01/07/2025" in seen(pharmacy, "lisinopril")


@pytest.mark.parametrize(
    ("days", "shown"),
    [(0, True), (366, True), (367, False), (4000, False)],
)
@pytest.mark.parametrize("newer", [True, False])
def test_prices_of_two_times_are_not_compared(pharmacy, days, shown, newer):
    on = date(2026, 1, 7)
    ours, theirs = (pharmacy.drugs[key].pk for key in ("lisinopril", "lisinopril-brand"))
    late, early = (ours, theirs) if newer else (theirs, ours)
    Package.objects.filter(pk=late).update(price_on=on)
    Package.objects.filter(pk=early).update(price_on=on - timedelta(days=days))
    Package.objects.filter(pk=ours).update(price_usd="0.10")
    Package.objects.filter(pk=theirs).update(price_usd="0.15")
    html = seen(pharmacy, "lisinopril")
    assert ("+50 %" in html, "another time" in html) == (shown, not shown)


@pytest.mark.parametrize(
    ("words", "said"),
    [(("tablet", "tablet"), "30 tablets cost"), (("tablet", "capsule"), "30 ea cost")],
)
def test_a_quantity_is_said_in_the_word_that_all_packages_share(pharmacy, words, said):
    package = Package.objects.get(pk=pharmacy.drugs["lisinopril"].pk)
    Package.objects.filter(pk=package.pk).update(unit_word=words[0])
    package.pk, package.package_code, package.unit_word = None, "77", words[1]
    package.ndc, package.ndc10, package.ndc11 = "68180-0980-77", "x", "y"
    package.save(force_insert=True)
    assert said in seen(pharmacy, "lisinopril", quantity="30")


def test_what_the_state_lets_be_substituted_is_a_sentence_with_its_law(pharmacy):
    pharmacy.pharmacy.state = "NY"
    pharmacy.pharmacy.save()
    html = seen(pharmacy, "lisinopril")
    assert "May be substituted in NY: mandatory unless the prescriber forbids it" in html
    assert "N.Y. Educ. Law 6816-a(1) · V1" in html
    assert "survey of state acts of 2009" in html
    assert "A biologic only if it is interchangeable." in html


def test_a_state_without_a_row_on_substitution_says_so(pharmacy):
    pharmacy.pharmacy.state = "OK"
    pharmacy.pharmacy.save()
    html = seen(pharmacy, "lisinopril")
    assert "No table of law says what OK lets be substituted on" in html
    assert "each state decides whether it must be" in html


def test_a_high_alert_drug_says_so_with_its_source_and_mark(pharmacy):
    html = seen(pharmacy, "warfarin")
    assert "blood thinner" in html
    assert "ISMP high-alert list for community and ambulatory care (2021)" in html
    assert "not in our table, which is not complete" in seen(pharmacy, "lisinopril")


def test_an_unrated_product_has_no_equivalent(pharmacy):
    assert equivalent(pharmacy, "insulin") == []


@pytest.mark.parametrize(
    ("drug", "parts"),
    [
        (
            "oxycodone",
            ["C-II", "0406-0552-01", "00406055201", "$0.09500", "no imprint on file"],
        ),
        ("insulin", ["fridge", "Lantus", "0088-2220-33", "It has no rating"]),
        ("lisinopril", ["AB", "the world of the tests"]),
    ],
)
def test_the_page_says_what_the_file_holds_and_what_it_does_not(pharmacy, drug, parts):
    page = client_of(pharmacy).get(f"/drugs/{pharmacy.drugs[drug].product_id}/")
    html = page.content.decode()
    missing = [part for part in parts if part not in html]
    assert (page.status_code, missing) == (200, [])


def test_a_drug_that_is_not_in_the_file_is_no_page(pharmacy):
    assert client_of(pharmacy).get("/drugs/999999/").status_code == 404


def test_the_page_costs_at_most_eight_queries(pharmacy, django_assert_max_num_queries):
    client = client_of(pharmacy)
    with django_assert_max_num_queries(8):
        client.get(f"/drugs/{pharmacy.drugs['lisinopril'].product_id}/")
