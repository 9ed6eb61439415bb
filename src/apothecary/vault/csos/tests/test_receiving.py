"""What comes on an electronic order stands beside its item, and nothing else comes in on it."""

import pytest
from django.db import DatabaseError, transaction

from apothecary.config.tests.world_days import TODAY
from apothecary.staff.duties import Role
from apothecary.vault import arriving
from apothecary.vault.book.tests.hands import deeds, not_allowed, refused
from apothecary.vault.csos.archive import archive_faults
from apothecary.vault.csos.ending import Lost, state_lost, void_line, void_order
from apothecary.vault.csos.models import CsosOrder, CsosReceipt
from apothecary.vault.csos.receiving import link_to_order, unlink_from_order
from apothecary.vault.csos.states import CsosState
from apothecary.vault.csos.tests.authority import DAY
from apothecary.vault.csos.tests.desk import COAST, OrderDesk
from apothecary.vault.inspection import printed
from apothecary.vault.orders.arriving import Arrived
from apothecary.vault.orders.models import Form222Receipt
from apothecary.vault.orders.tests import desk as forms
from apothecary.vault.orders.tests.desk import elsewhere, later


@pytest.fixture
def desk(pharmacy, tmp_path):
    return OrderDesk(pharmacy, tmp_path / "trust")


def state(order):
    return CsosOrder.objects.get(pk=order.pk).state


def accepted(desk, *packages):
    order = desk.sent(*packages)
    CsosOrder.objects.filter(pk=order.pk).update(state=CsosState.ACCEPTED.value)
    order.refresh_from_db()
    return order


def codes(desk, arrived, *, by=None):
    found = arriving.arrival_problems(by=by or desk.world.technician, arrived=arrived)
    assert {each.field for each in found} <= {"dea_order"}
    assert all(each.cite for each in found)
    return [each.code for each in found]


def test_packages_come_in_parts_until_nothing_is_open(desk):
    order = accepted(desk, 3)
    desk.came(order, 1, key="r-1")
    assert state(order) == CsosState.ACCEPTED
    desk.came(order, 2, key="r-2")
    assert state(order) == CsosState.RECEIVED
    rows = CsosReceipt.objects.order_by("id")
    assert [(row.packages, row.received_on, row.line.number) for row in rows] == [
        (1, TODAY, 1), (2, TODAY, 1)]  # fmt: skip
    assert deeds("csosorder", order.pk)[-1] == "received packages on an electronic order"


def test_a_package_more_than_was_ordered_does_not_come_in(desk):
    order = accepted(desk, 3)
    assert codes(desk, desk.arrived(order, 3)) == []
    assert codes(desk, desk.arrived(order, 4)) == ["csos-packages"]
    desk.came(order, 3)
    assert codes(desk, desk.arrived(order, 1)) == ["csos-packages"]
    assert CsosReceipt.objects.count() == 1


def test_each_item_is_filled_in_its_turn(desk):
    order = accepted(desk, 1, 2)
    desk.came(order, 2, key="r-1")
    desk.came(order, 1, key="r-2")
    assert [row.line.number for row in CsosReceipt.objects.order_by("id")] == [2, 1]
    assert state(order) == CsosState.RECEIVED


@pytest.mark.parametrize("at", ["written", "signed"])
def test_nothing_comes_in_on_an_order_that_was_not_sent(desk, at):
    order = getattr(desk, at)(3)
    assert codes(desk, desk.arrived(order)) == ["dea-order-state"]


def test_goods_may_be_faster_than_the_answer(desk):
    order = desk.sent(1)
    desk.came(order, 1)
    assert state(order) == CsosState.RECEIVED


def test_an_unknown_number_lets_nothing_in(desk, pharmacy):
    arrived = Arrived("26X999999", pharmacy.drugs["oxycodone"], 1)
    assert codes(desk, arrived) == ["dea-order-unknown"]


