"""A count at the shelf goes through the same tolerance as one on a sheet."""

from decimal import Decimal

import pytest

from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.stock.counting.actions import enter_count, settle_line
from apothecary.stock.counting.models import Assertion, CountLine
from apothecary.stock.counting.rules import LineState, Why
from apothecary.stock.models import Move
from apothecary.stock.tests.test_verbs import count, deeds, on_shelf, receive


def test_controlled_stock_is_corrected_after_a_second_count_and_a_pharmacist_signs(pharmacy):
    lot = pharmacy.receive("oxycodone", "40")
    assert count(pharmacy, lot, "39", by=pharmacy.pharmacist, because="one broken") == 0
    assert on_shelf(lot) == 40
    line = CountLine.objects.get(lot=lot)
    assert (line.state, line.difference, line.note) == (LineState.RECOUNT, -1, "one broken")
    with pytest.raises(Refused, match="second person"):
        enter_count(by=pharmacy.pharmacist, line_id=line.pk, counted=Decimal(39))
    enter_count(by=pharmacy.technician, line_id=line.pk, counted=Decimal(39))
    settle_line(by=pharmacy.pharmacist, line_id=line.pk, reason=Why.BROKEN)
    assert on_shelf(lot) == 39
    said = history(pharmacy_id=pharmacy.pharmacy.pk, about=[("lot", lot.pk)])[-1]
    assert (said.by, said.deed) == (pharmacy.pharmacist.name, Deed.COUNT_SETTLED)


def test_a_count_above_tolerance_posts_nothing_and_waits_for_a_second_person(pharmacy):
    lot = receive(pharmacy, quantity="100")
    assert count(pharmacy, lot, "94", because="it looks empty") == 0
    assert (on_shelf(lot), Move.objects.count()) == (100, 1)
    line = CountLine.objects.get(lot=lot)
    assert (line.state, line.difference) == (LineState.RECOUNT, -6)
    assert deeds(pharmacy, lot)[-1] == Deed.COUNT_ENTERED


def test_the_same_count_above_tolerance_is_kept_once_however_often_it_is_sent(pharmacy):
    lot = receive(pharmacy, quantity="100")
    for _ in range(3):
        assert count(pharmacy, lot, "94", because="it looks empty") == 0
    assert (CountLine.objects.count(), Assertion.objects.count()) == (1, 1)


def test_somebody_else_is_sent_to_the_sheet_that_waits_for_a_second_count(pharmacy):
    lot = receive(pharmacy, quantity="100")
    count(pharmacy, lot, "94", because="it looks empty")
    sheet = CountLine.objects.get(lot=lot).sheet_id
    with pytest.raises(Refused, match=f"Sheet {sheet} waits for a second count"):
        count(pharmacy, lot, "90", by=pharmacy.pharmacist, because="and emptier", key="c2")
    assert Assertion.objects.count() == 1


@pytest.mark.parametrize(
    ("counted", "posted"), [("95", -5), ("94.999", 0), ("105", 5), ("105.001", 0)]
)
def test_five_in_a_hundred_of_what_is_hardly_used_stand_and_no_more(pharmacy, counted, posted):
    lot = receive(pharmacy, quantity="100")
    assert count(pharmacy, lot, counted, because="counted at the shelf") == posted
