"""Whatever is typed to find a drug finds it or finds nothing; a code is read or refused."""

import pytest

from apothecary.drugs.barcode import package_of, typed_codes
from apothecary.drugs.models import Product
from apothecary.drugs.queries import drug_page, find_products, packages_of
from apothecary.law.problem import Refused
from apothecary.wires.gs1 import read_scan


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("lisinopril 10mg", True),
        ("lisinopril 10 mg", True),
        ("lisinopril,10", True),
        ("lisinopril-10", True),
        ("10 lisinopril", True),
        ("lisinopril 1000mg", False),
        ("%", False),
        ("li_inopril", False),
        ("lis%l", False),
        ("lisin\x00", True),
        ("\x00", False),
        ("5 amox", False),
        ("l", False),
        ("  ", False),
        ("-", False),
    ],
)
def test_a_drug_is_found_as_people_type_it(pharmacy, asked, found):
    names = {product.name for product in find_products(asked)}
    assert ("lisinopril" in names) is found


def test_no_more_are_listed_than_were_asked_for_and_always_in_the_same_order(pharmacy):
    everyone = find_products("mg", limit=100)
    assert len(everyone) > 2
    assert find_products("mg", limit=2) == everyone[:2]
    names = [(product.name, product.strength) for product in everyone]
    assert names == sorted(names)


def test_the_page_of_a_drug_lists_its_packages_smallest_first(pharmacy):
    package = pharmacy.drugs["lisinopril"]
    product = drug_page(product_id=package.product_id)
    assert isinstance(product, Product)
    package.pk, package.ndc, package.package_code = None, "68180-0980-9", "9"
    package.quantity = 1
    package.save(force_insert=True)
    assert [one.quantity for one in packages_of(product)] == sorted(
        one.quantity for one in packages_of(product)
    )
    assert packages_of(product)[0].ndc == "68180-0980-9"
    assert drug_page(product_id=0) is None


@pytest.mark.parametrize("typed", ["1-2-3", "12345-6789-012", "abc", "", "00000"])
def test_what_is_no_ndc_is_refused_saying_why(typed):
    with pytest.raises(Refused) as refused:
        typed_codes(typed)
    (problem,) = refused.value.problems
    assert (problem.code, problem.field) == ("bad-ndc", "code")
    assert f"{typed} is no NDC" in problem.says


def test_one_scan_is_one_query(pharmacy, django_assert_num_queries):
    scan = read_scan(pharmacy.drugs["lisinopril"].ndc)
    with django_assert_num_queries(1):
        assert package_of(scan).product.name == "lisinopril"
