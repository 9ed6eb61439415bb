"""Investigating suspect product, and what a pharmacist decides about it."""

from datetime import timedelta

import pytest

from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.purchasing.matching.models import Difference
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.states import ClaimState
from apothecary.purchasing.tracing.cases.deciding import (
    add_note,
    call_illegitimate,
    clear,
    last_verdicts,
    verify_sample,
)
from apothecary.purchasing.tracing.cases.models import SuspectCase
from apothecary.purchasing.tracing.cases.opening import Suspicion, suspect_lot, take_notice
from apothecary.purchasing.tracing.cases.rules import TELL_WITHIN
from apothecary.purchasing.tracing.cases.standing import carry_in, on_hand
from apothecary.purchasing.tracing.states import CaseState, Grounds, Source, Verdict
from apothecary.purchasing.tracing.tests.cases import (
    NO,
    Talking,
    asks,
    at_the_door,
    shelved,
    told,
    units,
)
from apothecary.purchasing.tracing.verifying.models import Verification
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Lot
from apothecary.stock.queries import book_faults
from apothecary.stock.recalled.holding import hold_recalled

SEAL = Suspicion(says="the seal looks wrong")
AGAIN = timedelta(minutes=10)


@pytest.fixture
def rph(yard):
    return yard.world.pharmacist


@pytest.fixture
def shelf_case(yard) -> SuspectCase:
    """Four bottles of one lot on the shelf, held as suspect."""
    serials = ("S1", "S2", "S3", "S4")
    told(yard, *serials)
    rows = shelved(yard, *serials)
    return suspect_lot(by=yard.by, lot_id=rows[0].lot_id, suspicion=SEAL)


def codes(refusal) -> list[str]:
    return [one.code for one in refusal.value.problems]


def state() -> str:
    return SuspectCase.objects.get().state


def lot_state() -> str:
    return Lot.objects.get(number="L7").state


# Looking into it


def test_as_many_packages_are_asked_about_as_the_law_wants(yard, shelf_case):
    sample = verify_sample(by=yard.by, case_id=shelf_case.pk)
    assert (sample.known, sample.wanted, len(sample.asked)) == (4, 3, 3)
    assert {one.why for one in sample.asked} == {"suspect product"}
    assert {one.case_id for one in sample.asked} == {shelf_case.pk}
    again = verify_sample(by=yard.by, case_id=shelf_case.pk)
    assert again.asked == ()
    assert Verification.objects.count() == 3


def test_what_was_refused_or_unclear_is_asked_anew(yard, shelf_case):
    verify_sample(by=yard.by, case_id=shelf_case.pk)
    asks(yard, Talking(422, b"no"))
    again = verify_sample(by=yard.by, case_id=shelf_case.pk)
    assert len(again.asked) == 3
    asks(yard, Talking(), after=AGAIN)
    assert set(last_verdicts(shelf_case).values()) == {Verdict.VERIFIED}
    assert verify_sample(by=yard.by, case_id=shelf_case.pk).asked == ()


def test_where_no_package_bears_a_known_serial_the_case_says_to_ask_otherwise(yard):
    lot = yard.world.receive("lisinopril", "100", lot="L7")
    case = suspect_lot(by=yard.by, lot_id=lot.pk, suspicion=SEAL)
    with pytest.raises(Refused) as refusal:
        verify_sample(by=yard.by, case_id=case.pk)
    assert codes(refusal) == ["no-serial"]


def test_a_note_is_kept_with_who_and_when(yard, shelf_case):
    row = add_note(by=yard.by, case_id=shelf_case.pk, says=" Kim: lot is theirs ")
    assert (row.says, row.by_name, row.at) == (
        "Kim: lot is theirs",
        yard.by.name,
        yard.by.at,
    )
    lines = history(pharmacy_id=row.pharmacy_id, about=[("suspectcase", shelf_case.pk)])
    assert [line.deed for line in lines][-1] == Deed.SUSPECT_NOTED


@pytest.mark.parametrize("says", ["", " ", "x" * 4_001])
def test_an_empty_or_endless_note_is_refused(yard, shelf_case, says):
    with pytest.raises(Refused) as refusal:
        add_note(by=yard.by, case_id=shelf_case.pk, says=says)
    assert [one.field for one in refusal.value.problems] == ["says"]


