"""Two registers at one moment: one buyer gets one day's grams, one form sells once."""

from dataclasses import replace

import pytest

from apothecary.pickup.behind_counter.models import CounterRefusal, CounterSale
from apothecary.pickup.behind_counter.tests.shop import (
    BUYER,
    on_shelf,
    sold,
    tablets,
    with_buyer,
)
from apothecary.staff.duties import Role
from apothecary.stock.queries import book_faults
from apothecary.vault.book.tests.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_purchase_split_over_two_registers_at_once_is_sold_at_one_of_them(town):
    package = tablets(town)
    acts = [
        lambda: sold(town, package, 90, key="one"),
        lambda: sold(
            town,
            package,
            90,
            key="two",
            # The other register is shown another paper, and no initial is typed.
            buyer=replace(BUYER, name="JANE DOE", id_kind="passport", id_number="P7"),
            by=replace(town.workers[Role.CERTIFIED], station="counter 2"),
        ),
    ]
    assert at_once(town, acts) == ["done", "pse-day pse-state-day"]
    assert (CounterSale.objects.count(), CounterRefusal.objects.count()) == (1, 1)
    assert (on_shelf(town, package), with_buyer(town, package)) == (410, 90)
    assert book_faults(pharmacy_id=town.pharmacy.pk) == []


def test_one_paper_under_two_names_is_one_buyer_at_once(town):
    package = tablets(town)
    acts = [
        lambda name=name, key=key: sold(
            town, package, 90, key=key, buyer=replace(BUYER, name=name)
        )
        for name, key in (("Jane Doe", "one"), ("Mary Major", "two"))
    ]
    assert at_once(town, acts) == ["done", "pse-day pse-state-day"]


def test_two_buyers_at_once_are_both_served(town):
    package = tablets(town)
    acts = [
        lambda name=name: sold(
            town, package, 90, key=name, buyer=replace(BUYER, name=name, id_number=name)
        )
        for name in ("Jane Doe", "Mary Major")
    ]
    assert at_once(town, acts) == ["done", "done"]
    assert on_shelf(town, package) == 320


def test_one_form_sent_twice_at_once_sells_once(town):
    package = tablets(town)
    acts = [lambda: sold(town, package, 24, key="k")] * 2
    assert at_once(town, acts) == ["done", "done"]
    assert CounterSale.objects.count() == 1
    assert on_shelf(town, package) == 476


def test_two_buyers_of_the_last_packages_get_no_more_than_there_are(town):
    package = tablets(town, units="100")
    acts = [
        lambda name=name: sold(
            town, package, 60, key=name, buyer=replace(BUYER, name=name, id_number=name)
        )
        for name in ("Jane Doe", "Mary Major")
    ]
    assert at_once(town, acts) == ["done", "not-there"]
    assert on_shelf(town, package) == 40
