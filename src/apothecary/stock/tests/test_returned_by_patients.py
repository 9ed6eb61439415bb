"""What a patient had in hand goes back to no shelf, whoever would carry it."""

from decimal import Decimal

import pytest

from apothecary.law.problem import Refused
from apothecary.stock.actions import move_stock, reverse_move, the_place
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.ledger import Line, post
from apothecary.stock.models import Balance, Move

OTHERS = sorted(set(PlaceKind) - {PlaceKind.RETURNED, PlaceKind.ROBOT})
OF_FILLS = {PlaceKind.WILL_CALL, PlaceKind.PATIENT}


def brought_back(pharmacy) -> tuple[int, int]:
    """Ten units of a lot among what patients returned: the lot and that place."""
    lot = pharmacy.receive("lisinopril", "100")
    shelf = the_place(pharmacy.pharmacy.pk, PlaceKind.SHELF)
    returned = the_place(pharmacy.pharmacy.pk, PlaceKind.RETURNED)
    line = Line(shelf.pk, returned.pk, lot.pk, Decimal(10), "brought back")
    post(by=pharmacy.technician, key="back", lines=[line])
    return lot.pk, returned.pk


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("into", [False, True])
def test_no_hand_carries_it_anywhere_or_puts_anything_beside_it(pharmacy, kind, into):
    lot_id, returned = brought_back(pharmacy)
    other = the_place(pharmacy.pharmacy.pk, kind).pk
    start, end = (other, returned) if into else (returned, other)
    before = list(Balance.objects.order_by("pk").values_list("on_hand", flat=True))
    with pytest.raises(Refused) as refused:
        move_stock(
            by=pharmacy.pharmacist,
            lot_id=lot_id,
            from_place=start,
            to_place=end,
            quantity=Decimal(1),
            because="there is room",
            key="carry",
        )
    code = "move-by-fill-only" if kind in OF_FILLS else "returned-by-patient"
    assert [one.code for one in refused.value.problems] == [code]
    assert list(Balance.objects.order_by("pk").values_list("on_hand", flat=True)) == before


def test_taking_the_move_back_is_no_way_round(pharmacy):
    lot_id, returned = brought_back(pharmacy)
    move = Move.objects.get(lot_id=lot_id, to_place_id=returned)
    with pytest.raises(Refused) as refused:
        reverse_move(by=pharmacy.pharmacist, move_id=move.pk, because="slip", key="r")
    assert refused.value.problems[0].code == "returned-by-patient"