def test_what_the_case_holds_is_carried_into_quarantine_once(yard, shelf_case):
    assert carry_in(by=yard.by, case_id=shelf_case.pk, key="k1") == 1
    assert (units(yard, PlaceKind.SHELF), units(yard, PlaceKind.QUARANTINE)) == (0, 400)
    assert carry_in(by=yard.by, case_id=shelf_case.pk, key="k2") == 0
    assert [one.kind for one in on_hand(shelf_case)] == ["quarantine"]
    assert book_faults(pharmacy_id=yard.world.pharmacy.pk) == []


def test_bottles_that_wait_to_be_put_away_are_set_aside_each_by_itself(yard, rph):
    receipt = yard.begun(yard.sent(lisinopril=2))
    first, second = (yard.takes_in(receipt, yard.came(serial=one)) for one in ("S1", "S2"))
    case = suspect_lot(by=yard.by, lot_id=first.lot_id, suspicion=SEAL)
    carry_in(by=yard.by, case_id=case.pk, key="k1")
    for row in (first, second):
        row.refresh_from_db()
        assert (row.condition, row.place.kind) == ("suspect", "quarantine")
    assert case.packages.exclude(received=None).count() == 2
    add_note(by=yard.by, case_id=case.pk, says="Kim: genuine")
    clear(by=rph, case_id=case.pk, because="genuine")
    second.refresh_from_db()
    assert (second.condition, second.place.kind) == ("good", "receiving")
    assert lot_state() == "available"
    assert book_faults(pharmacy_id=yard.world.pharmacy.pk) == []


# Cleared


def test_a_pharmacist_clears_and_the_lot_may_be_used_again(yard, rph, shelf_case):
    verify_sample(by=yard.by, case_id=shelf_case.pk)
    asks(yard, Talking())
    case = clear(by=rph, case_id=shelf_case.pk, because="all three verified")
    assert (case.state, case.because) == ("cleared", "all three verified")
    assert (case.decided_by, case.decided_at) == (rph.person_id, rph.at)
    assert lot_state() == "available"
    lines = history(pharmacy_id=rph.pharmacy_id, about=[("suspectcase", case.pk)])
    assert [line.deed for line in lines][-1] == Deed.SUSPECT_CLEARED


def test_a_cleared_bottle_of_the_door_goes_to_be_put_away_and_nothing_is_owed(yard, rph):
    case = at_the_door(yard)
    add_note(by=yard.by, case_id=case.pk, says="Kim: their document was wrong")
    clear(by=rph, case_id=case.pk, because="document corrected")
    row = ReceivedPackage.objects.get()
    assert (row.condition, row.place.kind) == ("good", "receiving")
    assert Difference.objects.get().state == ClaimState.ACCEPTED
    assert units(yard, PlaceKind.RECEIVING, "X9") == 100
    assert book_faults(pharmacy_id=rph.pharmacy_id) == []


@pytest.mark.parametrize("body", [NO, b"?"])
def test_nothing_is_cleared_by_a_no_or_by_an_answer_nobody_can_read(
    yard, rph, shelf_case, body
):
    verify_sample(by=yard.by, case_id=shelf_case.pk)
    asks(yard, Talking(body=body))
    with pytest.raises(Refused) as refusal:
        clear(by=rph, case_id=shelf_case.pk, because="looks fine")
    assert set(codes(refusal)) <= {"not-verified", "not-investigated"}
    assert (state(), lot_state()) == ("held", "quarantined")


