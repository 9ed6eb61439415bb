"""Putting on a return what was set aside: who may, what may, and once."""

from decimal import Decimal

import pytest

from apothecary.journal.models import Entry
from apothecary.law.problem import Refused
from apothecary.returns.shipments.models import ReverseDistributor, Shipment, ShipmentLine
from apothecary.returns.shipments.picking import (
    Particulars,
    begin_return,
    cancel_return,
    drop_line,
    keep_distributor,
    pick,
)
from apothecary.returns.shipments.queries import waiting
from apothecary.returns.shipments.states import Group
from apothecary.returns.tests.backroom import DEA, Backroom, distributor
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock.actions import quarantine_lot
from apothecary.stock.kinds import PlaceKind


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in refused.value.problems]


def test_a_pulled_lot_is_put_on_a_return_with_its_reason_and_what_it_should_bring(room):
    room.costs("lisinopril", "10.00")
    lot = room.pulled()
    line = room.picked(room.begun(), lot)
    assert (line.quantity, line.reason) == (Decimal(90), "expired")
    assert line.expected_usd == Decimal("9.00")
    assert line.basis == f"invoice of {room.by.today}"
    assert room.at(PlaceKind.QUARANTINE) == 90
    assert Entry.objects.filter(deed="put units on a return shipment").count() == 1


def test_what_it_cost_is_not_guessed(room):
    line = room.picked(room.begun(), room.pulled())
    assert (line.expected_usd, line.basis) == (None, "what it cost is not known")


def test_the_last_cost_counts_and_not_the_first(room):
    room.costs("lisinopril", "10.00")
    room.costs("lisinopril", "20.00")
    assert room.picked(room.begun(), room.pulled()).expected_usd == Decimal("18.00")


def test_a_part_may_go_and_the_rest_stays(room):
    assert room.picked(room.begun(), room.pulled(), "30.5").quantity == Decimal("30.5")


def test_the_codes_of_hazardous_waste_go_on_the_manifest(room):
    assert room.picked(room.begun(), room.pulled("warfarin")).codes == "P001"


def test_the_same_units_stand_on_one_return_only(room):
    lot = room.pulled()
    room.picked(room.begun(), lot, "10")
    with pytest.raises(Refused) as refused:
        room.picked(room.begun(), lot, "10")
    assert codes(refused) == ["picked-already"]
    assert ShipmentLine.objects.count() == 1


@pytest.mark.parametrize(("units", "code"), [("91", "too-many"), ("0", "bad-quantity")])
def test_no_more_is_picked_than_is_there(room, units, code):
    lot, row = room.pulled(), room.begun()
    with pytest.raises(Refused) as refused:
        room.picked(row, lot, units)
    assert codes(refused) == [code]


def test_what_stands_on_a_shelf_is_not_sent_to_a_distributor(room, pharmacy):
    lot, row = pharmacy.receive("lisinopril", "100"), room.begun()
    with pytest.raises(Refused) as refused:
        pick(
            by=room.by,
            shipment_id=row.pk,
            lot_id=lot.pk,
            place_id=room.place(PlaceKind.SHELF).pk,
        )
    assert codes(refused) == ["not-set-aside"]


def test_a_lot_held_as_suspect_stays(room, pharmacy):
    lot, row = room.pulled(), room.begun()
    quarantine_lot(by=pharmacy.pharmacist, lot_id=lot.pk, because="suspect: the label peels")
    with pytest.raises(Refused) as refused:
        room.picked(row, lot)
    assert codes(refused) == ["suspect-stays"]


@pytest.mark.parametrize(
    ("drug", "group", "good"),
    [
        ("oxycodone", Group.PLAIN, False),
        ("oxycodone", Group.INVOICE, False),
        ("oxycodone", Group.FORM_222, True),
        ("lisinopril", Group.INVOICE, False),
        ("lisinopril", Group.FORM_222, False),
    ],
)
def test_controlled_drugs_never_travel_with_others(room, drug, group, good):
    lot, row = room.pulled(drug), room.begun(group, form_222="230000001")
    if good:
        assert room.picked(row, lot).state == "picked"
        return
    with pytest.raises(Refused) as refused:
        room.picked(row, lot)
    assert codes(refused) == ["wrong-group"]


def test_another_pharmacys_return_is_not_there(room, pharmacy):
    lot, row = room.pulled(), room.begun()
    with pytest.raises(Refused) as refused:
        pick(
            by=pharmacy.stranger, shipment_id=row.pk, lot_id=lot.pk, place_id=room.quarantine.pk
        )
    assert codes(refused) == ["no-return"]


def test_a_lot_that_is_not_there_is_refused(room):
    row = room.begun()
    with pytest.raises(Refused) as refused:
        pick(by=room.by, shipment_id=row.pk, lot_id=987_654, place_id=room.quarantine.pk)
    assert codes(refused) == ["no-balance"]


def test_nothing_more_is_put_on_a_manifest_that_is_out(room):
    row = room.asked()
    lot = room.pulled("metformin")
    with pytest.raises(Refused) as refused:
        room.picked(row, lot)
    assert codes(refused) == ["return-state"]


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_who_may_not_manage_stock_begins_no_return(room, pharmacy, role):
    with pytest.raises(NotAllowed):
        begin_return(
            by=pharmacy.workers[role],
            group=Group.PLAIN,
            distributor_id=room.distributor.pk,
        )
    assert Shipment.objects.count() == 0


