"""A drug's page and prices; a code that is scanned or typed is read or refused."""

import pytest

from apothecary.drugs.barcode import package_of, typed_codes
from apothecary.drugs.models import Package, Product
from apothecary.drugs.queries import cheapest_of, drug_page, packages_of
from apothecary.law.problem import Refused
from apothecary.wires.gs1 import read_scan


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


def test_the_cheapest_package_a_unit_is_told_of_what_has_a_price(pharmacy):
    package = pharmacy.drugs["lisinopril"]
    other = pharmacy.drugs["warfarin"]
    Package.objects.filter(pk=other.pk).update(price_usd=None)
    assert cheapest_of([package.product_id, other.product_id]) == {package.product_id: package}
    product, package.pk, package.ndc = package.product_id, None, "68180-0980-9"
    package.package_code, package.price_usd = "9", "0.00100"
    package.save(force_insert=True)
    assert cheapest_of([product])[product].ndc == "68180-0980-9"
    assert cheapest_of([]) == {}


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
