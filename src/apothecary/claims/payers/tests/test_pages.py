"""The pages of a fill's payers and of a patient's cards as a technician meets them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apothecary.claims.models import Claim, Inquiry
from apothecary.claims.tests.test_several_payers import billed, pays, refuses
from apothecary.claims.tests.test_several_payers import card as make_card
from apothecary.claims.tests.test_views import sign_in
from apothecary.patients.models import Coverage
from apothecary.staff.duties import Role

MOST_QUERIES = 8


@pytest.fixture
def second(till) -> Coverage:
    return make_card(till, "610500")


@pytest.fixture
def paid_twice(till, second):
    """A fill that two plans have paid for."""
    fill = till.fill()
    for patient in ("35.00", "4.00"):
        pays(till, billed(till, fill)[-1], patient=patient, plan="31.00")
    return fill


def test_the_page_shows_every_payer_in_order_with_what_each_left(till, paid_twice):
    page = sign_in(till).get(f"/claims/fill/{paid_twice.pk}/payers/").content.decode()
    assert "The patient pays $4.00." in page
    first, second = till.world.insured.coverages.order_by("order")
    assert page.index(f'name="card-{first.pk}"') < page.index(f'name="card-{second.pk}"')
    assert "$31.00" in page
    assert '<svg class="chart amounts"' in page


def test_both_pages_ask_the_database_little(till, paid_twice):
    client = sign_in(till)
    for url in (
        f"/claims/fill/{paid_twice.pk}/payers/",
        f"/claims/patient/{till.world.insured.pk}/",
        f"/claims/card/{till.world.insured.coverages.first().pk}/",
    ):
        client.get(url)
        with CaptureQueriesContext(connection) as counted:
            assert client.get(url).status_code == 200
        asked = [one for one in counted.captured_queries if one["sql"].startswith("SELECT")]
        assert len(asked) <= MOST_QUERIES, url


def test_a_typed_order_bills_the_cards_in_it(till, second):
    fill = till.fill()
    refuses(till, billed(till, fill)[0], "70")
    first = till.world.insured.coverages.order_by("order").first()
    typed = {f"card-{second.pk}": "1", f"card-{first.pk}": "2", "other": "9"}
    sign_in(till).post(f"/claims/fill/{fill.pk}/payers/choose", typed)
    assert [row.coverage_id for row in fill.bill_to.order_by("payer")] == [second.pk, first.pk]
    assert billed(till, fill)[-1].bin == "610500"


@pytest.mark.parametrize(
    ("places", "words"),
    [(("1", "1"), "Two cards"), (("x", "1"), "no place"), (("0", "1"), "no")],
)
def test_an_order_that_is_none_is_refused_at_its_field_and_nothing_changes(
    till, second, places, words
):
    fill = till.fill()
    first = till.world.insured.coverages.order_by("order").first()
    typed = dict(zip((f"card-{first.pk}", f"card-{second.pk}"), places, strict=True))
    answer = sign_in(till).post(f"/claims/fill/{fill.pk}/payers/choose", typed)
    assert answer.status_code == 409
    assert words in answer.content.decode()
    assert not fill.bill_to.exists()


def test_the_next_card_is_asked_from_the_page_of_a_reject(till, second):
    fill = till.fill()
    claim = billed(till, fill)[0]
    refuses(till, claim, "70")
    sign_in(till).post(f"/claims/{claim.pk}/next-card")
    assert billed(till, fill)[-1].payer == 2


def test_a_card_is_added_corrected_and_asked_about(till):
    client, patient = sign_in(till), till.world.insured
    typed = {"plan_name": "New", "bin": "610600", "cardholder_id": "N1", "kind": "medicaid"}
    client.post(f"/claims/patient/{patient.pk}/add", typed)
    card = patient.coverages.get(bin="610600")
    assert (card.kind, card.cardholder_id) == ("medicaid", "N1")
    client.post(f"/claims/card/{card.pk}/change", {**typed, "ends_on": "2026-12-31"})
    assert str(patient.coverages.get(bin="610600").ends_on) == "2026-12-31"
    client.post(f"/claims/card/{card.pk}/ask")
    assert Inquiry.objects.get(coverage=card).state == "out"
    page = client.get(f"/claims/patient/{patient.pk}/").content.decode()
    assert "no answer yet" in page


def test_a_day_that_is_none_is_refused_at_its_field(till):
    typed = {"bin": "610600", "cardholder_id": "N1", "ends_on": "tomorrow"}
    answer = sign_in(till).post(f"/claims/patient/{till.world.insured.pk}/add", typed)
    assert (answer.status_code, "tomorrow is not a day" in answer.content.decode()) == (
        409,
        True,
    )


def test_pages_of_nobody_are_not_found(till):
    client = sign_in(till)
    for url in ("/claims/fill/999999999/payers/", "/claims/patient/999999999/"):
        assert client.get(url).status_code == 404
    assert client.get("/claims/card/999999999/").status_code == 404


def test_a_clerk_sees_no_payers(till):
    fill = till.fill()
    assert sign_in(till, Role.CLERK).get(f"/claims/fill/{fill.pk}/payers/").status_code == 403
    assert Claim.objects.count() == 0
