"""Looking where the lot stands: signed, carried to quarantine, what is missing is counted."""

from decimal import Decimal

import pytest

from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.prescriptions.states import FillState
from apothecary.returns.recalls.matching import match
from apothecary.returns.recalls.models import RecallHit
from apothecary.returns.recalls.states import Look
from apothecary.returns.recalls.tests.notices import (
    DRUG,
    hits,
    take,
)
from apothecary.returns.recalls.working import (
    look,
)
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in
from apothecary.staff.worker import NotAllowed
from apothecary.stock.ledger import Line, post
from apothecary.stock.models import Balance, Lot, Move
from apothecary.stock.queries import book_faults

pytestmark = pytest.mark.django_db
D = Decimal
DOUBT = "Lots L1 through L9"


def on_hand(lot: Lot, place: str) -> D:
    found = Balance.objects.filter(lot=lot, place__name=place).first()
    return found.on_hand if found else D(0)


def said(refusal) -> list[tuple[str, str]]:
    return [(one.field, one.code) for one in refusal.value.problems]


def journal(world, recall) -> list[str]:
    lines = history(pharmacy_id=world.pharmacy.pk, about=[("recall", recall.pk)])
    return [line.deed for line in lines]


def test_what_is_found_is_signed_and_carried_to_quarantine(pharmacy):
    lot = pharmacy.receive(DRUG, "100")
    recall = take(pharmacy)
    (hit,) = hits(recall)
    row = look(by=pharmacy.technician, hit_id=hit.pk, found=D(100))
    assert (row.look, row.found, row.initials) == (
        Look.FOUND,
        D(100),
        pharmacy.technician.initials,
    )
    assert (on_hand(lot, "Shelf"), on_hand(lot, "Quarantine")) == (0, 100)
    assert journal(pharmacy, recall)[-1] == Deed.RECALL_LOOKED
    assert match(by=pharmacy.system, recall_id=recall.pk) == 0
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_what_is_missing_is_counted_and_signed_against_over_short(pharmacy):
    lot = pharmacy.receive(DRUG, "100")
    recall = take(pharmacy)
    (hit,) = hits(recall)
    row = look(by=pharmacy.technician, hit_id=hit.pk, found=D(99), because="one was dropped")
    assert on_hand(lot, "Shelf") + on_hand(lot, "Quarantine") + row.uncounted == 99 + (
        row.uncounted * 2
    )
    assert match(by=pharmacy.system, recall_id=recall.pk) == 0
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_nothing_found_is_a_look_too_and_moves_nothing_to_quarantine(pharmacy):
    lot = pharmacy.receive(DRUG, "100")
    (hit,) = hits(take(pharmacy))
    row = look(by=pharmacy.technician, hit_id=hit.pk, found=D(0), because="an empty bottle")
    assert row.look == Look.NOT_FOUND
    assert on_hand(lot, "Quarantine") == 0


def test_a_bag_that_came_back_is_carried_with_its_units_from_where_the_books_have_them(
    pharmacy,
):
    pharmacy.stocked(until=FillState.READY)
    recall = take(pharmacy)
    for hit in hits(recall):
        assert match(by=pharmacy.system, recall_id=recall.pk) == 0
        look(by=pharmacy.technician, hit_id=hit.pk, found=hit.expected)
    assert match(by=pharmacy.system, recall_id=recall.pk) == 0
    lot = hits(recall)[0].lot
    assert (on_hand(lot, "Shelf"), on_hand(lot, "Quarantine")) == (0, 100)
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_a_bag_that_is_in_doubt_is_not_looked_at_before_the_decision(pharmacy):
    pharmacy.stocked(until=FillState.READY)
    recall = take(pharmacy, DOUBT)
    bag = next(hit for hit in hits(recall) if hit.fill_id)
    with pytest.raises(Refused) as refusal:
        look(by=pharmacy.technician, hit_id=bag.pk, found=bag.expected)
    assert said(refusal) == [("hit_id", "bag-not-back")]


def test_what_stands_in_quarantine_already_is_looked_at_and_stays(pharmacy):
    lot = pharmacy.receive(DRUG, "100")
    (hit,) = hits(take(pharmacy))
    look(by=pharmacy.technician, hit_id=hit.pk, found=hit.expected)
    second = take(pharmacy, number="D-0002-2026")
    (there,) = hits(second)
    moves = Move.objects.count()
    look(by=pharmacy.technician, hit_id=there.pk, found=D(100))
    assert (there.place.name, Move.objects.count()) == ("Quarantine", moves)
    assert on_hand(lot, "Quarantine") == 100


@pytest.mark.parametrize(
    ("found", "because", "problem"),
    [
        ("101", "", ("found", "more-than-books")),
        ("-1", "", ("found", "bad-quantity")),
        ("99", "", ("because", "no-reason")),
    ],
)
def test_a_look_that_cannot_be_is_refused_and_moves_nothing(pharmacy, found, because, problem):
    pharmacy.receive(DRUG, "100")
    (hit,) = hits(take(pharmacy))
    moves = Move.objects.count()
    with pytest.raises(Refused) as refusal:
        look(by=pharmacy.technician, hit_id=hit.pk, found=D(found), because=because)
    assert said(refusal) == [problem]
    assert Move.objects.count() == moves
    assert RecallHit.objects.get().look == Look.TO_LOOK


def test_a_place_is_looked_at_once(pharmacy):
    pharmacy.receive(DRUG, "100")
    (hit,) = hits(take(pharmacy))
    look(by=pharmacy.technician, hit_id=hit.pk, found=D(100))
    with pytest.raises(Refused) as refusal:
        look(by=pharmacy.pharmacist, hit_id=hit.pk, found=D(100))
    assert said(refusal) == [("hit_id", "wrong-state")]


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_who_does_not_keep_stock_looks_at_nothing(pharmacy, role):
    pharmacy.receive(DRUG, "100")
    (hit,) = hits(take(pharmacy))
    with pytest.raises(NotAllowed):
        look(by=pharmacy.workers[role], hit_id=hit.pk, found=D(100))


def test_another_pharmacys_line_is_not_there(pharmacy):
    pharmacy.receive(DRUG, "100")
    (hit,) = hits(take(pharmacy))
    stand_in(pharmacy.other.pk)
    with pytest.raises(Refused) as refusal:
        look(by=pharmacy.stranger, hit_id=hit.pk, found=D(100))
    assert said(refusal) == [("hit_id", "no-hit")]


def test_units_that_come_to_a_place_after_it_was_looked_at_are_a_line_of_their_own(pharmacy):
    pharmacy.receive(DRUG, "100")
    recall = take(pharmacy)
    (hit,) = hits(recall)
    look(by=pharmacy.technician, hit_id=hit.pk, found=D(100))
    bring_back(pharmacy, hit.lot, D(7))
    assert match(by=pharmacy.system, recall_id=recall.pk) == 1
    assert [(one.round, one.expected) for one in hits(recall)] == [(1, D(100)), (2, D(7))]


def bring_back(world, lot: Lot, quantity: D) -> None:
    """Units of the lot turn up on the shelf, as a delivery by hand would bring them."""
    from_place = Balance.objects.get(lot=lot, place__name="Supplier").place_id
    shelf = Balance.objects.get(lot=lot, place__name="Shelf").place_id
    line = Line(from_place, shelf, lot.pk, quantity, "came by hand")
    post(by=world.technician, key=f"by hand {lot.pk} {quantity}", lines=[line])
