"""An electronic order is written under a number of its own, to one supplier, item by item."""

import pytest
from django.db import DatabaseError, transaction

from apothecary.config.tests.world_days import TODAY
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in
from apothecary.vault.book.tests.hands import deeds, not_allowed, refused
from apothecary.vault.csos.models import CsosLine, CsosOrder
from apothecary.vault.csos.states import ENDED, MOVES, CsosState, move_problems
from apothecary.vault.csos.tests.desk import PLAINS, OrderDesk
from apothecary.vault.csos.writing import To, add_line, begin_order, drop_line
from apothecary.vault.orders.tests.desk import elsewhere, later


@pytest.fixture
def desk(pharmacy, tmp_path):
    return OrderDesk(pharmacy, tmp_path / "trust")


def test_an_order_holds_who_orders_of_whom_and_what(desk, pharmacy):
    order = desk.written(3)
    assert (order.number, order.state) == ("26X000001", CsosState.WRITTEN)
    assert (order.purchaser_dea, order.supplier_dea) == (desk.dea, PLAINS.dea)
    assert pharmacy.pharmacy.street in order.purchaser_address
    line = order.lines.get()
    package = pharmacy.drugs["oxycodone"]
    assert (line.number, line.packages, line.schedule) == (1, 3, 2)
    assert (line.ndc, line.package_size) == (package.ndc11, "100 tablets") or line.ndc
    assert line.item_name == package.product.name
    assert deeds("csosorder", order.pk) == ["wrote on an electronic order"] * 2


def test_numbers_follow_one_another_within_a_year_and_begin_anew_in_the_next(desk, pharmacy):
    assert [desk.begun().number for _ in range(3)] == ["26X000001", "26X000002", "26X000003"]
    next_year = later(pharmacy.technician, TODAY.replace(year=2027, month=1, day=2))
    assert desk.begun(by=next_year).number == "27X000001"


def test_a_number_of_ones_own_stands_beside_those_that_follow(desk):
    assert desk.begun(number=" 26xelm001 ").number == "26XELM001"
    assert desk.begun().number == "26X000001"


@pytest.mark.parametrize(
    ("number", "codes"),
    [
        ("25X000001", {"csos-number-year": "order_number"}),
        ("26Y000001", {"csos-number": "order_number"}),
        ("26X00001", {"csos-number": "order_number"}),
        ("26X0000011", {"csos-number": "order_number"}),
        ("230000001", {"csos-number": "order_number"}),
    ],
)
def test_the_number_is_the_year_x_and_six_characters(desk, number, codes):
    assert refused(lambda: desk.begun(number=number)) == codes
    assert not CsosOrder.objects.exists()


def test_the_same_number_twice_is_refused(desk):
    desk.begun(number="26XELM001")
    assert refused(lambda: desk.begun(number="26XELM001")) == {
        "csos-number-twice": "order_number"
    }
    assert CsosOrder.objects.count() == 1


def test_another_pharmacy_counts_for_itself(desk, pharmacy):
    desk.begun()
    theirs = elsewhere(pharmacy, Role.TECHNICIAN)
    stand_in(pharmacy.other.pk)
    assert desk.begun(by=theirs).number == "26X000001"


@pytest.mark.parametrize(
    ("to", "fields"),
    [
        (To("", PLAINS.address, PLAINS.dea), {"supplier_name"}),
        (To(PLAINS.name, " ", PLAINS.dea), {"supplier_address"}),
        (To(PLAINS.name, "x" * 201, PLAINS.dea), {"supplier_address"}),
        (To(PLAINS.name, PLAINS.address, "PB1111118"), {"supplier_dea"}),
        (To(PLAINS.name, PLAINS.address, ""), {"supplier_dea"}),
    ],
)
def test_a_supplier_is_whole(desk, to, fields):
    assert set(refused(lambda: desk.begun(to=to)).values()) == fields