def test_another_drug_and_another_supplier_are_not_what_was_ordered(desk):
    order = accepted(desk, 3)
    assert codes(desk, desk.arrived(order, drug="lisinopril")) == ["dea-order-item"]
    assert codes(desk, desk.arrived(order, dea=COAST.dea)) == ["dea-order-supplier"]
    assert codes(desk, desk.arrived(order, dea=order.supplier_dea)) == []


@pytest.mark.parametrize(("days", "expected"), [(60, []), (61, ["csos-too-old"])])
def test_an_order_is_filled_within_sixty_days(desk, pharmacy, days, expected):
    order = accepted(desk, 3)
    by = later(pharmacy.technician, TODAY + days * DAY)
    assert codes(desk, desk.arrived(order), by=by) == expected


def test_a_number_is_typed_as_one_likes(desk, pharmacy):
    order = accepted(desk, 1)
    arrived = Arrived(f" {order.number.lower()} ", pharmacy.drugs["oxycodone"], 1)
    assert codes(desk, arrived) == []


def test_schedule_ii_is_received_by_two_people_and_the_rest_by_one(desk, pharmacy):
    by = pharmacy.technician
    order = desk.begun()
    desk.add(order, 1)
    desk.add(order, 1, "lisinopril")
    desk.sign(order)
    CsosOrder.objects.filter(pk=order.pk).update(state=CsosState.ACCEPTED.value)
    for witness in (None, by.person_id):
        act = lambda witness=witness: link_to_order(  # noqa: E731
            by=by, arrived=desk.arrived(order), key="r-1", witness_id=witness
        )
        assert refused(act) == {"two-people": "initials"}
    alone = desk.arrived(order, drug="lisinopril")
    row = link_to_order(by=by, arrived=alone, key="r-2", witness_id=None)
    assert row.witness_id is None


def test_the_same_receipt_stands_once(desk, pharmacy):
    order = accepted(desk, 3)
    desk.came(order)
    assert refused(lambda: desk.came(order)) == {"csos-linked": "dea_order"}


def test_what_is_taken_back_is_off_the_order_and_the_order_open_again(desk, pharmacy):
    order, by = accepted(desk, 1), pharmacy.technician
    desk.came(order, 1)
    arriving.undo_arrival(by=by, key="r-1", because="of another tote")
    assert CsosReceipt.objects.get().undone_because == "of another tote"
    assert state(order) == CsosState.ACCEPTED
    assert unlink_from_order(by=by, key="r-1", because="again") is None
    for change in (
        lambda: CsosReceipt.objects.update(packages=2),
        CsosReceipt.objects.all().delete,
    ):
        with pytest.raises(DatabaseError, match="is a record"), transaction.atomic():
            change()


def test_a_form_222_is_still_received_on_its_own_number(desk, pharmacy):
    forms.sent(pharmacy, 1)
    arrived, key = forms.arrived(pharmacy), "r-9"
    witness = pharmacy.people[Role.PHARMACIST].pk
    arriving.link_arrival(by=pharmacy.technician, arrived=arrived, key=key, witness_id=witness)
    assert Form222Receipt.objects.get().key == key
    arriving.undo_arrival(by=pharmacy.technician, key=key, because="wrong")
    assert Form222Receipt.objects.get().undone_because == "wrong"


def test_who_receives_nothing_links_nothing(desk, pharmacy):
    order = accepted(desk, 1)
    witness = pharmacy.people[Role.PHARMACIST].pk
    for role in (Role.CLERK, Role.ADMINISTRATOR):
        by = pharmacy.workers[role]
        not_allowed(
            lambda by=by: link_to_order(
                by=by, arrived=desk.arrived(order), key="r", witness_id=witness
            )
        )
    theirs = elsewhere(pharmacy, Role.TECHNICIAN)
    assert codes(desk, desk.arrived(order), by=theirs) == ["dea-order-unknown"]


