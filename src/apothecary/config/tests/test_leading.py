"""What is here and given out often leads the search, at this pharmacy and no other."""

from datetime import timedelta

import pytest

from apothecary.config.leading import LOOKED_BACK, lead
from apothecary.config.tasks import lead_searches
from apothecary.config.tests.world import NOON
from apothecary.drugs.search import find_drugs
from apothecary.drugs.search_tables import SearchFirst
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.staff.signon import stand_in
from apothecary.stock.models import Balance, Lot, LotState


def leading(world) -> dict[int, tuple[int, bool]]:
    rows = SearchFirst.objects.filter(pharmacy=world.pharmacy)
    return {row.product_id: (row.fills, row.on_shelf) for row in rows}


def test_what_is_on_the_shelf_and_what_was_given_out_lead_the_search(pharmacy):
    drugs = {name: package.product_id for name, package in pharmacy.drugs.items()}
    pharmacy.stocked("warfarin", until=FillState.SOLD)
    pharmacy.receive("hydrocortisone", "56.8")
    pharmacy.enter("pregabalin")
    pharmacy.enter("warfarin")
    assert lead(pharmacy.pharmacy, at=NOON) == 3
    assert leading(pharmacy) == {
        drugs["warfarin"]: (2, True),
        drugs["hydrocortisone"]: (0, True),
        drugs["pregabalin"]: (1, False),
    }
    hits = find_drugs("mg", pharmacy_id=pharmacy.pharmacy.pk).hits
    assert hits == []
    names = [hit.name for hit in find_drugs("tablet", pharmacy_id=pharmacy.pharmacy.pk).hits]
    assert names[0] == "warfarin sodium"


@pytest.mark.parametrize(("days", "counts"), [(-1, 0), (0, 1), (1, 1)])
def test_what_was_given_out_half_a_year_ago_is_forgotten(pharmacy, days, counts):
    fill = pharmacy.enter("warfarin")
    made = NOON - LOOKED_BACK + timedelta(days=days)
    Fill.objects.filter(pk=fill.pk).update(created_at=made)
    assert lead(pharmacy.pharmacy, at=NOON) == counts


def test_an_empty_shelf_and_a_lot_that_may_not_be_given_out_lead_nothing(pharmacy):
    pharmacy.receive("warfarin", "100")
    Lot.objects.update(state=LotState.QUARANTINED)
    assert lead(pharmacy.pharmacy, at=NOON) == 0
    Lot.objects.update(state=LotState.AVAILABLE)
    Balance.objects.update(on_hand=0)
    assert lead(pharmacy.pharmacy, at=NOON) == 0
    assert leading(pharmacy) == {}


def test_the_clock_tells_every_pharmacy_its_own(pharmacy):
    pharmacy.receive("warfarin", "100")
    lead_searches(timestamp=int(NOON.timestamp()))
    stand_in(pharmacy.pharmacy.pk)
    assert leading(pharmacy) == {pharmacy.drugs["warfarin"].product_id: (0, True)}
    assert not SearchFirst.objects.exclude(pharmacy=pharmacy.pharmacy).exists()
