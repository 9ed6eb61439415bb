"""Packages nobody told us of: they wait, and come out by their document or by a pharmacist."""

from datetime import date, timedelta

import pytest

from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.purchasing.matching.models import Difference
from apothecary.purchasing.receiving.corrections import take_back
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.receiving.shelving import waiting_to_put_away
from apothecary.purchasing.states import ClaimState, Condition, DifferenceKind
from apothecary.purchasing.tests.yard import FAR
from apothecary.purchasing.tracing.cases.models import SuspectCase
from apothecary.purchasing.tracing.holding import waive
from apothecary.purchasing.tracing.states import Source
from apothecary.purchasing.tracing.taking import take_document
from apothecary.purchasing.tracing.tests.cases import told, units
from apothecary.purchasing.tracing.tests.seller import Told
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Lot, LotState, Move
from apothecary.stock.queries import book_faults

BY_LAW = date(2026, 11, 27)


@pytest.fixture
def by(yard):
    """The technician, on the day from which every package needs its information."""
    return yard.by.at_time(yard.by.at + (BY_LAW - yard.by.today), BY_LAW)


@pytest.fixture
def waits(yard, by):
    """A bottle that came before its document."""
    receipt = yard.begun(yard.sent(lisinopril=2))
    return yard.takes_in(
        receipt, yard.came(serial="S1"), condition=Condition.NO_INFORMATION, by=by
    )


@pytest.fixture
def rph(yard, by):
    return yard.world.pharmacist.at_time(by.at, by.today)


def to_put_away(yard) -> int:
    rows = waiting_to_put_away(pharmacy_id=yard.world.pharmacy.pk)
    return sum(row.packages for row in rows)


def codes(refusal) -> list[str]:
    return [one.code for one in refusal.value.problems]


def test_it_waits_in_quarantine_as_itself_and_not_as_suspect(yard, waits):
    assert (waits.condition, waits.place.kind) == ("no information", "quarantine")
    assert not SuspectCase.objects.exists()
    difference = Difference.objects.get()
    assert (difference.kind, difference.state) == (DifferenceKind.NO_INFORMATION, "open")
    assert to_put_away(yard) == 0


def test_its_document_comes_and_agrees_and_it_goes_to_be_put_away_by_itself(yard, waits, by):
    row = take_document(by=by, partner="plains", raw=Told().xml())
    assert not row.problem
    waits.refresh_from_db()
    assert (waits.condition, waits.place.kind) == ("good", "receiving")
    assert units(yard, PlaceKind.QUARANTINE) == 0
    assert units(yard, PlaceKind.RECEIVING) == 100
    assert to_put_away(yard) == 1
    assert Difference.objects.get().state == ClaimState.ACCEPTED
    lines = history(pharmacy_id=by.pharmacy_id, about=[("receivedpackage", waits.pk)])
    assert [line.deed for line in lines][-1] == Deed.INFORMATION_CAME
    assert book_faults(pharmacy_id=by.pharmacy_id) == []


@pytest.mark.parametrize("change", [{"lot": "L8"}, {"expires_on": FAR + timedelta(days=1)}])
def test_a_document_that_disagrees_makes_it_suspect(yard, waits, by, change):
    take_document(by=by, partner="plains", raw=Told(**change).xml())
    waits.refresh_from_db()
    assert (waits.condition, waits.place.kind) == ("suspect", "quarantine")
    case = SuspectCase.objects.get()
    assert (case.source, case.packages.get().received) == (Source.DOOR, waits)
    assert "told" in case.says
    assert units(yard, PlaceKind.QUARANTINE) == 100


def test_a_document_of_other_packages_changes_nothing(yard, waits, by):
    take_document(by=by, partner="plains", raw=Told(serials=("S7",)).xml())
    waits.refresh_from_db()
    assert waits.condition == "no information"
    assert Move.objects.count() == 2


def test_a_document_that_is_set_aside_lets_nothing_in(yard, waits, by):
    row = take_document(by=by, partner="plains", raw=Told(statement=None).xml())
    assert row.problem
    waits.refresh_from_db()
    assert waits.condition == "no information"


def test_a_package_whose_receipt_was_taken_back_waits_no_more(yard, waits, by):
    take_back(by=by, received_id=waits.pk, because="a mistake")
    take_document(by=by, partner="plains", raw=Told().xml())
    waits.refresh_from_db()
    assert (waits.condition, bool(waits.undone_at)) == ("no information", True)
    assert units(yard, PlaceKind.RECEIVING) == 0


