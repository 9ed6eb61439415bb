"""Two people at once: one number, one signature, and the last package comes in once."""

import pytest

from apothecary.staff.duties import Role
from apothecary.vault.book.tests.test_at_once import at_once
from apothecary.vault.csos.models import CsosOrder, CsosReceipt
from apothecary.vault.csos.states import CsosState
from apothecary.vault.csos.tests.desk import OrderDesk
from apothecary.vault.orders.tests.desk import attorney

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(pharmacy, tmp_path):
    return OrderDesk(pharmacy, tmp_path / "trust")


def test_two_who_begin_at_once_get_two_numbers_and_one_typed_number_stands_once(desk, pharmacy):
    assert at_once(pharmacy, [desk.begun, desk.begun]) == ["done", "done"]
    assert sorted(CsosOrder.objects.values_list("number", flat=True)) == [
        "26X000001",
        "26X000002",
    ]
    typed = lambda: desk.begun(number="26XELM001")  # noqa: E731
    assert at_once(pharmacy, [typed, typed]) == ["csos-number-twice", "done"]


def test_registrant_and_attorney_sign_at_once_and_one_signature_stands(desk, pharmacy):
    by, issued = attorney(pharmacy), desk.authority.issue(dea=desk.dea)
    desk.file(issued, of=Role.PHARMACIST)
    order, own = desk.written(), desk.key
    acts = [lambda: desk.sign(order, own), lambda: desk.sign(order, issued, by=by)]
    assert at_once(pharmacy, acts) == ["csos-state", "done"]
    assert CsosOrder.objects.get(pk=order.pk).state == CsosState.SIGNED


def test_the_last_package_comes_in_once(desk, pharmacy):
    order = desk.sent(1)
    acts = [lambda: desk.came(order, key="r-1"), lambda: desk.came(order, key="r-2")]
    assert at_once(pharmacy, acts) == ["csos-packages", "done"]
    assert CsosReceipt.objects.count() == 1
