"""What stock refuses: the wrong person, a reason left out, a second time. Nothing changes."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from apothecary.config.tests.world_days import TODAY
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in
from apothecary.staff.worker import NotAllowed
from apothecary.stock import ledger
from apothecary.stock.actions import (
    count_lot,
    quarantine_lot,
    receive_stock,
    release_lot,
    reverse_move,
    the_place,
)
from apothecary.stock.ledger import Line
from apothecary.stock.models import Balance, Lot, LotState, Move, Place, PlaceKind, Reservation
from apothecary.stock.queries import book_faults, free_units
from apothecary.stock.tests.test_verbs import (
    carry,
    count,
    deeds,
    on_shelf,
    receive,
    shelf_of,
    waste_of,
)


def last_line(world, lot: Lot):
    return history(pharmacy_id=world.pharmacy.pk, about=[("lot", lot.pk)])[-1]


def promise(world, lot: Lot, quantity: str, *, fill: int = 1, first: int | None = None) -> None:
    assert ledger.reserve(
        by=world.technician,
        fill_id=fill,
        package_id=lot.package_id,
        quantity=Decimal(quantity),
        good_until=TODAY,
        first_lot=first,
    )


def promised(fill: int) -> dict[int, Decimal]:
    held = Reservation.objects.filter(fill_id=fill, state="pending")
    return {each.lot_id: each.quantity for each in held}


# Who may


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
@pytest.mark.parametrize("verb", ["count", "carry", "reverse", "quarantine", "release"])
def test_who_does_not_manage_stock_changes_none_and_no_act_is_written(pharmacy, role, verb):
    lot = receive(pharmacy)
    move, by = Move.objects.get(lot=lot), pharmacy.workers[role]
    acts: dict[str, Callable[[], object]] = {
        "count": lambda: count(pharmacy, lot, "9", by=by, because="broken"),
        "carry": lambda: carry(pharmacy, lot, "1", by=by),
        "reverse": lambda: reverse_move(by=by, move_id=move.pk, because="typed", key="v"),
        "quarantine": lambda: quarantine_lot(by=by, lot_id=lot.pk, because="recall"),
        "release": lambda: release_lot(by=by, lot_id=lot.pk, because="fine"),
    }
    with pytest.raises(NotAllowed):
        acts[verb]()
    assert (on_shelf(lot), Move.objects.count()) == (10, 1)
    assert Lot.objects.get(pk=lot.pk).state == LotState.AVAILABLE
    assert deeds(pharmacy, lot) == [Deed.STOCK_RECEIVED]


@pytest.mark.parametrize(("schedule", "may"), [(0, True), (2, False), (5, False)])
def test_every_scheduled_drug_is_counted_by_a_pharmacist(pharmacy, schedule, may):
    lot = receive(pharmacy)
    product = lot.package.product
    product.schedule = schedule
    product.save()
    if may:
        assert count(pharmacy, lot, "10") == 0
        return
    with pytest.raises(NotAllowed):
        count(pharmacy, lot, "10")
    assert count(pharmacy, lot, "10", by=pharmacy.pharmacist) == 0


def test_a_stranger_counts_and_reverses_nothing_of_ours(pharmacy):
    lot = receive(pharmacy)
    move, shelf = Move.objects.get(lot=lot), shelf_of(pharmacy)
    stand_in(pharmacy.other.pk)
    with pytest.raises(Refused, match="No such lot in that place"):
        count_lot(
            by=pharmacy.stranger,
            lot_id=lot.pk,
            place_id=shelf.pk,
            counted=Decimal(1),
            because="x",
            key="c",
        )
    with pytest.raises(Refused, match="No such move here"):
        reverse_move(by=pharmacy.stranger, move_id=move.pk, because="x", key="v")
    stand_in(pharmacy.pharmacy.pk)
    assert (on_shelf(lot), Move.objects.count()) == (10, 1)


def test_nothing_is_received_into_a_place_of_the_other_pharmacy(pharmacy):
    stand_in(pharmacy.other.pk)
    theirs = the_place(pharmacy.other.pk, PlaceKind.SHELF)
    stand_in(pharmacy.pharmacy.pk)
    with pytest.raises(Refused, match="not of this pharmacy"), transaction.atomic():
        receive_stock(
            by=pharmacy.technician,
            package=pharmacy.drugs["lisinopril"],
            lot_number="N1",
            expires_on=date(2028, 1, 31),
            quantity=Decimal(10),
            place=theirs,
            key="r1",
        )
    assert not Lot.objects.exists()


@pytest.mark.parametrize(
    ("role", "drug", "comes"),
    [
        (Role.TECHNICIAN, "oxycodone", False),
        (Role.CERTIFIED, "oxycodone", False),
        (Role.INTERN, "oxycodone", False),
        (Role.PHARMACIST, "oxycodone", True),
        (Role.IN_CHARGE, "oxycodone", True),
        (Role.TECHNICIAN, "lisinopril", True),
    ],
)
def test_schedule_ii_comes_by_hand_from_who_may_correct_it_alone(pharmacy, role, drug, comes):
    act = lambda: receive_stock(  # noqa: E731
        by=pharmacy.workers[role],
        package=pharmacy.drugs[drug],
        lot_number="N1",
        expires_on=date(2028, 1, 31),
        quantity=Decimal(100),
        place=the_place(pharmacy.pharmacy.pk, PlaceKind.SHELF),
        key="r1",
    )
    if comes:
        assert on_shelf(act()) == 100
        return
    with pytest.raises(Refused) as refusal:
        act()
    (problem,) = refusal.value.problems
    assert (problem.code, problem.cite) == ("schedule-ii-by-hand", "21 CFR 1305.13")
    assert not Lot.objects.exists()


# Reasons, and what is written down


@pytest.mark.parametrize("because", ["", "  "])
def test_a_release_needs_its_reason_as_the_quarantine_did(pharmacy, because):
    lot = receive(pharmacy)
    quarantine_lot(by=pharmacy.technician, lot_id=lot.pk, because="recall 12")
    with pytest.raises(Refused, match="Say why") as refusal:
        release_lot(by=pharmacy.pharmacist, lot_id=lot.pk, because=because)
    assert refusal.value.problems[0].field == "because"
    kept = Lot.objects.get(pk=lot.pk)
    assert (kept.state, kept.because) == (LotState.QUARANTINED, "recall 12")
    assert deeds(pharmacy, lot)[-1] == Deed.LOT_QUARANTINED


@pytest.mark.parametrize("because", ["", " \t"])
def test_nothing_is_carried_and_no_move_is_taken_back_without_a_reason(pharmacy, because):
    lot = receive(pharmacy)
    received = Move.objects.get(lot=lot)
    acts: tuple[Callable[[], object], ...] = (
        lambda: carry(pharmacy, lot, "1", because=because),
        lambda: reverse_move(
            by=pharmacy.technician, move_id=received.pk, because=because, key="v"
        ),
    )
    for act in acts:
        with pytest.raises(Refused, match="Say why") as refusal:
            act()
        assert [each.field for each in refusal.value.problems] == ["because"]
    assert (on_shelf(lot), Move.objects.count()) == (10, 1)
    assert deeds(pharmacy, lot) == [Deed.STOCK_RECEIVED]


def test_a_second_quarantine_is_refused_and_the_reason_of_the_first_stands(pharmacy):
    lot = receive(pharmacy)
    quarantine_lot(by=pharmacy.technician, lot_id=lot.pk, because="recall 12")
    with pytest.raises(Refused, match="quarantined already: recall 12"):
        quarantine_lot(by=pharmacy.pharmacist, lot_id=lot.pk, because="dusty")
    kept = Lot.objects.get(pk=lot.pk)
    assert (kept.state, kept.because) == (LotState.QUARANTINED, "recall 12")
    assert deeds(pharmacy, lot).count(Deed.LOT_QUARANTINED) == 1


def test_a_lot_in_use_is_not_released_nor_one_twice(pharmacy):
    lot = receive(pharmacy)
    with pytest.raises(Refused, match="not quarantined"):
        release_lot(by=pharmacy.pharmacist, lot_id=lot.pk, because="fine")
    assert deeds(pharmacy, lot) == [Deed.STOCK_RECEIVED]
    quarantine_lot(by=pharmacy.technician, lot_id=lot.pk, because="recall 12")
    release_lot(by=pharmacy.pharmacist, lot_id=lot.pk, because="not our lot")
    with pytest.raises(Refused, match="not quarantined"):
        release_lot(by=pharmacy.pharmacist, lot_id=lot.pk, because="again")
    assert Lot.objects.get(pk=lot.pk).because == "not our lot"
    assert deeds(pharmacy, lot).count(Deed.LOT_RELEASED) == 1


def test_both_ends_of_a_quarantine_keep_their_reason_on_the_lot_and_in_the_journal(pharmacy):
    lot = receive(pharmacy)
    quarantine_lot(by=pharmacy.technician, lot_id=lot.pk, because="recall 12")
    assert Lot.objects.get(pk=lot.pk).because == "recall 12"
    assert last_line(pharmacy, lot).details == {"because": "recall 12"}
    release_lot(by=pharmacy.pharmacist, lot_id=lot.pk, because="not our lot")
    assert Lot.objects.get(pk=lot.pk).because == "not our lot"
    assert last_line(pharmacy, lot).details == {"because": "not our lot"}


@pytest.mark.parametrize(("counted", "from_kind"), [("102", "over_short"), ("97", "shelf")])
def test_a_difference_moves_between_the_shelf_and_over_short_the_right_way(
    pharmacy, counted, from_kind
):
    lot = receive(pharmacy, quantity="100")
    difference = count(pharmacy, lot, counted, because="seen by two")
    move = Move.objects.select_related("from_place").latest("pk")
    assert (move.from_place.kind, move.quantity) == (from_kind, abs(difference))
    assert move.reason == "count: seen by two"
    said = last_line(pharmacy, lot).details
    assert (Decimal(said["counted"]), Decimal(said["difference"])) == (
        Decimal(counted),
        difference,
    )
    assert said["place"] == shelf_of(pharmacy).pk


def test_a_count_sent_twice_moves_its_difference_once(pharmacy):
    lot = receive(pharmacy, quantity="100")
    assert [count(pharmacy, lot, "98", because="broken") for _ in range(2)] == [-2, 0]
    assert (on_shelf(lot), Move.objects.count()) == (98, 2)


def test_the_largest_count_and_receipt_that_are_believed_are_a_million(pharmacy):
    lot = receive(pharmacy, quantity="1000000")
    assert count(pharmacy, lot, "1000000") == 0
    with pytest.raises(Refused, match="not possible"):
        count(pharmacy, lot, "1000000.001", because="typed")


def test_what_was_carried_is_written_down_with_how_many_from_where_to_where(pharmacy):
    lot = receive(pharmacy)
    carry(pharmacy, lot, "4")
    said = last_line(pharmacy, lot).details
    assert Decimal(said["quantity"]) == 4
    assert (said["from"], said["to"]) == (shelf_of(pharmacy).pk, waste_of(pharmacy).pk)
    assert Move.objects.latest("pk").reason == "dropped"


def test_a_correction_sent_twice_is_one_move_and_one_line(pharmacy):
    lot = receive(pharmacy)
    move = Move.objects.get(lot=lot)
    for _ in range(2):
        reverse_move(by=pharmacy.technician, move_id=move.pk, because="typed twice", key="v")
    assert (on_shelf(lot), Move.objects.count()) == (0, 2)
    assert deeds(pharmacy, lot).count(Deed.STOCK_CORRECTED) == 1
    assert last_line(pharmacy, lot).details == {"because": "typed twice", "move": move.pk}


def test_a_receipt_is_written_down_with_drug_lot_and_quantity(pharmacy):
    said = last_line(pharmacy, receive(pharmacy)).details
    assert (said["ndc"], said["lot"]) == (pharmacy.drugs["lisinopril"].ndc, "N1")
    assert Decimal(said["quantity"]) == 10


# Promises


def test_a_quarantine_takes_the_promises_of_its_lot_back_and_leaves_the_others(pharmacy):
    bad = receive(pharmacy)
    good = receive(pharmacy, lot="N2", key="r2")
    promise(pharmacy, bad, "6", fill=1, first=bad.pk)
    promise(pharmacy, good, "6", fill=2, first=good.pk)
    quarantine_lot(by=pharmacy.technician, lot_id=bad.pk, because="recall")
    assert (promised(1), promised(2)) == ({}, {good.pk: 6})
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_what_is_promised_quarantined_or_off_the_shelf_is_not_free(pharmacy):
    def free() -> Decimal:
        return free_units(
            pharmacy_id=pharmacy.pharmacy.pk, package_id=lot.package_id, good_until=TODAY
        )

    lot = receive(pharmacy)
    other = receive(pharmacy, lot="N2", key="r2", quantity="5")
    assert free() == 15
    promise(pharmacy, lot, "4", first=lot.pk)
    assert free() == 11
    carry(pharmacy, lot, "2")
    assert free() == 9
    quarantine_lot(by=pharmacy.technician, lot_id=other.pk, because="recall")
    assert free() == 4


def test_units_are_counted_in_the_vault_as_they_are_on_the_shelf(pharmacy):
    lot = receive(pharmacy)
    carry(pharmacy, lot, "3", to=the_place(pharmacy.pharmacy.pk, PlaceKind.VAULT))
    free = free_units(
        pharmacy_id=pharmacy.pharmacy.pk, package_id=lot.package_id, good_until=TODAY
    )
    assert free == 10


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_nothing_or_less_is_not_carried(pharmacy, quantity):
    lot = receive(pharmacy)
    with pytest.raises(Refused, match="above zero"), transaction.atomic():
        carry(pharmacy, lot, quantity)
    with pytest.raises(Refused, match="two different places"), transaction.atomic():
        carry(pharmacy, lot, "1", to=shelf_of(pharmacy))
    assert deeds(pharmacy, lot) == [Deed.STOCK_RECEIVED]


def test_where_a_pharmacy_has_two_shelves_the_first_is_the_shelf(pharmacy):
    first = shelf_of(pharmacy)
    Place.objects.create(pharmacy=pharmacy.pharmacy, name="Shelf 2", kind=PlaceKind.SHELF)
    assert the_place(pharmacy.pharmacy.pk, PlaceKind.SHELF) == first


# The books name every kind of fault


def faults(world) -> list[str]:
    return book_faults(pharmacy_id=world.pharmacy.pk)


def test_a_promise_nobody_can_find_is_named(pharmacy):
    lot = receive(pharmacy)
    promise(pharmacy, lot, "6")
    assert faults(pharmacy) == []
    Balance.objects.filter(lot=lot, place=shelf_of(pharmacy)).update(reserved=5)
    (fault,) = faults(pharmacy)
    assert "reserved 5.000, reservations 6.000" in fault


def test_a_reservation_that_says_posted_and_moved_nothing_is_named(pharmacy):
    lot = receive(pharmacy)
    promise(pharmacy, lot, "6")
    Reservation.objects.filter(fill_id=1).update(state="posted")
    held = Reservation.objects.get(fill_id=1)
    assert f"reservation {held.pk} is posted but moved nothing" in " ".join(faults(pharmacy))


def test_a_move_whose_balance_is_gone_is_named(pharmacy):
    lot = receive(pharmacy)
    move = Move.objects.get(lot=lot)
    Balance.objects.filter(lot=lot, place=move.to_place).delete()
    assert any(
        fault == f"moves without a balance: move {move.pk} has no balance on one side"
        for fault in faults(pharmacy)
    )


def test_more_sold_than_was_filled_is_named_with_its_fill(pharmacy):
    lot = receive(pharmacy)
    places = (shelf_of(pharmacy).pk, the_place(pharmacy.pharmacy.pk, PlaceKind.WILL_CALL).pk)
    to_patient = (places[1], the_place(pharmacy.pharmacy.pk, PlaceKind.PATIENT).pk)
    filled = Line(*places, lot.pk, Decimal(3), "filled", fill=9)
    carried = Line(*places, lot.pk, Decimal(1), "carried", fill=9)
    ledger.post(by=pharmacy.technician, key="f", lines=[filled, carried])
    ledger.post(
        by=pharmacy.technician,
        key="s1",
        lines=[Line(*to_patient, lot.pk, Decimal(3), "sold", fill=9)],
    )
    assert faults(pharmacy) == []
    ledger.post(
        by=pharmacy.technician,
        key="s2",
        lines=[Line(*to_patient, lot.pk, Decimal(1), "sold", fill=9)],
    )
    (fault,) = faults(pharmacy)
    assert f"fill 9 lot {lot.pk}: sold 4.000 of 3.000" in fault
