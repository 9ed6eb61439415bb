"""Finding a drug by a piece of its name, its page, and what may stand in its place."""

import pytest
from django.test import Client
from django.utils import timezone

from apothecary.drugs.models import Product
from apothecary.drugs.queries import equivalents_of
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role


def client_of(pharmacy, role: Role = Role.TECHNICIAN) -> Client:
    token = worker_token(person=pharmacy.people[role], station="x", at=timezone.now())
    return Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})


def test_only_what_is_rated_with_it_is_equivalent(pharmacy):
    generic = pharmacy.drugs["lisinopril"].product
    brand = pharmacy.drugs["lisinopril-brand"].product
    assert list(equivalents_of(generic)) == [brand]
    Product.objects.filter(pk=brand.pk).update(te_code="BX")
    assert list(equivalents_of(generic)) == []
    brand.refresh_from_db()
    assert list(equivalents_of(brand)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"strength": "20 mg"},
        {"form": "capsule"},
        {"route": "rectal"},
        {"ingredient_key": "enalapril"},
        {"te_code": "AB2"},
        {"te_code": ""},
    ],
)
def test_another_ingredient_strength_form_route_or_group_is_not_equivalent(pharmacy, change):
    Product.objects.filter(pk=pharmacy.drugs["lisinopril-brand"].product_id).update(**change)
    assert list(equivalents_of(pharmacy.drugs["lisinopril"].product)) == []


def test_an_unrated_product_has_no_equivalent(pharmacy):
    assert list(equivalents_of(pharmacy.drugs["insulin"].product)) == []


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
