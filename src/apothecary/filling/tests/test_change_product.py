"""An equivalent may be given where nobody wants this very product; it is billed anew."""

import pytest

from apothecary.filling.actions import change_product, scan_bottle, set_aside_wrong
from apothecary.filling.models import BottleScan
from apothecary.filling.tests.bench import deeds, drawn, filling, lines, now, upc
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Refused
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.staff.worker import NotAllowed
from apothecary.stock.queries import book_faults


def change(world, fill, drug="lisinopril-brand", *, by=None):
    return change_product(
        by=by or world.technician, fill_id=fill.pk, package_id=world.drugs[drug].pk
    )


def offered(world, *, daw="0"):
    """A fill in hand, and the bottle of the other maker scanned."""
    fill = filling(world)
    Fill.objects.filter(pk=fill.pk).update(daw=daw)
    raw = upc(world, "lisinopril-brand")
    return fill, scan_bottle(by=world.technician, fill_id=fill.pk, raw=raw)


def test_an_equivalent_is_offered_and_kept_as_a_caught_slip(pharmacy):
    fill, scan = offered(pharmacy)
    assert (scan.outcome, scan.open_slip) == ("equivalent", True)
    assert deeds(pharmacy, fill)[-1] == Deed.WRONG_PRODUCT_CAUGHT


def test_a_changed_product_is_screened_and_billed_anew_with_its_own_price(pharmacy):
    fill, _ = offered(pharmacy)
    before = now(fill).price_usd
    change(pharmacy, fill)
    after = now(fill)
    assert (after.state, after.package.ndc) == (FillState.SCREENING, "0006-0106-54")
    assert after.price_usd > before
    assert (after.copay_usd, after.owner_id, drawn(fill)) == (None, None, {})
    said = lines(pharmacy, fill)[-1]
    assert said.deed == Deed.PRODUCT_CHANGED
    assert (said.details["before"], said.details["after"]) == ("68180-0980-1", "0006-0106-54")
    assert BottleScan.objects.get(fill=fill).aside_because == "changed to this product"
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_the_changed_product_is_reserved_when_it_comes_round_again(pharmacy):
    pharmacy.receive("lisinopril-brand", "90", lot="B1")
    fill, _ = offered(pharmacy)
    changed = change(pharmacy, fill)
    advance(changed, FillState.WAITING, by=pharmacy.system, did=Deed.FILL_MOVED)
    assert drawn(fill) == {"B1": 30}


@pytest.mark.parametrize(
    ("daw", "free"), [("0", True), ("5", True), ("1", False), ("2", False), ("7", False)]
)
def test_nobodys_wish_for_this_product_is_overridden(pharmacy, daw, free):
    fill, scan = offered(pharmacy, daw=daw)
    assert scan.outcome == ("equivalent" if free else "wrong")
    if not free:
        with pytest.raises(Refused, match=f"DAW {daw}"):
            change(pharmacy, fill)
        assert now(fill).package_id == pharmacy.drugs["lisinopril"].pk


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("strength", "20 mg", "another drug, strength or form"),
        ("form", "tablet, extended release", "another drug, strength or form"),
        ("route", "rectal", "another drug, strength or form"),
        ("ingredient_key", "enalapril", "another drug, strength or form"),
        ("te_code", "BX", "not rated equivalent"),
        ("te_code", "AB2", "not rated equivalent"),
        ("te_code", "", "not rated equivalent"),
    ],
)
def test_what_is_not_equivalent_is_the_wrong_product(pharmacy, field, value, says):
    product = pharmacy.drugs["lisinopril-brand"].product
    setattr(product, field, value)
    product.save()
    fill, scan = offered(pharmacy)
    assert (scan.outcome, says in scan.says) == ("wrong", True)
    with pytest.raises(Refused, match=says):
        change(pharmacy, fill)
    assert now(fill).state == FillState.FILLING


def test_a_product_of_two_groups_may_be_given_for_one_of_either(pharmacy):
    brand, generic = (pharmacy.drugs[key].product for key in ("lisinopril-brand", "lisinopril"))
    brand.te_code, generic.te_code = "AB1,AB2", "AB2"
    brand.save()
    generic.save()
    fill, scan = offered(pharmacy)
    assert scan.outcome == "equivalent"
    change(pharmacy, fill)
    assert now(fill).package_id == pharmacy.drugs["lisinopril-brand"].pk


def test_a_coat_makes_no_other_dosage_form(pharmacy):
    product = pharmacy.drugs["lisinopril-brand"].product
    product.form = "TABLET, FILM COATED"
    product.save()
    _, scan = offered(pharmacy)
    assert scan.outcome == "equivalent"


def test_another_size_of_the_same_product_is_no_substitution(pharmacy):
    package = pharmacy.drugs["lisinopril"]
    large = type(package).objects.get(pk=package.pk)
    large.pk, large.package_code, large.quantity = None, "9", 1000
    large.ndc, large.ndc10, large.ndc11 = "68180-0980-9", "6818009809", "68180098009"
    large.save(force_insert=True)
    fill = filling(pharmacy)
    Fill.objects.filter(pk=fill.pk).update(daw="1")
    scan = scan_bottle(by=pharmacy.technician, fill_id=fill.pk, raw="68180-0980-9")
    assert scan.outcome == "equivalent"
    change_product(by=pharmacy.technician, fill_id=fill.pk, package_id=large.pk)
    assert now(fill).package.ndc == "68180-0980-9"


def test_an_equivalent_may_be_set_aside_instead(pharmacy):
    fill, scan = offered(pharmacy)
    set_aside_wrong(by=pharmacy.technician, fill_id=fill.pk, scan_id=scan.pk, because="alike")
    assert now(fill).package_id == pharmacy.drugs["lisinopril"].pk


def test_a_change_does_not_sweep_another_wrong_bottle_away(pharmacy):
    fill = filling(pharmacy)
    scan_bottle(by=pharmacy.technician, fill_id=fill.pk, raw=upc(pharmacy, "warfarin"))
    with pytest.raises(Refused, match="Set that bottle aside first"):
        change(pharmacy, fill)
    assert now(fill).state == FillState.FILLING


def test_the_same_package_an_unknown_one_and_one_without_price_are_refused(pharmacy):
    fill = filling(pharmacy)
    with pytest.raises(Refused, match="filled with this package already"):
        change(pharmacy, fill, "lisinopril")
    with pytest.raises(Refused, match="No such package"):
        change_product(by=pharmacy.technician, fill_id=fill.pk, package_id=0)
    brand = pharmacy.drugs["lisinopril-brand"]
    type(brand).objects.filter(pk=brand.pk).update(price_usd=None)
    with pytest.raises(Refused, match="no price for 0006-0106-54"):
        change(pharmacy, fill)


def test_a_clerk_and_a_stranger_to_the_fill_change_nothing(pharmacy):
    fill = filling(pharmacy)
    with pytest.raises(NotAllowed):
        change(pharmacy, fill, by=pharmacy.clerk)
    with pytest.raises(Refused, match="is filling this one"):
        change(pharmacy, fill, by=pharmacy.pharmacist)
    change(pharmacy, fill)
    with pytest.raises(Refused, match="in screening, not in filling"):
        change(pharmacy, fill)