def test_one_whose_lot_is_held_by_now_stays_where_it_is_under_its_new_name(yard, waits, by):
    Lot.objects.filter(pk=waits.lot_id).update(
        state=LotState.QUARANTINED, because="recalled by its firm"
    )
    take_document(by=by, partner="plains", raw=Told().xml())
    waits.refresh_from_db()
    assert (waits.condition, waits.place.kind) == ("recalled", "quarantine")
    assert "recalled by its firm" in waits.because


def test_one_that_has_expired_while_it_waited_stays_as_expired(yard, waits, by):
    late = by.at_time(by.at + (FAR - by.today) + timedelta(days=1), FAR + timedelta(days=1))
    take_document(by=late, partner="plains", raw=Told().xml())
    waits.refresh_from_db()
    assert (waits.condition, waits.place.kind) == ("expired", "quarantine")


@pytest.mark.parametrize("condition", [Condition.SUSPECT, Condition.DAMAGED])
def test_what_was_set_aside_for_another_reason_does_not_come_out_by_a_document(
    yard, by, condition
):
    receipt = yard.begun(yard.sent(lisinopril=1))
    row = yard.takes_in(
        receipt, yard.came(serial="S1"), condition=condition, because="seal", by=by
    )
    take_document(by=by, partner="plains", raw=Told().xml())
    row.refresh_from_db()
    assert (row.condition, row.place.kind) == (condition.value, "quarantine")


def test_it_is_no_information_only_where_nothing_else_is_wrong(yard, by):
    receipt = yard.begun(yard.sent(lisinopril=1))
    came = yard.came(serial="S1", expires_on=by.today - timedelta(days=1))
    with pytest.raises(Refused) as refusal:
        yard.takes_in(receipt, came, condition=Condition.NO_INFORMATION, by=by)
    assert codes(refusal) == ["wrong-condition"]
    assert "expired" in str(refusal.value)
    assert not ReceivedPackage.objects.exists()


def test_where_information_is_there_nothing_is_set_aside_for_the_lack_of_it(yard, by):
    told(yard, "S1")
    receipt = yard.begun(yard.sent(lisinopril=1))
    with pytest.raises(Refused) as refusal:
        yard.takes_in(
            receipt, yard.came(serial="S1"), condition=Condition.NO_INFORMATION, by=by
        )
    assert codes(refusal) == ["wrong-condition"]


# Exempt


def test_a_pharmacist_lets_in_what_needs_no_information_by_the_row_and_a_reason(
    yard, waits, rph
):
    row = waive(
        by=rph, received_id=waits.pk, exemption="grandfathered", because="packed in 2017"
    )
    assert (row.condition, row.place.kind) == ("good", "receiving")
    assert "packed in 2017" in row.because
    assert "582(d)(2)" in row.because
    assert to_put_away(yard) == 1
    assert book_faults(pharmacy_id=rph.pharmacy_id) == []


@pytest.mark.parametrize(
    ("exemption", "because", "field"),
    [
        ("none", "because", "exemption"),
        ("to-patient", "because", "exemption"),
        ("fluid", " ", "because"),
    ],
)
def test_without_a_row_that_holds_here_or_without_a_reason_it_stays(
    yard, waits, rph, exemption, because, field
):
    with pytest.raises(Refused) as refusal:
        waive(by=rph, received_id=waits.pk, exemption=exemption, because=because)
    assert [one.field for one in refusal.value.problems] == [field]
    waits.refresh_from_db()
    assert waits.condition == "no information"


@pytest.mark.parametrize("role", [Role.CLERK, Role.TECHNICIAN, Role.INTERN, Role.ADMINISTRATOR])
def test_nobody_but_a_pharmacist_waives(yard, waits, role):
    with pytest.raises(NotAllowed):
        waive(
            by=yard.world.workers[role],
            received_id=waits.pk,
            exemption="fluid",
            because="because",
        )


def test_what_does_not_wait_is_not_waived(yard, waits, rph):
    waive(by=rph, received_id=waits.pk, exemption="fluid", because="saline")
    for received_id in (waits.pk, 999_999):
        with pytest.raises(Refused) as refusal:
            waive(by=rph, received_id=received_id, exemption="fluid", because="saline")
        assert codes(refusal) == ["not-waiting"]


def test_the_other_pharmacy_waives_nothing_of_ours(yard, waits):
    stranger = yard.world.stranger
    with pytest.raises((Refused, NotAllowed)):
        waive(by=stranger, received_id=waits.pk, exemption="fluid", because="saline")
    waits.refresh_from_db()
    assert waits.condition == "no information"
