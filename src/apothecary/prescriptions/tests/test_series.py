"""Several C-II prescriptions of one day: ninety days, each after the first on its own day."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from apothecary.config.tests.world import NOON, TODAY, make_patient
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.prescriptions.actions import (
    cancel_prescription,
    enter_prescription,
    start_refill,
)
from apothecary.prescriptions.models import Fill, Prescription
from apothecary.prescriptions.on_file import file_prescription, on_file
from apothecary.prescriptions.prescribers import PrescriberDetails, add_prescriber
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.transfers.tests.partners import codes, fields
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed

CITE = "21 CFR 1306.12(b)"


def of_series(world, *, days=30, after=None, drug="oxycodone", **changes):
    """One of a series: for so many days, not before so many days from now."""
    earliest = None if after is None else TODAY + timedelta(days=after)
    order = world.order(drug, quantity=str(days), days=days, refills=0)
    return replace(order, earliest_fill_on=earliest, **changes)


def filed(world, **changes) -> Prescription:
    return file_prescription(by=world.technician, order=of_series(world, **changes))


def on_day(worker, days):
    """The same worker so many days later."""
    return worker.at_time(NOON + timedelta(days=days), TODAY + timedelta(days=days))


def test_three_of_thirty_days_stand_each_with_its_own_number(pharmacy):
    first = enter_prescription(by=pharmacy.technician, order=of_series(pharmacy)).prescription
    second, third = filed(pharmacy, after=30), filed(pharmacy, after=60)
    assert len({first.number, second.number, third.number}) == 3
    assert first.fills.count() == 1
    assert not second.fills.exists()
    assert not third.fills.exists()


@pytest.mark.parametrize(("days", "expected"), [(29, []), (30, []), (31, ["series-over-days"])])
def test_the_whole_series_is_of_ninety_days_at_most(pharmacy, days, expected):
    filed(pharmacy, after=0)
    filed(pharmacy, after=30)
    if not expected:
        assert filed(pharmacy, days=days, after=60).days_supply == days
        return
    with pytest.raises(Refused) as refused:
        filed(pharmacy, days=days, after=60)
    assert codes(refused) == expected
    assert refused.value.problems[0].cite == CITE
    assert Prescription.objects.count() == 2


@pytest.mark.parametrize("act", ["enter", "file"])
def test_each_after_the_first_carries_its_day(pharmacy, act):
    enter_prescription(by=pharmacy.technician, order=of_series(pharmacy))
    does = enter_prescription if act == "enter" else file_prescription
    with pytest.raises(Refused) as refused:
        does(by=pharmacy.technician, order=of_series(pharmacy))
    assert codes(refused) == ["series-no-earliest-fill"]
    assert fields(refused) == ["earliest_fill_on"]
    assert Prescription.objects.count() == 1


def test_a_state_without_a_row_for_series_refuses_the_second_and_says_so(pharmacy):
    filed(pharmacy, after=0)
    pharmacy.pharmacy.state = "IL"
    pharmacy.pharmacy.save(update_fields=["state"])
    pharmacy.patient.refresh_from_db()
    with pytest.raises(Refused) as refused:
        filed(pharmacy, after=30)
    assert any("cii_series_permitted" in one.says for one in refused.value.problems)


@pytest.mark.parametrize(("days", "opens"), [(29, False), (30, True), (31, True)])
def test_it_is_filled_from_its_day_on_and_not_before(pharmacy, days, opens):
    rx = filed(pharmacy, after=30)
    by = on_day(pharmacy.technician, days)
    if opens:
        fill = start_refill(by=by, prescription_id=rx.pk)
        assert (fill.number, fill.state) == (0, FillState.SCREENING)
        about = [("fill", fill.pk)]
        (line,) = history(pharmacy_id=pharmacy.pharmacy.pk, about=about)
        assert line.deed == Deed.FIRST_FILL_STARTED
        return
    with pytest.raises(Refused, match="not be filled before") as refused:
        start_refill(by=by, prescription_id=rx.pk)
    assert (codes(refused), fields(refused)) == (["fill-too-early"], ["earliest_fill_on"])
    assert refused.value.problems[0].cite == CITE
    assert not Fill.objects.exists()


def test_a_c_ii_on_file_is_filled_once_and_never_again(pharmacy):
    pharmacy.receive("oxycodone", "100")
    rx = filed(pharmacy, after=0)
    fill = start_refill(by=pharmacy.technician, prescription_id=rx.pk)
    pharmacy.walk(fill, until=FillState.SOLD)
    with pytest.raises(Refused, match="may not be refilled"):
        start_refill(by=pharmacy.technician, prescription_id=rx.pk)


def test_the_day_before_it_is_refused_at_entry_as_a_fill_and_taken_on_file(pharmacy):
    order = of_series(pharmacy, after=1)
    with pytest.raises(Refused, match="not be filled before"):
        enter_prescription(by=pharmacy.technician, order=order)
    assert file_prescription(by=pharmacy.technician, order=order).earliest_fill_on


def test_a_series_that_was_entered_too_long_is_refused_at_its_fill_too(pharmacy):
    rx = filed(pharmacy, after=0)
    filed(pharmacy, after=30)
    Prescription.objects.exclude(pk=rx.pk).update(days_supply=61)
    with pytest.raises(Refused) as refused:
        start_refill(by=pharmacy.technician, prescription_id=rx.pk)
    assert codes(refused) == ["series-over-days"]


def test_what_was_cancelled_counts_no_more(pharmacy):
    filed(pharmacy, after=0, days=45)
    gone = filed(pharmacy, after=45, days=45)
    with pytest.raises(Refused):
        filed(pharmacy, after=60, days=45)
    cancel_prescription(by=pharmacy.technician, prescription_id=gone.pk, because="changed")
    assert filed(pharmacy, after=60, days=45).days_supply == 45


def test_another_prescriber_patient_drug_or_day_is_another_series(pharmacy):
    filed(pharmacy, after=0, days=90)
    somebody = make_patient(pharmacy.pharmacy, "Roe", "Richard", TODAY.replace(year=1970))
    other = add_prescriber(
        by=pharmacy.pharmacist,
        details=PrescriberDetails(
            last_name="Okafor", first_name="Ada", npi="2910000035", dea="AS1234563"
        ),
    )
    earlier = pharmacy.order().written_on - timedelta(days=1)
    for changes in ({"patient": somebody}, {"prescriber": other}, {"written_on": earlier}):
        assert filed(pharmacy, after=1, **changes).pk
    with pytest.raises(Refused):
        filed(pharmacy, after=1)


def test_other_schedules_have_no_series(pharmacy):
    for _ in range(2):
        order = pharmacy.order("alprazolam", refills=0)
        assert enter_prescription(by=pharmacy.technician, order=order).pk


def test_a_prescription_on_file_is_numbered_priced_and_written_down(pharmacy):
    rx = filed(pharmacy, after=30)
    about = [("prescription", rx.pk)]
    (line,) = history(pharmacy_id=pharmacy.pharmacy.pk, about=about)
    assert line.deed == Deed.PRESCRIPTION_FILED
    assert line.details["not_before"] == str(TODAY + timedelta(days=30))
    assert rx.expires_on is not None
    assert rx.expires_on > TODAY


def test_the_list_of_what_is_on_file_is_by_day_and_forgets_what_was_filled(pharmacy):
    later, sooner = filed(pharmacy, after=60), filed(pharmacy, after=30)
    now = filed(pharmacy, after=0)
    of = {"pharmacy_id": pharmacy.pharmacy.pk, "on": TODAY}
    assert list(on_file(**of)) == [now, sooner, later]
    start_refill(by=pharmacy.technician, prescription_id=now.pk)
    cancel_prescription(by=pharmacy.technician, prescription_id=later.pk, because="no")
    assert list(on_file(**of)) == [sooner]
    assert list(on_file(pharmacy_id=pharmacy.other.pk, on=TODAY)) == []


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_who_may_not_enter_does_not_file_either(pharmacy, role):
    with pytest.raises(NotAllowed):
        file_prescription(by=pharmacy.workers[role], order=of_series(pharmacy, after=1))
    assert not Prescription.objects.exists()


def test_another_pharmacys_patient_is_not_filed_here(pharmacy):
    with pytest.raises(Refused) as refused:
        file_prescription(by=pharmacy.stranger, order=of_series(pharmacy, after=1))
    assert fields(refused) == ["patient", "prescriber"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"unsure": "Which strength?"}, ""),
        ({"directions": ""}, "directions"),
        ({"written_on": TODAY - timedelta(days=31), "earliest_fill_on": None}, "written_on"),
        ({"refills": 1}, "refills_authorized"),
        ({"quantity": Decimal(0)}, "quantity"),
    ],
)
def test_everything_but_its_day_is_judged_when_it_goes_on_file(pharmacy, changes, field):
    order = replace(of_series(pharmacy, after=1), **changes)
    with pytest.raises(Refused) as refused:
        file_prescription(by=pharmacy.technician, order=order)
    assert field in fields(refused)
    assert not Prescription.objects.exists()
