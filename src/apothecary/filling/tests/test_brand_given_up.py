"""A brand is given up for its generic as the state of the pharmacy lets it."""

import pytest

from apothecary.filling.actions import change_product
from apothecary.filling.tests.bench import filling, now, upc
from apothecary.filling.tests.test_screens import client_of, post
from apothecary.law.problem import Refused
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.staff.duties import Role


@pytest.fixture
def technician(pharmacy):
    return client_of(pharmacy, Role.TECHNICIAN)


def brand_in_hand(world, state="TX"):
    """A fill of the brand in a technician's hands, in a pharmacy of that state."""
    type(world.pharmacy).objects.filter(pk=world.pharmacy.pk).update(state=state)
    return filling(world, "lisinopril-brand")


def take_generic(world, fill):
    generic = world.drugs["lisinopril"].pk
    return change_product(by=world.technician, fill_id=fill.pk, package_id=generic)


def test_the_screen_says_what_the_state_asks_before_a_brand_is_given_up(pharmacy, technician):
    fill = brand_in_hand(pharmacy)
    pharmacy.receive("lisinopril", "90", lot="G1")
    Fill.objects.filter(pk=fill.pk).update(state=FillState.SHORT, because="gone")
    page = technician.get(f"/filling/{fill.pk}/short").content.decode()
    assert "Ask the patient to choose." in page
    assert "Give this one" in page


def test_a_scanned_generic_shows_what_is_asked_before_the_product_is_changed(
    pharmacy, technician
):
    fill = brand_in_hand(pharmacy)
    raw = upc(pharmacy, "lisinopril")
    panel = post(technician, fill, "scan", code=raw).content.decode()
    assert "Change the product to this one" in panel
    assert "Ask the patient to choose." in panel


def test_a_cheaper_generic_may_be_given_for_a_brand(pharmacy):
    fill = brand_in_hand(pharmacy)
    take_generic(pharmacy, fill)
    assert now(fill).package_id == pharmacy.drugs["lisinopril"].pk


def test_a_dearer_generic_is_refused_where_the_state_says_it_costs_no_more(pharmacy):
    package = pharmacy.drugs["lisinopril"]
    type(package).objects.filter(pk=package.pk).update(price_usd="999")
    fill = brand_in_hand(pharmacy)
    with pytest.raises(Refused, match="it must cost no more than"):
        take_generic(pharmacy, fill)
    assert now(fill).package_id == pharmacy.drugs["lisinopril-brand"].pk


def test_a_state_without_rows_refuses_by_its_name_and_nothing_changes(pharmacy):
    fill = brand_in_hand(pharmacy, "ZZ")
    with pytest.raises(Refused, match="ZZ"):
        take_generic(pharmacy, fill)
    assert now(fill).package_id == pharmacy.drugs["lisinopril-brand"].pk
