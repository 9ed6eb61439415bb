"""What a scan at the door costs, and what two at one moment get."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apothecary.law.problem import Refused
from apothecary.purchasing.ordering.models import Order
from apothecary.purchasing.receiving.door import constraint_of
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.states import OrderState

# The two ends of its transaction among them; it may only fall.
MOST_STATEMENTS = 17


def cost(yard, receipt, serial: str) -> int:
    """Statements of one scan."""
    with CaptureQueriesContext(connection) as asked:
        yard.takes_in(receipt, yard.came(serial=serial))
    return len(asked)


def test_a_scan_costs_the_same_however_much_came_before(yard):
    receipt = yard.begun(yard.sent(lisinopril=50, warfarin=2))
    yard.takes_in(receipt, yard.came(serial="A0"))
    costs = [cost(yard, receipt, f"A{number}") for number in range(1, 40)]
    assert max(costs) <= MOST_STATEMENTS
    assert costs[0] == costs[-1]


def test_the_order_is_counted_anew_only_when_it_may_have_changed(yard):
    order = yard.sent(lisinopril=3)
    receipt = yard.begun(order)
    costs, states = [], []
    for number in range(3):
        costs.append(cost(yard, receipt, f"A{number}"))
        states.append(Order.objects.get(pk=order.pk).state)
    assert states == [
        OrderState.PART_RECEIVED,
        OrderState.PART_RECEIVED,
        OrderState.RECEIVED,
    ]
    assert costs[1] < min(costs[0], costs[2])


@pytest.mark.parametrize(("promised", "state"), [(2, "received"), (3, "part received")])
def test_what_the_wholesaler_does_not_send_is_not_waited_for(yard, promised, state):
    order = yard.sent(lisinopril=3)
    parts = [("IQ", promised)] + ([("IR", 3 - promised)] if promised < 3 else [])
    yard.takes(yard.answer(order, ("lisinopril", 3, parts)))
    receipt = yard.begun(order)
    for number in range(2):
        yard.takes_in(receipt, yard.came(serial=f"A{number}"))
    assert Order.objects.get(pk=order.pk).state == state


def test_several_packages_under_one_serial_number_are_refused_by_field(yard):
    receipt = yard.begun(yard.sent(lisinopril=5))
    with pytest.raises(Refused, match="on one package") as refusal:
        yard.takes_in(receipt, yard.came(serial="A1", packages=2))
    assert [one.field for one in refusal.value.problems] == ["packages"]
    assert not ReceivedPackage.objects.exists()


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"key": "other"}, "received_package_once"),
        ({"serial": "B9"}, "received_package_key"),
        ({"key": "other", "serial": "B9", "packages": 2}, "received_package_one_of_a_kind"),
    ],
)
def test_which_constraint_was_broken_tells_a_second_scan_from_a_fault(yard, change, constraint):
    receipt = yard.begun(yard.sent(lisinopril=5))
    row = yard.takes_in(receipt, yard.came(serial="A1", key="first"))
    row.pk = None
    for name, value in change.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError) as fault, transaction.atomic():
        row.save(force_insert=True)
    assert constraint_of(fault.value) == constraint
