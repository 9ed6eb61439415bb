"""The weeks behind the demo's counter: within the law, in the books, one sale refused."""

import pytest

from apothecary.config.demo.counter import SALES, STOCK, TOO_MUCH, stand_behind_counter
from apothecary.drugs.load import load_starter
from apothecary.law.tables import federal
from apothecary.pickup.behind_counter.models import CounterRefusal, CounterSale
from apothecary.pickup.behind_counter.queries import standing, store
from apothecary.staff.duties import Role
from apothecary.stock.queries import book_faults


@pytest.fixture
def stood(pharmacy):
    """The counter as the demo opens it; how many sales."""
    load_starter(at=pharmacy.technician.at)
    return stand_behind_counter(
        in_charge=pharmacy.workers[Role.IN_CHARGE], seller=pharmacy.technician
    )


def test_the_demo_opens_with_a_counter_that_may_sell_and_a_log_of_weeks(pharmacy, stood):
    by = pharmacy.technician
    assert store(by).problems == []
    lines = {line.package.ndc: line for line in standing(by)}
    assert set(lines) == set(STOCK)
    for ndc, line in lines.items():
        assert line.contents.problems == ()
        assert line.grams_base > 0
        gone = sum(each.packages for each in SALES if each.ndc == ndc)
        assert line.packages == STOCK[ndc] - gone
    assert CounterSale.objects.count() == stood == len(SALES)
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_no_sale_of_the_demo_passes_the_days_grams_and_the_one_that_would_is_kept(
    pharmacy, stood
):
    most = federal("DEA-150", on=pharmacy.technician.today).amount()
    assert all(sale.grams_base <= most for sale in CounterSale.objects.all())
    row = CounterRefusal.objects.get()
    assert TOO_MUCH.ndc in row.asked
    assert "are left" in row.because


def test_every_sale_is_before_today_so_that_the_clock_is_right_from_the_first(pharmacy, stood):
    days = CounterSale.objects.values_list("sold_on", flat=True)
    assert max(days) < pharmacy.technician.today
    assert [day for day in days.order_by("id")] == sorted(days)
