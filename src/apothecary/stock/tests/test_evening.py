"""What is due by the day goes by the clock on the wall, also after six in the evening."""

from datetime import UTC, date, datetime, timedelta

import pytest

from apothecary.stock.counting.models import Scope
from apothecary.stock.counting.queries import Pick, counts_due
from apothecary.stock.counting.tests.test_counting import enter, sheet_of
from apothecary.stock.expiring.actions import sign_sweep
from apothecary.stock.expiring.queries import areas

pytestmark = pytest.mark.django_db
EVENING = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
HERE = date(2026, 11, 23)


def test_a_count_of_the_evening_is_due_again_by_the_day_it_was_made_on(pharmacy):
    pharmacy.receive("insulin", "100")
    by = pharmacy.technician.at_time(EVENING, HERE)
    sheet = sheet_of(pharmacy, by=by, pick=Pick(Scope.DUE))
    enter(pharmacy, sheet.lines.get(), "100", by=by)
    (due,) = counts_due(pharmacy_id=by.pharmacy_id, at=by.at, today=by.today)
    assert (due.last_at, due.due_on) == (EVENING, HERE + timedelta(days=due.every_days))


@pytest.mark.parametrize(("days", "due"), [(29, False), (30, True)])
def test_a_sweep_of_the_evening_holds_a_month_from_the_day_it_was_signed_on(
    pharmacy, days, due
):
    by = pharmacy.technician.at_time(EVENING, HERE)
    for row in areas(pharmacy_id=by.pharmacy_id, today=HERE):
        sign_sweep(by=by, area=row.area, days=30)
    later = areas(pharmacy_id=by.pharmacy_id, today=HERE + timedelta(days=days))
    assert {row.due for row in later} == {due}
    assert {row.last_at for row in later} == {EVENING}