@pytest.mark.parametrize("role", [Role.CLERK, Role.TECHNICIAN, Role.INTERN, Role.ADMINISTRATOR])
def test_nobody_but_a_pharmacist_decides(yard, shelf_case, role):
    by = yard.world.workers[role]
    for act in (
        lambda: clear(by=by, case_id=shelf_case.pk, because="fine"),
        lambda: call_illegitimate(
            by=by, case_id=shelf_case.pk, grounds=Grounds.STOLEN, because="stolen"
        ),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert state() == "held"


def test_without_a_reason_nothing_is_decided(rph, shelf_case, yard):
    add_note(by=yard.by, case_id=shelf_case.pk, says="called Kim")
    for act in (
        lambda: clear(by=rph, case_id=shelf_case.pk, because=" "),
        lambda: call_illegitimate(
            by=rph, case_id=shelf_case.pk, grounds=Grounds.STOLEN, because=""
        ),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert [one.field for one in refusal.value.problems] == ["because"]
    assert state() == "held"


def test_what_is_cleared_is_over(yard, rph, shelf_case):
    add_note(by=yard.by, case_id=shelf_case.pk, says="called Kim")
    clear(by=rph, case_id=shelf_case.pk, because="genuine")
    of = shelf_case.pk
    for act in (
        lambda: clear(by=rph, case_id=of, because="again"),
        lambda: call_illegitimate(by=rph, case_id=of, grounds=Grounds.STOLEN, because="x"),
        lambda: add_note(by=yard.by, case_id=of, says="more"),
        lambda: verify_sample(by=yard.by, case_id=of),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert "wrong-state" in codes(refusal)


def test_a_lot_of_two_cases_is_free_when_the_last_is_cleared(yard, rph, shelf_case):
    notice = Suspicion(says="look for it", source=Source.PARTNER)
    ndc = yard.world.drugs["lisinopril"].ndc
    second = take_notice(by=yard.by, ndc=ndc, lots=["L7"], suspicion=notice)
    for case, left in ((shelf_case, "quarantined"), (second, "available")):
        add_note(by=yard.by, case_id=case.pk, says="called Kim")
        clear(by=rph, case_id=case.pk, because="genuine")
        assert lot_state() == left


def test_a_lot_that_was_recalled_meanwhile_stays_out_of_use(yard, rph, shelf_case):
    lot = Lot.objects.get(number="L7")
    hold_recalled(
        by=yard.by,
        package_id=lot.package_id,
        recall="D-1-2026",
        lots=["L7"],
        says="recalled: D-1-2026",
    )
    add_note(by=yard.by, case_id=shelf_case.pk, says="called Kim")
    clear(by=rph, case_id=shelf_case.pk, because="genuine")
    lot.refresh_from_db()
    assert (lot.state, lot.because) == ("quarantined", "recalled: D-1-2026")


def test_a_lot_that_somebody_quarantined_for_their_own_reason_stays_so(yard, rph, shelf_case):
    Lot.objects.filter(number="L7").update(because="water damage")
    add_note(by=yard.by, case_id=shelf_case.pk, says="called Kim")
    clear(by=rph, case_id=shelf_case.pk, because="genuine")
    assert lot_state() == "quarantined"


# Illegitimate


@pytest.mark.parametrize("grounds", list(Grounds))
def test_the_clock_begins_with_the_determination_and_the_partners_letter_lies_ready(
    yard, rph, shelf_case, grounds
):
    case = call_illegitimate(
        by=rph, case_id=shelf_case.pk, grounds=grounds, because="no such serial"
    )
    assert (case.state, case.grounds) == (CaseState.ILLEGITIMATE, grounds.value)
    assert case.tell_by == rph.at + TELL_WITHIN
    (letter,) = case.notices.all()
    assert (letter.wholesaler, letter.told_at) == (yard.wholesaler, None)
    assert grounds.value in letter.text
    assert "no such serial" in letter.text
    assert lot_state() == "quarantined"


def test_whom_nobody_is_known_to_have_sold_it_nobody_is_told(yard, rph):
    lot = yard.world.receive("lisinopril", "100", lot="L7")
    case = suspect_lot(by=yard.by, lot_id=lot.pk, suspicion=SEAL)
    call_illegitimate(by=rph, case_id=case.pk, grounds=Grounds.STOLEN, because="stolen")
    assert case.notices.count() == 0


def test_the_other_pharmacy_decides_and_notes_nothing_of_ours(yard, shelf_case):
    stranger = yard.world.stranger
    for act in (
        lambda: add_note(by=stranger, case_id=shelf_case.pk, says="x"),
        lambda: verify_sample(by=stranger, case_id=shelf_case.pk),
        lambda: carry_in(by=stranger, case_id=shelf_case.pk, key="k"),
        lambda: clear(by=stranger, case_id=shelf_case.pk, because="x"),
    ):
        with pytest.raises((Refused, NotAllowed)):
            act()
    assert (state(), lot_state()) == ("held", "quarantined")