def test_nobody_orders_of_themselves(desk):
    to = To("Elm", "1 Elm Street", desk.dea)
    assert refused(lambda: desk.begun(to=to)) == {"own-dea": "supplier_dea"}


def test_an_order_may_hold_every_schedule_and_none(desk):
    order = desk.begun()
    for drug in ("oxycodone", "lisinopril"):
        desk.add(order, 2, drug)
    schedules = order.lines.order_by("number").values_list("schedule", flat=True)
    assert list(schedules) == [2, 0]


@pytest.mark.parametrize("packages", [0, -1, 10_000])
def test_so_many_packages_are_none(desk, packages):
    order = desk.begun()
    assert refused(lambda: desk.add(order, packages)) == {"bad-quantity": "packages"}
    assert not CsosLine.objects.exists()


def test_a_package_that_the_drug_file_has_not_is_refused(desk, pharmacy):
    order = desk.begun()
    act = lambda: add_line(  # noqa: E731
        by=pharmacy.technician, order_id=order.pk, package_id=10**9, packages=1
    )
    assert refused(act) == {"no-package": "package"}


def test_the_last_item_comes_off_and_an_order_without_one_says_so(desk, pharmacy):
    order = desk.written(3, 2)
    drop_line(by=pharmacy.technician, order_id=order.pk)
    assert [line.packages for line in order.lines.all()] == [3]
    drop_line(by=pharmacy.technician, order_id=order.pk)
    act = lambda: drop_line(by=pharmacy.technician, order_id=order.pk)  # noqa: E731
    assert refused(act) == {"no-line": "lines"}


def test_a_signed_order_is_not_written_on(desk, pharmacy):
    order = desk.signed(3)
    assert refused(lambda: desk.add(order)) == {"csos-changed": "state"}
    act = lambda: drop_line(by=pharmacy.technician, order_id=order.pk)  # noqa: E731
    assert refused(act) == {"csos-changed": "state"}
    for change in (
        lambda: CsosLine.objects.filter(order=order).update(packages=4),
        lambda: CsosLine.objects.filter(order=order).delete(),
        lambda: CsosOrder.objects.filter(pk=order.pk).update(supplier_dea="PC2222228"),
        lambda: CsosOrder.objects.filter(pk=order.pk).update(raw=b"other"),
        lambda: CsosOrder.objects.filter(pk=order.pk).update(signed_by_name="other"),
        lambda: CsosOrder.objects.filter(pk=order.pk).update(number="26X999999"),
    ):
        with pytest.raises(DatabaseError, match="is a record"), transaction.atomic():
            change()


@pytest.mark.parametrize("role", [Role.CLERK, Role.TRAINEE, Role.ADMINISTRATOR])
def test_who_does_not_order_writes_no_order(desk, pharmacy, role):
    order = desk.written()
    by = pharmacy.workers[role]
    package_id = pharmacy.drugs["oxycodone"].pk
    not_allowed(lambda: begin_order(by=by, to=PLAINS))
    not_allowed(lambda: drop_line(by=by, order_id=order.pk))
    not_allowed(lambda: add_line(by=by, order_id=order.pk, package_id=package_id, packages=1))
    assert CsosLine.objects.count() == 1


def test_an_order_of_another_pharmacy_is_not_there(desk, pharmacy):
    order = desk.written()
    theirs = elsewhere(pharmacy, Role.TECHNICIAN)
    act = lambda: drop_line(by=theirs, order_id=order.pk)  # noqa: E731
    assert refused(act) == {"no-order": "order"}


@pytest.mark.parametrize("now", list(CsosState))
@pytest.mark.parametrize("to", list(CsosState))
def test_an_order_goes_the_ways_of_the_table_and_no_other(now, to):
    problems = move_problems(now, to)
    assert (problems == []) == (to in MOVES[now])
    assert all(now.value in each.says and to.value in each.says for each in problems)


def test_what_has_ended_goes_nowhere():
    assert {state for state in CsosState if not MOVES[state]} == ENDED
