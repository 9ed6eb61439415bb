"""A lot under recall is not taken in, not released, and its hold outlives whoever set it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from apothecary.drugs.recalled_lots import lot_key
from apothecary.law.problem import Refused
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock.actions import quarantine_lot, release_lot
from apothecary.stock.models import Lot, LotState, Move
from apothecary.stock.recalled.holding import (
    EVERY_LOT,
    hold_recalled,
    lift_recalled,
    notices_known,
    recalled_because,
)
from apothecary.stock.recalled.models import RecalledLot

pytestmark = pytest.mark.django_db
DRUG, NOTICE = "lisinopril", "D-0001-2026"


def hold(world, *lots, recall=NOTICE, says="It is recalled.", by=None, drug=DRUG):
    hold_recalled(
        by=by or world.system,
        package_id=world.drugs[drug].pk,
        recall=recall,
        lots=lots,
        says=says,
    )


def because(world, lot, *, drug=DRUG, of=None) -> str:
    return recalled_because(
        pharmacy_id=(of or world.pharmacy).pk, package_id=world.drugs[drug].pk, lot=lot
    )


@pytest.mark.parametrize(
    ("held", "asked", "says"),
    [
        (["L1"], "L1", "It is recalled."),
        (["L-001"], "l001", "It is recalled."),
        (["L1"], "L2", ""),
        (["L1"], "", ""),
        ([EVERY_LOT], "anything", "It is recalled."),
        ([EVERY_LOT], "", "It is recalled."),
    ],
)
def test_a_lot_is_held_by_its_number_however_it_is_written_or_all_of_them(
    pharmacy, held, asked, says
):
    hold(pharmacy, *held)
    assert because(pharmacy, asked) == says


def test_it_is_held_of_this_package_and_in_this_pharmacy_alone(pharmacy):
    hold(pharmacy, "L1")
    assert because(pharmacy, "L1", drug="warfarin") == ""
    assert because(pharmacy, "L1", of=pharmacy.other) == ""


def test_the_newest_notice_speaks(pharmacy):
    hold(pharmacy, "L1", says="first")
    later = pharmacy.system.at_time(
        pharmacy.system.at + timedelta(hours=1), pharmacy.system.today
    )
    hold(pharmacy, EVERY_LOT, recall="D-0002-2026", says="second", by=later)
    assert because(pharmacy, "L1") == "second"


def test_a_recalled_lot_is_not_received_and_nothing_is_written(pharmacy):
    hold(pharmacy, "L9")
    lots, moves = Lot.objects.count(), Move.objects.count()
    with pytest.raises(Refused) as refusal:
        pharmacy.receive(DRUG, "100", lot="l-9")
    assert [(one.code, one.field) for one in refusal.value.problems] == [
        ("recalled", "lot_number")
    ]
    assert (Lot.objects.count(), Move.objects.count()) == (lots, moves)


def test_not_even_a_pharmacist_releases_a_lot_under_recall(pharmacy):
    lot = pharmacy.receive(DRUG, "100")
    quarantine_lot(by=pharmacy.technician, lot_id=lot.pk, because="a broken seal")
    hold(pharmacy, lot.number)
    with pytest.raises(Refused, match="It is recalled"):
        release_lot(by=pharmacy.pharmacist, lot_id=lot.pk, because="the seal is whole")
    lot.refresh_from_db()
    assert (lot.state, lot.because) == (LotState.QUARANTINED, "a broken seal")


def test_what_a_pharmacist_lifts_may_be_released_and_stays_written_down(pharmacy):
    lot = pharmacy.receive(DRUG, "100")
    quarantine_lot(by=pharmacy.technician, lot_id=lot.pk, because="recall")
    hold(pharmacy, EVERY_LOT)
    assert lift_recalled(by=pharmacy.pharmacist, recall=NOTICE) == 1
    assert lift_recalled(by=pharmacy.pharmacist, recall=NOTICE) == 0
    assert because(pharmacy, lot.number) == ""
    known = notices_known(pharmacy_id=pharmacy.pharmacy.pk, package_id=lot.package_id)
    assert known == {NOTICE}
    release_lot(by=pharmacy.pharmacist, lot_id=lot.pk, because="not of this recall")
    lot.refresh_from_db()
    assert lot.state == LotState.AVAILABLE


def test_a_hold_that_was_lifted_is_set_again_and_one_that_stands_is_not_doubled(pharmacy):
    hold(pharmacy, "L1", "L2")
    hold(pharmacy, "L1")
    assert RecalledLot.objects.count() == 2
    lift_recalled(by=pharmacy.pharmacist, recall=NOTICE)
    hold(pharmacy, "L1", says="again")
    assert (because(pharmacy, "L1"), because(pharmacy, "L2")) == ("again", "")
    assert RecalledLot.objects.count() == 2


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_who_does_not_work_recalls_holds_nothing(pharmacy, role):
    with pytest.raises(NotAllowed):
        hold(pharmacy, "L1", by=pharmacy.workers[role])
    assert not RecalledLot.objects.exists()


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.INTERN])
def test_only_a_pharmacist_lifts_a_hold(pharmacy, role):
    hold(pharmacy, "L1")
    with pytest.raises(NotAllowed):
        lift_recalled(by=pharmacy.workers[role], recall=NOTICE)
    assert because(pharmacy, "L1")


def test_another_pharmacys_hold_is_not_lifted(pharmacy):
    hold(pharmacy, "L1")
    assert lift_recalled(by=pharmacy.stranger, recall=NOTICE) == 0
    assert because(pharmacy, "L1")


def test_a_hold_is_asked_in_one_statement(pharmacy):
    hold(pharmacy, *(f"L{number}" for number in range(200)))
    with CaptureQueriesContext(connection) as caught:
        assert because(pharmacy, "L150")
    assert len(caught) == 1


@given(st.text(max_size=20).filter(lambda text: "\0" not in text))
def test_the_key_of_a_key_is_itself(text):
    assert lot_key(lot_key(text)) == lot_key(text)
