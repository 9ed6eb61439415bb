"""A scan names one package of the drug file, or it is refused: no split is ever guessed."""

import pytest

from apothecary.drugs.barcode import package_of, typed_codes
from apothecary.drugs.models import Package
from apothecary.drugs.ndc import Ndc, check_digit
from apothecary.law.problem import Refused
from apothecary.wires.gs1 import FNC1, read_scan

LISINOPRIL = Ndc.parse("68180-0980-1")
WARFARIN = Ndc.parse("0093-1713-01")


def refusal(raw: str) -> str:
    with pytest.raises(Refused) as refused:
        package_of(read_scan(raw))
    return refused.value.problems[0].code


@pytest.mark.parametrize(
    "raw",
    [
        LISINOPRIL.upc_a,
        f"0{LISINOPRIL.upc_a}",
        LISINOPRIL.gtin14(),
        f"]d201{LISINOPRIL.gtin14()}1729123110LOT1{FNC1}21SN1",
        f"]C101{LISINOPRIL.gtin14()}",
        LISINOPRIL.ndc10,
        LISINOPRIL.ndc11,
        LISINOPRIL.hyphenated,
        LISINOPRIL.billing,
    ],
)
def test_every_form_of_a_code_names_the_same_package(pharmacy, raw):
    assert package_of(read_scan(raw)).ndc == LISINOPRIL.hyphenated


def test_the_carton_of_a_drug_names_the_package_in_it(pharmacy):
    assert package_of(read_scan(WARFARIN.gtin14(5))).ndc == "0093-1713-01"


def test_a_drug_that_is_not_in_the_drug_file_is_refused_by_its_number(pharmacy):
    with pytest.raises(Refused, match="NDC 0002321402 is not in the drug file"):
        package_of(read_scan(Ndc.parse("0002-3214-02").upc_a))


def test_ten_digits_that_are_two_packages_are_refused_naming_both(pharmacy):
    twin = Package.objects.get(ndc="0093-1713-01")
    twin.pk, twin.ndc, twin.package_code = None, "00931-713-01", "02"
    twin.save(force_insert=True)
    with pytest.raises(Refused, match="0093-1713-01 or 00931-713-01: type the NDC"):
        package_of(read_scan(WARFARIN.upc_a))
    assert package_of(read_scan("00931-713-01")).pk == twin.pk
    assert package_of(read_scan("0093-1713-01")).pk != twin.pk


def test_a_product_that_is_no_us_drug_is_refused(pharmacy):
    body = "400638133393"
    assert refusal(body + check_digit(body)) == "no-ndc"


SSCC = "00614141000000001"


@pytest.mark.parametrize("raw", ["RX7000001-0-1", "BAG12", f"]C100{SSCC}{check_digit(SSCC)}"])
def test_what_is_not_a_bottle_is_refused(pharmacy, raw):
    assert refusal(raw) == "not-a-product"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("0093-1713-01", ["0093-1713-01"]),
        ("00093-1713-01", ["0093-1713-01"]),
        ("68180-0980-01", ["68180-980-01", "68180-0980-1"]),
        ("0093171301", ["0093-1713-01", "00931-713-01", "00931-7130-1"]),
    ],
)
def test_what_is_typed_stands_for_every_code_it_may_be(typed, meant):
    assert typed_codes(typed) == meant
