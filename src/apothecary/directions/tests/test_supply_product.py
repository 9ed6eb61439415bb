"""What is dispensed: pen or vial, split or whole, as name, form and listing tell."""

from decimal import Decimal

import pytest

from apothecary.directions.product import Product

PEN = "5 SYRINGE in 1 CARTON > 3 mL in 1 SYRINGE"
VIAL = "1 VIAL, MULTI-DOSE in 1 CARTON > 10 mL in 1 VIAL, MULTI-DOSE"


@pytest.mark.parametrize(
    ("name", "text", "device"),
    [
        ("Lantus Solostar 100 unit/mL", "", "pen"),
        ("Humalog KwikPen", "", "pen"),
        ("insulin lispro pen", "", "pen"),
        ("insulin lispro pens", "", "pen"),
        ("Toujeo", "", "pen"),
        ("insulin lispro", PEN, "pen"),
        ("insulin lispro", "5 CARTRIDGE in 1 CARTON > 3 mL in 1 CARTRIDGE", "pen"),
        ("insulin lispro vial", "", "vial"),
        ("insulin lispro", VIAL, "vial"),
        ("insulin lispro", "", ""),
        ("penicillin", "", ""),
        ("pentamidine", "30 TABLET in 1 BOTTLE", ""),
        ("viality", "", ""),
    ],
)
def test_a_pen_is_told_from_a_vial_by_name_or_listing(
    name: str, text: str, device: str
) -> None:
    assert Product(name=name, package_text=text).device == device


@pytest.mark.parametrize(
    ("form", "route", "whole"),
    [
        ("TABLET", "ORAL", False),
        ("CAPSULE", "ORAL", False),
        ("SYRUP", "ORAL", False),
        ("SOLUTION", "ORAL", False),
        ("SOLUTION", "OPHTHALMIC", True),
        ("SOLUTION/ DROPS", "OTIC", True),
        ("SPRAY, METERED", "NASAL", True),
        ("AEROSOL, METERED", "RESPIRATORY (INHALATION)", True),
        ("INJECTION, SOLUTION", "SUBCUTANEOUS", True),
        ("CREAM", "TOPICAL", True),
        ("OINTMENT", "TOPICAL", True),
        ("GEL", "TOPICAL", True),
        ("GELATIN CAPSULE", "ORAL", False),
    ],
)
def test_tubes_inhalers_pens_drops_and_vials_are_not_split(
    form: str, route: str, *, whole: bool
) -> None:
    assert Product(form=form, route=route).whole_only is whole


def test_what_is_not_known_of_a_product_is_empty_and_no_guess() -> None:
    bare = Product()
    assert bare.content is None
    assert bare.device == ""
    assert bare.package_quantity is None
    assert not bare.whole_only


def test_the_facts_of_a_product_are_looked_for_in_name_and_form() -> None:
    product = Product(name="Xalatan", form="SOLUTION", package_quantity=Decimal("2.5"))
    assert product.full_name == "Xalatan SOLUTION"
