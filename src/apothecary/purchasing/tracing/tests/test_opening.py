"""Holding suspect product: at the door, on the shelf, by a notice of the FDA or a partner."""

from decimal import Decimal

import pytest
from django.db import Error, transaction

from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.purchasing.receiving.corrections import set_aside, take_back
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.states import Condition
from apothecary.purchasing.tracing.cases.hands import suspect_received
from apothecary.purchasing.tracing.cases.models import CaseNote, SuspectCase, SuspectPackage
from apothecary.purchasing.tracing.cases.opening import (
    Suspicion,
    note,
    suspect_lot,
    take_notice,
)
from apothecary.purchasing.tracing.states import Source
from apothecary.purchasing.tracing.tests.cases import at_the_door, shelved, units
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock.actions import quarantine_lot, release_lot
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.ledger import reserve
from apothecary.stock.models import Lot, Reservation

SEAL = Suspicion(says="the seal looks wrong")
NOTICE = Suspicion(says="counterfeit in the chain", source=Source.FDA, reference="N-1")


def codes(refusal) -> list[str]:
    return [one.code for one in refusal.value.problems]


def ndc(yard) -> str:
    return yard.world.drugs["lisinopril"].ndc


def test_a_bottle_set_aside_as_suspect_at_the_door_has_a_case_the_same_minute(yard):
    case = at_the_door(yard)
    assert (case.state, case.source) == ("held", Source.DOOR)
    assert case.wholesaler == yard.wholesaler
    assert "other lot" in case.says
    assert "told lot L7" in case.says
    held = case.packages.get()
    assert (held.serial, held.lot_number, held.took_lot) == ("S1", "X9", False)
    assert units(yard, PlaceKind.QUARANTINE, "X9") == 100
    (line,) = history(pharmacy_id=case.pharmacy_id, about=[("suspectcase", case.pk)])
    assert line.deed == Deed.SUSPECT_HELD


@pytest.mark.parametrize("condition", [Condition.DAMAGED, Condition.OVER])
def test_what_is_set_aside_for_another_reason_has_no_case(yard, condition):
    receipt = yard.begun(yard.sent(lisinopril=1))
    if condition is Condition.OVER:
        yard.takes_in(receipt, yard.came(serial="S1"))
    yard.takes_in(receipt, yard.came(serial="S2"), condition=condition, because="crushed")
    assert not SuspectCase.objects.exists()


def test_a_good_bottle_in_receiving_that_turns_suspect_goes_to_quarantine_with_its_case(yard):
    row = yard.takes_in(yard.begun(yard.sent(lisinopril=1)), yard.came(serial="S1"))
    case = suspect_received(by=yard.by, received_id=row.pk, suspicion=SEAL)
    row.refresh_from_db()
    assert (row.condition, row.place.kind) == ("suspect", "quarantine")
    assert case.packages.get().received == row
    assert SuspectCase.objects.count() == 1


def test_set_aside_by_the_screen_of_the_delivery_opens_it_as_well(yard):
    row = yard.takes_in(yard.begun(yard.sent(lisinopril=1)), yard.came(serial="S1"))
    set_aside(by=yard.by, received_id=row.pk, condition=Condition.SUSPECT, because="seal")
    assert SuspectCase.objects.get().says == "seal"


def test_a_bottle_on_the_shelf_takes_its_whole_lot_out_of_use(yard):
    row, _ = shelved(yard, "S1", "S2")
    reserve(
        by=yard.by,
        fill_id=1,
        package_id=row.lot.package_id,
        quantity=Decimal(30),
        good_until=yard.by.today,
    )
    case = suspect_received(by=yard.by, received_id=row.pk, suspicion=SEAL)
    held = case.packages.get()
    assert (held.lot_id, held.received_id, held.took_lot) == (row.lot_id, None, True)
    lot = Lot.objects.get(pk=row.lot_id)
    assert lot.state == "quarantined"
    assert lot.because.startswith(f"suspect, case {case.pk}: ")
    assert {one.state for one in Reservation.objects.all()} <= {"voided"}


