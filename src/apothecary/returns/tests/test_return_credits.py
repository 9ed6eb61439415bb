"""Credits: booked once and to the cent, set aside by name, followed up, written off."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apothecary.law.problem import Refused
from apothecary.returns.shipments.asking import ask_return
from apothecary.returns.shipments.credits import book, take_credit, write_off
from apothecary.returns.shipments.models import Credit, CreditLine, Shipment, ShipmentLine
from apothecary.returns.shipments.queries import credits_aside, owed, page
from apothecary.returns.shipments.shipping import ship_return
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.wires.models import Incoming


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in refused.value.problems]


def line(number: int = 1) -> ShipmentLine:
    return ShipmentLine.objects.get(number=number)


def test_a_credit_in_full_settles_the_return(room):
    row = room.shipped()
    assert room.credited(row, (1, "full", "9.00"))
    row.refresh_from_db()
    assert (row.state, row.settled_at) == ("settled", room.world.system.at)
    assert (line().state, line().credited_usd) == ("credited", Decimal("9.00"))
    assert owed(pharmacy_id=room.by.pharmacy_id, today=room.by.today) == []


def test_a_short_credit_stays_open_until_the_rest_comes(room):
    row = room.shipped()
    room.credited(row, (1, "short", "4.50"))
    assert (line().state, line().open_usd) == ("short-credited", Decimal("4.50"))
    assert Shipment.objects.get().state == "shipped"
    room.credited(row, (1, "short", "1.00"), credit="CM2")
    assert (line().state, line().open_usd) == ("short-credited", Decimal("3.50"))
    room.credited(row, (1, "full", "3.50"), credit="CM3")
    assert (line().state, line().credited_usd) == ("credited", Decimal("9.00"))
    assert Shipment.objects.get().state == "settled"


def test_a_denied_line_is_owed_until_somebody_gives_it_up_or_they_pay(room):
    row = room.shipped("lisinopril", "metformin")
    room.credited(row, (1, "denied", "0.00"), (2, "denied", "0.00"))
    assert {one.state for one in ShipmentLine.objects.all()} == {"denied"}
    room.credited(row, (1, "denied", "0.00"), credit="CM2")
    assert line().state == "denied"
    room.credited(row, (1, "full", "9.00"), credit="CM3")
    in_charge = room.world.workers[Role.IN_CHARGE]
    write_off(by=in_charge, line_id=line(2).pk, because="the maker pays for none")
    assert (line(2).state, line(2).written_off_usd) == ("written off", Decimal("9.00"))
    assert Shipment.objects.get().state == "settled"


def test_more_than_was_expected_is_booked_as_it_came(room):
    room.credited(room.shipped(), (1, "full", "9.75"))
    assert (line().state, line().credited_usd, line().open_usd) == (
        "credited",
        Decimal("9.75"),
        Decimal(0),
    )


def test_the_same_credit_twice_is_booked_once(room):
    row = room.shipped()
    assert room.credited(row, (1, "short", "4.50"))
    assert room.credited(row, (1, "short", "4.50"))
    assert (Credit.objects.count(), line().credited_usd) == (1, Decimal("4.50"))


def test_another_content_under_a_used_number_is_set_aside(room):
    row = room.shipped()
    room.credited(row, (1, "short", "4.50"))
    room.credited(row, (1, "full", "9.00"))
    (aside,) = credits_aside(pharmacy_id=room.by.pharmacy_id)
    assert "used before" in aside.problem
    assert line().credited_usd == Decimal("4.50")
    assert Incoming.objects.filter(format="return-credit").count() == 2


@pytest.mark.parametrize(
    ("lines", "changes", "says"),
    [
        ([(1, "full", "9.00")], {"authorization": "RA999"}, "none of our returns"),
        ([(1, "full", "9.00")], {"reference": "R00001-9"}, "reference"),
        ([(1, "full", "9.00")], {"total_usd": "9.01"}, "total_usd"),
        ([(1, "full", "9.00")], {"on": "soon"}, "on"),
        ([(7, "full", "9.00")], {}, "line 7: is none of that return"),
        ([(1, "full", "9.00"), (7, "full", "1.00")], {}, "line 7"),
    ],
)
def test_a_credit_that_cannot_be_booked_is_kept_whole_with_its_reason(
    room, lines, changes, says
):
    row = room.shipped()
    assert room.credited(row, *lines, **changes)
    (aside,) = credits_aside(pharmacy_id=room.by.pharmacy_id)
    assert says in aside.problem
    assert b"CM000001" in bytes(aside.incoming.raw)
    assert (CreditLine.objects.count(), line().credited_usd) == (0, Decimal(0))
    assert line().state == "shipped"


def test_more_counted_than_was_sent_is_set_aside(room):
    row = room.shipped()
    body = room.memo(row, (1, "full", "9.00")).replace(b'"90.000"', b'"91.000"')
    take_credit(by=room.world.system, partner="mesquite", raw=body, name="c")
    (aside,) = credits_aside(pharmacy_id=room.by.pharmacy_id)
    assert "counts 91.000, 90.000 were sent" in aside.problem


def test_a_line_that_is_closed_takes_no_more(room):
    row = room.shipped("lisinopril", "metformin")
    room.credited(row, (1, "full", "9.00"))
    room.credited(row, (1, "full", "1.00"), (2, "full", "9.00"), credit="CM2")
    (aside,) = credits_aside(pharmacy_id=room.by.pharmacy_id)
    assert "line 1: is credited" in aside.problem
    assert line(2).state == "shipped"


def test_a_credit_of_another_partner_is_none_of_ours(room):
    row = room.shipped()
    raw = room.memo(row, (1, "full", "9.00"))
    take_credit(by=room.world.system, partner="caprock", raw=raw, name="c")
    assert "none of our returns" in Credit.objects.get().problem


def test_what_is_no_credit_is_left_in_the_mailbox(room):
    for raw in (b'{"recall": "D-1"}', b"ISA*", b"[]"):
        assert not take_credit(by=room.world.system, partner="mesquite", raw=raw, name="x")
    assert Incoming.objects.filter(format="return-credit").count() == 0


def test_a_credit_before_the_goods_left_waits_and_is_booked_afterwards(room):
    row = room.answered(room.asked())
    room.credited(row, (1, "full", "9.00"))
    (aside,) = credits_aside(pharmacy_id=room.by.pharmacy_id)
    assert "nothing has left" in aside.problem
    ship_return(by=room.by, shipment_id=row.pk, carrier="UPS")
    done = book(by=room.by, credit_id=aside.pk)
    assert (done.problem, done.shipment_id, done.total_usd) == ("", row.pk, Decimal("9.00"))
    assert line().state == "credited"
    with pytest.raises(Refused) as refused:
        book(by=room.by, credit_id=aside.pk)
    assert codes(refused) == ["booked"]


def test_another_pharmacys_credit_and_line_are_not_there(room, pharmacy):
    row = room.shipped()
    room.credited(row, (1, "short", "4.50"))
    with pytest.raises(Refused) as refused:
        book(by=pharmacy.stranger, credit_id=Credit.objects.get().pk)
    assert codes(refused) == ["no-credit"]
    stranger = room.world.workers[Role.IN_CHARGE]
    with pytest.raises(Refused) as refused:
        write_off(by=stranger, line_id=987_654, because="x")
    assert codes(refused) == ["no-line"]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.IN_CHARGE, Role.SYSTEM}))
def test_only_who_runs_the_place_writes_off(room, role):
    row = room.shipped()
    room.credited(row, (1, "short", "4.50"))
    with pytest.raises(NotAllowed):
        write_off(by=room.world.workers[role], line_id=line().pk, because="small")
    assert line().written_off_usd == 0


def test_a_write_off_needs_a_reason_and_something_owed(room):
    in_charge = room.world.workers[Role.IN_CHARGE]
    row = room.shipped()
    with pytest.raises(Refused) as refused:
        write_off(by=in_charge, line_id=line().pk, because=" ")
    assert codes(refused) == ["missing"]
    room.credited(row, (1, "full", "9.00"))
    with pytest.raises(Refused) as refused:
        write_off(by=in_charge, line_id=line().pk, because="small")
    assert codes(refused) == ["line-state"]


def test_a_credit_that_never_came_is_written_off_in_full(room):
    room.shipped()
    write_off(
        by=room.world.workers[Role.IN_CHARGE], line_id=line().pk, because="they closed down"
    )
    assert (line().written_off_usd, line().open_usd) == (Decimal("9.00"), Decimal(0))


@pytest.mark.parametrize(
    ("days", "column", "late"),
    [(0, "to 30 days", 0), (30, "to 30 days", 0), (31, "31 to 60", 1), (95, "over 90", 1)],
)
def test_what_is_owed_grows_old_by_its_columns_and_late_past_its_day(room, days, column, late):
    room.shipped("lisinopril", "metformin")
    today = room.by.today + timedelta(days=days)
    (one,) = owed(pharmacy_id=room.by.pharmacy_id, today=today)
    assert (one.name, one.usd, one.by_age[column]) == (
        "Mesquite Returns",
        Decimal("18.00"),
        Decimal("18.00"),
    )
    assert (one.lines, one.late, one.unknown) == (2, late * 2, 0)


def test_the_page_of_a_return_sums_it_up(room):
    row = room.shipped("lisinopril", "metformin")
    room.credited(row, (1, "short", "4.50"))
    found = page(pharmacy_id=room.by.pharmacy_id, shipment_id=row.pk)
    assert found is not None
    assert (found.expected_usd, found.credited_usd, found.open_usd) == (
        Decimal("18.00"),
        Decimal("4.50"),
        Decimal("13.50"),
    )
    assert page(pharmacy_id=room.world.other.pk, shipment_id=row.pk) is None


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    cents=st.lists(st.integers(min_value=0, max_value=1200), min_size=1, max_size=4),
    gives_up=st.booleans(),
)
def test_to_the_cent_what_was_expected_is_credited_open_or_given_up(
    shipped_line, cents, gives_up
):
    room, row = shipped_line()
    for place, one in enumerate(cents):
        usd = f"{one // 100}.{one % 100:02}"
        room.credited(row, (1, "short" if one else "denied", usd), credit=f"C{place}-{row.pk}")
    found = ShipmentLine.objects.get(shipment=row)
    if gives_up and found.state != "credited":
        in_charge = room.world.workers[Role.IN_CHARGE]
        found = write_off(by=in_charge, line_id=found.pk, because="enough")
    over = max(found.credited_usd - Decimal("9.00"), Decimal(0))
    open_usd = found.open_usd or Decimal(0)
    assert found.credited_usd + found.written_off_usd + open_usd - over == Decimal("9.00")
    booked = CreditLine.objects.filter(line=found)
    assert sum(one.usd for one in booked) == found.credited_usd
    settled = found.state in {"credited", "written off"}
    assert (Shipment.objects.get(pk=row.pk).state == "settled") == settled


@pytest.fixture
def shipped_line(room):
    """A fresh return of one line worth nine dollars, as often as it is asked for."""
    room.costs("lisinopril", "10.00")

    def fresh():
        row = room.begun()
        room.picked(row, room.pulled(lot=f"F{row.number}"))
        ask_return(by=room.by, shipment_id=row.pk)
        room.answered(row)
        return room, ship_return(by=room.by, shipment_id=row.pk, carrier="UPS")

    return fresh
