"""The use of the weeks before: it makes days of stock, leaves nothing behind, names nobody."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apothecary.config.demo.history import REASON, WEEKS, bring_history, use_of
from apothecary.drugs.models import Package
from apothecary.stock.counting.queries import counts_due
from apothecary.stock.levels.queries import standings
from apothecary.stock.models import Balance, Move, Posting
from apothecary.stock.queries import book_faults

# The first does not go at all, the second a little, the third much, the fourth is controlled.
KEPT = [
    {"ndc": "0093-1713-01", "place": "Shelf", "bottles": "5"},
    {"ndc": "68180-0980-1", "place": "Shelf", "bottles": "10"},
    {"ndc": "0093-1048-01", "place": "Shelf", "bottles": "4"},
    {"ndc": "0406-0552-01", "place": "Shelf", "bottles": "9"},
]


@pytest.fixture
def brought(pharmacy):
    """The shelf as it is, and what went over it before."""
    pharmacy.receive("lisinopril", "1000")
    pharmacy.receive("metformin", "2000")
    drugs = bring_history(pharmacy.pharmacy, KEPT, by=pharmacy.pharmacist)
    return drugs


def use(pharmacy, drug: str):
    at = pharmacy.technician
    rows = standings(pharmacy_id=pharmacy.pharmacy.pk, at=at.at, today=at.today)
    return next(row for row in rows if row.package_id == pharmacy.drugs[drug].pk)


def test_the_weeks_before_make_days_of_stock(pharmacy, brought):
    row = use(pharmacy, "lisinopril")
    assert 0 < row.used_30 < row.used_90
    assert row.days_left is not None
    assert row.on_hand == 1000


def test_nothing_of_what_was_used_is_on_hand_and_the_books_hold(pharmacy, brought):
    gone = Move.objects.filter(reason=REASON)
    lots = set(gone.values_list("lot", flat=True))
    rows = Balance.objects.filter(lot__in=lots, outside=False).exclude(place__kind="patient")
    assert {row.on_hand for row in rows} == {0}
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_no_patient_is_named_and_no_controlled_drug_is_among_it(pharmacy, brought):
    gone = Move.objects.filter(reason=REASON)
    assert set(gone.values_list("fill_id", flat=True)) == {None}
    assert not gone.filter(lot__package__product__schedule__gt=0).exists()
    assert brought == 3


def test_each_week_is_one_act_on_its_own_day(pharmacy, brought):
    acts = Posting.objects.filter(key__startswith="demo-history-").order_by("happened_at")
    days = [row.happened_at for row in acts]
    assert len(days) == WEEKS
    assert {b - a for a, b in pairwise(days)} == {timedelta(days=7)}
    assert max(days) < pharmacy.technician.at


def test_what_is_used_much_is_of_another_class_than_what_is_not(pharmacy, brought):
    by = pharmacy.technician
    due = counts_due(pharmacy_id=pharmacy.pharmacy.pk, at=by.at, today=by.today)
    assert len({row.abc for row in due}) > 1


@pytest.mark.parametrize("number", range(14))
@pytest.mark.parametrize("bottles", [0, 1, 40])
def test_use_is_whole_units_and_never_below_nothing(number, bottles):
    package = Package(quantity=Decimal("28.4"))
    weeks = use_of(package, bottles, number=number)
    assert len(weeks) == WEEKS
    assert all(one >= 0 and one == one.to_integral_value() for one in weeks)


def test_it_takes_as_many_statements_for_one_drug_as_for_all(pharmacy):
    costs = []
    for rows in (KEPT[:1], KEPT):
        point = transaction.savepoint()
        with CaptureQueriesContext(connection) as asked:
            bring_history(pharmacy.pharmacy, rows, by=pharmacy.pharmacist)
        costs.append(len(asked))
        transaction.savepoint_rollback(point)
    assert costs[0] == costs[1]
