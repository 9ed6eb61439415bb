"""Saleable goods go back to whom they came from: whole, by serial number, verified first."""

import json
from decimal import Decimal

import pytest

from apothecary.law.problem import Refused
from apothecary.purchasing.states import Condition
from apothecary.purchasing.tests.yard import yard_of
from apothecary.purchasing.tracing.holding import waive
from apothecary.purchasing.tracing.size import say_size
from apothecary.purchasing.tracing.states import Verdict
from apothecary.purchasing.tracing.verifying.models import Verification
from apothecary.returns.shipments.asking import ask_return, take_answer
from apothecary.returns.shipments.models import Shipment, ShipmentLine
from apothecary.returns.shipments.picking import begin_return, pick
from apothecary.returns.shipments.shipping import WHOLESALER_DAYS, ship_return
from apothecary.returns.shipments.states import Group
from apothecary.staff.duties import Role
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.queries import book_faults
from apothecary.wires.models import Outgoing


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in refused.value.problems]


@pytest.fixture
def yard(room):
    return room.yard()


@pytest.fixture
def came(yard):
    """A bottle of lisinopril with its serial number, at the receiving table."""
    receipt = yard.begun(yard.sent(lisinopril=3))
    return yard.takes_in(receipt, yard.came(serial="S1"))


@pytest.fixture
def going(room, yard):
    """A return to the wholesaler."""
    return begin_return(by=room.by, group=Group.PLAIN, wholesaler_id=yard.wholesaler.pk)


def picked(room, row, package, **changes) -> ShipmentLine:
    said = {
        "by": room.by,
        "shipment_id": row.pk,
        "lot_id": package.lot_id,
        "place_id": package.place_id,
        "received_id": package.pk,
    }
    return pick(**(said | changes))


def verified(verdict: Verdict = Verdict.VERIFIED, says: str = "it was made") -> None:
    """The responder has answered."""
    Verification.objects.update(verdict=verdict.value, says=says)


def test_nothing_is_asked_for_before_the_package_is_verified(room, going, came):
    picked(room, going, came)
    with pytest.raises(Refused) as refused:
        ask_return(by=room.by, shipment_id=going.pk)
    assert codes(refused) == ["not-verified"]
    assert "Serial S1: no answer yet" in str(refused.value)
    question = Verification.objects.get()
    assert (question.serial, question.why) == ("S1", "saleable return")
    assert not Outgoing.objects.filter(party="returns").exists()
    assert Shipment.objects.get().state == "picked"


def test_the_question_is_asked_once_however_often_somebody_presses_the_key(room, going, came):
    picked(room, going, came)
    for _ in range(3):
        with pytest.raises(Refused):
            ask_return(by=room.by, shipment_id=going.pk)
    assert Verification.objects.count() == 1


@pytest.mark.parametrize("verdict", [Verdict.NOT_VERIFIED, Verdict.REFUSED, Verdict.UNCLEAR])
def test_only_a_yes_lets_it_go(room, going, came, verdict):
    picked(room, going, came)
    with pytest.raises(Refused):
        ask_return(by=room.by, shipment_id=going.pk)
    verified(verdict, "they will not say yes")
    with pytest.raises(Refused) as refused:
        ask_return(by=room.by, shipment_id=going.pk)
    assert codes(refused) == ["not-verified"]
    assert "they will not say yes" in str(refused.value)


def test_a_verified_package_goes_back_to_the_supplier_by_its_serial(room, going, came):
    line = picked(room, going, came)
    assert (line.quantity, line.received_id) == (Decimal(100), came.pk)
    with pytest.raises(Refused):
        ask_return(by=room.by, shipment_id=going.pk)
    verified()
    row = ask_return(by=room.by, shipment_id=going.pk)
    out = Outgoing.objects.get(party="returns")
    said = json.loads(bytes(out.raw))
    assert (out.lane, said["account"], "dea" in said) == ("plains", "0012345", False)
    assert said["lines"][0]["serial"] == "S1"
    answer = {"authorization": "RA9", "lines": [
        {"line": "1", "approved": True, "because": ""}]}  # fmt: skip
    raw = json.dumps(answer).encode()
    take_answer(by=room.world.system, outgoing_id=out.pk, raw=raw)
    row = ship_return(by=room.by, shipment_id=row.pk, carrier="their truck")
    assert (row.credit_due_on - room.by.today).days == WHOLESALER_DAYS
    assert room.at(PlaceKind.RECEIVING) == 0
    assert room.at(PlaceKind.REVERSE) == 0
    assert book_faults(pharmacy_id=room.by.pharmacy_id) == []


def test_without_its_row_or_its_serial_nothing_is_saleable(room, yard, going, came):
    with pytest.raises(Refused) as refused:
        picked(room, going, came, received_id=None)
    assert codes(refused) == ["no-serial"]
    receipt = yard.begun(yard.sent(metformin=2))
    plain = yard.takes_in(receipt, yard.came("metformin", lot="M7"))
    with pytest.raises(Refused) as refused:
        picked(room, going, plain)
    assert codes(refused) == ["no-serial"]


def test_an_opened_bottle_is_not_saleable(room, going, came):
    with pytest.raises(Refused) as refused:
        picked(room, going, came, quantity=Decimal(99))
    assert codes(refused) == ["no-serial"]


def test_a_package_of_another_wholesaler_is_not_theirs(room, came, pharmacy):
    other = yard_of(pharmacy, "hills", priority=2)
    row = begin_return(by=room.by, group=Group.PLAIN, wholesaler_id=other.wholesaler.pk)
    with pytest.raises(Refused) as refused:
        picked(room, row, came)
    assert codes(refused) == ["no-such-package"]
    assert "Hills Drug" in str(refused.value)


def test_the_same_package_stands_on_one_return(room, yard, going, came):
    picked(room, going, came)
    again = begin_return(by=room.by, group=Group.PLAIN, wholesaler_id=yard.wholesaler.pk)
    with pytest.raises(Refused) as refused:
        picked(room, again, came)
    assert codes(refused) == ["picked-already"]


def test_two_packages_of_one_lot_go_on_one_return(room, yard, going, came):
    receipt = yard.begun(yard.sent(lisinopril=1))
    second = yard.takes_in(receipt, yard.came(serial="S2"))
    picked(room, going, came)
    picked(room, going, second)
    assert going.lines.count() == 2


def test_what_was_set_aside_at_the_door_as_suspect_stays(room, yard, going):
    receipt = yard.begun(yard.sent(lisinopril=1))
    held = yard.takes_in(
        receipt, yard.came(serial="S3"), condition=Condition.SUSPECT, because="odd label"
    )
    with pytest.raises(Refused) as refused:
        picked(room, going, held)
    assert "suspect-stays" in codes(refused)


def test_what_an_exemption_let_in_without_a_serial_is_told_where_it_goes(room, yard, going):
    say_size(by=room.world.workers[Role.IN_CHARGE], size="larger", evidence="payroll")
    receipt = yard.begun(yard.sent(metformin=1))
    waits = yard.takes_in(
        receipt, yard.came("metformin", lot="M8"), condition=Condition.NO_INFORMATION
    )
    row = waive(
        by=room.world.pharmacist,
        received_id=waits.pk,
        exemption="emergency",
        because="the flood of May",
    )
    with pytest.raises(Refused) as refused:
        picked(room, going, row)
    assert codes(refused) == ["no-serial"]
    (one,) = refused.value.problems
    assert (one.field, one.cite) == ("received_id", "FDCA 582(c)(1)")
    assert "reverse distributor" in one.says
    assert not ShipmentLine.objects.exists()
