"""The manifest out, their answer in, the goods away: each step once and in its order."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from apothecary.law.problem import Refused
from apothecary.returns.shipments.asking import (
    ask_return,
    call_back,
    note_refused,
    reference,
    take_answer,
)
from apothecary.returns.shipments.models import Shipment, ShipmentLine
from apothecary.returns.shipments.picking import cancel_return
from apothecary.returns.shipments.shipping import confirm_arrival, follow_up, ship_return
from apothecary.returns.shipments.states import Group
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock.actions import move_stock
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Move
from apothecary.stock.queries import book_faults
from apothecary.wires.models import Outgoing


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in refused.value.problems]


def ships(room, row, **changes):
    said = {"by": room.by, "shipment_id": row.pk, "carrier": "UPS", "tracking": "1Z"}
    return ship_return(**(said | changes))


def test_the_manifest_goes_into_the_outbox_and_nothing_leaves(room):
    row = room.asked("lisinopril", "metformin")
    assert (row.state, row.tries) == ("asked", 1)
    out = Outgoing.objects.get(pk=row.outgoing_id)
    assert (out.party, out.lane, out.state) == ("returns", "mesquite", "waiting")
    assert b'"reference":"R00001-1"' in bytes(out.raw)
    assert b'"dea":"AB1234563"' in bytes(out.raw)
    assert room.at(PlaceKind.QUARANTINE) == 90
    assert room.at(PlaceKind.REVERSE) == 0


def test_an_empty_return_is_no_manifest(room):
    row = room.begun()
    with pytest.raises(Refused) as refused:
        ask_return(by=room.by, shipment_id=row.pk)
    assert codes(refused) == ["no-lines"]
    assert Outgoing.objects.count() == 0


def test_schedule_ii_waits_for_the_distributors_form(room):
    row = room.begun(Group.FORM_222)
    room.picked(row, room.pulled("oxycodone"))
    with pytest.raises(Refused) as refused:
        ask_return(by=room.by, shipment_id=row.pk)
    assert codes(refused) == ["needs-form-222"]
    assert "Mesquite Returns" in str(refused.value)


def test_schedule_ii_goes_with_the_number_of_the_form_on_each_line(room, pharmacy):
    row = room.begun(Group.FORM_222, form_222="230000001")
    room.picked(row, room.pulled("oxycodone"))
    row = ask_return(by=room.by, shipment_id=row.pk)
    assert b'"form_222":"230000001"' in bytes(Outgoing.objects.get().raw)
    row = room.answered(row)
    with pytest.raises(NotAllowed):
        ships(room, row)
    assert ships(room, row, by=pharmacy.pharmacist).state == "shipped"
    assert room.at(PlaceKind.REVERSE, "oxycodone") == 90


def test_what_they_do_not_take_never_leaves_and_is_free_again(room):
    row = room.answered(room.asked("lisinopril", "metformin"), refused=(2,))
    assert (row.state, row.authorization) == ("authorized", "RA000001")
    kept = ShipmentLine.objects.get(number=2)
    assert (kept.state, kept.because) == ("refused", "is no product we know")
    ships(room, row)
    assert room.at(PlaceKind.REVERSE) == 90
    assert room.at(PlaceKind.QUARANTINE, "metformin") == 90
    assert room.picked(room.begun(), room.lots["metformin"]).quantity == 90


def test_when_they_take_no_line_the_return_is_over(room):
    row = room.answered(room.asked(), refused=(1,))
    assert (row.state, row.because) == ("cancelled", "they take no line of it")
    assert room.at(PlaceKind.QUARANTINE) == 90


def test_an_answer_is_acted_on_once(room):
    row = room.asked()
    room.answered(row)
    room.hears(row, b"nonsense")
    assert Shipment.objects.get().state == "authorized"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"nonsense", "body: is no JSON"),
        ({"authorization": "RA", "lines": []}, "lines"),
        (
            {"authorization": "RA", "lines": [{"line": "7", "approved": True, "because": ""}]},
            "other lines",
        ),
    ],
)
def test_an_answer_nobody_can_read_is_kept_shown_and_asked_for_anew(room, body, says):
    row = room.asked()
    room.hears(row, body)
    row.refresh_from_db()
    assert row.state == "asked"
    assert says in row.problem
    assert bytes(Outgoing.objects.get().answer or b"") != b""
    call_back(by=room.by, shipment_id=row.pk, because="they sent nonsense")
    again = ask_return(by=room.by, shipment_id=row.pk)
    assert (again.tries, reference(again), again.problem) == (2, "R00001-2", "")
    assert room.answered(again).state == "authorized"


def test_a_message_they_refuse_comes_back_to_be_mended(room):
    row = room.asked()
    says = "422 reference: was used before"
    note_refused(by=room.world.system, outgoing_id=row.outgoing_id or 0, says=says)
    row.refresh_from_db()
    assert (row.state, row.problem) == ("picked", says)
    assert Outgoing.objects.get().state == "failed"
    assert ask_return(by=room.by, shipment_id=row.pk).tries == 2


def test_a_refusal_of_a_return_that_waits_no_more_changes_nothing(room):
    row = room.answered(room.asked())
    note_refused(by=room.world.system, outgoing_id=row.outgoing_id or 0, says="late")
    assert Shipment.objects.get().state == "authorized"


def test_a_manifest_nobody_has_seen_is_called_back(room):
    row = room.asked()
    assert call_back(by=room.by, shipment_id=row.pk, because="a slip").state == "picked"
    assert Outgoing.objects.get().state == "failed"


def test_a_manifest_that_may_have_arrived_is_waited_for(room):
    row = room.asked()
    Outgoing.objects.update(sent_at=room.by.at, state="sent")
    with pytest.raises(Refused) as refused:
        call_back(by=room.by, shipment_id=row.pk, because="a slip")
    assert codes(refused) == ["manifest-out"]
    assert Shipment.objects.get().state == "asked"


def test_shipping_moves_each_line_out_of_quarantine_once(room):
    row = room.shipped("lisinopril", "metformin")
    assert (row.state, row.carrier, row.tracking) == ("shipped", "UPS", "1Z")
    assert row.credit_due_on == room.by.today + timedelta(days=30)
    assert room.at(PlaceKind.QUARANTINE) == 0
    assert room.at(PlaceKind.REVERSE) == 90
    moves = Move.objects.filter(to_place__kind=PlaceKind.REVERSE)
    assert {one.reason for one in moves} == {"returned on R00001: expired"}
    with pytest.raises(Refused) as refused:
        ships(room, row)
    assert codes(refused) == ["return-state"]
    assert moves.count() == 2
    assert book_faults(pharmacy_id=room.by.pharmacy_id) == []


def test_what_was_carried_off_meanwhile_is_refused_and_nothing_leaves(room, pharmacy):
    row = room.answered(room.asked("lisinopril", "metformin"))
    lot, waste = room.lots["metformin"], room.place(PlaceKind.WASTE)
    move_stock(
        by=room.by,
        lot_id=lot.pk,
        from_place=room.quarantine.pk,
        to_place=waste.pk,
        quantity=Decimal(50),
        because="broken",
        key="w",
    )
    with pytest.raises(Refused) as refused:
        ships(room, row)
    assert codes(refused) == ["ledger-AP007"]
    assert room.at(PlaceKind.REVERSE) == 0
    assert {one.state for one in ShipmentLine.objects.all()} == {"picked"}


def test_nothing_is_shipped_before_they_have_said_what_they_take(room):
    for row in (room.begun(), room.asked()):
        with pytest.raises(Refused) as refused:
            ships(room, row)
        assert codes(refused) == ["return-state"]


def test_somebody_carries_it(room):
    row = room.answered(room.asked())
    with pytest.raises(Refused) as refused:
        ships(room, row, carrier=" ")
    assert [(one.code, one.field) for one in refused.value.problems] == [("missing", "carrier")]


def test_an_authorized_return_may_still_be_given_up(room):
    row = room.answered(room.asked())
    assert cancel_return(by=room.by, shipment_id=row.pk, because="sold").state == "cancelled"
    assert room.at(PlaceKind.QUARANTINE) == 90


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_who_may_not_manage_stock_neither_asks_nor_ships(room, pharmacy, role):
    by = pharmacy.workers[role]
    row = room.asked()
    for act in (
        lambda: ask_return(by=by, shipment_id=row.pk),
        lambda: ships(room, row, by=by),
        lambda: call_back(by=by, shipment_id=row.pk, because="x"),
        lambda: confirm_arrival(by=by, shipment_id=row.pk, on=by.today),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_another_pharmacy_sees_no_return_of_ours(room, pharmacy):
    row, by = room.asked(), pharmacy.stranger
    for act in (
        lambda: ask_return(by=by, shipment_id=row.pk),
        lambda: ships(room, row, by=by),
        lambda: call_back(by=by, shipment_id=row.pk, because="x"),
        lambda: confirm_arrival(by=by, shipment_id=row.pk, on=by.today),
        lambda: follow_up(by=by, shipment_id=row.pk, says="x"),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert codes(refused) == ["no-return"]
    take_answer(by=by, outgoing_id=row.outgoing_id or 0, raw=b"{}")
    assert Outgoing.objects.get().answer is None


def test_hazardous_drugs_have_35_days_to_be_confirmed(room):
    row = room.shipped("warfarin")
    assert row.confirm_by == room.by.today + timedelta(days=35)
    assert room.shipped("lisinopril").confirm_by is None


@pytest.mark.parametrize(("days", "good"), [(-1, False), (0, True), (1, False)])
def test_it_arrives_between_the_day_it_left_and_today(room, days, good):
    row = room.shipped()
    on = room.by.today + timedelta(days=days)
    if good:
        assert confirm_arrival(by=room.by, shipment_id=row.pk, on=on).confirmed_on == on
        with pytest.raises(Refused) as refused:
            confirm_arrival(by=room.by, shipment_id=row.pk, on=on)
        assert codes(refused) == ["confirmed"]
        return
    with pytest.raises(Refused) as refused:
        confirm_arrival(by=room.by, shipment_id=row.pk, on=on)
    assert codes(refused) == ["bad-day"]


def test_what_left_in_the_evening_left_on_the_day_of_the_clock_on_the_wall(room):
    row, by = room.shipped(), room.by
    # 9 pm in Chicago is the next day in Greenwich.
    evening = datetime.combine(by.today, time(21), ZoneInfo(row.pharmacy.time_zone))
    row.shipped_at = evening
    row.save(update_fields=["shipped_at"])
    assert evening.astimezone(UTC).date() > by.today
    assert confirm_arrival(by=by, shipment_id=row.pk, on=by.today).confirmed_on == by.today


def test_a_call_about_a_credit_is_written_down_with_what_was_promised(room):
    row = room.shipped()
    on = room.by.today + timedelta(days=7)
    note = follow_up(by=room.by, shipment_id=row.pk, says="they count it", promised_on=on)
    assert (note.says, note.promised_on, note.name) == ("they count it", on, room.by.name)
    for says, day, code in (
        (" ", None, "missing"),
        ("they promised", room.by.today - timedelta(days=1), "bad-day"),
    ):
        with pytest.raises(Refused) as refused:
            follow_up(by=room.by, shipment_id=row.pk, says=says, promised_on=day)
        assert codes(refused) == [code]


def test_nobody_asks_after_a_credit_before_anything_left(room):
    with pytest.raises(Refused) as refused:
        follow_up(by=room.by, shipment_id=room.asked().pk, says="where is it")
    assert codes(refused) == ["return-state"]
