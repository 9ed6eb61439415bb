"""Two pharmacists at the same instant, on the real database: one cover, one notice."""

from apothecary.prescriptions.emergency.following import Came, cover_order
from apothecary.prescriptions.emergency.models import EmergencyCover, EmergencyNotice
from apothecary.prescriptions.emergency.tests.orders import (
    covering,
    later,
    record_of,
    take,
    tell,
)
from apothecary.staff.duties import Role
from apothecary.staff.tests.test_at_once import at_once


def test_two_papers_attached_at_once_cover_the_order_once(town):
    fill = take(town)
    order, paper = record_of(fill), covering(fill)
    first = later(town.pharmacist, days=6)
    second = later(town.workers[Role.IN_CHARGE], days=6)
    said = at_once(
        town,
        lambda: cover_order(
            by=first, order_id=order.pk, cover=paper, came=Came(arrival=1, at=first.at)
        ),
        lambda: cover_order(
            by=second, order_id=order.pk, cover=paper, came=Came(arrival=2, at=second.at)
        ),
    )
    assert sorted(said) == ["cover-twice", "done"]
    assert EmergencyCover.objects.count() == 1


def test_a_notice_written_down_twice_at_once_stands_once(town):
    fill = take(town)
    in_charge = later(town.workers[Role.IN_CHARGE], days=8)
    said = at_once(town, lambda: tell(town, fill), lambda: tell(town, fill, by=in_charge))
    assert sorted(said) == ["done", "notice-twice"]
    assert EmergencyNotice.objects.count() == 1


def test_a_paper_and_a_notice_at_once_leave_one_story(town):
    fill = take(town)
    order, by = record_of(fill), later(town.pharmacist, days=8)
    late = covering(fill, postmarked_on=covering(fill).received_on)
    said = at_once(
        town,
        lambda: cover_order(
            by=by, order_id=order.pk, cover=late, came=Came(arrival=1, at=by.at)
        ),
        lambda: tell(town, fill),
    )
    # Told first, a paper mailed in time still covers it; covered first, nobody is told.
    assert sorted(said) in (["done", "done"], ["cover-twice", "done"])
    assert EmergencyCover.objects.count() == 1
    assert EmergencyNotice.objects.count() == said.count("done") - 1
