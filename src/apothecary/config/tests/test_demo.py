"""The demo pharmacy: loaded once, balanced, and everybody can sign in."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from apothecary.config.demo.load import DEMO_PASSWORD, SIGN_INS, load_demo
from apothecary.drugs.models import Ingredient, Package, Product
from apothecary.journal.proof import journal_faults
from apothecary.patients.models import Patient
from apothecary.staff.actions import sign_in
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import sign_on, stand_in
from apothecary.stock.models import Balance, PlaceKind
from apothecary.stock.queries import book_faults
from apothecary.vault.orders.models import Form222
from apothecary.vault.orders.writing import sign_form

AT = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The demo, loaded once for the tests below; the last one takes it away."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_demo(at=AT)
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded, db):
    """The demo as it was loaded, whatever another test did with it."""
    yield loaded
    stand_in(None)


def test_the_demo_has_four_hundred_ingredients_and_a_stocked_shelf(demo):
    assert Ingredient.objects.count() >= 400
    assert Product.objects.filter(schedule=2).exists()
    on_shelf = Balance.objects.filter(place__kind=PlaceKind.SHELF, on_hand__gt=0)
    assert on_shelf.count() > 200
    pharmacy = Pharmacy.objects.get()
    assert book_faults(pharmacy_id=pharmacy.pk) == []
    assert journal_faults(pharmacy_id=pharmacy.pk, trusted_keys=frozenset()) == []


def test_loading_the_demo_again_changes_nothing(demo):
    before = Patient.objects.count(), Package.objects.count(), Balance.objects.count()
    assert demo
    assert load_demo(at=AT) == ""
    assert (Patient.objects.count(), Package.objects.count(), Balance.objects.count()) == before


def test_a_form_222_of_the_demo_is_on_its_way_and_one_waits_for_its_signature(demo):
    sent, unsigned = Form222.objects.order_by("serial")
    assert (sent.state, unsigned.state) == ("sent", "being written")
    assert sent.filled_by_dea == "RC9001013"
    assert [line.number for line in sent.lines.order_by("number")] == [1, 2, 3]
    assert unsigned.lines.count() == 2
    signed_in = sign_in(username="rph", password=DEMO_PASSWORD, station="counter", at=AT)
    signed_on = sign_on(signed_in.token, now=AT)
    assert signed_on is not None
    sign_form(by=signed_on.worker, form_id=unsigned.pk, lines_completed=2)
    unsigned.refresh_from_db()
    assert unsigned.signed_as == "holder of a power of attorney"


def test_everybody_of_the_demo_can_sign_in_under_a_pharmacist_on_duty(demo):
    for who in SIGN_INS:
        signed_in = sign_in(
            username=who.username, password=DEMO_PASSWORD, station="counter", at=AT
        )
        signed_on = sign_on(signed_in.token, now=AT)
        assert signed_on is not None
        assert signed_on.worker.role is who.role
        assert signed_on.worker.standing.pharmacist_on_duty
