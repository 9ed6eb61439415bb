"""A return that left in the evening is as old as the clock on the wall says."""

from datetime import UTC, date, datetime, timedelta

import pytest

from apothecary.returns.recalls.paper import Names, report_pdf
from apothecary.returns.recalls.queries import recall_page
from apothecary.returns.recalls.tests.notices import take
from apothecary.returns.shipments.models import Shipment
from apothecary.returns.shipments.queries import owed
from apothecary.returns.shipments.rules import AGES
from apothecary.returns.tests.test_sheets import words

EVENING = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
HERE = date(2026, 11, 23)


@pytest.mark.parametrize("place", range(len(AGES)))
def test_an_open_credit_changes_its_column_by_the_day_it_left_here(room, place):
    most, name = AGES[place]
    row = room.shipped()
    Shipment.objects.filter(pk=row.pk).update(shipped_at=EVENING)
    (last,) = owed(pharmacy_id=room.by.pharmacy_id, today=HERE + timedelta(days=most))
    assert last.by_age[name] > 0
    (next_day,) = owed(pharmacy_id=room.by.pharmacy_id, today=HERE + timedelta(days=most + 1))
    assert next_day.by_age[name] == 0
    assert next_day.usd == last.usd


@pytest.mark.django_db
def test_the_report_of_a_recall_says_hours_by_the_clock_on_the_wall(pharmacy):
    recall = take(pharmacy, "Lot L1")
    type(recall).objects.filter(pk=recall.pk).update(received_at=EVENING)
    of = pharmacy.pharmacy
    page = recall_page(pharmacy_id=of.pk, recall_id=recall.pk, today=HERE)
    assert page is not None
    paper = words(report_pdf(page, [], of, Names({})))
    assert "2026-11-23 21:00 CST" in paper
    assert "2026-11-24 03:00" not in paper
