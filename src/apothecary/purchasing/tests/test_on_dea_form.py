"""Schedule II at the door stands on its Form 222 in the same act, or does not come in."""

import pytest

from apothecary.config.tests.world import PIN
from apothecary.law.problem import Refused
from apothecary.purchasing.receiving.corrections import take_back
from apothecary.purchasing.receiving.door import receive
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.states import Condition
from apothecary.purchasing.tests.dea_form import FORM, form_sent
from apothecary.purchasing.tests.yard import yard_of
from apothecary.staff.duties import Role
from apothecary.stock.models import Move
from apothecary.vault.orders.ending import void_form
from apothecary.vault.orders.models import Form222Receipt


@pytest.fixture
def yard(pharmacy):
    return yard_of(pharmacy)


@pytest.fixture
def receipt(yard):
    return yard.begun(yard.sent(lisinopril=1))


def comes(yard, receipt, number=FORM, serial="X1", **other):
    witness = yard.world.people[Role.PHARMACIST]
    return receive(
        by=yard.by,
        receipt_id=receipt.pk,
        came=yard.came("oxycodone", serial=serial, dea_order=number),
        initials=witness.initials,
        pin=PIN,
        **other,
    )


def refused(act):
    with pytest.raises(Refused) as refusal:
        act()
    assert not ReceivedPackage.objects.filter(undone_at=None).exists()
    assert {problem.field for problem in refusal.value.problems} == {"dea_order"}
    return {problem.code for problem in refusal.value.problems}


def test_a_package_that_comes_in_stands_on_its_form(yard, receipt):
    form = form_sent(yard, 2)
    row = comes(yard, receipt)
    (linked,) = Form222Receipt.objects.all()
    assert (linked.key, linked.packages) == (f"received-{row.pk}", 1)
    assert linked.witness_id == row.witness_id == yard.world.people[Role.PHARMACIST].pk
    form.refresh_from_db()
    assert form.state == "sent"
    comes(yard, receipt, serial="X2")
    form.refresh_from_db()
    assert form.state == "filled"


def test_an_unknown_number_lets_nothing_in(yard, receipt):
    form_sent(yard)
    assert refused(lambda: comes(yard, receipt, "230000009")) == {"dea-order-unknown"}
    assert not Move.objects.exists()


def test_a_void_form_lets_nothing_in(yard, receipt):
    form = form_sent(yard)
    boss = yard.world.workers[Role.IN_CHARGE]
    void_form(by=boss, form_id=form.pk, because="torn")
    assert refused(lambda: comes(yard, receipt)) == {"dea-order-state"}


def test_a_form_of_another_supplier_lets_nothing_in(yard, receipt):
    form_sent(yard, dea="PC2222228")
    assert refused(lambda: comes(yard, receipt)) == {"dea-order-supplier"}


def test_more_than_the_form_orders_is_not_let_in_under_any_name(yard, receipt):
    form_sent(yard, 1)
    row = comes(yard, receipt)
    take_back(by=yard.by, received_id=row.pk, because="look again")
    comes(yard, receipt)
    with pytest.raises(Refused) as refusal:
        comes(yard, receipt, serial="X2", condition=Condition.DAMAGED, because="dented")
    assert {each.code for each in refusal.value.problems} == {"form222-packages"}
    assert ReceivedPackage.objects.filter(undone_at=None).count() == 1


def test_a_receipt_that_is_taken_back_is_off_the_form(yard, receipt):
    form = form_sent(yard, 1)
    row = comes(yard, receipt)
    take_back(by=yard.by, received_id=row.pk, because="of another tote")
    (linked,) = Form222Receipt.objects.all()
    assert linked.undone_because == "of another tote"
    form.refresh_from_db()
    assert form.state == "sent"


def test_what_is_set_aside_has_come_all_the_same(yard, receipt):
    form_sent(yard, 1)
    comes(yard, receipt, condition=Condition.DAMAGED, because="dented")
    assert Form222Receipt.objects.get().packages == 1