def test_an_order_that_was_not_sent_is_made_void_with_its_reason(desk):
    order = desk.signed()
    assert refused(lambda: void_order(by=desk.boss, order_id=order.pk, because="")) == {
        "missing": "because"
    }
    void_order(by=desk.boss, order_id=order.pk, because="of the wrong supplier")
    order.refresh_from_db()
    assert (order.state, order.ended_because) == (CsosState.VOID, "of the wrong supplier")
    assert order.raw is not None
    assert refused(lambda: void_order(by=desk.boss, order_id=order.pk, because="x")) == {
        "csos-state": "state"
    }


def test_the_supplier_voids_what_is_open_and_the_order_is_received(desk):
    order = accepted(desk, 1, 2)
    desk.came(order, 1)
    assert refused(lambda: void_order(by=desk.boss, order_id=order.pk, because="x")) == {
        "csos-came": "order"
    }
    line = order.lines.get(number=2)
    void_line(by=desk.boss, line_id=line.pk, because="out of stock for good")
    assert state(order) == CsosState.RECEIVED
    assert codes(desk, desk.arrived(order, 2)) == ["csos-packages"]
    act = lambda: void_line(by=desk.boss, line_id=line.pk, because="x")  # noqa: E731
    assert set(refused(act)) == {"csos-state", "csos-line-void"}


def test_nothing_comes_in_on_a_void_item(desk):
    order = accepted(desk, 1)
    void_line(by=desk.boss, line_id=order.lines.get().pk, because="gone")
    assert codes(desk, desk.arrived(order)) == ["csos-line-void"]
    assert state(order) == CsosState.ACCEPTED


def test_a_lost_order_names_the_one_in_its_place(desk):
    order, new = desk.sent(), desk.signed()
    lost = Lost(not_received=True, because="they never had it", new_order_id=new.pk)
    state_lost(by=desk.boss, order_id=order.pk, lost=lost)
    order.refresh_from_db()
    assert (order.state, order.replaced_by_id) == (CsosState.LOST, new.pk)
    again = desk.sent()
    act = lambda: state_lost(by=desk.boss, order_id=again.pk, lost=lost)  # noqa: E731
    assert refused(act) == {"csos-replacement": "new_order"}
    own = Lost(not_received=True, because="x", new_order_id=again.pk)
    act = lambda: state_lost(by=desk.boss, order_id=again.pk, lost=own)  # noqa: E731
    assert refused(act) == {"csos-replacement": "new_order"}


def test_the_statement_of_a_loss_says_that_nothing_came(desk):
    order = desk.sent(2)
    act = lambda: state_lost(  # noqa: E731
        by=desk.boss, order_id=order.pk, lost=Lost(not_received=False, because="")
    )
    assert set(refused(act).values()) == {"because", "not_received"}
    desk.came(order, 1)
    stated = Lost(not_received=True, because="gone")
    act = lambda: state_lost(by=desk.boss, order_id=order.pk, lost=stated)  # noqa: E731
    assert refused(act) == {"csos-came": "order"}


def test_a_technician_ends_no_order(desk, pharmacy):
    order, by = accepted(desk, 1), pharmacy.technician
    stated, line = Lost(not_received=True, because="x"), order.lines.get()
    not_allowed(lambda: void_order(by=by, order_id=order.pk, because="x"))
    not_allowed(lambda: void_line(by=by, line_id=line.pk, because="x"))
    not_allowed(lambda: state_lost(by=by, order_id=order.pk, lost=stated))
    theirs = elsewhere(pharmacy, Role.IN_CHARGE)
    act = lambda: void_line(by=theirs, line_id=line.pk, because="x")  # noqa: E731
    assert refused(act) == {"no-line": "line"}
    assert state(order) == CsosState.ACCEPTED


def test_the_inspectors_paper_shows_what_came_and_proves_each_signature(desk, pharmacy):
    order = accepted(desk, 3)
    desk.came(order, 2)
    assert archive_faults(pharmacy.pharmacy) == []
    made = printed(by=desk.boss, key="csos", kind="csv", said={}).decode()
    (row,) = [line for line in made.splitlines() if order.number in line]
    assert "2 on 11/23/2026" in row
    assert desk.boss.name in row
    assert printed(by=desk.boss, key="csos", kind="pdf", said={}).startswith(b"%PDF")
