"""At the door the number of an electronic order opens as that of a Form 222 does."""

import pytest

from apothecary.config.tests.world import PIN
from apothecary.law.problem import Refused
from apothecary.purchasing.receiving.corrections import take_back
from apothecary.purchasing.receiving.door import receive
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.tests.yard import yard_of
from apothecary.staff.duties import Role
from apothecary.stock.models import Move
from apothecary.vault.csos.models import CsosReceipt
from apothecary.vault.csos.sending import send_order
from apothecary.vault.csos.tests.desk import OrderDesk
from apothecary.vault.csos.writing import To


@pytest.fixture
def yard(pharmacy):
    return yard_of(pharmacy)


@pytest.fixture
def receipt(yard):
    return yard.begun(yard.sent(lisinopril=1))


@pytest.fixture
def order(yard, tmp_path):
    """Two bottles of oxycodone and one of lisinopril, signed and on their way."""
    desk = OrderDesk(yard.world, tmp_path)
    made = desk.begun(to=To(yard.wholesaler.name, "1 Depot Road", yard.wholesaler.dea))
    desk.add(made, 2)
    desk.add(made, 1, "lisinopril")
    desk.sign(made)
    return send_order(by=yard.by, order_id=made.pk)


def comes(yard, receipt, number, *, drug="oxycodone", serial="X1", witness=True):
    second = yard.world.people[Role.PHARMACIST]
    signs = {"initials": second.initials, "pin": PIN} if witness else {}
    came = yard.came(drug, serial=serial, dea_order=number)
    return receive(by=yard.by, receipt_id=receipt.pk, came=came, **signs)


def refused(act):
    with pytest.raises(Refused) as refusal:
        act()
    assert not ReceivedPackage.objects.exists()
    assert not Move.objects.exists()
    return {problem.code for problem in refusal.value.problems}


def test_a_package_that_comes_in_stands_on_its_electronic_order(yard, receipt, order):
    row = comes(yard, receipt, order.number)
    (linked,) = CsosReceipt.objects.all()
    assert (linked.key, linked.packages) == (f"received-{row.pk}", 1)
    assert linked.witness_id == row.witness_id
    assert row.dea_order == order.number


def test_a_receipt_that_is_taken_back_is_off_the_order(yard, receipt, order):
    row = comes(yard, receipt, order.number)
    take_back(by=yard.by, received_id=row.pk, because="look again")
    assert CsosReceipt.objects.get().undone_because == "look again"
    comes(yard, receipt, order.number, serial="X2")
    assert CsosReceipt.objects.filter(undone_at=None).count() == 1


def test_an_unknown_number_lets_nothing_in(yard, receipt):
    assert refused(lambda: comes(yard, receipt, "26X999999")) == {"dea-order-unknown"}


def test_schedule_ii_needs_its_second_person_on_an_electronic_order_too(yard, receipt, order):
    act = lambda: comes(yard, receipt, order.number, witness=False)  # noqa: E731
    assert refused(act) == {"two-people"}


def test_what_is_not_schedule_ii_is_linked_where_its_number_is_typed(yard, receipt, order):
    comes(yard, receipt, order.number, drug="lisinopril", witness=False)
    (linked,) = CsosReceipt.objects.all()
    assert (linked.line.schedule, linked.witness_id) == (0, None)