@pytest.mark.parametrize("again", ["lot", "package"])
def test_what_is_held_is_not_held_twice(yard, again):
    rows = shelved(yard, "S1", "S2")
    suspect_lot(by=yard.by, lot_id=rows[0].lot_id, suspicion=SEAL)
    acts = {
        "lot": lambda: suspect_lot(by=yard.by, lot_id=rows[0].lot_id, suspicion=SEAL),
        "package": lambda: suspect_received(by=yard.by, received_id=rows[1].pk, suspicion=SEAL),
    }
    with pytest.raises(Refused) as refusal:
        acts[again]()
    assert codes(refusal) == ["held-suspect"]
    assert SuspectCase.objects.count() == 1


def test_a_bottle_of_a_case_is_held_once_and_its_receipt_is_not_taken_back(yard):
    at_the_door(yard)
    row = ReceivedPackage.objects.get()
    for act in (
        lambda: suspect_received(by=yard.by, received_id=row.pk, suspicion=SEAL),
        lambda: take_back(by=yard.by, received_id=row.pk, because="send it back"),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert codes(refusal) == ["held-suspect"]
    assert units(yard, PlaceKind.QUARANTINE, "X9") == 100


def test_a_damaged_bottle_in_quarantine_can_be_suspect_on_top(yard):
    receipt = yard.begun(yard.sent(lisinopril=1))
    row = yard.takes_in(
        receipt, yard.came(serial="S1"), condition=Condition.DAMAGED, because="crushed"
    )
    case = suspect_received(by=yard.by, received_id=row.pk, suspicion=SEAL)
    row.refresh_from_db()
    assert (row.condition, case.packages.get().received) == ("damaged", row)


def test_a_lot_that_stands_in_quarantine_for_another_reason_keeps_it(yard):
    (row,) = shelved(yard, "S1")
    quarantine_lot(by=yard.by, lot_id=row.lot_id, because="recalled")
    case = suspect_lot(by=yard.by, lot_id=row.lot_id, suspicion=SEAL)
    assert case.packages.get().took_lot is False
    assert Lot.objects.get(pk=row.lot_id).because == "recalled"


@pytest.mark.parametrize("says", ["", "  ", "x" * 5_000])
def test_without_a_sentence_nothing_is_held(yard, says):
    (row,) = shelved(yard, "S1")
    for act in (
        lambda: suspect_lot(by=yard.by, lot_id=row.lot_id, suspicion=Suspicion(says=says)),
        lambda: suspect_received(
            by=yard.by, received_id=row.pk, suspicion=Suspicion(says=says)
        ),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert [one.field for one in refusal.value.problems] == ["says"]
    assert Lot.objects.get(pk=row.lot_id).state == "available"
    assert not SuspectCase.objects.exists()


def test_what_is_not_here_is_refused_by_its_name(yard):
    (row,) = shelved(yard, "S1")
    elsewhere = Suspicion(says="seal", wholesaler_id=999)
    for act, code in (
        (lambda: suspect_lot(by=yard.by, lot_id=999, suspicion=SEAL), "no-lot"),
        (
            lambda: suspect_received(by=yard.by, received_id=999, suspicion=SEAL),
            "no-package",
        ),
        (
            lambda: suspect_lot(by=yard.by, lot_id=row.lot_id, suspicion=elsewhere),
            "no-wholesaler",
        ),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert codes(refusal) == [code]


def test_whoever_keeps_no_stock_holds_nothing(yard):
    (row,) = shelved(yard, "S1")
    by = yard.world.workers[Role.ADMINISTRATOR]
    for act in (
        lambda: suspect_lot(by=by, lot_id=row.lot_id, suspicion=SEAL),
        lambda: suspect_received(by=by, received_id=row.pk, suspicion=SEAL),
        lambda: take_notice(by=by, ndc=ndc(yard), lots=["L7"], suspicion=NOTICE),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_the_other_pharmacy_holds_nothing_of_ours(yard):
    (row,) = shelved(yard, "S1")
    stranger = yard.world.stranger
    for act in (
        lambda: suspect_lot(by=stranger, lot_id=row.lot_id, suspicion=SEAL),
        lambda: suspect_received(by=stranger, received_id=row.pk, suspicion=SEAL),
    ):
        with pytest.raises(Refused):
            act()
    assert Lot.objects.get(pk=row.lot_id).state == "available"


def test_a_held_lot_is_neither_released_behind_its_case_nor_taken_in_again(yard):
    (row,) = shelved(yard, "S1")
    case = suspect_lot(by=yard.by, lot_id=row.lot_id, suspicion=SEAL)
    with pytest.raises(Refused, match=f"case {case.pk}"):
        release_lot(by=yard.world.pharmacist, lot_id=row.lot_id, because="looks fine")
    receipt = yard.begun(yard.sent(lisinopril=1))
    with pytest.raises(Refused):
        yard.takes_in(receipt, yard.came(serial="S2", lot="L7"))
    assert Lot.objects.get(pk=row.lot_id).state == "quarantined"


# Notices


def test_a_notice_of_the_fda_finds_and_holds_each_lot_it_names(yard):
    shelved(yard, "S1")
    shelved(yard, "S2", lot="L8")
    case = take_notice(by=yard.by, ndc=ndc(yard), lots=[" l7 ", "Z1"], suspicion=NOTICE)
    rows = {one.lot_number: one for one in case.packages.all()}
    assert set(rows) == {"L7", "Z1"}
    assert (rows["L7"].took_lot, rows["Z1"].lot) == (True, None)
    states = dict(Lot.objects.values_list("number", "state"))
    assert states == {"L7": "quarantined", "L8": "available"}
    assert (case.source, case.reference) == (Source.FDA, "N-1")


@pytest.mark.parametrize("lots", [[], [" "]])
def test_a_notice_without_lots_means_every_lot_of_the_package(yard, lots):
    shelved(yard, "S1")
    shelved(yard, "S2", lot="L8")
    case = take_notice(by=yard.by, ndc=ndc(yard), lots=lots, suspicion=NOTICE)
    assert case.packages.count() == 2
    assert set(Lot.objects.values_list("state", flat=True)) == {"quarantined"}


def test_a_notice_about_what_was_never_here_is_a_case_all_the_same(yard):
    case = take_notice(by=yard.by, ndc=ndc(yard), lots=["Z1"], suspicion=NOTICE)
    assert [one.lot for one in case.packages.all()] == [None]


@pytest.mark.parametrize(
    ("given", "lots", "change", "code"),
    [
        ("0000-0000-00", ["L7"], {}, "unknown-drug"),
        (None, ["L7"] * 201, {}, "too-many"),
        (None, ["L7"], {"source": Source.HANDS}, "bad-source"),
        (None, ["L7"], {"says": ""}, "no-reason"),
    ],
)
def test_a_notice_nobody_can_act_on_is_refused_by_name(yard, given, lots, change, code):
    shelved(yard, "S1")
    said = {"says": "counterfeit", "source": Source.FDA} | change
    with pytest.raises(Refused) as refusal:
        take_notice(
            by=yard.by,
            ndc=ndc(yard) if given is None else given,
            lots=lots,
            suspicion=Suspicion(**said),
        )
    assert codes(refusal) == [code]
    assert not SuspectCase.objects.exists()


def test_cases_are_never_deleted_and_notes_never_changed(yard):
    case = at_the_door(yard)
    note(case, "called Kim", by=yard.by)
    for act in (
        lambda: SuspectPackage.objects.all().delete(),
        lambda: CaseNote.objects.all().delete(),
        lambda: CaseNote.objects.update(says="nothing"),
        lambda: SuspectCase.objects.filter(pk=case.pk)._raw_delete("default"),
    ):
        with pytest.raises(Error, match="six years"), transaction.atomic():
            act()