def test_a_return_goes_to_one_and_to_somebody_who_is_here(room, pharmacy):
    seller = room.yard().wholesaler.pk
    for to, code in (
        ({}, "to-whom"),
        ({"distributor_id": room.distributor.pk, "wholesaler_id": seller}, "to-whom"),
        ({"distributor_id": 987_654}, "no-distributor"),
        ({"wholesaler_id": 987_654}, "no-wholesaler"),
    ):
        with pytest.raises(Refused) as refused:
            begin_return(by=room.by, group=Group.PLAIN, **to)
        assert codes(refused) == [code]
    assert Shipment.objects.count() == 0


def test_returns_are_numbered_in_turn(room):
    assert [room.begun().number for _ in range(3)] == [1, 2, 3]
    assert str(Shipment.objects.get(number=2)) == "R00002"


def test_a_line_taken_off_frees_its_units(room):
    lot, row = room.pulled(), room.begun()
    line = room.picked(row, lot)
    (before,) = waiting(pharmacy_id=room.by.pharmacy_id)
    assert before.on_return == row.number
    drop_line(by=room.by, line_id=line.pk, because="it is counted first")
    (after,) = waiting(pharmacy_id=room.by.pharmacy_id)
    assert after.on_return is None
    assert room.picked(room.begun(), lot).quantity == 90
    with pytest.raises(Refused) as refused:
        drop_line(by=room.by, line_id=line.pk, because="again")
    assert codes(refused) == ["line-state"]


def test_a_line_is_taken_off_with_a_reason_before_anybody_was_asked(room, pharmacy):
    row = room.begun()
    line = room.picked(row, room.pulled())
    for by, line_id, because, code in (
        (room.by, line.pk, " ", "missing"),
        (room.by, line.pk, "x" * 201, "too-long"),
        (room.by, 987_654, "slip", "no-line"),
        (pharmacy.stranger, line.pk, "slip", "no-line"),
    ):
        with pytest.raises(Refused) as refused:
            drop_line(by=by, line_id=line_id, because=because)
        assert codes(refused) == [code]
    assert ShipmentLine.objects.get().state == "picked"


def test_a_return_given_up_frees_everything_on_it(room):
    lot, row = room.pulled(), room.begun()
    room.picked(row, lot)
    with pytest.raises(Refused) as refused:
        cancel_return(by=room.by, shipment_id=row.pk, because="")
    assert codes(refused) == ["missing"]
    assert cancel_return(by=room.by, shipment_id=row.pk, because="slip").state == "cancelled"
    assert ShipmentLine.objects.get().state == "dropped"
    room.picked(room.begun(), lot)
    with pytest.raises(Refused) as refused:
        cancel_return(by=room.by, shipment_id=row.pk, because="slip")
    assert codes(refused) == ["return-state"]


def test_what_waits_says_why_since_when_and_what_it_should_bring(room):
    room.costs("lisinopril", "10.00")
    room.pulled()
    room.pulled("oxycodone", "20", days=40)
    plain, controlled = waiting(pharmacy_id=room.by.pharmacy_id)
    assert (plain.reason, plain.expected_usd, plain.on_hand) == (
        "expired",
        Decimal("9.00"),
        Decimal(90),
    )
    assert (controlled.reason, controlled.expected_usd) == ("short-dated", None)
    assert controlled.group(room.by.today) is Group.FORM_222


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": " "}, "missing"),
        ({"code": ""}, "bad-code"),
        ({"code": "a b"}, "bad-code"),
        ({"code": "é"}, "bad-code"),
        ({"code": "x" * 21}, "bad-code"),
        ({"dea": "RM9001040"}, "dea-check-digit"),
        ({"dea": ""}, "dea-form"),
        ({"credit_days": 0}, "bad-days"),
        ({"credit_days": 366}, "bad-days"),
    ],
)
def test_a_distributor_that_cannot_be_is_refused_by_field(pharmacy, change, code):
    said = {"code": "mesquite", "name": "Mesquite", "dea": DEA} | change
    with pytest.raises(Refused) as refused:
        keep_distributor(by=pharmacy.workers[Role.IN_CHARGE], given=Particulars(**said))
    assert codes(refused) == [code]
    assert all(one.field for one in refused.value.problems)
    assert ReverseDistributor.objects.count() == 0


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.IN_CHARGE, Role.SYSTEM}))
def test_only_who_runs_the_place_says_who_takes_drugs_back(pharmacy, role):
    with pytest.raises(NotAllowed):
        keep_distributor(by=pharmacy.workers[role], given=distributor())


def test_a_distributor_said_anew_is_the_same_row(room, pharmacy):
    again = Particulars(code="mesquite", name="Mesquite II", dea=DEA, active=False)
    keep_distributor(by=pharmacy.workers[Role.IN_CHARGE], given=again)
    assert ReverseDistributor.objects.get().name == "Mesquite II"
    with pytest.raises(Refused) as refused:
        Backroom(pharmacy, room.distributor).begun()
    assert codes(refused) == ["no-distributor"]
