"""Several people at one suspect at once: held once, decided once, asked once, let in once."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest

from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.states import Condition
from apothecary.purchasing.tests.test_at_once import together
from apothecary.purchasing.tests.yard import Yard, yard_of
from apothecary.purchasing.tracing.cases.deciding import (
    add_note,
    call_illegitimate,
    clear,
    verify_sample,
)
from apothecary.purchasing.tracing.cases.hands import suspect_received
from apothecary.purchasing.tracing.cases.models import PartnerNotice, SuspectCase
from apothecary.purchasing.tracing.cases.opening import Suspicion, suspect_lot
from apothecary.purchasing.tracing.cases.standing import carry_in
from apothecary.purchasing.tracing.cases.telling import told_partner
from apothecary.purchasing.tracing.states import Grounds
from apothecary.purchasing.tracing.taking import take_document
from apothecary.purchasing.tracing.tests.cases import identifier, shelved, told, units
from apothecary.purchasing.tracing.tests.seller import Told
from apothecary.purchasing.tracing.verifying.asking import ask
from apothecary.purchasing.tracing.verifying.models import Verification
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Lot
from apothecary.stock.queries import book_faults
from apothecary.wires.models import Outgoing

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 4
SEAL = Suspicion(says="the seal")
BY_LAW = date(2026, 11, 27)


@pytest.fixture
def yard(town) -> Yard:
    return yard_of(town)


def crowd(act: Callable[..., Any], **given: Any) -> list[Callable[[], object]]:
    """The same act by several people."""
    return [partial(act, **given) for _ in range(PEOPLE)]


def faults(yard: Yard) -> list[Any]:
    return list(book_faults(pharmacy_id=yard.world.pharmacy.pk))


def test_a_lot_is_held_once_however_many_hold_it(yard):
    lot_id = shelved(yard, "S1")[0].lot_id
    found = together(yard, crowd(suspect_lot, by=yard.by, lot_id=lot_id, suspicion=SEAL))
    assert found == ["done"] + ["held-suspect"] * (PEOPLE - 1)
    assert SuspectCase.objects.count() == 1


def test_a_package_in_receiving_is_held_once(yard):
    row = yard.takes_in(yard.begun(yard.sent(lisinopril=1)), yard.came(serial="S1"))
    acts = crowd(suspect_received, by=yard.by, received_id=row.pk, suspicion=SEAL)
    found = together(yard, acts)
    assert found.count("done") == 1
    assert set(found) <= {"done", "held-suspect", "aside"}
    assert SuspectCase.objects.count() == 1
    assert units(yard, PlaceKind.QUARANTINE) == 100
    assert faults(yard) == []


def test_one_question_is_asked_however_many_ask_it(yard):
    told(yard, "S1")
    assert together(yard, crowd(ask, by=yard.by, asked=identifier())) == ["done"] * PEOPLE
    assert Verification.objects.count() == 1
    assert Outgoing.objects.filter(about="verification").count() == 1


def test_a_sample_is_asked_for_once(yard):
    told(yard, "S1", "S2")
    lot_id = shelved(yard, "S1", "S2")[0].lot_id
    case = suspect_lot(by=yard.by, lot_id=lot_id, suspicion=SEAL)
    acts = crowd(verify_sample, by=yard.by, case_id=case.pk)
    assert together(yard, acts) == ["done"] * PEOPLE
    assert Verification.objects.count() == 2


def test_cleared_and_condemned_at_one_moment_it_is_one_of_the_two(yard):
    rph, lot_id = yard.world.pharmacist, shelved(yard, "S1")[0].lot_id
    case = suspect_lot(by=yard.by, lot_id=lot_id, suspicion=SEAL)
    add_note(by=yard.by, case_id=case.pk, says="called Kim")
    acts: list[Callable[[], object]] = [
        partial(clear, by=rph, case_id=case.pk, because="genuine"),
        partial(
            call_illegitimate, by=rph, case_id=case.pk, grounds=Grounds.STOLEN, because="stolen"
        ),
    ]
    assert together(yard, acts) == ["done", "wrong-state"]
    case.refresh_from_db()
    state = Lot.objects.get(pk=lot_id).state
    assert (case.state, state) in {("cleared", "available"), ("illegitimate", "quarantined")}
    assert PartnerNotice.objects.count() == (case.state == "illegitimate")


def test_carried_in_by_several_nothing_is_carried_twice(yard):
    lot_id = shelved(yard, "S1", "S2")[0].lot_id
    case = suspect_lot(by=yard.by, lot_id=lot_id, suspicion=SEAL)
    acts: list[Callable[[], object]] = [
        partial(carry_in, by=yard.by, case_id=case.pk, key=str(number))
        for number in range(PEOPLE)
    ]
    assert together(yard, acts) == ["done"] * PEOPLE
    assert (units(yard, PlaceKind.SHELF), units(yard, PlaceKind.QUARANTINE)) == (0, 200)
    assert faults(yard) == []


def test_a_partner_is_told_once(yard):
    told(yard, "S1")
    lot_id = shelved(yard, "S1")[0].lot_id
    case = suspect_lot(by=yard.by, lot_id=lot_id, suspicion=SEAL)
    rph = yard.world.pharmacist
    call_illegitimate(by=rph, case_id=case.pk, grounds=Grounds.STOLEN, because="stolen")
    notice_id = case.notices.get().pk
    found = together(yard, crowd(told_partner, by=yard.by, notice_id=notice_id, how="Kim"))
    assert found == ["done"] + ["told-already"] * (PEOPLE - 1)


def test_a_document_that_comes_several_times_at_once_lets_a_package_in_once(yard):
    by = yard.by.at_time(yard.by.at + (BY_LAW - yard.by.today), BY_LAW)
    receipt = yard.begun(yard.sent(lisinopril=1))
    came = yard.came(serial="S1")
    yard.takes_in(receipt, came, condition=Condition.NO_INFORMATION, by=by)
    documents = [Told(instance=f"D{number}").xml() for number in range(PEOPLE)]
    for raw in documents:
        take_document(by=by, partner="plains", raw=raw)
    row = ReceivedPackage.objects.get()
    assert (row.condition, row.place.kind) == ("good", "receiving")
    assert units(yard, PlaceKind.RECEIVING) == 100
    assert faults(yard) == []
